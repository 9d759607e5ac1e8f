"""Working together: who is at a case right now, and whom a note names."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

STAYS: Final = timedelta(seconds=40)
"""How long somebody counts as there after their page was last heard of."""
TYPES: Final = timedelta(seconds=20)
"""How long somebody counts as writing after they last typed."""


@dataclass(frozen=True, slots=True)
class Seen:
    """When somebody's page was last heard of, what they last typed in and when."""

    person: int
    seen_at: datetime
    writing: str = ""
    writing_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class There:
    """Somebody is at the case; ``writing``: the mode they type in now, "" where they only look."""

    person: int
    writing: str = ""


def who_is_there(seen: Iterable[Seen], *, now: datetime, besides: int | None = None) -> list[There]:
    """Those who are there now, whoever writes first, then in the order given."""
    there = [
        There(one.person, one.writing if _types(one, now) else "")
        for one in seen
        if one.person != besides and now - one.seen_at < STAYS
    ]
    return sorted(there, key=lambda one: not one.writing)


def _types(one: Seen, now: datetime) -> bool:
    return one.writing_at is not None and now - one.writing_at < TYPES


_AT: Final = re.compile(r"(?<![\w.@])@")


def named_in(text: str, people: Mapping[int, str]) -> list[int]:
    """Whom a note names with an @: by their whole name, or by a first name that only they have.

    In the order in which they are named, each once; case does not matter. ``@Mina Kaya`` is Mina
    Kaya and not another Mina.
    """
    names = _names(people)
    folded, found = text.casefold(), dict[int, None]()
    for hit in _AT.finditer(folded):
        rest = folded[hit.end() :]
        fitting = [name for name in names if _begins(rest, name)]
        if fitting:
            found[names[max(fitting, key=len)]] = None
    return list(found)


def _begins(rest: str, name: str) -> bool:
    return rest.startswith(name) and not rest[len(name) : len(name) + 1].isalnum()


def _names(people: Mapping[int, str]) -> dict[str, int]:
    """What each can be called by, as far as only one person can be meant."""
    called: dict[str, set[int]] = {}
    for person, name in people.items():
        words = name.casefold().split()
        for words_said in {" ".join(words), words[0] if words else ""} - {""}:
            called.setdefault(words_said, set()).add(person)
    return {name: min(who) for name, who in called.items() if len(who) == 1}
