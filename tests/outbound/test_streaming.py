"""Answers without an end keep the same rules."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from amends.outbound import Outbound, OutboundError, Refused, Unreachable
from tests.outbound.servers import Writer, redirecting, saying, server


@pytest.fixture
async def outbound() -> AsyncIterator[Outbound]:
    made = Outbound(allow=["localhost:*"], timeout=5.0)
    yield made
    await made.aclose()


async def read(outbound: Outbound, port: int, *, quiet: float = 5.0) -> list[bytes]:
    url = f"http://localhost:{port}/x"
    async with outbound.stream(url, headers={"X-Key": "a"}, quiet=quiet) as answer:
        return [piece async for piece in answer.pieces]


async def test_pieces_come_as_they_are_sent(outbound: Outbound) -> None:
    sent, seen = asyncio.Event(), list[bytes]()

    async def answer(request: bytes, writer: Writer) -> None:
        seen.append(request.lower())
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: x/y\r\n\r\none")
        await writer.drain()
        await sent.wait()
        writer.write(b"two")

    async with (
        server(answer) as port,
        outbound.stream(f"http://localhost:{port}/x", headers={"X-Key": "a"}) as stream,
    ):
        pieces = stream.pieces
        first = await anext(pieces)
        sent.set()
        assert (first, [piece async for piece in pieces]) == (b"one", [b"two"])
        assert (stream.status, stream.headers["content-type"]) == (200, "x/y")
    assert b"x-key: a\r\n" in seen[0]
    assert b"accept-encoding: identity\r\n" in seen[0]


async def test_silence_and_a_cut_are_told_apart(outbound: Outbound) -> None:
    async def cut(request: bytes, writer: Writer) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nonly")

    async def silent(request: bytes, writer: Writer) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        await writer.drain()
        await asyncio.sleep(5)

    async with server(cut) as port:
        with pytest.raises(Unreachable, match="closed the connection; open it again"):
            await read(outbound, port)
    async with server(silent) as port:
        with pytest.raises(Unreachable, match="silent for too long"):
            await read(outbound, port, quiet=0.05)


async def test_what_is_refused_elsewhere_is_refused_here(outbound: Outbound) -> None:
    async with server(redirecting("http://localhost/")) as port:
        with pytest.raises(OutboundError, match="redirects the stream"):
            await read(outbound, port)
    async with server(saying()) as port:
        with pytest.raises(Refused):
            await read(Outbound(), port)
    with pytest.raises(Unreachable, match="could not be reached"):
        await read(outbound, 1)
