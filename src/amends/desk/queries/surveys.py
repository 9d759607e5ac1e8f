"""Satisfaction: who is asked, how a question's link is signed, and what was answered."""

import base64
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.conf import settings
from django.db.models import QuerySet
from django.utils.crypto import constant_time_compare, salted_hmac

from amends.casework import Action, ReplyStatus, Role, check_may
from amends.casework.survey import SCORES, check_asking
from amends.desk.models import Case, PostRow, Responder, Survey
from amends.desk.queries.doors import NotThere, may_see
from amends.desk.queries.handoffs import PATH
from amends.desk.queries.prepared import of_case, prepared
from amends.terms import NotAllowed

SURVEYS: Final = f"{PATH}survey/"
_NEVER: Final = (ReplyStatus.CANCELLED, ReplyStatus.FAILED)
_MOST: Final = 200


def link_of_survey(survey: Survey) -> str:
    """The address that answers one question, for one customer."""
    return f"{settings.AMENDS_PUBLIC_ADDRESS}{SURVEYS}{token_of_survey(survey)}/"


def token_of_survey(survey: Survey) -> str:
    return f"{survey.pk}-{_mac(survey)}"


def _mac(survey: Survey) -> str:
    """Signed with the desk's key for this question, case, customer and end."""
    body = f"{survey.pk}\n{survey.case_id}\n{survey.customer_id}\n{survey.expires_at.isoformat()}"
    digest = salted_hmac("amends.survey", body, algorithm="sha256").digest()
    return base64.urlsafe_b64encode(digest[:16]).decode().rstrip("=")


def find_survey(token: str) -> Survey:
    """The question of a link. Raises ``NotThere``."""
    number, _, mac = token.partition("-")
    known = number.isascii() and number.isdecimal() and len(number) < 18
    for survey in _survey(int(number or 0) if known else 0):
        if constant_time_compare(mac, _mac(survey)):
            return survey
    raise NotThere("There is no such page. Look whether the link was copied whole.")


@prepared
def _survey(pk: int) -> QuerySet[Survey]:
    rows = Survey.objects.filter(pk=pk)
    return rows.select_related("case__brand", "case__first_post", "customer")


def shut_words(survey: Survey, *, now: datetime) -> str:
    """Why a question can no longer be answered; "" where it can."""
    if survey.answered_at is not None:
        return "You have answered already. Thank you."
    if survey.expires_at <= now or survey.customer.erased_at is not None:
        return "This question can no longer be answered."
    return ""


def last_asked(case: Case) -> datetime | None:
    """When the customer was asked last, in any case; what never went out does not count."""
    return next(iter(_last_asked(case.customer_id)), None)


@prepared
def _last_asked(customer: int) -> QuerySet[Survey, datetime]:
    asked = Survey.objects.filter(customer=customer).exclude(reply__status__in=_NEVER)
    return asked.order_by("-asked_at").values_list("asked_at", flat=True)[:1]


def has_private_thread(case: Case) -> bool:
    """Whether the customer wrote to us in private, there or on their page."""
    return bool(_private(case.pk, case.customer_id))


@prepared
def _private(case: int, customer: int) -> QuerySet[PostRow, int]:
    theirs = PostRow.objects.filter(place__case=case, private=True, ours=False)
    return theirs.filter(author__customer=customer).values_list("pk", flat=True)[:1]


def why_not_asked(case: Case, *, now: datetime) -> str:
    """Why the customer may not be asked now; "" where they may."""
    try:
        check_asking(private_thread=has_private_thread(case), last_asked=last_asked(case), now=now)
    except NotAllowed as error:
        return str(error)
    return ""


def surveys_of(case: Case) -> Sequence[Survey]:
    """A case's questions and answers, the latest first."""
    return of_case(case, _surveys(case.pk))


@prepared
def _surveys(case: int) -> QuerySet[Survey]:
    return Survey.objects.filter(case=case).select_related("by", "reply").order_by("-pk")


def open_survey(case: Case, *, now: datetime) -> Survey | None:
    """The question that the customer of a case can answer now."""
    rows = case.surveys.filter(answered_at=None, expires_at__gt=now)
    return rows.exclude(reply__status__in=_NEVER).order_by("-pk").first()


@dataclass(frozen=True, slots=True)
class Month:
    """What was asked and answered of the questions of one month. ``mean`` is None without answers;
    ``scores`` is how often each of 1 to 5 was given."""

    asked: int
    answered: int
    mean: float | None
    scores: Sequence[int]


def satisfaction(person: Responder, *, since: datetime, till: datetime) -> Month:
    check_may(Role(person.role), Action.RESULTS)
    rows = _asked(person, since=since, till=till).values_list("score", flat=True)
    scores = list(rows)
    given = Counter(score for score in scores if score is not None)
    total = sum(given.values())
    mean = sum(score * number for score, number in given.items()) / total if total else None
    return Month(len(scores), total, mean, [given[score] for score in SCORES])


def answers_for(person: Responder, *, since: datetime, till: datetime) -> Sequence[Survey]:
    """The answers behind those figures, the worst first."""
    check_may(Role(person.role), Action.RESULTS)
    rows = _asked(person, since=since, till=till).filter(answered_at__isnull=False)
    return list(rows.select_related("case", "by").order_by("score", "-answered_at")[:_MOST])


def _asked(person: Responder, *, since: datetime, till: datetime) -> QuerySet[Survey]:
    rows = Survey.objects.filter(asked_at__gte=since, asked_at__lt=till)
    return rows.exclude(reply__status__in=_NEVER).filter(case__in=may_see(person))
