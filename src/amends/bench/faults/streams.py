"""A stream that is torn in the middle of a post, with another post made before it is open again."""

import asyncio
import base64
import hashlib
import json
import random
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Final, Protocol

from amends.bench.faults.clock import HandClock
from amends.bench.faults.fakes import mastodon, x
from amends.bench.faults.fakes.bluesky import BlueskyFaults, FakePds
from amends.bench.faults.ordeal import Outcome, Watched, here, outcome
from amends.bench.faults.serving import Asked, Said, running
from amends.bench.faults.worlds import FaultWorld, MastodonFaults, XFaults
from amends.connectors.bluesky import BlueskyConnector
from amends.connectors.protocol import Connector
from amends.listening import Surroundings, follow
from amends.listening.steps import put_clean_text
from amends.terms import Channel, Credentials

NAME: Final = "truncated stream"
_PATIENCE_S: Final = 20
_PAUSE_S: Final = (
    2  # longer than a stream waits before it is opened again, shorter than a poll waits
)
_WEBSOCKET: Final = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"  # RFC 6455, section 1.3


class StreamWorld(FaultWorld, Protocol):
    """A network whose stream can be torn; its posts are not on the stream until they are shown."""

    def following(self, watched: Watched) -> Connector:
        """A connector whose stream is followed."""
        ...

    def show(self, post_id: str) -> None:
        """Put a post on the stream."""
        ...

    def tear(self, post_id: str) -> None:
        """Put half of a post on the stream and hang up; the next one who asks gets a new one."""
        ...


