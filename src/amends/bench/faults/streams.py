"""A stream that is torn in the middle of a post, with another post made before it is open again."""

import asyncio
import random
from collections.abc import Callable
from contextlib import suppress
from typing import Final

from amends.bench.faults.clock import HandClock
from amends.bench.faults.fakes import x
from amends.bench.faults.ordeal import Outcome, Watched, here, outcome
from amends.bench.faults.serving import running
from amends.bench.faults.worlds import XFaults
from amends.connectors.protocol import Connector
from amends.listening import Surroundings, follow
from amends.listening.steps import put_clean_text
from amends.outbound import Outbound

NAME: Final = "truncated stream"
_PATIENCE_S: Final = 20


class XStream(XFaults):
    """X's filtered stream. What a break missed is asked of its recent search."""

    def connector(self, outbound: Outbound | None = None) -> Connector:
        secrets = {"access_token": x.TOKEN, "refresh_token": self.fake.refresh, "client_id": "c"}
        made = x.connector(self.fake, outbound, secrets=secrets, stream="filtered")
        made.sources_for(["bag"])
        return made

    def post(self, text: str) -> str:
        self.fake.clock.move(60)
        return self.fake.add(f"my bag, {text}")

    def show(self, post_id: str) -> None:
        """Put a post on the stream."""
        self.fake.lines.append(self.fake.line(post_id))

    def tear(self, post_id: str) -> None:
        """Put half of a post on the stream and hang up; the next one who asks gets a new one."""
        line = self.fake.line(post_id)
        old, self.fake.lines = self.fake.lines, []
        old += [line[: len(line) // 2], b""]


STREAMS: dict[str, Callable[[HandClock], XStream]] = {"x": XStream}
"""Networks whose streams are torn here; Bluesky's and Mastodon's are in the tests of their own."""


async def torn(world: XStream) -> Outcome:
    """What a torn stream lost and doubled, and how long it took until posts came again."""
    async with running(world.fake):
        watched = Watched(world)
        try:
            return await _torn(world, watched)
        finally:
            await watched.outbound.aclose()


async def _torn(world: XStream, watched: Watched) -> Outcome:
    around = Surroundings(
        clock=watched.clock, rng=random.Random(1), sleep=watched.sleep, aside=here,
        health=watched.health,
    )  # fmt: skip
    following = asyncio.create_task(
        follow(watched.connector(), "stream", cursor=None, pipeline=[put_clean_text()],
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
