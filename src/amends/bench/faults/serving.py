"""Networks of a few lines on loopback, and what can go wrong with one on purpose.

``Fake.handle`` answers a request; a ``Fault`` that is set answers instead, or spoils the answer.
"""

import asyncio
import json
import threading
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

from amends.bench.faults.clock import HandClock
from amends.outbound import Outbound

PATIENCE_S = 10.0  # what a client waits for an answer
HANG_S = 30.0


@dataclass(frozen=True, slots=True)
class Asked:
    """A request. ``query`` holds each name's values; header names are in lower case."""

    method: str
    path: str
    query: Mapping[str, list[str]]
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body or b"null")

    def one(self, name: str, otherwise: str = "") -> str:
        return self.query.get(name, [otherwise])[0]


@dataclass(frozen=True, slots=True)
class Said:
    """An answer; ``body`` is JSON, or bytes as they are. ``stream`` is what follows without end."""

    status: int = 200
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    stream: AsyncIterator[bytes] | None = None


@dataclass(frozen=True, slots=True)
class Fault:
    """``before`` answers without the network taking the request in; ``hang`` never answers, after
    it was taken in where ``accepted``; ``spoil`` changes the bytes of the answer's body."""

    before: Said | None = None
    hang: bool = False
    drop: bool = False
    accepted: bool = False
    spoil: Callable[[bytes], bytes] | None = None
    cut: int | None = None  # bytes of the body after which the connection closes


class Fake:
    """A network with a fault or none. Subclasses say what they answer; ``seen`` keeps what came."""

    def __init__(self, clock: HandClock) -> None:
        self.clock = clock
        self.seen: list[Asked] = []
        self.url = ""
        self.outbound = Outbound(allow=["127.0.0.1:*"], timeout=PATIENCE_S)
        self.serving: set[asyncio.Task[None]] = set()
        self._faults: list[tuple[Callable[[Asked], bool], Fault]] = []

    def handle(self, asked: Asked) -> Said:
        raise NotImplementedError

    async def more(self) -> list[asyncio.Server]:
        """Servers beside the first, for networks that have two."""
        return []

    def fail(self, fault: Fault, *, when: Callable[[Asked], bool], times: int = 1) -> None:
        """Let the next requests of a kind go wrong."""
        self._faults += [(when, fault)] * times

    def mend(self) -> None:
        self._faults.clear()

    @property
    def well(self) -> bool:
        """Whether every fault that was set has befallen somebody."""
        return not self._faults

    def _fault(self, asked: Asked) -> Fault | None:
        for index, (when, fault) in enumerate(self._faults):
            if when(asked):
                del self._faults[index]
                return fault
        return None

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self.serving.add(task)
        try:
            with suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
                while True:
                    asked = await _request(reader)
                    self.seen.append(asked)
                    if not await self._answer(asked, writer):
                        break
        finally:
            writer.close()
            with suppress(ConnectionError, asyncio.CancelledError):
                await writer.wait_closed()
            self.serving.discard(task)

    async def _answer(self, asked: Asked, writer: asyncio.StreamWriter) -> bool:
        fault = self._fault(asked)
        if fault is not None and fault.before is not None:
            return await _write(writer, fault.before)
        if fault is not None and (fault.hang or fault.drop):
            if fault.accepted:
                self.handle(asked)
            if fault.hang:
                await asyncio.sleep(HANG_S)
            return False
        said = self.handle(asked)
        if fault is None:
            return await _write(writer, said)
        body = _bytes(said.body)
        spoilt = fault.spoil(body) if fault.spoil else body
        await _write(writer, Said(said.status, spoilt, said.headers), cut=fault.cut)
        return False


@asynccontextmanager
async def running(fake: Fake) -> AsyncIterator[str]:
    """The address of a fake for the length of a block."""
    server = await asyncio.start_server(fake.serve, "127.0.0.1", 0)
    fake.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    beside_it = await fake.more()
    try:
        yield fake.url
    finally:
        await fake.outbound.aclose()
        for one in (server, *beside_it):
            one.close()
        for task in list(fake.serving):
            task.cancel()
        await asyncio.gather(*fake.serving, return_exceptions=True)


@contextmanager
def beside(fake: Fake) -> Iterator[str]:
    """The address of a fake that runs in a thread of its own, for tests that wait."""
    up, stop = threading.Event(), asyncio.Event()
    loop = asyncio.new_event_loop()

    async def serve() -> None:
        async with running(fake):
            up.set()
            await stop.wait()

    thread = threading.Thread(target=lambda: loop.run_until_complete(serve()))
    thread.start()
    try:
        assert up.wait(10), "the fake did not start"
        yield fake.url
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(10)
        loop.close()


async def _request(reader: asyncio.StreamReader) -> Asked:
    head = (await reader.readuntil(b"\r\n\r\n")).decode()
    first, *lines = head.rstrip().split("\r\n")
    method, target, _ = first.split(" ")
    pairs = (line.partition(":") for line in lines)
    headers = {name.lower(): value.strip() for name, _, value in pairs}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    parts = urlsplit(target)
    return Asked(method, parts.path, parse_qs(parts.query), headers, body)


async def _write(writer: asyncio.StreamWriter, said: Said, *, cut: int | None = None) -> bool:
    body = _bytes(said.body)
    kind = "text/html" if body.startswith(b"<") else "application/json"
    headers = {"content-type": kind, "content-length": str(len(body)), **said.headers}
    if said.stream is not None:
        headers = {"content-type": kind, "connection": "close", **said.headers}
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    writer.write(f"HTTP/1.1 {said.status} X\r\n{head}\r\n".encode() + body[:cut])
    await writer.drain()
    if said.stream is None:
        return cut is None
    async for piece in said.stream:
        writer.write(piece)
        await writer.drain()
    return False


def _bytes(body: Any) -> bytes:
    if isinstance(body, bytes):
        return body
    return b"" if body is None else json.dumps(body).encode()
