"""The client itself: our own requests, and the doors for SDKs and streams."""

import asyncio
import socket
import ssl
from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from functools import cached_property
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import TYPE_CHECKING, Any

import httpx2
import msgspec
from websockets.asyncio.client import ClientConnection

from amends.outbound.addresses import AllowList
from amends.outbound.bodies import ACCEPTED, Inflater, too_large
from amends.outbound.dialing import Dialer, Resolver, checked_url, place
from amends.outbound.errors import OutboundError, Unreachable
from amends.outbound.recording import note_exchange
from amends.outbound.redirects import Asked, next_request
from amends.outbound.response import Response
from amends.outbound.sockets import open_websocket
from amends.outbound.streaming import Stream, open_stream
from amends.outbound.transports import OwnTransport, trust
from amends.outbound.wires import Wire, open_wire, reached

if TYPE_CHECKING:
    import httpx

    from amends.outbound.sdk import SdkTransport

Params = Mapping[str, str | int | float | bool | Sequence[str] | None]

_USER_AGENT = "amends"


class Outbound:
    """Every way out of the building.

    Names are resolved once, every address they have is checked and the connection goes to one that
    was; only the public internet is reached, and what ``allow`` lists (see ``AllowList``). No
    proxies or credentials come from the environment and no cookie is kept. Times in seconds:
    ``connect_timeout`` for one connection, ``timeout`` for a whole request with its redirects.
    ``max_bytes`` limits a body after decompression.
    """

    def __init__(
        self,
        *,
        allow: Sequence[str] = (),
        connect_timeout: float = 10.0,
        timeout: float = 30.0,
        max_bytes: int = 10_000_000,
        max_redirects: int = 5,
        resolve: Resolver | None = None,
    ) -> None:
        self._dialer = Dialer(AllowList(allow), resolve)
        self._connect_timeout = connect_timeout
        self._timeout = timeout
        self._max_bytes = max_bytes
        self._max_redirects = max_redirects
        self._sdk_transports: list[SdkTransport] = []
        self._wires: set[Wire] = set()

    async def request(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        params: Params | None = None,
        json: object = None,
        content: bytes | None = None,
        max_bytes: int | None = None,
    ) -> Response:
        """One request, redirects followed; any status is an answer.

        ``json`` is encoded as the body, unless ``content`` is given. Raises ``Refused``,
        ``TooLarge``, ``Unreachable`` or another ``OutboundError``; ``sent`` of each says whether
        the request may have reached the server.
        """
        first = _first_request(method, url, headers, params, json, content)
        limit = self._max_bytes if max_bytes is None else max_bytes
        progress = _Progress()
        try:
            async with asyncio.timeout(self._timeout):
                return await self._follow(first, limit, progress)
        except TimeoutError as error:
            msg = f"{place(first.url)} did not answer within {self._timeout:g} seconds."
            raise Unreachable(msg, sent=progress.sent) from error
        except OutboundError as error:
            error.sent = error.sent or progress.sent
            raise

    def sdk_transport(self) -> "httpx.AsyncBaseTransport":
        """A transport for SDKs built on httpx 0.28, with the same rules and limits."""
        from amends.outbound.sdk import SdkTransport

        transport = SdkTransport(
            self._dialer, self._context, seconds=self._timeout, limit=self._max_bytes
        )
        self._sdk_transports.append(transport)
        return transport

    def sdk_client(self, **settings: Any) -> "httpx.AsyncClient":
        """An ``httpx.AsyncClient`` over ``sdk_transport``; ``settings`` are the client's own."""
        import httpx

        return httpx.AsyncClient(
            transport=self.sdk_transport(),
            trust_env=False,
            follow_redirects=False,
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
            **settings,
        )

    def websocket(
        self,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        max_size: int = 1_000_000,
        compression: str | None = None,
        subprotocols: Sequence[str] = (),
    ) -> AbstractAsyncContextManager[ClientConnection]:
        """A WebSocket for the length of a block. ``max_size`` limits one message, in bytes.

        Raises ``Refused``, ``TooLarge``, ``Unreachable``; a connection lost inside the block comes
        out of it as ``Unreachable``.
        """
        return open_websocket(
            url,
            dialer=self._dialer,
            context=lambda: self._context,
            headers=headers,
            connect_timeout=self._connect_timeout,
            max_size=max_size,
            compression=compression,
            subprotocols=subprotocols,
        )

    def stream(
        self, url: str, *, headers: Mapping[str, str] | None = None, quiet: float = 120.0
    ) -> AbstractAsyncContextManager[Stream]:
        """The answer to a GET, its body read as it comes, for the length of a block.

        Nothing limits its length; ``quiet`` seconds without a byte end it. Redirects are not
        followed. Raises as ``request`` does; a connection lost inside the block comes out of
        ``pieces`` as ``Unreachable``.
        """
        asked = _first_request("GET", url, headers, None, None, None)
        request = httpx2.Request(
            asked.method,
            asked.url,
            headers={**asked.headers, "accept-encoding": "identity"},
            extensions={"timeout": self._timeouts() | {"read": quiet}},
        )
        return open_stream(request, self._own)

    async def connect(self, host: str, port: int, *, tls: bool) -> Wire:
        """A connection for what is no HTTP, such as mail, encrypted from the start where ``tls``.

        Certificates are checked against the host's name. Raises ``Refused``, ``Unreachable``.
        """
        wire = await open_wire(
            host,
            port,
            tls=tls,
            dialer=self._dialer,
            context=lambda: self._context,
            seconds=self._connect_timeout,
        )
        self._wires = {one for one in self._wires if not one.let_go} | {wire}
        return wire

    async def dial(self, host: str, port: int) -> socket.socket:
        """A connected socket for a library that speaks on it; it belongs to the caller.

        Raises ``Refused``, ``Unreachable``.
        """
        return await reached(host, port, self._dialer, self._connect_timeout)

    @property
    def timeout(self) -> float:
        """Seconds that a whole request may take."""
        return self._timeout

    @property
    def trust(self) -> ssl.SSLContext:
        """The certificates that are trusted, for encryption begun by a library."""
        return self._context

    async def aclose(self) -> None:
        """Let go of every connection."""
        wires, self._wires = self._wires, set()
        for wire in wires:
            await wire.aclose()
        if "_own" in self.__dict__:
            await self._own.aclose()
        for transport in self._sdk_transports:
            await transport.aclose()

    @cached_property
    def _context(self) -> ssl.SSLContext:
        return trust()

    @cached_property
    def _own(self) -> OwnTransport:
        return OwnTransport(self._dialer, self._context)

    async def _follow(self, asked: Asked, limit: int, progress: "_Progress") -> Response:
        for _ in range(self._max_redirects + 1):
            response = await self._once(asked, limit, progress)
            following = next_request(asked, response)
            if following is None:
                note_exchange(asked.method, response.url, response.status, response.body)
                return response
            asked = following
        msg = f"{place(asked.url)} redirects more than {self._max_redirects} times."
        raise OutboundError(msg, sent=True)

    async def _once(self, asked: Asked, limit: int, progress: "_Progress") -> Response:
        request = httpx2.Request(
            asked.method,
            asked.url,
            headers={**asked.headers, "accept-encoding": ACCEPTED},
            content=asked.content,
            extensions={"timeout": self._timeouts(), "trace": progress.trace},
        )
        try:
            answer = await self._own.handle_async_request(request)
            try:
                body = await _read(answer, limit)
            finally:
                await answer.aclose()
        except httpx2.TransportError as error:
            msg = f"{place(asked.url)} {_failure(error, progress.sent)}"
            raise Unreachable(msg, sent=progress.sent) from error
        headers = {name.lower(): value for name, value in answer.headers.items()}
        return Response(status=answer.status_code, headers=headers, body=body, url=str(asked.url))

    def _timeouts(self) -> dict[str, float]:
        whole = self._timeout
        return {"connect": self._connect_timeout, "read": whole, "write": whole, "pool": whole}


