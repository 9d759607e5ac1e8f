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
    earlier = may_see(person).filter(customer=case.customer_id).exclude(pk=case.pk)
    mentions = MentionRow.objects.filter(post__place__case=case).select_related("watch")
    words: dict[str, list[str]] = {}
    for mention in mentions.order_by("watch__name", "pk"):
        known = words.setdefault(mention.watch.name, [])
        known += [word for word in mention.words if word not in known]
    return Context(
        profiles=list(AuthorRow.objects.filter(customer=case.customer_id).order_by("pk")),
        earlier=list(earlier.select_related("first_post").order_by("-opened_at", "-pk")[:10]),
        words=words,
        labels=list(case.labels.order_by("name").values_list("name", flat=True)),
    )
