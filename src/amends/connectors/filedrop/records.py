"""Lines of JSON and records of CSV to posts. Anything unreadable raises ``BadInput``."""

import csv
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import msgspec

from amends.connectors.filedrop.files import LONGEST, Found, Line, Spot, header_of, lines_of
from amends.connectors.mapping import Fields, guess_mapping
from amends.terms import BadInput, Post
from amends.terms.schema import decode_post

NETWORK = "filedrop"
_SEPARATORS = (",", ";", "\t", "|")
_MOST_LINES = 100  # of one record: a quote that is open for longer was none
_NO_UTF8 = "The line is no UTF-8; save the file as UTF-8."


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
    lines = _Lines(lines_of(found, now))
    while (line := lines.next()) is not None:
        if line.after.line == 1:
            yield Record(None, "", b"", 1, line.after)
            continue
        lines.put_back([line])
        record = _row(lines, names, separator)
        if record is None:
            return
        yield record


class _Lines:
    """The lines of a file that are whole, with those that are to be read again in front."""

    def __init__(self, lines: Iterator[Line]) -> None:
        self._lines = lines
        self._again: deque[Line] = deque()

    def next(self) -> Line | None:
        line = self._again.popleft() if self._again else next(self._lines, None)
        growing = line is not None and not line.ended and not line.quiet
        return None if growing else line

    def put_back(self, lines: Sequence[Line]) -> None:
        self._again.extendleft(reversed(lines))


class _Feed:
    """Gives a reader of CSV as many lines as its next record asks for."""

    def __init__(self, lines: _Lines) -> None:
        self._lines = lines
        self.taken: list[Line] = []
        self.ran_out = False  # whether the record asked for more than there is …
        self.at_end = False  # … so far

    def __iter__(self) -> "_Feed":
        return self

    def __next__(self) -> str:
        self.ran_out = True  # unless a line is given below
        if len(self.taken) == _MOST_LINES:
            raise StopIteration
        line = self._lines.next()
        if line is None:
            self.at_end = True
            raise StopIteration
        text = _text(line.data)
        if line.data.strip() and not text:
            self._lines.put_back([line])
            raise StopIteration
        self.ran_out = False
        self.taken.append(line)
        return f"{text}\n"


def _row(lines: _Lines, names: list[str], separator: str) -> Record | None:
    """The next record; None where it is still being written. A quote that never closes costs its
    first line: those after it are read anew."""
    feed, fault = _Feed(lines), ""
    try:
        cells = next(csv.reader(feed, delimiter=separator), [])
    except csv.Error as error:
        cells, fault = [], f"The line is no CSV: {error}."
    if not feed.taken:
        line = lines.next()
        if line is None:
            return None
        return Record(None, _NO_UTF8, line.data, line.after.line, line.after)
    first, last = feed.taken[0], feed.taken[-1]
    if feed.ran_out:
        if feed.at_end and not first.quiet:
            return None  # the rest of the record may be on its way
        fault = fault or "A quote is opened on this line and never closed."
    if fault:
        lines.put_back(feed.taken[1:])
        return Record(None, fault, first.data, first.after.line, first.after)
    if cells and any(cells) and len(cells) != len(names):
        fault = f"The line has {len(cells)} columns where the header names {len(names)}."
    value = {name: cell for name, cell in zip(names, cells, strict=False) if cell}
    raw = b"\n".join(one.data for one in feed.taken)
    given = None if fault or not value else value
    return Record(given, fault, raw, first.after.line, last.after, table=True)


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
