"""What waiting costs, and so the order of the inbox.

The cost of letting a case wait doubles every two hours: half of what it will be once two hours are
over its clock, a quarter two hours before. What makes it graver multiplies it: severity, and how far the matter
has spread. How many people follow the author has no part in it. Since all costs grow alike, which
of two is the greater never changes by time going by, so that a number can be stored and sorted by:
the moment at which a case of normal severity that nobody has passed on would have to be due to cost as much.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import log2
from typing import Final

from amends.casework.states import Priority

DOUBLES_EVERY: Final = timedelta(hours=2)
SEVERITY: Final[dict[int, float]] = {
    Priority.LOW: 0.25,
    Priority.NORMAL: 1.0,
    Priority.HIGH: 4.0,
    Priority.URGENT: 16.0,
}
"""How many times the cost of a normal case."""
MOST_SPREAD: Final = 100_000
FAR: Final = datetime(9000, 1, 1, tzinfo=UTC)
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Waiting:
    """``due_at``: of the next clock, None where none runs. ``spread``: how often others took the
    matter up so far: reposts, quotes, and posts of bystanders."""

    priority: int
    due_at: datetime | None
    spread: int = 0


def passed_on(counts: Mapping[str, object]) -> int:
    """How often a post was passed on by the network's own counts; what is no count is none."""
    numbers = (counts.get(name) for name in ("reposts", "quotes"))
    return sum(min(n, MOST_SPREAD) for n in numbers if isinstance(n, int) and n > 0)


def weight_of(waiting: Waiting) -> float:
    """How many times as much it costs as a normal case that nobody has taken up."""
    spread = 1 + min(max(waiting.spread, 0), MOST_SPREAD)
    return SEVERITY[waiting.priority] * spread


def rank_of(waiting: Waiting) -> int:
    """The stored number, in seconds since 1970: the smallest is what waiting costs most.

    A case without a clock that runs comes after all that have one, the gravest of them first.
    """
    due = waiting.due_at or FAR
    head_start = DOUBLES_EVERY.total_seconds() * log2(weight_of(waiting))
    return round((due - _EPOCH).total_seconds() - head_start)


def cost_of(waiting: Waiting, *, now: datetime) -> float:
    """What waiting costs now, in units of a normal case at the moment its clock is due."""
    if waiting.due_at is None:
        return 0.0
    doubled = min(max((now - waiting.due_at) / DOUBLES_EVERY, -1000.0), 900.0)
    return weight_of(waiting) * float(2.0**doubled)
