"""Replies: written with the case's event in one transaction, sent later by a worker."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from amends.casework import (
    Action,
    CaseState,
    ReplyDecision,
    ReplyStatus,
    check_decision,
    check_delivery,
    path_to,
)
from amends.casework.closing import check_nothing_open
from amends.casework.outcomes import check_invitation
from amends.casework.scheduling import check_send_time
from amends.casework.verbs import merged_words
from amends.connectors.registry import traits_of
from amends.desk.actions.cases import drop_draft, goes_on_in, held, taking_up, write
from amends.desk.actions.chronicle import make_event, move_event
from amends.desk.actions.guarding import check_text, ready_guard, why_anyway
from amends.desk.actions.handoffs import check_links
from amends.desk.actions.outbox import put_in_outbox
from amends.desk.actions.pictures import beside, hand_in
from amends.desk.models import (
    Case,
    CaseEvent,
    ChannelRow,
    Draft,
    Handoff,
    OutgoingReply,
    PostRow,
    Responder,
)
from amends.desk.queries.handoffs import NETWORK as PAGES
from amends.desk.queries.ledger import open_matters
from amends.desk.queries.prepared import prepared, prepared_change
from amends.desk.queries.speaking import check_may_speak, why_silent
from amends.terms import BadInput, NotAllowed, Stale, Traits, network_name
from amends.text import length

ON_THEIR_WAY = (
    ReplyStatus.HELD,
    ReplyStatus.READY,
    ReplyStatus.SENDING,
    ReplyStatus.NOT_KNOWN,
    ReplyStatus.PAUSED,
)


def private_network(case: Case) -> str:
    """Where a private message goes: to the private page where the customer last wrote there and it
    was not closed, else to the case's own network."""
    for network, author in _latest_private(case.pk, case.customer_id):
        if network == PAGES and Handoff.objects.filter(author=author, ended_at=None).exists():
            return PAGES
    return case.network


@prepared
def _latest_private(case: int, customer: int) -> QuerySet[PostRow, tuple[str, int | None]]:
    theirs = PostRow.objects.filter(place__case=case, author__customer=customer)
    newest = theirs.filter(private=True, ours=False).order_by("-created_at", "-pk")
    return newest.values_list("network", "author")[:1]


def channel_for(case: Case, *, private: bool = False) -> ChannelRow | None:
    """The account that speaks on the case's network, or on the private page, where there is one."""
    return channel_on(case, private_network(case) if private else case.network)


def channel_on(case: Case, network: str) -> ChannelRow | None:
    """The account that speaks on a network: the one that the case was heard on, else the first."""
    channels = _channels(case.brand_id, network)
    heard_on = (one for one in channels if one.pk == case.channel_id)
    return next(heard_on, next(iter(channels), None))


@prepared
def _channels(brand: int, network: str) -> QuerySet[ChannelRow]:
    channels = ChannelRow.objects.filter(brand=brand, network=network, enabled=True)
    return channels.order_by("pk")


def target_for(case: Case, *, private: bool, closes_out: bool) -> PostRow | None:
    """The post a reply answers: the customer's newest, or for a close-out where it began."""
    first = case.first_post
    if closes_out and not first.private and first.deleted_at is None:
        return first
    return target_on(case, private_network(case) if private else case.network, private=private)


def target_on(case: Case, network: str, *, private: bool) -> PostRow | None:
    """The customer's newest post on a network; for a public reply, one that all can read."""
    return next(iter(_newest(case.pk, case.customer_id, network, private=private)), None)


@prepared
def _newest(case: int, customer: int, network: str, *, private: bool) -> QuerySet[PostRow]:
    posts = PostRow.objects.filter(
        place__case=case, ours=False, author__customer=customer, network=network
    )
    if not private:
        posts = posts.filter(private=False, deleted_at=None)
    return posts.select_related("author").order_by("-created_at", "-pk")[:1]


