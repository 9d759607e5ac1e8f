"""A row: one line's value before anything is made of it."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from amends.listening.history.raw import RAW_LIMIT, RawLine


class Row(NamedTuple):
    """``value`` is undecoded JSON, or an object. With ``dead`` set there is none.

    ``raw`` is the beginning of the row as it stood, for a dead letter.
    """

    number: int
    position: int
    value: bytes | dict[str, Any] | None
    raw: bytes
    dead: str | None = None


def json_rows(lines: Iterator[RawLine]) -> Iterator[Row]:
    """One JSON value a line. Blank lines, which streams send to keep alive, are passed over."""
    for line in lines:
        data = line.data
        reason = line.dead
        if reason is None:
            if not data or data.isspace():
                continue
            if not data.isascii():
                reason = not_utf8(line)
        yield Row(line.number, line.position, None if reason else data, data, reason)


def not_utf8(line: RawLine) -> str | None:
    """The sentence for a line that is no UTF-8, with the byte of the text where it fails."""
    try:
        line.data.decode()
    except UnicodeDecodeError as error:
        return (
            f"The line is not UTF-8: byte {line.offset + error.start:,} of the text is "
            f"0x{line.data[error.start]:02x}. Save the file as UTF-8."
        )
    return None


def excerpt(raw: bytes) -> str:
    """The beginning of a row for a dead letter: readable, without NUL, at most 2,000 characters."""
    return raw[:RAW_LIMIT].decode(errors="replace").replace("\x00", "\ufffd")
