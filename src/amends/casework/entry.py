"""Complaints that came to a person and not over a network: they walk the same way (R23)."""

from enum import StrEnum
from typing import Final


class Came(StrEnum):
    """How it came; the name of such a case's network."""

    PHONE = "phone"
    COUNTER = "counter"
    LETTER = "letter"
    EMAIL = "email"


WORDS: Final[dict[str, str]] = {
    Came.PHONE: "by telephone",
    Came.COUNTER: "face to face",
    Came.LETTER: "by letter",
    Came.EMAIL: "by e-mail",
}


def no_public_place(network: str) -> str:
    """Why a case of this network cannot be answered in public; "" where it can."""
    came = WORDS.get(network)
    return f"It came {came}: there is no public place to answer it." if came else ""
