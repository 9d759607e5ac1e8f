"""CSV as it comes: any of four separators, quotes that never close, rows of the wrong length."""

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from amends.listening.history.raw import LINE_LIMIT, RAW_LIMIT, RawLine
from amends.listening.history.rows import Row, not_utf8

SEPARATORS = (",", ";", "\t", "|")

_CLOSING_QUOTE = re.compile(r'(?:[^"]|"")*"(?!")')
# A quote still open after so many lines was no quote: the lines are then read one by one.
_LINES_IN_A_RECORD = 2_000


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a table is written, and the names of its columns."""

    separator: str
    names: tuple[str, ...]


def dialect_of(header: str, known: Sequence[frozenset[str]]) -> Dialect | None:
    """The separator under which the header names all of one ``known`` set of columns, else the
    one that gives the most columns; None where none gives two and none is known."""
    _allow_long_fields()
    readings = [Dialect(sep, _names(header, sep)) for sep in SEPARATORS]
    for reading in readings:
        if any(names <= set(reading.names) for names in known):
            return reading
    best = max(readings, key=lambda reading: len(reading.names))
    plausible = len(best.names) >= 2 and len(set(best.names)) == len(best.names)
    return best if plausible and all(best.names) else None


def table_rows(lines: Iterator[RawLine], dialect: Dialect) -> Iterator[Row]:
    """The records below the header, each numbered by the line it begins on."""
    _allow_long_fields()
    header_read = False
    for record in _records(lines, dialect.separator):
        if not header_read and record.dead is None:
            header_read = True
        else:
            yield _row(record, dialect)


def _row(record: RawLine, dialect: Dialect) -> Row:
    dead, values = record.dead, []
    if dead is None:
        try:
            text = record.data.decode()
            values = next(csv.reader([text], delimiter=dialect.separator, strict=False))
        except (csv.Error, StopIteration) as error:
            dead = f"The record cannot be read as CSV: {error}."
    if dead is None and len(values) != len(dialect.names):
        dead = f"The record has {len(values)} columns where the header names {len(dialect.names)}."
    value = None if dead else dict(zip(dialect.names, values, strict=True))
    return Row(record.number, record.position, value, record.data, dead)


def _records(lines: Iterator[RawLine], separator: str) -> Iterator[RawLine]:
    """Lines joined while a quote is open. One that never closes makes its first line dead, and
    the lines after it are read anew."""
    waiting: list[RawLine] = []  # lines to be read again
    while (line := waiting.pop() if waiting else next(lines, None)) is not None:
        dead = line.dead or not_utf8(line)
        if dead:
            yield line._replace(dead=dead, data=line.data[:RAW_LIMIT])
            continue
        if not line.data.strip():
            continue
        if b'"' not in line.data or not _quote_open(line.data.decode(), separator, opened=False):
            yield line
            continue
        joined, taken = _join(line, lines, waiting, separator)
        if joined is not None:
            yield joined
        else:
            dead = "A quote is opened on this line and never closed."
            yield line._replace(dead=dead, data=line.data[:RAW_LIMIT])
            waiting.extend(reversed(taken))


def _join(
    first: RawLine, lines: Iterator[RawLine], waiting: list[RawLine], separator: str
) -> tuple[RawLine | None, list[RawLine]]:
    """The record that begins on ``first``, or None; with the further lines it took."""
    taken: list[RawLine] = []
    size = len(first.data)
    while len(taken) < _LINES_IN_A_RECORD and size <= LINE_LIMIT:
        line = waiting.pop() if waiting else next(lines, None)
        if line is None:
            break
        taken.append(line)
        if line.dead or not_utf8(line):
            break
        size += len(line.data) + 1
        text = line.data.decode()
        closing = _CLOSING_QUOTE.match(text)
        if closing and text[closing.end() : closing.end() + 1] not in ("", separator):
            break  # a quote inside a later field, which closes nothing
        if not _quote_open(text, separator, opened=True):
            data = b"\n".join([first.data, *(one.data for one in taken)])
            return first._replace(data=data, position=line.position), taken
    return None, taken


def _quote_open(text: str, separator: str, *, opened: bool) -> bool:
    """Whether a quoted field is open at the end of the line, as ``csv`` counts: a quote opens at
    the beginning of a field only."""
    at = 0
    while True:
        if opened or text[at : at + 1] == '"':
            closing = _CLOSING_QUOTE.match(text, at if opened else at + 1)
            if closing is None:
                return True
            opened, at = False, closing.end()
        following = text.find(separator, at)
        if following < 0:
            return False
        at = following + 1


def _names(header: str, separator: str) -> tuple[str, ...]:
    try:
        values = next(csv.reader([header], delimiter=separator))
    except (csv.Error, StopIteration):
        return ()
    return tuple(name.strip() for name in values)


def _allow_long_fields() -> None:
    # The limit is the process's own and 131,072 unless raised; lines are bounded before this.
    if csv.field_size_limit() < 2 * LINE_LIMIT:
        csv.field_size_limit(2 * LINE_LIMIT)
