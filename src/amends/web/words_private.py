"""What a case's history says of what was taken private: pages, calls, letters."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Final

ALONE: Final = {
    "handoff.taken": "Somebody began to write on the private page",
}
BY_SOMEBODY: Final = {
    "handoff.made": "made a hand-off link",
    "handoff.proven": "noted that the private page is the customer's own",
    "handoff.ended": "closed the private page",
    "letter.begun": "began a letter",
    "letter.handed_in": "handed a letter in for approval",
    "letter.approved": "approved a letter",
    "letter.refused": "gave a letter back",
    "letter.withdrawn": "withdrew a letter",
    "call.held": "wrote down a call",
    "call.missed": "noted that a call did not come about",
    "call.cancelled": "called a planned call off",
}
_WAYS: Final = {"phone": "a call", "video": "a video call", "meeting": "a meeting"}
Names = Mapping[int, str]


def _planned(who: str, data: dict[str, Any], people: Names, labels: Names) -> str:  # noqa: ARG001
    starts = datetime.fromisoformat(str(data["starts"])).astimezone(UTC)
    way = _WAYS.get(str(data.get("way", "")))
    verb = f"planned {way} for" if way else "moved a call to"
    return f"{who} {verb} {starts:%-d %B, %H:%M} UTC"


def _handed_off(who: str, data: dict[str, Any], people: Names, labels: Names) -> str:  # noqa: ARG001
    where = "a private message" if data.get("private") else "a public reply"
    return f"{who} sent the hand-off link in {where}"


def _letter_sent(who: str, data: dict[str, Any], people: Names, labels: Names) -> str:  # noqa: ARG001
    where = "on the private page" if data.get("way") == "page" else "by post"
    return f"{who} sent a letter {where}"


SPECIAL: Final[dict[str, Callable[[str, dict[str, Any], Names, Names], str]]] = {
    "handoff.sent": _handed_off,
    "call.planned": _planned,
    "call.moved": _planned,
    "letter.sent": _letter_sent,
}
