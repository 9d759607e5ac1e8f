"""Finding out what a file is by looking into it, never by its name."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, Literal

import msgspec

from amends.listening.history.documents import document_rows
from amends.listening.history.line import Schema
from amends.listening.history.parquet import parquet_columns, parquet_rows
from amends.listening.history.raw import Compression, read_head, read_lines
from amends.listening.history.rows import Row, json_rows
from amends.listening.history.schemas.airlines import AirlinesSchema
from amends.listening.history.schemas.columns import ColumnSchema, own_columns
from amends.listening.history.schemas.jetstream import JetstreamSchema
from amends.listening.history.schemas.mastodon import MastodonSchema
from amends.listening.history.schemas.posts import PostSchema
from amends.listening.history.schemas.twcs import COLUMNS, TwcsSchema
from amends.listening.history.schemas.x import XSchema
from amends.listening.history.table import dialect_of, table_rows
from amends.terms import BadInput

Container = Literal["jsonl", "json", "csv", "parquet"]

SCHEMAS: Mapping[str, Schema] = {
    schema.name: schema
    for schema in (
        PostSchema(),
        XSchema(),
        JetstreamSchema(),
        MastodonSchema(),
        AirlinesSchema(),
        TwcsSchema(),
    )
}
FORMATS = (*SCHEMAS, "columns")

_HEAD = 1 << 18
_SAMPLE = 200
_NUL_SHARE = 0.1  # text may hold a stray NUL, binary files are full of them
_OTHER_FILES = (
    (b"\x89PNG", "a picture (PNG)"),
    (b"\xff\xd8\xff", "a picture (JPEG)"),
    (b"GIF8", "a picture (GIF)"),
    (b"%PDF", "a PDF document"),
    (b"PK\x03\x04", "a ZIP archive or a workbook such as XLSX; export a sheet as CSV"),
    (b"\xd0\xcf\x11\xe0", "an old Office document; export it as CSV"),
    (b"BZh", "packed with bzip2; unpack it, or pack it with gzip or zstd"),
    (b"\xfd7zXZ", "packed with xz; unpack it, or pack it with gzip or zstd"),
    (b"7z\xbc\xaf", "packed with 7-Zip; unpack it, or pack it with gzip or zstd"),
    (b"SQLite format 3", "an SQLite database; export the table as CSV"),
)


@dataclass(frozen=True, slots=True)
class Shape:
    """What was found: how rows are read (anew at each call) and what they are."""

    container: Container
    rows: Callable[[], Iterator[Row]]
    schema: Schema


def refuse_other_files(name: str, head: bytes) -> None:
    """Raise BadInput, in one sentence, for files that hold no posts in any form."""
    for magic, what in _OTHER_FILES:
        if head.startswith(magic):
            raise BadInput(f"{name} is {what}, not a file of posts.")


def parquet_shape(path: Path, size: int, asked: Schema | None) -> Shape:
    names = parquet_columns(path)
    schema = _table_schema(path.name, names, asked)
    return Shape("parquet", lambda: parquet_rows(path, size), schema)


def text_shape(path: Path, compression: Compression, size: int, asked: Schema | None) -> Shape:
    """What a file of text, packed or not, is. Raises BadInput, saying what was seen."""
    head = read_head(path, compression, _HEAD)
    start = head.lstrip()
    if not start:
        raise BadInput(f"{path.name} is empty.")
    refuse_other_files(path.name, start)
    if start.startswith(b"<"):
        raise BadInput(f"{path.name} is a web page or XML, not a file of posts.")
    if start[:4096].count(b"\x00") > _NUL_SHARE * len(start[:4096]):
        raise BadInput(f"{path.name} is not text, so it is not a file of posts.")
    if _is_json_text(start):
        return _json_shape(path, compression, size, start, asked)
    return _csv_shape(path, compression, start, asked)


def _is_json_text(start: bytes) -> bool:
    """Whether the first line, or else any whole line of the beginning, opens an object."""
    if start[:1] in (b"{", b"["):
        return True
    lines = start.split(b"\n")[:_SAMPLE]
    return any(line[:1] == b"{" and _decoded(line) is not None for line in lines)


def _json_shape(
    path: Path, compression: Compression, size: int, start: bytes, asked: Schema | None
) -> Shape:
    def lines() -> Iterator[Row]:
        return json_rows(read_lines(path, compression))

    def document() -> Iterator[Row]:
        return document_rows(path, compression, size)

    first = next(lines())
    spread = start[:1] == b"[" and _decoded(first.value) is None
    if not spread and first.raw.strip() != b"{":
        schema = asked or _recognised(lines())
        if schema is not None:
            return Shape("jsonl", lines, schema)
    schema = asked or _recognised(document())
    if schema is None:
        raise BadInput(_unknown(path.name, _seen(next(lines()))))
    return Shape("json", document, schema)


def _csv_shape(path: Path, compression: Compression, start: bytes, asked: Schema | None) -> Shape:
    header = start.split(b"\n", 1)[0].rstrip(b"\r").decode(errors="replace")
    wanted = frozenset(asked.needs) if isinstance(asked, ColumnSchema) else frozenset({"text"})
    dialect = dialect_of(header, (COLUMNS, frozenset({"id", "text"}), wanted))
    if dialect is None:
        raise BadInput(_unknown(path.name, f"its first line is {header[:80]!r}"))
    schema = _table_schema(path.name, dialect.names, asked)
    return Shape("csv", lambda: table_rows(read_lines(path, compression), dialect), schema)


def _table_schema(file: str, names: tuple[str, ...], asked: Schema | None) -> Schema:
    """What a table with these columns is; tables in our schema are read by their columns too."""
    if isinstance(asked, ColumnSchema):
        missing = [need for need in asked.needs if not {need, need.split(".")[0]} & set(names)]
        if missing:
            raise BadInput(
                f"{file} has no column {missing[0]!r}; its columns are {_listed(names)}."
            )
        return asked
    own = own_columns(names)
    if own is not None and (asked is None or asked.name == "posts"):
        return ColumnSchema(own, name="posts")
    if asked is not None:
        return asked
    if set(names) >= COLUMNS:
        return SCHEMAS["twcs"]
    raise BadInput(_unknown(file, f"it is a table with the columns {_listed(names)}"))


def _recognised(rows: Iterator[Row]) -> Schema | None:
    """The schema of the first row that is of any."""
    for row in islice(rows, _SAMPLE):
        value = _decoded(row.value)
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, dict):
                for schema in SCHEMAS.values():
                    if schema.looks_like(one):
                        return schema
    return None


def _decoded(value: Any) -> Any:
    if not isinstance(value, bytes):
        return value
    try:
        return msgspec.json.decode(value)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


def _seen(row: Row) -> str:
    value = _decoded(row.value)
    if isinstance(value, list):
        value = next(iter(value), None)
    if isinstance(value, dict):
        return f"its first line holds an object with the keys {_listed(tuple(value))}"
    return f"its first line begins {row.raw[:60].decode(errors='replace')!r}"


def _listed(names: tuple[str, ...]) -> str:
    shown = ", ".join(name[:40] for name in names[:12])
    return f"{shown}, …" if len(names) > 12 else shown or "(none)"


def _unknown(file: str, seen: str) -> str:
    return (
        f"What {file} holds is not known: {seen}. Say what it is with --format "
        f"({', '.join(FORMATS)}), or where the fields are with --columns text=NAME,id=NAME."
    )
