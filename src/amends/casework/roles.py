"""Who may do what. Approving is a permission of its own, beside the role."""

from enum import StrEnum

from amends.terms import NotAllowed


class Role(StrEnum):
    ADMINISTRATOR = "administrator"
    LEAD = "lead"
    RESPONDER = "responder"
    ANALYST = "analyst"
    SALES = "sales"
    VIEWER = "viewer"


class Action(StrEnum):
    """Each value completes the sentence "You may not …"."""

    SEE_CASES = "see cases"
    SEE_PRIVATE = "see private cases"
    SEE_HEARD = "see what was heard"
    NOTE = "write notes"
    REPLY = "speak for the company"
    WORK = "change a case"
    ASSIGN = "give a case to somebody else"
    ERASE = "erase a customer"
    TEAMS = "arrange teams"
    OVERSEE = "see who may speak"
    STOP = "stop what goes out"
    TAKE_DOWN = "remove what the company published"
    LEGAL = "deal with legal matters"
    RESULTS = "see what care came to"
    SET_UP = "change the set-up"
    PEOPLE = "invite people"


_ALL = frozenset(Action)

_MAY: dict[Role, frozenset[Action]] = {
    Role.ADMINISTRATOR: _ALL,
    Role.LEAD: _ALL - {Action.SET_UP, Action.PEOPLE},
    Role.RESPONDER: _ALL
    - {
        Action.SET_UP,
        Action.PEOPLE,
        Action.ERASE,
        Action.TEAMS,
        Action.OVERSEE,
        Action.STOP,
        Action.TAKE_DOWN,
        Action.LEGAL,
        Action.RESULTS,
    },
    Role.ANALYST: frozenset(
        {Action.SEE_CASES, Action.SEE_PRIVATE, Action.SEE_HEARD, Action.NOTE},
    ),
    Role.SALES: frozenset({Action.SEE_CASES, Action.SEE_HEARD}),  # public cases only (R13)
    Role.VIEWER: frozenset({Action.SEE_CASES, Action.SEE_PRIVATE, Action.SEE_HEARD}),
}


def permitted(role: Role) -> frozenset[Action]:
    return _MAY[role]


def may(role: Role, action: Action) -> bool:
    return action in _MAY[role]


def check_approver(role: Role, *, may_approve: bool, wrote_it: bool) -> None:
    """Raise ``NotAllowed`` unless this person may let a colleague's reply pass."""
    check_may(role, Action.REPLY)
    if not may_approve:
        raise NotAllowed("You may not approve what others wrote. Ask somebody who may.")
    if wrote_it:
        raise NotAllowed("Nobody approves their own words. Ask a colleague who may.")


def check_may(role: Role, action: Action) -> None:
    """Raise ``NotAllowed`` with a sentence naming the role unless it may."""
    if not may(role, action):
        raise NotAllowed(f"The role {role} may not {action}. Ask an administrator.")
