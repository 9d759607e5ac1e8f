"""From a file on disk to lines of UTF-8: compression, encoding, and lines that never end.

Memory is bounded by one chunk and one line of at most ``LINE_LIMIT`` bytes.
"""

import codecs
import gzip
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Literal, NamedTuple

CHUNK = 1 << 18
LINE_LIMIT = 4_000_000
RAW_LIMIT = 2_000

Compression = Literal["", "gzip", "zstd"]

_ENCODINGS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


class RawLine(NamedTuple):
    """A line without its end. ``offset`` is where it begins in the unpacked text, in bytes.

    With ``dead`` set, ``data`` is only the beginning of what could not be read.
    """

    number: int
    position: int
    offset: int
    data: bytes
    dead: str | None = None


class CutOffError(Exception):
    """Compressed data ends too early or is damaged; what came before was read."""


def compression_of(head: bytes) -> Compression:
    """How a file is packed, by its first bytes."""
    if head.startswith(b"\x1f\x8b"):
        return "gzip"
    if head.startswith(b"\x28\xb5\x2f\xfd"):
        return "zstd"
    return ""


def read_lines(path: Path, compression: Compression) -> Iterator[RawLine]:
    """All lines of the file, blank ones too, without ``\\r`` at their ends.

    A line longer than ``LINE_LIMIT`` comes as its beginning, with ``dead`` set; reading goes on
    after it. Where packed data is cut off or damaged, the last line says so.
    """
    with path.open("rb") as file:
        number = offset = 0
        splitter = _Splitter()
        try:
            for chunk in unpacked_text(file, compression):
                position = file.tell()
                for data, length in splitter.feed(chunk):
                    number += 1
                    yield _line(number, position, offset, data, length)
                    offset += length + 1
        except CutOffError as error:
            rest, _ = splitter.rest()
            yield RawLine(number + 1, file.tell(), offset, rest[:RAW_LIMIT], str(error))
            return
        rest, length = splitter.rest()
        if rest:
            yield _line(number + 1, file.tell(), offset, rest, length)


def read_head(path: Path, compression: Compression, size: int) -> bytes:
    """The first ``size`` bytes of the text as UTF-8; fewer where it ends or breaks before."""
    head = b""
    with path.open("rb") as file:
        try:
            for chunk in unpacked_text(file, compression):
                head += chunk
                if len(head) >= size:
                    break
        except CutOffError:
            pass
    return head[:size]


def _line(number: int, position: int, offset: int, data: bytes, length: int) -> RawLine:
    if length > LINE_LIMIT:
        reason = f"The line is longer than {LINE_LIMIT // 1_000_000} MB ({length:,} bytes)."
        return RawLine(number, position, offset, data[:RAW_LIMIT], reason)
    return RawLine(number, position, offset, data.removesuffix(b"\r"))


def unpacked_text(file: BinaryIO, compression: Compression) -> Iterator[bytes]:
    """The text of a file in pieces, unpacked, as UTF-8. Raises ``CutOffError`` where it breaks."""
    return _as_utf8(_unpacked(file, compression))


def encoded_otherwise(head: bytes) -> bool:
    """Whether a mark at the beginning of a file makes its text something other than its bytes."""
    return head.startswith((codecs.BOM_UTF8, *(mark for mark, _ in _ENCODINGS)))


class _Splitter:
    """Cuts chunks at newlines. Of a line that is too long only the beginning is kept."""

    def __init__(self) -> None:
        self._open = b""
        self._length = 0  # of the open line, with what was let go

    def feed(self, chunk: bytes) -> Iterator[tuple[bytes, int]]:
        """Complete lines with their lengths; the open rest waits for the next chunk."""
        first, *others = chunk.split(b"\n")
        self._extend(first)
        for other in others:
            yield self.rest()
            self._extend(other)

    def rest(self) -> tuple[bytes, int]:
        line = self._open, self._length
        self._open, self._length = b"", 0
        return line

    def _extend(self, data: bytes) -> None:
        if self._length <= LINE_LIMIT:
            self._open += data
        self._length += len(data)
        if self._length > LINE_LIMIT:
            self._open = self._open[:RAW_LIMIT]


def _unpacked(file: BinaryIO, compression: Compression) -> Iterator[bytes]:
    if compression == "gzip":
        return _gunzip(file)
    if compression == "zstd":
        return _unzstd(file)
    return iter(lambda: file.read(CHUNK), b"")


def _gunzip(file: BinaryIO) -> Iterator[bytes]:
    with gzip.GzipFile(fileobj=file, mode="rb") as unpacked:
        while True:
            try:
                chunk = unpacked.read1(CHUNK)
            except EOFError:
                raise CutOffError(
                    "The file ends in the middle: its gzip data is cut off."
                ) from None
            except (OSError, zlib.error):
                raise CutOffError("The file is damaged: its gzip data cannot be read on.") from None
            if not chunk:
                return
            yield chunk


def _unzstd(file: BinaryIO) -> Iterator[bytes]:
    # Arrow's reader, not zstandard's: it hands out data in bounded pieces and also notices when
    # the stream is cut off, of which zstandard's stream_reader says nothing.
    import pyarrow as pa

    unpacked = pa.CompressedInputStream(pa.PythonFile(file, mode="r"), "zstd")
    while True:
        try:
            chunk = unpacked.read(CHUNK)
        except OSError as error:
            if "Truncated" in str(error):
                reason = "The file ends in the middle: its zstd data is cut off."
            else:
                reason = "The file is damaged: its zstd data cannot be read on."
            raise CutOffError(reason) from None
        if not chunk:
            return
        yield bytes(chunk)


def _as_utf8(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """The text without its byte order mark; UTF-16 and UTF-32, where marked, as UTF-8."""
    head = b""
    for chunk in chunks:
        head += chunk
        if len(head) >= 4:
            break
    encoding = next((name for mark, name in _ENCODINGS if head.startswith(mark)), None)
    if encoding is None:
        yield head.removeprefix(codecs.BOM_UTF8)
        yield from chunks
        return
    decoder = codecs.getincrementaldecoder(encoding)(errors="replace")
    yield decoder.decode(head).encode()
    for chunk in chunks:
        yield decoder.decode(chunk).encode()
    yield decoder.decode(b"", final=True).encode()
