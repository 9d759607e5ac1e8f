"""Replies: queued with their event, sent once, settled as the network answers."""

from datetime import UTC, datetime, timedelta

import pytest

from amends.casework import ReplyStatus
from amends.desk.actions import (
    cancel_reply,
    close_case,
    give_up,
    is_closed_out,
    proof,
    queue_reply,
    resolve_case,
    send_again,
)
from amends.desk.actions.delivery import (
    HOLD,
    claim_reply,
    expire_claims,
    settle_absent,
    settle_refused,
    settle_sent,
)
from amends.desk.models import Case, CaseEvent, OutgoingReply, PostRow
from amends.terms import (
    Author,
    BadInput,
    ConnectorError,
    DeliveryUnknown,
    NotAllowed,
    Published,
    Stale,
    TryLater,
)
from tests.factories import NOON, case, heard, mention, store
from tests.people import mina, noor, omar

pytestmark = pytest.mark.database

US = Author(id="id-us", handle="halcyonair")
SOON = NOON + timedelta(minutes=5)


def queue(row: Case, text: str = "So sorry, Rosa. ^MK", **facts: object) -> OutgoingReply:
    number = OutgoingReply.objects.count()
    wanted: dict[str, object] = {
        "private": False,
        "by": mina(),
        "now": SOON,
        "attempt": f"a{number}",
    }
    return queue_reply(row, text=text, **(wanted | facts))  # type: ignore[arg-type]


def published(native_id: str = "ours-1") -> Published:
    return Published(
        id=native_id, url="https://demo.example/ours-1", at=SOON + timedelta(seconds=3)
    )


def send(reply: OutgoingReply, native_id: str = "ours-1") -> None:
    claimed = claim_reply(now=SOON, holder="w1")
    assert claimed is not None
    assert claimed.pk == reply.pk
    settle_sent(claimed, published(native_id), us=US, now=SOON)


@pytest.mark.alike
def test_reply_and_event_are_one() -> None:
    row = case()
    reply = queue(row)
    row.refresh_from_db()
    assert (row.state, row.owner, reply.status) == ("open", mina(), "ready")
    kinds = list(row.history.order_by("seq").values_list("kind", flat=True))
    assert kinds == ["case.opened", "case.assigned", "case.taken_up", "reply.queued"]


@pytest.mark.alike
def test_sent_reply_has_the_complaint_as_its_parent() -> None:
    """R24, R26: answered in the thread; acknowledged is a dated fact."""
    row = case(native_id="root")
    send(queue(row))
    row.refresh_from_db()
    post = PostRow.objects.get(native_id="ours-1")
    assert (post.in_reply_to, post.conversation, post.ours) == ("root", "root", True)
    assert (row.state, row.acknowledged_at, row.unanswered_since) == (
        "waiting",
        post.created_at,
        None,
    )


def test_settling_twice_changes_nothing() -> None:
    reply = queue(case())
    claimed = claim_reply(now=SOON, holder="w1")
    assert claimed is not None
    settle_sent(claimed, published(), us=US, now=SOON)
    settle_sent(claimed, published(), us=US, now=SOON)
    assert CaseEvent.objects.filter(kind="reply.sent").count() == 1
    assert PostRow.objects.filter(ours=True).count() == 1
    assert proof(Case.objects.get(pk=reply.case_id)).whole


def test_reply_heard_before_it_was_settled_is_one_post() -> None:
    row = case(native_id="root")
    queue(row)
    store(
        mention("So sorry", handle="halcyonair", ours=True, native_id="ours-1", conversation="root")
    )
    claimed = claim_reply(now=SOON, holder="w1")
    assert claimed is not None
    settle_sent(claimed, published(), us=US, now=SOON)
    row.refresh_from_db()
    assert (row.places.count(), row.state, proof(row).whole) == (2, "waiting", True)


def test_one_reply_is_claimed_once() -> None:
    queue(case())
    assert claim_reply(now=SOON, holder="w1") is not None
    assert claim_reply(now=SOON, holder="w2") is None


@pytest.mark.alike
def test_claim_that_ran_out_is_not_known_and_never_sent_blindly() -> None:
    reply = queue(case())
    claim_reply(now=SOON, holder="w1")
    after = SOON + HOLD + timedelta(seconds=1)
    assert expire_claims(now=after) == 1
    reply.refresh_from_db()
    assert reply.status == ReplyStatus.NOT_KNOWN
    claimed = claim_reply(now=after, holder="w2")
    assert claimed is not None
    assert claimed.status == ReplyStatus.NOT_KNOWN  # claimed for looking up


@pytest.mark.alike
def test_looked_up_and_absent_is_sent_with_the_same_key() -> None:
    reply = queue(case())
    claim_reply(now=SOON, holder="w1")
    after = SOON + HOLD + timedelta(seconds=1)
    expire_claims(now=after)
    claimed = claim_reply(now=after, holder="w2")
    assert claimed is not None
    settle_absent(claimed, now=after)
    again = claim_reply(now=after, holder="w2")
    assert again is not None
    assert (again.status, again.attempt) == ("sending", reply.attempt)


@pytest.mark.alike
def test_refused_for_now_is_retried_when_the_network_says() -> None:
    reply = queue(case())
    claimed = claim_reply(now=SOON, holder="w1")
    assert claimed is not None
    asked = SOON + timedelta(minutes=7)
    settle_refused(claimed, TryLater("Too many requests.", asked), now=SOON)
    reply.refresh_from_db()
    assert (reply.status, reply.due_at, reply.reason) == ("ready", asked, "Too many requests.")
    assert claim_reply(now=asked - timedelta(seconds=1), holder="w1") is None
    assert claim_reply(now=asked, holder="w1") is not None


