"""What rules did, in words."""

from collections.abc import Callable, Mapping
from typing import Any

Names = Mapping[int, str]
_ACTS = {
    "label": "label it",
    "person": "hand it on",
    "team": "hand it to the team",
    "priority": "set the priority",
    "snooze": "snooze it",
    "note": "write a note",
    "tell": "tell anybody",
    "reply_in_private": "reply in private",
    "reply_in_public": "reply in public",
}


def rule_of(data: Mapping[str, Any], rules: Names) -> str:
    """The rule that did it, with its version; "" where none did."""
    if "rule" not in data:
        return ""
    return f"The rule “{rules.get(data['rule'], 'removed')}” (version {data.get('version')})"


def _told(who: str, data: dict[str, Any], people: Names, labels: Names) -> str:  # noqa: ARG001
    told = [people.get(one, "a colleague") for one in data.get("told", ())]
    return f"{who} told {', '.join(told)} to look at it"


def _left(who: str, data: dict[str, Any], people: Names, labels: Names) -> str:  # noqa: ARG001
    return f"{who} could not {_ACTS.get(str(data.get('act')), 'do all it says')}"


SPECIAL: dict[str, Callable[[str, dict[str, Any], Names, Names], str]] = {
    "case.told": _told,
    "rule.left": _left,
}
