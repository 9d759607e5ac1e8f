"""One page through the pipeline into the sink, and what to do when that fails again and again."""

import logging
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

import msgspec

from amends.listening.clean import clean_letter, clean_post
from amends.listening.pipeline import Item, Step, run
from amends.listening.sink import Batch, Sink
from amends.terms import DeadLetter, Page, Post
from amends.text import storable

log = logging.getLogger(__name__)

RAW_LIMIT = 2_000

_HARMLESS = Post(id="amends:harmless", text="The parcel is late.")


@dataclass(frozen=True, slots=True)
class Door:
    """The way in for one source: its steps and its sink. Plain functions that may block."""

    source: str
    steps: Sequence[Step]
    sink: Sink

    def take(self, page: Page) -> None:
        """Store all that the page holds, or raise and store nothing of it."""
        count: Counter[str] = Counter()
        kept = run(list(_items(page)), self.steps, count)
        self.sink.store(
            Batch(
                source=self.source,
                cursor=page.cursor,
                mentions=tuple(item.mention() for item in kept),
                deleted=_deleted(page),
                dead=tuple(map(clean_letter, page.dead)),
                dropped=count,
            )
        )

    def take_one_by_one(self, page: Page, now: datetime) -> int:
        """Store a page that fails as a whole: posts that fail alone become dead letters.

        Raises, having stored no dead letter, where steps and sink fail for a harmless post too:
        then the trouble is ours and no post is to blame. Returns the number of dead letters made.
        """
        self._prove_sound()
        dead, count = list(map(clean_letter, page.dead)), Counter[str]()
        for item in _items(page):
            try:
                self._take_alone(item, count)
            except Exception as error:
                self._prove_sound()
                log.exception("A post from %s cannot be taken in", self.source)
                dead.append(self._dead_letter(item.post, error, now))
        self.sink.store(
            Batch(
                source=self.source,
                cursor=page.cursor,
                deleted=_deleted(page),
                dead=tuple(dead),
                dropped=count,
            )
        )
        return len(dead) - len(page.dead)

    def _take_alone(self, item: Item, count: Counter[str]) -> None:
        kept = run([item], self.steps, count)
        if kept:
            self.sink.store(Batch(source=self.source, mentions=(kept[0].mention(),)))

    def _prove_sound(self) -> None:
        run([Item(_HARMLESS, to_us=True)], self.steps, Counter())  # to us: no step drops it
        self.sink.store(Batch(source=self.source))

    def _dead_letter(self, post: Post, error: Exception, now: datetime) -> DeadLetter:
        return DeadLetter(
            source=self.source,
            reason=f"The post could not be taken in: {type(error).__name__}.",
            raw=_beginning(post),
            at=now,
        )


def _items(page: Page) -> Iterator[Item]:
    for post in page.posts:
        yield Item(post, to_us=page.to_us)


def _deleted(page: Page) -> tuple[str, ...]:
    return tuple(map(storable, page.deleted))


def _beginning(post: Post) -> str:
    """How the post begins, whatever it is made of: the last refuge must not fail too."""
    try:
        return msgspec.json.encode(clean_post(post)).decode()[:RAW_LIMIT]
    except Exception:  # noqa: BLE001 (a connector may have put anything into it)
        return storable(repr(post)[:RAW_LIMIT])
