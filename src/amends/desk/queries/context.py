"""What stands beside a case: the customer, their earlier cases, what matched."""

from dataclasses import dataclass

from django.db.models import F

from amends.desk.models import AuthorRow, Case, CustomerMerge, MentionRow, Promise, Responder
from amends.desk.queries.cases import merged_into
from amends.desk.queries.doors import may_see


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


def context_of(case: Case, person: Responder) -> Context:
    """The facts beside a case, as far as this person may see them."""
    mentions = MentionRow.objects.filter(post__place__case=case).select_related("watch")
    words: dict[str, list[str]] = {}
    for mention in mentions.order_by("watch__name", "pk"):
        known = words.setdefault(mention.watch.name, [])
        known += [word for word in mention.words if word not in known]
    return Context(
        profiles=list(AuthorRow.objects.filter(customer=case.customer_id).order_by("pk")),
        earlier=history_of(case.customer_id, person, besides=case),
        promises=promises_elsewhere(case, person),
        merges=list(
            CustomerMerge.objects.filter(kept=case.customer_id, undone_at=None)
            .select_related("by")
            .order_by("-pk")
        ),
        joined=merged_into(case),
        words=words,
        labels=list(case.labels.order_by("name").values_list("name", flat=True)),
    )


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
