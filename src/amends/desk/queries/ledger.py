"""The ledger of a case: whose fault it was, what we give, what we promised, and what is open."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from django.db.models import Count, QuerySet, Sum

from amends.casework import Action, Role, check_may
from amends.casework.calls import CallStatus
from amends.casework.claims import OPEN as OPEN_CLAIMS
from amends.casework.closing import CALL, CLAIM, PROMISE, Matter, remedy_matter
from amends.casework.remedies import OPEN, SHIPPED, RemedyKind, RemedyStatus, first_status
from amends.desk.models import (
    Authority,
    Call,
    Case,
    Claim,
    Determination,
    Letter,
    Promise,
    Remedy,
    Responder,
)
from amends.desk.queries.choices import approvers
from amends.desk.queries.prepared import of_case, prepared, prepared_counts
from amends.desk.queries.there import ALL, Part, Parts


@dataclass(frozen=True, slots=True)
class Ledger:
    determinations: list[Determination]
    remedies: list[Remedy]
    promises: list[Promise]
    letters: list[Letter]


def ledger_of(case: Case, there: Parts = ALL) -> Ledger:
    """Everything, the latest determination first, the rest in its order."""
    return Ledger(
        of_case(case, _determinations_of(case.pk)) if Part.DETERMINATIONS in there else [],
        of_case(case, _remedies_of(case.pk)) if Part.REMEDIES in there else [],
        of_case(case, _promises_of(case.pk)) if Part.PROMISES in there else [],
        of_case(case, _letters_of(case.pk)) if Part.LETTERS in there else [],
    )


@prepared
def _determinations_of(case: int) -> QuerySet[Determination]:
    return Determination.objects.filter(case=case).select_related("by").order_by("-pk")


@prepared
def _remedies_of(case: int) -> QuerySet[Remedy]:
    remedies = Remedy.objects.filter(case=case).order_by("pk")
    return remedies.select_related("by", "decided_by", "letter")


@prepared
def _promises_of(case: int) -> QuerySet[Promise]:
    return Promise.objects.filter(case=case).select_related("by").order_by("due_at", "pk")


@prepared
def _letters_of(case: int) -> QuerySet[Letter]:
    return (
        Letter.objects.filter(case=case).select_related("by", "approver", "remedy").order_by("pk")
    )


def open_matters(case: Case) -> Counter[Matter]:
    """What still has to be given or done, by kind (R42): a case closes over none of it."""
    found = Counter(
        remedy_matter(RemedyKind(kind), RemedyStatus(status)) for kind, status in _to_give(case.pk)
    )
    for matter, number in zip(_COUNTED, _open(case.pk), strict=True):
        found.update([matter] * number)
    return found


@prepared
def _to_give(case: int) -> QuerySet[Remedy, tuple[str, str]]:
    waiting = Remedy.objects.filter(case=case, status__in=sorted(OPEN)).order_by("pk")
    return waiting.values_list("kind", "status")


@prepared_counts
def _open(case: int) -> list[QuerySet[Any]]:
    """What else keeps a case open says so here and below, a line each."""
    return [
        Promise.objects.filter(case=case, kept_at=None, dropped_at=None),
        Call.objects.filter(case=case, status=CallStatus.PLANNED),
        Claim.objects.filter(case=case, state__in=sorted(OPEN_CLAIMS)),
    ]


_COUNTED: Final = (PROMISE, CALL, CLAIM)


def limits(there: Parts = ALL) -> Mapping[Role, Decimal]:
    """How much each role may give by itself; none for roles that change no case."""
    rows = _authorities() if Part.AUTHORITIES in there else []
    decided = {Role(role): most for role, most in rows}
    return {role: decided.get(role, most) for role, most in SHIPPED.items()}


@prepared
def _authorities() -> QuerySet[Authority, tuple[str, Decimal]]:
    return Authority.objects.values_list("role", "most")


def remedy_approvers(row: Remedy) -> list[Responder]:
    """Who may approve it, by name: not who gives it, nor whose role may give less than that."""
    most, enough = limits(), RemedyStatus.APPROVED
    may = approvers(row.by, Action.WORK)
    return [one for one in may if first_status(Role(one.role), row.amount, most) is enough]


@dataclass(frozen=True, slots=True)
class Total:
    """What was given of one kind in a month and a currency, for whose fault."""

    kind: str
    fault: str
    currency: str
    number: int
    amount: Decimal | None


def totals(person: Responder, *, since: datetime, till: datetime) -> list[Total]:
    """What was delivered between two moments, by kind, cause and currency (R41)."""
    check_may(Role(person.role), Action.SET_UP)
    rows = Remedy.objects.filter(
        status=RemedyStatus.DELIVERED, delivered_at__gte=since, delivered_at__lte=till
    )
    found = rows.order_by("kind", "case__fault", "currency").values_list(
        "kind", "case__fault", "currency"
    )
    return [Total(*row) for row in found.annotate(Count("pk"), Sum("amount"))]


def broken_promises(*, now: datetime, most: int) -> list[int]:
    """Promises that should be kept by now, are not, and of which nobody was told."""
    return _broken(now, most=most)


@prepared
def _broken(now: datetime, *, most: int) -> QuerySet[Promise, int]:
    late = Promise.objects.filter(kept_at=None, dropped_at=None, told_at=None, due_at__lte=now)
    return late.order_by("due_at", "id").values_list("pk", flat=True)[:most]
