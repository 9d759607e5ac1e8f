"""The kill switch: stop what goes out, for one account or all, and let it go again by hand."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet

from amends.casework import Action, ReplyDecision, ReplyStatus, Role, check_decision, check_may
from amends.casework.delivery import HELD_BACK
from amends.desk.actions.cases import held, write
from amends.desk.actions.chronicle import make_event
from amends.desk.actions.replies import locked_reply
from amends.desk.models import ChannelRow, OutgoingReply, Responder, SendingStop
from amends.desk.queries.doors import NotThere
from amends.desk.queries.prepared import prepared
from amends.desk.queries.speaking import check_may_speak
from amends.desk.queries.stops import is_stopped, overtaken, stopped_channels
from amends.terms import AmendsError, BadInput, NotAllowed, Stale

LONGEST = 500
WROTE_SINCE = "The customer wrote since. Open the case."


def stop_sending(
    channel: ChannelRow | None, *, reason: str, by: Responder, now: datetime
) -> SendingStop:
    """From this moment nothing goes out on ``channel``, on any where it is None.

    Raises ``NotAllowed``, ``BadInput`` without a reason, ``Stale`` where it is stopped already.
    """
    check_may(Role(by.role), Action.STOP)
    reason = reason.strip()
    if not reason:
        raise BadInput("Say why: colleagues see it on every page until sending goes on.")
    if len(reason) > LONGEST:
        raise BadInput(f"The reason is longer than {LONGEST} characters. Shorten it.")
    with transaction.atomic():
        _one_at_a_time()
        if SendingStop.objects.filter(channel=channel, lifted_at=None).exists():
            raise Stale("That is stopped already.")
        return SendingStop.objects.create(channel=channel, reason=reason, by=by, at=now)


def lift_stop(stop: SendingStop, *, by: Responder, now: datetime) -> int:
    """Let new replies go out again. Those that waited are confirmed one by one, or together, by a
    person; how many those are. Lifting twice is ``Stale``."""
    check_may(Role(by.role), Action.STOP)
    with transaction.atomic():
        _one_at_a_time()
        row = SendingStop.objects.select_for_update().get(pk=stop.pk)
        if row.lifted_at is not None:
            raise Stale("Sending goes on already.")
        count = pause_stopped(now=now, most=None)
        row.lifted_by, row.lifted_at = by, now
        row.save(update_fields=["lifted_by", "lifted_at"])
    return count


def _one_at_a_time() -> None:
    """Two who stop or lift at once take turns: they hold the channels' rows."""
    list(ChannelRow.objects.select_for_update().order_by("pk").values_list("pk"))


def pause_stopped(*, now: datetime, most: int | None = 50) -> int:
    """Take replies out of the outbox whose channel is stopped; a time to come is left to come.

    They wait for a person then, also where the stop is lifted before anybody looks.
    """
    return sum(_pause(reply, now=now) for reply in _stopped(now, most=most))


@prepared
def _stopped(now: datetime, *, most: int | None) -> QuerySet[OutgoingReply]:
    waits = Q(goes_at=None) | Q(goes_at__lte=now)
    rows = OutgoingReply.objects.filter(stopped_channels(), waits, status=ReplyStatus.READY)
    return rows.select_related("case").order_by("case_id", "pk")[:most]


def _pause(reply: OutgoingReply, *, now: datetime) -> bool:
    with held(reply.case, by=None, action=None) as case:
        row = OutgoingReply.objects.select_for_update().get(pk=reply.pk)
        if row.status != ReplyStatus.READY:
            return False
        row.status, row.reason = ReplyStatus.PAUSED, HELD_BACK
        row.save(update_fields=["status", "reason"])
        write(case, [make_event(case, "reply.paused", at=now, reply=row.pk)])
    return True


def pause_claimed(reply: OutgoingReply, *, now: datetime) -> bool:
    """Take a reply out of the outbox that a worker holds and has not spoken about."""
    with held(reply.case, by=None, action=None) as case:
        row = OutgoingReply.objects.select_for_update().get(pk=reply.pk)
        if row.status != ReplyStatus.SENDING or row.claim != reply.claim:
            return False
        row.status, row.reason, row.claimed_until = ReplyStatus.PAUSED, HELD_BACK, None
        row.save(update_fields=["status", "reason", "claimed_until"])
        write(case, [make_event(case, "reply.paused", at=now, reply=row.pk)])
    return True


def release_reply(reply: OutgoingReply, *, by: Responder, now: datetime) -> OutgoingReply:
    """A person confirms that a reply which a stop held back still goes out."""
    with held(reply.case, by=by, action=Action.REPLY) as case:
        [row] = locked_reply(reply.pk)
        check_decision(ReplyDecision.RELEASE, ReplyStatus(row.status))
        check_may_speak(by, now=now)
        if is_stopped(row.channel_id):
            raise NotAllowed("Sending is still stopped. Lift the stop first.")
        if not row.text:
            raise NotAllowed("Its text was erased with the customer, so there is nothing to send.")
        row.status, row.reason, row.due_at, row.tries = ReplyStatus.READY, "", now, 0
        row.save(update_fields=["status", "reason", "due_at", "tries"])
        write(case, [make_event(case, "reply.released", at=now, by=by, reply=row.pk)])
    return row


def release_replies(
    replies: Sequence[OutgoingReply], *, by: Responder, now: datetime
) -> tuple[int, list[tuple[str, int]]]:
    """Confirm several at once; how many go out, and how many of the others stay for which reason:
    the customer wrote since, so that each of those is looked at by itself; a stop stands.
    Raises ``NotAllowed`` where this person may not send at all."""
    check_may(Role(by.role), Action.REPLY)
    check_may_speak(by, now=now)
    wanted = OutgoingReply.objects.filter(
        pk__in=[one.pk for one in replies], status=ReplyStatus.PAUSED
    )
    gone, kept = 0, Counter[str]()
    for reply in wanted.select_related("case").annotate(late=overtaken()).order_by("case_id", "pk"):
        if reply.late:
            kept[WROTE_SINCE] += 1
            continue
        try:
            release_reply(reply, by=by, now=now)
        except AmendsError as error:  # of this one alone; those before it are on their way
            kept[str(error)] += 1
        else:
            gone += 1
    return gone, kept.most_common()


def get_stop(pk: int) -> SendingStop:
    """Raises ``NotThere``."""
    found = SendingStop.objects.select_related("channel").filter(pk=pk).first()
    if found is None:
        raise NotThere("There is no such stop.")
    return found
