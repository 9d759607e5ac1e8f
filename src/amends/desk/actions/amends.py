"""Making amends: whose fault it was, what we give for it, and whether a second chance is given."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction

from amends.casework import Action, Role, check_may
from amends.casework.budgets import Beyond
from amends.casework.fault import Fault, SecondChance, check_fault, check_second_chance
from amends.casework.letters import LIVE_LETTERS
from amends.casework.remedies import (
    MOST,
    SHIPPED,
    RemedyKind,
    RemedyStatus,
    check_amount,
    check_remedy_approver,
    check_remedy_move,
    first_status,
)
from amends.desk.actions.budgets import beyond_budget
from amends.desk.actions.cases import held, write
from amends.desk.actions.chronicle import make_event
from amends.desk.models import Authority, Case, Determination, Letter, Remedy, Responder
from amends.desk.queries.ledger import limits
from amends.terms import BadInput, NotAllowed

LONGEST = 2000


def _short(text: str) -> str:
    if len(text) > LONGEST:
        raise BadInput(f"That is longer than {LONGEST:,} characters. Shorten it.")
    return text.strip()


def determine_fault(
    case: Case,
    *,
    fault: Fault,
    facts: str,
    fix: str = "",
    fix_on: date | None = None,
    by: Responder,
    now: datetime,
) -> Determination:
    """Say whose fault it was and on what facts (R38); of ours, the fix and its date (R39).

    What was determined before stays in the history; the last one holds, for the guard too.
    """
    check_fault(fault, facts=facts, fix=fix, fix_on=fix_on)
    with held(case, by=by, verb="fault") as row:
        made = Determination.objects.create(
            case=row, fault=fault, facts=_short(facts), fix=_short(fix), fix_on=fix_on, by=by, at=now
        )  # fmt: skip
        row.fault = fault
        event = make_event(
            row, "fault.determined", at=now, by=by, fault=str(fault), determination=made.pk
        )
        write(row, [event], "fault")
    return made


def note_second_chance(case: Case, *, chance: SecondChance, by: Responder, now: datetime) -> Case:
    """We asked for a second chance where it was not our fault, or what became of it (R40)."""
    with held(case, by=by, verb="second-chance") as row:
        old = SecondChance(row.second_chance) if row.second_chance else None
        check_second_chance(old, chance, fault=Fault(row.fault) if row.fault else None)
        row.second_chance = chance
        kind = "second_chance.asked" if chance is SecondChance.ASKED else "second_chance.answered"
        event = make_event(row, kind, at=now, by=by, chance=str(chance))
        write(row, [event], "second_chance")
    return row


def offer_remedy(
    case: Case,
    *,
    kind: RemedyKind,
    what: str = "",
    amount: Decimal | None = None,
    currency: str = "",
    due_on: date | None = None,
    by: Responder,
    now: datetime,
) -> Remedy:
    """Give something (R41), or a gesture beyond the fix (R42). Over what one's role may give it
    waits for somebody else's approval."""
    check_amount(kind, amount, currency)
    if amount is None and not what.strip():
        raise BadInput("Say what is given, or how much.")
    with held(case, by=by, verb="remedy") as row:
        status = first_status(Role(by.role), amount, limits())
        beyond = beyond_budget(row, amount, currency, now=now)
        if beyond is Beyond.APPROVE:
            status = RemedyStatus.WAITING
        made = Remedy.objects.create(
            case=row, kind=kind, what=_short(what), amount=amount, currency=currency, due_on=due_on,
            status=status, by=by, at=now, over_budget=beyond is not None,
        )  # fmt: skip
        waits = status is RemedyStatus.WAITING
        told = {"budget": "over"} if beyond else {}
        event = make_event(
            row,
            "remedy.offered",
            at=now,
            by=by,
            remedy=made.pk,
            what=str(kind),
            waits=waits,
            **told,
        )
        write(row, [event])
    return made


def approve_remedy(remedy: Remedy, *, by: Responder, now: datetime) -> Remedy:
    """Let a remedy over its giver's limit be given. Raises ``NotAllowed`` for whoever offered it."""
    return _decide(remedy, RemedyStatus.APPROVED, "remedy.approved", by=by, now=now)


def refuse_remedy(remedy: Remedy, *, by: Responder, now: datetime) -> Remedy:
    return _decide(remedy, RemedyStatus.REFUSED, "remedy.refused", by=by, now=now)


def deliver_remedy(remedy: Remedy, *, by: Responder, now: datetime) -> Remedy:
    """It reached the customer."""
    return _decide(remedy, RemedyStatus.DELIVERED, "remedy.delivered", by=by, now=now)


def cancel_remedy(remedy: Remedy, *, by: Responder, now: datetime) -> Remedy:
    """It shall not be given after all."""
    return _decide(remedy, RemedyStatus.CANCELLED, "remedy.cancelled", by=by, now=now)


def _decide(
    remedy: Remedy, status: RemedyStatus, kind: str, *, by: Responder, now: datetime
) -> Remedy:
    with held(remedy.case, by=by, verb="remedy-decide") as case:
        row = Remedy.objects.select_for_update().get(pk=remedy.pk)
        old = RemedyStatus(row.status)
        check_remedy_move(old, status)
        _without_letter(row)
        if status in (RemedyStatus.APPROVED, RemedyStatus.REFUSED):
            check_remedy_approver(may_approve=by.may_approve, offered_it=row.by_id == by.pk)
            _within_reach(row, by, status)
            row.decided_by, row.decided_at = by, now
        if status is RemedyStatus.DELIVERED:
            row.delivered_at = now
        row.status = status
        row.save(update_fields=["status", "decided_by", "decided_at", "delivered_at"])
        write(case, [make_event(case, kind, at=now, by=by, remedy=row.pk)])
    return row


def _without_letter(row: Remedy) -> None:
    if Letter.objects.filter(remedy=row, status__in=sorted(LIVE_LETTERS)).exists():
        raise NotAllowed("This gesture is a letter. Send the letter, or withdraw it.")


def _within_reach(row: Remedy, by: Responder, status: RemedyStatus) -> None:
    """Nobody approves more than their own role may give."""
    over = first_status(Role(by.role), row.amount, limits()) is RemedyStatus.WAITING
    if status is RemedyStatus.APPROVED and over:
        raise NotAllowed(
            f"{row.amount} {row.currency} is more than your role may give. Ask somebody who may give"
            " that much."
        )


def set_authority(most: Mapping[Role, Decimal], *, by: Responder | None) -> None:
    """How much each role may give by itself. Raises ``BadInput``."""
    if by is not None:
        check_may(Role(by.role), Action.SET_UP)
    for role, amount in most.items():
        if role not in SHIPPED:
            raise BadInput(f"The role {role} changes no case, so it gives nothing.")
        if not amount.is_finite() or not 0 <= amount <= MOST:
            raise BadInput(f"A limit lies between 0 and {MOST:,}.")
    with transaction.atomic():
        for role, amount in most.items():
            Authority.objects.update_or_create(role=role, defaults={"most": amount})
