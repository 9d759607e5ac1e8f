"""Queries compiled together, and the exact answer for one post."""

from collections.abc import Mapping

from amends.matching.accounts import ByAccount
from amends.matching.engine.index import Index
from amends.matching.engine.probes import clauses_of
from amends.matching.evaluating import Judge, judge, told
from amends.matching.facts import Facts
from amends.matching.nodes import Node


class Part:
    """Some of a matcher's queries, fixed. ``after`` is an index that has seen posts already."""

    def __init__(self, queries: Mapping[str, Node], after: Index | None = None) -> None:
        self.names = tuple(queries)
        self.nodes = tuple(queries.values())
        self.index = Index([clauses_of(node) for node in self.nodes], after)
        self.unled = ByAccount({number: self.nodes[number] for number in self.index.unbounded})
        self._judges: list[Judge | None] = [None] * len(self.nodes)

    def why(self, query: int, facts: Facts) -> tuple[str, ...] | None:
        """What satisfied the query of that number; None where it does not hold."""
        judged = self._judges[query]
        if judged is None:
            judged = self._judges[query] = judge(self.nodes[query])
        reasons = told(judged, facts)
        return None if reasons is None else tuple(reasons)
