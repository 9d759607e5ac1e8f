"""WebSockets keep the same rules."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from websockets.asyncio.server import ServerConnection, serve

from amends.outbound import Outbound, OutboundError, Refused, TooLarge, Unreachable
from tests.outbound.servers import redirecting, saying, server


@asynccontextmanager
async def echo() -> AsyncIterator[int]:
    async def answer(socket: ServerConnection) -> None:
        async for message in socket:
            if message == "bye":
                return
            if message == "drop":
                socket.transport.abort()
            await socket.send(message)

    async with serve(answer, "127.0.0.1", 0) as running:
        yield running.sockets[0].getsockname()[1]


@pytest.fixture
def outbound() -> Outbound:
    return Outbound(allow=["localhost:*"], connect_timeout=2.0)


async def test_messages_go_and_come(outbound: Outbound) -> None:
    async with echo() as port, outbound.websocket(f"ws://localhost:{port}/x?y=1") as socket:
        await socket.send("hello")
        assert await socket.recv() == "hello"
        assert socket.request is not None
        assert socket.request.headers["Host"] == f"localhost:{port}"


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "10.0.0.1", "[::1]", "169.254.169.254", "2130706433"]
)
async def test_private_address_is_refused(outbound: Outbound, host: str) -> None:
    with pytest.raises(Refused):
        async with outbound.websocket(f"ws://{host}:1/"):
            pytest.fail("connected")


async def test_http_scheme_is_refused(outbound: Outbound) -> None:
    with pytest.raises(Refused, match="use ws or wss"):
        async with outbound.websocket("http://localhost:1/"):
            pytest.fail("connected")


async def test_redirect_of_a_stream_is_not_followed(outbound: Outbound) -> None:
    async with server(redirecting("ws://127.0.0.1:1/")) as port:
        with pytest.raises(OutboundError, match="redirects the stream"):
            async with outbound.websocket(f"ws://localhost:{port}/"):
                pytest.fail("connected")


async def test_server_that_refuses_the_stream_is_told_with_its_status(outbound: Outbound) -> None:
    async with server(saying(status="401 No")) as port:
        with pytest.raises(OutboundError, match="status 401"):
            async with outbound.websocket(f"ws://localhost:{port}/"):
                pytest.fail("connected")


async def test_dead_port_is_unreachable(outbound: Outbound) -> None:
    async with server(saying()) as port:
        pass
    with pytest.raises(Unreachable):
        async with outbound.websocket(f"ws://localhost:{port}/"):
            pytest.fail("connected")


async def ask(outbound: Outbound, port: int, message: str) -> object:
    async with outbound.websocket(f"ws://localhost:{port}/", max_size=1_000) as socket:
        await socket.send(message)
        return await socket.recv()


async def test_message_over_the_limit_is_too_large(outbound: Outbound) -> None:
    async with echo() as port:
        with pytest.raises(TooLarge, match="1,000 bytes"):
            await ask(outbound, port, "x" * 2_000)


@pytest.mark.parametrize("how", ["drop", "bye"])
async def test_lost_connection_comes_out_as_unreachable(outbound: Outbound, how: str) -> None:
    async with echo() as port:
        with pytest.raises(Unreachable):
            await ask(outbound, port, how)


async def test_error_of_the_caller_passes_unchanged(outbound: Outbound) -> None:
    async with echo() as port:
        with pytest.raises(TimeoutError):
            async with outbound.websocket(f"ws://localhost:{port}/"):
                raise TimeoutError
