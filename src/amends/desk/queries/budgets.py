"""Budgets and how they stand; what is owed to customers across all cases."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import QuerySet, Sum

from amends.casework import Action, Role, check_may
from amends.casework.budgets import Spending, month_of
from amends.casework.remedies import OPEN, RemedyStatus
from amends.desk.models import Brand, Budget, Remedy, Responder
from amends.desk.queries.doors import may_see

MOST = 200


def spending_of(budget: Budget, *, now: datetime) -> Spending:
    """What was delivered this month and what is promised or waits, in the budget's currency."""
    rows = Remedy.objects.filter(case__brand=budget.brand_id, currency=budget.currency)
    month = rows.filter(status=RemedyStatus.DELIVERED, delivered_at__gte=month_of(now))
    return Spending(budget.amount, _sum(month), _sum(rows.filter(status__in=sorted(OPEN))))


def _sum(rows: QuerySet[Remedy]) -> Decimal:
    return rows.aggregate(all=Sum("amount"))["all"] or Decimal(0)


@dataclass(frozen=True, slots=True)
class BudgetLine:
    row: Budget
    spending: Spending


def budgets_of(brand: Brand, *, now: datetime) -> list[BudgetLine]:
    rows = Budget.objects.filter(brand=brand).order_by("currency")
    return [BudgetLine(row, spending_of(row, now=now)) for row in rows]


def budgets_for(person: Responder, *, now: datetime) -> list[BudgetLine]:
    """Every budget with how it stands."""
    check_may(Role(person.role), Action.SET_UP)
    rows = Budget.objects.select_related("brand").order_by("brand__name", "currency")
    return [BudgetLine(row, spending_of(row, now=now)) for row in rows]


def owed_for(person: Responder) -> Sequence[Remedy]:
    """Remedies and gestures that are open, in cases this person may see: what is due first (R42)."""
    rows = Remedy.objects.filter(status__in=sorted(OPEN), case__in=may_see(person))
    rows = rows.select_related("case__first_post__author", "case__owner", "by", "letter")
    return sorted(
        rows.order_by("due_on", "pk")[:MOST], key=lambda r: (r.due_on is None, r.due_on, r.pk)
    )
