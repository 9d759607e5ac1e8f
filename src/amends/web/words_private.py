"""What a case's history says of what was taken private: pages, calls, letters."""

from collections.abc import Callable, Mapping
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


def _planned(data: Mapping[str, Any]) -> str:
    way = _WAYS.get(str(data.get("way", "")))
    return f"planned {way} for" if way else "moved a call to"


def _handed_off(who: str, data: dict[str, Any], people: Names, labels: Names) -> str:  # noqa: ARG001
    where = "a private message" if data.get("private") else "a public reply"
    return f"{who} sent the hand-off link in {where}"


def _letter_sent(who: str, data: dict[str, Any], people: Names, labels: Names) -> str:  # noqa: ARG001
    where = "on the private page" if data.get("way") == "page" else "by post"
    return f"{who} sent a letter {where}"


TIMED: Final[dict[str, tuple[Callable[[Mapping[str, Any]], str], str]]] = {
    "call.planned": (_planned, "starts"),
    "call.moved": (_planned, "starts"),
}
SPECIAL: Final[dict[str, Callable[[str, dict[str, Any], Names, Names], str]]] = {
    "handoff.sent": _handed_off,
    "letter.sent": _letter_sent,
}
