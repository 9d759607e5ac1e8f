"""Matching: which watches a text satisfies, and why."""

from amends.matching.matcher import Hit, Matcher, compile  # noqa: A004 (the word of the field)
from amends.matching.queries import QueryError, Term, parse, phrases_of, query_of

__all__ = [
    "Hit",
    "Matcher",
    "QueryError",
    "Term",
    "compile",
    "parse",
    "phrases_of",
    "query_of",
]
