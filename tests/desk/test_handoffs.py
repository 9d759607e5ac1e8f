"""Hand-off links: one customer, one case, signed, expiring, taken by whoever writes first."""

from datetime import timedelta
from typing import Any

import pytest

from amends.casework import CaseState
from amends.casework.handoff import LASTS
from amends.desk.actions import close_case, handoffs, merge_case, proof, queue_reply, resolve_case
from amends.desk.actions.delivery import claim_reply, settle_sent
from amends.desk.actions.erasure import erase_customer
from amends.desk.actions.handoffs import (
    Left,
    end_handoff,
    make_handoff,
    prove_handoff,
    say,
    take_seat,
)
from amends.desk.actions.stopping import stop_sending
from amends.desk.models import Case, Handoff, PostRow
from amends.desk.queries.doors import NotThere
from amends.desk.queries.handoffs import (
    find_handoff,
    handoffs_of,
    holds_seat,
    is_proven,
    link_of,
    names_in,
    token_of,
    why_closed,
    words_of,
)
from amends.terms import Author, BadInput, NotAllowed, Published
from tests import factories
from tests.factories import NOON, case
from tests.people import ada, mina, noor, omar
from tests.support.trying import Tried

pytestmark = pytest.mark.database

HOUR = timedelta(hours=1)


def link(row: Case, name: str = "") -> Handoff:
    given = {"new_name": lambda: name.ljust(12, "x")} if name else {}
    return make_handoff(row, by=mina(), now=NOON, **given)


def left(message: str = "It is booking HA4471.", attempt: str = "1", **facts: Any) -> Left:
    reading = factories.reading(facts.pop("complaint", 0.1), facts.pop("praise", 0.0))
    return Left(message, reading, 0.5, attempt, facts.pop("answers", {}))


def taken(row: Case, **facts: Any) -> Handoff:
    return take_seat(link(row), left(**facts), secret="s3cret", now=NOON + HOUR)


def sent(row: Case, text: str, *, private: bool = False, **facts: Any) -> None:
    """Handed in and gone out, at once."""
    at = facts.pop("now", NOON)
    reply = queue_reply(
        row, text=text, private=private, by=mina(), now=at, attempt=f"a{at}{private}", anyway="so"
    )
    held = claim_reply(now=at, holder="w")
    assert held is not None
    made = Published(id=f"out-{reply.pk}", url=None, at=at)
    settle_sent(held, made, us=Author(id="us", handle="halcyonair"), now=at)
    row.refresh_from_db()


def kinds(row: Case) -> list[str]:
    found = row.history.filter(kind__startswith="handoff").order_by("seq")
    return list(found.values_list("kind", flat=True))


def test_link_opens_its_own_page_and_none_that_was_tampered_with() -> None:
    """R32: signed for one customer and one case."""
    handoff, other = link(case(), "one"), link(case(handle="omar"), "two")
    assert find_handoff(token_of(handoff)) == handoff
    mixed = token_of(handoff)[:12] + token_of(other)[12:]
    for wrong in (mixed, token_of(handoff)[:-1], token_of(handoff) + "A", "", "x" * 34, "ü" * 34):
        with pytest.raises(NotThere, match="no such page"):
            find_handoff(wrong)
    Handoff.objects.filter(pk=handoff.pk).update(case=other.case)
    with pytest.raises(NotThere):
        find_handoff(token_of(handoff))


@pytest.mark.alike
def test_link_that_nobody_took_is_given_again_and_one_that_was_taken_is_not() -> None:
    row = case()
    first = link(row)
    assert link(row) == first
    take_seat(first, left(), secret="s", now=NOON)
    assert link(row) != first


@pytest.mark.alike
def test_customers_first_words_are_a_private_post_that_wakes_the_case() -> None:
    """R32: ties the private thread to the case; clocks begin."""
    row = case()
    answer = f"So sorry about the bag, Rosa. Tell us here: {link_of(link(row))} ^MK"
    sent(row, answer, now=NOON + HOUR / 2)
    assert (row.state, row.unanswered_since) == (CaseState.WAITING, None)
    handoff = taken(row, answers={"Your name": "Rosa", "Booking": "HA4471"})
    row.refresh_from_db()
    (post,) = words_of(handoff)
    assert post.text == "Your name: Rosa\nBooking: HA4471\n\nIt is booking HA4471."
    assert (post.private, post.place.case, post.ours) == (True, row, False)
    assert (row.state, row.unanswered_since, row.private) == ("open", NOON + HOUR, True)
    assert (row.clock, row.taken_private_at) == ("next_reply", NOON + HOUR)
    assert kinds(row) == ["handoff.made", "handoff.sent", "handoff.taken"]
    assert proof(row).whole


