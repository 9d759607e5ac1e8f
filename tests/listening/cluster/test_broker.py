"""A real broker keeps what it promises (R04); its end is told in one sentence."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace

import pytest
from nats.js.api import RetentionPolicy

from amends.listening.cluster import Broker, BrokerAway, Layout, connect, look
from amends.listening.cluster.broker import BrokerFull, Delivery
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


async def kept(broker: Broker) -> int:
    """Messages that lie in the stream."""
    found: int = (await broker.ask(f"STREAM.INFO.{ONE.frames}"))["state"]["messages"]
    return found


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
    assert await broker.clear() == len(found)
    await publish(broker, "1", b"z" * 200_000)


async def test_what_all_lanes_have_done_is_removed_and_nothing_else(broker: Broker) -> None:
    pullers = {lane: await broker.puller(lane) for lane in ONE.lanes}

    async def taken(*lanes: str) -> list[Delivery]:
        for lane in lanes:
            await publish(broker, lane, b"a")
        return [one for lane in lanes for one in await pullers[lane].take(1, wait_s=0.5)]

    for one in await taken(*ONE.lanes):
        await one.done()
    await until_done(broker, 0)
    assert [await broker.clear(), await kept(broker)] == [3, 0]
    slow, quick, gone = await taken("1", "0", REMOVALS)
    await quick.done()
    await until_done(broker, 2)
    assert [await broker.clear(), await kept(broker)] == [0, 3]
    assert await broker.settled() < slow.place
    await slow.done()
    await until_done(broker, 1)
    assert await broker.settled() == gone.place
    assert [await broker.clear(), await kept(broker)] == [0, 3]
    await gone.done()
    await until_done(broker, 0)
    both = await asyncio.gather(broker.clear(), broker.clear())
    assert (max(both), await kept(broker)) == (3, 0)


async def test_what_a_copy_forgot_was_removed_is_removed_where_it_leads(broker: Broker) -> None:
    puller = await broker.puller("0")
    await publish(broker, "0", *(b"%d" % number for number in range(40)))
    for one in await puller.take(40, wait_s=0.5):
        await one.done()
    await until_done(broker, 0)
    for place in range(5, 40):  # as if 1 to 4 and 40 had come back
        await broker._remove(place)
    assert await kept(broker) == 5
    await broker.clear()
    assert await kept(broker) == 0


async def test_nothing_is_removed_where_another_node_begins_to_lead_meanwhile(
    broker: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    await publish(broker, "0", b"a")
    (one,) = await (await broker.puller("0")).take(1, wait_s=0.5)
    await one.done()
    await until_done(broker, 0)
    leaders = iter(["n1", "n2"])
    ends = broker._ends

    async def changing() -> tuple[str, int, int]:
        return (next(leaders), *(await ends())[1:])

    monkeypatch.setattr(broker, "_ends", changing)
    with pytest.raises(BrokerAway, match="another node leads"):
        await broker.clear()
    assert await kept(broker) == 1


async def test_message_that_is_at_work_is_kept_for_another_worker(broker: Broker) -> None:
    await publish(broker, "0", b"a", b"b")
    silent, other = await broker.puller("0"), await broker.puller("0")
    _, second = await silent.take(10, wait_s=0.5)
    await second.done()
    await until_done(broker, 1)
    assert [await broker.clear(), await kept(broker)] == [0, 2]
    (again,) = await other.take(10, wait_s=3)
    assert (again.body, again.tries) == (b"a", 2)


async def test_lane_that_the_layout_has_no_more_is_worked_and_waited_for(
    broker: Broker, address: str
) -> None:
    await publish(broker, "1", b"a")
    fewer = replace(ONE, partitions=1)
    async with connect([address], fewer, name="test") as later:
        await later.set_up()
        assert await later.lanes() == ["0", "1", REMOVALS]
        assert [await later.clear(), await kept(later)] == [0, 1]


async def test_stream_of_an_earlier_version_is_made_anew_once_it_is_empty(broker: Broker) -> None:
    await broker._streams.delete_stream(ONE.frames)
    subject = ONE.subject("*", "*")
    await broker._streams.add_stream(
        name=ONE.frames, subjects=[subject], retention=RetentionPolicy.WORK_QUEUE
    )
    await publish(broker, "0", b"a")
    with pytest.raises(BadInput, match="made by an earlier version and holds 1 messages"):
        await broker.set_up()
    await broker._streams.purge_stream(ONE.frames)
    await broker.set_up()
    await publish(broker, "0", b"b")
    assert [one.body for one in await (await broker.puller("0")).take(1, wait_s=0.5)] == [b"b"]


async def test_broker_that_is_not_there_is_told_in_one_sentence() -> None:
    with pytest.raises(BrokerAway, match=r"No broker answers at nats://127.0.0.1:1; start it"):
        async with connect(["nats://user:secret@127.0.0.1:1"], ONE, name="test", patience_s=0.3):
            pass
    with pytest.raises(BadInput, match="No broker is named"):
        async with connect([], ONE, name="test"):
            pass
