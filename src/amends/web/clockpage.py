"""The clocks of a case in words."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from amends.casework.clocks import Clock, Standing
from amends.casework.hours import Hours, calendar_of
from amends.desk.models import Case
from amends.desk.queries.clocks import clocks_of
from amends.desk.queries.there import ALL, Parts
from amends.web.words import CLOCKS, span


@dataclass(frozen=True, slots=True)
class ClockLine:
    """One clock. ``due_at`` is set where its words change while the page stays open; ``tone`` is
    good, bad or none."""

    name: str
    promise: str
    words: str = ""
    due_at: datetime | None = None
    tone: str = ""


@dataclass(frozen=True, slots=True)
class ClockFacts:
    """``back``: outside the policy's hours, when somebody is there again, as a customer may be
    told (R36); else nothing."""

    policy: str
    lines: list[ClockLine]
    back: str = ""


def clock_facts(case: Case, *, now: datetime, there: Parts = ALL) -> ClockFacts:
    """The case's clocks, under the name of the policy that holds."""
    found = clocks_of(case, now=now, there=there)
    lines = [
        _line(clock, standing, found.policy.times[clock]) for clock, standing in found.shown.items()
    ]
    return ClockFacts(found.policy.name, lines, back_words(found.policy.hours, now=now))


def back_words(hours: Hours, *, now: datetime) -> str:
    """``We are back on Monday 23 November at 09:30 (Europe/Berlin).``; nothing while it is open."""
    calendar = calendar_of(hours)
    opens = None if calendar.is_open(now) else calendar.opens_next(now)
    if opens is None:
        return ""
    there = opens.astimezone(calendar.zone)
    return f"We are back on {there:%A %-d %B} at {there:%H:%M} ({hours.zone})."


def _line(clock: Clock, shown: Standing, promise: timedelta) -> ClockLine:
    name, within = CLOCKS[clock].capitalize(), f"within {span(promise)}"
    if shown.met_at is not None:
        took = span(shown.used)
        if shown.late_since is not None:
            return ClockLine(name, within, f"met late, in {took}", tone="bad")
        return ClockLine(name, within, f"met in {took}", tone="good")
    if shown.paused and shown.late_since is None:
        return ClockLine(name, within, f"paused, {span(shown.left)} left")
    if shown.due_at is None:
        return ClockLine(name, within, "nobody is there to answer")
    return ClockLine(name, within, due_at=shown.due_at, tone="bad" if shown.late_since else "")
