"""Listening to a source: nothing lost, nothing twice, back-off honoured."""

import asyncio
import contextlib
import threading
from collections.abc import AsyncIterator, Callable, Coroutine
from datetime import timedelta
from typing import Any, Never

import pytest

from amends.listening import BackOff, Batch, Item, follow, poll
from amends.listening import steps as step_of
from amends.terms import AuthError, ConnectorError, DeadLetter, Page, TryLater
from tests.listening.fakes import START, Clock, Network, Store, Words, around, hand_over, post

POSTS = [post(str(n), "acme is late" if n % 3 else "nice weather") for n in range(7)]
KEPT = ["1", "2", "4", "5"]
STEPS = [step_of.put_watches(Words(brand="acme")), step_of.drop_no_watch()]


async def until(
    condition: Callable[[], bool], task: asyncio.Future[Any], *, turns: int = 5_000
) -> None:
    for _ in range(turns):
        if condition() or task.done():
            return
        await asyncio.sleep(0)
    pytest.fail("what was waited for did not come")


@contextlib.asynccontextmanager
async def running(listening: Coroutine[Any, Any, Any]) -> AsyncIterator[asyncio.Future[Any]]:
    task = asyncio.ensure_future(listening)
    try:
        yield task
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


def listening(
    network: Network,
    store: Store,
    clock: Clock,
    *,
    told: Any = None,
    steps: Any = STEPS,
    how: Any = poll,
) -> Any:
    network.clock = clock
    return how(
        network,
        "search:acme",
        cursor=store.cursor,
        pipeline=steps,
        sink=store,
        around=around(clock, told),
    )


@pytest.mark.parametrize("how", [poll, follow])
async def test_every_page_is_stored_with_its_cursor_and_reasons(how: Any) -> None:
    network, store, clock = Network(POSTS), Store(), Clock()
    async with running(listening(network, store, clock, how=how)) as task:
        await until(lambda: store.cursor == "7", task)
    assert (list(store.kept), store.twice, store.dropped) == (KEPT, [], {"no_watch": 3})


@pytest.mark.parametrize("how", [poll, follow])
async def test_cancelled_at_any_two_moments_nothing_is_lost_and_nothing_twice(how: Any) -> None:
    for first in range(45):
        for second in range(0, 45, 4):
            store, clock = Store(), Clock()
            for turns in (first, second):
                async with running(listening(Network(POSTS), store, clock, how=how)):
                    for _ in range(turns):
                        await asyncio.sleep(0)
            async with running(listening(Network(POSTS), store, clock, how=how)) as task:
                await until(lambda store=store: store.cursor == "7", task)  # type: ignore[misc]
            assert (list(store.kept), store.twice) == (KEPT, []), (first, second)
            assert store.dropped == {"no_watch": 3}, (first, second)


async def test_a_store_that_has_begun_is_finished_before_the_listener_ends() -> None:
    begun, go = threading.Event(), threading.Event()

    def slow(batch: Batch) -> None:
        begun.set()
        assert go.wait(10)

    store, clock = Store(slow), Clock()
    surroundings = around(clock)
    surroundings.aside = asyncio.to_thread
    task = asyncio.ensure_future(
        poll(Network(POSTS), "s", cursor=None, pipeline=STEPS, sink=store, around=surroundings)
    )
    await asyncio.to_thread(begun.wait, 10)
    task.cancel()
    await hand_over()
    assert not task.done()
    go.set()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert (store.cursor, list(store.kept)) == ("2", ["1"])


async def test_the_network_says_when_to_ask_again() -> None:
    network, store, clock = Network(POSTS, pages_of=10), Store(), Clock()
    async with running(listening(network, store, clock)) as task:
        await until(lambda: network.asked == 3, task)
    assert clock.slept[:2] == [30.0, 30.0]


async def test_a_cursor_that_stays_does_not_make_us_hurry() -> None:
    class Stuck(Network):
        async def fetch(self, source: str, cursor: str | None, *, limit: int = 100) -> Page:
            page = await super().fetch(source, None, limit=limit)
            return Page(posts=page.posts, cursor="same", next_poll=None)

    network, store, clock = Stuck(POSTS), Store(), Clock()
    async with running(listening(network, store, clock)) as task:
        await until(lambda: network.asked == 4, task)
    assert clock.slept[:2] == [5.0, 5.0]


async def test_try_later_waits_until_the_time_it_names_and_never_less() -> None:
    network, store, clock = Network(POSTS), Store(), Clock()
    told: list[tuple[str, str]] = []
    retry_at = START + timedelta(minutes=15)
    network.troubles = [TryLater("Too many requests.", retry_at)]
    async with running(listening(network, store, clock, told=told)) as task:
        await until(lambda: store.cursor == "7", task)
    assert clock.slept[0] == 900.0
    assert told[:2] == [("waiting", "Too many requests."), ("well", "Listening.")]


