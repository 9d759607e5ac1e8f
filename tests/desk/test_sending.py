"""The sender: what it makes of slow networks, lost answers and a database in trouble."""

import asyncio
import random
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, TypeVar, cast

import pytest
from django.db import OperationalError, connections

from amends.desk.actions.delivery import claim_reply, expire_claims, settle_absent, settle_sent
from amends.desk.models import OutgoingReply
from amends.desk.workers.listen import Listeners, Running
from amends.desk.workers.send import Sender
from amends.terms import ConnectorError, Published, ReplyTarget, Traits
from tests.desk.test_replies import SOON, US, queue
from tests.factories import case, channel

if TYPE_CHECKING:
    from amends.connectors.protocol import Connector
    from amends.desk.workers.database import DatabaseThread
    from amends.outbound import Outbound
    from amends.understanding import Reader

# The event loop has a connection of its own, which sees nothing of an open transaction.
pytestmark = [pytest.mark.database, pytest.mark.django_db(transaction=True)]

T = TypeVar("T")
HOLD, SETTLING = timedelta(seconds=30), timedelta(seconds=60)


@dataclass
class Hands:
    """A clock that is set by hand."""

    time: datetime = SOON

    def now(self) -> datetime:
        return self.time


@dataclass
class Inline:
    """The database in this thread; ``broken`` is how many calls fail before one does not."""

    broken: int = 0

    async def __call__(self, work: Callable[[], T], /) -> T:
        if self.broken:
            self.broken -= 1
            raise OperationalError("database is locked")
        return work()


@dataclass
class Network:
    """A network without keys, on which ``there`` is what a look-up by text finds."""

    traits = Traits(can_reply=True, looks_up=True)
    there: Published | None = None
    silent: bool = False
    sent: list[str] = field(default_factory=list)
    database: Inline | None = None

    async def publish(self, text: str, *, target: ReplyTarget, attempt: str) -> Published:
        self.sent.append(text)
        if self.silent:
            await asyncio.Event().wait()
        if self.database is not None:
            self.database.broken = 2
        return Published(id=f"ours-{len(self.sent)}", url=None, at=SOON)

    async def look_up(self, *_args: Any, **_facts: Any) -> Published | None:
        return self.there


def sender(network: Network, clock: Hands, *, database: Inline | None = None) -> Sender:
    listeners = Listeners(
        reader=cast("Reader", None),
        outbound=cast("Outbound", None),
        clock=clock,
        rng=random.Random(1),
        database=cast("DatabaseThread", None),
        new_ref=str,
    )
    running = Running(1, cast("Connector", network), US)
    listeners.running[channel().pk] = running
    return Sender(
        listeners=listeners,
        clock=clock,
        database=cast("DatabaseThread", database or Inline()),
        holder="w",
        hold=HOLD,
        settling=SETTLING,
        write_again_s=(0.0, 0.0, 0.0),
    )


@pytest.fixture(autouse=True)
def inline(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")


def run(work: Coroutine[Any, Any, T]) -> T:
    """In a loop of its own, whose connection is closed with it."""

    async def whole() -> T:
        try:
            return await work
        finally:
            connections.close_all()

    return asyncio.run(whole())


def tick(made: Sender) -> None:
    async def once() -> None:
        await made.tick()
        await made.close()

    run(once())


def status(reply: OutgoingReply) -> str:
    return OutgoingReply.objects.get(pk=reply.pk).status


@pytest.mark.alike
def test_absent_is_believed_once_the_claim_and_settling_are_over() -> None:
    """The worker that died may have spoken until its claim ran out."""
    reply, network, clock = queue(case()), Network(), Hands()
    claim_reply(now=SOON, holder="dead", hold=HOLD)
    seen = []
    for seconds in (31, 46, 61, 76, 89, 91, 92):
        clock.time = SOON + timedelta(seconds=seconds)
        tick(sender(network, clock))
        seen.append(len(network.sent))
    assert (seen, status(reply)) == ([0, 0, 0, 0, 0, 0, 1], "sent")


def test_same_text_of_another_reply_is_not_taken_for_this_one() -> None:
    row = case()
    first = queue(row, "So sorry. ^MK")
    claimed = claim_reply(now=SOON, holder="w1")
    assert claimed is not None
    settle_sent(claimed, Published(id="ours-1", url=None, at=SOON), us=US, now=SOON)
    second = queue(row, "So sorry. ^MK")
    claim_reply(now=SOON, holder="dead", hold=HOLD)
    network = Network(there=Published(id="ours-1", url=None, at=SOON))
    tick(sender(network, Hands(SOON + 2 * HOLD + SETTLING)))
    second.refresh_from_db()
    assert (status(first), second.status, network.sent) == ("sent", "not known", [])
    assert second.reason == "The same text is there from another time. Look there, then decide."


@pytest.mark.alike
def test_publishing_ends_with_the_claim(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.desk.test_sending.HOLD", timedelta(milliseconds=20))
    reply, network = queue(case()), Network(silent=True)
    tick(sender(network, Hands()))
    reply.refresh_from_db()
    assert (reply.status, reply.reason) == ("not known", "No answer came in time.")


@pytest.mark.alike
def test_held_up_sender_sends_nothing_after_its_claim() -> None:
    reply, network, clock = queue(case()), Network(), Hands()
    claimed = claim_reply(now=SOON, holder="w", hold=HOLD)
    assert claimed is not None
    clock.time = SOON + HOLD
    run(sender(network, clock)._handle(claimed))
    assert (status(reply), network.sent) == ("ready", [])


@pytest.mark.alike
def test_what_the_network_said_outlives_a_locked_database() -> None:
    reply, database = queue(case()), Inline()
    tick(sender(Network(database=database), Hands(), database=database))
    assert status(reply) == "sent"


@pytest.mark.alike
def test_proof_that_it_went_out_weighs_more_than_not_finding_it() -> None:
    reply, after = queue(case()), SOON + timedelta(minutes=5)
    stalled = claim_reply(now=SOON, holder="w.1")
    expire_claims(now=after)
    other = claim_reply(now=after, holder="w.2")
    assert stalled is not None
    assert other is not None
    settle_absent(other, now=after)
    settle_sent(stalled, Published(id="ours-1", url=None, at=SOON), us=US, now=after)
    assert (status(reply), claim_reply(now=after, holder="w.3")) == ("sent", None)


def test_late_refusal_of_an_earlier_claim_settles_nothing() -> None:
    """Each claim has a name of its own, in one process too."""
    reply, network, clock = queue(case()), Network(silent=True), Hands()
    made = sender(network, clock)
    first = run(made._claim())
    clock.time = SOON + HOLD + SETTLING + HOLD
    expire_claims(now=clock.time)
    looked_up = run(made._claim())
    assert first is not None
    assert looked_up is not None
    settle_absent(looked_up, now=clock.time)
    again = run(made._claim())
    assert again is not None
    run(made._refused(first, ConnectorError("late")))
    assert (status(reply), len({first.claim, looked_up.claim, again.claim})) == ("sending", 3)
