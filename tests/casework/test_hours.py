"""Business hours, held against somebody who looks at the wall's clock every minute."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from amends.casework.hours import ALWAYS, Calendar, Hours, Window, holidays_of
from amends.terms import BadInput

MINUTE = timedelta(minutes=1)
# Days on which something is odd: clocks set forward and back (by an hour, by half of one, at
# midnight), a leap day, the turn of the year, a day that Samoa left out.
ODD = [
    ("Europe/Berlin", datetime(2026, 3, 28, 20, tzinfo=UTC)),
    ("Europe/Berlin", datetime(2026, 10, 24, 20, tzinfo=UTC)),
    ("America/New_York", datetime(2028, 3, 12, 3, tzinfo=UTC)),
    ("America/New_York", datetime(2026, 11, 1, 2, tzinfo=UTC)),
    ("Australia/Lord_Howe", datetime(2026, 4, 4, 10, tzinfo=UTC)),
    ("Africa/Cairo", datetime(2026, 4, 23, 18, tzinfo=UTC)),
    ("Asia/Kathmandu", datetime(2028, 2, 28, 12, tzinfo=UTC)),
    ("UTC", datetime(2027, 12, 31, 12, tzinfo=UTC)),
    ("Pacific/Apia", datetime(2011, 12, 29, 8, tzinfo=UTC)),
]


@st.composite
def hours_and_starts(draw: st.DrawFn) -> tuple[Hours, datetime]:
    zone, about = draw(st.sampled_from(ODD))
    times = st.builds(time, st.integers(0, 23), st.sampled_from([0, 15, 59]))
    windows = draw(
        st.lists(st.builds(Window, st.integers(0, 6), times, times), min_size=1, max_size=9)
    )
    days = [about.date() + timedelta(days=n) for n in range(3)]
    closed = draw(st.frozensets(st.sampled_from(days), max_size=1))
    start = about + MINUTE * draw(st.integers(0, 900))
    return Hours(zone=zone, windows=tuple(windows), closed=closed), start


def open_at(hours: Hours, at: datetime) -> bool:
    """What somebody sees who looks from the wall's clock to the list of windows and the calendar."""
    wall = at.astimezone(ZoneInfo(hours.zone))
    if wall.date() in hours.closed:
        return False
    now, today = wall.time(), wall.weekday()
    yesterday = (wall.date() - timedelta(days=1)).weekday()
    for one in hours.windows:
        over = one.closes <= one.opens
        if one.day == today and one.opens <= now and (over or now < one.closes):
            return True
        if over and one.day == yesterday and now < one.closes:
            return True
    return False


def minutes_open(hours: Hours, start: datetime, count: int) -> list[bool]:
    return [open_at(hours, start + MINUTE * number) for number in range(count)]


@given(hours_and_starts())
def test_open_time_is_what_somebody_counts_minute_by_minute(drawn: tuple[Hours, datetime]) -> None:
    hours, start = drawn
    calendar, seen = Calendar(hours), minutes_open(hours, start, 1500)
    assert [calendar.is_open(start + MINUTE * n) for n in range(0, 1500, 7)] == seen[::7]
    assert calendar.open_time(start, start + MINUTE * 1500) == MINUTE * sum(seen)


@given(hours_and_starts(), st.integers(1, 600))
def test_work_ends_when_somebody_who_counts_minutes_has_counted_enough(
    drawn: tuple[Hours, datetime], work: int
) -> None:
    hours, start = drawn
    seen = minutes_open(hours, start, 1500)
    counted = [number for number, is_open in enumerate(seen) if is_open]
    ends = Calendar(hours).after(start, MINUTE * work)
    if len(counted) >= work:
        assert ends == start + MINUTE * (counted[work - 1] + 1)
    else:
        assert ends is None or ends > start + MINUTE * 1500


