"""Bodies, decompressed piece by piece so that a small bomb never becomes a large one."""

import zlib

from amends.outbound.errors import OutboundError, TooLarge

ACCEPTED = "gzip, deflate"
_WINDOWS = {"gzip": 31, "x-gzip": 31, "deflate": 15}


class Inflater:
    """Decodes one body and counts what comes out. ``limit`` is in bytes."""

    def __init__(self, encoding: str, limit: int) -> None:
        self._encoding = encoding.strip().lower()
        self._limit = limit
        self._left = limit
        self._inflate = None
        if self._encoding not in ("", "identity"):
            self._inflate = zlib.decompressobj(self._window())
        self._begun = False

    def feed(self, chunk: bytes) -> bytes:
        """What a piece of the body holds. Raises ``TooLarge`` or ``OutboundError``."""
        if self._inflate is None or not chunk:
            return self._counted(chunk)
        try:
            plain = self._inflate.decompress(chunk, self._left + 1)
        except zlib.error as error:
            return self._raw_deflate(chunk, error)
        self._begun = True
        return self._counted(plain)

    def _window(self) -> int:
        window = _WINDOWS.get(self._encoding)
        if window is None:
            msg = f"The answer is packed as {self._encoding[:40]!r}, which was not asked for."
            raise OutboundError(msg, sent=True)
        return window

    def _raw_deflate(self, chunk: bytes, error: zlib.error) -> bytes:
        if self._begun or self._encoding != "deflate":
            msg = "The answer is not packed as it says; ask the network's operator."
            raise OutboundError(msg, sent=True) from error
        # Some servers mean the bare stream by "deflate", without the zlib header.
        self._inflate, self._begun = zlib.decompressobj(-15), True
        return self.feed(chunk)

    def _counted(self, plain: bytes) -> bytes:
        self._left -= len(plain)
        if self._left < 0:
            raise too_large(self._limit)
        return plain


def too_large(limit: int) -> TooLarge:
    """The error for an answer over ``limit`` bytes."""
    return TooLarge(f"The answer is larger than {limit:,} bytes and was not read.", sent=True)
