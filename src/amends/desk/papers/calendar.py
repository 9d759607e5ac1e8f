"""A call as an iCalendar event (RFC 5545)."""

from datetime import UTC, datetime, timedelta

from amends.casework.calls import CallStatus


def calendar_event(
    *,
    name: str,
    starts_at: datetime,
    minutes: int,
    title: str,
    about: str,
    place: str,
    status: CallStatus,
    revision: int,
    changed_at: datetime,
) -> bytes:
    """The file for a calendar. With the same ``name`` and a higher ``revision`` it takes the place of
    the event that is there; one that is called off takes it away."""
    import icalendar  # late: loading it takes 40 ms, and few who start the pages have a call

    off = status in {CallStatus.CANCELLED, CallStatus.MISSED}
    event = icalendar.Event()
    event.add("uid", f"{name}@amends")
    event.add("dtstamp", changed_at.astimezone(UTC).replace(microsecond=0))
    event.add("dtstart", starts_at.astimezone(UTC).replace(microsecond=0))
    event.add(
        "dtend", (starts_at + timedelta(minutes=minutes)).astimezone(UTC).replace(microsecond=0)
    )
    event.add("summary", _line(title))
    event.add("sequence", revision)
    event.add("status", "CANCELLED" if off else "CONFIRMED")
    if about.strip():
        event.add("description", about.strip())
    if place:
        event.add("location", _line(place))
    calendar = icalendar.Calendar()
    calendar.add("prodid", "-//Amends//Calls//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "CANCEL" if off else "PUBLISH")
    calendar.add_component(event)
    return bytes(calendar.to_ical())


def _line(text: str) -> str:
    return " ".join(text.split())
