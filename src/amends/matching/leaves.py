"""The leaves of a query, each made of one piece of it."""

import regex

from amends.matching.errors import QueryError
from amends.matching.lexer import Piece
from amends.matching.nodes import (
    And,
    Cased,
    Compare,
    Comparison,
    Fuzzy,
    Keyword,
    Lookalike,
    Node,
    Operator,
    Phrase,
    Prefix,
    Tag,
)
from amends.matching.operators import (
    ALIASES,
    EXAMPLES,
    OPERATORS,
    Refused,
    refusal,
    value_of,
)
from amends.text import emoji, entities, is_number, normalise, token_spans, tokens

FARTHEST = 6
"""The most tokens that may stand between the words of a phrase."""
SHORTEST_FUZZY = 6
SHORTEST_LOOKALIKE = 3

_SIGNS = {"#": "#", "@": "@", "$": "$", "\uff03": "#", "\uff20": "@", "\uff04": "$"}
_COUNTED = regex.compile(
    r"(?P<name>[\p{L}_]+)(?P<sign>>=|<=|[><=\u2265\u2264])(?P<number>.*)", regex.DOTALL
)
_NUMBER = regex.compile(r"[0-9]{1,18}")
_RANGE = regex.compile(r"([0-9]{1,18})(?:\.\.([0-9]{1,18}))?")
_COMPARISONS: dict[str, Comparison] = {
    ">": ">", ">=": ">=", "<": "<", "<=": "<=", "=": "=", "\u2265": ">=", "\u2264": "<=",
}  # fmt: skip
_PREFIX = regex.compile(r"[^*]*[\p{L}\p{N}\p{M}]\*")
_TORN = regex.compile(r"(?:>=|<=|[><=\u2265\u2264])[0-9]+|[:\uff1a]@?[\p{L}\p{N}_.-]{2,}")
_NEAR = regex.compile(r".+~[0-9]*")


def word_leaf(piece: Piece) -> Node:
    """A keyword, an entity, a prefix or a comparison. Raises ``QueryError``."""
    word, at = piece.text, piece.at
    if word[0] in _SIGNS:
        return _tag(piece)
    counted = _COUNTED.fullmatch(word)
    if counted and (counted["name"].lower() == "followers" or _starts_number(counted["number"])):
        return _comparison(piece, counted)
    if "*" in word and tokens(word):
        return _prefix(piece)
    if _NEAR.fullmatch(word) and tokens(word):
        raise QueryError(
            f"{word[:40]}: ~ follows a phrase in quotes; for slips of typing write fuzzy:refund", at
        )
    if _TORN.fullmatch(word):
        raise QueryError(
            f"{word[:40]} stands apart from its operator; leave no blank in between: "
            "followers>1000, from:acme",
            at,
        )
    _check_words(word, at)
    return Keyword(word, at=_start(piece))


def phrase_leaf(piece: Piece) -> Node:
    """A phrase. Raises ``QueryError``."""
    _check_words(piece.text, piece.at)
    if piece.within is None:
        return Phrase(piece.text, at=_start(piece))
    if not piece.within:
        raise QueryError('~ needs a number up to 6 right after it: "acme refund"~4', piece.at)
    if len(piece.within) > 9 or int(piece.within) > FARTHEST:
        raise QueryError(f"~{piece.within[:20]} is too far; {FARTHEST} is the most", piece.at)
    return Phrase(piece.text, int(piece.within), at=_start(piece))


def operator_leaf(piece: Piece) -> Node:
    """An operator with its value. Raises ``QueryError``."""
    name = ALIASES.get(piece.name.lower(), piece.name.lower())
    if reason := refusal(name):
        raise QueryError(reason, piece.at)
    if name not in OPERATORS:
        raise QueryError(_unknown(piece), piece.at)
    if not piece.text.strip():
        raise QueryError(
            f"{name}: has no value; write {EXAMPLES[name]}, without a blank in it", piece.at
        )
    if name in ("followers", "followers_count", "min_followers"):
        return _followers(piece, name)
    if name == "fuzzy":
        return _fuzzy(piece)
    if name == "lookalike":
        return _lookalike(piece)
    if name == "case":
        _check_words(piece.text, piece.at)
        return Cased(piece.text, at=_start(piece))
    try:
        return Operator(name, value_of(name, piece.text), at=_start(piece))
    except Refused as error:
        raise QueryError(str(error), piece.at) from None