def queue_reply(
    case: Case,
    *,
    text: str,
    private: bool,
    by: Responder,
    now: datetime,
    attempt: str,
    closes_out: bool = False,
    seen_replies: int | None = None,
    anyway: str = "",
    goes_at: datetime | None = None,
    with_pictures: bool = False,
    invites: bool = False,
    form: bool = False,
) -> OutgoingReply:
    """Hand a reply to the outbox. ``attempt`` is its idempotency key, new for each reply.

    ``goes_at`` is when it shall go out, None at once; it is withdrawn if the customer writes before.
    ``with_pictures``: what this person put beside their draft of this mode goes along.
    ``invites`` says that it asks the customer to speak again in public, once for each case (R45); so
    does what reads so. ``form`` says that it is a question which all are asked in about the same
    words, so that it is no copy of another reply. ``seen_replies`` is how many replies the page
    showed: one more means that somebody answered meanwhile. ``anyway`` is why it goes out in spite of
    what the guard says; one that is stopped is held for somebody else's approval then. Raises ``NotAllowed`` (``Guarded`` without that reason;
    whoever may not speak now), ``BadInput`` (length, nothing to answer), ``Stale``.
    """
    text = text.strip()
    if goes_at is not None:
        check_send_time(goes_at, now=now)
    kind = {"private": private, "closes_out": closes_out}
    ready_guard(text)
    with held(case, by=by, action=Action.REPLY) as row:
        check_may_speak(by, now=now, text=text)
        check_state(row, **kind, form=form)
        if invites:
            check_inviting(row)
        _check_seen(row, seen_replies)
        channel, target = way_of(row, text, **kind)
        check_links(row, text, now=now)
        checked = check_text(
            row, text, channel=channel, target=target, by=by, invites=invites, form=form, **kind
        )
        reply = put_in_outbox(
            row, checked, channel=channel, target=target, by=by, attempt=attempt, now=now,
            approval=checked.verdict == "stop", anyway=why_anyway(checked, anyway, by=by),
            goes_at=goes_at, private=private, closes_out=closes_out, invites=invites,
        )  # fmt: skip
        _hand_in(row, reply, with_pictures=with_pictures, now=now)
    return reply


def _hand_in(row: Case, reply: OutgoingReply, *, with_pictures: bool, now: datetime) -> None:
    """What goes with a new reply: its pictures, its event, whose the case is now; the draft is used."""
    by, mode = reply.by, "private" if reply.private else "public"
    if with_pictures:
        hand_in(reply, list(beside(row, mode, by)), traits=traits_of(reply.channel.network))
    events = [*taking_up(row, by=by, now=now), _handed_in(row, reply, now=now)]
    write(row, events, "owner", "state")
    drop_draft(row, mode=mode, by=by)


def _check_seen(row: Case, seen_replies: int | None) -> None:
    """Raise ``Stale`` where more replies stand there than the page showed."""
    if seen_replies is not None and row.replies.count() > seen_replies:
        raise Stale(
            "A colleague answered this case meanwhile. Read it, then send yours if it is still needed."
        )


def _handed_in(row: Case, reply: OutgoingReply, *, now: datetime) -> CaseEvent:
    """The event of a reply that is new, with what the guard said where somebody overrode it."""
    told: dict[str, object] = {"private": reply.private, "closes_out": reply.closes_out}
    if reply.anyway:
        codes = sorted({code for code, level, *_ in reply.findings if level != "note"})
        told |= {"guard": reply.verdict, "codes": codes}
    kind = "reply.held" if reply.status == ReplyStatus.HELD else "reply.queued"
    return make_event(row, kind, at=now, by=reply.by, reply=reply.pk, **told)


def way_of(row: Case, text: str, *, private: bool, closes_out: bool) -> tuple[ChannelRow, PostRow]:
    """The account that speaks and the post it answers, where the network takes the text."""
    channel = channel_for(row, private=private)
    if channel is None:
        raise NotAllowed(
            f"No account is connected on {network_name(row.network)}. Connect one under Set-up."
        )
    check_length(text, traits_of(channel.network), private=private)
    target = target_for(row, private=private, closes_out=closes_out)
    if target is None:
        raise BadInput("There is no post left to answer: the customer removed what they wrote.")
    return channel, target


def check_state(row: Case, *, private: bool, closes_out: bool, form: bool = False) -> None:
    """Raise where a case as it is now takes no such reply. A ``form`` goes out in a closed one too:
    how we did is best asked when it is over."""
    if closes_out and private:
        raise BadInput(
            "A close-out is public. Send a private message instead, or close with a reason."
        )
    if closes_out and row.state != CaseState.RESOLVED:
        raise NotAllowed("Resolve the case first, then close it out in public.")
    if row.state == CaseState.MERGED:
        raise NotAllowed(merged_words(goes_on_in(row)))
    if row.state == CaseState.DISMISSED or (row.state == CaseState.CLOSED and not form):
        raise NotAllowed(f"This case is {row.state}. Reopen it before you answer.")
    if closes_out and row.replies.filter(closes_out=True, status__in=ON_THEIR_WAY).exists():
        raise Stale("A close-out of this case is on its way already.")
    if closes_out:
        check_nothing_open(open_matters(row))


def check_inviting(row: Case) -> None:
    """Raise ``NotAllowed`` unless the customer may be invited to speak again in public."""
    check_invitation(
        state=CaseState(row.state),
        invited=row.invited_at is not None,
        on_its_way=row.replies.filter(invites=True, status__in=ON_THEIR_WAY).exists(),
        owed=open_matters(row),
    )


