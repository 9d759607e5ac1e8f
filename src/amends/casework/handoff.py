"""Taking a matter private: the page that a hand-off link opens, what it asks, how long it is open."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from amends.terms import BadInput

MOST_FIELDS: Final = 8
LONGEST_LABEL: Final = 80
LONGEST_ANSWER: Final = 500
LONGEST_MESSAGE: Final = 5_000
LASTS: Final = timedelta(days=14)
"""How long a page is open after the last word that was written on it."""
MOST_AN_HOUR: Final = 30
MOST_IN_ALL: Final = 500
"""How often a customer may write on one page."""


class FieldKind(StrEnum):
    TEXT = "text"
    LONG = "long"
    EMAIL = "email"
    PHONE = "phone"
    DATE = "date"


@dataclass(frozen=True, slots=True)
class Field:
    """One thing that a page asks for."""

    label: str
    kind: FieldKind = FieldKind.TEXT
    required: bool = False


SHIPPED: Final = (
    Field("Your name"),
    Field("E-mail address", FieldKind.EMAIL),
    Field("Order or booking number"),
)
"""What is asked where nobody decided otherwise."""


class Standing(StrEnum):
    OPEN = "open"
    EXPIRED = "expired"
    ENDED = "ended"  # by somebody here


def standing(*, expires_at: datetime, ended_at: datetime | None, now: datetime) -> Standing:
    """Whether a page can be used."""
    if ended_at is not None:
        return Standing.ENDED
    return Standing.EXPIRED if expires_at <= now else Standing.OPEN


def check_fields(fields: Sequence[Field]) -> None:
    """Raise ``BadInput`` unless a page can ask for these."""
    if len(fields) > MOST_FIELDS:
        raise BadInput(f"A page asks for {MOST_FIELDS} things at most; nobody fills in more.")
    labels = [field.label.casefold() for field in fields]
    for field in fields:
        if not 0 < len(field.label) <= LONGEST_LABEL:
            raise BadInput(f"What is asked for is named in 1 to {LONGEST_LABEL} characters.")
    if len(set(labels)) < len(labels):
        raise BadInput("Two of the things asked for have one name. Tell them apart.")


def stored_fields(fields: Iterable[Field]) -> list[list[str]]:
    """As they are kept: lists of label, kind and ``yes`` where one must be filled in."""
    return [[one.label, str(one.kind), "yes" if one.required else ""] for one in fields]


def fields_of(stored: Iterable[Sequence[str]]) -> list[Field]:
    return [Field(label, FieldKind(kind), bool(needed)) for label, kind, needed in stored]


def first_words(answers: Mapping[str, str], message: str) -> str:
    """What the customer left, as one private message: the answers, then what they wrote."""
    told = answer_lines(answers.items())
    return (f"{told}\n\n{message}" if told and message else told or message).strip()


def answer_lines(answers: Iterable[Sequence[str]]) -> str:
    """What was asked and answered, each pair in a line; without what was left empty."""
    return "\n".join(f"{label}: {answer}" for label, answer in answers if answer)


def check_message(text: str) -> str:
    """The text to be kept. Raises ``BadInput``."""
    text = text.strip()
    if not text:
        raise BadInput("Nothing was written. Write something first.")
    if len(text) > LONGEST_MESSAGE:
        raise BadInput(
            f"That has {len(text):,} characters; {LONGEST_MESSAGE:,} is the most. Send it in two parts."
        )
    return text
