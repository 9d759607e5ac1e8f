"""The book of a batch: the cases its posts may touch, and what is to be written at the end."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, cast

from django.db.models import QuerySet

from amends.casework import LIVE, CaseState
from amends.desk.actions.accounts import Account, is_one_of, other_companies
from amends.desk.actions.bulk import SKIP, insert_rows, new_keys, update_rows
from amends.desk.actions.clockwork import WOUND, wind
from amends.desk.models import (
    AuthorRow,
    Brand,
    Case,
    CaseEvent,
    CasePost,
    Customer,
    MentionRow,
    PostRow,
    ReadingRow,
)
from amends.desk.models.ids import Turned
from amends.desk.models.made import made
from amends.desk.models.signs import STEPS, intents_in, topics_in
from amends.desk.queries.lookups import LookUp, Stretch
from amends.desk.queries.prepared import prepared
from amends.desk.queries.threads import ANSWERS, FIRSTS, by_network, in_threads
from amends.terms import Reading

Thread = tuple[str, str]
"""A conversation by its network and its id there."""
Held = tuple[int, int, str, str]
"""A case, its brand, and a conversation that it has posts in."""
MOST_REFS: Final = 500
"""Names for cases that are asked about at once."""


@dataclass(slots=True)
class Arrival:
    """A stored post as intake sees it. ``kinds``: of the watches that matched; ``abusive``: what its
    words tell, where that was asked."""

    row: PostRow
    reading: Reading | None
    kinds: frozenset[str] = frozenset()
    abusive: bool | None = None


@dataclass(slots=True)
class Book:
    """The cases a batch may touch, by conversation and by customer, and what is to be written.

    ``newcomers`` are customers not written yet, by the number that stands for each till then, with
    the profile behind which they are: numbers below zero, which no row has. ``loose`` are posts in
    no case of those whom we answer in a thread without one, ``refs`` free names for new cases, of
    which ``most`` may be opened. ``worn`` are labels that cases wear or wore, by the object's
    ``id``, as far as was asked; ``quiet``: it is history, so nobody is handed anything.
    """

    by_thread: dict[Thread, list[Case]] = field(default_factory=lambda: defaultdict(list))
    by_customer: dict[int, list[Case]] = field(default_factory=lambda: defaultdict(list))
    opened: list[Case] = field(default_factory=list)
    changed: dict[int, Case] = field(default_factory=dict)
    refs: list[str] = field(default_factory=list)
    most: int = 0
    newcomers: dict[int, tuple[Customer, AuthorRow]] = field(default_factory=dict)
    loose: dict[Thread, list[Arrival]] = field(default_factory=lambda: defaultdict(list))
    places: list[CasePost] = field(default_factory=list)
    events: list[CaseEvent] = field(default_factory=list)
    labels: list[tuple[Case, int]] = field(default_factory=list)
    worn: dict[int, set[int]] = field(default_factory=dict)
    quiet: bool = False

    def enter(self, case: Case, *threads: Thread) -> None:
        for thread in threads:
            if all(known is not case for known in self.by_thread[thread]):
                self.by_thread[thread].append(case)
        if all(known is not case for known in self.by_customer[case.customer_id]):
            self.by_customer[case.customer_id].append(case)

    def next_ref(self, new_ref: Callable[[], str]) -> str:
        """A name that no case has: short ones drawn by chance are the same in the long run."""
        while not self.refs:
            self.draw_refs(new_ref)
        return self.refs.pop()

    def draw_refs(self, new_ref: Callable[[], str]) -> None:
        """Have names ready that no case has, if any of those drawn is such a one."""
        drawn = {new_ref() for _ in range(min(MOST_REFS, max(1, len(self.opened), self.most)))}
        drawn -= {case.ref for case in self.opened}
        self.refs = sorted(drawn.difference(_taken(list(drawn))), reverse=True)

    def meet(self, author: AuthorRow, since: datetime) -> None:
        """Somebody is behind every profile that opens a case."""
        if author.customer_id is None:
            author.customer_id = -1 - len(self.newcomers)
            self.newcomers[author.customer_id] = (made(Customer, since=since), author)


def open_book(
    arrivals: Sequence[Arrival], brand: Brand, held: Collection[Held] | None = None
) -> Book:
    """What is known of these posts' threads and authors. Holds the cases' rows till the end.
    ``held``: what ``cases_in`` gave for these threads and more, in the same transaction."""
    book = Book(most=len(arrivals))
    threads = {(a.row.network, a.row.conversation) for a in arrivals}
    known = cases_in(threads) if held is None else held
    pairs = {
        (case, network, thread)
        for case, owner, network, thread in known
        if owner == brand.pk and (network, thread) in threads
    }
    book.loose = _loose(arrivals, {(network, thread) for _, network, thread in pairs})
    others = [one for loose in book.loose.values() for one in loose]
    authors = _share_authors([*arrivals, *others])
    _silence([*arrivals, *others], other_companies(brand))
    customers = list({author.customer_id for author in authors if author.customer_id})
    theirs = {pk for pk, owner in (_running(customers) if customers else ()) if owner == brand.pk}
    cases = _hold({pk for pk, _, _ in pairs} | theirs)
    for case in cases.values():
        book.enter(case)
    for pk, network, thread in sorted(pairs):
        book.enter(cases[pk], (network, thread))
    return book


@prepared
def _taken(refs: list[str]) -> QuerySet[Case, str]:
    return Case.objects.filter(ref__among=refs).values_list("ref", flat=True)


# Here and below the brand is compared by who asks: asked in SQL, SQLite goes through all of its cases.
@prepared
def _running(customers: list[int]) -> QuerySet[Case, tuple[int, int]]:
    cases = Case.objects.filter(
        customer__id__among=customers, state__in=[*LIVE, CaseState.RESOLVED]
    )
    return cases.values_list("pk", "brand_id")


_HELD: Final = ("place__case", "place__case__brand", "network", "conversation")
_ANSWERS_HELD: Final = LookUp(
    lambda _, ids: PostRow.objects.filter(
        ANSWERS, conversation__among=ids, place__isnull=False
    ).values_list(*_HELD)
)
_FIRSTS_HELD: Final = LookUp(
    lambda network, ids: PostRow.objects.filter(
        FIRSTS, network=network, native_id__among=ids, place__isnull=False
    ).values_list(*_HELD)
)


_ANSWERED: Final = Stretch(
    lambda low, high: (
        PostRow.objects.filter(ANSWERS)
        .annotate(turned=Turned("conversation"))
        .filter(turned__gte=low, turned__lte=high)
        .values_list("conversation")
    )
)


def cases_in(threads: Iterable[Thread], new: Collection[Thread] = ()) -> set[Held]:
    """The cases with posts in these conversations, of other networks too where ids are the same.
    ``new``: posts that are in no case yet."""
    before = set(threads)
    begun = before.intersection(new)
    before -= begun
    ids = {native for _, native in before}
    ids.update(_ANSWERED.narrow([native for _, native in begun]))
    held = set(_ANSWERS_HELD("", ids))
    for network, natives in by_network(before).items():
        held.update(_FIRSTS_HELD(network, natives))
    return cast("set[Held]", held)


def _hold(pks: Collection[int]) -> dict[int, Case]:
    """These cases and those they went on in, each once, so that nobody counts its events twice."""
    wanted = fresh = set(pks)
    while fresh:
        fresh = {pk for pk in _went_on_in(list(fresh)) if pk is not None} - wanted
        wanted = wanted | fresh
    cases = {case.pk: case for case in (_locked(list(wanted)) if wanted else ())}
    for case in cases.values():
        if case.merged_into_id is not None:
            case.merged_into = cases[case.merged_into_id]
    return cases


@prepared
def _went_on_in(cases: list[int]) -> QuerySet[Case, int | None]:
    return Case.objects.filter(id__among=cases).values_list("merged_into", flat=True)


@prepared
def _locked(cases: list[int]) -> QuerySet[Case]:
    unread = [f"first_post__{name}" for name in ("text", "links", "media", "counts", "quote_of")]
    rows = Case.objects.select_for_update(of=("self",)).select_related("first_post")
    return rows.filter(id__among=cases).defer(*unread).order_by("pk")


def _loose(arrivals: Sequence[Arrival], held: Collection[Thread]) -> dict[Thread, list[Arrival]]:
    """What those whom we answer now wrote in that thread before, and no case holds."""
    rows = [a.row for a in arrivals if (a.row.network, a.row.conversation) not in held]
    answers = [row for row in rows if row.ours and row.in_reply_to]
    wanted = {row.in_reply_to for row in answers}
    loose: dict[Thread, list[Arrival]] = defaultdict(list)
    if not wanted:
        return loose
    known = PostRow.objects.filter(
        place=None, taken_in=True, ours=False, erased_at=None, deleted_at=None
    ).exclude(pk__in=[one.row.pk for one in arrivals])
    networks = {row.network for row in answers}
    answered = known.filter(network__in=networks, native_id__in=wanted, author__isnull=False)
    wrote = set(answered.values_list("network", "conversation", "author"))
    wrote |= {  # what we answer may have come in this batch, and more of the same before it
        (row.network, row.conversation, row.author_id)
        for row in rows
        if row.author_id is not None and row.native_id in wanted and not row.ours
    }
    theirs = known.filter(author__in={author for _, _, author in wrote}).only(*NEEDED)
    threads = {(network, thread) for network, thread, _ in wrote}
    before = [row for rows in in_threads(theirs, threads) for row in rows]
    for one in arrivals_of(sorted(before, key=lambda row: (row.created_at, row.pk))):
        if (one.row.network, one.row.conversation, one.row.author_id) in wrote:
            loose[one.row.network, one.row.conversation].append(one)
    return loose


NEEDED = (
    "network", "native_id", "conversation", "in_reply_to", "author_id",
    "created_at", "ours", "private", "to_us", "taken_in", "counts", "text", "lang",
)  # fmt: skip
"""What intake looks at in a post; links and pictures stay where they are. What it lacks would be
asked for post by post."""


def arrivals_of(rows: Iterable[PostRow], brand: Brand | None = None) -> list[Arrival]:
    """Stored posts with what was read in them, and the kinds of ``brand``'s watches they matched."""
    posts = {row.pk: row for row in rows}
    kinds: dict[int, set[str]] = {}
    for pk, kind, owner in _matched(list(posts)) if brand and posts else ():
        if brand is not None and owner == brand.pk:
            kinds.setdefault(pk, set()).add(kind)
    readings = {row.pk: as_reading(row) for row in (_read(list(posts)) if posts else ())}
    return [
        Arrival(row, readings.get(pk), frozenset(kinds.get(pk, ()))) for pk, row in posts.items()
    ]


