"""Business hours: windows of the week in a time zone, less public holidays.

A window is told by the clock on the wall. Where the clock is set forward, the hour that does not
exist is lost; where it is set back, the hour that comes twice is open twice. Within, time is whole
microseconds since 1970 in UTC.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from amends.terms import BadInput

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_SECOND: Final = 1_000_000
_DAY: Final = 86_400 * _SECOND
_QUARTER: Final = _DAY // 4
_FARTHEST: Final = 1100  # days: what is not open within three years never opens
_KEPT: Final = 4000
DAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MIDNIGHT: Final = time(0)

Span = tuple[int, int]


@dataclass(frozen=True, slots=True, order=True)
class Window:
    """Open every week on one day; ``day`` 0 is Monday. One that closes when it opens or earlier
    closes on the next day, so that midnight to midnight is a whole day."""

    day: int
    opens: time
    closes: time

    def __post_init__(self) -> None:
        if not 0 <= self.day <= 6:
            raise BadInput("A day of the week is one of 0 (Monday) to 6 (Sunday).")

    @property
    def crosses_midnight(self) -> bool:
        return self.closes <= self.opens and self.closes != MIDNIGHT


@dataclass(frozen=True, slots=True)
class Hours:
    """When somebody is there. ``zone`` is an IANA name, ``country`` (ISO 3166) and ``region`` name
    whose public holidays are kept; ``closed`` are further days off. A holiday closes its own day,
    midnight to midnight, and nothing of the next. Raises ``BadInput``.
    """

    zone: str = "UTC"
    windows: tuple[Window, ...] = ()
    country: str = ""
    region: str = ""
    closed: frozenset[date] = frozenset()

    def __post_init__(self) -> None:
        zone_named(self.zone)
        if not self.windows:
            raise BadInput("Hours need at least one window, such as Monday 09:00 to 17:00.")
        holidays_of(self.country, self.region, 2024)


def zone_named(name: str) -> ZoneInfo:
    """Raises ``BadInput`` for what is no time zone."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise BadInput(
            f"There is no time zone “{name[:60]}”. Write one as Europe/Berlin."
        ) from error


@lru_cache(512)
def holidays_of(country: str, region: str, year: int) -> frozenset[date]:
    """Public holidays of a year; none without a country. Raises ``BadInput``."""
    if not country:
        return frozenset()
    import holidays  # late, as it takes as long as all else here

    try:
        found = holidays.country_holidays(country, subdiv=region or None, years=year)
    except NotImplementedError as error:
        raise BadInput(
            f"The holidays of {country[:20]} {region[:20]} are not known. Leave the region out,"
            " or write the days off by hand."
        ) from error
    return frozenset(day for day in found if day.year == year)


ALWAYS: Final = Hours(windows=tuple(Window(day, MIDNIGHT, MIDNIGHT) for day in range(7)))


def to_us(at: datetime) -> int:
    return (at - _EPOCH) // timedelta(microseconds=1)


def to_moment(us: int) -> datetime:
    return _EPOCH + timedelta(microseconds=us)


