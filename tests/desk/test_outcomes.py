"""What the customer made of it: seen from later posts, by the clock, corrected; one invitation."""

from datetime import timedelta
from typing import Any

import pytest

from amends.casework import Outcome
from amends.casework.outcomes import SILENCE
from amends.casework.remedies import RemedyKind
from amends.desk.actions import cancel_reply, close_case, proof, queue_reply, resolve_case
from amends.desk.actions.amends import deliver_remedy, offer_remedy
from amends.desk.actions.delivery import claim_reply, settle_sent
from amends.desk.actions.guarding import Guarded
from amends.desk.actions.outcomes import correct_outcome, note_silence
from amends.desk.models import Case, OutgoingReply
from amends.desk.queries.outcomes import friends, outcomes_between
from amends.terms import Author, BadInput, NotAllowed, Published
from tests.factories import NOON, case, heard
from tests.people import mina, noor, priya
from tests.web.support import undone

pytestmark = pytest.mark.database

HOUR = timedelta(hours=1)
INVITES = "Your bag is home again, Rosa. If you like, tell others here how it went. ^MK"


def fresh(row: Case) -> Case:
    return Case.objects.get(pk=row.pk)


def queue(row: Case, text: str, **facts: Any) -> OutgoingReply:
    number = row.replies.count()
    kind = {"private": False, "attempt": f"a{row.pk}-{number}", "anyway": "", **facts}
    return queue_reply(row, text=text, by=mina(), now=NOON + HOUR, **kind)


def send(row: Case, text: str, **facts: Any) -> None:
    queue(row, text, **facts)
    claimed = claim_reply(now=NOON + HOUR, holder="w")
    assert claimed is not None
    sent = Published(id=f"o{claimed.pk}", url=None, at=NOON + HOUR)
    settle_sent(claimed, sent, us=Author(id="us"), now=NOON + HOUR)
    row.refresh_from_db()


def answered() -> Case:
    """A resolved case that was answered in public."""
    row = case("Halcyon lost my bag", handle="rosa", native_id="root")
    send(row, "Your bag is in Oslo, Rosa, and comes today. ^MK", anyway="It is right.")
    row.promises.update(kept_at=NOON)
    return resolve_case(fresh(row), by=mina(), now=NOON + HOUR)


def closed() -> Case:
    return close_case(answered(), reason="By phone.", by=mina(), now=NOON + HOUR)


def later(text: str, **facts: Any) -> None:
    heard(text, handle="rosa", conversation="root", at=NOON + 2 * HOUR, **facts)


def test_nobody_is_silent_before_a_span_is_over() -> None:
    """R45: noted by the clock worker, once; who came back before is not."""
    row = closed()
    end = NOON + HOUR + SILENCE
    assert (row.outcome, row.silent_at) == ("", end)
    assert [note_silence(now=end + offset) for offset in (-HOUR, timedelta(0), HOUR)] == [0, 1, 0]
    done = fresh(row)
    assert (done.outcome, done.outcome_at, done.silent_at) == ("silent", end, None)
    event = row.history.get(kind="outcome.noted")
    assert (event.actor, event.data, proof(done).whole) == (None, {"outcome": "silent"}, True)


def test_outcome_is_seen_from_later_posts() -> None:
    """R45."""
    row, seen = closed(), []
    said: tuple[dict[str, Any], ...] = (
        {"complaint": 0.1, "praise": 0.9}, {"complaint": 0.9}, {"complaint": 0.1, "retraction": True},
    )  # fmt: skip
    for facts in said:
        with undone():
            later("What I think of it now", **facts)
            done = fresh(row)
            looked_at = note_silence(now=NOON + 99 * SILENCE)
            seen.append((done.outcome, done.outcome_at is None, done.silent_at, looked_at))
    assert seen == [(one, False, None, 0) for one in ("thanked", "negative", "retracted")]


@pytest.mark.alike
def test_unhappiness_before_the_end_says_nothing_of_the_end() -> None:
    row = closed()
    later("Still no bag", complaint=0.9)
    resolve_case(fresh(row), by=mina(), now=NOON + 3 * HOUR)
    done = close_case(row, reason="By phone.", by=mina(), now=NOON + 3 * HOUR)
    assert (done.outcome, done.silent_at) == ("", NOON + 3 * HOUR + SILENCE)


