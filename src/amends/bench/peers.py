"""What a Python user would take instead, and what bounds us: plain scans of the same bytes."""

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from importlib import import_module
from typing import Any

from amends.matching import parse
from amends.matching.nodes import Tag, terms_of

Look = Callable[[bytes], object]


def loop_of_patterns(queries: Mapping[str, str]) -> Look:
    """One regular expression a query for the words it wants, one after the other.

    It does less than is asked: what a query does not want, and what must stand together, it leaves.
    """
    patterns = [_pattern(wanted(query)) for query in queries.values()]

    def look(line: bytes) -> object:
        text = json.loads(line)["text"]
        return [pattern for pattern in patterns if pattern.search(text)]

    return look


def one_alternation(queries: Mapping[str, str]) -> Look:
    """One regular expression for all the words of all queries. It finds words, not queries."""
    words = {word for query in queries.values() for word in wanted(query)}
    pattern = _pattern(sorted(words))

    def look(line: bytes) -> object:
        return pattern.findall(json.loads(line)["text"])

    return look


def bare_scan(words: Iterable[str]) -> Callable[[bytes], object] | None:
    """Hyperscan's search for words as literals, capitals ignored, each hit told to Python.

    None where hyperscan is not installed.
    """
    try:
        hyperscan: Any = import_module("hyperscan")
    except ImportError:
        return None
    literals = [word.encode() for word in dict.fromkeys(words)]
    database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
    database.compile(
        expressions=literals,
        ids=list(range(len(literals))),
        elements=len(literals),
        flags=[hyperscan.HS_FLAG_CASELESS] * len(literals),
        literal=True,
    )
    hits: list[int] = []

    def met(number: int, _start: int, _end: int, _flags: int, _context: object) -> None:
        hits.append(number)

    def look(data: bytes) -> object:
        hits.clear()
        database.scan(data, match_event_handler=met)
        return hits

    return look


def rarest(queries: Mapping[str, str], words: Sequence[str]) -> list[str]:
    """The rarest word that each query wants; ``words`` are the commonest first."""
    ranks = {word: rank for rank, word in enumerate(words)}
    return [max(wanted(query), key=lambda word: ranks.get(word, -1)) for query in queries.values()]


def wanted(query: str) -> list[str]:
    """The words that a query asks for, without signs."""
    terms = (term.name if isinstance(term, Tag) else term.text for term in terms_of(parse(query)))
    return [word for text in terms for word in text.split()]


def _pattern(words: Iterable[str]) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, words))})\b", re.IGNORECASE)
