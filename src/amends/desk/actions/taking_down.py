"""Removing a post of ours from its network: a lead asks, a worker does it, our copy stays."""

from datetime import datetime, timedelta

from django.db.models import QuerySet

from amends.casework import Action, next_try
from amends.connectors.registry import traits_of
from amends.desk.actions.cases import held, write
from amends.desk.actions.chronicle import make_event
from amends.desk.models import Case, CasePost, ChannelRow, PostRow, Responder, TakeDown
from amends.desk.queries.prepared import prepared
from amends.terms import BadInput, ConnectorError, NotAllowed, Stale
from amends.text import storable

LONGEST = 2000
HOLD = timedelta(minutes=2)


def take_down(case: Case, *, post: PostRow, reason: str, by: Responder, now: datetime) -> TakeDown:
    """Have a public post of ours removed from its network. It stays in the case's history.

    Raises ``NotAllowed`` for what is not ours or where the network removes nothing, ``BadInput``
    without a reason, ``Stale`` where it is gone or asked for already.
    """
    reason = reason.strip()
    if not reason:
        raise BadInput("Say why it is removed: it stays in the case's history.")
    if len(reason) > LONGEST:
        raise BadInput(f"The reason is longer than {LONGEST:,} characters. Shorten it.")
    with held(case, by=by, action=Action.TAKE_DOWN) as row:
        fresh = PostRow.objects.select_related("author").get(pk=post.pk)
        channel = _channel_of(row, fresh)
        if TakeDown.objects.filter(post=fresh, status="asked").exists():
            raise Stale("It is being removed already.")
        made = TakeDown.objects.create(
            post=fresh, channel=channel, case=row, by=by, reason=reason, at=now, due_at=now
        )
        told = {"post": fresh.pk, "take_down": made.pk}
        write(row, [make_event(row, "post.take_down", at=now, by=by, **told)])
    return made


@prepared
def _places(case: int, post: int) -> QuerySet[CasePost, int]:
    return CasePost.objects.filter(case=case, post=post).values_list("pk", flat=True)


@prepared
def _channels(network: str, account: str) -> QuerySet[ChannelRow]:
    rows = ChannelRow.objects.filter(network=network, account_id=account)
    return rows.order_by("pk")[:1]


def _channel_of(case: Case, post: PostRow) -> ChannelRow:
    """The account that published it. Raises as ``take_down`` does."""
    if not post.ours or post.private or not _places(case.pk, post.pk):
        raise NotAllowed("Only a public post of ours can be removed.")
    if post.deleted_at is not None:
        raise Stale("It is removed already.")
    if not traits_of(post.network).can_delete:
        raise NotAllowed(f"{post.network.capitalize()} lets nobody remove posts from here.")
    reply = getattr(post, "reply", None)
    if reply is not None:
        return ChannelRow.objects.get(pk=reply.channel_id)
    account = post.author.native_id if post.author else ""
    channel = next(iter(_channels(post.network, account)), None)
    if channel is None:
        raise NotAllowed("The account that published it is not connected here. Remove it there.")
    return channel


def claim_take_down(
    *, now: datetime, channels: list[int], hold: timedelta = HOLD
) -> TakeDown | None:
    """The next post to remove on these channels. Removing twice does it once, so that a worker
    that dies is simply followed by another."""
    for row in _asked(now, channels):
        mine = TakeDown.objects.filter(pk=row.pk, status="asked", due_at=row.due_at)
        if mine.update(due_at=now + hold):
            return row
    return None


@prepared
def _asked(now: datetime, channels: list[int]) -> QuerySet[TakeDown]:
    due = TakeDown.objects.filter(status="asked", due_at__lte=now, channel__id__among=channels)
    return due.select_related("post", "case").order_by("due_at", "pk")[:5]


def settle_taken_down(row: TakeDown, *, now: datetime) -> None:
    """The network removed it."""
    with held(row.case, by=None, action=None) as case:
        if not TakeDown.objects.filter(pk=row.pk, status="asked").update(status="done", note=""):
            return
        PostRow.objects.filter(pk=row.post_id, deleted_at=None).update(deleted_at=now)
        write(case, [make_event(case, "post.taken_down", at=now, post=row.post_id)])


def settle_not_taken_down(row: TakeDown, error: ConnectorError, *, now: datetime) -> None:
    """The network refused, or cannot now: later again where it says so, else a person is told."""
    again = None
    if error.retry_at is not None:
        again = next_try(tries=row.tries + 1, now=now, retry_at=error.retry_at)
    with held(row.case, by=None, action=None) as case:
        fresh = TakeDown.objects.select_for_update().get(pk=row.pk)
        if fresh.status != "asked":
            return
        fresh.tries, fresh.note = fresh.tries + 1, storable(error.reason)
        fresh.due_at, fresh.status = again or now, "asked" if again else "failed"
        fresh.save(update_fields=["tries", "note", "due_at", "status"])
        if again is None:
            write(case, [make_event(case, "post.not_taken_down", at=now, post=row.post_id)])
