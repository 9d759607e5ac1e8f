"""Replies for later: they wait for their time, and for nobody to write in between."""

from datetime import timedelta

import pytest

from amends.desk.actions import approve_reply, cancel_reply, reschedule_reply
from amends.desk.actions.delivery import claim_reply
from amends.desk.actions.scheduling import OVERTAKEN, withdraw, withdraw_overtaken
from amends.desk.models import Case, Draft, OutgoingReply
from amends.terms import NotAllowed
from tests import people
from tests.desk.test_replies import SOON, queue
from tests.factories import case, mention, store

pytestmark = pytest.mark.database

HOUR = timedelta(hours=1)
AT_NINE = SOON + 9 * HOUR


def later(row: Case, text: str = "So sorry, Rosa. We called them. ^MK") -> OutgoingReply:
    return queue(row, text, goes_at=AT_NINE)


def customer_writes(row: Case, handle: str = "rosa") -> None:
    """Heard a minute after the reply was written."""
    first = row.first_post
    at = SOON + timedelta(minutes=1)
    said = mention(
        "Anybody there?", handle=handle, conversation=first.native_id, in_reply_to=first.native_id, at=at
    )  # fmt: skip
    store(said, now=at)


@pytest.mark.alike
def test_reply_for_later_goes_out_at_its_time_and_not_before() -> None:
    reply = later(case())
    early = claim_reply(now=AT_NINE - timedelta(seconds=1), holder="w")
    due = claim_reply(now=AT_NINE, holder="w")
    assert (early, due) == (None, reply)


@pytest.mark.alike
def test_customer_who_writes_in_between_withdraws_it_and_its_text_is_a_draft() -> None:
    row = case()
    reply = later(row)
    customer_writes(row)
    assert withdraw_overtaken(now=SOON + HOUR) == 1
    reply.refresh_from_db()
    assert (reply.status, reply.reason) == ("cancelled", OVERTAKEN)
    assert Draft.objects.get(case=row).text == "So sorry, Rosa. We called them. ^MK"
    assert [e.kind for e in row.history.order_by("seq")][-1] == "reply.withdrawn"


@pytest.mark.alike
def test_nothing_is_claimed_that_was_overtaken_before_anybody_looked() -> None:
    row = case()
    later(row)
    customer_writes(row)
    assert claim_reply(now=AT_NINE, holder="w") is None


@pytest.mark.alike
def test_somebody_else_in_the_thread_withdraws_nothing() -> None:
    row = case()
    reply = later(row)
    customer_writes(row, handle="ben")
    assert (withdraw_overtaken(now=AT_NINE), claim_reply(now=AT_NINE, holder="w")) == (0, reply)


@pytest.mark.alike
def test_reply_for_now_is_not_withdrawn() -> None:
    row = case()
    reply = queue(row)
    customer_writes(row)
    assert (withdraw_overtaken(now=AT_NINE), claim_reply(now=AT_NINE, holder="w")) == (0, reply)


def test_claimed_reply_is_withdrawn_by_the_worker_that_holds_it_alone() -> None:
    row = case()
    later(row)
    mine = claim_reply(now=AT_NINE, holder="w.1")
    assert mine is not None
    mine.claim = "w.0"
    stale = withdraw(mine, now=AT_NINE)
    mine.claim = "w.1"
    assert (stale, withdraw(mine, now=AT_NINE)) == (False, True)


@pytest.mark.alike
def test_draft_that_was_begun_meanwhile_is_kept() -> None:
    row = case()
    later(row)
    Draft.objects.create(case=row, by=people.mina(), mode="public", text="Half", saved_at=SOON)
    customer_writes(row)
    withdraw_overtaken(now=SOON + HOUR)
    assert Draft.objects.get(case=row).text == "Half"


def test_time_can_be_changed_and_given_up_until_it_goes() -> None:
    reply = later(case())
    moved = reschedule_reply(reply, goes_at=AT_NINE + HOUR, by=people.omar(), now=SOON)
    at_once = reschedule_reply(reply, goes_at=None, by=people.omar(), now=SOON)
    assert (moved.due_at, at_once.due_at, at_once.goes_at) == (AT_NINE + HOUR, SOON, None)
    event = reply.case.history.filter(kind="reply.rescheduled").first()
    assert event is not None
    assert event.data == {"reply": reply.pk, "goes_at": (AT_NINE + HOUR).isoformat()}


@pytest.mark.alike
def test_time_of_a_reply_on_its_way_stays() -> None:
    reply = later(case())
    claim_reply(now=AT_NINE, holder="w")
    with pytest.raises(NotAllowed, match="is sending"):
        reschedule_reply(reply, goes_at=AT_NINE + HOUR, by=people.mina(), now=AT_NINE)


@pytest.mark.alike
def test_called_back_reply_never_goes() -> None:
    reply = later(case())
    cancel_reply(reply, by=people.mina(), now=SOON)
    assert claim_reply(now=AT_NINE, holder="w") is None


def test_reply_that_is_approved_early_still_waits_for_its_time() -> None:
    threat = "Delete your post, Rosa, or you will hear from our lawyers. ^MK"
    priya = people.priya()
    reply = queue(case(), threat, goes_at=AT_NINE, anyway="She asked.")
    approve_reply(reply, by=priya, now=SOON)
    assert claim_reply(now=SOON + HOUR, holder="w") is None
    assert claim_reply(now=AT_NINE, holder="w") == reply
