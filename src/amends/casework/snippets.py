"""Snippets: parts of replies with places that are filled in from the case.

A snippet is a part and no whole answer: what is written with it passes the guard like any reply. A
place for which nothing is known becomes a blank that everybody sees, which the guard stops.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final
from unicodedata import category

from amends.terms import BadInput
from amends.text import storable

VARIABLES: Final[dict[str, str]] = {
    "customer.first_name": "first name of the customer",
    "customer.name": "name of the customer",
    "customer.handle": "handle of the customer",
    "case.ref": "reference of the case",
    "case.network": "network of the case",
    "brand.name": "name of the brand",
    "brand.contact_route": "contact route of the brand",
    "responder.first_name": "first name of whoever writes",
    "responder.name": "name of whoever writes",
    "responder.initials": "initials of whoever writes",
}
"""Every place there is, and what its blank says."""

LONGEST: Final = 2_000
MOST_LANGUAGES: Final = 20
_PLACE: Final = re.compile(r"\{\s*([^{}\s][^{}]{0,60}?)\s*\}")
_JOINERS: Final = "\u200c\u200d"  # which some scripts spell with
_KEY: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,29}")
_LANGUAGE: Final = re.compile(r"[a-z]{2,3}")
_GIVEN: Final = re.compile(r"[^\W\d_]+(?:['\u2019-][^\W\d_]+)*")


@dataclass(frozen=True, slots=True)
class Filled:
    """A snippet's text for one case. ``blanks`` are the places for which nothing was known."""

    text: str
    blanks: tuple[str, ...] = ()


def fill(text: str, values: Mapping[str, str]) -> Filled:
    """The text with its places filled in, each once: what a value holds is never filled in again."""
    blanks: list[str] = []

    def put(place: re.Match[str]) -> str:
        name = place[1].lower()
        value = _seen(values.get(name, "")) if name in VARIABLES else ""
        if not value:
            blanks.append(name)
            return f"[{VARIABLES.get(name, 'unknown place')}]"
        return value

    return Filled(_PLACE.sub(put, text), tuple(dict.fromkeys(blanks)))


def _seen(value: str) -> str:
    """A value in one line, without what nobody sees: names hold marks that turn a text about."""
    shown = "".join(c for c in value if c in _JOINERS or category(c) != "Cf")
    return " ".join("".join(" " if category(c) == "Cc" else c for c in shown).split())


def first_name(name: str) -> str:
    """The first word of a profile's name, where it looks like one; else "".

    Profiles are called anything: a first word with digits or signs in it, of one letter or in
    capitals throughout, greets nobody.
    """
    words = name.split()
    if not words or not _GIVEN.fullmatch(words[0]) or not 1 < len(words[0]) <= 30:
        return ""
    return "" if words[0].isupper() else words[0]


def check_key(key: str) -> str:
    """The key as it is searched by. Raises ``BadInput``."""
    key = key.strip().lower()
    if not _KEY.fullmatch(key):
        raise BadInput("A key has 1 to 30 small letters, digits and dashes, such as sorry-late.")
    return key


def check_texts(texts: Mapping[str, str]) -> dict[str, str]:
    """Texts by language (ISO 639-1), clean and in order. Raises ``BadInput`` naming what is wrong."""
    kept = {language.strip().lower(): _clean(text) for language, text in texts.items()}
    kept = {language: text for language, text in kept.items() if text}
    if not kept:
        raise BadInput("Write the snippet in one language at least.")
    if len(kept) > MOST_LANGUAGES:
        raise BadInput(f"A snippet has {MOST_LANGUAGES} languages at most.")
    for language, text in kept.items():
        if not _LANGUAGE.fullmatch(language):
            raise BadInput(f"“{language[:20]}” is no language. Write two letters, such as de.")
        if len(text) > LONGEST:
            raise BadInput(f"The text in {language} is longer than {LONGEST:,} characters.")
        _check_places(text)
    return dict(sorted(kept.items()))


def _clean(text: str) -> str:
    return storable(text).replace("\r\n", "\n").strip()


def _check_places(text: str) -> None:
    for place in _PLACE.finditer(text):
        if place[1].lower() not in VARIABLES:
            raise BadInput(
                f"There is no place {{{place[1]}}}. Choose one of {', '.join(VARIABLES)}."
            )
    rest = _PLACE.sub("", text)
    if "{" in rest or "}" in rest:
        raise BadInput("A place is opened or closed alone. Write it as {customer.first_name}.")


def choose_language(languages: Iterable[str], *, wanted: str, otherwise: str = "en") -> str:
    """Of a snippet's languages the one of the post that is answered, else the desk's, else any."""
    known = list(languages)
    for one in (wanted.lower().partition("-")[0], otherwise):
        if one in known:
            return one
    return known[0]
