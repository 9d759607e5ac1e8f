"""Times on the wall of whoever writes them, also in the nights in which clocks are set."""

from datetime import UTC, datetime, timedelta

import pytest

from amends.casework.scheduling import check_send_time, moment_of, on_the_wall, said_there
from amends.terms import BadInput

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("typed", "zone", "moment"),
    [
        ("2026-03-02T09:30", "UTC", "2026-03-02T09:30"),
        ("2026-03-28 09:30", "Europe/Berlin", "2026-03-28T08:30"),
        ("2026-03-29T03:00", "Europe/Berlin", "2026-03-29T01:00"),
        ("2026-10-25T02:30", "Europe/Berlin", "2026-10-25T00:30"),
        ("2026-11-01T01:30", "America/New_York", "2026-11-01T05:30"),
        ("2026-03-02T09:30", "Asia/Kathmandu", "2026-03-02T03:45"),
    ],
)
def test_time_on_the_wall_is_one_moment(typed: str, zone: str, moment: str) -> None:
    """One that comes twice is its first coming."""
    assert moment_of(typed, zone) == datetime.fromisoformat(moment).replace(tzinfo=UTC)


def test_hour_that_the_clocks_skip_is_refused_with_another() -> None:
    with pytest.raises(BadInput, match=r"There is no 02:30 on 29 March .* Choose 03:30"):
        moment_of("2026-03-29T02:30", "Europe/Berlin")


@pytest.mark.parametrize("typed", ["", "tomorrow", "2026-13-01T00:00", "2026-03-02T09:30+01:00"])
def test_what_is_no_time_is_refused(typed: str) -> None:
    with pytest.raises(BadInput, match="no date and time"):
        moment_of(typed, "UTC")


@pytest.mark.parametrize("wait", [timedelta(0), timedelta(days=-1), timedelta(days=91)])
def test_reply_waits_for_a_time_that_comes_and_is_not_far(wait: timedelta) -> None:
    with pytest.raises(BadInput):
        check_send_time(NOW + wait, now=NOW)


def test_time_is_said_and_typed_by_the_same_clock() -> None:
    moment = moment_of("2026-07-01T09:30", "Asia/Kolkata")
    assert on_the_wall(moment, "Asia/Kolkata") == "2026-07-01T09:30"
    assert said_there(moment, "Asia/Kolkata") == "Wednesday 1 July, 09:30 (UTC+5:30)"
    assert said_there(moment, "America/New_York") == "Wednesday 1 July, 00:00 (UTC-4)"
