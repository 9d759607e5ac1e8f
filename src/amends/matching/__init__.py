"""Matching: which queries a post satisfies, and why. The language is told in docs/queries.md."""

from typing import TYPE_CHECKING, Any

from amends.matching.errors import QueryError
from amends.matching.evaluating import evaluate, why
from amends.matching.facts import Facts
from amends.matching.nodes import Node
from amends.matching.parser import parse
from amends.matching.printing import render
from amends.matching.queries import phrases_of, query_of
from amends.matching.xrules import NotOnX, XRule, compile_x, x_rule

if TYPE_CHECKING:
    from amends.matching.matcher import Hit, Matcher, compile  # noqa: A004 (the word of the field)

__all__ = [
    "Facts",
    "Hit",
    "Matcher",
    "Node",
    "NotOnX",
    "QueryError",
    "XRule",
    "compile",
    "compile_x",
    "evaluate",
    "parse",
    "phrases_of",
    "query_of",
    "render",
    "why",
    "x_rule",
]


def __getattr__(name: str) -> Any:
    """Many queries at once need numpy, which takes as long to load as all the rest."""
    if name not in ("Hit", "Matcher", "compile"):
        raise AttributeError(name)
    from amends.matching import matcher

    found = globals()[name] = getattr(matcher, name)
    return found
