"""Mentions made up from a seed: what a desk with many watches hears, one in thirty-odd for it."""

import random
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import accumulate
from typing import Any

from amends.terms import Author, Mention, Post, Reading, Ref

FOR_US = 0.03  # the part of the mentions that opens a case or belongs to one
ANSWERS = 0.3  # of the rest: answers, most of them to posts that are not stored
AUTHORS = 200_000
BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_WHOLE: dict[str, Any] = {
    "severity": "accusation",
    "emotion": "anger",
    "arousal": 0.71,
    "topics": ("delay",),
    "targets": {"us": "negative"},
    "lang": "en",
    "reasons": {"severity": ("lost my",), "topics.delay": ("late",), "targets.us": ("worst",)},
}
_CALM: dict[str, Any] = {"emotion": "joy", "arousal": 0.12, "lang": "en"}
_BASE32 = "234567abcdefghijklmnopqrstuvwxyz"


@dataclass(slots=True)
class Crowd:
    """Draws mentions of 165 characters or so.

    ``others`` are ids of watches on competitors and topics, ``ours`` of those on the brand. Ids are
    as long and as random as Bluesky's, which databases like least, or with ``by_time`` numbers that
    grow, as on X and Mastodon. Moments begin at ``begin``, a millisecond apart.
    """

    rng: random.Random
    ours: Sequence[str]
    others: Sequence[str]
    begin: datetime = BEGIN
    by_time: bool = False
    made: int = 0
    texts: list[str] = field(default_factory=list)
    roots: deque[str] = field(default_factory=lambda: deque(maxlen=5000))
    complaints: deque[str] = field(default_factory=lambda: deque(maxlen=500))

    def __post_init__(self) -> None:
        draw = self.rng
        sizes = [draw.randrange(2, 10) for _ in range(5000)]
        words = ["".join(draw.choices(_LETTERS, k=size)) for size in sizes]
        weights = list(accumulate(1 / (rank + 3) for rank in range(5000)))
        self.texts = [" ".join(draw.choices(words, cum_weights=weights, k=27)) for _ in range(5000)]

    def mentions(self, number: int) -> Iterator[Mention]:
        for _ in range(number):
            self.made += 1
            yield self._for_us() if self.rng.random() < FOR_US else self._of_others()

    def _of_others(self) -> Mention:
        answered = None
        if self.rng.random() < ANSWERS:
            stored = self.roots and self.rng.random() < 0.2
            answered = self.rng.choice(self.roots) if stored else self._id()
        post = self._post(answered)
        self.roots.append(post.id)
        watch = self.rng.choice(self.others)
        matched = tuple(post.text.split()[:1])
        return Mention(post=post, watches={watch: matched}, reading=self._reading(0.4))

    def _for_us(self) -> Mention:
        asks_again = self.complaints and self.rng.random() < 0.5
        post = self._post(self.rng.choice(self.complaints) if asks_again else None)
        if not asks_again:
            self.complaints.append(post.id)
        watch = self.rng.choice(self.ours)
        matched = tuple(post.text.split()[:1])
        return Mention(post=post, watches={watch: matched}, reading=self._reading(1, least=0.6))

    def _post(self, answered: str | None) -> Post:
        draw = self.rng
        who = draw.randrange(AUTHORS)
        author = Author(
            id=str(who * 40503 + 10**9) if self.by_time else _did(who),
            handle=f"somebody{who}.bsky.social",
            name=f"Somebody {who}",
        )
        number = self._id()
        return Post(
            id=number,
            text=draw.choice(self.texts),
            network="x" if self.by_time else "bluesky",
            url=f"https://bsky.app/profile/{author.handle}/post/{number[-13:]}",
            author=author,
            created_at=self.begin + timedelta(milliseconds=self.made),
            lang="en",
            conversation=answered or number,
            in_reply_to=Ref(id=answered) if answered else None,
        )

    def _id(self) -> str:
        number = self.made * 1000 + self.rng.randrange(1000)
        if self.by_time:
            return str((number << 12) + 1_500_000_000_000_000_000)
        did = _did(self.rng.randrange(AUTHORS))
        return f"at://{did}/app.bsky.feed.post/{_spelt(number << 10, 13)}"

    def _reading(self, most: float, *, least: float = 0.0) -> Reading:
        complaint = round(self.rng.uniform(least, most), 4)
        negative = complaint >= 0.5
        return Reading(
            complaint=complaint,
            praise=round(self.rng.uniform(0, 1 - complaint), 4),
            question=0.1,
            sentiment="negative" if negative else "neutral",
            sentiment_scores={},
            why=("never", "again") if negative else (),
            model="made-up-1",
            **(_WHOLE if negative else _CALM),
        )


@lru_cache(AUTHORS)
def _did(number: int) -> str:
    return f"did:plc:{_spelt(number * 2654435761 * 40503 + 7, 24)}"


def _spelt(number: int, size: int) -> str:
    letters = []
    for _ in range(size):
        number, rest = divmod(number, 32)
        letters.append(_BASE32[rest])
    return "".join(reversed(letters))
