"""A network, a store, a clock and a matcher in memory."""

import random
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from amends.listening import Batch, Surroundings
from amends.listening.steps import text_with_quote
from amends.terms import Author, DeadLetter, Mention, Page, Post, Reading

T = TypeVar("T")

START = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)


def post(native_id: str, text: str = "Where is my parcel?", *, handle: str = "alice") -> Post:
    return Post(id=native_id, network="demo", text=text, author=Author(id=handle, handle=handle))


class Clock:
    """Stands still until somebody sleeps."""

    def __init__(self) -> None:
        self.time = START
        self.slept: list[float] = []

    def now(self) -> datetime:
        return self.time

    async def sleep(self, seconds: float) -> None:
        self.slept.append(round(seconds, 3))
        self.time += timedelta(seconds=seconds)


class Store:
    """A sink whose every batch is one transaction; ``fails`` may raise before anything is kept."""

    def __init__(self, fails: Callable[[Batch], None] | None = None) -> None:
        self.fails = fails or (lambda _batch: None)
        self.cursor: str | None = None
        self.kept: dict[str, Mention] = {}
        self.twice: list[str] = []
        self.dead: list[DeadLetter] = []
        self.deleted: list[str] = []
        self.dropped: Counter[str] = Counter()

    def store(self, batch: Batch) -> None:
        self.fails(batch)
        for mention in batch.mentions:
            if mention.post.id in self.kept:
                self.twice.append(mention.post.id)
            self.kept[mention.post.id] = mention
        self.dead += batch.dead
        self.deleted += batch.deleted
        self.dropped += batch.dropped
        if batch.cursor is not None:
            self.cursor = batch.cursor


class Network:
    """Posts in order, read in pages; the cursor is how many were read. ``troubles`` come first."""

    def __init__(self, posts: Sequence[Post], *, pages_of: int = 2) -> None:
        self.posts = list(posts)
        self.pages_of = pages_of
        self.troubles: list[Exception] = []
        self.clock: Clock | None = None
        self.asked = 0

    async def fetch(self, source: str, cursor: str | None, *, limit: int = 100) -> Page:
        await hand_over()
        self.asked += 1
        if self.troubles:
            raise self.troubles.pop(0)
        begin = int(cursor or 0)
        chosen = self.posts[begin : begin + min(limit, self.pages_of)]
        done = begin + len(chosen) >= len(self.posts)
        now = self.clock.now() if self.clock else START
        return Page(
            posts=chosen,
            cursor=str(begin + len(chosen)),
            next_poll=now + timedelta(seconds=30) if done else None,
        )

    async def stream(self, cursor: str | None) -> AsyncIterator[Page]:
        while True:
            page = await self.fetch("stream", cursor)
            if not page.posts:
                return
            cursor = page.cursor
            yield page


class Words:
    """Watches by a plain word each: ``{"watch id": "word"}``."""

    def __init__(self, **words: str) -> None:
        self.words = words

    def batch(self, posts: Sequence[Post]) -> Sequence[Mapping[str, tuple[str, ...]]]:
        texts = [text_with_quote(post).casefold() for post in posts]
        return [
            {watch: (word,) for watch, word in self.words.items() if word in text} for text in texts
        ]


class Grumbler:
    """Reads every text as a complaint, remembering what it was given."""

    def __init__(self) -> None:
        self.texts: list[str] = []

    def read(self, texts: Sequence[str]) -> Sequence[Reading]:
        self.texts += texts
        scores = {"negative": 1.0, "neutral": 0.0, "positive": 0.0}
        one = Reading(
            complaint=0.9, praise=0.0, question=0.1, sentiment="negative", sentiment_scores=scores
        )
        return [one for _ in texts]


async def hand_over() -> None:
    """A real await point, where a cancellation can strike."""
    import asyncio

    await asyncio.sleep(0)


async def at_once(work: Callable[[], T], /) -> T:
    """Stands for a thread: there is an await point before the work and one after it."""
    await hand_over()
    done = work()
    await hand_over()
    return done


def around(clock: Clock, told: list[tuple[str, str]] | None = None) -> Surroundings:
    def health(state: str, sentence: str) -> None:
        if told is not None:
            told.append((state, sentence))

    return Surroundings(
        clock=clock,
        rng=random.Random(7),
        sleep=clock.sleep,
        aside=_aside,
        health=health,
        quiet_s=None,
    )


def _aside(work: Callable[[], T], /) -> Awaitable[T]:
    return at_once(work)
