"""What a query would have caught in the stored posts, and what that would cost on X."""

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Final

from django.conf import settings
from django.core.cache import cache

from amends.desk.queries.sample import MOST, newest_posts
from amends.matching import Matcher, Node, QueryError, parse, phrases_of, render
from amends.matching.nodes import And, Compare, Not, Operator, Or
from amends.terms import Post
from amends.web.marks import Piece, marked, pieces

SHOWN: Final = 10
AT_ONCE: Final = 200
BUDGET_S: Final = 0.4
BROAD: Final = 0.3
ENOUGH: Final = 50  # of fewer posts no share is told
SHORTEST_DAYS: Final = 1 / 24
A_MINUTE: Final = 100
UNANSWERED: Final = frozenset({"to", "retweets_of", "bio", "bio_name"})

Tick = Callable[[], float]


@dataclass(frozen=True, slots=True)
class Sample:
    """What a query would have caught among the newest ``looked_at`` stored posts.

    ``whole``: these were all there are. ``since``: when the oldest of them was written. ``a_day``
    and ``a_month`` (dollars, on X) are None where too short a time was looked at. ``query`` is the
    query as it was understood; ``wrong`` shows where one that cannot be read goes wrong.
    """

    looked_at: int = 0
    found: int = 0
    shown: list[tuple[Post, list[Piece]]] = field(default_factory=list)
    whole: bool = True
    since: datetime | None = None
    share: float | None = None
    a_day: float | None = None
    a_month: float | None = None
    price: float = 0.0
    query: str = ""
    notes: list[str] = field(default_factory=list)
    error: str = ""
    wrong: list[Piece] = field(default_factory=list)
    empty: bool = False

    @property
    def broad(self) -> bool:
        return self.share is not None and self.share >= BROAD


def take_sample(
    query: str,
    *,
    posts: Iterable[Post] | None = None,
    tick: Tick = time.monotonic,
    budget: float = BUDGET_S,
) -> Sample:
    """Try a query on the newest stored posts, as many as ``budget`` seconds allow.

    A query that cannot be read is the sample's ``error``.
    """
    if not query.strip():
        return Sample(empty=True)
    try:
        node = parse(query)
    except QueryError as error:
        return Sample(error=error.reason, wrong=_where(query, error.position))
    matcher = Matcher({"watch": node})
    began = tick()
    looked, hits, times, whole = 0, list[Post](), list[datetime](), True
    some = iter(newest_posts() if posts is None else posts)
    found = 0
    while part := list(islice(some, AT_ONCE)):
        for post, met in zip(part, matcher.batch(part), strict=True):
            found += bool(met)
            if met and len(hits) < SHOWN:
                hits.append(post)
        looked += len(part)
        times += [post.created_at for post in (part[0], part[-1]) if post.created_at]
        if tick() - began >= budget:
            whole = False
            break
    a_day = _a_day(found, times)
    price = settings.AMENDS_X_READ_PRICE
    return Sample(
        looked_at=looked,
        found=found,
        shown=[(post, marked(post.text, matcher)) for post in hits],
        whole=whole and looked < MOST,
        since=min(times, default=None),
        share=found / looked if looked >= ENOUGH else None,
        a_day=a_day,
        a_month=None if a_day is None else a_day * 30 * price,
        price=price,
        query=render(node),
        notes=list(_notes(node)),
    )


def _a_day(found: int, times: list[datetime]) -> float | None:
    days = (max(times) - min(times)).total_seconds() / 86_400 if times else 0.0
    return found / days if days >= SHORTEST_DAYS else None


def _where(query: str, position: int) -> list[Piece]:
    """The query with the word marked at which it goes wrong; a blank stands for the end."""
    shown = query if position < len(query) else query + " "
    end = position + 1
    while end < len(shown) and not shown[end].isspace():
        end += 1
    return pieces(shown, [(position, end)])


def _notes(node: Node) -> Iterator[str]:
    """What a person should know before they trust the sample."""
    unanswered = sorted({name for name in _operators(node) if name in UNANSWERED})
    if unanswered:
        names = ", ".join(f"{name}:" for name in unanswered)
        yield f"Stored posts do not tell what {names} asks; live ones do."
    if not phrases_of(render(node)):
        yield (
            "There is no word in it to search for: networks that are searched, not streamed, "
            "will bring nothing for it."
        )


def _operators(node: Node) -> Iterator[str]:
    match node:
        case And(parts) | Or(parts):
            for part in parts:
                yield from _operators(part)
        case Not(part):
            yield from _operators(part)
        case Operator(name) | Compare(name):
            yield name


def may_sample(person: int) -> bool:
    """Whether a person may try one more query this minute. Counted in this process's memory."""
    key = f"sample:{person}"
    cache.add(key, 0, 60)
    return int(cache.incr(key)) <= A_MINUTE
