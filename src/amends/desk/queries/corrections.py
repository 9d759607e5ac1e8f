"""What colleagues said of readings, and what it tells of the reader."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import Exists, OuterRef, Q, QuerySet

from amends.casework import Action, Role, check_may, may
from amends.casework.correcting import COMPLAINT
from amends.desk.models import Correction, MentionRow, PostRow, ReadingRow, Responder
from amends.desk.queries.doors import NotThere, seen_by, sees_cases
from amends.desk.queries.heard import ABOUT_US
from amends.desk.queries.prepared import prepared

MOST: Final = 2000
"""Corrections that are learnt from and looked at: the newest."""


def corrections_of(posts: Collection[int]) -> dict[int, dict[str, Correction]]:
    """What holds of each post, by ``what``: of several the last that was not taken back."""
    found: dict[int, dict[str, Correction]] = {}
    for row in _that_hold(list(posts)) if posts else ():
        found.setdefault(row.post_id, {})[row.what] = row
    return found


@prepared
def _that_hold(posts: list[int]) -> QuerySet[Correction]:
    rows = Correction.objects.filter(post__id__among=posts, taken_back_at=None)
    return rows.select_related("by").order_by("pk")


def get_read_post_for(person: Responder, pk: int) -> PostRow:
    """A post of what was heard, or of a case that the person may see. Raises ``NotThere``."""
    role, cases = Role(person.role), sees_cases(person)
    heard = may(role, Action.SEE_HEARD)
    for post in _read_post(pk, role=role, cases=cases, heard=heard) if cases or heard else ():
        return post
    raise NotThere("There is no such post that you may see.")


@prepared
def _read_post(pk: int, *, role: Role, cases: bool, heard: bool) -> QuerySet[PostRow]:
    wanted = Q()
    if heard:
        wanted |= Q(Exists(MentionRow.objects.filter(post=OuterRef("pk"))), private=False)
    if cases:
        wanted |= Q(place__case__in=seen_by(role).values("pk"))
    return PostRow.objects.filter(wanted, pk=pk).select_related("author", "reading")


def get_correction_for(person: Responder, pk: int) -> Correction:
    """Raises ``NotThere``."""
    found = Correction.objects.filter(pk=pk).select_related("post__author").first()
    if found is None:
        raise NotThere("There is no such correction.")
    get_read_post_for(person, found.post_id)
    return found


@dataclass(frozen=True, slots=True)
class Lesson:
    """A post with what was said of it: what a head is learnt from. ``author`` groups posts of one
    hand, so that none of them is both learnt from and held back."""

    post: int
    text: str
    lang: str
    author: int | None
    said: dict[str, str]


def lessons(*, most: int = MOST) -> list[Lesson]:
    """The newest corrected posts that can still be read."""
    there = Q(post__erased_at=None) & ~Q(post__text="")
    rows = Correction.objects.filter(there, taken_back_at=None)
    newest = rows.order_by("-at", "-pk").values_list("post_id", flat=True)[: 3 * most]
    pks = list(dict.fromkeys(newest))[:most]
    said = corrections_of(pks)
    posts = PostRow.objects.filter(pk__in=pks).in_bulk()
    return [
        Lesson(
            pk, posts[pk].text, posts[pk].lang, posts[pk].author_id,
            {what: one.said for what, one in said[pk].items()},
        )
        for pk in sorted(pks)
    ]  # fmt: skip


def others(*, besides: Collection[int], most: int) -> list[tuple[str, str]]:
    """Text and language of the newest public posts that were read and of which nobody said anything."""
    rows = PostRow.objects.filter(
        private=False, ours=False, erased_at=None, deleted_at=None, reading__isnull=False
    ).exclude(text="")
    newest = rows.order_by("-created_at", "-pk").values_list("pk", "text", "lang")
    found = newest[: most + len(besides)]
    return [(text, lang) for pk, text, lang in found if pk not in set(besides)][:most]


@dataclass(frozen=True, slots=True)
class Judged:
    """A post that somebody called a complaint or none, with the probability that stands beside it."""

    complaint: bool
    probability: float


def judged(person: Responder, *, most: int = MOST) -> list[Judged]:
    """What colleagues said, against how the posts read now."""
    check_may(Role(person.role), Action.SET_UP)
    rows = Correction.objects.filter(what="complaint", taken_back_at=None).order_by("pk")
    said = {pk: word == COMPLAINT for pk, word in rows.values_list("post_id", "said")}
    newest = dict(list(said.items())[-most:])
    read = ReadingRow.objects.filter(post__in=newest).values_list("post_id", "complaint")
    return [Judged(newest[pk], complaint) for pk, complaint in read]


def counts() -> dict[str, dict[str, int]]:
    """How many posts were called what, by ``what``."""
    rows = Correction.objects.filter(taken_back_at=None).order_by("pk")
    last = {(post, what): said for post, what, said in rows.values_list("post_id", "what", "said")}
    found: dict[str, dict[str, int]] = {}
    for (_, what), said in last.items():
        kind = found.setdefault(what, {})
        kind[said] = kind.get(said, 0) + 1
    return found


def work_at(*, since: datetime, until: datetime, most: int) -> tuple[Sequence[float], float]:
    """The complaint probabilities of the newest posts about us, and over how many days they were
    written: what a threshold costs in work."""
    ours = MentionRow.objects.filter(post=OuterRef("pk"), watch__kind__in=list(ABOUT_US))
    rows = PostRow.objects.filter(
        Exists(ours) | Q(to_us=True), ours=False, created_at__gte=since, created_at__lte=until,
        reading__isnull=False,
    ).order_by("-created_at", "-pk")  # fmt: skip
    found = list(rows.values_list("reading__complaint", "created_at")[:most])
    if not found:
        return [], 0.0
    days = (found[0][1] - found[-1][1]).total_seconds() / 86_400
    return [complaint for complaint, _ in found], days
