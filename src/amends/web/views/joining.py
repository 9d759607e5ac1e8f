"""What belongs together on a case: merging and splitting cases and customers, each with its undo."""

from datetime import datetime

from django.http import QueryDict

from amends.casework import CaseState
from amends.desk import actions
from amends.desk.actions.cases import check_now
from amends.desk.actions.customers import customer_of, merge_customers, undo_merge
from amends.desk.actions.splitting import split_case, undo_split
from amends.desk.models import Case, Responder
from amends.desk.queries import get_case_for
from amends.desk.queries.customers import get_merge_for, profile_meant
from amends.desk.queries.doors import NotThere
from amends.terms import BadInput


def merge(case: Case, typed: QueryDict, by: Responder, now: datetime) -> object:
    into = _case(typed.get("into", ""), by)
    return actions.merge_case(case, into=into, by=by, now=now, two_customers=_said_of(into, typed))


def bring_in(case: Case, typed: QueryDict, by: Responder, now: datetime) -> object:
    """Another case of theirs goes on in this one."""
    other = _case(typed.get("ref", ""), by)
    return actions.merge_case(
        other, into=case, by=by, now=now, brought=True, two_customers=_said_of(other, typed)
    )


def _said_of(other: Case, typed: QueryDict) -> bool:
    """Whether it was ticked that another customer's case is meant: this one, and no other that was
    written into the field since."""
    return typed.get("two_customers", "") == other.ref


def _case(ref: str, by: Responder) -> Case:
    try:
        return get_case_for(by, ref.strip())
    except NotThere as error:
        raise BadInput(str(error)) from error


def give_back(case: Case, typed: QueryDict, by: Responder, now: datetime) -> object:
    """Undo the merge of another case into this one."""
    check_now(case, "give-back")
    other = _case(typed.get("ref", ""), by)
    if other.state != CaseState.MERGED or other.merged_into_id != case.pk:
        raise BadInput("Somebody undid that merge meanwhile. Look again.")
    return actions.reopen_case(other, by=by, now=now)


def split(case: Case, typed: QueryDict, by: Responder, now: datetime) -> object:
    from amends.desk.workers.run import new_ref  # late: it brings the connectors' machinery

    posts = [_number(sent) for sent in typed.getlist("post")]
    return split_case(case, posts=posts, by=by, now=now, new_ref=new_ref)


def split_undo(case: Case, typed: QueryDict, by: Responder, now: datetime) -> object:  # noqa: ARG001
    return undo_split(case, by=by, now=now)


def same_person(case: Case, typed: QueryDict, by: Responder, now: datetime) -> object:
    """Another profile, or the customer of another case, is the customer of this one."""
    check_now(case, "same-person")
    profile = profile_meant(by, typed.get("who", "").replace("\0", ""))
    if profile.customer_id == case.customer_id:
        raise BadInput("That profile belongs to this customer already.")
    return merge_customers(case.customer, customer_of(profile, now=now), by=by, now=now)


def other_person(case: Case, typed: QueryDict, by: Responder, now: datetime) -> object:
    """Undo it."""
    check_now(case, "other-person")
    return undo_merge(get_merge_for(case, _number(typed.get("merge", ""))), by=by, now=now)


def _number(sent: object) -> int:
    text = str(sent)
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 18 else 0
