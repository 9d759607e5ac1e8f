"""The transport of SDKs, which are built on httpx: connections go to pinned addresses as ours do.

Loaded for the first SDK that is used: httpx takes a tenth of a second, and many desks need none.
"""

import asyncio
import ssl
import sys
from collections.abc import AsyncIterator
from importlib.util import find_spec

# httpcore asks for it at each lock it takes, and what is not installed would be looked for in every
# folder each time: a fifth of what a request took.
if find_spec("sniffio") is None:
    sys.modules["sniffio"] = None  # type: ignore[assignment]

import httpcore
import httpx

from amends.outbound.bodies import ACCEPTED, Inflater
from amends.outbound.dialing import Dialer, checked_url
from amends.outbound.errors import Refused
from amends.outbound.transports import Options


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
        socket_options: Options = None,
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
