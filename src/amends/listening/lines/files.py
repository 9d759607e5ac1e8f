"""Lines of files and of standard input.

A place in a file is ``OFFSET:LINE:MARK``: bytes and lines that were read, and a mark of the file's
first line, by which another file under the same name is told.
"""

import asyncio
import hashlib
import os
import stat
from collections.abc import AsyncGenerator, Callable, Iterator
from pathlib import Path
from typing import BinaryIO

from amends.listening.gathering import Sleep
from amends.listening.history.raw import (
    Compression,
    CutOffError,
    compression_of,
    encoded_otherwise,
    unpacked_text,
)
from amends.listening.lines.lines import Cutter, Lines
from amends.terms import BadInput, DeadLetter

CHUNK = 1 << 22  # some 6,000 posts: fewer cost more each
_LOOK_AGAIN_S = 0.5

Tell = Callable[[str], None]


def check_file(path: Path) -> None:
    """Raise ``BadInput`` unless it is a file that can be read."""
    try:
        if path.is_dir():
            raise BadInput(f"{path} is a folder; give a file.")
        with path.open("rb"):
            pass
    except FileNotFoundError:
        raise BadInput(f"There is no file {path}.") from None
    except OSError as error:
        raise BadInput(f"{path} cannot be read: {error.strerror}.") from None


async def file_lines(
    path: Path,
    source: str,
    place: str | None,
    *,
    tell: Tell,
    follow: bool = False,
    sleep: Sleep = asyncio.sleep,
) -> AsyncGenerator[Lines]:
    """The lines of a file, packed or not, from ``place`` on.

    With ``follow`` a plain file is read on as it grows; when another file takes its name, that one
    is read from its beginning. ``tell`` is given a sentence where the place is of no use.
    """
    with path.open("rb") as file:
        head = file.read(4)
        compression = compression_of(head)
        if compression or encoded_otherwise(head):
            if follow:
                raise BadInput(f"{path} is packed or no UTF-8; only a plain file can be followed.")
            for lines in _packed_lines(file, compression, source, place, tell):
                yield lines
                await asyncio.sleep(0)
            return
    async for lines in _plain_lines(path, source, place, tell, sleep if follow else None):
        yield lines


async def stdin_lines(source: str) -> AsyncGenerator[Lines]:
    """The lines of standard input. Raises ``BadInput`` where they are packed."""
    cutter, begun = Cutter(source), False
    async for piece in _stdin():
        if not begun and compression_of(piece):
            raise BadInput("Standard input is packed; unpack it first, such as with zcat.")
        begun = True
        yield cutter.cut(piece)
    yield cutter.rest()


async def _stdin() -> AsyncGenerator[bytes]:
    mode = os.fstat(0).st_mode
    if not (stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode) or os.isatty(0)):  # those alone can wait
        while piece := os.read(0, CHUNK):
            yield piece
            await asyncio.sleep(0)
        return
    reader = asyncio.StreamReader(limit=CHUNK)
    protocol = asyncio.StreamReaderProtocol(reader)
    with open(0, "rb", buffering=0, closefd=False) as pipe:  # noqa: ASYNC230 (a descriptor)
        transport, _ = await asyncio.get_running_loop().connect_read_pipe(lambda: protocol, pipe)
        try:
            while piece := await reader.read(CHUNK):
                yield piece
        finally:
            transport.close()


async def _plain_lines(
    path: Path, source: str, place: str | None, tell: Tell, sleep: Sleep | None
) -> AsyncGenerator[Lines]:
    while True:
        with path.open("rb") as file:
            cutter, mark = _resumed(file, source, place, tell)
            while True:
                while piece := file.read(CHUNK):
                    lines = cutter.cut(piece)
                    mark = mark or _mark(lines)
                    yield _placed(lines, cutter, mark)
                    await asyncio.sleep(0)
                if sleep is None:
                    yield _placed(cutter.rest(), cutter, mark)
                    return
                if _replaced(path, file):
                    break
                await sleep(_LOOK_AGAIN_S)
            yield _placed(cutter.rest(), cutter, mark)
            place = None


def _resumed(file: BinaryIO, source: str, place: str | None, tell: Tell) -> tuple[Cutter, str]:
    """A cutter at the place, with the file there; at the beginning where it is of no use."""
    known = _read_place(place)
    if known is None:
        return Cutter(source), ""
    offset, number, mark = known
    first = file.readline(CHUNK)
    if _mark_of(first) == mark and os.fstat(file.fileno()).st_size >= offset:
        file.seek(offset)
        return Cutter(source, number, offset), mark
    tell(f"{source} is not the file that the cursor was written for; it is read from its start.")
    file.seek(0)
    return Cutter(source), ""


def _replaced(path: Path, file: BinaryIO) -> bool:
    """Whether another file has the name now, or this one was cut short."""
    ours = os.fstat(file.fileno())
    try:
        theirs = path.stat()
    except OSError:
        return False
    return (ours.st_dev, ours.st_ino) != (theirs.st_dev, theirs.st_ino) or (
        theirs.st_size < file.tell()
    )


def _packed_lines(
    file: BinaryIO, compression: Compression, source: str, place: str | None, tell: Tell
) -> Iterator[Lines]:
    """Packed text cannot be entered in the middle: lines that were read are passed over."""
    _, skip, mark = _read_place(place) or (0, 0, "")
    file.seek(0)
    cutter, known = Cutter(source), ""
    try:
        for piece in unpacked_text(file, compression):
            lines = cutter.cut(piece)
            known = known or _mark(lines)
            if mark and known and known != mark:
                tell(f"{source} is not the file that the cursor was written for; it is read whole.")
                skip = 0
            mark = known
            yield _placed(_after(lines, skip), cutter, known)
    except CutOffError as error:
        yield cutter.rest()
        reason, line = str(error), cutter.number + 1
        yield Lines(
            source=source, dead=(DeadLetter(source=source, reason=reason, raw="", line=line),)
        )
        return
    yield _placed(_after(cutter.rest(), skip), cutter, known)


def _after(lines: Lines, number: int) -> Lines:
    """Those of the lines that come after line ``number``."""
    first = next((at for at, one in enumerate(lines.numbers) if one > number), len(lines.data))
    dead = tuple(one for one in lines.dead if (one.line or 0) > number)
    return Lines(
        source=lines.source, data=lines.data[first:], numbers=lines.numbers[first:], dead=dead
    )


def _placed(lines: Lines, cutter: Cutter, mark: str) -> Lines:
    return Lines(
        source=lines.source,
        data=lines.data,
        numbers=lines.numbers,
        place=f"{cutter.offset}:{cutter.number}:{mark}" if mark else None,
        dead=lines.dead,
    )


def _read_place(place: str | None) -> tuple[int, int, str] | None:
    offset, _, rest = (place or "").partition(":")
    number, _, mark = rest.partition(":")
    if not (offset.isdecimal() and number.isdecimal() and mark):
        return None
    return int(offset), int(number), mark


def _mark(lines: Lines) -> str:
    return _mark_of(lines.data[0]) if lines.data else ""


def _mark_of(line: bytes) -> str:
    return hashlib.sha256(line.removesuffix(b"\n")).hexdigest()[:16]
