"""Replies for later: another time, at once after all, or withdrawn as the customer wrote again."""

from datetime import datetime

from django.db.models import QuerySet

from amends.casework import Action, ReplyDecision, ReplyStatus, check_decision
from amends.casework.scheduling import check_send_time
from amends.desk.actions.cases import held, write
from amends.desk.actions.chronicle import make_event
from amends.desk.actions.pictures import give_back
from amends.desk.actions.replies import locked_reply
from amends.desk.models import Draft, OutgoingReply, Responder
from amends.desk.queries.prepared import prepared
from amends.desk.queries.speaking import check_may_speak
from amends.desk.queries.stops import overtaken
from amends.terms import NotAllowed

OVERTAKEN = "The customer wrote meanwhile. Read it, then send this again if it still fits."
_WAITING = (ReplyStatus.READY, ReplyStatus.HELD, ReplyStatus.PAUSED)


def reschedule_reply(
    reply: OutgoingReply, *, goes_at: datetime | None, by: Responder, now: datetime
) -> OutgoingReply:
    """Have a reply that waits for its time go out at another; None: now. Raises ``NotAllowed`` once
    it is on its way, ``BadInput`` for a time that is over or far off."""
    if goes_at is not None:
        check_send_time(goes_at, now=now)
    with held(reply.case, by=by, action=Action.REPLY) as case:
        [row] = locked_reply(reply.pk)
        check_decision(ReplyDecision.RETIME, ReplyStatus(row.status))
        check_may_speak(by, now=now)
        if row.goes_at is None:
            raise NotAllowed(
                "This reply goes out as soon as it can. Call it back, if it shall not."
            )
        row.goes_at, row.due_at = goes_at, goes_at or now
        row.save(update_fields=["goes_at", "due_at"])
        told = goes_at.isoformat() if goes_at else ""
        event = make_event(case, "reply.rescheduled", at=now, by=by, reply=row.pk, goes_at=told)
        write(case, [event])
    return row


def withdraw_overtaken(*, now: datetime, most: int = 50) -> int:
    """Withdraw replies for later whose customer wrote since; their texts are drafts again."""
    return sum(withdraw(reply, now=now) for reply in _overtaken(most=most))


@prepared
def _overtaken(*, most: int) -> QuerySet[OutgoingReply]:
    rows = OutgoingReply.objects.filter(
        overtaken(), goes_at__isnull=False, status__in=sorted(_WAITING)
    )
    return rows.select_related("case", "by").order_by("case_id", "pk")[:most]


def withdraw(reply: OutgoingReply, *, now: datetime) -> bool:
    """Withdraw a reply for later; one that a worker holds too, as long as it has not spoken."""
    with held(reply.case, by=None, action=None) as case:
        row = OutgoingReply.objects.select_for_update().get(pk=reply.pk)
        # As if its worker had handed it back first: nothing was asked of the network.
        mine = row.status == ReplyStatus.SENDING and row.claim == reply.claim != ""
        if row.status not in _WAITING and not mine:
            return False
        row.status, row.reason, row.claimed_until = ReplyStatus.CANCELLED, OVERTAKEN, None
        row.save(update_fields=["status", "reason", "claimed_until"])
        write(case, [make_event(case, "reply.withdrawn", at=now, reply=row.pk)])
        give_back(row)
        mode = "private" if row.private else "public"
        Draft.objects.get_or_create(
            case=case, by=row.by, mode=mode, defaults={"text": row.text, "saved_at": now}
        )
    return True
