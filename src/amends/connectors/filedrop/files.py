"""The files of a folder, line by line, from where each was read to.

A file is known by its device and inode and by a mark of what stands before the place that was read
to, so that one which is renamed goes on, and another one under an old name or inode begins anew.
"""

import hashlib
import os
import stat
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import BinaryIO

import msgspec

from amends.terms import ConnectorError

ENDINGS = (".jsonl", ".ndjson", ".csv", ".tsv")
LONGEST = 1_000_000  # bytes of a line
MOST_FILES = 5_000
QUIET = timedelta(seconds=30)  # a file that has not grown for so long ends where it ends
_HEAD = 65_536  # bytes of a header at most
_MARKED = 512  # bytes before a place that its mark is made of


class Spot(msgspec.Struct, frozen=True, array_like=True):
    """How far a file was read: bytes, lines, and the mark of the bytes before."""

    offset: int = 0
    line: int = 0
    mark: str = ""


class Places(msgspec.Struct, frozen=True):
    """A cursor: a spot by each file's device and inode."""

    files: dict[str, Spot] = {}

    @classmethod
    def read(cls, cursor: str | None) -> "Places":
        """Raises ``ConnectorError`` for what is no cursor of ours."""
        try:
            return msgspec.json.decode(cursor, type=cls) if cursor else cls()
        except (msgspec.DecodeError, UnicodeError) as error:
            msg = "The stored place in this folder cannot be read; start the folder anew."
            raise ConnectorError(msg) from error

    def write(self) -> str:
        return msgspec.json.encode(self).decode()


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """A line without its end, and the spot after it. ``ended`` is False for the last of a file, where
    no line end follows; ``quiet`` says that nothing was added for a while. ``too_long`` lines hold
    their beginning."""

    data: bytes
    after: Spot
    ended: bool = True
    quiet: bool = False
    too_long: bool = False


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """A file of the folder, and where to go on in it."""

    path: Path
    key: str
    spot: Spot
    size: int
    changed: float

    def grown(self) -> bool:
        return self.size > self.spot.offset


def files_of(folder: Path, places: Places) -> list[Found]:
    """The files of a folder that are for us, by name. Links are passed over, and names that begin
    with a full stop: files are moved in under their name once they are whole.

    Raises ``ConnectorError`` where the folder cannot be read or holds too many.
    """
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError as error:
        msg = f"The folder {folder} cannot be read ({error.strerror}); make it, or let us read it."
        raise ConnectorError(msg) from error
    found = [one for one in (_found(entry, places) for entry in entries) if one is not None]
    if len(found) > MOST_FILES:
        msg = f"The folder {folder} holds {len(found)} files; move away those that were read."
        raise ConnectorError(msg)
    return found


def lines_of(found: Found, now: datetime) -> Iterator[Line]:
    """The lines of a file from its spot on."""
    quiet = now.timestamp() - found.changed >= QUIET.total_seconds()
    with found.path.open("rb") as file:
        file.seek(found.spot.offset)
        spot = found.spot
        while (line := _next(file, spot, quiet=quiet)) is not None:
            yield line
            spot = line.after


def header_of(path: Path) -> bytes:
    """The first line of a file, without its end; empty where it has not come to an end."""
    with path.open("rb") as file:
        line = file.readline(_HEAD)
    return line.rstrip(b"\r\n") if line.endswith(b"\n") else b""


def marked(path: Path, spot: Spot) -> Spot:
    """The spot with the mark by which its file is known again."""
    with path.open("rb") as file:
        file.seek(max(0, spot.offset - _MARKED))
        before = file.read(min(spot.offset, _MARKED))
    digest = hashlib.sha256(before).hexdigest()[:16]
    return msgspec.structs.replace(spot, mark=digest)


def _found(entry: "os.DirEntry[str]", places: Places) -> Found | None:
    name = entry.name.lower()
    try:
        told = entry.stat(follow_symlinks=False)
        if name.startswith(".") or not name.endswith(ENDINGS) or not stat.S_ISREG(told.st_mode):
            return None
        path, key = Path(entry.path), f"{told.st_dev:x}:{told.st_ino:x}"
        spot = places.files.get(key, Spot())
        if spot.offset > told.st_size or (spot.mark and marked(path, spot) != spot):
            spot = Spot()  # another file, or this one written anew
    except OSError:  # moved away meanwhile
        return None
    return Found(path=path, key=key, spot=spot, size=told.st_size, changed=told.st_mtime)


def _next(file: BinaryIO, spot: Spot, *, quiet: bool) -> Line | None:
    data = file.readline(LONGEST + 1)
    if not data:
        return None
    length, too_long = len(data), False
    while not data.endswith(b"\n") and (more := file.readline(LONGEST)):
        length, too_long = length + len(more), True
        data = data[:LONGEST] + more[-1:] if more.endswith(b"\n") else data
    ended = data.endswith(b"\n")
    return Line(
        data=data.rstrip(b"\r\n") if ended else data,
        after=Spot(spot.offset + length, spot.line + 1),
        ended=ended,
        quiet=quiet,
        too_long=too_long or length > LONGEST + 1,
    )
