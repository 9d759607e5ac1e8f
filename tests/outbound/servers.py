"""Servers on loopback that answer as a test says."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TypeAlias

Reader: TypeAlias = asyncio.StreamReader
Writer: TypeAlias = asyncio.StreamWriter
Answer = Callable[[bytes, Writer], Awaitable[None]]


@asynccontextmanager
async def server(answer: Answer) -> AsyncIterator[int]:
    """A server on a free port that gives each request's head and body to ``answer``."""

    async def serve(reader: Reader, writer: Writer) -> None:
        try:
            await answer(await _request(reader), writer)
            await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    listening = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield listening.sockets[0].getsockname()[1]
    finally:
        listening.close()


def saying(
    body: bytes = b"{}",
    *,
    status: str = "200 OK",
    headers: str = "",
    seen: list[bytes] | None = None,
) -> Answer:
    """An answer that always says the same; requests are kept in ``seen``."""

    async def answer(request: bytes, writer: Writer) -> None:
        if seen is not None:
            seen.append(request)
        fixed = f"content-length: {len(body)}\r\nconnection: close\r\n"
        writer.write(f"HTTP/1.1 {status}\r\n{fixed}{headers}\r\n".encode() + body)

    return answer


def redirecting(target: str, status: int = 302, seen: list[bytes] | None = None) -> Answer:
    return saying(b"", status=f"{status} Elsewhere", headers=f"location: {target}\r\n", seen=seen)


async def _request(reader: Reader) -> bytes:
    head = await reader.readuntil(b"\r\n\r\n")
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return head + await reader.readexactly(int(line.partition(b":")[2]))
    return head
