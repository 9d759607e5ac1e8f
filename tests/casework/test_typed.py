"""Hours and lengths of time as people type them."""

from datetime import date, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from amends.casework.hours import Window
from amends.casework.typed import dates_typed, span_text, span_typed, windows_text, windows_typed
from amends.terms import BadInput


@pytest.mark.parametrize(
    ("text", "windows"),
    [
        ("Mon 9-17", [Window(0, time(9), time(17))]),
        ("sat-sun: 10:00-12:00", [Window(5, time(10), time(12)), Window(6, time(10), time(12))]),
        ("Tuesday 09:00-12:30, 13:30-18:00", [Window(1, time(9), time(12, 30)), Window(1, time(13, 30), time(18))]),
        ("Fri-Mon 22:00\u201306:00", [Window(d, time(22), time(6)) for d in (0, 4, 5, 6)]),
        ("Su 00:00-24:00\n\nMon closed\n", [Window(6, time(0), time(0))]),
    ],
)  # fmt: skip
def test_hours_are_read_as_people_write_them(text: str, windows: list[Window]) -> None:
    assert windows_typed(text) == tuple(windows)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("always", "“always” are no hours"),
        ("Mon-Foo 9-17", "Mon-Foo are no days"),
        ("Mon 9-25", "25:00 is no time of day"),
        ("Mon 9-17 18", "are no hours. Write them as 09:00-17:00"),
        ("Mon", "“Mon” are no hours"),
    ],
)
def test_refusal_says_how_to_write_hours(text: str, words: str) -> None:
    with pytest.raises(BadInput, match=words):
        windows_typed(text)


WINDOWS = st.builds(
    Window, st.integers(0, 6), *(st.builds(time, st.integers(0, 23), st.integers(0, 59)),) * 2
)


@settings(max_examples=25)
@given(st.sets(WINDOWS, max_size=12))
def test_hours_printed_are_read_the_same(windows: set[Window]) -> None:
    assert windows_typed(windows_text(windows)) == tuple(sorted(windows))


@pytest.mark.parametrize(
    ("text", "minutes", "printed"),
    [("90", 90, "90 min"), ("4 h", 240, "4 h"), ("2D", 2880, "2 d"), ("48 hours", 2880, "2 d")],
)
def test_lengths_are_read_and_printed(text: str, minutes: int, printed: str) -> None:
    assert (span_typed(text), span_text(span_typed(text))) == (timedelta(minutes=minutes), printed)


@pytest.mark.parametrize("text", ["", "soon", "0", "400 d", "1.5 h", "-3"])
def test_what_is_no_length_is_refused(text: str) -> None:
    with pytest.raises(BadInput):
        span_typed(text)


def test_dates_are_one_a_line() -> None:
    assert dates_typed("2026-12-31\n2026-12-24\n") == (date(2026, 12, 24), date(2026, 12, 31))
    with pytest.raises(BadInput, match=r"“24\.12\.” is no date"):
        dates_typed("24.12.")