async def test_a_sleep_that_ends_early_is_slept_on() -> None:
    network, store, clock = Network(POSTS), Store(), Clock()
    network.clock = clock
    network.troubles = [TryLater("Too many requests.", START + timedelta(seconds=100))]
    asked_at = []
    surroundings = around(clock)

    async def nap(seconds: float) -> None:
        await clock.sleep(min(seconds, 30.0))
        asked_at.append((network.asked, clock.now() - START))

    surroundings.sleep = nap
    async with running(
        poll(network, "s", cursor=None, pipeline=STEPS, sink=store, around=surroundings)
    ) as task:
        await until(lambda: store.cursor == "7", task)
    assert [n for n, at in asked_at if at < timedelta(seconds=100)] == [1, 1, 1]


async def test_repeated_trouble_doubles_the_wait_with_jitter_up_to_a_limit() -> None:
    network, store, clock = Network(POSTS), Store(), Clock()
    network.troubles = [TryLater("Out of order.", START)] * 12
    async with running(listening(network, store, clock)) as task:
        await until(lambda: store.cursor == "7", task)
    whole = [min(300.0, 2.0**n) for n in range(12)]
    assert all(full / 2 <= got <= full for got, full in zip(clock.slept, whole, strict=False))
    assert len({got / full for got, full in zip(clock.slept, whole, strict=False)}) > 6


async def test_a_refusal_for_good_is_asked_again_only_rarely() -> None:
    network, store, clock = Network(POSTS), Store(), Clock()
    told: list[tuple[str, str]] = []
    network.troubles = [ConnectorError("The search was refused: shorten it.")]
    async with running(listening(network, store, clock, told=told)) as task:
        await until(lambda: store.cursor == "7", task)
    assert clock.slept[0] == BackOff().refused_s
    assert told[0] == ("waiting", "The search was refused: shorten it.")


@pytest.mark.parametrize("how", [poll, follow])
async def test_an_expired_token_stops_the_channel_and_it_starts_again_where_it_was(
    how: Any,
) -> None:
    network, store, clock = Network(POSTS), Store(), Clock()
    told: list[tuple[str, str]] = []
    network.troubles = [AuthError("The token has expired.")]
    assert await listening(network, store, clock, told=told, how=how) is None
    assert told == [("stopped", "The token has expired. Connect the channel again.")]
    async with running(listening(network, store, clock, told=told, how=how)) as task:
        await until(lambda: store.cursor == "7" and len(told) > 1, task)
    assert (list(store.kept), told[1]) == (KEPT, ("well", "Listening."))


@pytest.mark.parametrize("how", [poll, follow])
async def test_an_unexpected_exception_of_a_connector_is_waited_out(
    how: Any, caplog: pytest.LogCaptureFixture
) -> None:
    network, store, clock = Network(POSTS), Store(), Clock()
    told: list[tuple[str, str]] = []
    network.troubles = [KeyError("secret-token")]
    async with running(listening(network, store, clock, told=told, how=how)) as task:
        await until(lambda: store.cursor == "7", task)
    assert list(store.kept) == KEPT
    assert told[0] == (
        "waiting",
        "Asking the network failed unexpectedly (KeyError); it is tried again.",
    )
    assert "failed unexpectedly" in caplog.text


async def test_a_store_that_is_gone_for_a_while_costs_nothing() -> None:
    broken = [OSError("disk full")] * 8

    def fails(batch: Batch) -> None:
        if broken:
            raise broken.pop()

    network, store, clock = Network(POSTS), Store(fails), Clock()
    told: list[tuple[str, str]] = []
    async with running(listening(network, store, clock, told=told)) as task:
        await until(lambda: store.cursor == "7", task)
    assert (list(store.kept), store.twice, store.dead) == (KEPT, [], [])
    assert told[0][1] == "What was heard could not be stored (OSError). It is tried again."
    assert network.asked == 4


async def test_one_post_that_breaks_a_step_becomes_a_dead_letter_and_the_rest_is_kept() -> None:
    def brittle(items: list[Item]) -> None:
        if any(item.post.id == "2" for item in items):
            raise ValueError("2")

    network, store, clock = Network(POSTS, pages_of=4), Store(), Clock()
    async with running(listening(network, store, clock, steps=[*STEPS, brittle])) as task:
        await until(lambda: store.cursor == "7", task)
    assert list(store.kept) == ["1", "4", "5"]
    assert [(dead.source, dead.reason, '"id":"2"' in dead.raw) for dead in store.dead] == [
        ("search:acme", "The post could not be taken in: ValueError.", True)
    ]


async def test_one_post_that_the_store_refuses_becomes_a_dead_letter() -> None:
    def fails(batch: Batch) -> None:
        if any(mention.post.id == "4" for mention in batch.mentions):
            raise ValueError("too long")

    network, store, clock = Network(POSTS), Store(fails), Clock()
    async with running(listening(network, store, clock)) as task:
        await until(lambda: store.cursor == "7", task)
    assert (list(store.kept), len(store.dead)) == (["1", "2", "5"], 1)


