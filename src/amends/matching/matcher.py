"""Many queries over many posts.

A post is looked at closely only for the queries whose words it holds; the engine finds those for a
whole batch at once, however many queries there are.
"""

import threading
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from amends.matching.errors import QueryError
from amends.matching.evaluating import label
from amends.matching.looking import (
    LineKind,
    Looked,
    Other,
    State,
    look_through_lines,
    look_through_posts,
)
from amends.matching.nodes import Node, terms_of
from amends.matching.parser import parse
from amends.matching.part import Part
from amends.matching.terms import finder
from amends.matching.words import Found, Words
from amends.terms import Post
from amends.text import normalise_aligned

MOST_FRESH = 128
"""Queries added or dropped one by one before all are compiled together again."""
_BROAD = 0.1


class Hit(NamedTuple):
    """A term found: ``start`` and ``end`` are code-point offsets in the text as it was given."""

    query: str
    term: str
    start: int
    end: int


class TooBroad(NamedTuple):
    """A query that has many posts looked at closely, and the reason as a sentence."""

    query: str
    reason: str


class Matcher:
    """Compiled queries. Made by ``compile``; what is found in a post depends on no other post.

    Queries may be added and dropped by any thread while another matches; a batch sees them as they
    were when it began.
    """

    def __init__(self, queries: Mapping[str, Node]) -> None:
        self._queries = dict(queries)
        self._state = State(Part(self._queries), Part({}), frozenset())
        self._lock = threading.RLock()
        self._merging: threading.Thread | None = None

    def batch(self, posts: Sequence[Post]) -> list[dict[str, tuple[str, ...]]]:
        """For each post, the queries it satisfies, each with what satisfied it; see ``why``."""
        return look_through_posts(self._state, posts)

    def lines(self, lines: Sequence[bytes], kind: LineKind[Other]) -> Looked[Other]:
        """What lines hold. Most are read no further than their text.

        A line whose text no query asks for is not read whole, so what is wrong elsewhere in it
        goes unnoticed.
        """
        return look_through_lines(self._state, lines, kind)

    def explain(self, text: str) -> list[Hit]:
        """Every place where a term that a query wants was found, in order of the text.

        A text alone does not tell whether the whole query is satisfied; ``batch`` does.
        """
        form, spans = normalise_aligned(text)
        words = Words(text, form)
        hits = [
            (
                found.start,
                found.end,
                number,
                Hit(name, term, *_span(spans, found.start, found.end)),
            )
            for number, (name, node) in enumerate(self._queries.items())
            for term, found in _found(node, words)
        ]
        return [hit for *_, hit in sorted(hits)]

    def add(self, name: str, query: str | Node) -> None:
        """Match one more query from the next batch on; it takes the place of one of that name.

        Raises ``QueryError`` as ``parse`` does.
        """
        node = parse(query) if isinstance(query, str) else query
        with self._lock:
            self._queries = {**self._queries, name: node}
            self._replace(self._state.main)

    def drop(self, name: str) -> None:
        """Match a query no more from the next batch on. Raises ``KeyError`` where there is none."""
        with self._lock:
            left = dict(self._queries)
            del left[name]
            self._queries = left
            self._replace(self._state.main)

    def settle(self) -> None:
        """Wait until what was added is compiled together with the rest."""
        while (merging := self._merging) is not None:
            merging.join()

    def too_broad(self) -> list[TooBroad]:
        """The queries that have many posts looked at closely, as far as posts have shown by now.

        They are matched all the same.
        """
        state = self._state
        return [
            *_broad_ones(state.main, state.gone),
            *_broad_ones(state.fresh, frozenset()),
        ]

    def _replace(self, main: Part) -> None:
        """Take ``main`` for the many, and compile what it lacks on its own. The lock is held."""
        kept = {
            name: number
            for number, (name, node) in enumerate(zip(main.names, main.nodes, strict=True))
            if self._queries.get(name) is node
        }
        gone = frozenset(range(len(main.names))).difference(kept.values())
        fresh = {name: node for name, node in self._queries.items() if name not in kept}
        self._state = State(main, Part(fresh), gone)
        if self._merging is None and max(len(fresh), len(gone)) > MOST_FRESH:
            self._merging = threading.Thread(target=self._merge, name="merge-queries", daemon=True)
            self._merging.start()

    def _merge(self) -> None:
        main = Part(self._queries, self._state.main.index)
        with self._lock:
            self._merging = None
            self._replace(main)


def compile(queries: Mapping[str, str]) -> Matcher:  # noqa: A001 (the word of the field)
    """A matcher for queries by name. Raises ``QueryError`` that names the query in error."""
    parsed: dict[str, Node] = {}
    for name, query in queries.items():
        try:
            parsed[name] = parse(query)
        except QueryError as error:
            reason = f"Query {name}: {error.reason}"
            raise QueryError(reason, error.position) from error
    return Matcher(parsed)


def _found(node: Node, words: Words) -> Iterator[tuple[str, Found]]:
    for term in dict.fromkeys(terms_of(node)):
        for found in finder(term)(words):
            yield label(term), found


def _span(spans: Sequence[tuple[int, int]], start: int, end: int) -> tuple[int, int]:
    return spans[start][0], spans[end - 1][1]


def _broad_ones(part: Part, gone: frozenset[int]) -> Iterator[TooBroad]:
    without = frozenset(part.index.unbounded)
    for number, share in enumerate(part.index.shares().tolist()):
        if number in gone:
            continue
        if number in without:
            reason = "It names no word that every match must hold, so each post is read whole."
            yield TooBroad(part.names[number], reason)
        elif share >= _BROAD:
            reason = f"Its rarest words stand in about {share:.0%} of all posts."
            yield TooBroad(part.names[number], reason)
