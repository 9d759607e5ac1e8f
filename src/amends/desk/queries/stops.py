"""Which accounts nothing goes out on at the moment, and what waits because of it."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet

from amends.casework import ReplyStatus, Role
from amends.desk.models import (
    Case,
    CaseEvent,
    ChannelRow,
    OutgoingReply,
    PostRow,
    Responder,
    SendingStop,
    TakeDown,
)
from amends.desk.queries.doors import seen_by, sees_cases
from amends.desk.queries.prepared import prepared

RECENT = timedelta(days=30)


def stops_in_force() -> list[SendingStop]:
    """What is stopped now; the stop of everything first."""
    return sorted(_in_force(), key=lambda one: (one.channel_id is not None, one.pk))


@prepared
def _in_force() -> QuerySet[SendingStop]:
    return SendingStop.objects.filter(lifted_at=None).select_related("channel", "by")


def is_stopped(channel: int) -> bool:
    """Whether nothing may go out on a channel, by its id."""
    return bool(_stops_of(channel))


@prepared
def _stops_of(channel: int) -> QuerySet[SendingStop, int]:
    mine = Q(channel=channel) | Q(channel=None)
    return SendingStop.objects.filter(mine, lifted_at=None).values_list("pk", flat=True)


def stopped_channels() -> Q:
    """The condition on a reply that its channel is stopped, to be asked in the same statement as
    the claim."""
    stops = SendingStop.objects.filter(lifted_at=None)
    return Q(Exists(stops.filter(channel=None))) | Q(
        Exists(stops.filter(channel=OuterRef("channel")))
    )


def overtaken() -> Exists:
    """The condition on a reply that its customer wrote after it was written."""
    return Exists(
        PostRow.objects.filter(
            place__case=OuterRef("case"),
            author__customer=OuterRef("case__customer"),
            ours=False,
            heard_at__gt=OuterRef("queued_at"),
        )
    )


def is_overtaken(reply: OutgoingReply) -> bool:
    """Whether the customer wrote after a reply was written."""
    return OutgoingReply.objects.filter(overtaken(), pk=reply.pk).exists()


def reasons_of(case: Case, events: Sequence[CaseEvent]) -> dict[int, str]:
    """Why posts of ours were removed, by the id of the event that says so."""
    asked = {one.data.get("take_down"): one.pk for one in events if one.kind == "post.take_down"}
    rows = TakeDown.objects.filter(case=case, pk__in=asked) if asked else ()
    return {asked[row.pk]: row.reason for row in rows}


_OUTBOX = (
    ReplyStatus.PAUSED,
    ReplyStatus.NOT_KNOWN,
    ReplyStatus.FAILED,
    ReplyStatus.HELD,
    ReplyStatus.SENDING,
    ReplyStatus.READY,
)


def outbox_for(person: Responder, *, most: int = 200) -> Sequence[OutgoingReply]:
    """What was written and has not gone out, in cases the person may see: what waits for a person
    first, then by the time it is due. Each has ``overtaken`` and ``stopped``."""
    found = _waiting(role=Role(person.role), most=most) if sees_cases(person) else []
    return sorted(found, key=lambda one: _OUTBOX.index(ReplyStatus(one.status)))


@prepared
def _waiting(*, role: Role, most: int) -> QuerySet[OutgoingReply]:
    rows: QuerySet[OutgoingReply] = OutgoingReply.objects.filter(
        case__in=seen_by(role), status__in=_OUTBOX
    )
    rows = rows.select_related("case", "channel", "by", "to_post__author")
    rows = rows.annotate(overtaken=overtaken(), stopped=stopped_channels())
    return rows.order_by("due_at", "pk")[:most]


def past_stops(*, now: datetime, most: int = 20) -> list[SendingStop]:
    """Stops that were lifted of late, the newest first."""
    return _lifted(now - RECENT, most=most)


@prepared
def _lifted(after: datetime, *, most: int) -> QuerySet[SendingStop]:
    rows = SendingStop.objects.filter(lifted_at__gt=after)
    return rows.select_related("channel", "by", "lifted_by").order_by("-lifted_at")[:most]


def paused_count() -> int:
    """How many replies a stop holds back."""
    return OutgoingReply.objects.filter(status=ReplyStatus.PAUSED).count()


@prepared
def stoppable() -> QuerySet[ChannelRow]:
    """Accounts from which something may go out."""
    return ChannelRow.objects.filter(enabled=True).defer("secret").order_by("network", "handle")
