"""Intake: what newly stored posts mean for cases. One batch, a few queries, one transaction."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction

from amends.casework import (
    LIVE,
    CaseState,
    Decision,
    Facts,
    Intake,
    Outcome,
    Priority,
    decide,
    path_to,
)
from amends.desk.actions.chronicle import make_event, move_event
from amends.desk.models import (
    AuthorRow,
    Brand,
    Case,
    CaseEvent,
    CasePost,
    ChannelRow,
    Customer,
    PostRow,
)
from amends.terms import Reading, WatchKind

ABOUT_US = frozenset({WatchKind.BRAND, WatchKind.PRODUCT, WatchKind.PERSON})
URGENT_COMPLAINT = 0.9


@dataclass(slots=True)
class Arrival:
    """A stored post as intake sees it. ``kinds``: of the watches that matched."""

    row: PostRow
    reading: Reading | None
    kinds: frozenset[str] = frozenset()


@dataclass(slots=True)
class Book:
    """The cases a batch may touch, by conversation and by customer, and what is to be written."""

    by_thread: dict[tuple[str, str], list[Case]] = field(default_factory=lambda: defaultdict(list))
    by_customer: dict[int, list[Case]] = field(default_factory=lambda: defaultdict(list))
    opened: list[Case] = field(default_factory=list)
    changed: dict[int, Case] = field(default_factory=dict)
    places: list[CasePost] = field(default_factory=list)
    events: list[CaseEvent] = field(default_factory=list)

    def enter(self, case: Case, *threads: tuple[str, str]) -> None:
        for thread in threads:
            if all(known is not case for known in self.by_thread[thread]):
                self.by_thread[thread].append(case)
        if all(known is not case for known in self.by_customer[case.customer_id]):
            self.by_customer[case.customer_id].append(case)


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


def take_in(arrivals: Sequence[Arrival], around: Circumstances) -> list[Case]:
    """Decide what each post means, oldest first; the cases it opened.

    Runs inside the transaction that stored the posts. The brand's row is held meanwhile, so two
    listeners that hear one conversation cannot open two cases for it.
    """
    if not arrivals:
        return []
    with transaction.atomic():
        Brand.objects.select_for_update().get(pk=around.brand.pk)
        book = open_book(arrivals, around.brand)
        for one in sorted(arrivals, key=lambda a: (a.row.created_at, a.row.pk)):
            _place(one, book, around)
        write_book(book)
        PostRow.objects.filter(pk__in=[a.row.pk for a in arrivals]).update(taken_in=True)
    return book.opened


def open_book(arrivals: Sequence[Arrival], brand: Brand) -> Book:
    book = Book()
    threads = {a.row.conversation for a in arrivals}
    authors = {a.row.author_id for a in arrivals if a.row.author_id}
    places = CasePost.objects.filter(post__conversation__in=threads, case__brand=brand)
    pairs = list(places.values_list("case_id", "post__network", "post__conversation").distinct())
    customers = {
        pk: customer
        for pk, customer in AuthorRow.objects.filter(pk__in=authors).values_list("pk", "customer")
        if customer
    }
    _share_authors(arrivals, customers)
    wanted = {case for case, _, _ in pairs}
    wanted |= set(
        Case.objects.filter(
            customer__in=set(customers.values()),
            brand=brand,
            state__in=[*LIVE, CaseState.RESOLVED],
        ).values_list("pk", flat=True)
    )
    rows = {
        case.pk: case
        for case in Case.objects.select_for_update(of=("self",))
        .filter(pk__in=wanted)
        .select_related("first_post", "merged_into")
        .order_by("pk")
    }
    for case in rows.values():
        book.enter(case)
    for pk, network, thread in pairs:
        book.enter(rows[pk], (network, thread))
    return book


def _share_authors(arrivals: Sequence[Arrival], customers: dict[int, int]) -> None:
    """One object for each author: whom an earlier post made a customer, a later one finds so."""
    shared: dict[int, AuthorRow] = {}
    for one in arrivals:
        if one.row.author is not None:
            author = shared.setdefault(one.row.author.pk, one.row.author)
            author.customer_id = customers.get(author.pk)
            one.row.author = author


def _find(one: Arrival, book: Book) -> Case | None:
    """The case a post belongs to: the author's in this thread, the author's, the thread's."""
    thread = (one.row.network, one.row.conversation)
    customer = one.row.author.customer_id if one.row.author else None
    here = [_target(case) for case in book.by_thread.get(thread, ())]
    theirs = book.by_customer.get(customer, ()) if customer else ()
    same = [case for case in here if case.customer_id == customer]
    live = [case for case in theirs if case.state in LIVE or case.state == CaseState.RESOLVED]
    running = [case for case in here if case.state in LIVE]
    for candidates in (same, live, running, here):
        if candidates:
            return max(candidates, key=lambda case: (case.state in LIVE, case.opened_at))
    return None


def _target(case: Case) -> Case:
    while case.state == CaseState.MERGED and case.merged_into is not None:
        case = case.merged_into
    return case


