"""Looking through posts and lines for what satisfies queries."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Generic, NamedTuple, Protocol, TypeVar

from amends.matching.engine.block import MOST_ROWS, Block
from amends.matching.facts import Facts
from amends.matching.part import Part
from amends.terms import BadInput, Post

Other = TypeVar("Other")
Other_co = TypeVar("Other_co", covariant=True)

Near = list[tuple[Part, int]]
"""Queries that a post may satisfy, each by its part and its number there."""


class LineKind(Protocol[Other_co]):
    """How lines are read; see ``FrameKind`` in ``listening``."""

    def texts(self, lines: Sequence[bytes]) -> list[str | None]: ...

    def read(self, line: bytes) -> Post | Other_co | None: ...


class State(NamedTuple):
    """The queries matched at one time: never changed, only replaced.

    ``fresh`` are those added to the many of ``main``; ``gone`` those of ``main`` that count no more.
    """

    main: Part
    fresh: Part
    gone: frozenset[int]

    def parts(self) -> tuple[tuple[Part, frozenset[int]], ...]:
        """Both parts, each with those of its queries that count no more."""
        return (self.main, self.gone), (self.fresh, frozenset())


class Match(NamedTuple):
    """A post that satisfies queries, each with what satisfied it; ``at`` is its line's place."""

    at: int
    post: Post
    queries: dict[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Looked(Generic[Other]):
    """What lines hold, each list in the order of the lines and with their places.

    ``others`` hold no post (None: nothing of interest); ``dead`` cannot be read. All lines in none
    of the lists hold a post that satisfies nothing.
    """

    matches: list[Match] = field(default_factory=list)
    others: list[tuple[int, Other | None]] = field(default_factory=list)
    dead: list[tuple[int, BadInput]] = field(default_factory=list)


def look_through_posts(state: State, posts: Sequence[Post]) -> list[dict[str, tuple[str, ...]]]:
    """For each post, the queries it satisfies, each with what satisfied it."""
    met: list[dict[str, tuple[str, ...]]] = [{} for _ in posts]
    for at, near in _near(state, [_text_of(post) for post in posts]).items():
        met[at] = _satisfied(state, posts[at], near)
    return met


def look_through_lines(
    state: State, lines: Sequence[bytes], kind: LineKind[Other]
) -> Looked[Other]:
    """What the lines hold. Lines are read whole only where a query may ask for them."""
    texts = kind.texts(lines)
    held = [text for text in texts if text is not None]
    if len(held) == len(texts):
        near: Mapping[int, Near | None] = _near(state, held)
    else:
        places = [at for at, text in enumerate(texts) if text is not None]
        found = {places[place]: one for place, one in _near(state, held).items()}
        unknown = {at: None for at, text in enumerate(texts) if text is None}
        near = dict(sorted((found | unknown).items()))
    looked: Looked[Other] = Looked()
    for at, numbers in near.items():
        _take(state, at, lines[at], kind, numbers, looked)
    return looked


def _take(
    state: State,
    at: int,
    line: bytes,
    kind: LineKind[Other],
    near: Near | None,
    looked: Looked[Other],
) -> None:
    """Read a line whole; ``near`` is None where its text is not known."""
    try:
        post = kind.read(line)
    except BadInput as error:
        looked.dead.append((at, error))
        return
    if not isinstance(post, Post):
        looked.others.append((at, post))
        return
    if near is None:
        near = _near(state, [_text_of(post)]).get(0, [])
    queries = _satisfied(state, post, near)
    if queries:
        looked.matches.append(Match(at, post, queries))


def _near(state: State, texts: Sequence[str]) -> dict[int, Near]:
    """By place of a text, in order, what its post may satisfy by its words.

    Where no word leads to some query, every place is there.
    """
    found: dict[int, Near] = {}
    for start in range(0, len(texts), MOST_ROWS):
        block = Block(texts[start : start + MOST_ROWS])
        for part, gone in state.parts():
            pairs = part.index.pairs(block)
            for row, query in zip(pairs.texts.tolist(), pairs.queries.tolist(), strict=True):
                if query not in gone:
                    found.setdefault(start + row, []).append((part, query))
    if any(part.index.unbounded for part, _ in state.parts()):
        return {at: found.get(at, []) for at in range(len(texts))}
    return dict(sorted(found.items())) if state.fresh.names else found


def _satisfied(state: State, post: Post, near: Near) -> dict[str, tuple[str, ...]]:
    facts = Facts.of(post)
    met = {}
    for part, query in (*near, *_unled(state, facts)):
        why = part.why(query, facts)
        if why is not None:
            met[part.names[query]] = why
    return met


def _unled(state: State, facts: Facts) -> Near:
    """Queries to which no word leads and which the post may satisfy."""
    found: Near = []
    for part, gone in state.parts():
        if part.index.unbounded:
            found += [(part, query) for query in part.unled.near(facts) if query not in gone]
    return found


def _text_of(post: Post) -> str:
    quoted = post.quote_of.text if post.quote_of else None
    return f"{post.text}\n{quoted}" if quoted else post.text
