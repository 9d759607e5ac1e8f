"""What hours and promises would mean for a complaint at some moment, in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Final

from amends.casework.clocks import Clock
from amends.casework.hours import Hours, calendar_of, zone_named
from amends.casework.typed import span_text
from amends.web.words import CLOCKS

HOUR: Final = timedelta(hours=1)
SUNDAY: Final = 6


@dataclass(frozen=True, slots=True)
class Preview:
    """``at`` is the moment of the complaint by the wall's clock, ``lines`` what would be due when."""

    at: str
    typed: str
    lines: list[tuple[str, str]]


def preview(
    hours: Hours, times: Mapping[Clock, timedelta], *, at: datetime | None, now: datetime
) -> Preview:
    """When each promise would be due for a complaint at ``at``, a naive moment by the wall's clock
    there; without it, next Sunday at 23:10. Without promises: what an hour's would be."""
    zone = zone_named(hours.zone)
    moment = (at or _next_sunday(now.astimezone(zone))).replace(tzinfo=zone)
    calendar = calendar_of(hours)
    named = [(CLOCKS[clock].capitalize(), length) for clock, length in times.items()]
    lines = []
    for name, length in named or [("An answer", HOUR)]:
        due = calendar.after(moment, length)
        said = f"{due.astimezone(zone):%A %-d %B, %H:%M}" if due else "never: nobody is there"
        lines.append((f"{name}, promised within {span_text(length)}", said))
    return Preview(f"{moment:%A %-d %B, %H:%M}", f"{moment:%Y-%m-%dT%H:%M}", lines)


def _next_sunday(here: datetime) -> datetime:
    day = here.date() + timedelta(days=(SUNDAY - here.weekday()) % 7)
    return datetime.combine(day, time(23, 10))


def moment_typed(text: str) -> datetime | None:
    """What a field for date and time holds; None for anything else, or beyond these times."""
    try:
        found = datetime.fromisoformat(text).replace(tzinfo=None)
    except ValueError:
        return None
    return found if 2000 <= found.year <= 2100 else None
