"""Reading a query: pieces become a tree.

expression := side ("OR" side)*    side := part part*    part := "-"? (term | "(" expression ")")
"""

from collections.abc import Iterable, Iterator

from amends.matching.errors import QueryError
from amends.matching.leaves import operator_leaf, phrase_leaf, word_leaf
from amends.matching.lexer import Piece, pieces
from amends.matching.nodes import And, Leaf, Node, Not, Operator, Or
from amends.matching.operators import NEEDS_COMPANY

DEEPEST = 50
"""How many groups may lie in each other."""


def parse(query: str) -> Node:
    """The tree that a query is. Raises ``QueryError`` with the place and what to write."""
    reader = _Reader(pieces(query))
    first = reader.here()
    node = reader.expression(0)
    if left := reader.here():
        raise QueryError("This bracket closes nothing; take it away or open one", left.at)
    if first is not None and not _wants_something(node):
        raise QueryError(
            "The query only says what must not be; add what to look for: acme -refund", first.at
        )
    _check_leaves(node)
    return node


class _Reader:
    """Pieces one after another, so that the first thing wrong is the one told."""

    def __init__(self, found: Iterator[Piece]) -> None:
        self._rest = found
        self._here = next(found, None)

    def here(self) -> Piece | None:
        return self._here

    def skip(self) -> None:
        self._here = next(self._rest, None)

    def expression(self, depth: int) -> Node:
        """Everything up to a closing bracket or the end."""
        sides: list[tuple[Node, int]] = []
        joint: Piece | None = None
        while True:
            side = self._side(depth, joint)
            sides.append(side)
            joint = self.here()
            if joint is None or joint.kind != "or":
                break
            self.skip()
        if len(sides) == 1:
            return sides[0][0]
        for node, at in sides:
            if not _wants_something(node):
                raise QueryError(
                    "A side of OR only says what must not be; write the dash outside: "
                    "acme -(refund OR late)",
                    at,
                )
        return Or(tuple(_flat((node for node, _ in sides), Or)))

    def _side(self, depth: int, joint: Piece | None) -> tuple[Node, int]:
        begin = self.here()
        parts: list[Node] = []
        while (piece := self.here()) and piece.kind not in ("or", "close"):
            parts.append(self._part(piece, depth))
        if not parts or begin is None:
            raise _nothing(joint, self.here())
        flat = list(_flat(parts, And))
        return (flat[0] if len(flat) == 1 else And(tuple(flat))), begin.at

    def _part(self, piece: Piece, depth: int) -> Node:
        if piece.kind == "open":
            self.skip()
            node = self._group(piece, depth + 1)
        else:
            node = _leaf(piece)
            self.skip()
        if not piece.negated:
            return node
        if not _wants_something(node):
            raise QueryError(
                "Two dashes cancel each other out; a group behind a dash needs something "
                "without one",
                piece.at,
            )
        return Not(node)

    def _group(self, opened: Piece, depth: int) -> Node:
        if depth > DEEPEST:
            raise QueryError(
                f"More than {DEEPEST} groups lie in each other; write fewer brackets", opened.at
            )
        first = self.here()
        if first is not None and first.kind == "close":
            raise QueryError("The group is empty; write a term in it or take it away", opened.at)
        if first is None:
            raise _unclosed(opened)
        node = self.expression(depth)
        if self.here() is None:
            raise _unclosed(opened)
        self.skip()
        return node


def _leaf(piece: Piece) -> Node:
    if piece.kind == "phrase":
        return phrase_leaf(piece)
    return operator_leaf(piece) if piece.kind == "operator" else word_leaf(piece)


def _unclosed(opened: Piece) -> QueryError:
    return QueryError("The bracket is not closed; write ) where the group ends", opened.at)


def _nothing(joint: Piece | None, here: Piece | None) -> QueryError:
    if here is not None and here.kind == "or":
        return QueryError("OR needs a term before it; write: acme OR @acme", here.at)
    if joint is not None:
        return QueryError("OR needs a term after it; write one or take the OR away", joint.at)
    if here is not None:
        return QueryError("This bracket closes nothing; take it away or open one", here.at)
    return QueryError('The query is empty; write for example: acme OR "acme air" OR @acme', 0)


def _flat(parts: Iterable[Node], kind: type[And] | type[Or]) -> Iterable[Node]:
    for part in parts:
        if isinstance(part, kind):
            yield from part.parts
        else:
            yield part


def _wants_something(node: Node) -> bool:
    if isinstance(node, And):
        return any(_wants_something(part) for part in node.parts)
    if isinstance(node, Or):
        return all(_wants_something(part) for part in node.parts)
    return not isinstance(node, Not)


def _check_leaves(node: Node) -> None:
    found = list(_dashed(node, 0))
    for leaf, dashes in found:
        if dashes % 2 == 0 and isinstance(leaf, Operator) and (leaf.name, leaf.value) == _NULLCAST:
            raise QueryError("is:nullcast stands behind a dash only; write -is:nullcast", leaf.at)
    wanted = [leaf for leaf, dashes in found if dashes == 0]
    if all(isinstance(leaf, Operator) and leaf.name in NEEDS_COMPANY for leaf in wanted):
        raise QueryError(
            "is:, has: and lang: alone match too much; add a word, a phrase or an account",
            min(leaf.at for leaf in wanted),
        )


_NULLCAST = ("is", "nullcast")


def _dashed(node: Node, dashes: int) -> Iterable[tuple[Leaf, int]]:
    """Every leaf, and how many dashes stand before it and before the groups around it."""
    if isinstance(node, Not):
        yield from _dashed(node.part, dashes + 1)
    elif isinstance(node, And | Or):
        for part in node.parts:
            yield from _dashed(part, dashes)
    else:
        yield node, dashes
