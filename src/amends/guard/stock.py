"""Stock phrases: replies that could be sent to anybody.

A sentence is stock where every word of it is one that companies say to everybody. A reply is stock
where all its sentences are, two moves of the usual dance are in it (sorry, thanks, we will look into
it, you matter to us), and it asks nothing, names no way to go on and takes up no word of the post.
"""

import re
from functools import cache
from importlib import resources
from typing import NamedTuple

from amends.guard.page import Page

_WORD = re.compile(r"[^\W_]+")
_SIGNED = re.compile(r"(?:\^|\*|/|~|--?|\u2014|\u2013)\s?[^\W\d_]{1,20}\.?\W*$")
_GREETED = re.compile(
    r"^\W*(?:hi|hey|hello|dear|hola|hallo|bonjour|ol\u00e1|ciao|hoi|estimad[oa]|liebe[r]?|cher|ch\u00e8re|caro|cara|prezad[oa]"
    r"|gentile|beste)\b[^\n,.!:]{0,40}[,.!:]"
)
_FEWEST_WORDS = 6
_MOST_NAMES = 5
MOVES = ("sorry", "thanks", "look into", "you matter", "above all", "elsewhere")


class Stock(NamedTuple):
    """``moves`` are the names of the usual moves found; ``share`` is the part of the words that are
    stock, in [0, 1]."""

    moves: frozenset[str]
    share: float


@cache
def _vocabulary() -> tuple[frozenset[str], dict[str, re.Pattern[str]]]:
    file = resources.files("amends.guard").joinpath("phrases", "stock.txt")
    words: set[str] = set()
    moves: dict[str, re.Pattern[str]] = {}
    for line in file.read_text("utf-8").splitlines():
        kind, _, said = line.partition(":")
        if kind == "words":
            words.update(said.split())
        elif kind in MOVES:
            listed = "|".join(re.escape(one.strip()) for one in said.split("|"))
            moves[kind] = re.compile(rf"\b(?:{listed})")
    return frozenset(words), moves


def stock_share(page: Page, least: float = 0.0) -> Stock:
    """How much of a reply is stock; moves are looked for where the share is ``least`` or more."""
    known, moves = _vocabulary()
    # Names of greetings and signatures are few: what stays under the mark with them is not stock.
    rough = sum(word in known for word in page.words) + _MOST_NAMES
    if rough < least * len(page.words) or len(page.words) < _FEWEST_WORDS:
        return Stock(frozenset(), 0.0)
    flat = _GREETED.sub(" ", _SIGNED.sub(" ", page.flat.strip()))
    words = _WORD.findall(flat)
    if len(words) < _FEWEST_WORDS:
        return Stock(frozenset(), 0.0)
    share = sum(word in known for word in words) / len(words)
    if share < least:
        return Stock(frozenset(), share)
    return Stock(frozenset(name for name, move in moves.items() if move.search(flat)), share)


def shared_words(page: Page, post: str) -> frozenset[str]:
    """Beginnings of words that both the reply and the post (folded) hold, stock words aside."""
    if not post:
        return frozenset()
    known, _ = _vocabulary()
    mine = {_stem(word) for word in page.words if len(word) > 3 and word not in known}
    return frozenset(mine & _content(post))


def _content(post: str) -> frozenset[str]:
    known, _ = _vocabulary()
    return frozenset(
        _stem(word) for word in _WORD.findall(post) if len(word) > 3 and word not in known
    )


def _stem(word: str) -> str:
    return word[:5]
