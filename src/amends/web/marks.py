"""Texts for the screen: what they hide is shown, and the words that matter are marked."""

from collections.abc import Iterable
from typing import NamedTuple

from amends.matching import Matcher
from amends.text import mark_hidden


class Piece(NamedTuple):
    """A run of a text, safe to escape and show; ``hit`` where it is to be highlighted."""

    text: str
    hit: bool


def pieces(text: str, spans: Iterable[tuple[int, int]]) -> list[Piece]:
    """The text in runs, in order. ``spans`` are code-point offsets and may overlap."""
    cut: list[Piece] = []
    at = 0
    for start, end in _joined(spans):
        cut += [Piece(text[at:start], False), Piece(text[start:end], True)]
        at = end
    cut.append(Piece(text[at:], False))
    return [Piece(mark_hidden(piece.text), piece.hit) for piece in cut if piece.text]


def marked(text: str, matcher: Matcher) -> list[Piece]:
    """The text with the words marked that the matcher's queries found."""
    return pieces(text, ((hit.start, hit.end) for hit in matcher.explain(text)))


def _joined(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    joined: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined
