"""What a query would have caught in the stored posts, and what that would cost on X."""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice
from typing import Final

from django.conf import settings
from django.core.cache import cache

from amends.desk.queries.sample import MOST, newest_posts
from amends.matching import (
    Matcher,
    Node,
    NotOnX,
    QueryError,
    XRule,
    parse,
    phrases_of,
    render,
    x_rule,
)
from amends.matching.nodes import And, Compare, Not, Operator, Or
from amends.matching.xrules import LONGEST
from amends.terms import Post
from amends.web.marks import Piece, marked, pieces

SHOWN: Final = 10
AT_ONCE: Final = 250
BUDGET_S: Final = 0.4
BROAD: Final = 0.3
ENOUGH: Final = 50  # of fewer posts no share is told
SHORTEST_DAYS: Final = 1 / 24
A_MINUTE: Final = 100
UNANSWERED: Final = frozenset({"to", "retweets_of", "bio", "bio_name"})

QUERY, ON_X = "watch", "x"

Tick = Callable[[], float]


@dataclass(frozen=True, slots=True, kw_only=True)
class OnX:
    """What a query is on X. ``rule`` None: X has none, and ``why`` says so.

    ``caught`` posts of the sample the rule would bring, which may be more than the query asks for.
    ``a_day`` and ``a_month`` (dollars, at ``price`` for each) are None where too short a time was
    looked at.
    """

    rule: XRule | None
    why: str = ""
    caught: int = 0
    a_day: float | None = None
    a_month: float | None = None
    price: float = 0.0
    longest: int = LONGEST


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """What a query would have caught among the newest ``looked_at`` stored posts.

    ``whole``: these were all there are. ``since``: when the oldest of them was written. ``query`` is
    the query as it was understood; ``wrong`` shows where one that cannot be read goes wrong.
    """

    looked_at: int = 0
    found: int = 0
    shown: list[tuple[Post, list[Piece]]] = field(default_factory=list)
    whole: bool = True
    since: datetime | None = None
    share: float | None = None
    query: str = ""
    on_x: OnX | None = None
    notes: list[str] = field(default_factory=list)
    error: str = ""
    wrong: list[Piece] = field(default_factory=list)
    empty: bool = False

    @property
    def broad(self) -> bool:
        return self.share is not None and self.share >= BROAD


@dataclass(slots=True)
class _Tally:
    """What was seen so far of the stored posts."""

    looked: int = 0
    found: int = 0
    on_x: int = 0
    hits: list[Post] = field(default_factory=list)
    times: list[datetime] = field(default_factory=list)
    whole: bool = True

    def add(self, part: Sequence[Post], matcher: Matcher) -> None:
        for post, met in zip(part, matcher.batch(part), strict=True):
            self.on_x += ON_X in met
            if QUERY in met:
                self.found += 1
                self.hits += [post][: SHOWN - len(self.hits)]
        self.looked += len(part)
        self.times += [post.created_at for post in (part[0], part[-1]) if post.created_at]

    @property
    def days(self) -> float:
        span = max(self.times) - min(self.times) if self.times else timedelta(0)
        return span.total_seconds() / 86_400


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
    rule, why = _rule(query)
    queries = {QUERY: node} | ({ON_X: _as_ours(rule.rule) or node} if rule else {})
    matcher, tally = Matcher(queries), _Tally()
    _go_through(newest_posts() if posts is None else posts, matcher, tally, tick, budget)
    words = Matcher({QUERY: node})
    broad = [one.reason for one in matcher.too_broad() if one.query == QUERY]
    return Sample(
        looked_at=tally.looked,
        found=tally.found,
        shown=[(post, marked(post.text, words)) for post in tally.hits],
        whole=tally.whole and tally.looked < MOST,
        since=min(tally.times, default=None),
        share=tally.found / tally.looked if tally.looked >= ENOUGH else None,
        query=render(node),
        on_x=_on_x(rule, why, tally),
        notes=[*broad, *_notes(node)],
    )


def _go_through(
    posts: Iterable[Post], matcher: Matcher, tally: _Tally, tick: Tick, budget: float
) -> None:
    began, rest = tick(), iter(posts)
    while part := list(islice(rest, AT_ONCE)):
        tally.add(part, matcher)
        if len(part) == AT_ONCE and tick() - began >= budget:
            tally.whole = False
            return


def _rule(query: str) -> tuple[XRule | None, str]:
    try:
        return x_rule(query), ""
    except NotOnX as error:
        return None, str(error)


def _as_ours(rule: str) -> Node | None:
    """A rule of X read as a query, to see what it would bring; None where it says what only X does."""
    try:
        return parse(rule)
    except QueryError:
        return None


def _on_x(rule: XRule | None, why: str, tally: _Tally) -> OnX:
    price = float(settings.AMENDS_X_READ_PRICE)
    if rule is None or tally.days < SHORTEST_DAYS:
        return OnX(rule=rule, why=why, caught=tally.on_x, price=price)
    a_day = tally.on_x / tally.days
    return OnX(rule=rule, caught=tally.on_x, a_day=a_day, a_month=a_day * 30 * price, price=price)


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
