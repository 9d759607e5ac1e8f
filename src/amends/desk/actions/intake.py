"""Intake: what newly stored posts mean for cases. One batch, a few queries, one transaction."""

from collections.abc import Callable, Collection, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db.models import QuerySet

from amends.casework import (
    LIVE,
    CaseState,
    Decision,
    Facts,
    Intake,
    Outcome,
    ReplyStatus,
    decide,
    path_to,
)
from amends.casework.waiting import MOST_SPREAD, passed_on
from amends.casework.weighing import priority_of
from amends.desk.actions.book import Arrival, Book, Held, open_book, write_book
from amends.desk.actions.chronicle import make_event, move_event
from amends.desk.actions.claim_ends import retracted
from amends.desk.actions.triggers import note_triggers
from amends.desk.actions.weighing import weigh
from amends.desk.models import Brand, Case, CaseEvent, CasePost, ChannelRow, Customer, PostRow
from amends.desk.models.made import made
from amends.desk.queries.prepared import prepared, prepared_change
from amends.terms import Reading, WatchKind
from amends.understanding.abuse import abuse_in, abusive

FEW: Final = 20
"""Of more posts than these some open a case."""
ABOUT_US = frozenset({WatchKind.BRAND, WatchKind.PRODUCT, WatchKind.PERSON})


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """What every decision of a batch shares. ``history``: events are dated when posts were written,
    not when the desk learnt of them."""

    brand: Brand
    channel: ChannelRow | None
    threshold: float
    now: datetime
    new_ref: Callable[[], str]
    history: bool = False

    def at(self, row: PostRow) -> datetime:
        return row.created_at if self.history else self.now


def take_in(
    arrivals: Sequence[Arrival],
    around: Circumstances,
    held: Collection[Held] | None = None,
    *,
    meanwhile: AbstractContextManager[None] | None = None,
) -> list[Case]:
    """Decide what each post means, oldest first; the cases it opened. ``held`` as for the book;
    ``meanwhile``, which writes the posts, is entered once all was asked that decisions need.

    Runs inside a transaction that has called ``hold`` before it looked for cases.
    """
    writing = meanwhile or nullcontext()
    if not arrivals:
        with writing:
            return []
    book = open_book(arrivals, around.brand, held)
    book.quiet = around.history
    if len(arrivals) > FEW:
        book.draw_refs(around.new_ref)
    with writing:
        _ask_for_abuse(arrivals)
        for one in sorted(arrivals, key=lambda a: (a.row.created_at, a.row.pk)):
            _consider(one, book, around)
    write_book(book)
    if not around.history:
        note_triggers(book.events, [*book.opened, *book.changed.values()])
    waited = [one.row.pk for one in arrivals if not one.row.taken_in]
    if waited:
        _took_in(waited)
    return book.opened


@prepared_change
def _took_in(posts: list[int]) -> tuple[QuerySet[PostRow], dict[str, Any]]:
    return PostRow.objects.filter(id__among=posts), {"taken_in": True}


def _ask_for_abuse(arrivals: Sequence[Arrival]) -> None:
    """Ask the words of those whose reading tells nothing, all at once."""
    asked = [one for one in arrivals if not one.row.ours and not _read_as_abuse(one.reading)]
    texts = [one.row.text for one in asked]
    told = abusive(texts, [_language(one.row) for one in asked])
    for one, said in zip(asked, told, strict=True):
        one.abusive = said


def hold(brand: Brand) -> None:
    """Hold the brand's row to the end of the transaction, so that two listeners who hear one
    conversation cannot open two cases for it. First of all rows, everywhere."""
    if not _held(brand.pk):
        raise Brand.DoesNotExist


@prepared
def _held(brand: int) -> QuerySet[Brand, int]:
    return Brand.objects.select_for_update().filter(pk=brand).values_list("pk", flat=True)


def _consider(one: Arrival, book: Book, around: Circumstances) -> None:
    about_us = one.row.to_us or bool(one.kinds & ABOUT_US)
    if _place(one, book, around, about_us=about_us):
        return
    if not one.row.ours:
        book.loose[one.row.network, one.row.conversation].append(one)
    elif _open_answered(one.row, book, around):
        _place(one, book, around, about_us=about_us)


