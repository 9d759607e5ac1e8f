"""Hours and lengths of time as people type them: ``Mon-Fri 09:00-12:30 13:30-18:00``, ``90 min``."""

import re
from collections.abc import Iterable
from datetime import date, time, timedelta
from itertools import groupby
from typing import Final

from amends.casework.hours import DAYS, Window
from amends.terms import BadInput

_SHORT: Final = tuple(day[:3] for day in DAYS)
_DAYS: Final = {day[:length].lower(): n for n, day in enumerate(DAYS) for length in range(2, 10)}
_HOURS: Final = re.compile(r"(\d{1,2})(?::(\d\d))?\s*[-\u2013]\s*(\d{1,2})(?::(\d\d))?")
_LINE: Final = re.compile(
    r"\s*([^\W\d]+)(?:\s*[-\u2013]\s*([^\W\d]+))?\s*:?\s+((?:\d[\d:\s,\u2013-]*)|closed)\s*", re.IGNORECASE
)  # fmt: skip
_SPAN: Final = re.compile(r"(\d{1,6})\s*(min|minutes?|m|h|hours?|d|days?)?", re.IGNORECASE)
_MINUTES: Final = {"m": 1, "h": 60, "d": 24 * 60}
LONGEST: Final = 366 * 24 * 60


def windows_typed(text: str) -> tuple[Window, ...]:
    """One line for a day or a run of days, with one or more windows. Raises ``BadInput``."""
    found: list[Window] = []
    for line in text.splitlines():
        if line.strip():
            found += _line(line)
    return tuple(sorted(set(found)))


def _line(line: str) -> list[Window]:
    read = _LINE.fullmatch(line)
    if read is None:
        raise BadInput(
            f"“{line.strip()[:60]}” are no hours. Write them as Mon-Fri 09:00-17:00, one line for"
            " days with the same hours."
        )
    days = _days(read[1], read[2] or read[1])
    if read[3].lower() == "closed":
        return []
    if re.sub(r"[\s,]", "", _HOURS.sub("", read[3])):
        raise BadInput(f"“{read[3].strip()[:60]}” are no hours. Write them as 09:00-17:00.")
    times = [(_time(h[1], h[2]), _time(h[3], h[4])) for h in _HOURS.finditer(read[3])]
    return [Window(day, opens, closes) for day in days for opens, closes in times]


def _days(first: str, last: str) -> list[int]:
    named = [_DAYS.get(one.lower()) for one in (first, last)]
    if named[0] is None or named[1] is None:
        raise BadInput(f"{first[:20]}-{last[:20]} are no days. Write Mon, Tue … or Mon-Fri.")
    start, end = named[0], named[1]
    return [(start + n) % 7 for n in range((end - start) % 7 + 1)]


def _time(hour: str, minute: str | None) -> time:
    if int(hour) == 24 and not int(minute or 0):
        return time(0)
    try:
        return time(int(hour), int(minute or 0))
    except ValueError as error:
        raise BadInput(f"{hour}:{minute or '00'} is no time of day.") from error


def windows_text(windows: Iterable[Window]) -> str:
    """The windows as ``windows_typed`` reads them, days with the same hours in one line."""
    days = [
        (day, " ".join(f"{w.opens:%H:%M}-{w.closes:%H:%M}" for w in found))
        for day, found in (
            (day, list(given))
            for day, given in groupby(sorted(windows), key=lambda window: window.day)
        )
    ]
    lines: list[tuple[int, int, str]] = []
    for day, hours in days:
        if lines and lines[-1][2] == hours and lines[-1][1] == day - 1:
            lines[-1] = (lines[-1][0], day, hours)
        else:
            lines.append((day, day, hours))
    return "\n".join(
        f"{_SHORT[first]}{'' if first == last else '-' + _SHORT[last]} {hours}"
        for first, last, hours in lines
    )


def span_typed(text: str) -> timedelta:
    """``30 min``, ``4 h``, ``2 d``; a number alone is minutes. Raises ``BadInput``."""
    read = _SPAN.fullmatch(text.strip())
    if read is None:
        raise BadInput(f"“{text.strip()[:40]}” is no length of time. Write 30 min, 4 h or 2 d.")
    minutes = int(read[1]) * _MINUTES[(read[2] or "m")[0].lower()]
    if not 0 < minutes <= LONGEST:
        raise BadInput("A promise is for a minute to a year.")
    return timedelta(minutes=minutes)


def span_text(length: timedelta) -> str:
    """As ``span_typed`` reads it, in the largest unit that loses nothing."""
    minutes = length // timedelta(minutes=1)
    for unit, name in ((24 * 60, "d"), (60, "h")):
        if minutes % unit == 0:
            return f"{minutes // unit} {name}"
    return f"{minutes} min"


def dates_typed(text: str) -> tuple[date, ...]:
    """One ISO date a line. Raises ``BadInput``."""
    found = set()
    for line in text.split():
        try:
            found.add(date.fromisoformat(line.strip(",;")))
        except ValueError as error:
            raise BadInput(f"“{line[:20]}” is no date. Write 2026-12-24, one a line.") from error
    return tuple(sorted(found))
