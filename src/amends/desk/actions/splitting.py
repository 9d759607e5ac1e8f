"""Splitting a case: posts that are another matter go into a case of their own, and back again."""

from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from typing import Final

from django.db.models import QuerySet

from amends.casework import CaseState
from amends.desk.actions.cases import held, locked, nothing_on_its_way, write
from amends.desk.actions.chronicle import make_event, move_event
from amends.desk.actions.customers import customer_of
from amends.desk.actions.merging import end_watches, recount
from amends.desk.models import AuthorRow, Case, CasePost, PostRow, Responder
from amends.desk.queries.prepared import prepared
from amends.terms import BadInput

WHY: Final = "split"


def split_case(
    case: Case,
    *,
    posts: Collection[int],
    by: Responder,
    now: datetime,
    new_ref: Callable[[], str],
) -> Case:
    """A new case of these posts of a case, for whoever wrote the first of them.

    The post that the case began with stays. Raises ``BadInput``, ``NotAllowed``.
    """
    with held(case, by=by, verb="split") as row:
        places = _places(row.pk, list(posts))
        first, author = _begins_with(row, places, len(set(posts)))
        made = _made_of(row, first, author, places, now=now, ref=_free(new_ref))
        made.save()
        row.places.filter(post__in=posts).update(case=made)
        for one in (row, made):
            recount(one)
        opened = make_event(
            made, "case.opened", at=now, by=by, post=first.pk, why=WHY, **{"from": row.ref}
        )
        ids = [place.post_id for place in places]
        off = make_event(row, "case.split", at=now, by=by, into=made.ref, posts=ids)
        write(made, [opened], "unanswered_since", "customer_wrote_at")
        write(row, [off], "unanswered_since", "customer_wrote_at")
    return made


@prepared
def _places(case: int, posts: list[int]) -> QuerySet[CasePost]:
    rows = CasePost.objects.filter(case=case, post__id__among=posts).select_related("post__author")
    return rows.order_by("post__created_at", "post")


def _begins_with(row: Case, places: Sequence[CasePost], asked: int) -> tuple[PostRow, AuthorRow]:
    """The post that the new case begins with, and its author."""
    if not places or len(places) != asked:
        raise BadInput("Choose posts of this case. Somebody may have moved one: look again.")
    if any(place.post_id == row.first_post_id for place in places):
        raise BadInput("The post that the case began with stays. Split off the others.")
    for place in places:
        if not place.post.ours and place.post.author is not None:
            return place.post, place.post.author
    raise BadInput("Choose a post that somebody else wrote, with our answers to it.")


def _made_of(
    row: Case,
    first: PostRow,
    author: AuthorRow,
    places: Sequence[CasePost],
    *,
    now: datetime,
    ref: str,
) -> Case:
    customer = customer_of(author, now=first.created_at)
    ours = [place.post for place in places if place.post.ours]
    public = [post.created_at for post in ours if not post.private]
    abuse = [place.abusive_at for place in places if place.abusive_at is not None]
    return Case(
        ref=ref,
        brand=row.brand,
        channel=row.channel,
        customer=customer,
        network=first.network,
        conversation=first.conversation,
        first_post=first,
        state=CaseState.OPEN if ours else CaseState.NEW,
        priority=row.priority,
        private=any(place.post.private for place in places),
        opened_at=now,
        answered_at=min((post.created_at for post in ours), default=None),
        acknowledged_at=min(public, default=None),
        abusive_at=max(abuse, default=None),
        split_from=row,
        touched_at=now,
    )


def _free(new_ref: Callable[[], str]) -> str:
    ref = new_ref()
    while Case.objects.filter(ref=ref).exists():
        ref = new_ref()
    return ref


@prepared
def _origins(case: int) -> QuerySet[Case]:
    return Case.objects.filter(split_off=case).order_by("pk")[:1]


@prepared
def _posts_of(case: int) -> QuerySet[CasePost, int]:
    return CasePost.objects.filter(case=case).values_list("post", flat=True)


def undo_split(case: Case, *, by: Responder, now: datetime) -> Case:
    """Bring the posts of a case that was split off back to where they were; it goes on there. What
    came to it since goes along. Raises ``BadInput``, ``NotAllowed``."""
    origin = next(iter(_origins(case.pk)), None)
    if origin is None:
        raise BadInput("This case was not split off from another.")
    with held(case, by=by, verb="split-undo", beside=origin) as row:
        [source] = locked([origin.pk])
        if source.state == CaseState.MERGED:
            raise BadInput(f"Case {source.ref} is merged. Undo that first.")
        nothing_on_its_way(row)
        moved = sorted(_posts_of(row.pk))
        event = move_event(
            row, CaseState.MERGED, at=now, by=by, into=source.ref, why=WHY, posts=moved
        )
        events = [event, *end_watches(row, by=by, now=now)]
        back = make_event(source, "case.split_undone", at=now, by=by, ref=row.ref, posts=moved)
        row.places.update(case=source)
        row.merged_into, row.unanswered_since = source, None
        recount(source)
        write(row, events, "state", "merged_into", "unanswered_since")
        write(source, [back], "unanswered_since", "customer_wrote_at")
    return row