def _open_answered(row: PostRow, book: Book, around: Circumstances) -> bool:
    """Open the case of a complaint that named nobody: that we answered shows whose it is."""
    loose = book.loose[row.network, row.conversation]
    answered = next((one for one in loose if one.row.native_id == row.in_reply_to), None)
    if answered is None or answered.row.author_id is None:
        return False
    opened = False
    for one in [one for one in loose if one.row.author_id == answered.row.author_id]:
        opened = _place(one, book, around, about_us=True) or opened
    return opened


def _find(one: Arrival, book: Book, *, about_us: bool) -> Case | None:
    """The case a post belongs to: the author's in this thread, the author's, the thread's.

    What a customer says to others elsewhere is not part of their case with us.
    """
    thread = (one.row.network, one.row.conversation)
    customer = one.row.author.customer_id if one.row.author else None
    here = [_target(case) for case in book.by_thread.get(thread, ())]
    theirs = book.by_customer.get(customer, ()) if customer and about_us else ()
    same = [case for case in here if case.customer_id == customer]
    live = [case for case in theirs if case.state in LIVE or case.state == CaseState.RESOLVED]
    running = [case for case in here if case.state in LIVE]
    for candidates in (same, live, running, here):
        if candidates:
            return max(candidates, key=_nearest)
    return None


def _nearest(case: Case) -> tuple[bool, datetime, str]:
    return case.state in LIVE, case.first_post.created_at, case.first_post.native_id


def _target(case: Case) -> Case:
    while case.state == CaseState.MERGED and case.merged_into is not None:
        case = case.merged_into
    return case


def _place(one: Arrival, book: Book, around: Circumstances, *, about_us: bool) -> bool:
    """Decide for one post and note it in the book; whether it has a place in a case now."""
    row, now = one.row, around.at(one.row)
    case = _find(one, book, about_us=about_us or row.private)
    facts = None
    if case is not None:
        customer = row.author.customer_id if row.author else None
        facts = Facts(
            CaseState(case.state), case.customer_id == customer, case.answered_at is not None
        )
    decision = decide(
        one.reading,
        case=facts,
        about_us=about_us,
        ours=row.ours,
        private=row.private,
        threshold=around.threshold,
        role=row.author.role if row.author else None,
        # Whom we answer without a watch that matched speaks to us, whatever they name.
        to_us=row.to_us or (about_us and not one.kinds & ABOUT_US),
    )
    if decision.intake is Intake.OPEN and row.author is not None:
        book.meet(row.author, row.created_at)
        case = new_case(
            one,
            brand=around.brand,
            channel=around.channel,
            now=now,
            ref=book.next_ref(around.new_ref),
        )
        book.opened.append(case)
        book.events.append(make_event(case, "case.opened", at=now, post=row.pk, why=decision.why))
    elif decision.intake is Intake.ATTACH and case is not None:
        if case.pk is not None:
            book.changed[case.pk] = case
        attach(one, case, decision, book, now=now)
    else:
        return False
    abusive_at = note_abuse(case, row, one.reading, one.abusive)
    place = made(CasePost, post_id=row.pk, why=decision.why, at=now, abusive_at=abusive_at)
    place.case = case
    book.places.append(place)
    book.enter(case, (row.network, row.conversation))
    if not row.ours:
        note_customer_post(case, row, decision, now=now, book=book)
        weigh(case, row, one.reading, book=book, now=now)
    return True


def new_case(
    one: Arrival, *, brand: Brand, channel: ChannelRow | None, now: datetime, ref: str
) -> Case:
    row, author = one.row, one.row.author
    assert author is not None  # noqa: S101 (checked by the caller; for the type checker)
    customer = author.customer_id
    if customer is None:
        author.customer = Customer.objects.create(since=row.created_at)
        author.save(update_fields=["customer"])
        customer = author.customer.pk
    case = made(
        Case,
        ref=ref,
        brand_id=brand.pk,
        channel_id=channel.pk if channel is not None else None,
        customer_id=customer,
        network=row.network,
        conversation=row.conversation,
        private=row.private,
        priority=priority_of(one.reading),
        opened_at=now,
        touched_at=now,
    )
    case.brand, case.channel, case.first_post = brand, channel, row
    return case