@prepared
def _matched(posts: list[int]) -> QuerySet[MentionRow, tuple[int, str, int]]:
    matched = MentionRow.objects.filter(post__id__among=posts)
    return matched.values_list("post_id", "watch__kind", "watch__brand_id")


@prepared
def _read(posts: list[int]) -> QuerySet[ReadingRow]:
    return ReadingRow.objects.filter(post__id__among=posts)


def as_reading(row: ReadingRow) -> Reading:
    """A stored reading as decisions take it; the scores behind the sentiment are not kept."""
    more = row.more or {}
    return Reading(
        complaint=row.complaint,
        praise=row.praise,
        question=row.question,
        sentiment=row.sentiment,  # type: ignore[arg-type]
        sentiment_scores={},
        why=tuple(row.why),
        retraction=row.retraction,
        model=row.model,
        severity=STEPS[row.severity or 0],
        topics=topics_in(row.signs),
        intents=intents_in(row.signs),
        emotion=more.get("emotion"),
        arousal=more.get("arousal", 0.0),
        targets=more.get("targets", {}),
        lang=more.get("lang"),
        reasons={name: tuple(words) for name, words in more.get("why", {}).items()},
    )


def reading_of(post: PostRow) -> Reading | None:
    return next(map(as_reading, _read([post.pk])), None)


