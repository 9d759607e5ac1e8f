"""A real broker keeps what it promises (R04); its end is told in one sentence."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace

import pytest

from amends.listening.cluster import Broker, BrokerAway, Layout, connect, look
from amends.listening.cluster.broker import BrokerFull
from amends.listening.cluster.layout import REMOVALS
from amends.terms import BadInput
from tests.support.nats import brokers

pytestmark = pytest.mark.nats

ONE = Layout(partitions=2, replicas=1, ack_wait_s=1, max_bytes=1 << 20)


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with brokers() as nodes:
        yield nodes.addresses[0]


@pytest.fixture
async def broker(address: str) -> AsyncIterator[Broker]:
    """With empty streams."""
    async with connect([address], ONE, name="test") as made:
        for one in await made._streams.streams_info():
            await made._streams.delete_stream(str(one.config.name))
        await made.set_up()
        yield made


async def publish(broker: Broker, lane: str, *bodies: bytes) -> None:
    for one in bodies:
        await broker.publish(ONE.subject("1-posts", lane), one)


async def until_done(broker: Broker, left: int) -> None:
    """An acknowledgement is not itself acknowledged: it is waited for."""
    async with asyncio.timeout(5):
        while (await look(broker)).messages > left:  # noqa: ASYNC110 (only asking tells)
            await asyncio.sleep(0.01)


async def test_messages_come_as_they_were_published_one_published_twice_too(broker: Broker) -> None:
    """Copies of a stream that forget ids at moments of their own number messages differently."""
    await publish(broker, "0", b"a", b"b", b"a")
    puller = await broker.puller("0")
    found = await puller.take(10, wait_s=0.5)
    assert [(one.source, one.body, one.tries) for one in found] == [
        ("1-posts", b"a", 1),
        ("1-posts", b"b", 1),
        ("1-posts", b"a", 1),
    ]


async def test_message_of_a_silent_worker_goes_to_another(broker: Broker) -> None:
    await publish(broker, "0", b"a")
    silent, other = await broker.puller("0"), await broker.puller("0")
    assert len(await silent.take(10, wait_s=0.5)) == 1
    assert await other.take(10, wait_s=0.2) == ()
    (again,) = await other.take(10, wait_s=3)
    assert (again.body, again.tries) == (b"a", 2)
    await again.done()
    await until_done(broker, 0)


async def test_message_given_back_comes_at_once(broker: Broker) -> None:
    await publish(broker, "0", b"a")
    puller = await broker.puller("0")
    (one,) = await puller.take(10, wait_s=0.5)
    await one.later(0)
    (again,) = await puller.take(10, wait_s=0.9)
    assert again.tries == 2


async def test_cursor_is_the_last_one_kept(broker: Broker) -> None:
    assert await broker.cursor("1-posts") is None
    await broker.move_cursor("1-posts", "7")
    await broker.move_cursor("1-posts", "9")
    await broker.move_cursor("2-posts", "3")
    assert await broker.cursors() == {"1-posts": "9", "2-posts": "3"}


async def test_everything_before_a_place_is_settled_once_it_is_done(broker: Broker) -> None:
    await publish(broker, "0", b"a")
    puller = await broker.puller("0")
    (one,) = await puller.take(10, wait_s=0.5)
    assert await broker.settled() < one.place
    await one.done()
    await until_done(broker, 0)
    assert await broker.settled() == one.place


async def test_full_broker_refuses_and_takes_again_when_there_is_room(broker: Broker) -> None:
    with pytest.raises(BrokerFull, match="workers are behind"):
        await publish(broker, "0", *(bytes([n]) * 200_000 for n in range(97, 107)))
    puller = await broker.puller("0")
    found = await puller.take(10, wait_s=0.5)
    for one in found:
        await one.done()
    await until_done(broker, 0)
    await publish(broker, "1", b"z" * 200_000)


async def test_removals_wait_for_what_lies_before_them_in_any_partition(broker: Broker) -> None:
    for lane in ("0", "1", REMOVALS, "0"):
        await publish(broker, lane, b"a")
    assert await broker.settled() == 0
    (first, after), (slow,) = [
        await (await broker.puller(lane)).take(2, wait_s=0.5) for lane in ("0", "1")
    ]
    await first.done()
    await after.done()
    await until_done(broker, 2)
    assert await broker.settled() == slow.place - 1
    await slow.done()
    await until_done(broker, 1)
    assert await broker.settled() == after.place


async def test_nothing_is_settled_where_another_node_begins_to_lead_meanwhile(
    broker: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    ends = iter([("n1", 7), ("n2", 9)])

    async def changing() -> tuple[str, int]:
        return next(ends)

    monkeypatch.setattr(broker, "_end", changing)
    with pytest.raises(BrokerAway, match="another node leads"):
        await broker.settled()


async def test_message_that_was_handed_out_and_forgotten_can_be_taken_and_is_gone(
    broker: Broker,
) -> None:
    await publish(broker, "0", b"a", b"b", b"c", b"d")
    silent, other = await broker.puller("0"), await broker.puller("0")
    assert len(await silent.take(3, wait_s=0.5)) == 3
    handed, at_work = await broker.handed_out("0")
    assert at_work == 3
    assert [one.body for one in await broker.lying("0", handed, most=2)] == [b"a", b"b"]
    assert await broker.handed_out("1") == (0, 0)
    found = await broker.lying("0", handed, most=9)
    assert [(one.source, one.lane, one.body) for one in found] == [
        ("1-posts", "0", body) for body in (b"a", b"b", b"c")
    ]
    for one in found:
        await one.done()
        await one.done()  # by another, as well
    await until_done(broker, 1)
    assert [one.body for one in await other.take(9, wait_s=2)] == [b"d"]


async def test_lane_that_the_layout_has_no_more_is_worked_and_waited_for(
    broker: Broker, address: str
) -> None:
    await publish(broker, "1", b"a")
    fewer = replace(ONE, partitions=1)
    async with connect([address], fewer, name="test") as later:
        await later.set_up()
        assert await later.lanes() == ["0", "1", REMOVALS]
        assert await later.settled() == 0


async def test_broker_that_is_not_there_is_told_in_one_sentence() -> None:
    with pytest.raises(BrokerAway, match=r"No broker answers at nats://127.0.0.1:1; start it"):
        async with connect(["nats://user:secret@127.0.0.1:1"], ONE, name="test", patience_s=0.3):
            pass
    with pytest.raises(BadInput, match="No broker is named"):
        async with connect([], ONE, name="test"):
            pass
