"""Whether what a phrase says is denied, reported of somebody else, or said of oneself."""

import re

from amends.understanding.page import SOMEBODY

_NEGATING = (
    "no not never nobody none neither nor without cannot cant dont didnt doesnt wont isnt wasnt arent t "
    "nunca jamás tampoco sin nadie jamais sans aucun aucune ne nicht nie niemals kein keine keinen "
    "keinem keiner ohne não nem sem ninguém non mai senza nessuno nessun nessuna pas"
)
_TURNING = "but pero mais aber mas ma sondern however yet"
_ONESELF = "i we ive weve im ich wir je nous eu yo"
_ANYBODY = "you u they he she it who which that somebody someone nobody ihr sie vous ils"
_ACTING = "you u they he she who people staff ihr sie vous ils ustedes vosotros vocês eles voi loro"
NEGATORS = frozenset(_NEGATING.split())
_TURNS = frozenset(_TURNING.split())
_AFTERWARDS = (" nicht", " pas", " keineswegs")
_SELF = frozenset(_ONESELF.split())
_OTHERS = frozenset(_ANYBODY.split())
_PEOPLE = frozenset(_ACTING.split())
_WORDS = re.compile(r"[^\W_]+")
_NEAR = 60  # code points in which a denial is looked for
_REPORTING = re.compile(
    r"\b(?:he|she|they|people|some|someone|somebody|friend|friends|husband|wife|sister|brother|mother"
    r"|mum|mom|father|dad|boss|colleague|neighbou?r|customers?|article|daughter|son|man|woman|guy)\s"
    r"(?:\w+\s){0,3}?(?:say|says|said|saying|tells?|told|wants?|wanted|threaten\w*|is|are|was|were|keeps?"
    r"|would|might|plan\w*|call\w*)\b(?:\W+\w+){0,4}\W*\Z"
)


def denied(flat: str, start: int, end: int, near: int = 4) -> bool:
    """A word of denial stands in the same clause, at most ``near`` words before, or right behind
    where a language puts it there."""
    for word in _words_before(flat, start)[: -near - 1 : -1]:
        if word in _TURNS:
            break
        if word in NEGATORS:
            return True
    return any(flat.find(one, end, end + 25) >= 0 for one in _AFTERWARDS)


def reported(flat: str, start: int) -> bool:
    """Somebody else says, wants or does it."""
    sentence = flat[max(0, start - 80) : start].rpartition("\n")[2]
    return _REPORTING.search(sentence) is not None


def by_oneself(flat: str, start: int, *, bare: bool = False) -> bool:
    """The nearest person named before is the author: "I lost my bag". ``bare``: nobody named at all
    means the author too: "Lost my bag"."""
    sentence = flat[max(0, start - 40) : start].rpartition("\n")[2]
    words = _WORDS.findall(sentence)
    if bare and not words:
        return True
    for word in words[:-5:-1]:
        if word in _SELF:
            return True
        if word in _OTHERS or word[0] == SOMEBODY:
            return False
    return False


def done_by_others(flat: str, start: int) -> bool:
    """Somebody named right before does it: "you ignore your own rules"."""
    return not _PEOPLE.isdisjoint(_words_before(flat, start)[-2:])


def _words_before(flat: str, start: int) -> list[str]:
    """The words of the same clause before ``start``."""
    before = flat[max(0, start - _NEAR) : start]
    border = max(before.rfind("\n"), before.rfind(","), before.rfind(";"), before.rfind(":"))
    return _WORDS.findall(before, border + 1)
