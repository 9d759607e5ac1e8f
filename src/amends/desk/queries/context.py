"""What stands beside a case: the customer, their earlier cases, what matched."""

from dataclasses import dataclass

from amends.desk.models import AuthorRow, Case, MentionRow, Responder
from amends.desk.queries.doors import may_see


@dataclass(frozen=True, slots=True)
class Context:
    """``words``: what matched, by the watch's name."""

    profiles: list[AuthorRow]
    earlier: list[Case]
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
        words=words,
        labels=list(case.labels.order_by("name").values_list("name", flat=True)),
    )


def history_of(
    customer: int, person: Responder, *, besides: Case | None = None, most: int = 10
) -> list[Case]:
    """A customer's cases, the latest first, as far as this person may see them."""
    cases = may_see(person).filter(customer=customer).select_related("first_post__place")
    if besides is not None:
        cases = cases.exclude(pk=besides.pk)
    return list(cases.order_by("-opened_at", "-pk")[:most])
