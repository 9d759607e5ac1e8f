"""What must stand in a text for a query to hold: clauses of probes, read off its tree.

A query holds only where each of its clauses has a probe that is found. Negations, and what a text
cannot tell, ask for nothing; so a query may come out with no clause at all.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import IntEnum
from functools import lru_cache
from itertools import pairwise

from amends.matching.engine.alike import alike_tokens
from amends.matching.engine.common import prior
from amends.matching.engine.keys import key_of, pair_key
from amends.matching.nodes import (
    And,
    Cased,
    Fuzzy,
    Keyword,
    Lookalike,
    Node,
    Not,
    Or,
    Phrase,
    Prefix,
    Tag,
)
from amends.text import capitalisations, normalise, normalise_keeping_case, tokens

MOST_CLAUSES = 6
EDGE_WIDTHS = (1, 2, 3, 4, 6, 8)
"""Bytes by which tokens are looked up by how they begin or end; what is longer is cut to one."""
_RARE = 0.002


class Kind(IntEnum):
    """How a probe is looked up: a token, two next to each other, how a token begins or ends, what
    it looks like."""

    TOKEN = 0
    PAIR = 1
    PREFIX = 2
    SUFFIX = 3
    ALIKE = 4


@dataclass(frozen=True, slots=True)
class Probe:
    """``first`` is the key of a pair's first token, ``width`` the bytes of a beginning or end.

    ``share`` is the part of posts thought to hold it before any was seen. ``words`` are the tokens
    in a row, or the piece of one, in UTF-8.
    """

    kind: Kind
    key: int
    first: int = 0
    width: int = 0
    share: float = field(default=0.0, compare=False)
    words: tuple[bytes, ...] = field(default=(), compare=False)


Clause = frozenset[Probe]

ReadTokens = Callable[[str], Iterable[str]]


def clauses_of(node: Node, read: ReadTokens = tokens) -> tuple[Clause, ...]:
    """At most ``MOST_CLAUSES`` clauses of a query, the most telling first.

    ``read`` splits text of a query as the texts of posts are split.
    """
    match node:
        case And(parts):
            return _most_telling(clause for part in parts for clause in clauses_of(part, read))
        case Or(parts):
            return _any_of([clauses_of(part, read) for part in parts])
        case Keyword(text) | Cased(text):
            return _in_order(tuple(read(text)))
        case Phrase(text, within):
            words = tuple(read(text))
            return _in_order(words) if within is None else _in_any_order(words)
        case Tag(_, name):
            return _tag(name, tuple(read(name)))
        case Prefix(text):
            return _beginning(tuple(read(text)))
        case Fuzzy(text):
            return _slipped(tuple(read(text)))
        case Lookalike(text):
            return _looking_like(text)
        case Not():
            return ()
        case _:
            return ()


def share_of(clause: Clause) -> float:
    """The part of all posts that satisfies a clause, by what is known beforehand."""
    return min(1.0, sum(probe.share for probe in clause))


def _most_telling(clauses: Iterable[Clause]) -> tuple[Clause, ...]:
    ordered = sorted(dict.fromkeys(clauses), key=lambda clause: (share_of(clause), len(clause)))
    return tuple(ordered[:MOST_CLAUSES])


def _any_of(parts: list[tuple[Clause, ...]]) -> tuple[Clause, ...]:
    """Each part's best clause together, each part's second best together, and so on."""
    if not all(parts):
        return ()
    depth = max(map(len, parts))
    return _most_telling(
        frozenset().union(*(part[min(level, len(part) - 1)] for part in parts))
        for level in range(depth)
    )


def _in_any_order(words: tuple[str, ...]) -> tuple[Clause, ...]:
    return _most_telling(frozenset((_token(word),)) for word in words)


def _in_order(words: tuple[str, ...]) -> tuple[Clause, ...]:
    """Tokens next to each other: one rare token tells enough, else pairs do."""
    alone = _in_any_order(words)
    if len(words) < 2 or share_of(alone[0]) < _RARE:
        return alone
    return _most_telling(frozenset((_pair(left, right),)) for left, right in pairwise(words))


def _tag(name: str, words: tuple[str, ...]) -> tuple[Clause, ...]:
    # A far handle may be followed by a letter without a border, so its last token may be longer.
    return _in_order(words[:-1] if len(words) > 1 and ("@" in name or "." in name) else words)


def _beginning(words: tuple[str, ...]) -> tuple[Clause, ...]:
    if not words:
        return ()
    if len(read_alone(words[-1] + "x")) > 1:
        return _in_order(words)
    stem = _edge(Kind.PREFIX, words[-1])
    return _most_telling((frozenset((stem,)), *_in_any_order(words[:-1])))


def _slipped(words: tuple[str, ...]) -> tuple[Clause, ...]:
    """One slip leaves the first half of a word as it was, or the last, up to its middle letters."""
    half = (len(words[0]) - 1) // 2 if len(words) == 1 else 0
    if not half:
        return ()
    return (frozenset((_edge(Kind.PREFIX, words[0][:half]), _edge(Kind.SUFFIX, words[0][-half:]))),)


def _looking_like(text: str) -> tuple[Clause, ...]:
    pieces = [alike_tokens(one) for one in capitalisations(normalise_keeping_case(text))]
    if not all(pieces):
        return ()
    looks = {max(some, key=len) for some in pieces}
    probes = {Probe(Kind.ALIKE, key_of(look), share=prior(look)) for look in looks}
    word = normalise(text)
    # Two writings of a word that is not ASCII may look like different words.
    return (frozenset(probes if word.isascii() else {*probes, _token(word)}),)


def _edge(kind: Kind, piece: str) -> Probe:
    data = piece.encode()
    width = max(one for one in EDGE_WIDTHS if one <= len(data))
    data = data[:width] if kind is Kind.PREFIX else data[-width:]
    share = min(0.2, 3.0 * 0.2**width)
    return Probe(kind, int.from_bytes(data, "little"), width=width, share=share, words=(data,))


@lru_cache(maxsize=1024)
def read_alone(text: str) -> tuple[str, ...]:
    """The tokens of a text, kept for what is asked often."""
    return tuple(tokens(text))


@lru_cache(maxsize=65_536)
def _token(word: str) -> Probe:
    return Probe(Kind.TOKEN, key_of(word), share=prior(word), words=(word.encode(),))


@lru_cache(maxsize=65_536)
def _pair(left: str, right: str) -> Probe:
    first, second = _token(left), _token(right)
    share = min(first.share, second.share) / 20
    key, words = pair_key(first.key, second.key), first.words + second.words
    return Probe(Kind.PAIR, key, first=first.key, share=share, words=words)
