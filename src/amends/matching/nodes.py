"""The parts of a query once it is read: a tree of groups with terms and operators for leaves.

Each leaf knows its ``at``, the 0-based code-point offset where it stands in the query as written
(its dash, if it has one, belongs to the ``Not`` around it). Offsets take no part in equality, so
that a query and its canonical print compare equal.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

Comparison = Literal[">", ">=", "<", "<=", "="]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Leaf:
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Keyword(_Leaf):
    """One word as written, found as a whole token; of several tokens (``e-mail``) as a phrase."""

    text: str


@dataclass(frozen=True, slots=True)
class Phrase(_Leaf):
    """Tokens next to each other in order; with ``within`` N up to that many tokens may stand
    between them in all (``"a b"~N``), and in reverse order N-2."""

    text: str
    within: int | None = None


@dataclass(frozen=True, slots=True)
class Prefix(_Leaf):
    """A token that begins so: ``refund*``. ``text`` is without the star."""

    text: str


@dataclass(frozen=True, slots=True)
class Fuzzy(_Leaf):
    """A token at most one typing slip away: ``fuzzy:refund``."""

    text: str


@dataclass(frozen=True, slots=True)
class Lookalike(_Leaf):
    """A token that looks like a word, letters of other alphabets and digits in it:
    ``lookalike:acme``."""

    text: str


@dataclass(frozen=True, slots=True)
class Cased(_Leaf):
    """Tokens with the capitals as written: ``case:"US"``."""

    text: str


@dataclass(frozen=True, slots=True)
class Tag(_Leaf):
    """A whole ``#hashtag``, ``@handle`` or ``$cashtag``; ``name`` is without the sign."""

    sign: Literal["#", "@", "$"]
    name: str


@dataclass(frozen=True, slots=True)
class Operator(_Leaf):
    """``name:value``; ``name`` in small letters and by its main spelling (``is:retweet`` reads as
    ``is:repost``)."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Compare(_Leaf):
    """A count compared with a whole number: ``followers>1000``."""

    name: str
    sign: Comparison
    number: int


@dataclass(frozen=True, slots=True)
class Not:
    """What must not be."""

    part: "Node"


@dataclass(frozen=True, slots=True)
class And:
    """All of two or more; none of them an ``And``."""

    parts: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Or:
    """Any of two or more; none of them an ``Or``."""

    parts: tuple["Node", ...]


Term = Keyword | Phrase | Prefix | Fuzzy | Lookalike | Cased | Tag
"""What is looked for in the text (the post's own and what it quotes)."""

Leaf = Term | Operator | Compare
Node = Leaf | Not | And | Or


def terms_of(node: Node) -> Iterator[Term]:
    """The terms that a query wants, in order; what it does not want is left out."""
    match node:
        case And(parts) | Or(parts):
            for part in parts:
                yield from terms_of(part)
        case Not() | Operator() | Compare():
            return
        case _:
            yield node
