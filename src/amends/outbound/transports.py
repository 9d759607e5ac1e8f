"""The transport of our own requests, whose connections go to pinned addresses."""

import asyncio
import os
import ssl
from collections.abc import Iterable
from functools import cache
from typing import Any

import certifi
import httpcore2
import httpx2

from amends.outbound.dialing import Dialer

Options = Iterable[Any] | None


def trust() -> ssl.SSLContext:
    """The system's certificates; the bundled ones where the system has none."""
    return _trust(os.environ.get("SSL_CERT_FILE"), os.environ.get("SSL_CERT_DIR"))


@cache  # reading them takes some 30 ms, most of what the first request of a client would take
def _trust(_file: str | None, _folder: str | None) -> ssl.SSLContext:
    context = ssl.create_default_context()
    if not context.get_ca_certs():
        context.load_verify_locations(certifi.where())
    return context


class _Backend2(httpcore2.AsyncNetworkBackend):
    def __init__(self, dialer: Dialer) -> None:
        self._dialer = dialer
        self._plain = httpcore2.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 (httpcore's own signature)
        local_address: str | None = None,
        socket_options: Options = None,
    ) -> httpcore2.AsyncNetworkStream:
        async def connect(address: str, seconds: float | None) -> httpcore2.AsyncNetworkStream:
            return await self._plain.connect_tcp(
                address, port, seconds, local_address, socket_options
            )

        failures = (httpcore2.ConnectError, httpcore2.ConnectTimeout)
        return await self._dialer.dial(
            connect, host=host, port=port, patience=timeout, failures=failures
        )

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


class OwnTransport(httpx2.AsyncHTTPTransport):
    """Connections of our own requests."""

    def __init__(self, dialer: Dialer, context: ssl.SSLContext) -> None:
        # The parent is wanted for its translation of errors; its pool knows no backend of ours.
        self._pool = httpcore2.AsyncConnectionPool(
            ssl_context=context,
            max_connections=100,
            max_keepalive_connections=20,
            keepalive_expiry=5.0,
            network_backend=_Backend2(dialer),
        )
