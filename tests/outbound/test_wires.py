"""Connections for what is no HTTP keep the same rules."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from amends.outbound import Outbound, OutboundError, Refused, Unreachable
from tests.outbound.servers import Reader, Writer


@asynccontextmanager
async def lines(*said: bytes) -> AsyncIterator[int]:
    """A server that says these things, one after each line it hears."""

    async def serve(reader: Reader, writer: Writer) -> None:
        for one in said:
            await reader.readline()
            writer.write(one)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()


@pytest.fixture
async def outbound() -> AsyncIterator[Outbound]:
    made = Outbound(allow=["localhost:*"], connect_timeout=2.0)
    yield made
    await made.aclose()


async def test_lines_go_and_come(outbound: Outbound) -> None:
    async with lines(b"one\r\ntwo") as port:
        wire = await outbound.connect("localhost", port, tls=False)
        await wire.send(b"hello\r\n", patience=1.0)
        assert await wire.line(patience=1.0) == b"one\r\n"
        assert await wire.exactly(3, patience=1.0) == b"two"


@pytest.mark.parametrize("way", ["connect", "dial"])
@pytest.mark.parametrize(
    "host", ["127.0.0.1", "10.0.0.1", "[::1]", "169.254.169.254", "2130706433"]
)
async def test_private_address_is_refused(outbound: Outbound, way: str, host: str) -> None:
    going = outbound.dial(host, 143) if way == "dial" else outbound.connect(host, 143, tls=False)
    with pytest.raises(Refused):
        await going


async def test_address_is_looked_up_once_and_pinned() -> None:
    asked: list[str] = []

    async def resolve(host: str, port: int) -> list[str]:
        asked.append(host)
        return ["10.0.0.1"] if len(asked) > 1 else ["127.0.0.1"]

    made = Outbound(allow=["mail.test:*"], resolve=resolve)
    async with lines(b"one\r\n") as port:
        wire = await made.connect("mail.test", port, tls=False)
        await wire.send(b"\n", patience=1.0)
        assert (await wire.line(patience=1.0), asked) == (b"one\r\n", ["mail.test"])
    await made.aclose()


async def test_certificate_nobody_vouches_for_is_refused(outbound: Outbound) -> None:
    async with lines(b"* OK\r\n") as port:
        with pytest.raises(Unreachable, match="by TLS"):
            await outbound.connect("localhost", port, tls=True)


async def test_trust_checks_names() -> None:
    assert (Outbound().trust.check_hostname, Outbound().trust.verify_mode) == (
        True, ssl.CERT_REQUIRED,
    )  # fmt: skip


async def test_line_without_end_is_refused(outbound: Outbound) -> None:
    async with lines(b"x" * 700_000) as port:
        wire = await outbound.connect("localhost", port, tls=False)
        await wire.send(b"\n", patience=1.0)
        with pytest.raises(OutboundError, match="256 KiB"):
            await wire.line(patience=5.0)


@pytest.mark.parametrize(
    ("said", "sentence"), [(b"half", "closed the connection"), (b"", "closed")]
)
async def test_lost_connection_is_unreachable(
    outbound: Outbound, said: bytes, sentence: str
) -> None:
    async with lines(said) as port:
        wire = await outbound.connect("localhost", port, tls=False)
        await wire.send(b"\n", patience=1.0)
        with pytest.raises(Unreachable, match=sentence):
            await wire.line(patience=1.0)


async def test_silence_ends(outbound: Outbound) -> None:
    async with lines(b"never") as port:
        wire = await outbound.connect("localhost", port, tls=False)
        with pytest.raises(Unreachable, match=r"within 0\.05 seconds"):
            await wire.line(patience=0.05)


async def test_dead_port_is_unreachable(outbound: Outbound) -> None:
    async with lines() as port:
        pass
    with pytest.raises(Unreachable, match="could not be reached"):
        await outbound.connect("localhost", port, tls=False)
