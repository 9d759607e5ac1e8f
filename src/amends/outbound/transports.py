"""Transports whose connections go to pinned addresses: httpx2 for us, httpx for SDKs."""

import asyncio
import os
import ssl
from collections.abc import AsyncIterator, Iterable
from functools import cache
from typing import Any

import certifi
import httpcore
import httpcore2
import httpx
import httpx2

from amends.outbound.bodies import ACCEPTED, Inflater
from amends.outbound.dialing import Dialer, checked_url
from amends.outbound.errors import Refused

_Options = Iterable[Any] | None


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
        socket_options: _Options = None,
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


class _Backend(httpcore.AsyncNetworkBackend):
    def __init__(self, dialer: Dialer) -> None:
        self._dialer = dialer
        self._plain = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 (httpcore's own signature)
        local_address: str | None = None,
        socket_options: _Options = None,
    ) -> httpcore.AsyncNetworkStream:
        async def connect(address: str, seconds: float | None) -> httpcore.AsyncNetworkStream:
            return await self._plain.connect_tcp(
                address, port, seconds, local_address, socket_options
            )

        failures = (httpcore.ConnectError, httpcore.ConnectTimeout)
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


class _PinnedHttpx(httpx.AsyncHTTPTransport):
    def __init__(self, dialer: Dialer, context: ssl.SSLContext) -> None:
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=context,
            max_connections=100,
            max_keepalive_connections=20,
            keepalive_expiry=5.0,
            network_backend=_Backend(dialer),
        )


class SdkTransport(httpx.AsyncBaseTransport):
    """What SDKs get: addresses pinned and checked, size and total time limited.

    Raises ``Refused``, ``TooLarge`` and ``Unreachable`` (names that do not resolve) as they are,
    everything else as httpx does.
    """

    def __init__(
        self, dialer: Dialer, context: ssl.SSLContext, *, seconds: float, limit: int
    ) -> None:
        self._inner = _PinnedHttpx(dialer, context)
        self._seconds = seconds
        self._limit = limit

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        checked_url(str(request.url))
        request.headers["accept-encoding"] = ACCEPTED
        deadline = asyncio.get_running_loop().time() + self._seconds
        try:
            async with asyncio.timeout_at(deadline):
                answer = await self._inner.handle_async_request(request)
        except TimeoutError as error:
            msg = f"No answer within {self._seconds:g} seconds."
            raise httpx.ReadTimeout(msg, request=request) from error
        return self._bounded(answer, request, deadline)

    async def aclose(self) -> None:
        await self._inner.aclose()

    def _bounded(
        self, answer: httpx.Response, request: httpx.Request, deadline: float
    ) -> httpx.Response:
        encoding = answer.headers.get("content-encoding", "")
        kept = [
            (name, value)
            for name, value in answer.headers.raw
            if name.lower() not in (b"content-encoding", b"content-length") or not encoding
        ]
        body = _BoundedBody(answer, Inflater(encoding, self._limit), request, deadline)
        return httpx.Response(
            answer.status_code, headers=kept, stream=body, extensions=answer.extensions
        )


class _BoundedBody(httpx.AsyncByteStream):
    def __init__(
        self, answer: httpx.Response, inflater: Inflater, request: httpx.Request, deadline: float
    ) -> None:
        self._answer = answer
        self._inflater = inflater
        self._request = request
        self._deadline = deadline

    async def __aiter__(self) -> AsyncIterator[bytes]:
        stream = self._answer.stream
        if not isinstance(stream, httpx.AsyncByteStream):
            msg = "The SDK's transport gave no asynchronous body; report this."
            raise Refused(msg)
        chunks = aiter(stream)
        while True:
            try:
                async with asyncio.timeout_at(self._deadline):
                    chunk = await anext(chunks, None)
            except TimeoutError as error:
                msg = "The answer took too long."
                raise httpx.ReadTimeout(msg, request=self._request) from error
            if chunk is None:
                return
            yield self._inflater.feed(chunk)

    async def aclose(self) -> None:
        await self._answer.aclose()
