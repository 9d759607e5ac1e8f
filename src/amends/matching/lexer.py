"""A query cut into its pieces: words, phrases, brackets, dashes and OR."""

from collections.abc import Iterator
from typing import Literal, NamedTuple

import regex

from amends.matching.errors import QueryError

QUOTES = '"\u201c\u201d\uff02'
OPENING, CLOSING = "(\uff08", ")\uff09"
RESERVED = frozenset({"OR", "AND", "NOT"})
"""Words that must stand in quotes to be found, written in capitals."""

_BREAK = rf"\s{QUOTES}{OPENING}{CLOSING}"
_SKIPPED = regex.compile(r"[\s\p{Default_Ignorable_Code_Point}]+")
_HIDDEN = regex.compile(r"\p{Default_Ignorable_Code_Point}+")
_WORD = regex.compile(rf"[^{_BREAK}]+")
_QUOTED = regex.compile(
    rf"[{QUOTES}](?P<inside>(?:\\.|[^\\{QUOTES}])*+)(?P<end>[{QUOTES}]?)", regex.DOTALL
)
_ESCAPED = regex.compile(r"\\(.)", regex.DOTALL)
_OPERATOR = regex.compile(r"(?P<name>[\p{L}_][\p{L}\p{N}_]*)[:\uff1a]")
_WITHIN = regex.compile(r"~([0-9]*)")
_TAIL = regex.compile(rf"[^\s{OPENING}{CLOSING}]+")
_DASHES = "\u2010\u2011\u2012\u2013\u2014\u2212\uff0d"

Kind = Literal["word", "phrase", "operator", "open", "close", "or"]


class Piece(NamedTuple):
    """``text`` is a word as it stands, what quotes hold, or the value of an operator.

    ``at`` is where it begins, its dash included if it is ``negated``. ``name`` is an operator's,
    as written. ``within`` is what follows ``~`` after a phrase: "" where nothing does, None
    without ``~``.
    """

    kind: Kind
    at: int
    text: str = ""
    name: str = ""
    within: str | None = None
    negated: bool = False


def pieces(query: str) -> Iterator[Piece]:
    """The pieces of a query in order. Raises ``QueryError`` for what cannot be a piece."""
    at = 0
    while at < len(query):
        if skipped := _SKIPPED.match(query, at):
            at = skipped.end()
        elif query[at] == "-":
            piece, at = _negated(query, at)
            yield piece
        else:
            piece, at = _next(query, at)
            yield piece


def _negated(query: str, dash: int) -> tuple[Piece, int]:
    hidden = _HIDDEN.match(query, dash + 1)
    at = hidden.end() if hidden else dash + 1
    if at < len(query) and query[at] == "-":
        raise QueryError("Two dashes cancel each other out; write one, or none", dash)
    if at == len(query) or query[at].isspace() or query[at] in CLOSING:
        raise QueryError(
            "The dash has nothing after it; write it in front of a word: -refund", dash
        )
    try:
        piece, end = _next(query, at)
    except QueryError as error:
        raise QueryError(error.reason, dash if error.position == at else error.position) from None
    if piece.kind == "or":
        raise QueryError(
            "The dash has nothing after it; write it in front of a word: -refund", dash
        )
    return piece._replace(at=dash, negated=True), end


def _next(query: str, at: int) -> tuple[Piece, int]:
    here = query[at]
    if here in OPENING:
        return Piece("open", at), at + 1
    if here in CLOSING:
        return Piece("close", at), at + 1
    if here in QUOTES:
        return _phrase(query, at)
    return _word(query, at)


def _word(query: str, at: int) -> tuple[Piece, int]:
    found = _WORD.match(query, at)
    assert found is not None  # noqa: S101 (what breaks a word was looked at before)
    word, end = found.group(), found.end()
    bare = _HIDDEN.sub("", word)
    if bare in RESERVED:
        return _reserved(bare, at), end
    if word[0] in _DASHES and len(word) > 1:
        raise QueryError(
            f"{word[:40]} begins with a dash of another kind; write a plain one: -{word[1:40]}", at
        )
    named = _OPERATOR.match(word)
    if named and named.end() == len(word) and end < len(query) and query[end] in QUOTES:
        value, end = _closed(query, end, at)
        _check_end(query, end)
        return Piece("operator", at, value, named["name"]), end
    if end < len(query) and query[end] in QUOTES:
        _closed(query, end, end)
        raise QueryError("The quote sticks to a word; leave a blank before it", end)
    if named:
        return Piece("operator", at, word[named.end() :], named["name"]), end
    return Piece("word", at, word), end


def _reserved(word: str, at: int) -> Piece:
    if word == "OR":
        return Piece("or", at)
    if word == "AND":
        said = 'A blank already means AND; leave AND out, or write "and" in quotes to find it'
    else:
        said = 'Write a dash for NOT, such as -refund, or "not" in quotes to find the word'
    raise QueryError(said, at)


def _phrase(query: str, at: int) -> tuple[Piece, int]:
    inside, end = _closed(query, at, at)
    within = None
    if near := _WITHIN.match(query, end):
        within, end = near[1], near.end()
    if within != "":
        _check_end(query, end)
    return Piece("phrase", at, inside, within=within), end


def _closed(query: str, quote: int, at: int) -> tuple[str, int]:
    found = _QUOTED.match(query, quote)
    if found is None or not found["end"]:
        raise QueryError('The quote is not closed; write "acme air" with a quote at each end', at)
    return _ESCAPED.sub(r"\1", found["inside"]), found.end()


def _check_end(query: str, end: int) -> None:
    tail = _TAIL.match(query, end)
    if tail and _HIDDEN.sub("", tail.group()):
        raise QueryError(f"{tail.group()[:20]} sticks; leave a blank after the closing quote", end)