@pytest.mark.alike
def test_refused_for_good_is_shown_and_can_be_sent_again() -> None:
    reply = queue(case())
    claimed = claim_reply(now=SOON, holder="w1")
    assert claimed is not None
    settle_refused(claimed, ConnectorError("The post you answer was deleted."), now=SOON)
    reply.refresh_from_db()
    assert (reply.status, reply.reason) == ("failed", "The post you answer was deleted.")
    assert send_again(reply, by=mina(), now=SOON).status == "ready"


@pytest.mark.alike
def test_lost_answer_is_not_known() -> None:
    reply = queue(case())
    claimed = claim_reply(now=SOON, holder="w1")
    assert claimed is not None
    settle_refused(claimed, DeliveryUnknown("No answer came."), now=SOON)
    reply.refresh_from_db()
    assert reply.status == ReplyStatus.NOT_KNOWN
    assert give_up(reply, by=mina(), now=SOON).status == "failed"


def test_stalled_worker_does_not_unsettle_what_another_settled() -> None:
    reply = queue(case())
    stalled = claim_reply(now=SOON, holder="w1")
    assert stalled is not None
    after = SOON + HOLD + timedelta(seconds=1)
    expire_claims(now=after)
    other = claim_reply(now=after, holder="w2")
    assert other is not None
    settle_sent(other, published(), us=US, now=after)
    settle_refused(stalled, ConnectorError("late"), now=after)
    reply.refresh_from_db()
    assert reply.status == "sent"


@pytest.mark.alike
def test_second_responder_is_told() -> None:
    row = case()
    queue(row, seen_replies=0)
    with pytest.raises(Stale, match="A colleague answered"):
        queue(row, by=omar(), seen_replies=0)
    assert OutgoingReply.objects.count() == 1


@pytest.mark.alike
def test_only_authorised_people_reply() -> None:
    """R50."""
    row = case()
    with pytest.raises(NotAllowed, match="may not speak for the company"):
        queue(row, by=noor())


@pytest.mark.alike
@pytest.mark.parametrize(
    ("text", "sentence"),
    [("  ", "The reply is empty"), ("é" * 301, "has 301 graphemes; the network takes 300")],
)
def test_reply_that_does_not_fit_is_refused(text: str, sentence: str) -> None:
    """R25."""
    with pytest.raises(BadInput, match=sentence):
        queue(case(), text=text)


@pytest.mark.alike
def test_close_out_goes_where_it_began() -> None:
    """R44."""
    row = case(native_id="root")
    send(queue(row))
    heard("Thanks, it is AB12", conversation="root", complaint=0.1, at=SOON + timedelta(minutes=1))
    with pytest.raises(NotAllowed, match="Resolve the case first"):
        queue(row, closes_out=True)
    resolve_case(row, by=mina(), now=SOON)
    reply = queue(row, "All sorted, Rosa. ^MK", closes_out=True)
    send(reply, "ours-2")
    row.refresh_from_db()
    assert (row.state, row.closed_out_at, row.outcome) == ("closed", published().at, "")
    assert PostRow.objects.get(native_id="ours-2").in_reply_to == "root"


@pytest.mark.alike
def test_closing_without_a_close_out_needs_a_reason() -> None:
    """R44."""
    row = case()
    resolve_case(row, by=mina(), now=SOON)
    with pytest.raises(BadInput, match="needs a reason"):
        close_case(row, reason=" ", by=mina(), now=SOON)
    assert close_case(row, reason="Settled by phone.", by=mina(), now=SOON).state == "closed"


@pytest.mark.alike
def test_post_that_came_after_the_reply_was_written_is_still_unanswered() -> None:
    row = case(native_id="root")
    reply = queue(row)
    new = heard("Hello?", conversation="root", at=SOON + timedelta(seconds=1))
    send(reply)
    row.refresh_from_db()
    assert row.state == "open"
    assert row.unanswered_since is not None
    assert row.unanswered_since <= new.created_at


@pytest.mark.alike
def test_called_back_before_it_went() -> None:
    reply = queue(case())
    assert cancel_reply(reply, by=mina(), now=SOON).status == "cancelled"
    assert claim_reply(now=SOON, holder="w1") is None


@pytest.mark.alike
def test_resolving_waits_for_what_is_on_its_way() -> None:
    row = case()
    queue(row)
    with pytest.raises(NotAllowed, match="still on its way"):
        resolve_case(row, by=mina(), now=SOON)


@pytest.mark.alike
def test_private_reply_takes_the_case_private() -> None:
    """R32."""
    row = case()
    send(queue(row, private=True))
    row.refresh_from_db()
    assert (row.private, row.taken_private_at, row.acknowledged_at) == (True, published().at, None)


def test_times_are_aware() -> None:
    assert queue(case()).queued_at == datetime(2026, 3, 2, 12, 5, tzinfo=UTC)


@pytest.mark.alike
def test_case_that_came_back_is_closed_out_again() -> None:
    """R44: what was settled last is what must be closed out."""
    row = case(native_id="root")
    resolve_case(row, by=mina(), now=SOON)
    send(queue(row, "All sorted.", closes_out=True))
    heard("It happened again", conversation="root", at=SOON + timedelta(minutes=5))
    resolve_case(row, by=mina(), now=SOON + timedelta(minutes=9))
    row.refresh_from_db()
    assert not is_closed_out(row)
    with pytest.raises(BadInput, match="needs a reason"):
        close_case(row, reason="", by=mina(), now=SOON + timedelta(minutes=10))