async def test_a_step_that_fails_for_everything_buries_no_post() -> None:
    calls = []

    def broken(items: list[Item]) -> None:
        calls.append(len(items))
        if len(calls) < 40:
            raise RuntimeError

    network, store, clock = Network(POSTS), Store(), Clock()
    async with running(listening(network, store, clock, steps=[*STEPS, broken])) as task:
        await until(lambda: store.cursor == "7", task)
    assert (list(store.kept), store.dead) == (KEPT, [])


async def test_deletions_and_dead_letters_of_a_page_are_stored_with_it() -> None:
    unreadable = DeadLetter(source="s", reason="no id", raw="{}")

    class Pages(Network):
        async def fetch(self, source: str, cursor: str | None, *, limit: int = 100) -> Page:
            page = await super().fetch(source, cursor, limit=limit)
            return Page(
                posts=page.posts,
                cursor=page.cursor,
                next_poll=page.next_poll,
                to_us=True,
                deleted=["99"],
                dead=[unreadable],
            )

    network, store, clock = Pages(POSTS, pages_of=10), Store(), Clock()
    async with running(listening(network, store, clock)) as task:
        await until(lambda: store.cursor == "7", task)
    assert (len(store.kept), store.deleted, store.dead) == (7, ["99"], [unreadable])
    assert all(mention.to_us for mention in store.kept.values())


async def test_a_health_report_that_fails_stops_nothing(caplog: pytest.LogCaptureFixture) -> None:
    network, store, clock = Network(POSTS), Store(), Clock()
    network.clock = clock
    surroundings = around(clock)

    def health(state: str, sentence: str) -> Never:
        raise RuntimeError

    surroundings.health = health
    async with running(
        poll(network, "s", cursor=None, pipeline=STEPS, sink=store, around=surroundings)
    ) as task:
        await until(lambda: store.cursor == "7", task)
    assert list(store.kept) == KEPT
    assert "could not be told" in caplog.text


async def test_a_stream_that_falls_silent_is_opened_again_from_the_cursor() -> None:
    class HalfClosed(Network):
        opened: list[str | None]

        async def stream(self, cursor: str | None) -> AsyncIterator[Page]:
            self.opened.append(cursor)
            yield await self.fetch("stream", cursor)
            if len(self.opened) < 4:
                await asyncio.Event().wait()

    network, store, clock = HalfClosed(POSTS), Store(), Clock()
    network.opened = []
    surroundings = around(clock)
    surroundings.quiet_s = 0.01
    task = asyncio.ensure_future(
        follow(network, "s", cursor=None, pipeline=STEPS, sink=store, around=surroundings)
    )
    while store.cursor != "7":  # noqa: ASYNC110 (the silence is measured by the loop's own clock)
        await asyncio.sleep(0.005)
    task.cancel()
    await asyncio.wait({task})
    assert (network.opened[:4], list(store.kept)) == ([None, "2", "4", "6"], KEPT)


async def test_what_a_stream_brings_while_a_batch_is_stored_is_the_next_batch() -> None:
    """One transaction for many pages, where each page is one post."""
    sizes: list[int] = []

    class Slow(Store):
        def store(self, batch: Batch) -> None:
            sizes.append(len(batch.mentions) + batch.dropped.total())
            super().store(batch)

    async def store_slowly(work: Callable[[], Any]) -> Any:
        for _ in range(50):
            await hand_over()
        return work()

    posts = [post(str(n), "acme is late") for n in range(40)]
    network, store, clock = Network(posts, pages_of=1), Slow(), Clock()
    surroundings = around(clock)
    surroundings.aside = store_slowly
    work = follow(network, "s", cursor=None, pipeline=STEPS, sink=store, around=surroundings)
    async with running(work) as task:
        await until(lambda: store.cursor == "40", task)
    assert (len(store.kept), store.twice, sum(sizes)) == (40, [], 40)
    assert len(sizes) <= 4


@pytest.mark.parametrize(
    "cursor", ["a\0b", "a\ud800b", "x" * 1_000_001], ids=["nul", "lone", "long"]
)
async def test_cursor_that_cannot_be_kept_is_not_taken(cursor: str) -> None:
    """A network may lie about its places too: asked again later, from where we stood."""

    class Liar(Network):
        async def fetch(self, source: str, cursor_: str | None, *, limit: int = 100) -> Page:
            page = await super().fetch(source, cursor_, limit=limit)
            return Page(posts=page.posts, cursor=cursor if self.asked == 1 else page.cursor)

    clock, store, told = Clock(), Store(), list[tuple[str, str]]()
    network = Liar(POSTS)
    work = listening(network, store, clock, told=told)
    async with running(work) as task:
        await until(lambda: sorted(store.kept) == KEPT, task)
    assert (told[0][0], "cannot be kept" in told[0][1], clock.slept[0]) == ("waiting", True, 900.0)