def _place(one: Arrival, book: Book, around: Circumstances) -> None:
    row, now = one.row, around.at(one.row)
    case = _find(one, book)
    facts = None
    if case is not None:
        customer = row.author.customer_id if row.author else None
        facts = Facts(
            CaseState(case.state), case.customer_id == customer, case.answered_at is not None
        )
    decision = decide(
        one.reading,
        case=facts,
        about_us=row.to_us or bool(one.kinds & ABOUT_US),
        ours=row.ours,
        private=row.private,
        threshold=around.threshold,
    )
    if decision.intake is Intake.OPEN and row.author is not None:
        case = new_case(
            one, brand=around.brand, channel=around.channel, now=now, ref=around.new_ref()
        )
        book.opened.append(case)
        book.events.append(make_event(case, "case.opened", at=now, post=row.pk, why=decision.why))
    elif decision.intake is Intake.ATTACH and case is not None:
        book.changed[case.pk or -id(case)] = case
        _attach(one, case, decision, book, now=now)
    else:
        return
    book.places.append(CasePost(case=case, post=row, why=decision.why, at=now))
    book.enter(case, (row.network, row.conversation))
    if not row.ours:
        note_customer_post(case, row, decision, now=now, book=book)


def new_case(
    one: Arrival, *, brand: Brand, channel: ChannelRow | None, now: datetime, ref: str
) -> Case:
    row, author = one.row, one.row.author
    assert author is not None  # noqa: S101 (checked by the caller; for the type checker)
    customer = author.customer
    if customer is None:
        # One query per new customer: opening a case is rare beside hearing a post.
        author.customer = customer = Customer.objects.create(since=row.created_at)
        author.save(update_fields=["customer"])
    certain = one.reading is not None and one.reading.complaint >= URGENT_COMPLAINT
    return Case(
        ref=ref,
        brand=brand,
        channel=channel,
        customer=customer,
        network=row.network,
        conversation=row.conversation,
        first_post=row,
        private=row.private,
        priority=Priority.HIGH if certain else Priority.NORMAL,
        opened_at=now,
        touched_at=now,
    )


def _attach(one: Arrival, case: Case, decision: Decision, book: Book, *, now: datetime) -> None:
    row = one.row
    book.events.append(make_event(case, "post.attached", at=now, post=row.pk, why=decision.why))
    if row.ours:
        case.unanswered_since = None
        if case.answered_at is None:
            case.answered_at = row.created_at
        if not row.private and case.acknowledged_at is None:
            case.acknowledged_at = row.created_at
            book.events.append(make_event(case, "case.acknowledged", at=now, post=row.pk))
        if row.private:
            book.events.extend(taken_private(case, row, now=now))
    if decision.outcome is not None:
        case.outcome = decision.outcome
        book.events.append(
            make_event(case, "outcome.noted", at=now, post=row.pk, outcome=str(decision.outcome))
        )
    if decision.move is not None:
        for state in path_to(CaseState(case.state), decision.move):
            book.events.append(move_event(case, state, at=now, post=row.pk))
        if decision.move is CaseState.OPEN:
            reopen_facts(case)


def reopen_facts(case: Case) -> None:
    """A case that needs work again is neither resolved nor closed."""
    case.resolved_at = case.closed_at = None
    case.close_reason = ""


def taken_private(case: Case, row: PostRow, *, now: datetime) -> list[CaseEvent]:
    """The dated fact that the case went private, the first time. One that began so has none."""
    case.private = True
    if case.taken_private_at is not None or case.first_post.private:
        return []
    case.taken_private_at = row.created_at
    return [make_event(case, "case.taken_private", at=now, post=row.pk)]


def note_customer_post(
    case: Case, row: PostRow, decision: Decision, *, now: datetime, book: Book
) -> None:
    by_customer = row.author is not None and row.author.customer_id == case.customer_id
    if row.private:
        book.events.extend(taken_private(case, row, now=now))
    if not by_customer:
        return
    case.customer_wrote_at = row.created_at
    wants_answer = decision.outcome not in {Outcome.THANKED, Outcome.RETRACTED}
    if wants_answer and case.state in LIVE and case.unanswered_since is None:
        case.unanswered_since = row.created_at


_FIELDS = [
    "state",
    "outcome",
    "private",
    "unanswered_since",
    "customer_wrote_at",
    "answered_at",
    "acknowledged_at",
    "taken_private_at",
    "resolved_at",
    "closed_at",
    "close_reason",
    "touched_at",
    "events",
    "head",
]


def write_book(book: Book) -> None:
    known = [case for case in book.changed.values() if case.pk is not None]
    Case.objects.bulk_create(book.opened, batch_size=500)
    Case.objects.bulk_update(known, _FIELDS, batch_size=200)
    for place in book.places:
        place.case_id = place.case.pk
    for event in book.events:
        event.case_id = event.case.pk
    CasePost.objects.bulk_create(book.places, batch_size=500)
    CaseEvent.objects.bulk_create(book.events, batch_size=500)
