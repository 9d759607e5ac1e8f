"""Lines of JSON and records of CSV to posts. Anything unreadable raises ``BadInput``."""

import csv
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, NamedTuple

import msgspec

from amends.connectors.filedrop.files import LONGEST, Found, Line, Spot, header_of, lines_of
from amends.connectors.mapping import Fields, guess_mapping
from amends.terms import BadInput, Post
from amends.terms.schema import decode_post

NETWORK = "filedrop"
_SEPARATORS = (",", ";", "\t", "|")
_MOST_LINES = 500  # of one record: a quote that is open for longer was none


class Record(NamedTuple):
    """What one or more lines hold: an object, or why there is none; and the spot behind it."""

    value: Any
    fault: str
    raw: bytes
    number: int
    after: Spot
    table: bool = False


def records_of(found: Found, now: datetime) -> Iterator[Record]:
    """The records of a file from its spot on, up to where it is still being written."""
    if found.path.suffix.lower() in (".csv", ".tsv"):
        yield from _table(found, now)
        return
    for line in lines_of(found, now):
        record = _json(line)
        if record.fault and not line.ended:
            return  # half a line: the rest is waited for, however long
        yield record


def read_record(record: Record, mapping: Fields | None, latest: datetime) -> Post:
    """The post that a record holds: by the mapping; without one as our own form of a post, or by
    what its fields are called. Raises ``BadInput``."""
    value = record.value
    if mapping is None and not record.table:
        try:
            return _own(decode_post(value), latest)
        except BadInput:
            mapping = guess_mapping(value)
    fields = mapping or guess_mapping(value)
    return fields.post(value, network=NETWORK, latest=latest)


def _own(post: Post, latest: datetime) -> Post:
    """On this network, whatever the file says: no file speaks for another one's accounts."""
    at = min(post.created_at, latest) if post.created_at else None
    author = post.author
    if author is not None and author.id is None:
        author = msgspec.structs.replace(author, id=author.handle or author.name)
    return msgspec.structs.replace(post, network=NETWORK, created_at=at, author=author)


def _json(line: Line) -> Record:
    value, fault = None, ""
    if line.too_long:
        fault = f"The line is longer than {LONGEST:,} bytes."
    elif line.data.strip(b" \t\r\xef\xbb\xbf"):
        try:
            value = msgspec.json.decode(line.data.removeprefix(b"\xef\xbb\xbf"))
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            fault = f"The line is no JSON: {error}."
        if not fault and not isinstance(value, Mapping):
            fault = "The line is JSON, but no object."
    return Record(value, fault, line.data, line.after.line, line.after)


def _table(found: Found, now: datetime) -> Iterator[Record]:
    header = _text(header_of(found.path))
    if not header:
        return
    separator = max(_SEPARATORS, key=lambda one: len(_cells(header, one)))
    names = [name.strip() for name in _cells(header, separator)]
    open_lines: list[Line] = []
    for line in lines_of(found, now):
        if line.after.line == 1:
            yield Record(None, "", b"", 1, line.after)
            continue
        if not line.ended and not line.quiet:
            return
        open_lines.append(line)
        whole = b"\n".join(one.data for one in open_lines)
        if whole.count(b'"') % 2 and len(open_lines) < _MOST_LINES and len(whole) < LONGEST:
            continue
        yield _row(whole, names, separator, open_lines)
        open_lines = []
    if open_lines and open_lines[-1].quiet:  # a quote that nobody will close any more
        yield _row(b"\n".join(one.data for one in open_lines), names, separator, open_lines)


def _row(whole: bytes, names: list[str], separator: str, lines: list[Line]) -> Record:
    value, fault, text = None, "", _text(whole)
    cells = _cells(text, separator) if text.strip() else []
    if not text and whole.strip():
        fault = "The line is no UTF-8; save the file as UTF-8."
    elif text.strip() and text.count('"') % 2:
        fault = "A quote is opened on this line and never closed."
    elif cells and len(cells) != len(names):
        fault = f"The line has {len(cells)} columns where the header names {len(names)}."
    elif cells:
        value = {name: cell for name, cell in zip(names, cells, strict=True) if cell}
    return Record(value, fault, whole, lines[0].after.line, lines[-1].after, table=True)


def _cells(text: str, separator: str) -> list[str]:
    try:
        return next(csv.reader([text], delimiter=separator), [])
    except csv.Error:
        return []


def _text(data: bytes) -> str:
    """As UTF-8; empty where it is none."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return ""