@pytest.mark.alike
def test_page_is_whoevers_wrote_first_and_by_their_secret_alone() -> None:
    handoff = taken(case())
    with pytest.raises(NotAllowed, match="Somebody else is writing on this page"):
        take_seat(handoff, left(attempt="2"), secret="other", now=NOON + HOUR)
    assert [holds_seat(handoff, one) for one in ("s3cret", "other", "", "ü")] == [
        True, False, False, False,
    ]  # fmt: skip
    assert "s3cret" not in handoff.seat
    assert not holds_seat(Handoff(seat=""), "")


@pytest.mark.alike
def test_answer_on_the_page_goes_through_the_outbox_and_the_guard() -> None:
    """R24, R33: the same way as any reply, to the page where the customer last wrote."""
    row = case()
    handoff = taken(row)
    sent(row, "Booking HA4471 is yours, Rosa. The bag is found. ^MK", private=True, now=NOON + HOUR)
    theirs, ours = words_of(handoff)
    reply = row.replies.get()
    assert (reply.channel.network, reply.to_post, reply.post) == ("handoff", theirs, ours)
    assert (row.state, row.unanswered_since, ours.private) == ("waiting", None, True)
    with pytest.raises(BadInput, match="The guard stops"):
        queue_reply(
            row, text="If you do not delete your post, you get no money. ^MK", private=True,
            by=mina(), now=NOON, attempt="threat",
        )  # fmt: skip
    with pytest.raises(BadInput, match="The guard stops"):
        queue_reply(
            row, text="Thank you Rosa, HA4471 is found.", private=False, by=mina(), now=NOON,
            attempt="public",
        )  # fmt: skip


def test_stop_of_all_sending_holds_back_answers_on_pages_too() -> None:
    row = case()
    taken(row)
    stop_sending(None, reason="A drill.", by=ada(), now=NOON)
    queue_reply(
        row, text="The bag is found, Rosa. ^MK", private=True, by=mina(), now=NOON, attempt="x"
    )
    assert claim_reply(now=NOON + HOUR, holder="w") is None


def test_private_message_goes_to_the_network_again_once_the_page_is_closed() -> None:
    row = case()
    handoff = taken(row)
    end_handoff(handoff, by=omar(), now=NOON + HOUR)
    assert why_closed(handoff.name) == "This page was closed. Send the customer a new link."
    with pytest.raises(NotAllowed, match="This page was closed"):
        say(handoff, left(attempt="2"), now=NOON + HOUR)
    reply = queue_reply(
        row, text="The bag is found, Rosa. ^MK", private=True, by=mina(), now=NOON, attempt="x"
    )
    assert reply.channel.network == "demo"


@pytest.mark.alike
def test_page_expires_and_each_word_keeps_it_open() -> None:
    row = case()
    handoff = taken(row)
    late = handoff.expires_at + HOUR
    with pytest.raises(NotAllowed, match="no longer open"):
        say(handoff, left(attempt="2"), now=late)
    sent(row, "Are you still there, Rosa? ^MK", private=True, now=late)
    say(handoff, left("Yes.", attempt="3"), now=late + HOUR)
    handoff.refresh_from_db()
    assert handoff.expires_at == late + HOUR + LASTS


@pytest.mark.alike
def test_same_form_twice_is_one_message_and_floods_are_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(handoffs, "MOST_AN_HOUR", 5)
    handoff = taken(case())
    for attempt in ("a", "a", *(f"m{n}" for n in range(3))):
        say(handoff, left(attempt=attempt), now=NOON + HOUR)
    assert len(words_of(handoff)) == 5
    with pytest.raises(NotAllowed, match="a lot of messages"):
        say(handoff, left(attempt="z"), now=NOON + HOUR)


@pytest.mark.alike
def test_message_that_cannot_be_kept_is_refused() -> None:
    page, tried = link(case()), Tried()
    for message, words in ((" \n", "Nothing was written"), ("x" * 5001, "5,000 is the most")):
        with tried(words):
            with pytest.raises(BadInput, match=words):
                take_seat(page, left(message=message), secret="s3cret", now=NOON + HOUR)
            assert not PostRow.objects.filter(network="handoff").exists()
    assert not tried.wrong