@pytest.mark.alike
def test_person_corrects_what_was_seen_and_later_posts_count_again() -> None:
    """R45."""
    row = closed()
    later("Thanks for nothing", complaint=0.1, praise=0.9)
    corrected = correct_outcome(row, outcome=Outcome.NEGATIVE, by=mina(), now=NOON + 3 * HOUR)
    assert (corrected.outcome, corrected.outcome_at) == ("negative", NOON + 3 * HOUR)
    event = row.history.get(kind="outcome.corrected")
    assert (event.actor, event.data) == (mina(), {"was": "thanked", "became": "negative"})
    with pytest.raises(BadInput, match="stands there already"):
        correct_outcome(row, outcome=Outcome.NEGATIVE, by=mina(), now=NOON)
    with pytest.raises(NotAllowed):
        correct_outcome(row, outcome=None, by=noor(), now=NOON)
    heard(
        "Now it is fine, thank you", handle="rosa", conversation="root", complaint=0.1, praise=0.9,
        at=NOON + 4 * HOUR,
    )  # fmt: skip
    assert fresh(row).outcome == "thanked"


@pytest.mark.alike
def test_customer_is_invited_once_for_each_case() -> None:
    """R45: what reads as an invitation is one, whether or not somebody says so."""
    row = answered()
    send(row, INVITES)
    assert (row.invited_at, row.silent_at) == (NOON + HOUR, NOON + HOUR + SILENCE)
    assert row.history.get(kind="customer.invited").actor == mina()
    with pytest.raises(NotAllowed, match="once is all"):
        queue(row, "Say something, if you like. ^MK", invites=True)
    with pytest.raises(Guarded, match="The guard stops"):
        queue(row, "Rosa, please do tell others publicly how we did. ^MK")


def test_invitation_that_did_not_go_out_can_be_made_again() -> None:
    row = answered()
    reply = queue(row, INVITES)
    with pytest.raises(NotAllowed, match="on its way already"):
        queue(row, "Say something, if you like. ^MK", invites=True)
    cancel_reply(reply, by=mina(), now=NOON + HOUR)
    assert queue(row, "Rosa, tell others how it went, if you like. ^MK", invites=True).invites


def test_invitation_waits_for_the_remedy_and_never_comes_with_one() -> None:
    """R45."""
    row = answered()
    made = offer_remedy(row, kind=RemedyKind.NOTE, what="A card", by=mina(), now=NOON)
    with pytest.raises(NotAllowed, match="Still open: a note that is not delivered"):
        queue(row, INVITES, invites=True)
    with pytest.raises(Guarded):
        queue(row, INVITES)
    deliver_remedy(made, by=mina(), now=NOON)
    both = "We send you a voucher of 20 euros, Rosa. Please tell others how it went. ^MK"
    with pytest.raises(Guarded):
        queue(row, both)
    with pytest.raises(Guarded):
        queue(row, "If you post a good word about us, we will send the voucher. ^MK")
    assert queue(row, INVITES).invites


@pytest.mark.alike
def test_nobody_is_invited_before_the_matter_is_settled() -> None:
    row = case("Halcyon lost my bag")
    with pytest.raises(NotAllowed, match="once it is resolved"):
        queue(row, INVITES, invites=True)


def test_who_came_back_as_a_friend_is_listed_for_leads_with_the_post_as_proof() -> None:
    """R45."""
    row = closed()
    later("It came today, thank you so much", complaint=0.1, praise=0.9)
    other = case("Halcyon broke my pram", handle="omid")
    correct_outcome(other, outcome=Outcome.NEGATIVE, by=mina(), now=NOON)
    found = friends(priya())
    assert [(one.case.pk, one.said.text if one.said else "") for one in found] == [
        (row.pk, "It came today, thank you so much")
    ]
    counted = outcomes_between(priya(), since=NOON, till=NOON + 9 * HOUR)
    assert [(str(one.outcome), one.number, one.invited) for one in counted] == [
        ("thanked", 1, 0), ("silent", 0, 0), ("negative", 1, 0), ("retracted", 0, 0),
    ]  # fmt: skip
    with pytest.raises(NotAllowed, match="may not see what care came to"):
        friends(mina())
