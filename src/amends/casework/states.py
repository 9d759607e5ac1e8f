"""The states of a case and the moves between them: one column, one table."""

from enum import IntEnum, StrEnum

from amends.terms import NotAllowed


class CaseState(StrEnum):
    NEW = "new"
    OPEN = "open"
    WAITING = "waiting"
    RESOLVED = "resolved"
    CLOSED = "closed"
    DISMISSED = "dismissed"
    MERGED = "merged"


class Outcome(StrEnum):
    """What the customer made of it, seen from what they wrote (R45)."""

    THANKED = "thanked"
    SILENT = "silent"
    NEGATIVE = "negative"
    RETRACTED = "retracted"


class Priority(IntEnum):
    LOW = 1
    NORMAL = 2
    HIGH = 3
    URGENT = 4


_S = CaseState

MOVES: dict[CaseState, frozenset[CaseState]] = {
    _S.NEW: frozenset({_S.OPEN, _S.DISMISSED, _S.MERGED}),
    _S.OPEN: frozenset({_S.WAITING, _S.RESOLVED, _S.DISMISSED, _S.MERGED}),
    _S.WAITING: frozenset({_S.OPEN, _S.RESOLVED, _S.MERGED}),  # on the customer
    _S.RESOLVED: frozenset(
        {_S.OPEN, _S.CLOSED}
    ),  # a complaint or question reopens; thanks does not
    _S.CLOSED: frozenset({_S.OPEN}),
    _S.DISMISSED: frozenset({_S.OPEN}),
    _S.MERGED: frozenset({_S.OPEN}),  # undoing the merge
}

LIVE: frozenset[CaseState] = frozenset({_S.NEW, _S.OPEN, _S.WAITING})


def check_move(old: CaseState, new: CaseState) -> None:
    """Raise ``NotAllowed`` with a readable sentence unless ``old`` may become ``new``."""
    if new not in MOVES[old]:
        raise NotAllowed(f"A case that is {old} cannot become {new}.")


def path_to(old: CaseState, new: CaseState) -> tuple[CaseState, ...]:
    """The shortest run of declared moves from ``old`` to ``new``, without ``old``; empty if equal.

    Raises ``NotAllowed`` where there is none.
    """
    paths: list[tuple[CaseState, ...]] = [(old,)]
    seen = {old}
    while paths:
        path = paths.pop(0)
        if path[-1] is new:
            return path[1:]
        onward = sorted(MOVES[path[-1]] - seen)
        seen.update(onward)
        paths.extend((*path, state) for state in onward)
    raise NotAllowed(f"A case that is {old} cannot become {new}.")
