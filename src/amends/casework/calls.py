"""Calls and meetings: planned, held and written down, missed, called off (R48)."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from urllib.parse import urlsplit

from amends.casework.contacts import phone_number
from amends.terms import BadInput, NotAllowed

LONGEST: Final = 480  # minutes
FARTHEST: Final = timedelta(days=365)


class CallWay(StrEnum):
    PHONE = "phone"
    VIDEO = "video"
    MEETING = "meeting"


class CallStatus(StrEnum):
    PLANNED = "planned"
    HELD = "held"
    MISSED = "missed"  # one side was not there
    CANCELLED = "cancelled"


class Began(StrEnum):
    """Who called whom."""

    US = "us"
    CUSTOMER = "customer"


_S = CallStatus

CALL_MOVES: dict[CallStatus, frozenset[CallStatus]] = {
    _S.PLANNED: frozenset({_S.HELD, _S.MISSED, _S.CANCELLED}),
    _S.HELD: frozenset(),
    _S.MISSED: frozenset(),
    _S.CANCELLED: frozenset(),
}


def check_call_move(old: CallStatus, new: CallStatus) -> None:
    """Raise ``NotAllowed`` unless a call that is ``old`` may become ``new``."""
    if new not in CALL_MOVES[old]:
        raise NotAllowed(f"A call that is {old} cannot become {new}. Plan another one.")


def call_place(way: CallWay, place: str) -> str:
    """Where a call takes place, as it is kept: a number, an address of the web, or any place.

    Raises ``BadInput``. A telephone call needs no number of its own: theirs may be known.
    """
    place = " ".join(place.split())
    if len(place) > 300:
        raise BadInput("Say in 300 characters where it takes place.")
    if way is CallWay.PHONE:
        return phone_number(place)
    if way is CallWay.VIDEO and (urlsplit(place).scheme != "https" or not urlsplit(place).hostname):
        raise BadInput("A video call has an address that begins with https://")
    if way is CallWay.MEETING and not place:
        raise BadInput("Say where you meet.")
    return place


def check_minutes(minutes: int) -> None:
    if not 1 <= minutes <= LONGEST:
        raise BadInput(f"A call takes 1 to {LONGEST} minutes.")


def check_planned(starts_at: datetime, *, now: datetime) -> None:
    """Raise ``BadInput`` unless a call can be planned for then."""
    if starts_at <= now:
        raise BadInput("That time is over. Plan the call for later, or write down the one you had.")
    if starts_at - now > FARTHEST:
        raise BadInput("A call is planned a year ahead at most.")


def check_held(at: datetime, *, now: datetime) -> None:
    if at > now:
        raise BadInput("That time is to come. A call is written down once it was held.")
