"""Queries for those who write none: made from lists, and turned into words for a search."""

from collections.abc import Iterable, Sequence

import regex

from amends.matching.leaves import word_leaf
from amends.matching.lexer import RESERVED, Piece
from amends.matching.nodes import (
    And,
    Cased,
    Compare,
    Fuzzy,
    Keyword,
    Lookalike,
    Node,
    Not,
    Operator,
    Or,
    Phrase,
    Prefix,
    Tag,
)
from amends.matching.parser import parse
from amends.matching.printing import quoted
from amends.text import tokens

_PLAIN = regex.compile(r"[\p{L}\p{N}\p{M}]+")


def query_of(
    phrases: Iterable[str] = (), handles: Iterable[str] = (), hashtags: Iterable[str] = ()
) -> str:
    """The query that finds any of these. Signs may be left out; blank entries are skipped.

    Raises ``QueryError`` where nothing is left or an entry cannot be a term.
    """
    parts = [_quoted(phrase.strip()) for phrase in phrases if phrase.strip()]
    parts += [_entity("@" + name) for name in _bare(handles, "@\uff20")]
    parts += [_entity("#" + name) for name in _bare(hashtags, "#\uff03")]
    query = " OR ".join(dict.fromkeys(parts))
    parse(query)
    return query


def phrases_of(query: str) -> list[str]:
    """What a network's own search should be asked for, each once and without quotes.

    Every post that matches holds one of these in its text or its quote, as far as words can tell:
    of terms that must all be there the rarest-looking one is asked for, of alternatives each.
    Where an alternative has no word of its own (``from:acme``), the others remain; a prefix, a
    fuzzy word and one with look-alikes are asked for as they stand. Empty where no word is asked for at all.
    """
    found = _searched(parse(query))
    return [] if found is None else list(dict.fromkeys(found.phrases))


class _Search:
    """Phrases any of which a post must hold; ``whole`` is false where some post may be missed."""

    def __init__(self, phrases: Sequence[str], *, whole: bool) -> None:
        self.phrases = phrases
        self.whole = whole

    def rank(self) -> tuple[bool, int, int]:
        """The better the lower: nothing missed, few searches, long phrases."""
        return not self.whole, len(self.phrases), -min(len(one) for one in self.phrases)


def _searched(node: Node) -> _Search | None:
    match node:
        case Or(parts):
            sides = [_searched(part) for part in parts]
            found = [side for side in sides if side is not None]
            phrases = [phrase for side in found for phrase in side.phrases]
            whole = len(found) == len(sides) and all(side.whole for side in found)
            return _Search(phrases, whole=whole) if found else None
        case And(parts):
            some = (_searched(part) for part in parts)
            return min((one for one in some if one), key=_Search.rank, default=None)
        case Tag(sign, name):
            return _Search([sign + name], whole=True)
        case Phrase(text, within) if within is not None:
            return _Search([max(tokens(text) or [text], key=len)], whole=True)
        case Keyword(text) | Phrase(text) | Cased(text):
            return _Search([text], whole=True)
        case Prefix(text) | Fuzzy(text) | Lookalike(text):
            return _Search([text], whole=False)
        case Operator() | Compare() | Not():
            return None


def _bare(names: Iterable[str], signs: str) -> Sequence[str]:
    return [name for name in (text.strip().lstrip(signs) for text in names) if name]


def _entity(word: str) -> str:
    word_leaf(Piece("word", 0, word))  # raises where it is anything but one entity
    return word


def _quoted(phrase: str) -> str:
    return phrase if _PLAIN.fullmatch(phrase) and phrase not in RESERVED else quoted(phrase)
