"""Lines on their way from a source, and how bytes are cut into them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from amends.listening.history.raw import LINE_LIMIT, RAW_LIMIT
from amends.listening.history.rows import excerpt
from amends.terms import DeadLetter

_FIELDS = (b"event:", b"data:", b"id:", b"retry:", b":")


@dataclass(frozen=True, slots=True, kw_only=True)
class Lines:
    """Some lines of ``source``. ``numbers`` says which they are, counted from 1.

    ``place`` is where the source goes on after them; None where it cannot be taken up again.
    ``dead`` is what could not even be had as a line.
    """

    source: str
    data: Sequence[bytes] = ()
    numbers: Sequence[int] = ()
    place: str | None = None
    dead: tuple[DeadLetter, ...] = ()


def weight(lines: Lines) -> tuple[int, int]:
    """How many lines, and how many bytes."""
    return max(1, len(lines.data)), sum(map(len, lines.data))


class Cutter:
    """Cuts the bytes of one source at line ends.

    ``number`` counts the lines that were handed out, ``offset`` the bytes they took. Of a line
    longer than ``LINE_LIMIT`` no more than its beginning is kept, in a dead letter.
    """

    def __init__(self, source: str, number: int = 0, offset: int = 0) -> None:
        self.source = source
        self.number = number
        self.offset = offset
        self._open = b""
        self._too_long = 0  # bytes of a line of which the rest is passed over

    def cut(self, piece: bytes) -> Lines:
        """The lines that end in this piece; what is open waits for the next one."""
        dead: tuple[DeadLetter, ...] = ()
        if self._too_long:
            passed, end, piece = piece.partition(b"\n")
            self._too_long += len(passed)
            if not end:
                return Lines(source=self.source)
            dead = (self._buried(),)
        *data, self._open = (self._open + piece).split(b"\n")
        first = self.number + 1
        self.number += len(data)
        self.offset += sum(map(len, data)) + len(data)
        if len(self._open) > LINE_LIMIT:
            self._too_long, self._open = len(self._open), self._open[:RAW_LIMIT]
        return Lines(
            source=self.source, data=data, numbers=range(first, first + len(data)), dead=dead
        )

    def rest(self) -> Lines:
        """The last line, where no line end follows it."""
        if self._too_long:
            return Lines(source=self.source, dead=(self._buried(),))
        if not self._open:
            return Lines(source=self.source)
        lines = self.cut(b"\n")
        self.offset -= 1  # there was none
        return lines

    def _buried(self) -> DeadLetter:
        self.number += 1
        self.offset += self._too_long + 1
        length, begun = self._too_long, self._open
        self._too_long, self._open = 0, b""
        reason = f"The line is longer than {LINE_LIMIT // 1_000_000} MB ({length:,} bytes)."
        return DeadLetter(source=self.source, reason=reason, raw=excerpt(begun), line=self.number)


class Events:
    """Joins the lines of server-sent events, so that each event is one frame; other lines pass.

    What a source sends is told by its first line that is not blank. An event with a name stays as
    it is, its name first; one without is its data. One that does not end within ``LINE_LIMIT``
    bytes is cut there.
    """

    def __init__(self) -> None:
        self._sent: bool | None = None
        self._block: list[bytes] = []
        self._size = 0
        self._first = 0

    def join(self, lines: Lines) -> Lines:
        if self._sent is None:
            begun = next((line for line in lines.data if line.strip()), None)
            if begun is not None:
                self._sent = begun.startswith(_FIELDS)
        if not self._sent:
            return lines
        whole = list(self._whole(lines))
        return Lines(
            source=lines.source,
            data=[event for _, event in whole],
            numbers=[number for number, _ in whole],
            place=lines.place,
            dead=lines.dead,
        )

    def _whole(self, lines: Lines) -> Iterator[tuple[int, bytes]]:
        for number, line in zip(lines.numbers, lines.data, strict=True):
            if line.strip() and not line.startswith(b":"):  # those are sent to keep the connection
                self._first = self._first if self._block else number
                self._block.append(line.removesuffix(b"\r"))
                self._size += len(line)
            if self._block and (not line.strip() or self._size > LINE_LIMIT):
                yield self._first, _event(self._block)
                self._block, self._size = [], 0


def _event(block: list[bytes]) -> bytes:
    """An event as one frame, its name first if it has one."""
    named = sorted(block, key=lambda line: not line.startswith(b"event:"))
    if named[0].startswith(b"event:"):
        return b"\n".join(named)
    data = (
        line.removeprefix(b"data:").removeprefix(b" ") for line in block if line[:5] == b"data:"
    )
    return b"\n".join(data)
