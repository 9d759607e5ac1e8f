"""Streams over loopback: lines, events, messages, Jetstream; opened again where they were left."""

import asyncio
import json
import random
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing, asynccontextmanager
from typing import Any

import pytest
from websockets.asyncio.server import ServerConnection, serve

from amends.listening.lines.lines import Lines
from amends.listening.lines.sources import Source, World, source_of, sources_of
from amends.listening.lines.together import together
from amends.outbound import Outbound
from amends.terms import AuthError, BadInput, ConnectorError
from tests.listening.fakes import Clock
from tests.outbound.servers import Answer, Writer, redirecting, saying, server

_POST = "app.bsky.feed.post"


class Nap:
    """Sleeps of no length; after ``most`` of them the test ends."""

    def __init__(self, most: int = 3) -> None:
        self.most = most
        self.slept: list[float] = []

    async def __call__(self, seconds: float) -> None:
        self.slept.append(seconds)
        if len(self.slept) >= self.most:
            raise EOFError
        await asyncio.sleep(0)


@pytest.fixture
async def world() -> AsyncIterator[World]:
    outbound = Outbound(allow=["localhost:*"], timeout=5.0)
    yield World(
        outbound=outbound,
        clock=Clock(),
        rng=random.Random(7),
        sleep=Nap(),
        tell=list[str]().append,
        headers={"authorization": "Bearer secret"},
    )
    await outbound.aclose()


async def first(parts: AsyncGenerator[Lines], count: int) -> list[bytes]:
    """The first lines; ``EOFError`` ends it early."""
    found: list[bytes] = []
    async with aclosing(parts):
        try:
            async for part in parts:
                found += [line for line in part.data if line.strip()]
                found += [dead.reason.encode() for dead in part.dead]
                if len(found) >= count:
                    break
        except EOFError:
            pass
    return found


