"""Whether a text is abusive, by its words alone: for those who must decide without a reading."""

from collections.abc import Sequence
from functools import cache
from typing import Final

from amends.understanding.intents import INTENTS
from amends.understanding.lexicon import Found, Lexicon, load_lexicon
from amends.understanding.negation import denied
from amends.understanding.page import Page

ABUSE: Final = "intents.abuse"
_NEAR: Final = 5  # words that a denial may stand before


def abuse_in(text: str, lang: str | None = None) -> tuple[str, ...]:
    """The words of abuse in a text, as they were written; none where it is only angry. ``lang``: its
    language (ISO 639-1) where that is known."""
    page = Page(text)
    return _said(page, _lexicon().find(page, lang))


def abusive(texts: Sequence[str], langs: Sequence[str | None]) -> list[bool]:
    """Whether ``abuse_in`` finds any, for many texts at once, which costs a fraction."""
    pages = [Page(text) for text in texts]
    found = _lexicon().find_all(pages, langs)
    return [bool(_said(page, one)) for page, one in zip(pages, found, strict=True)]


def _said(page: Page, found: Found) -> tuple[str, ...]:
    hits = found.spans.get(ABUSE, ())
    meant = [one for one in hits if not (found.denies and denied(page.flat, *one, near=_NEAR))]
    return tuple(dict.fromkeys(page.said(*one) for one in sorted(meant)))


@cache
def _lexicon() -> Lexicon:
    return load_lexicon(("intents",), frozenset(INTENTS) - {ABUSE})
