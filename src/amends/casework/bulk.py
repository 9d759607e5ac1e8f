"""One thing done to many cases: what it would do to each is said before, and can be undone after.

Undoing touches only the cases that nobody changed since.
"""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Final

from amends.casework.states import CaseState, Priority
from amends.casework.verbs import check_verb
from amends.terms import BadInput, NotAllowed


class Bulk(StrEnum):
    """What can be done to many cases at once; each value is a verb of ``casework.verbs``."""

    LABEL = "label"
    UNLABEL = "unlabel"
    ASSIGN = "assign"
    PRIORITY = "priority"
    SNOOZE = "snooze"
    RESOLVE = "resolve"
    DISMISS = "dismiss"
    CLOSE = "close"


MOST: Final = 500
UNDO_WITHIN: Final = timedelta(hours=1)
LONGEST_SNOOZE: Final = 90 * 24 * 60
LONGEST_REASON: Final = 2_000
NOBODY: Final = "0"


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A case as it is before. ``still_open``: what keeps it from being closed, as words."""

    state: CaseState
    owner: int | None
    priority: int
    labels: frozenset[str]
    snoozed: bool = False
    on_its_way: bool = False
    still_open: str = ""


def check_bulk(kind: Bulk, value: str) -> str:
    """The value as it is used. Raises ``BadInput`` unless it can be.

    ``value``: a label, the key of a person (``NOBODY``: none), a priority, minutes, or the reason for
    closing; nothing otherwise.
    """
    value = " ".join(value.split()) if kind in {Bulk.LABEL, Bulk.UNLABEL} else value.strip()
    keyed = value.isdecimal() and len(value) < 19
    match kind:
        case Bulk.LABEL | Bulk.UNLABEL if not 0 < len(value) <= 40:
            raise BadInput("A label has 1 to 40 characters.")
        case Bulk.ASSIGN if not keyed:
            raise BadInput("Choose a colleague from the list, or nobody.")
        case Bulk.PRIORITY if not (keyed and int(value) in set(Priority)):
            raise BadInput("A priority is low, normal, high or urgent.")
        case Bulk.SNOOZE if not (keyed and 0 < int(value) <= LONGEST_SNOOZE):
            raise BadInput("Cases are snoozed for a minute to 90 days.")
        case Bulk.CLOSE if not 0 < len(value) <= LONGEST_REASON:
            raise BadInput("Closing many cases needs a reason. Write one.")
    return value.lower() if kind in {Bulk.LABEL, Bulk.UNLABEL} else value


def would(kind: Bulk, value: str, seen: Seen) -> str | None:
    """What keeps one case from it, as a sentence; "" where it is so already, None where it would be
    changed."""
    try:
        check_verb(str(kind), seen.state)
    except NotAllowed as error:
        return str(error)
    if kind in {Bulk.RESOLVE, Bulk.DISMISS, Bulk.CLOSE} and seen.on_its_way:
        return "A reply of the case is still on its way."
    if kind is Bulk.CLOSE and seen.still_open:
        return seen.still_open
    return "" if _is_so(kind, value, seen) else None


def _is_so(kind: Bulk, value: str, seen: Seen) -> bool:
    match kind:
        case Bulk.LABEL:
            return value in seen.labels
        case Bulk.UNLABEL:
            return value not in seen.labels
        case Bulk.ASSIGN:
            return (seen.owner or 0) == int(value)
        case Bulk.PRIORITY:
            return seen.priority == int(value)
        case _:
            return False


def back_to(before: CaseState) -> tuple[CaseState, ...]:
    """The states through which a case that was settled comes back to where it was; one that was new
    comes back open."""
    if before in {CaseState.NEW, CaseState.OPEN}:
        return (CaseState.OPEN,)
    return (CaseState.OPEN, before)