def streaming(*pieces: bytes, seen: list[bytes] | None = None) -> Answer:
    """An answer without a length, which ends when its connection does."""

    async def answer(request: bytes, writer: Writer) -> None:
        if seen is not None:
            seen.append(request)
        writer.write(b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n")
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(0)

    return answer


async def test_http_stream_is_read_by_lines_and_opened_again(world: World) -> None:
    seen: list[bytes] = []
    async with server(streaming(b'{"a":1}\n{"b"', b":2}\n\r\n", seen=seen)) as port:
        source = source_of(f"http://localhost:{port}/stream", world)
        found = await first(source.open(None), 4)
    assert found == [b'{"a":1}', b'{"b":2}'] * 2
    assert (len(seen), b"authorization: Bearer secret" in seen[0]) == (2, True)
    assert source.live


async def test_http_answer_with_a_length_is_a_file_and_ends(world: World) -> None:
    async with server(saying(b'{"a":1}\n{"b":2}')) as port:
        source = source_of(f"http://localhost:{port}/posts.jsonl", world)
        found = await first(source.open(None), 9)
    assert found == [b'{"a":1}', b'{"b":2}']


async def test_server_sent_events_come_whole(world: World) -> None:
    text = b":)\nevent: update\ndata: {}\n\nevent: delete\ndata: 1\n\n"
    async with server(streaming(text)) as port:
        found = await first(source_of(f"http://localhost:{port}/", world).open(None), 2)
    assert found == [b"event: update\ndata: {}", b"event: delete\ndata: 1"]


@pytest.mark.parametrize(
    ("answer", "error", "said"),
    [
        (saying(status="401 No"), AuthError, "check the token"),
        (saying(status="404 No"), ConnectorError, "check its address"),
        (redirecting("/there"), ConnectorError, "redirects the stream"),
        (saying(headers="content-encoding: gzip\r\n"), ConnectorError, "packs the stream"),
    ],
)
async def test_refusal_for_good_ends_the_source(
    world: World, answer: Answer, error: type[Exception], said: str
) -> None:
    async with server(answer) as port:
        parts = source_of(f"http://localhost:{port}/", world).open(None)
        with pytest.raises(error, match=said):
            await anext(parts)


async def test_refusal_for_now_is_waited_out_as_long_as_was_asked(world: World) -> None:
    answer = saying(status="429 Slow", headers="retry-after: 77\r\n")
    told, nap = list[str](), Nap(2)
    world.sleep, world.tell = nap, told.append
    async with server(answer) as port:
        assert await first(source_of(f"http://localhost:{port}/", world).open(None), 1) == []
    assert nap.slept == [77.0, 77.0]
    assert "(status 429). It is tried again." in told[0]


async def test_address_inside_is_refused_unless_allowed(world: World) -> None:
    parts = source_of("http://127.0.0.1:9/", world).open(None)
    with pytest.raises(ConnectorError, match="AMENDS_ALLOW_HOSTS"):
        await anext(parts)


@asynccontextmanager
async def socket_server(
    answer: Callable[[ServerConnection], Any],
) -> AsyncIterator[str]:
    async with serve(answer, "127.0.0.1", 0) as running:
        yield f"ws://localhost:{running.sockets[0].getsockname()[1]}"


async def test_messages_of_a_socket_are_lines(world: World) -> None:
    async def answer(socket: ServerConnection) -> None:
        await socket.send('{"event":"update"}')
        await socket.send(b"{}")

    async with socket_server(answer) as url:
        found = await first(source_of(url, world).open(None), 3)
    assert found == [b'{"event":"update"}', b"{}", b'{"event":"update"}']


def v1(at: int) -> str:
    commit = {"operation": "create", "collection": _POST, "rkey": str(at), "record": {"text": "x"}}
    return json.dumps({"did": "did:plc:a", "time_us": at, "kind": "commit", "commit": commit})


async def test_jetstream_goes_on_after_the_last_event_it_gave(world: World) -> None:
    """R06: cut off, the stream is opened where it was left, and nothing comes twice."""
    asked: list[str] = []

    async def answer(socket: ServerConnection) -> None:
        assert socket.request is not None
        asked.append(socket.request.path.partition("cursor=")[2])
        begin = int(asked[-1] or 1)
        for at in range(begin, begin + 3):  # it begins with the event the cursor names
            await socket.send(v1(at))
        await socket.send("garbage")

    async with socket_server(answer) as url:
        source = source_of(f"jetstream:{url}", world)
        found = await first(source.open(None), 6)
    times = [json.loads(line)["time_us"] if line != b"garbage" else 0 for line in found]
    assert (times, asked) == ([1, 2, 3, 0, 4, 5], ["", "3"])
    assert source.kind == "jetstream"


async def test_jetstream_that_no_longer_holds_the_place_says_what_is_missing(
    world: World,
) -> None:
    event = {"$type": "network.bsky.jetstream.subscribeEvents#identity", "seq": 9}
    event |= {"time": "2026-11-20T10:00:00Z", "did": "did:plc:a"}

    async def answer(socket: ServerConnection) -> None:
        assert socket.request is not None
        if "cursor=" in socket.request.path:
            await socket.send(json.dumps({"$type": "error", "error": "CursorTooOld"}))
        else:
            await socket.send(json.dumps({"$type": "message", "payload": event}))

    async with socket_server(answer) as url:
        source = source_of(f"jetstream-v2:{url}", world)
        found = await first(source.open("jetstream-v2:5:5"), 2)
    assert found[0] == (
        b"The stream no longer begins where it was left (CursorTooOld); posts may be missing."
    )
    assert b'"seq": 9' in found[1]


@pytest.mark.parametrize("text", ["ftp://a.example/x", "redis://a.example"])
def test_address_of_another_kind_is_refused(world: World, text: str) -> None:
    with pytest.raises(BadInput, match="is no source; give a file, -, bluesky"):
        source_of(text, world)


def test_source_given_twice_is_refused(world: World) -> None:
    with pytest.raises(BadInput, match="- is given twice"):
        sources_of(["-", "-"], world)


def pouring(name: str, *lines: bytes, live: bool = False, trouble: str = "") -> Source:
    async def parts(_place: str | None) -> AsyncGenerator[Lines]:
        for line in lines:
            await asyncio.sleep(0)
            yield Lines(source=name, data=[line], numbers=[1])
        if trouble:
            raise ConnectorError(trouble)

    return Source(name, live, parts)


async def test_files_come_in_turn_beside_what_is_live() -> None:
    sources = [pouring("a", b"1", b"2"), pouring("b", b"x", live=True), pouring("c", b"3")]
    found = [part.data[0] async for part in together(sources, lambda _: None)]
    assert sorted(found) == [b"1", b"2", b"3", b"x"]
    assert [line for line in found if line != b"x"] == [b"1", b"2", b"3"]


async def test_trouble_of_one_source_ends_all() -> None:
    sources = [pouring("a", b"1", live=True), pouring("b", live=True, trouble="gone")]
    with pytest.raises(ConnectorError, match="gone"):
        assert [part async for part in together(sources, lambda _: None)]
    assert asyncio.all_tasks() == {asyncio.current_task()}
