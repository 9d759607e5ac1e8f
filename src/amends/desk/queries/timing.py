"""The doors to hours, SLA policies and the rota, for those who set them up."""

from typing import TypeVar

from django.db.models import Model, QuerySet

from amends.casework import Action, Role, check_may
from amends.desk.models import (
    AuthorRow,
    Customer,
    HoursRow,
    Responder,
    RotaAbsence,
    RotaTurn,
    SlaPolicyRow,
)
from amends.desk.queries.doors import NotThere
from amends.terms import BadInput

Row = TypeVar("Row", bound=Model)


def hours_for(person: Responder) -> QuerySet[HoursRow]:
    check_may(Role(person.role), Action.SET_UP)
    return HoursRow.objects.order_by("name")


def policies_for(person: Responder) -> QuerySet[SlaPolicyRow]:
    """In the order in which equals are looked at."""
    check_may(Role(person.role), Action.SET_UP)
    return SlaPolicyRow.objects.select_related("hours", "escalate_to", "customer").order_by("pk")


def turns_for(person: Responder) -> QuerySet[RotaTurn]:
    check_may(Role(person.role), Action.SET_UP)
    return RotaTurn.objects.select_related("person").order_by("day", "opens", "person__name", "pk")


def absences_for(person: Responder) -> QuerySet[RotaAbsence]:
    check_may(Role(person.role), Action.SET_UP)
    return RotaAbsence.objects.select_related("person").order_by("first", "person__name", "pk")


def get_one_of(rows: QuerySet[Row], pk: int) -> Row:
    """Raises ``NotThere``."""
    found = rows.filter(pk=pk).first()
    if found is None:
        raise NotThere("There is no such entry; somebody removed it.")
    return found


def customer_named(handle: str) -> Customer | None:
    """The customer behind a handle; None for "". Raises ``BadInput`` unless there is exactly one."""
    handle = handle.strip().removeprefix("@")
    if not handle:
        return None
    rows = AuthorRow.objects.filter(handle__iexact=handle, customer__isnull=False)
    found = {author.customer for author in rows.select_related("customer")[:50]}
    if len(found) != 1:
        said = "No customer has" if not found else "Several customers have"
        raise BadInput(f"{said} the handle @{handle[:60]}. Write it as on one of their cases.")
    return found.pop()


def handle_of(customer: Customer | None) -> str:
    """A handle that says who it is, where one is known."""
    if customer is None:
        return ""
    known = customer.authors.exclude(handle="").order_by("pk").values_list("handle", flat=True)
    return known.first() or ""