class _Progress:
    """Remembers whether any byte of a request was about to leave."""

    sent = False

    async def trace(self, event: str, info: Mapping[str, Any]) -> None:
        del info
        if event.endswith("send_request_headers.started"):
            self.sent = True


def _first_request(
    method: str,
    url: str,
    headers: Mapping[str, str] | None,
    params: Params | None,
    json: object,
    content: bytes | None,
) -> Asked:
    whole = checked_url(url)
    kept = {name.lower(): _header(name, value) for name, value in (headers or {}).items()}
    kept.setdefault("user-agent", _USER_AGENT)
    kept.setdefault("accept", "*/*")
    if json is not None and content is None:
        content = msgspec.json.encode(json)
        kept.setdefault("content-type", "application/json")
    if params:
        given = {name: value for name, value in params.items() if value is not None}
        whole = whole.copy_merge_params(given)
    return Asked(method.upper(), whole, kept, content)


def _header(name: str, value: str) -> str:
    """Raises ``OutboundError``, nothing sent, for what no header can carry."""
    if not value.isascii() or not value.isprintable() or value != value.strip():
        msg = (
            f"The header {name} cannot be sent: it takes printable ASCII without blanks around it."
        )
        raise OutboundError(msg)
    return value


async def _read(answer: httpx2.Response, limit: int) -> bytes:
    length = answer.headers.get("content-length", "")
    if length.isdecimal() and int(length) > limit:
        raise too_large(limit)
    inflater = Inflater(answer.headers.get("content-encoding", ""), limit)
    return b"".join([inflater.feed(chunk) async for chunk in answer.aiter_raw()])


def _failure(error: httpx2.TransportError, sent: bool) -> str:
    if not sent:
        return "could not be reached; check the address and the network."
    if isinstance(error, httpx2.TimeoutException):
        return "took too long to answer."
    return "hung up before the answer was complete."
