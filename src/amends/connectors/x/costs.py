"""What calls cost, counted against a budget that stops reading first and replying last."""

from collections.abc import Iterable, Mapping
from datetime import datetime

import msgspec

from amends.connectors.protocol import Spending
from amends.terms import Clock, ConnectorError, TryLater

# US dollars, as X listed them in 2026; a setting of the channel takes others.
PRICES: Mapping[str, float] = {
    "post_read": 0.005,
    "own_mention": 0.001,
    "message_read": 0.010,
    "post": 0.015,
    "post_with_link": 0.200,
    "message": 0.015,
}
# The share of the budget up to which each kind may go on.
_SHARES: Mapping[str, float] = {"post_read": 0.8, "own_mention": 0.9, "message_read": 0.9}
_REMEMBERED = 100_000  # things read today, at most


class Meter:
    """Counts. ``budget`` is in US dollars a month, 0 for none.

    X charges a thing that is read several times in one UTC day once, and so does the meter.
    """

    def __init__(self, budget: float, prices: Mapping[str, float], clock: Clock) -> None:
        self._budget = budget
        self._prices = prices
        self._clock = clock
        self._spending = Spending(month="")
        self._day = ""
        self._today: set[str] = set()

    @property
    def spending(self) -> Spending:
        """What this month has cost so far."""
        month = f"{self._clock.now():%Y-%m}"
        if self._spending.month != month:
            self._spending = Spending(month=month)
        return self._spending

    def resume(self, spending: Spending) -> None:
        """Go on from what was counted before, unless that is another month's."""
        if spending.month == self.spending.month:
            self._spending = spending

    def check(self, kind: str) -> None:
        """Raise where the budget has no room for one more: ``TryLater`` next month for reading,
        ``ConnectorError`` for what we write."""
        left = self._budget * _SHARES.get(kind, 1.0) - self.spending.total
        if not self._budget or left >= self._prices[kind]:
            return
        spent = f"${self.spending.total:,.2f} of ${self._budget:,.2f}"
        if kind in _SHARES:
            msg = f"The month's budget for X is all but used ({spent}), so reading waits."
            raise TryLater(msg, _next_month(self._clock.now()))
        msg = f"The month's budget for X is used up ({spent}); raise it, or answer on X by hand."
        raise ConnectorError(msg)

    def charge(self, kind: str, count: int = 1) -> None:
        now = self.spending
        cost = now.dollars.get(kind, 0.0) + self._prices[kind] * count
        self._spending = msgspec.structs.replace(now, dollars={**now.dollars, kind: cost})

    def charge_read(self, kind: str, ids: Iterable[str]) -> None:
        """Charge things that were read, each once a day."""
        day = f"{self._clock.now():%Y-%m-%d}"
        if day != self._day or len(self._today) > _REMEMBERED:
            self._day, self._today = day, set()
        new = {f"{kind} {one}" for one in ids} - self._today
        self._today |= new
        if new:
            self.charge(kind, len(new))


def _next_month(now: datetime) -> datetime:
    year, month = (now.year + 1, 1) if now.month == 12 else (now.year, now.month + 1)
    return now.replace(year=year, month=month, day=1, hour=0, minute=0, second=0, microsecond=0)
