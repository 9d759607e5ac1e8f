"""The kill switch: nothing goes out from the moment on, and nothing floods out after it."""

from datetime import timedelta

import pytest

from amends.desk.actions import lift_stop, release_replies, release_reply, stop_sending
from amends.desk.actions.delivery import claim_reply
from amends.desk.actions.stopping import pause_claimed, pause_stopped
from amends.desk.models import OutgoingReply
from amends.desk.queries.stops import is_stopped, outbox_for
from amends.terms import BadInput, NotAllowed, Stale
from tests import people
from tests.desk.test_replies import SOON, queue
from tests.desk.test_scheduling import AT_NINE, customer_writes, later
from tests.factories import case, channel

pytestmark = pytest.mark.database

LATER = SOON + timedelta(minutes=5)


def kinds(reply: OutgoingReply) -> list[str]:
    found = reply.case.history.filter(kind__startswith="reply.").order_by("seq")
    return [event.kind for event in found]


@pytest.mark.parametrize("everything", [True, False])
def test_nothing_is_claimed_from_the_moment_of_a_stop(everything: bool) -> None:
    reply = queue(case())
    where = None if everything else channel()
    stop_sending(where, reason="Hacked", by=people.priya(), now=SOON)
    assert (claim_reply(now=LATER, holder="w"), is_stopped(reply.channel_id)) == (None, True)


@pytest.mark.alike
def test_stop_of_one_account_leaves_the_others() -> None:
    reply = queue(case())
    stop_sending(channel("mastodon"), reason="Hacked", by=people.priya(), now=SOON)
    assert claim_reply(now=LATER, holder="w") == reply


@pytest.mark.alike
def test_claimed_reply_that_was_not_spoken_about_is_held_back() -> None:
    queue(case())
    claimed = claim_reply(now=SOON, holder="w")
    assert claimed is not None
    stop_sending(None, reason="Hacked", by=people.priya(), now=SOON)
    assert pause_claimed(claimed, now=SOON)
    claimed.refresh_from_db()
    assert (claimed.status, claimed.claimed_until) == ("paused", None)


@pytest.mark.alike
def test_what_waited_does_not_flood_out_when_the_stop_is_lifted() -> None:
    """Though no worker was there to hold it back while the stop was in force."""
    reply, priya = queue(case()), people.priya()
    stop = stop_sending(None, reason="Hacked", by=priya, now=SOON)
    assert lift_stop(stop, by=priya, now=LATER) == 1
    assert claim_reply(now=LATER, holder="w") is None
    release_reply(reply, by=people.mina(), now=LATER)
    assert claim_reply(now=LATER, holder="w") == reply
    assert kinds(reply) == ["reply.queued", "reply.paused", "reply.released"]


@pytest.mark.alike
def test_reply_written_during_a_stop_waits_for_a_person() -> None:
    stop_sending(None, reason="Hacked", by=people.priya(), now=SOON)
    reply = queue(case())
    assert (reply.status, pause_stopped(now=SOON)) == ("paused", 0)
    with pytest.raises(NotAllowed, match="still stopped"):
        release_reply(reply, by=people.mina(), now=LATER)


@pytest.mark.alike
def test_reply_whose_time_comes_after_the_stop_is_left_alone() -> None:
    reply, priya = later(case()), people.priya()
    stop = stop_sending(None, reason="Hacked", by=priya, now=SOON)
    assert lift_stop(stop, by=priya, now=LATER) == 0
    assert claim_reply(now=AT_NINE, holder="w") == reply


@pytest.mark.alike
def test_confirming_together_leaves_those_whose_customer_wrote_since() -> None:
    priya = people.priya()
    stop = stop_sending(None, reason="Hacked", by=priya, now=SOON)
    quiet, wrote = case(handle="ben"), case(handle="rosa")
    replies = [queue(quiet, "Sorry, Ben. ^MK"), queue(wrote, "Sorry, Rosa. ^MK")]
    customer_writes(wrote)
    lift_stop(stop, by=priya, now=LATER)
    kept = [("The customer wrote since. Open the case.", 1)]
    assert release_replies(replies, by=people.mina(), now=LATER) == (1, kept)
    assert [one.status for one in outbox_for(priya)] == ["paused", "ready"]


def test_confirming_together_leaves_those_that_are_still_stopped_and_sends_the_others() -> None:
    """Whichever comes first: one that may not go out keeps no other back."""
    priya = people.priya()
    stop = stop_sending(None, reason="Hacked", by=priya, now=SOON)
    first, second = queue(case(handle="ben")), queue(case(handle="rosa"))
    OutgoingReply.objects.filter(pk=first.pk).update(channel=channel("mastodon"))
    stop_sending(channel("mastodon"), reason="Hacked", by=priya, now=SOON)
    lift_stop(stop, by=priya, now=LATER)
    kept = [("Sending is still stopped. Lift the stop first.", 1)]
    assert release_replies([first, second], by=people.mina(), now=LATER) == (1, kept)
    found = [(one.pk, one.status, getattr(one, "stopped", None)) for one in outbox_for(priya)]
    assert found == [(first.pk, "paused", True), (second.pk, "ready", False)]


@pytest.mark.alike
def test_who_may_not_stop_is_told_and_a_stop_needs_a_reason() -> None:
    with pytest.raises(NotAllowed, match="may not stop what goes out"):
        stop_sending(None, reason="Hacked", by=people.mina(), now=SOON)
    with pytest.raises(BadInput, match="Say why"):
        stop_sending(None, reason=" ", by=people.ada(), now=SOON)
    assert not is_stopped(channel().pk)


@pytest.mark.alike
def test_stopping_and_lifting_twice_is_told() -> None:
    ada = people.ada()
    stop = stop_sending(None, reason="Hacked", by=ada, now=SOON)
    with pytest.raises(Stale):
        stop_sending(None, reason="Hacked", by=ada, now=SOON)
    lift_stop(stop, by=ada, now=LATER)
    with pytest.raises(Stale):
        lift_stop(stop, by=ada, now=LATER)


def test_outbox_shows_no_private_case_to_sales() -> None:
    queue(case("Halcyon, my booking is AB12", private=True), private=True)
    assert (len(outbox_for(people.mina())), outbox_for(people.sol())) == (1, [])
