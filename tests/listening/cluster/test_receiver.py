"""Receivers: the cursor follows what is stored; what fails is published again."""

import asyncio
from collections.abc import AsyncGenerator, Callable

from amends.listening.cluster import BrokerAway, Receiver, Slice
from amends.listening.cluster.broker import BrokerFull
from amends.listening.cluster.layout import REMOVALS
from tests.listening.cluster.fakes import FakeBroker, away, packet, publisher, until


def source(*slices: Slice) -> Callable[[str | None], AsyncGenerator[Slice]]:
    async def read(cursor: str | None) -> AsyncGenerator[Slice]:
        for one in slices:
            if cursor is None or int(one.cursor or 0) > int(cursor):
                yield one

    return read


def piece(number: int) -> Slice:
    return Slice(str(number), (("", packet(b"%d" % number)),), 1, 1)


async def test_everything_is_published_and_the_cursor_is_the_last() -> None:
    broker = FakeBroker()
    count = await Receiver(publisher(broker)).run(source(*map(piece, range(1, 200))))
    assert (count["frames"], len(broker.stored), broker.cursors[-1]) == (199, 199, "199")


async def test_receiver_begins_at_the_cursor() -> None:
    broker = FakeBroker()
    broker.cursors.append("7")
    count = await Receiver(publisher(broker)).run(source(*map(piece, range(1, 11))))
    assert (count["frames"], broker.cursors[-1]) == (3, "10")


async def test_what_the_broker_refuses_is_published_again() -> None:
    broker = FakeBroker(away("0", "1", "2", "3"))
    count = await Receiver(publisher(broker)).run(source(*map(piece, range(1, 41))))
    assert (len(set(broker.stored)), count["tried again"], broker.cursors[-1]) == (40, 4, "40")
    assert count["messages"] == len(broker.stored) == 40


async def test_cursor_waits_for_the_slice_that_is_not_stored() -> None:
    broker, blocked = FakeBroker(), asyncio.Event()
    store = broker.publish

    async def publish(subject: str, body: bytes) -> None:
        if len(broker.stored) == 2:
            await blocked.wait()
        await store(subject, body)

    broker.publish = publish  # type: ignore[method-assign]
    receiver = Receiver(publisher(broker), window=1, cursor_every_s=0, margin_s=0)
    task = asyncio.create_task(receiver.run(source(*map(piece, range(1, 6)))))
    await until(lambda: "2" in broker.cursors)
    assert (len(broker.stored), broker.cursors[-1]) == (2, "2")
    blocked.set()
    await task
    assert (len(broker.stored), broker.cursors[-1]) == (5, "5")


async def test_receiver_that_died_before_it_could_tell_publishes_the_same_again() -> None:
    broker = FakeBroker()
    await Receiver(publisher(broker)).run(source(*map(piece, range(1, 11))))
    broker.cursors.clear()
    await Receiver(publisher(broker)).run(source(*map(piece, range(1, 11))))
    assert sorted(broker.stored[:10]) == sorted(broker.stored[10:])
    assert sorted(broker.order[:10]) == sorted(broker.order[10:])


async def test_what_was_stored_shortly_before_another_node_leads_is_published_again() -> None:
    broker, clock = FakeBroker(), iter(range(10_000))
    read = source(piece(1), Slice("2", ((REMOVALS, packet(b"gone")),), 1, 1), piece(3))

    async def reading(cursor: str | None) -> AsyncGenerator[Slice]:
        async for one in read(cursor):
            yield one
        await until(lambda: len(broker.stored) == 3)
        broker.leads = "n2"
        await until(lambda: len(broker.stored) >= 6)

    receiver = Receiver(publisher(broker), margin_s=1e9, now=lambda: float(next(clock)))
    count = await receiver.run(reading)
    assert (broker.order[5], broker.cursors) == (REMOVALS, ["3"])
    assert sorted(broker.stored[:3]) == sorted(broker.stored[3:6])
    assert count["published again"] >= 3


async def test_full_broker_is_no_reason_to_publish_again_and_one_that_nobody_leads_is() -> None:
    broker, refusals = FakeBroker(), [BrokerFull("full"), BrokerAway("slow")]

    def refuse(_subject: str) -> None:
        if refusals:
            raise refusals.pop()

    async def reading(_cursor: str | None) -> AsyncGenerator[Slice]:
        broker.refuse = refuse
        yield piece(1)
        await until(lambda: len(broker.stored) == 1)
        for _ in range(100):
            await asyncio.sleep(0)
        assert len(broker.stored) == 1
        broker.silent = 2
        await until(lambda: len(broker.stored) == 2)

    count = await Receiver(publisher(broker), margin_s=1e9).run(reading)
    assert broker.stored[0] == broker.stored[1]
    assert count["tried again"] == 4


async def test_cursor_stays_before_what_is_in_doubt() -> None:
    broker, now = FakeBroker(), [100.0]

    async def reading(_cursor: str | None) -> AsyncGenerator[Slice]:
        yield piece(1)
        await until(lambda: len(broker.stored) == 1)
        now[0] = 109.0
        yield piece(2)
        await until(lambda: broker.cursors == ["1"])
        for _ in range(50):
            await asyncio.sleep(0)
        assert broker.cursors == ["1"]

    receiver = Receiver(publisher(broker), cursor_every_s=0, margin_s=5, now=lambda: now[0])
    await receiver.run(reading)
    assert (broker.cursors, len(broker.stored)) == (["1", "2"], 2)


async def test_removal_is_published_after_the_posts_before_it() -> None:
    refusals = iter([BrokerAway("The broker is gone.")])

    def refuse(subject: str) -> None:
        if not subject.endswith(REMOVALS) and (error := next(refusals, None)) is not None:
            raise error

    broker = FakeBroker(refuse)
    gone = Slice("2", ((REMOVALS, packet(b"gone")),), 1, 1)
    await Receiver(publisher(broker)).run(source(piece(1), gone))
    assert broker.order[-1] == REMOVALS
    assert len(broker.order) == 2
