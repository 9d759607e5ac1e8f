"""The signature under a reply: a named person answers a person (R27)."""

import re
from enum import StrEnum
from typing import Final

from amends.terms import NotAllowed


class Signs(StrEnum):
    """How a person signs: ``^MK``, ``^Mina`` or ``^Mina Kaya``."""

    INITIALS = "initials"
    FIRST = "first"
    NAME = "name"


MARK: Final = "^"


def initials_of(name: str) -> str:
    """The first letters of the first and the last word, in capitals."""
    words = name.split()
    return "".join(word[0].upper() for word in (words[:1] + words[1:][-1:]))


def signature_of(name: str, signs: Signs) -> str:
    """What stands at a reply's end; "" where there is no name to sign with."""
    words = name.split()
    if not words:
        return ""
    said = {Signs.INITIALS: initials_of(name), Signs.FIRST: words[0], Signs.NAME: " ".join(words)}
    return MARK + said[signs]


def sign(text: str, signature: str) -> str:
    """The text with its signature; once, however often it is signed."""
    text = text.strip()
    return (
        text if not text or not signature or is_signed(text, [signature]) else f"{text} {signature}"
    )


def is_signed(text: str, signatures: list[str]) -> bool:
    """Whether one of these stands at the end of the text, as words of their own."""
    end = text.rstrip()
    return any(
        one and re.search(rf"(?<!\w){re.escape(one)}[.!]?\Z", end) is not None for one in signatures
    )


def check_signed(text: str, name: str) -> None:
    """Raise ``NotAllowed`` unless the text ends with initials, first name or name of who wrote it.

    Any of the three will do, with or without the mark: what counts is that a person is named.
    """
    said = [signature_of(name, one) for one in Signs]
    if not is_signed(text, said + [one.removeprefix(MARK) for one in said]):
        raise NotAllowed(
            f"Every reply of this desk is signed. Sign it {said[0] or 'with your initials'} and send"
            " it again."
        )
