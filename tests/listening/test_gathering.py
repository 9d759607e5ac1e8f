"""Between a source and a store: bounded, in order, and never waiting longer than it may."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing

import pytest

from amends.listening.gathering import Limits, Sleep, gathered
from amends.listening.pages import joined, weight
from amends.terms import DeadLetter, Page
from tests.listening.fakes import Clock, hand_over, post


class Source:
    """Numbers, one at a time, as fast as they are asked for. ``asked`` is how many were."""

    def __init__(self, count: int, trouble: Exception | None = None) -> None:
        self.count = count
        self.trouble = trouble
        self.asked = 0
        self.closed = False

    async def numbers(self) -> AsyncGenerator[int]:
        try:
            while self.asked < self.count:
                await hand_over()
                self.asked += 1
                yield self.asked
            if self.trouble:
                raise self.trouble
        finally:
            self.closed = True


async def turns(count: int = 200) -> None:
    for _ in range(count):
        await hand_over()


def batches(
    source: Source, limits: Limits, clock: Clock | None = None, sleep: Sleep | None = None
) -> AsyncGenerator[list[int]]:
    clock = clock or Clock()
    return gathered(
        source.numbers(),
        weigh=lambda _: (1, 10),
        limits=limits,
        clock=clock,
        sleep=sleep or clock.sleep,
    )


@pytest.mark.parametrize(
    "limits", [Limits(items=5), Limits(size=50)], ids=["by number", "by bytes"]
)
async def test_full_buffer_asks_the_source_for_nothing_more(limits: Limits) -> None:
    source = Source(1_000)
    async with aclosing(batches(source, limits)) as stage:
        first = await anext(stage)
        await turns()
        assert source.asked <= len(first) + 5
        second = await anext(stage)
        assert (first + second, len(second)) == (list(range(1, len(first) + 6)), 5)
    assert source.asked <= len(first) + 11


async def test_batch_waits_until_its_first_part_is_old_enough() -> None:
    clock, slept = Clock(), list[float]()

    async def sleep(seconds: float) -> None:
        slept.append(seconds)
        await turns(50)

    async with aclosing(batches(Source(3), Limits(age_s=0.2), clock, sleep)) as stage:
        assert [batch async for batch in stage] == [[1, 2, 3]]
    assert slept == [0.2]


async def test_part_that_grew_old_while_the_batch_before_was_stored_waits_no_more() -> None:
    clock = Clock()
    async with aclosing(batches(Source(100), Limits(items=2, age_s=0.2), clock)) as stage:
        await anext(stage)
        await turns()
        await clock.sleep(5.0)
        assert len(await anext(stage)) == 2
    assert 5.0 in clock.slept
    assert [s for s in clock.slept if s != 5.0 and s > 0.2] == []


async def test_trouble_is_told_after_what_came_before_it() -> None:
    taken: list[int] = []
    stage = batches(Source(7, OSError("cut off")), Limits(items=3))

    async def take() -> None:
        async for batch in stage:
            taken.extend(batch)

    with pytest.raises(OSError, match="cut off"):
        await take()
    assert taken == [1, 2, 3, 4, 5, 6, 7]


async def test_closing_stops_reading() -> None:
    source = Source(1_000)
    stage = batches(source, Limits(items=3))
    await anext(stage)
    await stage.aclose()
    asked = source.asked
    await turns()
    assert (source.asked, source.closed) == (asked, True)


async def test_reader_never_waits_on_a_store_that_keeps_up() -> None:
    taken = [number async for batch in batches(Source(500), Limits(items=7)) for number in batch]
    assert taken == list(range(1, 501))
    assert asyncio.all_tasks() == {asyncio.current_task()}


def page(cursor: str, *ids: str, deleted: tuple[str, ...] = (), to_us: bool = False) -> Page:
    return Page(posts=[post(i) for i in ids], cursor=cursor, deleted=deleted, to_us=to_us)


def test_pages_join_unless_that_would_change_what_they_say() -> None:
    dead = DeadLetter(source="s", reason="odd", raw="{}")
    pages = [
        page("1", "a"),
        page("2", "b", deleted=("a",)),
        Page(posts=[], cursor="3", dead=[dead]),
        page("4", "a"),  # comes again after its removal
        page("5", "c", to_us=True),
    ]
    assert list(joined(pages)) == [
        Page(posts=[post("a"), post("b")], cursor="3", deleted=["a"], dead=[dead]),
        page("4", "a"),
        page("5", "c", to_us=True),
    ]


def test_page_weighs_its_posts_and_an_empty_one_still_counts() -> None:
    assert weight(Page(posts=[], cursor="1")) == (1, 1_000)
    assert weight(page("2", "a", "b", deleted=("c",))) == (3, 3_000 + 2 * 4 * 19)
