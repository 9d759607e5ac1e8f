"""Budgets: how much a brand gives in a month, in each currency, and what happens beyond (R41)."""

from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Final

from amends.casework.remedies import MOST
from amends.terms import BadInput

NEAR: Final = Decimal("0.8")
"""From this share of a budget on it is worth a word."""


class Beyond(StrEnum):
    """What becomes of a remedy that goes beyond the month's budget."""

    APPROVE = "approve"  # it waits for somebody else
    WARN = "warn"  # it is given, and said so


@dataclass(frozen=True, slots=True)
class Spending:
    """How a budget stands. ``spent`` was delivered this month, ``open`` is promised or waits."""

    amount: Decimal
    spent: Decimal
    open: Decimal

    @property
    def used(self) -> Decimal:
        return self.spent + self.open

    @property
    def left(self) -> Decimal:
        return self.amount - self.used

    @property
    def over(self) -> bool:
        return self.left < 0

    @property
    def near(self) -> bool:
        return self.used >= self.amount * NEAR

    def beyond(self, amount: Decimal) -> bool:
        """Whether one more of this amount goes beyond the budget."""
        return amount > self.left


def check_budget(amount: Decimal, currency: str) -> None:
    """Raise ``BadInput`` unless that is a budget."""
    if not amount.is_finite() or not 0 <= amount <= MOST:
        raise BadInput(f"A budget lies between 0 and {MOST:,}.")
    if not (
        len(currency) == 3 and currency.isascii() and currency.isalpha() and currency.isupper()
    ):
        raise BadInput("A currency is three letters, such as EUR.")


def month_of(at: datetime, *, back: int = 0) -> datetime:
    """The first moment of a month in UTC, or of the month before."""
    at = at.astimezone(UTC)
    year, month = (at.year - 1, 12) if back and at.month == 1 else (at.year, at.month - back)
    return datetime(year, month, 1, tzinfo=UTC)
