"""Streams and what polling beside them finds: nothing is lost, nothing comes twice."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager

import pytest
from websockets.asyncio.server import ServerConnection, serve
from websockets.datastructures import Headers
from websockets.http11 import Request, Response

from amends.bench.faults.clock import HandClock
from amends.bench.faults.fakes.mastodon import TOKEN, FakeMastodon, connector
from amends.bench.faults.serving import Asked, Said, running
from amends.connectors.mastodon import MastodonConnector
from amends.connectors.mastodon.events import Blocks, read_block
from amends.terms import AuthError, BadInput, Page


class Socket:
    """A streaming server: ``say`` goes to who is connected, ``drop`` hangs up."""

    def __init__(self, *, token_in: str = "header") -> None:
        self.token_in = token_in
        self.paths: list[str] = []
        self.open: list[ServerConnection] = []
        self.came = asyncio.Event()
        self.url = ""

    def check(self, _: ServerConnection, request: Request) -> Response | None:
        self.paths.append(request.path)
        header = request.headers.get("Authorization") == f"Bearer {TOKEN}"
        address = f"access_token={TOKEN}" in request.path
        right = {"header": header, "address": address}.get(self.token_in, False)
        return None if right else Response(401, "Unauthorized", Headers(), b"")

    async def serve(self, socket: ServerConnection) -> None:
        self.open.append(socket)
        self.came.set()
        await socket.wait_closed()

    async def say(self, event: str, payload: object) -> None:
        await asyncio.wait_for(self.came.wait(), 5)
        told = payload if isinstance(payload, str) else json.dumps(payload)
        message = {"stream": ["public"], "event": event, "payload": told}
        await self.open[-1].send(json.dumps(message))

    async def drop(self) -> None:
        self.came.clear()
        self.open[-1].transport.abort()


@asynccontextmanager
async def sockets(**how: str) -> AsyncIterator[Socket]:
    made = Socket(**how)
    async with serve(made.serve, "127.0.0.1", 0, process_request=made.check) as server:
        made.url = f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        yield made


@pytest.fixture
async def fake() -> AsyncIterator[FakeMastodon]:
    made = FakeMastodon(HandClock())
    async with running(made):
        yield made


def following(fake: FakeMastodon, streaming: str = "ws://127.0.0.1:9") -> MastodonConnector:
    """A connector that polls at once whenever it would wait."""
    made = connector(fake, stream="public", streaming=streaming)

    async def sleep(_: float) -> None:
        await asyncio.sleep(0.01)

    made.sleep = sleep
    return made


async def read(
    made: MastodonConnector, cursor: str | None, *, wanted: int, removed: int = 0
) -> tuple[list[str], list[str], str]:
    """The texts and removals of a stream until there are so many, and its cursor then."""
    texts, deleted = list[str](), list[str]()
    async with asyncio.timeout(10), aclosing(made.stream(cursor)) as stream:
        async for page in stream:
            texts += [post.text for post in page.posts]
            deleted += page.deleted
            if len(texts) >= wanted and len(deleted) >= removed:
                return texts, deleted, page.cursor
    raise AssertionError("the stream ended")


async def test_what_was_handed_out_and_not_stored_comes_again(fake: FakeMastodon) -> None:
    made = following(fake)
    fake.add("one")
    _, _, begun = await read(following(fake), None, wanted=1)
    fake.add("two")
    assert (await read(made, begun, wanted=1))[0] == ["two"]
    assert (await read(made, begun, wanted=1))[0] == ["two"]


@pytest.mark.parametrize("token_in", ["header", "address"])
async def test_websocket_brings_posts_edits_and_removals(fake: FakeMastodon, token_in: str) -> None:
    async with sockets(token_in=token_in) as socket:
        made = following(fake, socket.url)
        task = asyncio.create_task(read(made, None, wanted=2, removed=1))
        status = {"id": "9", "content": "<p>late</p>", "account": {"id": "1"}}
        await socket.say("update", status)
        await socket.say("status.update", status | {"edited_at": "2026-03-02T09:01:00Z"})
        await socket.say("delete", "9")
        texts, deleted, _ = await task
    assert (texts, deleted) == (["late", "late"], ["9"])
    assert [("access_token" in path) for path in socket.paths] == (
        [False] if token_in == "header" else [False, True]
    )


async def test_what_a_stream_brought_is_not_given_again_by_polling(fake: FakeMastodon) -> None:
    async with sockets() as socket:
        made = following(fake, socket.url)
        task = asyncio.create_task(read(made, None, wanted=2))
        status = fake.statuses[fake.add("one")]
        await socket.say("update", status)
        await socket.say("update", status)
        fake.add("two")
        texts, _, _ = await task
    assert texts == ["one", "two"]


async def test_what_came_while_a_stream_was_broken_is_found_by_polling(
    fake: FakeMastodon,
) -> None:
    async with sockets() as socket:
        made = following(fake, socket.url)
        task = asyncio.create_task(read(made, None, wanted=3))
        await socket.say("update", fake.statuses[fake.add("one")])
        await socket.drop()
        fake.add("two")
        await asyncio.wait_for(socket.came.wait(), 5)
        fake.add("three")
        texts, _, cursor = await task
        fake.add("four")
        again, _, _ = await read(connector(fake, stream="public"), cursor, wanted=1)
    assert (sorted(texts), again) == (["one", "three", "two"], ["four"])


async def test_odd_message_becomes_a_dead_letter_and_the_stream_goes_on(
    fake: FakeMastodon,
) -> None:
    async with sockets() as socket, aclosing(following(fake, socket.url).stream(None)) as stream:
        pages: list[Page] = []
        task = asyncio.ensure_future(anext(stream))
        await socket.say("update", "{")
        while not pages or not pages[-1].dead:
            pages.append(await task)
            task = asyncio.ensure_future(anext(stream))
        task.cancel()
        await asyncio.wait({task})
    assert [letter.reason for letter in pages[-1].dead] == ["The event's payload is no JSON."]


class WithEvents(FakeMastodon):
    """A server with server-sent events only."""

    def handle(self, asked: Asked) -> Said:
        if asked.path == "/api/v1/streaming/public":
            return Said(200, stream=self._events(), headers={"content-type": "text/event-stream"})
        return super().handle(asked)

    async def _events(self) -> AsyncIterator[bytes]:
        yield b":connected\n\n"
        status = json.dumps({"id": "9", "content": "<p>late</p>", "account": {"id": "1"}})
        whole = f"event: update\ndata: {status}\n\n:thump\n\nevent: delete\ndata: 9\n\n".encode()
        yield whole[:30]
        yield whole[30:]
        await asyncio.sleep(30)


async def test_without_a_websocket_events_are_read() -> None:
    fake = WithEvents(HandClock())
    async with sockets(token_in="nowhere") as socket, running(fake):
        texts, deleted, _ = await read(following(fake, socket.url), None, wanted=1, removed=1)
    assert (texts, deleted) == (["late"], ["9"])


async def test_without_any_stream_polling_does_it(fake: FakeMastodon) -> None:
    fake.add("one")
    texts, _, _ = await read(following(fake), None, wanted=1)
    assert texts == ["one"]


async def test_token_that_is_refused_ends_the_stream(fake: FakeMastodon) -> None:
    fake.tokens.clear()
    with pytest.raises(AuthError):
        await read(following(fake), None, wanted=1)


def test_events_are_cut_wherever_they_are_torn() -> None:
    whole = b":hi\r\n\r\nevent: delete\r\ndata: 1\r\n\r\nevent: delete\r\ndata: 2\r\n\r\n"
    for at in range(len(whole)):
        blocks = Blocks(100)
        found = blocks.cut(whole[:at]) + blocks.cut(whole[at:])
        assert [read_block(block).deleted for block in found] == ["1", "2"]
    with pytest.raises(BadInput):
        Blocks(100).cut(b"x" * 101)