def attach(one: Arrival, case: Case, decision: Decision, book: Book, *, now: datetime) -> None:
    """What a further post means for its case, as was decided; the events go into the book."""
    row = one.row
    book.events.append(make_event(case, "post.attached", at=now, post=row.pk, why=decision.why))
    wrote = case.customer_wrote_at
    late = row.ours and wrote is not None and row.created_at < wrote
    if row.ours and _is_a_rules(case, row):  # a person still owes the answer
        book.events.extend(taken_private(case, row, now=now) if row.private else [])
        return
    if row.ours:
        if not late:  # what they wrote after it is still unanswered
            case.unanswered_since = None
        if case.answered_at is None:
            case.answered_at = row.created_at
        if not row.private and case.acknowledged_at is None:
            case.acknowledged_at = row.created_at
            book.events.append(make_event(case, "case.acknowledged", at=now, post=row.pk))
        if row.private:
            book.events.extend(taken_private(case, row, now=now))
    if decision.outcome is not None:
        case.outcome, case.outcome_at, case.silent_at = decision.outcome, now, None
        book.events.append(
            make_event(case, "outcome.noted", at=now, post=row.pk, outcome=str(decision.outcome))
        )
        if decision.outcome is Outcome.RETRACTED:
            book.events.extend(retracted(case, row, now=now, deleted=False))
    if decision.move is not None and not late:
        for state in path_to(CaseState(case.state), decision.move):
            book.events.append(move_event(case, state, at=now, post=row.pk))
        if decision.move is CaseState.OPEN:
            reopen_facts(case)


def _is_a_rules(case: Case, row: PostRow) -> bool:
    """Whether a post of ours is a rule's reply that the network shows before its worker settled it."""
    if case._state.adding:  # noqa: SLF001 (documented)
        return False
    going = case.replies.filter(rule__isnull=False, private=row.private, status__in=_GOING)
    return any(text in row.text for text in going.values_list("text", flat=True))


def _read_as_abuse(reading: Reading | None) -> bool:
    return reading is not None and "abuse" in reading.intents


def _language(row: PostRow) -> str | None:
    return row.lang.partition("-")[0].lower() or None


_GOING = (ReplyStatus.SENDING, ReplyStatus.NOT_KNOWN)


def reopen_facts(case: Case) -> None:
    """A case that needs work again is neither resolved nor closed; routing looks whether its owner
    is there. Called after the event of its reopening."""
    case.resolved_at = case.closed_at = case.silent_at = None
    case.close_reason = ""
    case.route_at = case.touched_at


def taken_private(case: Case, row: PostRow, *, now: datetime) -> list[CaseEvent]:
    """The dated fact that the case went private, the first time. One that began so has none."""
    case.private = True
    if case.taken_private_at is not None or case.first_post.private:
        return []
    case.taken_private_at = row.created_at
    return [make_event(case, "case.taken_private", at=now, post=row.pk)]


def note_abuse(
    case: Case, row: PostRow, reading: Reading | None, words: bool | None = None
) -> datetime | None:
    """When the post was written, if there is abuse in it; the case keeps the latest (R47). ``words``:
    whether its words tell of it, where that is known already."""
    if row.ours:
        return None
    if not _read_as_abuse(reading):
        said = bool(abuse_in(row.text, _language(row))) if words is None else words
        if not said:
            return None
    case.abusive_at = max(case.abusive_at or row.created_at, row.created_at)
    return row.created_at


def note_customer_post(
    case: Case, row: PostRow, decision: Decision, *, now: datetime, book: Book
) -> None:
    by_customer = row.author is not None and row.author.customer_id == case.customer_id
    case.spread = min(case.spread + passed_on(row.counts) + (not by_customer), MOST_SPREAD)
    if row.private:
        book.events.extend(taken_private(case, row, now=now))
    if not by_customer:
        return
    if case.snoozed_until is not None:
        case.snoozed_until = None
        book.events.append(make_event(case, "case.woken", at=now, why="customer"))
    case.customer_wrote_at = max(case.customer_wrote_at or row.created_at, row.created_at)
    wants_answer = decision.outcome not in {Outcome.THANKED, Outcome.RETRACTED}
    if wants_answer and case.state in LIVE and case.unanswered_since is None:
        case.unanswered_since = row.created_at
