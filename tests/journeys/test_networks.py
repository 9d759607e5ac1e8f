"""From a post on Mastodon or X to our answer under it, through the desk."""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from typing import Self, TypeVar

import pytest
from asgiref.sync import sync_to_async
from django.db import connections

from amends.bench.faults.clock import HandClock
from amends.bench.faults.fakes import mastodon, x
from amends.bench.faults.serving import Fake, Fault, running
from amends.connectors.x.costs import PRICES
from amends.desk.actions import connect_channel, queue_reply
from amends.desk.models import Case, ChannelRow, OutgoingReply
from amends.desk.workers import Worker, work
from amends.desk.workers.metering import spending_of
from amends.outbound import Outbound
from tests.factories import brand, watch
from tests.people import mina
from tests.support.readers import fast_reader

pytestmark = [pytest.mark.database, pytest.mark.alike, pytest.mark.django_db(transaction=True)]

T = TypeVar("T")
COMPLAINT = "@brindlewing you lost my bag, this is awful service"


@pytest.fixture(autouse=True)
async def _no_connection_is_left() -> AsyncIterator[None]:
    yield
    await sync_to_async(connections.close_all)()


async def until(ask: Callable[[], T | None]) -> T:
    async with asyncio.timeout(20):
        while not (answer := await sync_to_async(ask)()):  # noqa: ASYNC110 (it rings no bell)
            await asyncio.sleep(0.02)
    return answer


class Desk:
    """A worker, in time that a sleep moves on."""

    def __init__(self, fake: Fake) -> None:
        self._fake = fake
        self._stop = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def _sleep(self, seconds: float) -> None:
        self._fake.clock.move(min(seconds, 0.5))
        await asyncio.sleep(0.01)

    async def __aenter__(self) -> Self:
        outbound = Outbound(allow=["127.0.0.1:*"])
        worker = Worker(
            reader=fast_reader(), outbound=outbound, clock=self._fake.clock, sleep=self._sleep,
            tick_s=0.02, tend_s=0.05, settling=timedelta(0),
        )  # fmt: skip
        self._task = asyncio.create_task(work(worker, self._stop))
        return self

    async def __aexit__(self, *_error: object) -> None:
        self._stop.set()
        assert self._task is not None
        await self._task


def connected(network: str, settings: dict[str, str], secrets: dict[str, str]) -> ChannelRow:
    watch()
    return connect_channel(
        brand=brand(), network=network, handle="brindlewing", settings=settings, secrets=secrets
    )


async def answered(fake: Fake) -> OutgoingReply:
    case = await until(Case.objects.first)
    reply = await sync_to_async(queue_reply)(
        case, text="So sorry. Which flight was it? ^MK", private=False,
        by=await sync_to_async(mina)(), now=fake.clock.now(), attempt="a1",
    )  # fmt: skip
    await until(lambda: OutgoingReply.objects.exclude(status__in=["ready", "sending"]).exists())
    return reply


def paid(row: ChannelRow) -> dict[str, float]:
    """What a channel has cost, once a reply is among it."""
    spent = spending_of(row)
    return spent.dollars if spent and "post" in spent.dollars else {}


async def test_complaint_on_mastodon_is_answered_under_it() -> None:
    """R01, R24."""
    fake = mastodon.FakeMastodon(HandClock())
    async with running(fake) as url:
        settings = {"server": url, "public": "off"}
        secrets = {"access_token": mastodon.TOKEN}
        await sync_to_async(connected)("mastodon", settings, secrets)
        post_id = fake.add(COMPLAINT)
        async with Desk(fake):
            await answered(fake)
    name = mastodon.MAUD["acct"]
    assert fake.replies(post_id) == [f"@{name} So sorry. Which flight was it? ^MK"]


async def test_complaint_on_x_is_answered_and_paid_for() -> None:
    """R01, R24."""
    fake = x.FakeX(HandClock())
    async with running(fake) as url:
        row = await sync_to_async(connected)("x", {"api": url}, x.SECRETS)
        post_id = fake.add(COMPLAINT)
        fake.clock.move(60)
        async with Desk(fake):
            await answered(fake)
            spent = await until(lambda: paid(row))
    assert fake.replies(post_id) == ["So sorry. Which flight was it? ^MK"]
    assert spent["post"] == PRICES["post"]


async def test_reply_that_x_lets_no_application_send_is_sent_by_hand_and_recognised() -> None:
    fake = x.FakeX(HandClock())
    async with running(fake) as url:
        await sync_to_async(connected)("x", {"api": url}, x.SECRETS)
        post_id = fake.add(COMPLAINT)
        fake.clock.move(60)
        refusal = Fault(before=x.problem(403, "You are not permitted to perform this action."))
        fake.fail(refusal, when=lambda asked: asked.path == "/2/tweets")
        async with Desk(fake):
            reply = await answered(fake)
            told = await sync_to_async(OutgoingReply.objects.get)(pk=reply.pk)
            fake.add("@maud So sorry. Which flight was it? ^MK", by=x.US["id"], to=post_id)
            fake.clock.move(180)
            await until(lambda: OutgoingReply.objects.filter(status="sent").exists())
    assert told.by_hand.startswith(f"https://x.com/intent/post?in_reply_to={post_id}&text=So+sorry")
    assert len(fake.replies(post_id)) == 1
