"""WebSockets over a socket that was connected to a pinned address."""

import socket
import ssl
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager

import httpx2
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidStatus
from websockets.frames import CloseCode
from websockets.typing import Subprotocol

from amends.outbound.bodies import too_large
from amends.outbound.dialing import Dialer, checked_url, place, port_of
from amends.outbound.errors import OutboundError, Unreachable
from amends.outbound.wires import connected

_GOODBYE_S = (
    1.0  # what the other end has to answer that we leave; nothing is lost where it does not
)


@asynccontextmanager
async def open_websocket(
    address: str,
    *,
    dialer: Dialer,
    context: Callable[[], ssl.SSLContext],
    headers: Mapping[str, str] | None,
    connect_timeout: float,
    max_size: int,
    compression: str | None,
    subprotocols: Sequence[str],
) -> AsyncIterator[ClientConnection]:
    """A connection that closes with the block; what breaks it comes out as ``OutboundError``."""
    url = checked_url(address, schemes=("ws", "wss"))
    opening = connect(
        str(url),
        sock=await _connected(url, dialer, connect_timeout),
        ssl=context() if url.scheme == "wss" else None,
        additional_headers=headers,
        open_timeout=connect_timeout,
        close_timeout=_GOODBYE_S,
        max_size=max_size,
        compression=compression,
        subprotocols=[Subprotocol(name) for name in subprotocols] or None,
        user_agent_header=None,
        proxy=None,
    )
    connection = await _opened(opening, url)
    try:
        async with connection:
            yield connection
    except ConnectionClosed as error:
        if error.sent is not None and error.sent.code == CloseCode.MESSAGE_TOO_BIG:
            raise too_large(max_size) from error
        msg = f"{place(url)} closed the connection; open it again."
        raise Unreachable(msg, sent=True) from error


async def _opened(opening: connect, url: httpx2.URL) -> ClientConnection:
    try:
        return await opening
    except InvalidStatus as error:
        msg = f"{place(url)} refused the stream with status {error.response.status_code}."
        raise OutboundError(msg, sent=True) from error
    except InvalidHandshake as error:
        msg = f"{place(url)} does not speak WebSocket; check the address of the stream."
        raise OutboundError(msg, sent=True) from error
    except (OSError, EOFError) as error:
        msg = f"{place(url)} could not be reached; check the address and the network."
        raise Unreachable(msg, sent=True) from error
    except ValueError as error:
        # What the library says to a redirect when the socket was connected by its caller.
        msg = f"{place(url)} redirects the stream, which is not followed; check its address."
        raise OutboundError(msg, sent=True) from error


async def _connected(url: httpx2.URL, dialer: Dialer, seconds: float) -> socket.socket:
    try:
        return await connected(url.raw_host.decode("ascii"), port_of(url), dialer, seconds)
    except OSError as error:
        msg = f"{place(url)} could not be reached; check the address and the network."
        raise Unreachable(msg) from error
