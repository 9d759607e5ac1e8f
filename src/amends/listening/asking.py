"""Watches that ask for a language, on posts whose network says none.

Telling a language costs more than all the rest of matching. So it is told only of posts that a
watch would match if they were in the right one.
"""

from collections.abc import Callable, Mapping, Sequence

import msgspec

from amends.matching import Facts, Matcher, Node, parse, why
from amends.matching.matcher import MOST_FRESH
from amends.matching.nodes import And, Not, Operator, Or
from amends.terms import Post

Detect = Callable[[str], str | None]

_ALWAYS = Not(Operator("is", "nullcast"))  # no post is one


class Watches:
    """Queries by name, as ``put_watches`` takes them. Raises ``QueryError`` as ``parse`` does.

    ``matcher`` holds the queries as if every language were the right one; ``strict`` says what is
    left of its hits. ``detect`` may not know a text's language; then it is in none.
    """

    def __init__(self, queries: Mapping[str, str], detect: Detect) -> None:
        self._queries = dict(queries)
        self._detect = detect
        nodes, self._asking = _read(queries)
        self.matcher = Matcher(nodes)

    def change(self, queries: Mapping[str, str]) -> None:
        """Take these queries for those there were; another thread may be matching meanwhile.

        A few are added and dropped one by one; after a great change all are compiled anew. Raises
        ``QueryError``, and nothing has changed, where one cannot be read.
        """
        nodes, asking = _read(queries)
        changed = {n: node for n, node in nodes.items() if self._queries.get(n) != queries[n]}
        gone = self._queries.keys() - queries.keys()
        self._asking = {**self._asking, **asking}
        if max(len(changed), len(gone)) > MOST_FRESH:
            self.matcher = Matcher(nodes)
        else:
            for name, node in changed.items():
                self.matcher.add(name, node)
            for name in gone:
                self.matcher.drop(name)
        self._queries, self._asking = dict(queries), asking

    def batch(self, posts: Sequence[Post]) -> list[dict[str, tuple[str, ...]]]:
        """For each post the watches it satisfies, and what satisfied them."""
        found = self.matcher.batch(posts)
        return [self.strict(post, hits) for post, hits in zip(posts, found, strict=True)]

    def strict(self, post: Post, hits: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
        """What is left of the hits of the loose queries once the language is known."""
        if not self._asking or self._asking.keys().isdisjoint(hits):
            return dict(hits)
        facts = Facts.of(self._told(post))
        checked: dict[str, tuple[str, ...]] = {}
        for name, words in hits.items():
            node = self._asking.get(name)
            left = words if node is None else tuple(why(node, facts))
            if left:
                checked[name] = left
        return checked

    def _told(self, post: Post) -> Post:
        if post.lang is not None:
            return post
        return msgspec.structs.replace(post, lang=self._detect(post.text))


def _read(queries: Mapping[str, str]) -> tuple[dict[str, Node], dict[str, Node]]:
    """All queries with every language taken for the right one; and those that ask for one, whole."""
    nodes = {name: parse(query) for name, query in queries.items()}
    asking = {name: node for name, node in nodes.items() if asks_language(node)}
    return nodes | {name: loose(node) for name, node in asking.items()}, asking


def asks_language(node: Node) -> bool:
    """Whether a query has a ``lang:`` anywhere in it."""
    match node:
        case And(parts) | Or(parts):
            return any(map(asks_language, parts))
        case Not(part):
            return asks_language(part)
        case Operator(name):
            return name == "lang"
        case _:
            return False


def loose(node: Node) -> Node:
    """The query where every ``lang:`` that must be is met, and none that must not be."""
    return _bound(node, met=True) or _ALWAYS


def _bound(node: Node, *, met: bool) -> Node | None:
    """The query with ``lang:`` as it suits: taken as ``met`` or not. None: nothing is left to ask,
    it is then ``met`` itself."""
    match node:
        case Operator("lang"):
            return None
        case Not(part):
            inner = _bound(part, met=not met)
            return None if inner is None else Not(inner)
        case And(parts) | Or(parts):
            return _joined(node, [_bound(part, met=met) for part in parts], met=met)
        case _:
            return node


def _joined(node: And | Or, parts: list[Node | None], *, met: bool) -> Node | None:
    asked = [part for part in parts if part is not None]
    # What is met decides an Or and leaves an And to the others; what is not, the other way round.
    decides = isinstance(node, Or) == met
    if not asked or (decides and len(asked) < len(parts)):
        return None
    return asked[0] if len(asked) == 1 else type(node)(tuple(asked))