class Calendar:
    """What ``Hours`` leave open, answered from days that were worked out once."""

    def __init__(self, hours: Hours) -> None:
        self.hours = hours
        self.zone = zone_named(hours.zone)
        self._days: dict[int, tuple[Span, ...]] = {}
        whole = {one.day for one in hours.windows if one.opens == one.closes == MIDNIGHT}
        self._always = len(whole) == 7 and not hours.country and not hours.closed

    def is_open(self, at: datetime) -> bool:
        us = to_us(at)
        return self._always or any(start <= us < end for start, end in self._day(us // _DAY))

    def openings(self, start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
        """The spans that are open between two instants, in order, each as long as can be."""
        begun: Span | None = None
        for span in self._spans(to_us(start), to_us(end)):
            if begun is not None and begun[1] == span[0]:
                begun = (begun[0], span[1])
                continue
            if begun is not None:
                yield to_moment(begun[0]), to_moment(begun[1])
            begun = span
        if begun is not None:
            yield to_moment(begun[0]), to_moment(begun[1])

    def open_time(self, start: datetime, end: datetime) -> timedelta:
        """How much is open between two instants; none where the end comes first."""
        if end <= start:
            return timedelta(0)
        if self._always:
            return end - start
        spans = self._spans(to_us(start), to_us(end))
        return timedelta(microseconds=sum(end - start for start, end in spans))

    def after(self, start: datetime, work: timedelta) -> datetime | None:
        """The first instant at which so much open time has passed; None: not within three years."""
        if self._always or not work:
            return start + work
        left, begun = work // timedelta(microseconds=1), to_us(start)
        for opens, closes in self._spans(begun, begun + _FARTHEST * _DAY):
            if closes - opens >= left:
                return to_moment(opens + left)
            left -= closes - opens
        return None

    def opens_next(self, at: datetime) -> datetime | None:
        """``at`` where it is open, else when it opens next; None: not within three years."""
        begun = to_us(at)
        spans = self._spans(begun, begun + _FARTHEST * _DAY)
        return next((to_moment(opens) for opens, _ in spans), None)

    def _spans(self, start: int, end: int) -> Iterator[Span]:
        for day in range(start // _DAY, -(-end // _DAY)):
            for opens, closes in self._day(day):
                if closes > start and opens < end:
                    yield max(opens, start), min(closes, end)

    def _day(self, day: int) -> tuple[Span, ...]:
        """What is open on a day of UTC."""
        known = self._days.get(day)
        if known is None:
            if len(self._days) >= _KEPT:
                self._days.clear()
            known = self._days[day] = _joined(list(self._work_out(day)))
        return known

    def _work_out(self, day: int) -> Iterator[Span]:
        for start, end, ahead in self._stretches(day * _DAY, (day + 1) * _DAY):
            wall = (start + ahead, end + ahead)
            for local in range(wall[0] // _DAY - 1, (wall[1] - 1) // _DAY + 1):
                for opens, closes in self._walls(local):
                    if closes > wall[0] and opens < wall[1]:
                        yield max(opens, wall[0]) - ahead, min(closes, wall[1]) - ahead

    def _walls(self, local: int) -> Iterator[Span]:
        """What opens on a local day, by the wall's clock, cut at midnight for holidays' sake."""
        midnight, weekday = local * _DAY, (local + 3) % 7  # 1 January 1970 was a Thursday
        for window in self.hours.windows:
            if window.day != weekday:
                continue
            opens, closes = _in_day(window.opens), _in_day(window.closes)
            over = closes <= opens
            if not self._is_off(local):
                yield midnight + opens, midnight + (_DAY if over else closes)
            if over and closes and not self._is_off(local + 1):
                yield midnight + _DAY, midnight + _DAY + closes

    def _is_off(self, local: int) -> bool:
        hours = self.hours
        if not hours.country and not hours.closed:
            return False
        day = (_EPOCH + timedelta(days=local)).date()
        return day in hours.closed or day in holidays_of(hours.country, hours.region, day.year)

    def _stretches(self, start: int, end: int) -> Iterator[tuple[int, int, int]]:
        """Stretches of one offset from UTC, each with that offset. Offsets are looked at every six
        hours: no zone changes twice within so little."""
        begun, ahead = start, self._ahead(start)
        for later in range(start + _QUARTER, end + 1, _QUARTER):
            other = self._ahead(later)
            if other != ahead:
                change = self._change(later - _QUARTER, later)
                yield begun, change, ahead
                begun, ahead = change, other
        if begun < end:
            yield begun, end, ahead

    def _change(self, before: int, after: int) -> int:
        """The second at which the offset changes between two instants."""
        old = self._ahead(before)
        while after - before > _SECOND:
            middle = (before + after) // 2 // _SECOND * _SECOND
            before, after = (middle, after) if self._ahead(middle) == old else (before, middle)
        return after

    def _ahead(self, us: int) -> int:
        offset = to_moment(us).astimezone(self.zone).utcoffset() or timedelta(0)
        return offset // timedelta(microseconds=1)


@lru_cache(256)
def calendar_of(hours: Hours) -> Calendar:
    """The calendar of these hours, shared by all who ask."""
    return Calendar(hours)


def _in_day(moment: time) -> int:
    return (moment.hour * 3600 + moment.minute * 60 + moment.second) * _SECOND


def _joined(spans: list[Span]) -> tuple[Span, ...]:
    joined: list[Span] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return tuple(joined)
