"""What a case's history says of claims, evidence, holds, outcomes and surveys, in words."""

from collections.abc import Callable, Mapping
from typing import Any, Final

Names = Mapping[int, str]
Special = Callable[[str, dict[str, Any], Names, Names], str]

ALONE: Final = {
    "claim.retracted": "The author took a claim back",
    "copy.found": "Another post repeats a claim",
    "evidence.missed": "The network no longer gave a post that was to be kept",
    "evidence.erased": "Evidence was erased with the text it showed",
    "hold.expired": "A legal hold came to its end",
    "post.blanked": "The text of a post that its author deleted was blanked",
    "customer.invited": "We invited the customer to speak again in public",
}
BY_SOMEBODY: Final = {
    "claim.asked": "asked the author to correct a claim",
    "case.restricted": "made the case a legal matter, for few to see",
    "case.released": "noted that the case is no legal matter any more",
    "hold.lifted": "lifted a legal hold",
    "customer.invited": "invited the customer to speak again in public",
    "survey.asked": "asked in private how we did",
}


def _decided(who: str, data: dict[str, Any], people: Names, labels: Names) -> str:  # noqa: ARG001
    said = {
        "noted": "looks at a claim anew",
        "shown false": "showed a claim false",
        "found true": "found a claim true",
        "declined to be corrected": "noted that the author does not correct the claim",
        "corrected": "noted that the author corrected the claim",
        "retracted": "noted that the author took the claim back",
        "dropped": "dropped a claim",
    }
    return f"{who} {said.get(str(data.get('became')), 'decided about a claim')}"


def _kept(who: str, data: dict[str, Any], people: Names, labels: Names) -> str:  # noqa: ARG001
    said = {
        "network": "The network's own answer was kept as evidence",
        "desk": f"{who} kept a post as evidence",
    }
    return said.get(str(data.get("source")), f"{who} kept a file as evidence")


def _held(who: str, data: dict[str, Any], people: Names, labels: Names) -> str:  # noqa: ARG001
    return f"{who} set a legal hold until {str(data.get('until', ''))[:10]}"


def _corrected(who: str, data: dict[str, Any], people: Names, labels: Names) -> str:  # noqa: ARG001
    said = {
        "thanked": "said thank you",
        "silent": "has not come back to it",
        "negative": "is still unhappy",
        "retracted": "took it back",
    }
    return (
        f"{who} noted that the customer {said.get(str(data.get('became')), 'has yet to show it')}"
    )


def _answered(who: str, data: dict[str, Any], people: Names, labels: Names) -> str:  # noqa: ARG001
    return f"The customer gave us {data.get('score', '?')} of 5 in private"


def _noted(who: str, data: dict[str, Any], people: Names, labels: Names) -> str:  # noqa: ARG001
    return f"{who} noted a claim that may be false"


def _dismissed(who: str, data: dict[str, Any], people: Names, labels: Names) -> str:  # noqa: ARG001
    return f"{who} noted that a post does not repeat the claim"


SPECIAL: Final[dict[str, Special]] = {
    "claim.noted": _noted,
    "claim.decided": _decided,
    "copy.dismissed": _dismissed,
    "evidence.kept": _kept,
    "hold.set": _held,
    "outcome.corrected": _corrected,
    "survey.answered": _answered,
}
