"""Hand-off links: made, sent, taken by a customer, ended; and what the customer writes there."""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils.text import slugify

from amends.casework import CaseState, Decision, Facts, Intake, decide
from amends.casework.handoff import (
    LASTS,
    MOST_AN_HOUR,
    MOST_IN_ALL,
    Standing,
    check_message,
    first_words,
)
from amends.desk.actions.book import Arrival, Book, write_book
from amends.desk.actions.cases import held, write
from amends.desk.actions.chronicle import make_event
from amends.desk.actions.intake import attach, hold, note_abuse, note_customer_post
from amends.desk.actions.keeping import store_readings
from amends.desk.actions.secrets import seal
from amends.desk.actions.triggers import note_triggers
from amends.desk.actions.weighing import weigh
from amends.desk.models import (
    AuthorRow,
    Brand,
    Case,
    CaseEvent,
    CasePost,
    ChannelRow,
    Handoff,
    OutgoingReply,
    PostRow,
    Responder,
)
from amends.desk.queries.handoffs import (
    NETWORK,
    closed_words,
    names_in,
    open_handoff,
    page_of,
    seat_hash,
    standing_of,
)
from amends.desk.queries.prepared import prepared
from amends.terms import BadInput, NotAllowed, Reading
from amends.text import storable

LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"


def new_name() -> str:
    """A page's name: twelve letters that nobody guesses."""
    return secrets.token_urlsafe(9)


def new_code() -> str:
    return "".join(secrets.choice(LETTERS) for _ in range(8))


def page_channel(brand: Brand) -> ChannelRow:
    """The channel through which pages of a brand are answered, made when first needed."""
    for known in _of_pages(brand.pk):
        return known
    others = ChannelRow.objects.filter(brand=brand).exclude(owner=None).order_by("pk")
    made, _ = ChannelRow.objects.get_or_create(
        network=NETWORK,
        handle=f"{slugify(brand.name)[:60]}-{brand.pk}".lstrip("-"),
        defaults={
            "brand": brand,
            "secret": seal({}),
            "owner_id": others.values_list("owner_id", flat=True).first(),
        },
    )
    return made


@prepared
def _of_pages(brand: int) -> QuerySet[ChannelRow]:
    return ChannelRow.objects.filter(network=NETWORK, brand=brand).order_by("pk")[:1]


def make_handoff(
    case: Case, *, by: Responder, now: datetime, new_name: Callable[[], str] = new_name
) -> Handoff:
    """A link for the case's customer (R32): the one that is open and that nobody has taken, else a
    new one. Raises ``NotAllowed``."""
    with held(case, by=by, verb="handoff") as row:
        spare = open_handoff(row, now=now, claimed=False)
        if spare is not None:
            return spare
        page_channel(row.brand)
        made = Handoff.objects.create(
            name=new_name(),
            case=row,
            customer_id=row.customer_id,
            by=by,
            made_at=now,
            expires_at=now + timedelta(days=page_of(row.brand).days),
            code=new_code(),
        )
        write(row, [make_event(row, "handoff.made", at=now, by=by, handoff=made.pk)])
    return made


def end_handoff(handoff: Handoff, *, by: Responder, now: datetime) -> Handoff:
    """Close a page: its link opens nothing any more, for nobody."""
    return _change(handoff, "handoff.ended", {"ended_at": now}, by=by, now=now)


def prove_handoff(handoff: Handoff, *, by: Responder, now: datetime) -> Handoff:
    """Say that whoever writes on the page is the customer of the case."""
    return _change(handoff, "handoff.proven", {"proven_at": now}, by=by, now=now)


def _change(
    handoff: Handoff, kind: str, fields: Mapping[str, object], *, by: Responder, now: datetime
) -> Handoff:
    with held(handoff.case, by=by, verb="handoff-decide") as case:
        row = Handoff.objects.select_for_update().get(pk=handoff.pk)
        if row.ended_at is not None:
            raise NotAllowed("That page was closed already.")
        if kind == "handoff.proven" and row.claimed_at is None:
            raise NotAllowed("Nobody has written on that page so far.")
        for name, value in fields.items():
            setattr(row, name, value)
        row.save(update_fields=list(fields))
        write(case, [make_event(case, kind, at=now, by=by, handoff=row.pk)])
    return row


def check_links(case: Case, text: str, *, now: datetime) -> None:
    """Raise ``BadInput`` where a reply holds a link of another case, or one that opens nothing: a
    link is for one customer."""
    for name in names_in(text):
        handoff = Handoff.objects.filter(name=name).first()
        if handoff is None or handoff.case_id != case.pk:
            raise BadInput(
                "The link in this reply belongs to another case. Insert this case's own."
            )
        if standing_of(handoff, now=now) is not Standing.OPEN:
            raise BadInput("The link in this reply opens nothing any more. Insert a new one.")


def note_links_sent(case: Case, reply: OutgoingReply, *, now: datetime) -> list[CaseEvent]:
    """The events of links that went out with a reply, for whoever holds the case. A reply on a page
    keeps that open a while longer."""
    if reply.to_post.network == NETWORK:
        page = Handoff.objects.filter(author=reply.to_post.author_id, expires_at__lt=now + LASTS)
        page.update(expires_at=now + LASTS)
    events = []
    for row in Handoff.objects.filter(case=case, name__in=names_in(reply.text)):
        row.in_public = row.in_public or not reply.private
        row.sent_at = row.sent_at or now
        row.save(update_fields=["in_public", "sent_at"])
        told: dict[str, object] = {"handoff": row.pk, "private": reply.private}
        events.append(make_event(case, "handoff.sent", at=now, by=reply.by, **told))
    return events


