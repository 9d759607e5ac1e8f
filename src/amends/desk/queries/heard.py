"""What was heard: mentions with their readings, whether a case came of them or not."""

from dataclasses import dataclass

from django.db.models import QuerySet

from amends.desk.models import PostRow


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
    posts = PostRow.objects.filter(private=False, ours=False, mentions__isnull=False)
    if wanted.kind:
        posts = posts.filter(mentions__watch__kind=wanted.kind)
    if wanted.watch is not None:
        posts = posts.filter(mentions__watch=wanted.watch)
    posts = _mood(posts, wanted.mood, threshold)
    start = (max(wanted.page, 1) - 1) * size
    rows = posts.distinct().order_by("-created_at", "-id")[start : start + size + 1]
    return list(
        rows.select_related("author", "reading", "place__case").prefetch_related("mentions__watch")
    )


def _mood(posts: QuerySet[PostRow], mood: str, threshold: float) -> QuerySet[PostRow]:
    if mood == "complaint":
        return posts.filter(reading__complaint__gte=threshold)
    if mood in {"praise", "question"}:
        return posts.filter(**{f"reading__{mood}__gte": 0.5})
    return posts
