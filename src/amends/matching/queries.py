"""Reading a query: terms joined by upper-case OR.

This is the door of the query language. Today a term is a keyword, an ``"exact phrase"``, an
``@handle``, a ``#hashtag`` or a ``$cashtag``; everything else is refused by name, so that no query
means something else later.
"""

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple

import regex

from amends.terms import BadInput
from amends.text import entities, normalise, token_spans

OPERATORS = frozenset(
    {"from", "to", "url", "url_contains", "lang", "is", "has", "network", "followers", "fuzzy"}
    | {"case", "retweets_of", "conversation_id", "in_reply_to_tweet_id", "bio"}
)
_REFUSED = frozenset({"sample", "context", "entity", "place"})
_QUOTES = '"\u201c\u201d'
_PIECE = regex.compile(
    rf"(?P<quoted>[{_QUOTES}](?P<inside>(?:\\.|[^\\{_QUOTES}])*)(?P<end>[{_QUOTES}]?))(?P<tail>[^\s()]*)"
    rf"|(?P<bracket>[()])|(?P<word>[^\s(){_QUOTES}]+)",
    regex.DOTALL,
)
_OPERATOR = regex.compile(r"(?P<name>[A-Za-z_]+)(?::|(?=[<>]=?\d))")
_PLAIN = regex.compile(r"[\p{L}\p{N}\p{M}]+")


class QueryError(BadInput):
    """A query that cannot be read. ``position`` is a 0-based code-point offset in it."""

    def __init__(self, reason: str, position: int) -> None:
        super().__init__(f"{reason} (position {position})")
        self.reason = reason
        self.position = position


class Term(NamedTuple):
    """One term. ``words`` are normalised tokens, or one entity with its sign.

    ``text`` is the term as it stands in the query, without quotes. ``glued[i]`` says that words i
    and i+1 have nothing between them, as in scripts without blanks.
    """

    text: str
    words: tuple[str, ...]
    glued: tuple[bool, ...]

    @property
    def is_entity(self) -> bool:
        return self.words[0][0] in "@#$"


def parse(query: str) -> list[Term]:
    """The terms of a query, any of which is enough. Raises ``QueryError``."""
    terms: list[Term] = []
    after_or, last = True, 0
    for piece in _PIECE.finditer(query):
        last = piece.start()
        if piece["word"] == "OR":
            if after_or:
                raise QueryError("OR needs a term before it; write: acme OR @acme", last)
            after_or = True
            continue
        term = _term(piece)
        if not after_or:
            raise QueryError(
                'Two terms side by side are not supported yet; write "two words" in quotes or put '
                "OR between them",
                last,
            )
        terms.append(term)
        after_or = False
    if not terms:
        raise QueryError('The query is empty; write for example: acme OR "acme air" OR @acme', 0)
    if after_or:
        raise QueryError("OR needs a term after it; write one or take the OR away", last)
    return terms


def query_of(
    phrases: Iterable[str] = (), handles: Iterable[str] = (), hashtags: Iterable[str] = ()
) -> str:
    """The query that finds any of these. Signs may be left out; blank entries are skipped.

    Raises ``QueryError`` where nothing is left or an entry cannot be a term.
    """
    parts = [_quoted(phrase.strip()) for phrase in phrases if phrase.strip()]
    parts += ["@" + name for name in _bare(handles, "@\uff20")]
    parts += ["#" + name for name in _bare(hashtags, "#\uff03")]
    query = " OR ".join(dict.fromkeys(parts))
    parse(query)
    return query


def phrases_of(query: str) -> list[str]:
    """What a network's own search should be asked for: each term without quotes, once."""
    return list(dict.fromkeys(term.text for term in parse(query)))


def _bare(names: Iterable[str], signs: str) -> Sequence[str]:
    return [name for name in (text.strip().lstrip(signs) for text in names) if name]


def _quoted(phrase: str) -> str:
    if _PLAIN.fullmatch(phrase) and phrase != "OR":
        return phrase
    return '"' + regex.sub(rf"([\\{_QUOTES}])", r"\\\1", phrase) + '"'


def _term(piece: regex.Match[str]) -> Term:
    at = piece.start()
    if piece["bracket"]:
        raise QueryError("Brackets are not supported yet; join terms by OR", at)
    if piece["quoted"]:
        return _phrase(piece)
    word = piece["word"]
    if word[0] in "@#$\uff20\uff03\uff04":
        return _entity(word, at)
    _refuse_operator(word, at)
    return _words(word, at)


def _phrase(piece: regex.Match[str]) -> Term:
    at = piece.start()
    if not piece["end"]:
        raise QueryError('The quote is not closed; write "acme air" with a quote at each end', at)
    if piece["tail"]:
        tail = piece["tail"]
        said = "~N after a phrase is not supported yet" if tail[0] == "~" else f"{tail[:20]} sticks"
        raise QueryError(f"{said}; leave a blank after the closing quote", piece.start("tail"))
    return _words(regex.sub(r"\\(.)", r"\1", piece["inside"], flags=regex.DOTALL), at)


def _entity(word: str, at: int) -> Term:
    form = normalise(word)
    found = entities(form)
    if len(found) == 1 and (found[0].start, found[0].end) == (0, len(form)):
        return Term(word, (found[0].names[0],), ())
    if len(form) < 2:
        raise QueryError(f"{word} stands alone; write a name right after it: {form}acme", at)
    raise QueryError(
        f"{word[:40]} is no handle, hashtag or cashtag; write it like {form[0]}acme", at
    )


def _refuse_operator(word: str, at: int) -> None:
    if word[0] == "-":
        raise QueryError("A dash (not) is not supported yet; put the word in quotes to find it", at)
    if word.endswith("*"):
        raise QueryError(f"{word[:40]} with * is not supported yet; write the words out", at)
    found = _OPERATOR.match(word)
    if found is None:
        return
    name = found["name"].lower()
    if name in _REFUSED:
        raise QueryError(f"{name}: asks what other networks cannot answer; leave it out", at)
    known = name in OPERATORS
    said = "is not supported yet" if known else "is no operator"
    raise QueryError(f"{name}: {said}; put it in quotes to find the words", at)


def _words(text: str, at: int) -> Term:
    found = token_spans(normalise(text))
    if not found:
        raise QueryError("The term holds no letter or digit; write a word, @handle or #hashtag", at)
    glued = tuple(left.end == right.start for left, right in pairwise(found))
    return Term(text, tuple(word.text for word in found), glued)
