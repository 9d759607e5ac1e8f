"""A case that a person opens, for a post that opened none by itself."""

from collections.abc import Callable
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from amends.casework import LIVE, Action, CaseState, Decision, Intake, Role, check_may
from amends.desk.actions.book import Arrival, Book, open_book, reading_of, write_book
from amends.desk.actions.chronicle import make_event
from amends.desk.actions.intake import ABOUT_US, new_case, note_abuse, note_customer_post
from amends.desk.actions.triggers import note_triggers
from amends.desk.actions.weighing import weigh
from amends.desk.models import (
    Brand,
    Case,
    CaseEvent,
    CasePost,
    ChannelRow,
    MentionRow,
    PostRow,
    Responder,
)
from amends.desk.queries.prepared import prepared
from amends.terms import AuthorRole, BadInput, NotAllowed, WatchKind

BY_HAND = Decision(Intake.OPEN, CaseState.NEW, why="by_hand")


def open_case_by_hand(
    post: PostRow,
    *,
    by: Responder,
    now: datetime,
    new_ref: Callable[[], str],
    brand: Brand | None = None,
    decision: Decision = BY_HAND,
) -> tuple[Case, bool]:
    """The post's case, and whether this call opened it.

    A post that is in a case already changes nothing; one whose author has a live case joins that.
    Raises ``NotAllowed`` for roles that change no case, for our own posts and for those about a
    competitor alone (R14), ``BadInput`` where nobody is left to answer. ``brand``: where the post says
    nothing of it.
    """
    check_may(Role(by.role), Action.WORK)
    with transaction.atomic():
        [row] = _fresh(post.pk)
        kinds = frozenset(_kinds(post.pk))
        _check_post(row, kinds)
        # The brand's row is what intake holds too: two openings of one post wait for each other.
        [brand] = _locked((brand or _brand_of(row)).pk)
        for known in _places(row.pk):
            return known.case, False
        arrival = Arrival(row, reading_of(row), kinds)
        book = open_book([arrival], brand)
        case = _live_case(row, book)
        opened = case is None
        if case is None:
            channel = _channel(brand, row.network)
            case = new_case(
                arrival, brand=brand, channel=channel, now=now, ref=book.next_ref(new_ref)
            )
            book.opened.append(case)
        else:
            book.changed[case.pk] = case
        _enter(case, arrival, book, opened=opened, by=by, now=now, decision=decision)
        write_book(book)
        note_triggers(book.events, [case])
        PostRow.objects.filter(pk=row.pk).update(taken_in=True)
    return case, opened


@prepared
def _fresh(post: int) -> QuerySet[PostRow]:
    return PostRow.objects.filter(pk=post).select_related("author", "reading")


@prepared
def _kinds(post: int) -> QuerySet[MentionRow, str]:
    return MentionRow.objects.filter(post=post).values_list("watch__kind", flat=True)


@prepared
def _locked(brand: int) -> QuerySet[Brand]:
    return Brand.objects.select_for_update().filter(pk=brand)


@prepared
def _places(post: int) -> QuerySet[CasePost]:
    return CasePost.objects.filter(post=post).select_related("case")


def may_open(row: PostRow, kinds: frozenset[str]) -> bool:
    """Whether a post is one to answer at all. ``kinds``: of the watches that matched it."""
    try:
        _check_post(row, kinds)
    except (BadInput, NotAllowed):
        return False
    return True


def _check_post(row: PostRow, kinds: frozenset[str]) -> None:
    if row.ours:
        raise NotAllowed("This is a post of our own. Open a case for what it answers.")
    if WatchKind.COMPETITOR in kinds and not (kinds & ABOUT_US or row.to_us):
        raise NotAllowed("This post is about a competitor. We read it; we do not answer there.")
    if row.author is not None and row.author.role == AuthorRole.COMPETITOR:
        raise NotAllowed("A competitor wrote this post. We read it; we do not answer there.")
    if row.author is None:
        raise BadInput("Who wrote this post is not known, so nobody can be answered.")
    if row.erased_at or row.deleted_at:
        raise BadInput("This post was removed, so there is nothing left to answer.")


def _brand_of(row: PostRow) -> Brand:
    watched = Brand.objects.filter(watches__mentions__post=row).order_by("pk").first()
    found = watched or Brand.objects.order_by("pk").first()
    if found is None:
        raise BadInput("A case belongs to a brand, and there is none. Name one under Set-up.")
    return found


def _channel(brand: Brand, network: str) -> ChannelRow | None:
    channels = ChannelRow.objects.filter(brand=brand, network=network, enabled=True)
    return channels.order_by("pk").first()


def _live_case(row: PostRow, book: Book) -> Case | None:
    customer = row.author.customer_id if row.author else None
    theirs = book.by_customer.get(customer, []) if customer else []
    live = [case for case in theirs if case.state in LIVE]
    return max(live, key=lambda case: case.opened_at, default=None)


def _enter(
    case: Case,
    one: Arrival,
    book: Book,
    *,
    opened: bool,
    by: Responder,
    now: datetime,
    decision: Decision,
) -> None:
    row = one.row
    kind = "case.opened" if opened else "post.attached"
    event: CaseEvent = make_event(case, kind, at=now, by=by, post=row.pk, why=decision.why)
    book.events.append(event)
    abusive_at = note_abuse(case, row, None)
    book.places.append(
        CasePost(case=case, post=row, why=decision.why, at=now, abusive_at=abusive_at)
    )
    note_customer_post(case, row, decision, now=now, book=book)
    weigh(case, row, one.reading, book=book, now=now)
