"""Packets: what one message of the broker carries, some sixty-four frames of one source."""

from typing import Final

import msgspec
import zstandard

from amends.terms import BadInput, DeadLetter

_LEVEL: Final = 1
_MOST_BYTES: Final = 256 << 20  # unpacked; more is no packet of ours


class Packet(msgspec.Struct, frozen=True, kw_only=True, array_like=True):
    """Frames as they came, in order.

    ``kind`` says how ``lines`` are read (see ``listening.frames``). ``deleted`` and ``dead`` are
    what a connector found besides posts, as in ``Page``.
    """

    kind: str
    lines: tuple[bytes, ...] = ()
    deleted: tuple[str, ...] = ()
    dead: tuple[DeadLetter, ...] = ()


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(Packet)


def pack(packet: Packet) -> bytes:
    """A packet as a message's body, compressed."""
    return zstandard.ZstdCompressor(level=_LEVEL).compress(_encoder.encode(packet))


def unpack(body: bytes) -> Packet:
    """The packet that a message holds. Raises ``BadInput`` where it holds none."""
    try:
        plain = zstandard.ZstdDecompressor().decompress(body, max_output_size=_MOST_BYTES)
        return _decoder.decode(plain)
    except (zstandard.ZstdError, msgspec.DecodeError, MemoryError) as error:
        msg = f"The message holds no frames ({error})."
        raise BadInput(msg) from error
