"""Budgets: set up, and asked before something is given."""

from datetime import datetime
from decimal import Decimal

from django.db import transaction

from amends.casework import Action, Role, check_may
from amends.casework.budgets import Beyond, check_budget
from amends.desk.models import Brand, Budget, Case, Responder
from amends.desk.queries.budgets import spending_of


def save_budget(
    brand: Brand, *, currency: str, amount: Decimal, beyond: Beyond, by: Responder | None
) -> Budget:
    """Decide what a brand may give in a month in one currency. Raises ``BadInput``."""
    if by is not None:
        check_may(Role(by.role), Action.SET_UP)
    check_budget(amount, currency)
    with transaction.atomic():
        row, _ = Budget.objects.update_or_create(
            brand=brand, currency=currency, defaults={"amount": amount, "beyond": beyond}
        )
    return row


def remove_budget(budget: Budget, *, by: Responder) -> None:
    check_may(Role(by.role), Action.SET_UP)
    budget.delete()


def beyond_budget(
    case: Case, amount: Decimal | None, currency: str, *, now: datetime
) -> Beyond | None:
    """What becomes of one more remedy as the budget goes; None within it, or without one.

    Holds the budget's row, so that two who give at once do not each find room for theirs.
    """
    if amount is None:
        return None
    budget = (
        Budget.objects.select_for_update().filter(brand=case.brand_id, currency=currency).first()
    )
    if budget is None or not spending_of(budget, now=now).beyond(amount):
        return None
    return Beyond(budget.beyond)
