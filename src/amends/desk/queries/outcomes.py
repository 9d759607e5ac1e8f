"""What came of cases: who came back as a friend, and how often each outcome was seen."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q

from amends.casework import Action, Outcome, Role, check_may
from amends.casework.outcomes import FRIENDLY
from amends.desk.models import Case, CaseEvent, PostRow, Responder
from amends.desk.queries.doors import may_see

MOST = 100


@dataclass(frozen=True, slots=True)
class Friend:
    """Somebody who complained and came back: ``said`` is the post that shows it, None where a person noted it
    by hand or the post is gone."""

    case: Case
    said: PostRow | None


def friends(person: Responder) -> Sequence[Friend]:
    """Customers who thanked us or took it back, the latest first, with the post as proof."""
    check_may(Role(person.role), Action.RESULTS)
    cases = may_see(person).filter(outcome_at__isnull=False, outcome__in=sorted(FRIENDLY))
    cases = cases.filter(answered_at__isnull=False).select_related("first_post__author", "owner")
    found = list(cases.order_by("-outcome_at", "-id")[:MOST])
    said = _said([case.pk for case in found])
    posts = PostRow.objects.filter(pk__in=said.values(), erased_at=None).select_related("author")
    by_pk = {post.pk: post for post in posts}
    return [Friend(case, by_pk.get(said.get(case.pk, 0))) for case in found]


def _said(cases: Sequence[int]) -> dict[int, int]:
    """The post in which each case's outcome was seen last."""
    events = CaseEvent.objects.filter(case__in=cases, kind="outcome.noted").order_by("seq")
    return {
        case: data["post"] for case, data in events.values_list("case", "data") if data.get("post")
    }


@dataclass(frozen=True, slots=True)
class Outcomes:
    """How often an outcome was seen in a span, and how many of these were invited before."""

    outcome: Outcome
    number: int
    invited: int


def outcomes_between(person: Responder, *, since: datetime, till: datetime) -> Sequence[Outcomes]:
    """Each outcome that cases have now, and which was seen in the span."""
    check_may(Role(person.role), Action.RESULTS)
    seen = may_see(person).filter(outcome_at__gte=since, outcome_at__lt=till)
    asked = Q(invited_at__isnull=False)
    rows = (
        seen.order_by().values("outcome").annotate(all=Count("pk"), asked=Count("pk", filter=asked))
    )
    counted = {row["outcome"]: (row["all"], row["asked"]) for row in rows}
    return [Outcomes(one, *counted.get(one.value, (0, 0))) for one in Outcome]
