"""What a query is on X: the rule of a filtered stream that hands over all it matches.

Such a rule may hand over more than the query asks for, never less: what comes is matched again
here. What X cannot say is left out of the rule where that only widens it.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import regex

from amends.matching.languages import on_x
from amends.matching.nodes import (
    And,
    Cased,
    Compare,
    Fuzzy,
    Keyword,
    Leaf,
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
from amends.matching.printing import render, render_leaf
from amends.terms import BadInput
from amends.text import UNSPACED, emoji, normalise, tokens

LONGEST = 1024
"""Characters of a rule on X, blanks and operators included."""

_USER = regex.compile(r"[A-Za-z0-9_]{1,15}|[0-9]{1,19}")
_NUMBER = regex.compile(r"[0-9]{1,19}")
_SIMPLE = regex.compile(r"[\p{L}\p{N}\p{M}]+")
_UNSPACED = regex.compile(rf"(?V1)[{UNSPACED}]")
_CHINESE = Or((Operator("lang", "zh-cn"), Operator("lang", "zh-tw")))
_AMBIGUOUS = frozenset({"or", "and", "not"})


class NotOnX(BadInput):
    """A query for which X has no rule; the sentence says why and what would help."""


class XRule(NamedTuple):
    """``exact`` says that X hands over just what matches here, as far as X documents it.

    ``notes`` are sentences: what the rule leaves out, and that it is too long where it is.
    """

    rule: str
    exact: bool
    notes: tuple[str, ...]

    @property
    def fits(self) -> bool:
        """Whether X takes a rule of this length."""
        return len(self.rule) <= LONGEST


def x_rule(query: str) -> XRule:
    """The rule for a query. Raises ``QueryError``, and ``NotOnX`` where there is none."""
    notes: dict[str, None] = {}
    rule = _said(parse(query), notes)
    exact = not notes
    if len(rule) > LONGEST:
        notes[f"The rule has {len(rule):,} characters; X takes {LONGEST:,}. Split it at an OR."] = (
            None
        )
    return XRule(rule, exact, tuple(notes))


def compile_x(node: Node) -> str:
    """The text of the rule for a query. Raises ``NotOnX`` where there is none."""
    return _said(node, {})


def _said(node: Node, notes: dict[str, None]) -> str:
    found = _widened(node, notes)
    if found is True:
        raise NotOnX(f"X has no rule for this query. {' '.join(notes)}")
    if found is False:
        raise NotOnX(
            "Nothing on X matches this query: it asks for another network or its accounts."
        )
    if not _standalone(found):
        raise NotOnX(
            "X refuses what is left of this query, for it matches too much: add a word, a phrase "
            f"or an account. {' '.join(notes)}".rstrip()
        )
    return _printed(found)


class _Saying(NamedTuple):
    """A part of a rule on X; ``alone`` says that X takes it without company."""

    text: str
    alone: bool = True


class _All(NamedTuple):
    parts: "tuple[_Rule, ...]"


class _Any(NamedTuple):
    parts: "tuple[_Rule, ...]"


class _No(NamedTuple):
    part: _Saying


_Rule = _Saying | _All | _Any | _No
_Sayable = _Rule | bool
"""A part of a rule, or what is always (True) or never (False) so on X."""


def _widened(node: Node, notes: dict[str, None]) -> _Sayable:
    """The narrowest rule that holds wherever the node holds."""
    match node:
        case Operator("lang", "zh"):
            return _widened(_CHINESE, notes)
        case And(parts):
            return _all([_widened(part, notes) for part in parts])
        case Or(parts):
            return _any([_widened(part, notes) for part in parts])
        case Not(part):
            return _denied(part, notes)
        case _:
            said = _leaf(node)
            if said.note:
                notes[said.note] = None
            return said.wide


def _denied(node: Node, notes: dict[str, None]) -> _Sayable:
    """The narrowest rule that holds wherever the node does not hold."""
    match node:
        case Operator("lang", "zh"):
            return _denied(_CHINESE, notes)
        case Or(parts):
            return _all([_denied(part, notes) for part in parts])
        case Not(part):
            return _widened(part, notes)
        case And():
            notes[f"X negates no groups, so -({render(node)}) is left out."] = None
            return True
        case _:
            said = _leaf(node)
            if said.note:
                notes[said.note if said.narrow else _left_out(Not(node))] = None
            narrow = said.narrow
            return _No(narrow) if isinstance(narrow, _Saying) else not narrow


def _all(parts: Sequence[_Sayable]) -> _Sayable:
    if any(part is False for part in parts):
        return False
    said = [part for part in parts if not isinstance(part, bool)]
    flat = [one for part in said for one in (part.parts if isinstance(part, _All) else (part,))]
    return (flat[0] if len(flat) == 1 else _All(tuple(flat))) if flat else True


def _any(parts: Sequence[_Sayable]) -> _Sayable:
    said = [part for part in parts if not isinstance(part, bool)]
    if True in parts or not all(map(_wanted, said)):
        return True
    return (said[0] if len(said) == 1 else _Any(tuple(said))) if said else False


def _standalone(rule: _Rule) -> bool:
    match rule:
        case _All(parts):
            return any(_standalone(part) for part in parts)
        case _Any(parts):
            return any(_standalone(part) for part in parts)
        case _No():
            return False
        case _Saying():
            return rule.alone


def _wanted(rule: _Rule) -> bool:
    """Whether a side of OR wants something; X takes none that only says what must not be."""
    match rule:
        case _All(parts):
            return any(_wanted(part) for part in parts)
        case _No():
            return False
        case _:
            return True


def _printed(rule: _Rule) -> str:
    match rule:
        case _All(parts):
            return " ".join(
                f"({_printed(part)})" if isinstance(part, _Any) else _printed(part)
                for part in parts
            )
        case _Any(parts):
            return " OR ".join(_printed(part) for part in parts)
        case _No(part):
            return "-" + part.text
        case _Saying(text):
            return text


class _Meaning(NamedTuple):
    """A leaf on X: the rule that is never narrower, the one never wider, and how they differ."""

    wide: _Saying | bool
    narrow: _Saying | bool
    note: str = ""


def _exactly(text: str, *, alone: bool = True) -> _Meaning:
    said = _Saying(text, alone)
    return _Meaning(said, said)


def _wider(text: str, note: str, *, alone: bool = True) -> _Meaning:
    return _Meaning(_Saying(text, alone), narrow=False, note=note)


_NEVER = _Meaning(wide=False, narrow=False)
_ALWAYS = _Meaning(wide=True, narrow=True)


def _unsaid(leaf: Leaf) -> _Meaning:
    return _Meaning(wide=True, narrow=False, note=_left_out(leaf))


def _left_out(leaf: Node) -> str:
    return f"X cannot say {render(leaf)}, so the rule leaves it out."


def _leaf(leaf: Leaf) -> _Meaning:
    match leaf:
        case Keyword(text) | Phrase(text, None):
            return _words(text)
        case Phrase(text, within):
            return _exactly(f"{_quoted(text)}~{within}") if within else _words(text)
        case Cased(text):
            return _wider(_worded(text), f"X ignores capitals, so {render_leaf(leaf)} finds more.")
        case Tag("@", name) if not _USER.fullmatch(name):
            return _NEVER
        case Tag(sign, name):
            return _exactly(sign + name)
        case Compare(_, sign, number):
            return _count(sign, number)
        case Operator(name, value):
            return _OPERATORS[name](leaf, value)
        case Prefix() | Fuzzy() | Lookalike():
            return _unsaid(leaf)


def _words(text: str) -> _Meaning:
    said = _Saying(_worded(text))
    if _UNSPACED.search(normalise(text)):
        return _Meaning(said, said, f"X may miss {text} inside text written without blanks.")
    return _Meaning(said, said)


def _worded(text: str) -> str:
    if not tokens(text):
        return text if emoji(text) == [text] else _quoted(text)
    plain = _SIMPLE.fullmatch(text) and text.lower() not in _AMBIGUOUS
    return text if plain else _quoted(text)


def _quoted(text: str) -> str:
    inside = text.replace("\\", " ").replace('"', '\\"')
    return f'"{inside}"'


def _count(sign: str, number: int) -> _Meaning:
    least, most = {
        ">": (number + 1, None),
        ">=": (number, None),
        "<": (0, number - 1),
        "<=": (0, number),
        "=": (number, number),
    }[sign]
    if most is None:
        return _exactly(f"followers_count:{least}")
    return _exactly(f"followers_count:{least}..{most}") if most >= least else _NEVER


def _plain(leaf: Operator, value: str) -> _Meaning:
    return _exactly(f"{leaf.name}:{_quoted(value)}")


def _user(leaf: Operator, value: str) -> _Meaning:
    return _exactly(f"{leaf.name}:{value}") if _USER.fullmatch(value) else _NEVER


def _number(leaf: Operator, value: str) -> _Meaning:
    return _exactly(f"{leaf.name}:{value}") if _NUMBER.fullmatch(value) else _NEVER


def _network(_leaf: Operator, value: str) -> _Meaning:
    return _ALWAYS if value in ("x", "twitter") else _NEVER


def _language(leaf: Operator, value: str) -> _Meaning:
    tag, whole = on_x(value)
    if not tag:
        return _unsaid(leaf)
    if whole:
        return _exactly(f"lang:{tag}", alone=False)
    return _wider(f"lang:{tag}", f"X knows no {render_leaf(leaf)}, only lang:{tag}.", alone=False)


def _is(_leaf: Operator, value: str) -> _Meaning:
    if value == "reply":
        return _wider(
            "is:reply", "X counts quotes and reposts of replies as replies too.", alone=False
        )
    return _exactly(f"is:{'retweet' if value == 'repost' else value}", alone=False)


def _has(_leaf: Operator, value: str) -> _Meaning:
    if value == "links":
        return _wider("has:links", "X counts attached pictures as links too.", alone=False)
    return _exactly(f"has:{'video_link' if value == 'videos' else value}", alone=False)


_OPERATORS: dict[str, Callable[[Operator, str], _Meaning]] = {
    "from": _user,
    "to": _user,
    "retweets_of": _user,
    "url": _plain,
    "url_contains": _plain,
    "bio": _plain,
    "bio_name": _plain,
    "lang": _language,
    "network": _network,
    "is": _is,
    "has": _has,
    "conversation_id": _number,
    "in_reply_to_tweet_id": _number,
    "retweets_of_tweet_id": _number,
}
