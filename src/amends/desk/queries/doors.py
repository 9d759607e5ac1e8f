"""The doors to single objects."""

from typing import Any, TypeVar

from django.db.models import Model, QuerySet

from amends.casework import Action, Role, may
from amends.desk.models import Case, OutgoingReply, PostRow, Responder
from amends.desk.queries.prepared import of_case, prepared
from amends.terms import AmendsError


class NotThere(AmendsError):
    """Not there, or not yours: which of the two is not said."""


def may_see(person: Responder) -> QuerySet[Case]:
    """The cases a person may see at all."""
    return seen_by(Role(person.role)) if sees_cases(person) else Case.objects.none()


def sees_cases(person: Responder) -> bool:
    """Whether there are cases at all for a person."""
    return person.is_active and may(Role(person.role), Action.SEE_CASES)


def seen_by(role: Role) -> QuerySet[Case]:
    """The cases that whoever has this role may see, where they may see any: for prepared queries."""
    cases = Case.objects.all()
    if not may(role, Action.SEE_PRIVATE):
        cases = cases.filter(private=False)
    if not may(role, Action.LEGAL):
        # By their ids, which are few: so the order of an index stays all that is read.
        cases = cases.exclude(pk__in=Case.objects.filter(legal=True).values("pk"))
    return cases


def get_case_for(person: Responder, ref: str) -> Case:
    """Raises ``NotThere``."""
    for case in _by_ref(ref, role=Role(person.role)) if sees_cases(person) else ():
        return case
    raise NotThere(f"There is no case {ref[:20]} that you may see.")


@prepared
def _by_ref(ref: str, *, role: Role) -> QuerySet[Case]:
    # What few cases have (merged into, split from) is looked up where there is one.
    cases = seen_by(role).filter(ref=ref)
    return cases.select_related(
        "brand", "channel", "customer", "owner", "team", "first_post__author"
    )


Row = TypeVar("Row", bound=Model)


def find_in(case: Case, model: type[Row], pk: int) -> Row | None:
    """What belongs to a case that somebody was let into, by its primary key; None where none has it."""
    found: list[Row] = _in_case(case.pk, pk, model=model)
    return next(iter(of_case(case, found)), None)


@prepared
def _in_case(case: int, pk: int, *, model: Any) -> QuerySet[Any]:
    rows: QuerySet[Any] = model.objects.filter(case=case, pk=pk)
    return rows


def get_post_in(case: Case, pk: int) -> PostRow:
    """A post of a case that somebody was let into. Raises ``NotThere``."""
    for found in _post_in(case.pk, pk):
        return found
    raise NotThere(f"There is no such post in case {case.ref}.")


@prepared
def _post_in(case: int, pk: int) -> QuerySet[PostRow]:
    return PostRow.objects.filter(place__case=case, pk=pk)


def get_reply_for(person: Responder, ref: str, pk: int) -> OutgoingReply:
    """Raises ``NotThere``."""
    case = get_case_for(person, ref)
    for reply in _reply(pk, case.pk):
        return reply
    raise NotThere(f"There is no such reply in case {case.ref}.")


@prepared
def _reply(pk: int, case: int) -> QuerySet[OutgoingReply]:
    return OutgoingReply.objects.filter(pk=pk, case=case).select_related("case", "channel")
