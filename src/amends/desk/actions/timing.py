"""What is promised and who is there: hours, SLA policies and the rota are set up here."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import ProtectedError, QuerySet

from amends.casework import Action, Priority, Role, check_may, permitted
from amends.casework.clocks import Clock
from amends.casework.hours import Hours, Window, zone_named
from amends.casework.rota import Duty
from amends.desk.actions.clockwork import wind_all
from amends.desk.models import (
    Customer,
    HoursRow,
    Responder,
    RotaAbsence,
    RotaTurn,
    SlaPolicyRow,
)
from amends.terms import BadInput


def _check(by: Responder | None) -> None:
    if by is not None:
        check_may(Role(by.role), Action.SET_UP)


def _named(others: QuerySet[HoursRow] | QuerySet[SlaPolicyRow], name: str) -> str:
    name = " ".join(name.split())
    if not 0 < len(name) <= 80:
        raise BadInput("A name has 1 to 80 characters.")
    if others.filter(name=name).exists():
        raise BadInput(f"There is another one called {name}. Choose a name of its own.")
    return name


def save_hours(
    row: HoursRow | None,
    *,
    name: str,
    hours: Hours,
    cover: str = "",
    by: Responder | None,
    now: datetime,
) -> HoursRow:
    """Create or change business hours; clocks that go by them are computed anew.

    ``cover``: "" or when the rota must have somebody, ``hours`` or ``always``.
    """
    _check(by)
    if cover not in {one for one, _ in HoursRow.COVER}:
        raise BadInput("The rota is not checked, or checked in these hours, or at any time.")
    changed = row or HoursRow()
    changed.name = _named(HoursRow.objects.exclude(pk=changed.pk or 0), name)
    changed.zone, changed.country, changed.region = hours.zone, hours.country, hours.region
    changed.windows = [[w.day, f"{w.opens:%H:%M}", f"{w.closes:%H:%M}"] for w in hours.windows]
    changed.closed = [day.isoformat() for day in sorted(hours.closed)]
    changed.cover = cover
    with transaction.atomic():
        changed.save()
        if changed.slapolicyrow_set.exists():
            wind_all(now=now)
    return changed


def remove_hours(row: HoursRow, *, by: Responder | None) -> None:
    """Raises ``BadInput`` while a policy goes by them."""
    _check(by)
    try:
        row.delete()
    except ProtectedError as error:
        raise BadInput(
            f"An SLA policy goes by {row.name}. Give it other hours first, then remove these."
        ) from error


def save_sla_policy(
    row: SlaPolicyRow | None,
    *,
    name: str,
    times: Mapping[Clock, timedelta],
    priority: Priority | None = None,
    network: str = "",
    customer: Customer | None = None,
    hours: HoursRow | None = None,
    escalate_to: Responder | None = None,
    by: Responder | None,
    now: datetime,
) -> SlaPolicyRow:
    """Create or change what is promised; the clocks of all cases that are not over are computed
    anew."""
    _check(by)
    if escalate_to is not None and not _may_be_handed_up_to(escalate_to):
        raise BadInput(f"{escalate_to.name} cannot be handed cases. Choose a lead or a responder.")
    changed = row or SlaPolicyRow()
    changed.name = _named(SlaPolicyRow.objects.exclude(pk=changed.pk or 0), name)
    changed.priority, changed.network, changed.customer = priority, network, customer
    changed.hours, changed.escalate_to = hours, escalate_to
    changed.times = {str(clock): length // timedelta(minutes=1) for clock, length in times.items()}
    with transaction.atomic():
        changed.save()
        wind_all(now=now)
    return changed


def _may_be_handed_up_to(person: Responder) -> bool:
    return person.is_active and Action.WORK in permitted(Role(person.role))


def remove_sla_policy(row: SlaPolicyRow, *, by: Responder | None, now: datetime) -> None:
    """What else fits holds from now on, or what is shipped."""
    _check(by)
    with transaction.atomic():
        row.delete()
        wind_all(now=now)


def add_turns(
    person: Responder,
    *,
    duty: Duty,
    zone: str,
    windows: tuple[Window, ...],
    first: date | None = None,
    last: date | None = None,
    by: Responder | None,
) -> list[RotaTurn]:
    """Put somebody on the rota, every week, for each of these windows."""
    _check(by)
    zone_named(zone)
    if not windows:
        raise BadInput("Write when the turn is, such as Mon-Fri 09:00-17:00.")
    _in_order(first, last)
    rows = [
        RotaTurn(
            person=person, duty=duty, zone=zone, day=one.day, opens=one.opens, closes=one.closes,
            first=first, last=last,
        )
        for one in windows
    ]  # fmt: skip
    return RotaTurn.objects.bulk_create(rows)


def remove_turn(row: RotaTurn, *, by: Responder | None) -> None:
    _check(by)
    row.delete()


def add_absence(
    person: Responder, *, zone: str, first: date, last: date, by: Responder | None
) -> RotaAbsence:
    """Somebody is away; their turns on these days cover nothing."""
    _check(by)
    zone_named(zone)
    _in_order(first, last)
    return RotaAbsence.objects.create(person=person, zone=zone, first=first, last=last)


def remove_absence(row: RotaAbsence, *, by: Responder | None) -> None:
    _check(by)
    row.delete()


def _in_order(first: date | None, last: date | None) -> None:
    if first is not None and last is not None and last < first:
        raise BadInput("The last day comes before the first. Turn them round.")