def _start(piece: Piece) -> int:
    return piece.at + piece.negated


def _unknown(piece: Piece) -> str:
    name = piece.name[:40]
    if name.lower() in ("http", "https"):
        return f'{name}: begins a link; write url:"{name}://acme.example" to find it'
    words = f"{name}:{piece.text[:40]}"
    return f'{name}: is no operator; put the words in quotes to find them: "{words}"'


def _starts_number(text: str) -> bool:
    return text[:1].isdigit()


def _check_words(text: str, at: int) -> None:
    if tokens(text) or emoji(normalise(text)):
        return
    if not text.strip():
        raise QueryError('The phrase is empty; write words in it: "acme air"', at)
    raise QueryError("The term holds no letter or digit; write a word, @handle or #hashtag", at)


def _tag(piece: Piece) -> Node:
    word = piece.text
    form, found = normalise(word), entities(normalise(word))
    sign = _SIGNS[word[0]]
    if len(found) == 1 and (found[0].start, found[0].end) == (0, len(form)):
        return Tag(sign, word[1:], at=_start(piece))  # type: ignore[arg-type]
    if len(form) < 2:
        raise QueryError(f"{sign} stands alone; write a name right after it: {sign}acme", piece.at)
    raise QueryError(
        f"{word[:40]} is no handle, hashtag or cashtag; write it like {sign}acme", piece.at
    )


def _comparison(piece: Piece, counted: regex.Match[str]) -> Node:
    name, number = counted["name"].lower(), counted["number"]
    if name != "followers":
        raise QueryError(
            f"{name[:40]}: is no operator; put the words in quotes, or write followers>1000",
            piece.at,
        )
    if not _NUMBER.fullmatch(number):
        said = f"{number[:20]} is no whole number" if number else "followers has no number"
        raise QueryError(f"{said}; write followers>1000", piece.at)
    return Compare("followers", _COMPARISONS[counted["sign"]], int(number), at=_start(piece))


def _followers(piece: Piece, name: str) -> Node:
    found, at = _RANGE.fullmatch(piece.text), _start(piece)
    if name == "followers" or found is None or (found[2] and name == "min_followers"):
        raise QueryError(
            f"{name}:{piece.text[:20]} cannot be read; write followers>1000 or "
            "followers_count:1000..5000",
            piece.at,
        )
    least = Compare("followers", ">=", int(found[1]), at=at)
    if not found[2]:
        return least
    return And((least, Compare("followers", "<=", int(found[2]), at=at)))


def _fuzzy(piece: Piece) -> Node:
    words = token_spans(normalise(piece.text))
    if len(words) != 1:
        raise QueryError("fuzzy: takes one word with blanks around it: fuzzy:refund", piece.at)
    if len(words[0].text) < SHORTEST_FUZZY:
        raise QueryError(
            f"{piece.text[:40]} is too short for fuzzy:, which takes words of six letters and "
            "more; write the word itself",
            piece.at,
        )
    return Fuzzy(piece.text, at=_start(piece))


def _lookalike(piece: Piece) -> Node:
    text = piece.text.strip()
    form = normalise(text)
    words = token_spans(form)
    if len(words) != 1 or words[0].text != form:
        raise QueryError(
            "lookalike: takes one word of letters and digits and nothing else: lookalike:acme",
            piece.at,
        )
    if is_number(form):
        raise QueryError(
            f"{text[:40]} holds no letter, and too much looks like a number; write a word: "
            "lookalike:acme",
            piece.at,
        )
    if sum(map(str.isalnum, form)) < SHORTEST_LOOKALIKE:
        raise QueryError(
            f"{text[:40]} is too short for lookalike:, which takes words of three letters "
            "and more; write the word itself",
            piece.at,
        )
    return Lookalike(text, at=_start(piece))


def _prefix(piece: Piece) -> Node:
    if not _PREFIX.fullmatch(piece.text):
        raise QueryError(
            f"{piece.text[:40]}: a star stands at the end of a word only; write refund*", piece.at
        )
    return Prefix(piece.text[:-1], at=_start(piece))
