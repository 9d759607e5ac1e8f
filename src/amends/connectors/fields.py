"""Taking values out of objects that may hold anything."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from amends.terms import BadInput

_MONTHS = {
    name: number
    for number, name in enumerate(
        ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"), 1
    )
}
_LONGEST_INT = 1 << 128


def text_of(value: object) -> str | None:
    """A string that is not empty; whole numbers, which some exports make of ids, as digits."""
    if isinstance(value, str):
        return value or None
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < _LONGEST_INT:
        return str(value)
    return None


def whole_of(value: object) -> int | None:
    """A whole number of at least 0 that a 64-bit column holds."""
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 1 << 63:
        return value
    return None


def mapping_of(value: object) -> Mapping[str, Any]:
    """An object; an empty one where the value is none."""
    return value if isinstance(value, Mapping) else {}


def mappings_of(value: object) -> list[Mapping[str, Any]]:
    """The objects of a list; what is none is passed over."""
    return [one for one in value if isinstance(one, Mapping)] if isinstance(value, list) else []


def time_of(value: object) -> datetime | None:
    """RFC 3339 text as a time in UTC, None where nothing is given.

    A time without zone is taken as UTC. Raises BadInput where the value is no time.
    """
    if isinstance(value, datetime):
        return _in_utc(value)
    if value is None or value == "":
        return None
    try:
        return _in_utc(datetime.fromisoformat(str(value)))
    except (ValueError, OverflowError):
        raise BadInput(f"{str(value)[:60]!r} is no time.") from None


def twitter_time(value: str) -> datetime:
    """``Tue Oct 31 22:10:47 +0000 2017`` in UTC. Raises BadInput for anything else."""
    # By hand: strptime reads names by the process's locale and takes ten times as long.
    try:
        _, month, day, clock, zone, year = value.split()
        hours, minutes, seconds = map(int, clock.split(":"))
        offset = timedelta(hours=int(zone[:3]), minutes=int(zone[0] + zone[3:5]))
        return datetime(
            int(year), _MONTHS[month], int(day), hours, minutes, seconds, tzinfo=timezone(offset)
        ).astimezone(UTC)
    except (ValueError, KeyError, IndexError, OverflowError):
        raise BadInput(f"{value[:60]!r} is no time.") from None


def web_link(value: object) -> str | None:
    """An address that begins with http or https; nothing else is ever made a link."""
    if isinstance(value, str) and value.startswith(("http://", "https://")):
        return value
    return None


def _in_utc(time: datetime) -> datetime:
    try:
        return time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)
    except OverflowError:
        raise BadInput(f"{time} is no time.") from None
