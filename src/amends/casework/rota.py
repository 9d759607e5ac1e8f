"""The rota: who is on duty or on call when, and where nobody is (R36)."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache

from amends.casework.hours import Calendar, Hours, Window, to_moment, to_us, zone_named

Span = tuple[datetime, datetime]


class Duty(StrEnum):
    DESK = "desk"
    ON_CALL = "on call"


@dataclass(frozen=True, slots=True)
class Turn:
    """One person's turn, every week, by the wall's clock of ``zone``; from ``first`` to ``last``
    day (both counted) where they are given. A turn belongs to the day on which it begins."""

    person: int
    duty: Duty
    zone: str
    window: Window
    first: date | None = None
    last: date | None = None


@dataclass(frozen=True, slots=True)
class Absence:
    """Days on which somebody is away, both counted, by the calendar of ``zone``."""

    person: int
    first: date
    last: date
    zone: str = "UTC"


def on_duty(
    turns: Iterable[Turn], away: Sequence[Absence], start: datetime, end: datetime
) -> list[tuple[Turn, Span]]:
    """Who is there between two instants, in the order in which they begin."""
    found = [
        (turn, span)
        for turn in turns
        for whole in _occurrences(turn, start, end)
        for span in _without(whole, _away(turn.person, away))
    ]
    return sorted(found, key=lambda one: (one[1], one[0].person))


def duties(turns: Iterable[Turn], away: Sequence[Absence], at: datetime) -> dict[int, Duty]:
    """Who is there at an instant, and whether at the desk or on call."""
    found: dict[int, Duty] = {}
    for turn, _ in on_duty(turns, away, at, at + timedelta(microseconds=1)):
        if found.get(turn.person) is not Duty.DESK:
            found[turn.person] = turn.duty
    return found


def is_away(person: int, away: Iterable[Absence], at: datetime) -> bool:
    return any(start <= at < end for start, end in _away(person, away))


def gaps(
    hours: Hours,
    turns: Iterable[Turn],
    away: Sequence[Absence],
    *,
    start: datetime,
    end: datetime,
    round_the_clock: bool = False,
) -> list[Span]:
    """When nobody is there though we said somebody would be: while ``hours`` are open, and with
    ``round_the_clock`` at any other time too. Whoever is on call counts as there."""
    there = sorted(span for _, span in on_duty(turns, away, start, end))
    wanted = [(start, end)] if round_the_clock else list(Calendar(hours).openings(start, end))
    return [gap for span in wanted for gap in _without(span, there)]


def _occurrences(turn: Turn, start: datetime, end: datetime) -> Iterator[Span]:
    """A turn's weeks between two instants, each as one span or, where the clock jumps, several."""
    calendar = _week_of(turn.zone, turn.window)
    for opens, closes in calendar.openings(start - timedelta(days=1), end):
        begins = opens.astimezone(calendar.zone).date()
        if (turn.first or begins) <= begins <= (turn.last or begins) and closes > start:
            yield max(opens, start), min(closes, end)


@lru_cache(512)
def _week_of(zone: str, window: Window) -> Calendar:
    return Calendar(Hours(zone=zone, windows=(window,)))


def _away(person: int, away: Iterable[Absence]) -> list[Span]:
    return sorted(_days_of(one) for one in away if one.person == person)


def _days_of(one: Absence) -> Span:
    zone = zone_named(one.zone)
    after = one.last + timedelta(days=1)
    return (
        datetime.combine(one.first, time(0), zone),
        datetime.combine(after, time(0), zone),
    )


def _without(whole: Span, taken: Iterable[Span]) -> Iterator[Span]:
    """What is left of a span once others, in order, are taken out."""
    start, end = to_us(whole[0]), to_us(whole[1])
    for first, last in taken:
        if to_us(first) >= end:
            break
        if to_us(first) > start:
            yield to_moment(start), to_moment(to_us(first))
        start = max(start, to_us(last))
    if start < end:
        yield to_moment(start), to_moment(end)
