"""What a worker does with the outbox. The network stays outside: claim, speak, settle."""

from datetime import datetime, timedelta

from django.db.models import Q, QuerySet

from amends.casework import CaseState, ReplyStatus, check_delivery, next_try
from amends.desk.actions.cases import AWAITED, await_outcome, held, write
from amends.desk.actions.chronicle import make_event, move_event
from amends.desk.actions.claim_ends import asked
from amends.desk.actions.handoffs import note_links_sent
from amends.desk.actions.intake import taken_private
from amends.desk.actions.promises import promises_of
from amends.desk.actions.replies import waiting_path
from amends.desk.actions.speaking import hold_if_lapsed
from amends.desk.models import AuthorRow, Case, CaseEvent, CasePost, OutgoingReply, PostRow
from amends.desk.queries.ledger import open_matters
from amends.desk.queries.prepared import prepared
from amends.desk.queries.stops import overtaken, stopped_channels
from amends.terms import Author, ConnectorError, DeliveryUnknown, OnlyByHand, Published
from amends.text import storable

HOLD = timedelta(minutes=2)


def claim_reply(
    *, now: datetime, holder: str, hold: timedelta = HOLD, channels: list[int] | None = None
) -> OutgoingReply | None:
    """Claim the next reply that is due: a conditional update that changes one row.

    A ``ready`` one becomes ``sending``; one that is ``not known`` is claimed for looking up.
    ``holder`` is new for each claim: what an earlier claim learns late settles nothing then. One
    whose writer may no longer speak is held instead.
    Nothing is claimed for sending on a channel that is stopped, and no reply for later whose
    customer wrote since.
    """
    for pk, status in _waiting(now) if channels is None else _waiting(now, channels):
        if status == ReplyStatus.READY and hold_if_lapsed(pk, now=now):
            continue
        fresh = {"claimed_until": now + hold, "claim": holder}
        if status == ReplyStatus.READY:
            fresh |= {"status": ReplyStatus.SENDING, "sending_at": now}
        if _due(now).filter(pk=pk, status=status).update(**fresh):
            [claimed] = _whole(pk)
            return claimed
    return None


def _due(now: datetime) -> QuerySet[OutgoingReply]:
    free = Q(claimed_until=None) | Q(claimed_until__lt=now)
    return OutgoingReply.objects.filter(free, due_at__lte=now)


@prepared
def _waiting(
    now: datetime, channels: list[int] | None = None
) -> QuerySet[OutgoingReply, tuple[int, str]]:
    may_go = Q(status=ReplyStatus.READY) & ~stopped_channels()
    may_go &= ~(Q(goes_at__isnull=False) & Q(overtaken()))
    waiting = _due(now).filter(may_go | Q(status=ReplyStatus.NOT_KNOWN))
    if channels is not None:
        waiting = waiting.filter(channel__id__among=channels)
    return waiting.order_by("due_at", "pk").values_list("pk", "status")[:10]


@prepared
def _whole(pk: int) -> QuerySet[OutgoingReply]:
    rows = OutgoingReply.objects.filter(pk=pk)
    return rows.select_related("case__first_post", "channel", "by", "to_post__author")


def expire_claims(*, now: datetime) -> int:
    """A reply whose worker died while it was on the wire is ``not known`` from now on."""
    count = 0
    for reply in _lost(now):
        count += settle_unknown(
            reply, "The desk stopped while this was being sent.", now=now, look_up_at=now
        )
    return count


@prepared
def _lost(now: datetime) -> QuerySet[OutgoingReply]:
    lost = OutgoingReply.objects.filter(status=ReplyStatus.SENDING, claimed_until__lt=now)
    return lost.select_related("case").order_by("pk")


