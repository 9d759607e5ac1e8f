"""Answers without an end, read piece by piece."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import httpx2

from amends.outbound.dialing import place
from amends.outbound.errors import OutboundError, Unreachable


@dataclass(frozen=True, slots=True)
class Stream:
    """An answer whose body is still coming. Header names are lower case. What is not read slows
    the server down."""

    status: int
    headers: dict[str, str]
    pieces: AsyncIterator[bytes]


@asynccontextmanager
async def open_stream(
    request: httpx2.Request, transport: httpx2.AsyncBaseTransport
) -> AsyncIterator[Stream]:
    """The answer to a request, open for the length of a block."""
    at = place(request.url)
    try:
        answer = await transport.handle_async_request(request)
    except httpx2.TransportError as error:
        msg = f"{at} could not be reached; check the address and the network."
        raise Unreachable(msg, sent=True) from error
    try:
        headers = {name.lower(): value for name, value in answer.headers.items()}
        _refuse(answer.status_code, headers, at)
        yield Stream(answer.status_code, headers, _pieces(answer, at))
    finally:
        await answer.aclose()


def _refuse(status: int, headers: dict[str, str], at: str) -> None:
    if 300 <= status < 400:
        msg = f"{at} redirects the stream, which is not followed; check its address."
        raise OutboundError(msg, sent=True)
    if headers.get("content-encoding", "identity").strip().lower() not in ("", "identity"):
        msg = f"{at} packs the stream, which was not asked for."
        raise OutboundError(msg, sent=True)


async def _pieces(answer: httpx2.Response, at: str) -> AsyncIterator[bytes]:
    try:
        async for piece in answer.aiter_raw():
            yield piece
    except httpx2.TimeoutException as error:
        msg = f"{at} has been silent for too long; open it again."
        raise Unreachable(msg, sent=True) from error
    except httpx2.TransportError as error:
        msg = f"{at} closed the connection; open it again."
        raise Unreachable(msg, sent=True) from error
