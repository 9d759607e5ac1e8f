"""The five clocks of a case: when each is due, what is used and left, since when it is late.

A clock counts open time alone, and stands still while the customer has the word.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from amends.casework.hours import Calendar
from amends.casework.states import LIVE, CaseState

_NOTHING: Final = timedelta(0)


class Clock(StrEnum):
    """What we promise a time for (R35)."""

    ACKNOWLEDGEMENT = "acknowledgement"
    FIRST_REPLY = "first_reply"
    NEXT_REPLY = "next_reply"
    RESOLUTION = "resolution"
    CLOSE_OUT = "close_out"


@dataclass(frozen=True, slots=True)
class Pause:
    """It is not our turn from ``since`` on; ``till`` is None while that lasts."""

    since: datetime
    till: datetime | None = None


@dataclass(frozen=True, slots=True)
class Run:
    """One run of a clock. ``met_at``: when what it waits for happened, None while it runs.
    ``pauses`` come in order and do not overlap."""

    since: datetime
    met_at: datetime | None = None
    pauses: Sequence[Pause] = ()


@dataclass(frozen=True, slots=True)
class Standing:
    """What a clock shows. ``due_at`` is None while it is paused before that time, or where nothing
    is open within years; ``late_since`` is set once it is breached, also when it was met too late."""

    due_at: datetime | None
    used: timedelta
    left: timedelta
    late_since: datetime | None
    paused: bool
    met_at: datetime | None


def due_of(run: Run, promise: timedelta, calendar: Calendar) -> datetime | None:
    """The first instant at which so much open time has passed outside the pauses."""
    left = promise
    for start, end in _at_work(run):
        due = calendar.after(start, left)
        if end is None or (due is not None and due <= end):
            return due
        left -= calendar.open_time(start, end)
    return None


def read_clock(run: Run, promise: timedelta, calendar: Calendar, *, now: datetime) -> Standing:
    """What the clock shows at ``now``; of one that was met, what it showed then."""
    end = now if run.met_at is None else min(run.met_at, now)
    met = run.met_at is not None and run.met_at <= now
    used = _NOTHING
    for start, stop in _at_work(run):
        used += calendar.open_time(start, end if stop is None else min(stop, end))
    due = due_of(run, promise, calendar)
    late = due is not None and (end > due or (end == due and not met))
    paused = not met and any(
        pause.since <= end and (pause.till is None or end < pause.till) for pause in run.pauses
    )
    return Standing(
        due_at=due,
        used=used,
        left=max(promise - used, _NOTHING),
        late_since=due if late else None,
        paused=paused,
        met_at=run.met_at if met else None,
    )


def _at_work(run: Run) -> Iterator[tuple[datetime, datetime | None]]:
    """The run without its pauses; the last stretch has no end, unless a pause has none."""
    start = run.since
    for pause in run.pauses:
        if pause.since > start:
            yield start, pause.since
        if pause.till is None:
            return
        start = max(start, pause.till)
    yield start, None


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseTimes:
    """The dated facts of a case that clocks go by. ``pauses``: while it was neither new nor open."""

    state: CaseState
    opened_at: datetime
    unanswered_since: datetime | None = None
    answered_at: datetime | None = None
    acknowledged_at: datetime | None = None
    resolved_at: datetime | None = None
    closed_out_at: datetime | None = None
    closed_at: datetime | None = None
    began_private: bool = False
    pauses: tuple[Pause, ...] = ()


def runs_of(times: CaseTimes) -> Mapping[Clock, Run]:
    """The clocks of a case: those that run, and those that were met.

    What began in private is acknowledged there. Where nothing was answered before the case was
    over, nobody waits for an answer any more, so those clocks are not shown.
    """
    if times.state in (CaseState.DISMISSED, CaseState.MERGED):
        return {}
    live = times.state in LIVE
    acknowledged = times.answered_at if times.began_private else times.acknowledged_at
    found: dict[Clock, Run] = {}
    if live or acknowledged:
        found[Clock.ACKNOWLEDGEMENT] = Run(times.opened_at, acknowledged)
    if live or times.answered_at:
        found[Clock.FIRST_REPLY] = Run(times.opened_at, times.answered_at)
    if live and times.answered_at and times.unanswered_since:
        found[Clock.NEXT_REPLY] = Run(times.unanswered_since)
    found[Clock.RESOLUTION] = _resolution(times)
    if times.resolved_at is not None and not live:
        found[Clock.CLOSE_OUT] = Run(times.resolved_at, _closed(times, times.resolved_at))
    return found


def _resolution(times: CaseTimes) -> Run:
    if times.state in LIVE:
        return Run(times.opened_at, None, times.pauses)
    ended = tuple(one for one in times.pauses if one.till is not None)
    return Run(times.opened_at, times.resolved_at or times.closed_at, ended)


def _closed(times: CaseTimes, resolved_at: datetime) -> datetime | None:
    """When what was settled was closed out, or closed with a reason."""
    if times.closed_out_at is not None and times.closed_out_at >= resolved_at:
        return times.closed_out_at
    return times.closed_at