def settle_sent(reply: OutgoingReply, published: Published, *, us: Author, now: datetime) -> None:
    """The network has it. Stores our post and moves the case; a second time changes nothing."""
    with held(reply.case, by=None, action=None) as case:
        row = OutgoingReply.objects.select_for_update().get(pk=reply.pk)
        if row.status == ReplyStatus.SENT:
            return
        check_delivery(_wire_status(row), ReplyStatus.SENT)
        post = _our_post(row, published, us=us, now=now)
        row.status, row.sent_at, row.post, row.reason = ReplyStatus.SENT, published.at, post, ""
        row.claimed_until = None
        row.save(update_fields=["status", "sent_at", "post", "reason", "claimed_until"])
        CasePost.objects.get_or_create(post=post, defaults={"case": case, "why": "ours", "at": now})
        events = [make_event(case, "reply.sent", at=now, by=row.by, reply=row.pk, post=post.pk)]
        events += promises_of(row, case, now=now)
        events += asked(case, row, now=now)
        events += note_links_sent(case, row, now=now)
        events += _facts(case, row, post, now=now)
        write(
            case,
            events,
            "state", "private", "unanswered_since", "answered_at", "acknowledged_at",
            "taken_private_at", "closed_out_at", "closed_at", "resolved_at", "invited_at", *AWAITED,
        )  # fmt: skip


def _wire_status(row: OutgoingReply) -> ReplyStatus:
    # A worker that was given up for dead may bring the proof that it went out after all: nothing
    # decided meanwhile, by looking it up or by a person, weighs against that.
    if row.status in {ReplyStatus.READY, ReplyStatus.FAILED}:
        return ReplyStatus.SENDING
    return ReplyStatus(row.status)


def is_another(reply: OutgoingReply, published: Published) -> bool:
    """Whether what was found is not this reply: another's post, or older than the reply is.

    Networks without keys find replies by their texts, and people write the same text twice.
    """
    posts = PostRow.objects.filter(network=reply.channel.network, native_id=published.id)
    taken = Q(reply__isnull=False) & ~Q(reply=reply.pk)
    return posts.filter(taken | Q(heard_at__lt=reply.queued_at)).exists()


def _our_post(row: OutgoingReply, published: Published, *, us: Author, now: datetime) -> PostRow:
    network = row.channel.network
    account = us.id or row.channel.account_id or row.channel.handle
    author, _ = AuthorRow.objects.get_or_create(
        network=network, native_id=account, defaults={"handle": us.handle or row.channel.handle}
    )
    post, _ = PostRow.objects.get_or_create(
        network=network,
        native_id=published.id,
        defaults={
            "url": published.url or "",
            "author": author,
            "created_at": published.at,
            "text": row.text,
            "private": row.private,
            "media": [{"kind": "image", "alt": alt} for alt in _shown(row)],
            "ours": True,
            "conversation": row.to_post.conversation,
            "in_reply_to": "" if row.private else row.to_post.native_id,
            "heard_at": now,
            "taken_in": True,
        },
    )
    return post


def _shown(row: OutgoingReply) -> list[str]:
    return list(row.attachments.order_by("pk").values_list("alt", flat=True))


def _facts(case: Case, row: OutgoingReply, post: PostRow, *, now: datetime) -> list[CaseEvent]:
    if row.rule_id is not None:  # nobody answered yet: a rule stops no clock
        return taken_private(case, post, now=now) if row.private else []
    events: list[CaseEvent] = []
    if row.invites and case.invited_at is None:
        case.invited_at = post.created_at
        await_outcome(case, now)
        events.append(make_event(case, "customer.invited", at=now, by=row.by, reply=row.pk))
    case.answered_at = case.answered_at or post.created_at
    wrote = case.customer_wrote_at
    if case.unanswered_since is not None and (wrote is None or wrote <= row.queued_at):
        case.unanswered_since = None  # what came after the reply was written is still unanswered
    if row.private:
        events += taken_private(case, post, now=now)
    elif case.acknowledged_at is None:
        case.acknowledged_at = post.created_at
        events.append(make_event(case, "case.acknowledged", at=now, post=post.pk))
    if row.closes_out:
        return events + _close_out(case, row, post, now=now)
    if case.unanswered_since is None:
        events += waiting_path(case, by=row.by, now=now)
    return events


def _close_out(case: Case, row: OutgoingReply, post: PostRow, *, now: datetime) -> list[CaseEvent]:
    case.closed_out_at = post.created_at
    events = [make_event(case, "case.closed_out", at=now, by=row.by, post=post.pk)]
    if case.state == CaseState.RESOLVED and not open_matters(case):
        events.append(move_event(case, CaseState.CLOSED, at=now, by=row.by, closed_out=True))
        case.closed_at = now
        await_outcome(case, now)
    return events


