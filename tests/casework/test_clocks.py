"""The clocks of a case, held against one that ticks minute by minute."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amends.casework import CaseState
from amends.casework.clocks import (
    CaseTimes,
    Clock,
    Pause,
    Run,
    Standing,
    due_of,
    read_clock,
    runs_of,
)
from amends.casework.hours import ALWAYS, Calendar
from tests.casework.test_hours import MINUTE, hours_and_starts, open_at

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
CALENDAR = Calendar(ALWAYS)


@st.composite
def clocks(draw: st.DrawFn) -> tuple[Run, timedelta, Calendar, datetime]:
    hours, start = draw(hours_and_starts())
    edges = sorted(draw(st.lists(st.integers(0, 1400), max_size=4, unique=True)))
    moments = [start + MINUTE * edge for edge in edges]
    pauses = [Pause(*pair) for pair in zip(moments[::2], [*moments[1::2], None], strict=False)]
    met = draw(st.none() | st.integers(0, 1400))
    run = Run(start, None if met is None else start + MINUTE * met, tuple(pauses))
    promise, now = MINUTE * draw(st.integers(1, 500)), start + MINUTE * draw(st.integers(0, 1400))
    return run, promise, Calendar(hours), now


def ticked(run: Run, promise: timedelta, calendar: Calendar, now: datetime) -> Standing:
    """A clock that looks every minute whether it runs."""
    end = min(now, run.met_at) if run.met_at else now
    met_at = run.met_at if run.met_at and run.met_at <= now else None
    used, counted, due = timedelta(0), timedelta(0), None
    for number in range(1500):
        at = run.since + MINUTE * number
        if _paused(run, at) or not open_at(calendar.hours, at):
            continue
        counted += MINUTE
        used += MINUTE if at < end else timedelta(0)
        if due is None and counted == promise:
            due = at + MINUTE
    late = due is not None and (end > due or (end == due and met_at is None))
    return Standing(
        due, used, max(promise - used, timedelta(0)), due if late else None,
        met_at is None and _paused(run, end), met_at,
    )  # fmt: skip


def _paused(run: Run, at: datetime) -> bool:
    return any(one.since <= at and (one.till is None or at < one.till) for one in run.pauses)


@given(clocks())
def test_clock_shows_what_one_that_ticks_every_minute_shows(
    drawn: tuple[Run, timedelta, Calendar, datetime],
) -> None:
    run, promise, calendar, now = drawn
    shown, slow = read_clock(run, promise, calendar, now=now), ticked(run, promise, calendar, now)
    if slow.due_at is None:  # not within the day that was looked at
        assert shown.due_at is None or shown.due_at > run.since + MINUTE * 1500
        shown = Standing(
            None, *(getattr(shown, f) for f in ("used", "left", "late_since", "paused", "met_at"))
        )
    assert shown == slow


@given(clocks(), st.integers(1, 300))
def test_a_pause_never_brings_a_clock_forward(
    drawn: tuple[Run, timedelta, Calendar, datetime], minutes: int
) -> None:
    run, promise, calendar, _ = drawn
    plain = Run(run.since)
    paused = Run(run.since, None, (Pause(run.since + MINUTE, run.since + MINUTE * (1 + minutes)),))
    without, with_pause = (due_of(one, promise, calendar) for one in (plain, paused))
    assert without is not None
    assert with_pause is not None
    assert with_pause >= without


def standing(run: Run, now: datetime = NOON) -> Standing:
    return read_clock(run, HOUR, CALENDAR, now=now)


def test_clock_waits_while_the_customer_has_the_word() -> None:
    """R35: pauses while waiting on the customer."""
    run = Run(NOON - 2 * HOUR, None, (Pause(NOON - 1.5 * HOUR),))
    assert standing(run) == Standing(None, HOUR / 2, HOUR / 2, None, paused=True, met_at=None)


def test_clock_that_was_late_before_the_pause_stays_late() -> None:
    run = Run(NOON - 3 * HOUR, None, (Pause(NOON - HOUR),))
    late = NOON - 2 * HOUR
    assert standing(run) == Standing(late, 2 * HOUR, timedelta(0), late, paused=True, met_at=None)


@pytest.mark.parametrize(("minutes", "late"), [(60, False), (61, True)])
def test_met_to_the_minute_is_in_time(minutes: int, late: bool) -> None:
    run = Run(NOON - 2 * HOUR, NOON - 2 * HOUR + MINUTE * minutes)
    assert (standing(run).late_since is not None, standing(run).met_at) == (late, run.met_at)


def times(state: CaseState, **facts: object) -> CaseTimes:
    return CaseTimes(state=state, opened_at=NOON, **facts)  # type: ignore[arg-type]


LATER = NOON + HOUR
SPAN = (Pause(LATER),)


@pytest.mark.parametrize(
    ("case", "clocks_that_run"),
    [
        (times(CaseState.NEW), {Clock.ACKNOWLEDGEMENT, Clock.FIRST_REPLY, Clock.RESOLUTION}),
        (times(CaseState.OPEN, answered_at=NOON), {Clock.ACKNOWLEDGEMENT, Clock.RESOLUTION}),
        (times(CaseState.OPEN, answered_at=NOON, began_private=True), {Clock.RESOLUTION}),
        (
            times(CaseState.OPEN, answered_at=NOON, acknowledged_at=NOON, unanswered_since=LATER),
            {Clock.NEXT_REPLY, Clock.RESOLUTION},
        ),
        (
            times(CaseState.WAITING, answered_at=NOON, acknowledged_at=NOON, pauses=SPAN),
            {Clock.RESOLUTION},
        ),
        (times(CaseState.RESOLVED, resolved_at=LATER, pauses=SPAN), {Clock.CLOSE_OUT}),
        (times(CaseState.CLOSED, resolved_at=NOON, closed_at=LATER, pauses=SPAN), set()),
        (times(CaseState.CLOSED, resolved_at=NOON, closed_out_at=LATER, pauses=SPAN), set()),
        (times(CaseState.DISMISSED), set()),
    ],
)
def test_five_clocks_run_as_the_case_goes(case: CaseTimes, clocks_that_run: set[Clock]) -> None:
    """R35: acknowledgement, first human reply, next reply, resolution, close-out."""
    assert {clock for clock, run in runs_of(case).items() if run.met_at is None} == clocks_that_run


def test_close_out_of_an_earlier_round_does_not_count() -> None:
    case = times(CaseState.RESOLVED, resolved_at=LATER, closed_out_at=NOON)
    assert runs_of(case)[Clock.CLOSE_OUT] == Run(LATER)
