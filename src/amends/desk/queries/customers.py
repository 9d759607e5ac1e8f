"""Finding the customer who is meant, and what made several one."""

from django.db.models import QuerySet

from amends.casework import Role
from amends.desk.models import AuthorRow, Case, CustomerMerge, PostRow, Responder
from amends.desk.queries.doors import seen_by, sees_cases
from amends.desk.queries.prepared import prepared
from amends.terms import BadInput

MOST_ALIKE = 50


def profile_meant(person: Responder, words: str) -> AuthorRow:
    """The profile that ``words`` mean: a case that the person may see, or a handle, with its network
    behind it where several have it. Raises ``BadInput`` unless exactly one person can be meant."""
    words = words.strip()
    meant = _first_posts(words, role=Role(person.role)) if sees_cases(person) else []
    for post in meant:
        if post.author is not None:
            return post.author
    handle, _, network = words.removeprefix("@").partition(" ")
    if not handle:
        raise BadInput("Write a case, such as K7M2Q4X, or a handle, such as @rosa mastodon.")
    found = _named(handle, network.strip())
    people = {one.customer_id or -one.pk for one in found}
    if len(people) == 1:
        return found[0]
    if not found:
        raise BadInput(f"No profile is called @{handle[:60]}. Write it as on their posts.")
    where = ", ".join(sorted({one.network for one in found}))
    raise BadInput(
        f"Several are called @{handle[:60]} ({where}). Write the network too, or a case."
    )


@prepared
def _first_posts(ref: str, *, role: Role) -> QuerySet[PostRow]:
    cases = seen_by(role).filter(ref=ref)
    return PostRow.objects.filter(pk__in=cases.values("first_post")).select_related("author")


def _named(handle: str, network: str) -> list[AuthorRow]:
    """Customers first: of them there are few, and they are who is mostly meant."""
    rows = AuthorRow.objects.filter(handle__iexact=handle).exclude(handle="")
    if network:
        rows = rows.filter(network__iexact=network)
    known = list(rows.filter(customer__isnull=False).order_by("pk")[:MOST_ALIKE])
    return known or list(rows.order_by("pk")[:MOST_ALIKE])


def get_merge_for(case: Case, pk: int) -> CustomerMerge:
    """A merge of this case's customer that stands. Raises ``BadInput``."""
    found = CustomerMerge.objects.filter(pk=pk, kept=case.customer_id).first()
    if found is None:
        raise BadInput("There is no such merge of this customer; somebody undid it.")
    return found