def settle_refused(reply: OutgoingReply, error: ConnectorError, *, now: datetime) -> None:
    """The network refused, or gave no answer: try again as it says, fail, or say "not known"."""
    if isinstance(error, DeliveryUnknown):
        settle_unknown(reply, error.reason, now=now, look_up_at=now)
        return
    if isinstance(error, OnlyByHand) and is_web_address(error.url):
        settle_by_hand(reply, error, now=now)
        return
    again = None
    if error.retry_at is not None:
        again = next_try(tries=reply.tries + 1, now=now, retry_at=error.retry_at)
    with held(reply.case, by=None, action=None) as case:
        status = ReplyStatus.READY if again else ReplyStatus.FAILED
        row = _settle(reply, status, error.reason, due=again or now)
        if row is not None:
            write(case, [_again_or_not(case, row, now=now)])


def settle_by_hand(reply: OutgoingReply, error: OnlyByHand, *, now: datetime) -> None:
    """The network takes it from a person alone: it is looked for until somebody sent it there."""
    with held(reply.case, by=None, action=None) as case:
        look_up_at = now + by_hand_wait(timedelta(0))
        row = _settle(reply, ReplyStatus.NOT_KNOWN, error.reason, due=look_up_at)
        if row is not None:
            row.by_hand = storable(error.url)
            row.save(update_fields=["by_hand"])
            write(case, [make_event(case, "reply.not_known", at=now, reply=reply.pk)])


def is_web_address(url: str) -> bool:
    """Whether a browser may be sent there."""
    return url.startswith(("https://", "http://")) and len(url) <= 4000


def by_hand_wait(since: timedelta) -> timedelta:
    """How long until a reply that a person is to send is looked for again; each look may cost."""
    if since < timedelta(hours=1):
        return timedelta(minutes=2)
    return timedelta(minutes=30) if since < timedelta(hours=24) else timedelta(days=365)


def settle_unknown(
    reply: OutgoingReply, reason: str, *, now: datetime, look_up_at: datetime
) -> bool:
    """Whether it went out is not known; it is looked up at ``look_up_at``, never sent blindly."""
    with held(reply.case, by=None, action=None) as case:
        first = reply.status != ReplyStatus.NOT_KNOWN
        row = _settle(reply, ReplyStatus.NOT_KNOWN, reason, due=look_up_at)
        if row is not None and first:
            write(case, [make_event(case, "reply.not_known", at=now, reply=reply.pk)])
        return row is not None


def settle_absent(reply: OutgoingReply, *, now: datetime) -> None:
    """Looked up and not there: it did not go out, so it is sent with the same key."""
    with held(reply.case, by=None, action=None) as case:
        row = _settle(reply, ReplyStatus.READY, "It had not gone out; sending it now.", due=now)
        if row is not None:
            write(case, [_again_or_not(case, row, now=now)])


def _again_or_not(case: Case, row: OutgoingReply, *, now: datetime) -> CaseEvent:
    kind = "reply.retried" if row.status == ReplyStatus.READY else "reply.failed"
    return make_event(case, kind, at=now, reply=row.pk, tries=row.tries)


def _settle(
    reply: OutgoingReply, status: ReplyStatus, reason: str, *, due: datetime
) -> OutgoingReply | None:
    """Move the reply as long as it is still as the worker saw it; None: somebody else settled it."""
    row = OutgoingReply.objects.select_for_update().get(pk=reply.pk)
    if row.status != reply.status or row.claim != reply.claim:
        return None
    if status is ReplyStatus.READY and not row.text:
        status, reason = ReplyStatus.FAILED, "Its text was erased, so it is not sent."
    if status != row.status:
        check_delivery(ReplyStatus(row.status), status)
    row.tries += row.status == ReplyStatus.SENDING  # looking it up is no try
    row.status, row.reason, row.due_at = status, storable(reason), due
    row.claimed_until = None
    row.save(update_fields=["status", "reason", "due_at", "claimed_until", "tries"])
    return row