def check_length(text: str, traits: Traits, *, private: bool) -> None:
    """Raise ``BadInput`` where the text is empty or longer than the network takes."""
    most = traits.message_limit if private else traits.limit
    if not text:
        raise BadInput("The reply is empty. Write something first.")
    has = length(text, traits.unit)
    if has > most:
        raise BadInput(
            f"The reply has {has} {traits.unit}; the network takes {most}. Shorten it by {has - most}."
        )


def cancel_reply(reply: OutgoingReply, *, by: Responder, now: datetime) -> OutgoingReply:
    """Call a reply back before it goes out. Raises ``NotAllowed`` once it is on the wire."""
    kind = "reply.cancelled"
    return _decide(reply, ReplyDecision.CALL_BACK, ReplyStatus.CANCELLED, kind, by=by, now=now)


def send_again(reply: OutgoingReply, *, by: Responder, now: datetime) -> OutgoingReply:
    """A person decides: a failed reply is sent again; so is one that was held as its writer could not
    speak, now that they can. One that nobody knows about is given up first, or it could be twice."""

    def due(row: OutgoingReply) -> None:
        check_may_speak(by, now=now)
        stands_for_it = row.approver or row.by
        if row.lapsed and (why := why_silent(stands_for_it, now=now)):
            raise NotAllowed(f"{stands_for_it.name} may not send yet: {why}.")
        row.lapsed = False
        if not row.text:
            raise NotAllowed("Its text was erased with the customer, so there is nothing to send.")
        row.due_at, row.tries, row.reason = now, 0, ""

    again, kind = ReplyDecision.SEND_AGAIN, "reply.queued"
    return _decide(reply, again, ReplyStatus.READY, kind, by=by, now=now, also=due, again=True)


def give_up(reply: OutgoingReply, *, by: Responder, now: datetime) -> OutgoingReply:
    """A person decides that a reply nobody knows about did not go out and shall not."""
    kind = "reply.failed"
    return _decide(reply, ReplyDecision.NOT_OUT, ReplyStatus.FAILED, kind, by=by, now=now)


def check_again(reply: OutgoingReply, *, by: Responder, now: datetime) -> OutgoingReply:
    """Have the worker look a reply up now that nobody knows about."""
    with held(reply.case, by=by, action=Action.REPLY):
        [row] = locked_reply(reply.pk)
        check_decision(ReplyDecision.CHECK_AGAIN, ReplyStatus(row.status))
        OutgoingReply.objects.filter(pk=row.pk).update(due_at=now)
    return row


@prepared
def locked_reply(reply: int) -> QuerySet[OutgoingReply]:
    """A reply by its primary key, locked. Runs inside a transaction."""
    return OutgoingReply.objects.select_for_update().filter(pk=reply)


_DECIDED = ("status", "claimed_until", "due_at", "tries", "reason", "lapsed")


def _decide(
    reply: OutgoingReply,
    decision: ReplyDecision,
    status: ReplyStatus,
    kind: str,
    *,
    by: Responder,
    now: datetime,
    also: Callable[[OutgoingReply], None] | None = None,
    **data: object,
) -> OutgoingReply:
    with held(reply.case, by=by, action=Action.REPLY) as case:
        [row] = locked_reply(reply.pk)
        check_decision(decision, ReplyStatus(row.status), lapsed=row.lapsed)
        check_delivery(ReplyStatus(row.status), status)
        row.status = status
        row.claimed_until = None
        if also is not None:
            also(row)
        row.save(update_fields=_DECIDED)
        write(case, [make_event(case, kind, at=now, by=by, reply=row.pk, **data)])
    return row


def save_draft(case: Case, *, mode: str, text: str, by: Responder, now: datetime) -> None:
    """Keep what a person typed; an empty text keeps nothing."""
    if mode not in {"public", "private", "note"}:
        raise BadInput("A draft is public, private or a note.")
    if not text.strip():
        drop_draft(case, mode=mode, by=by)
        return
    text = text[:20_000]
    with transaction.atomic():
        if not _typed_on(case.pk, by.pk, mode, text, now):
            Draft.objects.update_or_create(
                case=case, by=by, mode=mode, defaults={"text": text, "saved_at": now}
            )


@prepared_change
def _typed_on(
    case: int, by: int, mode: str, text: str, now: datetime
) -> tuple[QuerySet[Draft], dict[str, Any]]:
    return Draft.objects.filter(case=case, by=by, mode=mode), {"text": text, "saved_at": now}


def waiting_path(case: Case, *, by: Responder | None, now: datetime) -> list[CaseEvent]:
    """After we spoke it is the customer's turn, where the case was being worked on."""
    if case.state not in {CaseState.NEW, CaseState.OPEN}:
        return []
    steps = path_to(CaseState(case.state), CaseState.WAITING)
    return [move_event(case, step, at=now, by=by) for step in steps]