def _share_authors(arrivals: Sequence[Arrival]) -> list[AuthorRow]:
    """One object for each author: whom an earlier post made a customer, a later one finds so."""
    wanted = {a.row.author_id for a in arrivals if a.row.author_id}
    shared = {row.pk: row for row in (_authors(list(wanted)) if wanted else ())}
    for one in arrivals:
        if one.row.author_id is not None:
            one.row.author = shared[one.row.author_id]
    return list(shared.values())


@prepared
def _authors(authors: list[int]) -> QuerySet[AuthorRow]:
    rows = AuthorRow.objects.filter(id__among=authors)
    return rows.only("network", "handle", "customer_id", "role")


def _silence(arrivals: Iterable[Arrival], companies: frozenset[Account]) -> None:
    """Another company is nobody's customer; in a thread of ours it is one more voice."""
    for one in arrivals:
        if is_one_of(one.row.author, companies):
            one.reading, one.kinds = None, frozenset()
            one.row.ours = one.row.to_us = False


_FIELDS = [
    "state",
    "outcome",
    "outcome_at",
    "silent_at",
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
    "spread",
    "abusive_at",
    "priority",
    "owner",
    "escalated",
    *WOUND,
]


def write_book(book: Book) -> None:
    """Write all that happened; the cases that were opened have their primary keys then."""
    wind([*book.changed.values(), *book.opened])
    update_rows(list(book.changed.values()), _FIELDS)
    _write_newcomers(book)
    _write_opened(book.opened)
    # The cases have their keys by now. To set those alone would have each case read again.
    for place in book.places:
        place.case = place.case
    for event in book.events:
        event.case = event.case
    insert_rows(book.places)
    insert_rows(book.events)
    if book.labels:
        worn = Case.labels.through
        rows = [worn(case_id=case.pk, label_id=label) for case, label in book.labels]
        insert_rows(rows, known=SKIP)


def _write_newcomers(book: Book) -> None:
    if not book.newcomers:
        return
    pks = new_keys(Customer, len(book.newcomers))
    for pk, (customer, author) in zip(pks, book.newcomers.values(), strict=True):
        customer.pk = author.customer_id = pk
    insert_rows([customer for customer, _ in book.newcomers.values()], keyed=True)
    update_rows([author for _, author in book.newcomers.values()], ["customer"])
    for case in book.opened:
        if case.customer_id in book.newcomers:
            case.customer_id = book.newcomers[case.customer_id][0].pk


def _write_opened(cases: Sequence[Case]) -> None:
    if not cases:
        return
    for pk, case in zip(new_keys(Case, len(cases)), cases, strict=True):
        case.pk = pk
    insert_rows(cases, keyed=True)
    for case in cases:
        case._state.adding = False  # noqa: SLF001 (documented; what bulk_create does)