@settings(max_examples=20, deadline=None)
@given(hours_and_starts())
def test_openings_are_as_long_as_can_be(drawn: tuple[Hours, datetime]) -> None:
    hours, start = drawn
    calendar = Calendar(hours)
    found = list(calendar.openings(start, start + timedelta(days=3)))
    assert all(left[1] < right[0] for left, right in pairwise(found))
    together = sum((end - begin for begin, end in found), timedelta(0))
    assert together == calendar.open_time(start, start + timedelta(days=3))


NINE_TO_FIVE = Hours(
    zone="Europe/Berlin",
    windows=tuple(Window(day, time(9, 30), time(17)) for day in range(5)),
    country="DE",
    region="BE",
)
SUNDAY = datetime(2026, 11, 22, 22, 10, tzinfo=UTC)  # 23:10 in Berlin


@pytest.mark.parametrize(
    ("start", "work", "ends"),
    [
        (SUNDAY, timedelta(minutes=30), datetime(2026, 11, 23, 9, 0, tzinfo=UTC)),
        (datetime(2026, 12, 24, 15, 30, tzinfo=UTC), timedelta(hours=1), datetime(2026, 12, 28, 9, 0, tzinfo=UTC)),
        (datetime(2026, 12, 24, 15, 30, tzinfo=UTC), timedelta(minutes=30), datetime(2026, 12, 24, 16, 0, tzinfo=UTC)),
        (SUNDAY, timedelta(0), SUNDAY),
    ],
    ids=["over the night", "over Christmas", "to the minute of closing", "no work"],
)  # fmt: skip
def test_business_hours_are_respected(start: datetime, work: timedelta, ends: datetime) -> None:
    """R35."""
    assert Calendar(NINE_TO_FIVE).after(start, work) == ends


def test_several_windows_a_day_and_one_across_midnight() -> None:
    windows = (
        Window(0, time(9), time(12)),
        Window(0, time(13), time(17)),
        Window(0, time(22), time(2)),
    )
    found = Calendar(Hours(windows=windows)).openings(
        datetime(2026, 11, 23, tzinfo=UTC), datetime(2026, 11, 25, tzinfo=UTC)
    )
    assert [(start.hour, end.hour) for start, end in found] == [(9, 12), (13, 17), (22, 2)]


def test_always_is_open_over_the_leap_day_without_a_seam() -> None:
    start, end = datetime(2028, 2, 27, tzinfo=UTC), datetime(2028, 3, 2, tzinfo=UTC)
    whole = Hours(
        zone="Europe/Berlin", windows=ALWAYS.windows, closed=frozenset({date(2028, 2, 1)})
    )
    assert list(Calendar(whole).openings(start, end)) == [(start, end)]


def test_what_never_opens_is_never_due() -> None:
    window = Window(0, time(9), time(17))
    off = frozenset(date(2026, 11, 23) + timedelta(weeks=number) for number in range(200))
    calendar = Calendar(Hours(windows=(window,), closed=off))
    assert (calendar.after(SUNDAY, MINUTE), calendar.opens_next(SUNDAY)) == (None, None)


def test_next_opening_is_after_the_holiday() -> None:
    """R36: a truthful word on when we are back."""
    eve = datetime(2026, 12, 24, 20, tzinfo=UTC)
    assert Calendar(NINE_TO_FIVE).opens_next(eve) == datetime(2026, 12, 28, 8, 30, tzinfo=UTC)


def test_region_has_holidays_of_its_own() -> None:
    womens_day = date(2026, 3, 8)
    assert [womens_day in holidays_of("DE", region, 2026) for region in ("BE", "BY")] == [
        True,
        False,
    ]


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"zone": "Mars/Base"}, "no time zone “Mars/Base”"),
        ({"zone": "../etc/passwd"}, "no time zone"),
        ({"windows": ()}, "at least one window"),
        ({"country": "ZZ"}, "holidays of ZZ  are not known"),
        ({"country": "DE", "region": "ZZ"}, "holidays of DE ZZ are not known"),
    ],
)
def test_refusal_is_a_sentence(facts: dict[str, object], words: str) -> None:
    with pytest.raises(BadInput, match=words):
        Hours(**({"windows": ALWAYS.windows} | facts))  # type: ignore[arg-type]
