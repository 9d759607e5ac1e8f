"""When a case may be closed: how it ends where it began, and what has to be settled first (R44)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from amends.casework.remedies import RemedyKind, RemedyStatus
from amends.terms import BadInput, NotAllowed


@dataclass(frozen=True, slots=True)
class Matter:
    """One kind of thing that keeps a case open. ``many`` has a place for the number."""

    one: str
    many: str


Matters = Mapping[Matter, int]
"""How many of each kind are open."""

PROMISE: Final = Matter("a promise", "{} promises")
CALL: Final = Matter("a call that is planned", "{} calls that are planned")
CLAIM: Final = Matter("a claim that is not settled", "{} claims that are not settled")
_STANDS: Final = {
    RemedyStatus.WAITING: ("waits for approval", "wait for approval"),
    RemedyStatus.APPROVED: ("is not delivered", "are not delivered"),
}


def remedy_matter(kind: RemedyKind, status: RemedyStatus) -> Matter:
    """An open remedy or gesture, by what it is and what it waits for."""
    one, many = _STANDS[status]
    plural = {RemedyKind.DELIVERY: "deliveries"}.get(kind, f"{kind}s")
    return Matter(f"a {kind} that {one}", f"{{}} {plural} that {many}")


def still_open(matters: Matters) -> str:
    """The sentence that names what keeps a case from being closed; "" where nothing does."""
    named = [
        matter.one if count == 1 else matter.many.format(count)
        for matter, count in matters.items()
        if count > 0
    ]
    if not named:
        return ""
    last = f" and {named[-1]}" if len(named) > 1 else named[-1]
    return f"Still open: {', '.join(named[:-1])}{last}."


def check_nothing_open(matters: Matters, *, before: str = "closed") -> None:
    """Raise ``NotAllowed`` that names what is open; ``before`` says what the case was to be (closed,
    dismissed, merged). Neither a public close-out nor a reason passes over it (R42). What is not to
    be after all is cancelled, dropped or withdrawn, with a line in the history."""
    said = still_open(matters)
    if said:
        raise NotAllowed(f"{said} Settle it before the case is {before}.")


def check_ending(*, closed_out: bool, reason: str) -> None:
    """Raise ``BadInput`` unless a case ends where it began, or somebody says why not (R44)."""
    if not closed_out and not reason.strip():
        raise BadInput("Closing without a public close-out needs a reason. Write one.")