class XStream(XFaults):
    """X's filtered stream. What a break missed is asked of its recent search."""

    def following(self, watched: Watched) -> Connector:
        secrets = {"access_token": x.TOKEN, "refresh_token": self.fake.refresh, "client_id": "c"}
        made = x.connector(self.fake, watched.outbound, secrets=secrets, stream="filtered")
        made.sources_for(["bag"])
        return made

    def post(self, text: str) -> str:
        self.fake.clock.move(60)
        return self.fake.add(f"my bag, {text}")

    def show(self, post_id: str) -> None:
        self.fake.lines.append(self.fake.line(post_id))

    def tear(self, post_id: str) -> None:
        line = self.fake.line(post_id)
        old, self.fake.lines = self.fake.lines, []
        old += [line[: len(line) // 2], b""]


class _Live:
    """What goes to those who read a stream now. Whoever comes later misses it."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def show(self, piece: bytes) -> None:
        self._pieces.append(piece)

    def tear(self, piece: bytes) -> None:
        """Send half of it and hang up."""
        old, self._pieces = self._pieces, []
        old += [piece[: len(piece) // 2], b""]

    async def follow(self, first: Sequence[bytes] = ()) -> AsyncIterator[bytes]:
        live = x.follow(self._pieces, len(self._pieces))
        for piece in first:
            yield piece
        async for piece in live:
            yield piece


class StreamingMastodon(mastodon.FakeMastodon):
    """With server-sent events for the account's own stream, and no WebSocket."""

    def __init__(self, clock: HandClock) -> None:
        super().__init__(clock)
        self.live = _Live()

    def handle(self, asked: Asked) -> Said:
        if asked.path.endswith("/streaming/user"):
            return Said(
                200, headers={"content-type": "text/event-stream"}, stream=self.live.follow()
            )
        return super().handle(asked)

    def event(self, status_id: str) -> bytes:
        told = next(one for one in self.notifications if one["status"]["id"] == status_id)
        return f"event: notification\ndata: {json.dumps(told)}\n\n".encode()


class MastodonStream(MastodonFaults):
    """The account's stream. What a break missed is asked of its notifications."""

    def __init__(self, clock: HandClock) -> None:
        self.fake: StreamingMastodon = StreamingMastodon(clock)

    def following(self, watched: Watched) -> Connector:
        made = mastodon.connector(self.fake, watched.outbound, stream="user")

        async def rest(seconds: float) -> None:
            """Polling beside the stream waits until a break wakes it; a break's own pause is short."""
            if seconds > _PAUSE_S:
                await asyncio.Event().wait()
            await watched.sleep(seconds)

        made.sleep = rest
        return made

    def post(self, text: str) -> str:
        self.fake.clock.move(60)
        return super().post(text)

    def show(self, post_id: str) -> None:
        self.fake.live.show(self.fake.event(post_id))

    def tear(self, post_id: str) -> None:
        self.fake.live.tear(self.fake.event(post_id))


class Jetstream(FakePds):
    """A server whose stream begins where the reader left it."""

    def __init__(self, clock: HandClock) -> None:
        super().__init__(clock)
        self.live = _Live()

    def handle(self, asked: Asked) -> Said:
        if asked.path != "/subscribe":
            return super().handle(asked)
        key = asked.headers["sec-websocket-key"] + _WEBSOCKET
        accept = base64.b64encode(hashlib.sha1(key.encode(), usedforsecurity=False).digest())
        opened = {
            "upgrade": "websocket",
            "connection": "Upgrade",
            "sec-websocket-accept": accept.decode(),
        }
        since = int(asked.one("cursor", "0"))
        held = [self.frame(uri) for uri in self.records if self.at_us(uri) >= since]
        return Said(101, headers=opened, stream=self.live.follow(held))

    def at_us(self, uri: str) -> int:
        made = datetime.fromisoformat(self.records[uri]["value"]["createdAt"])
        return round(made.timestamp() * 1_000_000)

    def frame(self, uri: str) -> bytes:
        """A text message of a server, RFC 6455, section 5.2."""
        did, collection, key = uri.removeprefix("at://").split("/")
        commit = {
            "operation": "create", "collection": collection, "rkey": key,
            "record": self.records[uri]["value"],
        }  # fmt: skip
        event = {"did": did, "time_us": self.at_us(uri), "kind": "commit", "commit": commit}
        body = json.dumps(event).encode()
        return b"\x81\x7e" + len(body).to_bytes(2) + body


class BlueskyStream(BlueskyFaults):
    """Jetstream, which tells again from the place that was left."""

    def __init__(self, clock: HandClock) -> None:
        self.fake: Jetstream = Jetstream(clock)

    def following(self, watched: Watched) -> Connector:
        settings = {
            "pds": self.fake.url,
            "stream": "jetstream-v1",
            "stream_url": self.fake.url.replace("http", "ws", 1),
        }
        channel = Channel(network="bluesky", handle="us.test", settings=settings)
        return BlueskyConnector(channel, Credentials(values={}), watched.outbound, self.fake.clock)

    def post(self, text: str) -> str:
        self.fake.clock.move(60)
        return super().post(text)

    def show(self, post_id: str) -> None:
        self.fake.live.show(self.fake.frame(post_id))

    def tear(self, post_id: str) -> None:
        self.fake.live.tear(self.fake.frame(post_id))


STREAMS: dict[str, Callable[[HandClock], StreamWorld]] = {
    "bluesky": BlueskyStream,
    "mastodon": MastodonStream,
    "x": XStream,
}
"""Networks that have streams."""


async def torn(world: StreamWorld) -> Outcome:
    """What a torn stream lost and doubled, and how long it took until posts came again."""
    async with running(world.fake):
        watched = Watched(world)
        try:
            return await _torn(world, watched)
        finally:
            await watched.outbound.aclose()


async def _torn(world: StreamWorld, watched: Watched) -> Outcome:
    around = Surroundings(
        clock=watched.clock, rng=random.Random(1), sleep=watched.sleep, aside=here,
        health=watched.health,
    )  # fmt: skip
    following = asyncio.create_task(
        follow(world.following(watched), "stream", cursor=None, pipeline=[put_clean_text()],
               sink=watched.heard, around=around)
    )  # fmt: skip
    try:
        ids = [world.post("one")]
        world.show(ids[0])
        await _until(watched, 1)
        ids += [world.post("two"), world.post("three")]
        since = watched.clock.now()
        world.tear(ids[1])
        await _until(watched, 3)
        well_after_s = (watched.clock.now() - since).total_seconds()
        ids.append(world.post("four"))
        world.show(ids[3])
        await _until(watched, 4)
    finally:
        following.cancel()
        await asyncio.gather(following, return_exceptions=True)
    found = outcome(ids, watched.heard.ids, well_after_s)
    return Outcome(found.lost, found.doubled, found.well_after_s, tuple(watched.heard.dead))


async def _until(watched: Watched, wanted: int) -> None:
    """Wait until so many posts came, or for long."""
    heard = watched.heard
    heard.wanted = wanted
    heard.rung.clear()
    if len(heard.ids) < wanted:
        with suppress(TimeoutError):
            await asyncio.wait_for(heard.rung.wait(), _PATIENCE_S)
