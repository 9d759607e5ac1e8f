"""The private question how we did: when it may be asked, and what an answer is."""

from datetime import datetime, timedelta
from typing import Final

from amends.terms import BadInput, NotAllowed

SPAN: Final = timedelta(days=90)
"""A customer is asked once in so long, whatever cases they have."""
LASTS: Final = timedelta(days=14)
"""How long the link of a question can be answered."""
SCORES: Final = (1, 2, 3, 4, 5)
LONGEST: Final = 2000
LINK: Final = "{link}"
QUESTION: Final = (
    "May I ask how we did for you? One number and, if you like, a few words, for us alone: {link}"
)
"""A first wording, to be made one's own."""


def check_asking(*, private_thread: bool, last_asked: datetime | None, now: datetime) -> None:
    """Raise ``NotAllowed`` unless a customer may be asked now: in private, and not again so soon."""
    if not private_thread:
        raise NotAllowed(
            "There is no private thread with this customer, and in public the question is never asked."
        )
    if last_asked is not None and now < last_asked + SPAN:
        raise NotAllowed(
            f"This customer was asked on {last_asked:%-d %B %Y}; they may be asked again from"
            f" {last_asked + SPAN:%-d %B %Y}."
        )


def with_link(text: str, link: str) -> str:
    """The question with its link in place, or behind it. Raises ``BadInput`` for no question."""
    text = text.strip()
    if not text.replace(LINK, "").strip():
        raise BadInput("Write the question first.")
    return text.replace(LINK, link) if LINK in text else f"{text} {link}"


def check_answer(score: int | None, words: str) -> str:
    """The words of an answer, without blanks around them. Raises ``BadInput``."""
    if score not in SCORES:
        raise BadInput("Choose a number from 1 to 5.")
    words = words.strip()
    if len(words) > LONGEST:
        raise BadInput(f"That has {len(words):,} characters; {LONGEST:,} is the most. Shorten it.")
    return words
