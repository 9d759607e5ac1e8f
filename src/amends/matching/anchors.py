"""Tokens by which a query is found among many: one of them lies in every post that matches."""

from collections.abc import Iterator
from typing import TypeGuard

from amends.matching.nodes import And, Cased, Keyword, Leaf, Node, Not, Or, Phrase, Tag, Term
from amends.matching.terms import pattern_of


def anchors_of(node: Node) -> frozenset[str] | None:
    """Tokens one of which every match holds in its text or quote; None where there are none."""
    match node:
        case Or(parts):
            sides = [anchors_of(part) for part in parts]
            known = [side for side in sides if side is not None]
            return frozenset().union(*known) if len(known) == len(sides) else None
        case And(parts):
            some = [found for part in parts if (found := anchors_of(part)) is not None]
            return min(some, key=_broadness, default=None)
        case Keyword(text) | Phrase(text) | Cased(text) | Tag(_, text):
            words = pattern_of(text).words
            return frozenset({max(words, key=len)}) if words else None
        case _:
            return None


def terms_of(node: Node) -> Iterator[Term]:
    """The terms that a query wants, in order; what it does not want is left out."""
    match node:
        case And(parts) | Or(parts):
            for part in parts:
                yield from terms_of(part)
        case Not():
            return
        case _ if is_term(node):
            yield node


def is_term(leaf: Leaf) -> TypeGuard[Term]:
    """Whether a leaf is looked for in the text."""
    return isinstance(leaf, Term)


def _broadness(anchors: frozenset[str]) -> tuple[int, int]:
    return len(anchors), -min(map(len, anchors))
