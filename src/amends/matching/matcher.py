"""Many queries over many posts.

Queries lie in one dictionary by a token that each of their matches holds, so a post costs one
look-up a token however many queries there are; only those met are looked at closely.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from amends.matching.anchors import anchors_of, terms_of
from amends.matching.errors import QueryError
from amends.matching.evaluating import compiled, label, why
from amends.matching.facts import Facts
from amends.matching.nodes import Node
from amends.matching.parser import parse
from amends.matching.terms import finder
from amends.matching.words import Found, Words
from amends.terms import Post
from amends.text import normalise_aligned


class Hit(NamedTuple):
    """A term found: ``start`` and ``end`` are code-point offsets in the text as it was given."""

    query: str
    term: str
    start: int
    end: int


class Matcher:
    """Compiled queries. Made by ``compile``; holds no state between posts."""

    def __init__(self, queries: Mapping[str, Node]) -> None:
        self._queries = list(queries.items())
        self._tests = [compiled(node) for _, node in self._queries]
        self._always: list[int] = []
        self._by_token: dict[str, list[int]] = {}
        for number, (_, node) in enumerate(self._queries):
            anchors = anchors_of(node)
            if anchors is None:
                self._always.append(number)
            for token in anchors or ():
                self._by_token.setdefault(token, []).append(number)

    def batch(self, posts: Sequence[Post]) -> list[dict[str, tuple[str, ...]]]:
        """For each post, the queries it satisfies, each with what satisfied it; see ``why``."""
        return [self._satisfied(Facts.of(post)) for post in posts]

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
                Hit(query, term, *_span(spans, found.start, found.end)),
            )
            for number, (query, _) in enumerate(self._queries)
            for term, found in self._found(number, words)
        ]
        return [hit for *_, hit in sorted(hits)]

    def _found(self, number: int, words: Words) -> Iterator[tuple[str, Found]]:
        for term in dict.fromkeys(terms_of(self._queries[number][1])):
            for found in finder(term)(words):
                yield label(term), found

    def _satisfied(self, facts: Facts) -> dict[str, tuple[str, ...]]:
        near = {number for token in facts.tokens for number in self._by_token.get(token, ())}
        met: dict[str, tuple[str, ...]] = {}
        for number in sorted(near.union(self._always)):
            if self._tests[number](facts):
                query, node = self._queries[number]
                met[query] = tuple(why(node, facts))
        return met


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


def _span(spans: Sequence[tuple[int, int]], start: int, end: int) -> tuple[int, int]:
    return spans[start][0], spans[end - 1][1]
