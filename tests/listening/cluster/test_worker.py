"""Workers: acknowledged is what is stored, and nothing else."""

from collections.abc import Sequence

import pytest

from amends.listening.cluster import Layout, Packet
from amends.listening.cluster.layout import REMOVALS
from amends.listening.cluster.worker import DEATHS, SOON_S
from tests.listening.cluster.fakes import (
    FakeBroker,
    FakeDelivery,
    FakeDesk,
    hardly,
    packet,
    worked,
)


async def test_messages_of_several_lanes_are_taken_together() -> None:
    broker, desk = FakeBroker(), FakeDesk()
    found = [FakeDelivery(packet(b"%d" % n), lane=str(n % 2), place=n) for n in range(1, 5)]
    broker.waiting = {"0": found[1::2], "1": found[::2]}
    await worked(broker, desk, lambda: all(one.said for one in found))
    assert sorted(line for lines in desk.taken for line in lines) == [b"1", b"2", b"3", b"4"]
    assert len(desk.taken) < len(found)
    assert [one.said for one in found] == [["done"]] * 4


async def test_one_bad_message_does_not_hold_up_the_others() -> None:
    def fails(given: Packet) -> None:
        if b"bad" in given.lines:
            raise RuntimeError

    broker, desk = FakeBroker(), FakeDesk(fails)
    good, bad = FakeDelivery(packet(b"good"), place=1), FakeDelivery(packet(b"bad"), place=2)
    broker.waiting = {"0": [bad, good]}
    await worked(broker, desk, lambda: good.said == ["done"] and bad.said == ["done"])
    assert (desk.taken, desk.one_by_one, desk.buried) == ([(b"good",)], [(b"bad",)], [])


async def test_store_that_is_gone_for_a_while_is_waited_for() -> None:
    troubles = iter([OSError()] * 2)

    def fails(_packet: Packet) -> None:
        if (error := next(troubles, None)) is not None:
            raise error

    broker, desk, one = FakeBroker(), FakeDesk(fails), FakeDelivery(packet(b"a"))
    broker.waiting = {"0": [one]}
    await worked(broker, desk, lambda: bool(one.said))
    assert (one.said, desk.taken, desk.one_by_one) == (["done"], [(b"a",)], [])


async def test_message_that_no_worker_survives_is_kept_as_dead_letters() -> None:
    broker, desk = FakeBroker(), FakeDesk()
    one = FakeDelivery(packet(b'{"id":"1"}'), tries=DEATHS + 1)
    broker.waiting = {"0": [one]}
    await worked(broker, desk, lambda: bool(one.said))
    assert (one.said, desk.taken) == (["done"], [])
    assert desk.buried == ['5 workers fell silent over these frames. {"id":"1"}']


async def test_message_that_nobody_can_unpack_is_kept_as_a_dead_letter() -> None:
    broker, desk, one = FakeBroker(), FakeDesk(), FakeDelivery(None)
    broker.waiting = {"0": [one]}
    await worked(broker, desk, lambda: bool(one.said))
    assert len(desk.buried) == 1
    assert desk.buried[0].startswith("The message holds no frames")


async def test_removal_is_taken_at_once_and_again_when_all_before_it_is_done() -> None:
    broker, desk = FakeBroker(), FakeDesk()
    one = FakeDelivery(packet(b"gone"), lane=REMOVALS, place=5)
    broker.waiting = {REMOVALS: [one]}
    broker.up_to = 4
    await worked(broker, desk, lambda: len(desk.taken) == 1)
    assert one.said == ["later"]  # the worker was stopped, and gave it back
    broker.waiting, broker.up_to, one.said[:] = {REMOVALS: [one]}, 5, []
    await worked(broker, desk, lambda: bool(one.said))
    assert (one.said, desk.taken) == (["done"], [(b"gone",)] * 3)


async def test_what_lies_in_the_broker_for_long_is_worked_again_by_whoever_does_not_hold_it() -> (
    None
):
    broker, desk = FakeBroker(), FakeDesk()
    held, forgotten = FakeDelivery(packet(b"held"), place=1), FakeDelivery(packet(b"a"), place=2)
    gone = FakeDelivery(packet(b"gone"), lane=REMOVALS, place=3)
    broker.waiting, broker.lies = {"0": [held]}, {"0": [held, forgotten], REMOVALS: [gone]}
    broker.up_to = 2

    def lines() -> list[bytes]:
        return sorted(line for lines in desk.taken for line in lines)

    await worked(broker, desk, lambda: bool(held.said and forgotten.said) and b"gone" in lines())
    assert (held.said, forgotten.said, gone.said) == (["done"], ["done"], ["later"])
    assert lines() == [b"a", b"gone", b"held"]


@pytest.mark.parametrize(("at_work", "after_s"), [(0, SOON_S), (1, 6 * Layout().ack_wait_s)])
async def test_what_nobody_is_at_is_worked_again_soon_and_the_rest_after_the_deadly_are_given_up(
    at_work: int, after_s: float
) -> None:
    broker, desk, one = FakeBroker(), FakeDesk(), FakeDelivery(packet(b"a"))
    broker.lies, broker.at_work = {"0": [one]}, at_work
    slept: list[float] = []
    asked: list[float] = []
    lying = broker.lying

    async def sleep(seconds: float) -> None:
        if seconds == SOON_S:
            slept.append(seconds)
        await hardly(seconds)

    async def first(lane: str, up_to: int, *, most: int) -> Sequence[FakeDelivery]:
        asked.append(sum(slept))
        return await lying(lane, up_to, most=most)

    broker.lying = first  # type: ignore[method-assign]
    await worked(broker, desk, lambda: bool(one.said), sleep)
    assert (one.said, desk.taken) == (["done"], [(b"a",)])
    assert asked[0] == after_s
