"""How listening goes: where sources stand, what was dropped and why, what could not be read."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import msgspec
from django.db.models import QuerySet, Sum

from amends.casework import Action, Role, check_may, may
from amends.connectors.protocol import Spending
from amends.desk.models import Cursor, DeadLetterRow, DropCount, ImportRun, Responder
from amends.desk.queries.prepared import prepared, prepared_counts

DAYS = 7
LETTERS = 50
SPENDING = "spending"  # kept among the cursors, and no source
UNTOLD = "It could not be read. What it was may be private."


@dataclass(frozen=True, slots=True)
class Dropped:
    """One reason. ``by_day`` goes with the days asked for; ``total`` is since the beginning."""

    reason: str
    by_day: list[int]
    total: int
    sources: list[tuple[str, int]]


def drops_for(person: Responder, *, days: Sequence[date]) -> list[Dropped]:
    """What was dropped, by reason and day, the most frequent first."""
    check_may(Role(person.role), Action.SEE_HEARD)
    totals: dict[str, dict[str, int]] = defaultdict(dict)
    sums = DropCount.objects.values_list("reason", "source").annotate(n=Sum("count"))
    for reason, source, count in sums:
        totals[reason][source] = count
    daily: dict[tuple[str, date], int] = {}
    asked = DropCount.objects.filter(day__in=list(days)).values_list("reason", "day")
    for reason, day, count in asked.annotate(n=Sum("count")):
        daily[reason, day] = count
    rows = [
        Dropped(
            reason=reason,
            by_day=[daily.get((reason, day), 0) for day in days],
            total=sum(sources.values()),
            sources=sorted(sources.items(), key=lambda pair: (-pair[1], pair[0])),
        )
        for reason, sources in totals.items()
    ]
    return sorted(rows, key=lambda row: (-row.total, row.reason))


def days_before(today: date, *, days: int = DAYS) -> list[date]:
    """The last days, oldest first, ``today`` among them."""
    return [today - timedelta(days=back) for back in reversed(range(days))]


def cursors_for(person: Responder) -> list[Cursor]:
    check_may(Role(person.role), Action.SEE_HEARD)
    return _cursors()


@prepared
def _cursors() -> QuerySet[Cursor]:
    listened = Cursor.objects.exclude(source=SPENDING)
    rows = listened.select_related("channel").defer("channel__secret")
    return rows.order_by("channel__network", "channel__handle", "source")


def spending_for(person: Responder, *, now: datetime) -> dict[int, float]:
    """What this month's calls have cost in US dollars, by the channel they were made for."""
    check_may(Role(person.role), Action.SEE_HEARD)
    month = f"{now.astimezone(UTC):%Y-%m}"
    spent = ((channel, _spending(value)) for channel, value in _spent())
    return {channel: one.total for channel, one in spent if one is not None and one.month == month}


@prepared
def _spent() -> QuerySet[Cursor, tuple[int, str]]:
    return Cursor.objects.filter(source=SPENDING).values_list("channel", "value")


def _spending(value: str) -> Spending | None:
    try:
        return msgspec.json.decode(value, type=Spending)
    except msgspec.DecodeError:
        return None


def dead_letters_for(person: Responder, *, most: int = LETTERS) -> tuple[list[DeadLetterRow], int]:
    """The newest letters and how many there are. Roles that see no private case are told neither
    ``raw`` nor a reason that may quote it: a letter may be the remains of a private message."""
    role = Role(person.role)
    check_may(role, Action.SEE_HEARD)
    letters, (count,) = _letters(most=most), _all_letters()
    if not may(role, Action.SEE_PRIVATE):
        for letter in letters:
            letter.raw, letter.reason = "", UNTOLD
    return letters, count


@prepared
def _letters(*, most: int) -> QuerySet[DeadLetterRow]:
    return DeadLetterRow.objects.order_by("-at", "-pk")[:most]


@prepared_counts
def _all_letters() -> list[QuerySet[DeadLetterRow]]:
    return [DeadLetterRow.objects.all()]


def imports_for(person: Responder, *, most: int = 50) -> list[ImportRun]:
    check_may(Role(person.role), Action.SEE_HEARD)
    return _imports(most=most)


@prepared
def _imports(*, most: int) -> QuerySet[ImportRun]:
    return ImportRun.objects.select_related("brand").order_by("-started_at", "-pk")[:most]
