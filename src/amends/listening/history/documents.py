"""Whole files of JSON: an array, or one object written over many lines."""

from collections.abc import Iterator
from pathlib import Path

import msgspec

from amends.listening.history.raw import Compression, read_head
from amends.listening.history.rows import Row
from amends.terms import BadInput

DOCUMENT_LIMIT = 64_000_000


def document_rows(path: Path, compression: Compression, size: int) -> Iterator[Row]:
    """Each element of the array, or the one object. Raises BadInput where the file is no JSON or
    larger than ``DOCUMENT_LIMIT`` bytes unpacked."""
    text = read_head(path, compression, DOCUMENT_LIMIT + 1)
    if len(text) > DOCUMENT_LIMIT:
        raise BadInput(
            f"{path.name} is one JSON document of more than {DOCUMENT_LIMIT // 1_000_000} MB; "
            "write one object a line, for example with: jq -c '.[]'."
        )
    try:
        raws = _elements(text)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise BadInput(
            f"{path.name} begins as a JSON document but is none: it is broken or ends in the "
            "middle. Write one object a line, so that what can be read is read."
        ) from None
    for number, raw in enumerate(raws, 1):
        yield Row(number, size * number // len(raws), bytes(raw), bytes(raw))


def _elements(text: bytes) -> list[msgspec.Raw]:
    msgspec.json.decode(text)  # the whole must be sound before a part of it is believed
    if text.lstrip()[:1] == b"[":
        return msgspec.json.decode(text, type=list[msgspec.Raw])
    return [msgspec.Raw(text)]
