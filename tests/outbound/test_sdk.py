"""The client SDKs get keeps the same rules."""

import asyncio
import gzip
import sys
from collections.abc import AsyncIterator
from importlib.util import find_spec

import httpx
import pytest

from amends.outbound import Outbound, Refused, TooLarge
from tests.outbound.servers import Writer, redirecting, saying, server


@pytest.fixture
async def outbound() -> AsyncIterator[Outbound]:
    made = Outbound(allow=["localhost:*"], timeout=0.5, max_bytes=1_000_000)
    yield made
    await made.aclose()


async def test_allowed_host_answers(outbound: Outbound) -> None:
    body = gzip.compress(b'{"a": 1}', mtime=0)
    async with (
        server(saying(body, headers="content-encoding: gzip\r\n")) as port,
        outbound.sdk_client() as client,
    ):
        assert (await client.get(f"http://localhost:{port}/x")).json() == {"a": 1}


def test_library_that_is_not_there_is_not_looked_for_at_each_lock() -> None:
    """httpcore asks for sniffio again and again; what is known to be missing costs nothing."""
    assert "sniffio" in sys.modules or find_spec("sniffio") is not None


async def test_loopback_is_refused_unless_allowed() -> None:
    seen: list[bytes] = []
    async with server(saying(seen=seen)) as port, Outbound().sdk_client() as client:
        with pytest.raises(Refused):
            await client.get(f"http://localhost:{port}/")
    assert seen == []


async def test_redirect_to_a_forbidden_address_is_refused(outbound: Outbound) -> None:
    async with server(redirecting("http://127.0.0.1:1/")) as port, outbound.sdk_client() as client:
        url = f"http://localhost:{port}/"
        assert (await client.get(url)).status_code == 302
        with pytest.raises(Refused):
            await client.get(url, follow_redirects=True)


async def test_gzip_bomb_is_not_unpacked(outbound: Outbound) -> None:
    bomb = gzip.compress(b"\0" * 5_000_000, compresslevel=1, mtime=0)
    async with (
        server(saying(bomb, headers="content-encoding: gzip\r\n")) as port,
        outbound.sdk_client() as client,
    ):
        with pytest.raises(TooLarge):
            await client.get(f"http://localhost:{port}/")


async def test_slow_drip_ends_at_the_total_timeout(outbound: Outbound) -> None:
    async def drip(request: bytes, writer: Writer) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n")
        while not writer.is_closing():
            writer.write(b".")
            await writer.drain()
            await asyncio.sleep(0.01)

    async with server(drip) as port, outbound.sdk_client() as client:
        with pytest.raises(httpx.ReadTimeout):
            await client.get(f"http://localhost:{port}/")


async def test_dead_port_is_httpx_own_error(outbound: Outbound) -> None:
    async with server(saying()) as port:
        pass
    async with outbound.sdk_client() as client:
        with pytest.raises(httpx.ConnectError):
            await client.get(f"http://localhost:{port}/")


async def test_cookies_are_not_kept_and_the_environment_is_ignored(
    outbound: Outbound, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    seen: list[bytes] = []
    async with (
        server(saying(headers="set-cookie: a=1; path=/\r\n", seen=seen)) as port,
        outbound.sdk_client() as client,
    ):
        for _ in range(2):
            await client.get(f"http://localhost:{port}/")
    assert [b"cookie:" in request.lower() for request in seen] == [False, False]
