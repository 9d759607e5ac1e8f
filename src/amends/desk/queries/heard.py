"""What was heard: mentions with their readings, whether a case came of them or not."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, QuerySet

from amends.casework import Action, Role, check_may
from amends.desk.models import MentionRow, PostRow, Responder, WatchRow
from amends.desk.queries.doors import NotThere, may_see


@dataclass(frozen=True, slots=True)
class HeardFilter:
    """``kind`` of watch; ``watch`` a watch's id; ``mood`` complaint, praise, question or ""."""

    kind: str = ""
    watch: int | None = None
    mood: str = ""
    page: int = 1


def heard_page(wanted: HeardFilter, *, threshold: float, size: int = 50) -> list[PostRow]:
    """Public posts that matched a watch, newest first, with author, reading, mentions and place.

    One more than ``size`` rows means that there is another page.
    """
    mentions = MentionRow.objects.filter(post=OuterRef("pk"))
    if wanted.kind:
        mentions = mentions.filter(watch__kind=wanted.kind)
    if wanted.watch is not None:
        mentions = mentions.filter(watch=wanted.watch)
    # Exists walks the index of newest posts and stops when the page is full; a join sorts them all.
    posts = PostRow.objects.filter(Exists(mentions), private=False, ours=False)
    posts = _mood(posts, wanted.mood, threshold)
    start = (max(wanted.page, 1) - 1) * size
    rows = posts.order_by("-created_at", "-id")[start : start + size + 1]
    return list(
        rows.select_related("author", "reading", "place__case").prefetch_related("mentions__watch")
    )


def _mood(posts: QuerySet[PostRow], mood: str, threshold: float) -> QuerySet[PostRow]:
    if mood == "complaint":
        return posts.filter(reading__complaint__gte=threshold)
    if mood in {"praise", "question"}:
        return posts.filter(**{f"reading__{mood}__gte": 0.5})
    return posts


def watches_heard(person: Responder) -> QuerySet[WatchRow]:
    """Every watch there ever was: what a removed one heard stays."""
    check_may(Role(person.role), Action.SEE_HEARD)
    return WatchRow.objects.order_by("-active", "kind", "name")


def get_heard_for(person: Responder, pk: int) -> PostRow:
    """A post of that list. Raises ``NotThere`` and ``NotAllowed``."""
    check_may(Role(person.role), Action.SEE_HEARD)
    public = PostRow.objects.filter(private=False, ours=False)
    found = public.filter(Exists(MentionRow.objects.filter(post=OuterRef("pk"))), pk=pk).first()
    if found is None:
        raise NotThere("There is no such post among what was heard.")
    return found


def cases_of(person: Responder, posts: Sequence[PostRow]) -> dict[int, str]:
    """The refs of the cases the posts are in, by post; none that the person may not see."""
    seen = may_see(person).filter(places__post__in=[post.pk for post in posts])
    return dict(seen.values_list("places__post", "ref"))
