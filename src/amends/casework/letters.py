"""Letters of apology: written, handed in, approved by somebody else, sent (R43)."""

from enum import StrEnum
from typing import Final

from amends.terms import BadInput, NotAllowed

LONGEST: Final = 6_000
_LENGTHS: Final = {
    "recipient": ("name of whom it is to", 120),
    "address": ("address", 400),
    "subject": ("subject", 160),
    "signer": ("name under it", 160),
}


class LetterStatus(StrEnum):
    DRAFT = "draft"
    WAITING = "waiting"  # for somebody else's approval
    APPROVED = "approved"
    SENT = "sent"
    WITHDRAWN = "withdrawn"


class LetterWay(StrEnum):
    POST = "post"
    PAGE = "page"  # on the customer's private page


_S = LetterStatus

LETTER_MOVES: dict[LetterStatus, frozenset[LetterStatus]] = {
    _S.DRAFT: frozenset({_S.WAITING, _S.WITHDRAWN}),
    _S.WAITING: frozenset({_S.APPROVED, _S.DRAFT, _S.WITHDRAWN}),  # refused: a draft again
    _S.APPROVED: frozenset({_S.SENT, _S.WITHDRAWN}),
    _S.SENT: frozenset(),
    _S.WITHDRAWN: frozenset(),
}
LIVE_LETTERS: frozenset[LetterStatus] = frozenset({_S.DRAFT, _S.WAITING, _S.APPROVED})


def check_letter_move(old: LetterStatus, new: LetterStatus) -> None:
    """Raise ``NotAllowed`` unless a letter that is ``old`` may become ``new``."""
    if new not in LETTER_MOVES[old]:
        raise NotAllowed(f"A letter that is {old} cannot become {new}.")


def check_letter_words(words: dict[str, str]) -> None:
    """Raise ``BadInput`` where a part of a letter is too long; it may still be unfinished."""
    for name, (what, most) in _LENGTHS.items():
        if len(words.get(name, "")) > most:
            raise BadInput(f"The {what} has {most} characters at most.")
    if len(words.get("body", "")) > LONGEST:
        raise BadInput(f"A letter has {LONGEST:,} characters at most: two pages are enough.")


def check_whole(words: dict[str, str]) -> None:
    """Raise ``BadInput`` unless nothing is missing that a letter needs."""
    for name, what in (
        ("recipient", "whom it is to"),
        ("subject", "what it is about"),
        ("body", "the letter itself"),
        ("signer", "who signs it: a person, by name"),
    ):
        if not words.get(name, "").strip():
            raise BadInput(f"Before it is handed in, write {what}.")


def check_way(way: LetterWay, *, address: str, page_open: bool) -> None:
    """Raise ``BadInput`` unless a letter can go this way."""
    if way is LetterWay.POST and not address.strip():
        raise BadInput("The letter has no address, so the post cannot take it.")
    if way is LetterWay.PAGE and not page_open:
        raise BadInput(
            "There is no private page that is open and proven to be the customer's. Send them a"
            " hand-off link first, or send the letter by post."
        )