@dataclass(frozen=True, slots=True)
class Left:
    """What a customer left on a page, and how it reads. ``attempt`` is new for each form: the same
    form twice is one message."""

    message: str
    reading: Reading
    threshold: float
    attempt: str
    answers: Mapping[str, str]


def take_seat(handoff: Handoff, left: Left, *, secret: str, now: datetime) -> Handoff:
    """The first words on a page: whoever writes them has it from now on, by ``secret``.

    Raises ``NotAllowed`` where the page is closed or somebody was faster, ``BadInput``.
    """
    message = left.message.strip()
    text = check_message(storable(first_words(left.answers, message)))
    with transaction.atomic():
        case = _hold_case(handoff)
        row = _open(handoff, now=now)
        if row.claimed_at is not None:
            raise NotAllowed("Somebody else is writing on this page already.")
        row.author = _visitor(row, case, left.answers)
        row.seat, row.claimed_at = seat_hash(secret), now
        row.answers = [[storable(k), storable(v)] for k, v in left.answers.items() if v]
        row.expires_at = max(row.expires_at, now + LASTS)
        row.save(update_fields=["author", "seat", "claimed_at", "answers", "expires_at"])
        events = [make_event(case, "handoff.taken", at=now, handoff=row.pk)]
        _take_in(case, row, text, left, events, now=now)
    return row


def say(handoff: Handoff, left: Left, *, now: datetime) -> None:
    """Further words of the customer who has the page."""
    text = check_message(storable(left.message))
    with transaction.atomic():
        case = _hold_case(handoff)
        row = _open(handoff, now=now)
        if row.author is None:
            raise NotAllowed("Nobody has this page.")
        theirs = PostRow.objects.filter(network=NETWORK, conversation=row.name, ours=False)
        if theirs.filter(native_id=_post_id(row, left)).exists():
            return
        lately = theirs.filter(created_at__gt=now - timedelta(hours=1)).count()
        if lately >= MOST_AN_HOUR or theirs.count() >= MOST_IN_ALL:
            raise NotAllowed("That is a lot of messages. Wait an hour, or call us.")
        row.expires_at = max(row.expires_at, now + LASTS)
        row.save(update_fields=["expires_at"])
        _take_in(case, row, text, left, [], now=now)


def _open(handoff: Handoff, *, now: datetime) -> Handoff:
    row = Handoff.objects.select_for_update(of=("self",)).select_related("author")
    found = row.get(pk=handoff.pk)
    why = closed_words(found, now=now)
    if why:
        raise NotAllowed(f"{why} Tell us where you first wrote, and we send you a new link.")
    return found


def _hold_case(handoff: Handoff) -> Case:
    """The case that the page belongs to, or the one that it went on in. Brand first, as intake."""
    pk = handoff.case_id
    hold(handoff.case.brand)
    while True:
        case = Case.objects.select_for_update(of=("self",)).select_related("first_post").get(pk=pk)
        if case.state != CaseState.MERGED or case.merged_into_id is None:
            return case
        pk = case.merged_into_id


def _visitor(row: Handoff, case: Case, answers: Mapping[str, str]) -> AuthorRow:
    """A profile for whoever writes there. It goes by the customer's handle, as the link was made
    for them; whether it is them is another question (``is_proven``)."""
    first = case.first_post.author
    return AuthorRow.objects.create(
        network=NETWORK,
        native_id=row.name,
        handle=first.handle if first else "",
        name=storable(_named(answers))[:120],
        customer_id=row.case.customer_id,
    )


def _named(answers: Mapping[str, str]) -> str:
    """What they call themselves, where the page asks for it."""
    return next((said for asked, said in answers.items() if "name" in asked.casefold()), "")


def _post_id(row: Handoff, left: Left) -> str:
    return f"in-{row.name}-{left.attempt[:64]}"


def _take_in(
    case: Case, row: Handoff, text: str, left: Left, events: list[CaseEvent], *, now: datetime
) -> None:
    """A private post of the customer in this case and no other; it wakes the case."""
    post = PostRow.objects.create(
        network=NETWORK,
        native_id=_post_id(row, left),
        author=row.author,
        created_at=now,
        text=text,
        private=True,
        to_us=True,
        conversation=row.name,
        heard_at=now,
        taken_in=True,
    )
    store_readings([(post.pk, left.reading)])
    one = Arrival(post, left.reading)
    decision = _decided(case, one, left.threshold)
    book = Book(events=events, changed={case.pk: case})
    attach(one, case, decision, book, now=now)
    abusive_at = note_abuse(case, post, left.reading)
    book.places.append(
        CasePost(case=case, post=post, why=decision.why, at=now, abusive_at=abusive_at)
    )
    note_customer_post(case, post, decision, now=now, book=book)
    weigh(case, post, left.reading, book=book, now=now)
    write_book(book)
    note_triggers(book.events, [case])


def _decided(case: Case, one: Arrival, threshold: float) -> Decision:
    """As for any post of the customer; but who takes the trouble to write here wants an answer, so
    that a case which is over is open again unless they thank or take it back."""
    facts = Facts(CaseState(case.state), by_customer=True, answered=case.answered_at is not None)
    decision = decide(
        one.reading, case=facts, about_us=True, ours=False, private=True, threshold=threshold
    )
    over = case.state in {CaseState.RESOLVED, CaseState.CLOSED, CaseState.DISMISSED}
    if over and decision.move is None and decision.outcome is None:
        return Decision(Intake.ATTACH, CaseState.OPEN, why="answered")
    return decision
