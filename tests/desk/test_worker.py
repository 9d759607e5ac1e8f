"""The worker against a demo network that misbehaves: it stays up, says so, and loses nothing."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import pytest
from asgiref.sync import sync_to_async
from django.db import connections

from amends.connectors.demo import DemoNetwork
from amends.desk.actions import connect_channel, queue_reply
from amends.desk.models import (
    Case,
    ChannelRow,
    DropCount,
    MentionRow,
    OutgoingReply,
    PostRow,
    WatchRow,
)
from amends.desk.workers import Worker, work
from amends.outbound import Outbound
from amends.terms import SystemClock, WatchKind
from tests.factories import brand, watch
from tests.people import mina
from tests.support.readers import fast_reader

if TYPE_CHECKING:
    from amends.connectors.demo.faults import FaultKind

pytestmark = [pytest.mark.database, pytest.mark.django_db(transaction=True)]

T = TypeVar("T")
COMPLAINT = "@halcyonair you lost my bag, this is awful service"


@pytest.fixture
def network(tmp_path: Path) -> DemoNetwork:
    made = DemoNetwork(tmp_path / "demo.sqlite3", seed=1, clock=SystemClock(), cast=False)
    made.signup("halcyonair", name="Halcyon Air", role="brand")
    made.signup("rosa", name="Rosa")
    return made


@pytest.fixture
def connected(network: DemoNetwork, tmp_path: Path) -> ChannelRow:
    watch()
    return connect_channel(
        brand=brand(),
        network="demo",
        handle="halcyonair",
        settings={
            "path": str(tmp_path / "demo.sqlite3"),
            "cast": "off",
            "seed": "1",
            "poll_seconds": "2",
        },
        secrets={},
    )


class QuickClock:
    """Time that runs fifty times as fast, for waits that a network asks for."""

    speed = 50

    def __init__(self) -> None:
        self._began, self._start = time.monotonic(), datetime.now(UTC)

    def now(self) -> datetime:
        return self._start + timedelta(seconds=(time.monotonic() - self._began) * self.speed)

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds / self.speed)


@pytest.fixture(autouse=True)
async def _no_connection_is_left() -> AsyncIterator[None]:
    yield
    await sync_to_async(connections.close_all)()  # of the thread that async tests ask in


@asynccontextmanager
async def working() -> AsyncIterator[None]:
    stop, clock = asyncio.Event(), QuickClock()
    worker = Worker(
        reader=fast_reader(),
        outbound=Outbound(),
        clock=clock,
        sleep=clock.sleep,
        tick_s=0.03,
        tend_s=0.05,
        settling=timedelta(0),
    )
    task = asyncio.create_task(work(worker, stop))
    try:
        yield
    finally:
        stop.set()
        await task


async def until(ask: Callable[[], T | None], *, seconds: float = 20, what: str = "this") -> T:
    """Ask the database until the answer is true."""
    try:
        async with asyncio.timeout(seconds):
            while not (answer := await sync_to_async(ask)()):  # noqa: ASYNC110 (it rings no bell)
                await asyncio.sleep(0.02)
    except TimeoutError:
        pytest.fail(f"waited in vain for {what}")
    return answer


def health() -> tuple[str, str]:
    row = ChannelRow.objects.get()
    return row.health, row.health_note


async def test_complaint_becomes_a_case_and_is_answered(
    connected: ChannelRow, network: DemoNetwork
) -> None:
    """R01, R24."""
    async with working():
        post = network.post("rosa", COMPLAINT)
        case = await until(Case.objects.first)
        await sync_to_async(queue_reply)(
            case, text="So sorry", private=False, by=await sync_to_async(mina)(),
            now=SystemClock().now(), attempt="a1",
        )  # fmt: skip
        await until(lambda: OutgoingReply.objects.filter(status="sent").exists())
    assert [
        (p.in_reply_to.id if p.in_reply_to else "", p.text)
        for p in network.replies_by("halcyonair")
    ] == [(post, "So sorry")]


@pytest.mark.alike
async def test_network_that_answers_nonsense_is_waited_for(
    connected: ChannelRow, network: DemoNetwork
) -> None:
    kinds: tuple[FaultKind, ...] = ("html", "error", "ratelimit")
    async with working():
        await until(lambda: health()[0] == "well")
        for kind in kinds:
            network.fail("fetch", kind, times=1000, retry_after=timedelta(seconds=2))
            await until(lambda: health()[0] == "waiting", what=f"waiting ({kind})")
            network.heal()
            post = network.post("rosa", f"{COMPLAINT} ({kind})")
            in_a_case = PostRow.objects.filter(native_id=post, place__isnull=False)
            await until(in_a_case.exists, what=f"a case ({kind})")
            await until(lambda: health()[0] == "well", what=f"well ({kind})")


@pytest.mark.alike
async def test_expired_token_stops_the_channel_until_it_is_connected_again(
    connected: ChannelRow, network: DemoNetwork
) -> None:
    async with working():
        await until(lambda: health()[0] == "well")
        network.fail("fetch", "expired", times=3)
        _, note = await until(lambda: health() if health()[0] == "stopped" else None)
        assert "Connect the channel again." in note
        network.post("rosa", COMPLAINT)
        network.heal()
        await sync_to_async(connect_channel)(
            brand=connected.brand,
            network="demo",
            handle="halcyonair",
            settings=connected.settings,
            secrets={},
        )
        await until(Case.objects.exists)


@pytest.mark.alike
async def test_reply_whose_answer_was_lost_is_found_and_not_sent_again(
    connected: ChannelRow, network: DemoNetwork
) -> None:
    async with working():
        network.post("rosa", COMPLAINT)
        case = await until(Case.objects.first)
        network.fail("publish", "lost", times=1)
        await sync_to_async(queue_reply)(
            case, text="So sorry", private=False, by=await sync_to_async(mina)(),
            now=SystemClock().now(), attempt="a1",
        )  # fmt: skip
        await until(lambda: OutgoingReply.objects.filter(status="sent").exists())
    assert [post.text for post in network.replies_by("halcyonair")] == ["So sorry"]


async def test_why_a_post_was_not_seen_is_counted(
    connected: ChannelRow, network: DemoNetwork
) -> None:
    async with working():
        network.post("rosa", "Halcyon days by the sea")
        await until(MentionRow.objects.exists)
        again = network.post(
            "rosa", f"{COMPLAINT}, halcyon"
        )  # found by search and by notification: once each
        await until(lambda: PostRow.objects.filter(native_id=again).exists())
        await until(lambda: DropCount.objects.filter(reason="seen_before").exists())
    assert await sync_to_async(PostRow.objects.filter(native_id=again).count)() == 1


@pytest.mark.alike
async def test_watch_that_is_added_is_heard_without_a_restart(
    connected: ChannelRow, network: DemoNetwork
) -> None:
    async with working():
        await until(lambda: health()[0] == "well")
        network.post("rosa", "The Loftseat is broken again, terrible")
        await sync_to_async(watch)(WatchKind.PRODUCT, "loftseat")
        await until(Case.objects.exists)


@pytest.mark.alike
async def test_watch_that_cannot_be_read_is_told_and_the_others_are_heard(
    connected: ChannelRow, network: DemoNetwork
) -> None:
    """R01: whole queries are heard; a query that an older version kept stops nothing else."""
    await sync_to_async(set_query)("halcyon", '(halcyon -days) OR "lost my bag"')
    await sync_to_async(set_query)("broken", "halcyon OR")
    async with working():
        network.post("rosa", "Halcyon days by the sea")
        post = network.post("rosa", "Halcyon again, what a pity")
        await until(MentionRow.objects.exists)
        await until(lambda: health()[0] == "waiting")
        _, note = await sync_to_async(health)()
    heard = await sync_to_async(lambda: list(PostRow.objects.values_list("native_id", flat=True)))()
    assert heard == [post]
    assert "The watch broken hears nothing, for its query cannot be read: OR needs" in note


def set_query(name: str, query: str) -> None:
    made = watch(WatchKind.TOPIC, name)
    WatchRow.objects.filter(pk=made.pk).update(query=query)


async def test_deleted_and_edited_posts_are_seen(
    connected: ChannelRow, network: DemoNetwork
) -> None:
    async with working():
        post = network.post("rosa", COMPLAINT)
        case = await until(Case.objects.first)
        network.edit(post, COMPLAINT + " again")
        await until(lambda: PostRow.objects.filter(text__endswith=" again").exists())
        network.delete(post)
        await until(lambda: PostRow.objects.filter(deleted_at__isnull=False).exists())
    kinds = await sync_to_async(lambda: list(case.history.values_list("kind", flat=True)))()
    assert {"post.edited", "post.deleted", "outcome.noted"} <= set(kinds)
