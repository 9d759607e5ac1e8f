"""What stands beside a case: the customer, their earlier cases, what matched."""

from dataclasses import dataclass

from django.db.models import F, QuerySet

from amends.desk.models import (
    AuthorRow,
    Case,
    CustomerMerge,
    Label,
    MentionRow,
    Promise,
    Responder,
)
from amends.desk.queries.cases import merged_into
from amends.desk.queries.doors import may_see
from amends.desk.queries.prepared import prepared
from amends.desk.queries.there import ALL, Part, Parts


@dataclass(frozen=True, slots=True)
class Context:
    """``words``: what matched, by the watch's name. ``promises`` are those in the customer's other
    cases, ``merges`` what made several customers this one, ``joined`` the cases that go on here."""

    profiles: list[AuthorRow]
    earlier: list[Case]
    promises: list[Promise]
    merges: list[CustomerMerge]
    joined: list[Case]
    words: dict[str, list[str]]
    labels: list[str]


def context_of(case: Case, person: Responder, there: Parts = ALL) -> Context:
    """The facts beside a case, as far as this person may see them."""
    words: dict[str, list[str]] = {}
    for watch, matched in _mentions(case.pk):
        known = words.setdefault(watch, [])
        known += [word for word in matched if word not in known]
    return Context(
        profiles=_profiles(case.customer_id),
        earlier=history_of(case.customer_id, person, besides=case) if Part.EARLIER in there else [],
        promises=promises_elsewhere(case, person) if Part.PROMISED in there else [],
        merges=_merges(case.customer_id) if Part.MERGES in there else [],
        joined=merged_into(case) if Part.JOINED in there else [],
        words=words,
        labels=_labels(case.pk) if Part.LABELS in there else [],
    )


@prepared
def _mentions(case: int) -> QuerySet[MentionRow, tuple[str, list[str]]]:
    mentions = MentionRow.objects.filter(post__place__case=case).order_by("watch__name", "pk")
    return mentions.values_list("watch__name", "words")


@prepared
def _profiles(customer: int) -> QuerySet[AuthorRow]:
    return AuthorRow.objects.filter(customer=customer).order_by("pk")


@prepared
def _merges(customer: int) -> QuerySet[CustomerMerge]:
    merges = CustomerMerge.objects.filter(kept=customer, undone_at=None)
    return merges.select_related("by").order_by("-pk")


@prepared
def _labels(case: int) -> QuerySet[Label, str]:
    return Label.objects.filter(cases=case).order_by("name").values_list("name", flat=True)


def promises_elsewhere(case: Case, person: Responder, *, most: int = 10) -> list[Promise]:
    """What was promised to the customer in other cases that the person may see: what is still to be
    kept first, then the latest."""
    others = may_see(person).filter(customer=case.customer_id).exclude(pk=case.pk)
    rows = Promise.objects.filter(case__in=others, dropped_at=None).select_related("case")
    return list(rows.order_by(F("kept_at").desc(nulls_first=True), "due_at", "pk")[:most])


def history_of(
    customer: int, person: Responder, *, besides: Case | None = None, most: int = 10
) -> list[Case]:
    """A customer's cases, the latest first, as far as this person may see them."""
    cases = may_see(person).filter(customer=customer).select_related("first_post__place")
    if besides is not None:
        cases = cases.exclude(pk=besides.pk)
    return list(cases.order_by("-opened_at", "-pk")[:most])
