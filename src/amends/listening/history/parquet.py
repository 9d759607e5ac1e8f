"""Parquet files, row by row."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from amends.listening.history.raw import RAW_LIMIT
from amends.listening.history.rows import Row
from amends.terms import BadInput

_ROWS_AT_ONCE = 1_000


def parquet_columns(path: Path) -> tuple[str, ...]:
    """Names of the top-level columns. Raises BadInput where the file cannot be read."""
    return tuple(_open(path).schema_arrow.names)


def parquet_rows(path: Path, size: int) -> Iterator[Row]:
    """All rows, numbered from 1. A row group that cannot be read ends the file with a dead row."""
    file = _open(path)
    total, number = max(1, file.metadata.num_rows), 0
    batches = file.iter_batches(batch_size=_ROWS_AT_ONCE)
    while True:
        try:
            batch = next(batches, None)
            rows: list[dict[str, Any]] = [] if batch is None else batch.to_pylist()
        except (OSError, ValueError) as error:
            reason = f"The file is damaged: rows after {number:,} cannot be read."
            yield Row(number + 1, size, None, str(error).encode()[:RAW_LIMIT], reason)
            return
        if batch is None:
            return
        for row in rows:
            number += 1
            yield Row(number, size * number // total, row, repr(row)[:RAW_LIMIT].encode())


def _open(path: Path) -> Any:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        return pq.ParquetFile(path, memory_map=True)
    except (pa.ArrowException, OSError):
        raise BadInput(
            f"{path.name} begins as a Parquet file but cannot be read as one: it is damaged or "
            "ends in the middle. Parquet keeps its index at the end, so nothing of it can be read."
        ) from None
