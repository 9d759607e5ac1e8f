"""When a reply goes out that was written for later: a time on the wall of whoever wrote it."""

from datetime import UTC, datetime, timedelta
from typing import Final

from amends.casework.hours import zone_named
from amends.terms import BadInput

FARTHEST: Final = timedelta(days=90)


def moment_of(typed: str, zone: str) -> datetime:
    """The moment that a date and time on the wall of ``zone`` mean, in UTC.

    A time that comes twice is its first coming. Raises ``BadInput`` for what is no time, and for
    one that the clocks skip when they are set forward.
    """
    there = zone_named(zone)
    try:
        wall = datetime.fromisoformat(typed.strip()).replace(microsecond=0)
        if wall.tzinfo is not None:
            raise ValueError(typed)
        moment = wall.replace(tzinfo=there, fold=0).astimezone(UTC)
        back = moment.astimezone(there).replace(tzinfo=None)
    except (ValueError, OverflowError) as error:
        raise BadInput("That is no date and time. Write it as 2026-03-29 09:30.") from error
    if back != wall:
        raise BadInput(
            f"There is no {wall:%H:%M} on {wall:%-d %B %Y} in {zone}: the clocks are set forward."
            f" Choose {back:%H:%M} or another time."
        )
    return moment


def check_send_time(goes_at: datetime, *, now: datetime) -> None:
    """Raise ``BadInput`` unless a reply may be kept until then."""
    if goes_at <= now:
        raise BadInput("That time is over. Choose a later one, or send the reply now.")
    if goes_at - now > FARTHEST:
        raise BadInput(f"A reply waits {FARTHEST.days} days at most. Choose an earlier time.")


def on_the_wall(moment: datetime, zone: str) -> str:
    """A moment as the clock of ``zone`` shows it, for a form: ``2026-03-29T09:30``."""
    return f"{moment.astimezone(zone_named(zone)):%Y-%m-%dT%H:%M}"


def said_there(moment: datetime, zone: str) -> str:
    """A moment in words by the clock of ``zone``: ``Sunday 29 March, 09:30 (UTC+2)``."""
    there = moment.astimezone(zone_named(zone))
    return f"{there:%A %-d %B, %H:%M} ({_offset(there)})"


def _offset(there: datetime) -> str:
    minutes = int((there.utcoffset() or timedelta(0)).total_seconds()) // 60
    if not minutes:
        return "UTC"
    hours, rest = divmod(abs(minutes), 60)
    sign = "+" if minutes > 0 else "-"
    return f"UTC{sign}{hours}" + (f":{rest:02}" if rest else "")
