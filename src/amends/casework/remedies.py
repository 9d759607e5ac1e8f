"""Remedies and gestures: what we give to put it right, who may give how much, and what is open."""

from collections.abc import Mapping
from decimal import Decimal
from enum import StrEnum

from amends.casework.roles import Role
from amends.terms import BadInput, NotAllowed


class RemedyKind(StrEnum):
    """The last three are gestures beyond the fix (R42)."""

    CREDIT = "credit"
    REFUND = "refund"
    REPLACEMENT = "replacement"
    NOTE = "note"
    DELIVERY = "delivery"
    LETTER = "letter"


GESTURES = frozenset({RemedyKind.NOTE, RemedyKind.DELIVERY, RemedyKind.LETTER})


class RemedyStatus(StrEnum):
    WAITING = "waiting"  # for somebody else's approval
    APPROVED = "approved"  # promised, and not delivered yet
    DELIVERED = "delivered"
    REFUSED = "refused"
    CANCELLED = "cancelled"


_S = RemedyStatus

REMEDY_MOVES: dict[RemedyStatus, frozenset[RemedyStatus]] = {
    _S.WAITING: frozenset({_S.APPROVED, _S.REFUSED, _S.CANCELLED}),
    _S.APPROVED: frozenset({_S.DELIVERED, _S.CANCELLED}),
    _S.DELIVERED: frozenset(),
    _S.REFUSED: frozenset(),
    _S.CANCELLED: frozenset(),
}
OPEN: frozenset[RemedyStatus] = frozenset({_S.WAITING, _S.APPROVED})
MOST = Decimal(10_000_000)
SHIPPED: Mapping[Role, Decimal] = {
    Role.RESPONDER: Decimal(50),
    Role.LEAD: Decimal(500),
    Role.ADMINISTRATOR: Decimal(500),
}
"""How much each role may give by itself, in any currency, where nobody decided otherwise."""


def check_remedy_move(old: RemedyStatus, new: RemedyStatus) -> None:
    """Raise ``NotAllowed`` unless a remedy that is ``old`` may become ``new``."""
    if new not in REMEDY_MOVES[old]:
        raise NotAllowed(f"A remedy that is {old} cannot become {new}.")


def check_amount(kind: RemedyKind, amount: Decimal | None, currency: str) -> None:
    """Raise ``BadInput`` unless an amount is one: with a currency, above nothing, not beyond reason."""
    if amount is None:
        if kind in (RemedyKind.CREDIT, RemedyKind.REFUND):
            raise BadInput(f"A {kind} has an amount and a currency. Write both.")
        if currency:
            raise BadInput("A currency goes with an amount. Write both or neither.")
        return
    if not amount.is_finite() or not Decimal(0) < amount <= MOST:
        raise BadInput(f"An amount lies between 0.01 and {MOST:,}.")
    if not (
        len(currency) == 3 and currency.isascii() and currency.isalpha() and currency.isupper()
    ):
        raise BadInput("A currency is three letters, such as EUR.")


def first_status(
    role: Role, amount: Decimal | None, limits: Mapping[Role, Decimal]
) -> RemedyStatus:
    """Over the limit of the role it waits for somebody else (R41); no amount is under any limit."""
    within = amount is None or amount <= limits.get(role, Decimal(0))
    return RemedyStatus.APPROVED if within else RemedyStatus.WAITING


def check_remedy_approver(*, may_approve: bool, offered_it: bool) -> None:
    """Raise ``NotAllowed`` unless this person may decide on a colleague's remedy."""
    if not may_approve:
        raise NotAllowed("You may not approve remedies. Ask somebody who may.")
    if offered_it:
        raise NotAllowed("Nobody approves their own remedy. Ask a colleague who may.")