@pytest.mark.alike
def test_reply_with_another_cases_link_or_a_dead_one_is_refused() -> None:
    """The link is for one customer."""
    row, other = case(), link(case(handle="omar"))
    dead = end_handoff(link(row), by=mina(), now=NOON)
    for handoff, words in ((other, "belongs to another case"), (dead, "opens nothing any more")):
        assert names_in(f"see {link_of(handoff)}.") == [handoff.name]
        with pytest.raises(BadInput, match=words):
            queue_reply(
                row, text=f"Sorry, Rosa. Tell us here: {link_of(handoff)} ^MK", private=False,
                by=mina(), now=NOON, attempt=words,
            )  # fmt: skip


@pytest.mark.alike
def test_public_link_proves_nobody_until_the_code_comes_from_their_account() -> None:
    row = case()
    handoff = link(row)
    sent(row, f"So sorry about the bag, Rosa. Tell us here: {link_of(handoff)} ^MK")
    handoff = take_seat(handoff, left(), secret="s", now=NOON + HOUR)
    handoff.refresh_from_db()
    assert (handoff.in_public, is_proven(handoff)) == (True, False)
    say(handoff, left(f"{handoff.code}", attempt="2"), now=NOON + HOUR)
    factories.heard(f"@halcyonair {handoff.code}", handle="omar", at=NOON + HOUR)
    assert not is_proven(handoff)
    factories.heard(f"@halcyonair {handoff.code.lower()}", at=NOON + 2 * HOUR, to_us=True)
    assert is_proven(handoff)


def test_private_link_or_a_colleagues_word_proves_them() -> None:
    row, other = case(), case(handle="omar")
    sent(row, f"Tell us about the bag here, Rosa: {link_of(link(row))} ^MK", private=True)
    assert is_proven(Handoff.objects.get(pk=taken(row).pk))
    handoff = taken(other)
    assert not is_proven(handoff)
    assert is_proven(prove_handoff(handoff, by=omar(), now=NOON))
    assert kinds(other)[-1] == "handoff.proven"


@pytest.mark.alike
def test_words_on_a_page_open_a_case_that_was_over_unless_they_thank() -> None:
    row, other = case(), case(handle="omar")
    pages = []
    for one in (row, other):
        pages.append(taken(one))
        one.refresh_from_db()
        resolve_case(one, by=mina(), now=NOON + HOUR)
        close_case(one, reason="Settled in private.", by=mina(), now=NOON + HOUR)
        Case.objects.filter(pk=one.pk).update(answered_at=NOON)
    say(pages[0], left("Here is the receipt.", attempt="2"), now=NOON + 2 * HOUR)
    say(pages[1], left("Thank you!", attempt="2", complaint=0.0, praise=0.9), now=NOON + 2 * HOUR)
    row.refresh_from_db()
    other.refresh_from_db()
    assert (row.state, row.closed_at, other.state, other.outcome) == (
        "open", None, "closed", "thanked",
    )  # fmt: skip


def test_merged_case_hears_what_is_written_on_its_page() -> None:
    row, other = case(), case(handle="omar")
    handoff = taken(row)
    row.refresh_from_db()
    merge_case(row, into=other, by=mina(), now=NOON + HOUR, two_customers=True)
    say(handoff, left(attempt="2"), now=NOON + 2 * HOUR)
    assert words_of(handoff)[-1].place.case == other
    assert [one.row for one in handoffs_of(other, now=NOON)] == [handoff]
    with pytest.raises(NotAllowed, match="This case was merged and goes on in"):
        link(row)


def test_erasing_a_customer_closes_their_pages_and_forgets_what_they_left() -> None:
    row = case()
    handoff = taken(row, answers={"Your name": "Rosa Lind"})
    erase_customer(row.customer, by=ada(), now=NOON + HOUR)
    handoff.refresh_from_db()
    assert handoff.author is not None
    assert (handoff.answers, handoff.ended_at, words_of(handoff), handoff.author.name) == (
        [], NOON + HOUR, [], "",
    )  # fmt: skip


@pytest.mark.alike
def test_who_may_not_speak_for_the_company_makes_and_closes_no_links() -> None:
    row = case()
    handoff = link(row)
    for act in (make_handoff, lambda _, **by: end_handoff(handoff, **by)):
        with pytest.raises(NotAllowed, match="may not speak for the company"):
            act(row, by=noor(), now=NOON)
