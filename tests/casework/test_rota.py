"""The rota and its gaps."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amends.casework.hours import Hours, Window
from amends.casework.rota import Absence, Duty, Turn, gaps, on_duty

MINA, OMAR = 1, 2
BERLIN = "Europe/Berlin"
MONDAY = datetime(2026, 11, 23, tzinfo=UTC)
WEEK = MONDAY + timedelta(days=7)
NINE_TO_FIVE = Hours(zone=BERLIN, windows=tuple(Window(day, time(9), time(17)) for day in range(5)))


def turns(person: int, *days: int, opens: int = 9, closes: int = 17) -> list[Turn]:
    window = [Window(day, time(opens), time(closes)) for day in days]
    return [Turn(person, Duty.DESK, BERLIN, one) for one in window]


def missing(there: list[Turn], *away: Absence) -> list[tuple[str, str]]:
    found = gaps(NINE_TO_FIVE, there, away, start=MONDAY, end=WEEK)
    return [(f"{start:%a %H}", f"{end:%a %H}") for start, end in found]


def test_full_rota_has_no_gap() -> None:
    assert missing(turns(MINA, 0, 1, 2) + turns(OMAR, 3, 4)) == []


def test_gap_is_flagged_in_advance() -> None:
    """R36: Wednesday afternoon has nobody."""
    half = [*turns(MINA, 0, 1), *turns(OMAR, 3, 4), *turns(MINA, 2, closes=13)]
    assert missing(half) == [("Wed 12", "Wed 16")]


def test_whoever_is_away_covers_nothing() -> None:
    away = Absence(OMAR, date(2026, 11, 27), date(2026, 11, 29), BERLIN)
    assert missing(turns(MINA, 0, 1, 2) + turns(OMAR, 3, 4), away) == [("Fri 08", "Fri 16")]


def test_turn_holds_between_its_days() -> None:
    window = Window(0, time(9), time(17))
    turn = Turn(MINA, Duty.DESK, BERLIN, window, first=date(2026, 12, 1), last=date(2026, 12, 8))
    found = on_duty([turn], [], MONDAY, MONDAY + timedelta(days=28))
    assert [span[0].date() for _, span in found] == [date(2026, 12, 7)]


def test_around_the_clock_needs_somebody_on_call_at_night() -> None:
    """Two desks that follow the sun, and a night between them that nobody has."""
    every = range(7)
    windows = [Window(day, time(8), time(20)) for day in every]
    berlin = [Turn(MINA, Duty.DESK, BERLIN, one) for one in windows]
    manila = [Turn(OMAR, Duty.ON_CALL, "Asia/Manila", one) for one in windows]
    start, end = MONDAY + timedelta(hours=12), MONDAY + timedelta(hours=36)
    found = gaps(NINE_TO_FIVE, berlin + manila, [], start=start, end=end, round_the_clock=True)
    assert [(gap[0].hour, gap[1].hour) for gap in found] == [(19, 0)]


TURNS = st.builds(
    Turn, st.sampled_from([MINA, OMAR]), st.just(Duty.DESK), st.sampled_from([BERLIN, "UTC"]),
    st.builds(Window, st.integers(0, 6), st.builds(time, st.integers(0, 23)), st.builds(time, st.integers(0, 23))),
)  # fmt: skip


@given(st.lists(TURNS, max_size=6), st.booleans())
def test_gaps_and_turns_share_no_minute_and_leave_none_out(
    drawn: list[Turn], all_day: bool
) -> None:
    start, end = datetime(2026, 3, 28, tzinfo=UTC), datetime(2026, 3, 31, tzinfo=UTC)
    there = [span for _, span in on_duty(drawn, [], start, end)]
    found = gaps(NINE_TO_FIVE, drawn, [], start=start, end=end, round_the_clock=all_day)
    open_spans = gaps(NINE_TO_FIVE, [], [], start=start, end=end, round_the_clock=all_day)
    for at in (start + timedelta(minutes=n) for n in range(0, 3 * 1440, 20)):
        inside = [any(a <= at < b for a, b in spans) for spans in (found, there, open_spans)]
        assert inside[0] == (inside[2] and not inside[1])


@pytest.mark.parametrize("duty", list(Duty))
def test_whoever_is_on_call_counts_as_there(duty: Duty) -> None:
    all_week = [Turn(MINA, duty, BERLIN, Window(day, time(0), time(0))) for day in range(7)]
    assert missing(all_week) == []
