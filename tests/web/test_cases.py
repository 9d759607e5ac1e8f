"""The case page: reading it, and acting on it."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from amends.casework import Priority
from amends.desk.actions import add_note, assign_case, queue_reply, resolve_case, take_up
from amends.desk.actions.delivery import claim_reply, settle_refused, settle_sent, settle_unknown
from amends.desk.actions.erasure import erase_customer
from amends.desk.actions.hearing import note_deletions
from amends.desk.models import Case, CaseEvent, ChannelRow, OutgoingReply
from amends.terms import Author, ConnectorError, Published
from tests import factories, people
from tests.factories import NOON
from tests.web.support import HTMX, Page, case_page, fragment, signed_in, write

pytestmark = pytest.mark.database


def _words(source: str) -> str:
    return Page(source).words


def _queued(case: Case, *, private: bool = False, attempt: str = "a1") -> OutgoingReply:
    return queue_reply(
        case, text="I am sorry", private=private, by=people.omar(), now=NOON, attempt=attempt
    )


def _claimed(case: Case) -> OutgoingReply:
    _queued(case)
    claimed = claim_reply(now=NOON, holder="w")
    assert claimed is not None
    return claimed


def _sent(case: Case, *, private: bool = False, attempt: str = "a1") -> OutgoingReply:
    _queued(case, private=private, attempt=attempt)
    claimed = claim_reply(now=NOON, holder="w")
    assert claimed is not None
    us = Author(id="id-us", handle="halcyonair")
    published = Published(id=f"our-{attempt}", url=None, at=NOON + timedelta(minutes=1))
    settle_sent(claimed, published, us=us, now=NOON + timedelta(minutes=1))
    return claimed


def test_trail_shows_who_answered_whom_and_why_it_was_read_so() -> None:
    case = factories.case("Halcyon lost my bag")
    root = case.first_post.native_id
    factories.heard("Mine too", handle="bo", conversation=root, in_reply_to=root, complaint=0.6)
    words = _words(case_page(case))
    assert "in reply to @rosa" in words
    assert "somebody else" in words
    assert "Complaint 90 %, negative, because of delayed" in words


@pytest.mark.alike
def test_private_messages_and_notes_carry_their_word() -> None:
    case = factories.case()
    _sent(case, private=True)
    add_note(case, text="Tracer says Copenhagen", by=people.omar(), now=NOON)
    page = Page(case_page(case))
    kinds = [str(attrs["class"]).split()[1] for attrs in page.hooks("post") + page.hooks("note")]
    assert sorted(kinds) == ["note", "private", "public"]
    assert "for colleagues only" in page.text


@pytest.mark.alike
def test_deleted_and_erased_posts_are_seen_to_be_so() -> None:
    deleted = factories.case("Halcyon lost my bag", handle="del")
    erased = factories.case("Halcyon lost my name", handle="era")
    note_deletions("demo", [deleted.first_post.native_id], now=NOON)
    erase_customer(erased.customer, by=people.priya(), now=NOON)
    assert "deleted by its author" in _words(case_page(deleted))
    words = _words(case_page(erased))
    assert "The text was erased" in words
    assert "lost my name" not in words


@pytest.mark.alike
def test_history_is_told_in_words() -> None:
    case = take_up(factories.case(), by=people.mina(), now=NOON)
    assign_case(case, to=people.omar(), by=people.priya(), now=NOON)
    page = Page(case_page(case))
    words = _words(case_page(case))
    assert len(page.hooks("event")) == 3
    assert "A complaint opened the case" in words
    assert "Mina Kaya took the case up" in words
    assert "Priya Nair gave the case to Omar Haddad" in words


@pytest.mark.alike
def test_broken_history_is_said() -> None:
    case = take_up(factories.case(), by=people.mina(), now=NOON)
    assert "History is whole: 3 events" in _words(case_page(case))
    CaseEvent.objects.filter(case=case, seq=2).update(data={"to": 99})
    assert "History is broken at event 2" in _words(case_page(case))


@pytest.mark.alike
def test_dates_and_matches_stand_beside_the_case() -> None:
    case = factories.case()
    _sent(case)
    words = _words(case_page(case))
    assert "Acknowledged in public" in words
    assert "What matched halcyon halcyon" in words


def test_earlier_cases_of_the_customer_are_listed() -> None:
    first = factories.case("Halcyon lost my bag")
    Case.objects.filter(pk=first.pk).update(state="dismissed")
    second = factories.case("Halcyon lost my pram")
    assert first.pk != second.pk
    assert f'href="/cases/{first.ref}/"' in case_page(second)


def _asked_for(posts: int) -> int:
    case = factories.case(handle=f"with-{posts}")
    root = case.first_post.native_id
    for number in range(posts):
        factories.heard(f"More {number}", conversation=root, in_reply_to=root)
        add_note(case, text=f"note {number}", by=people.omar(), now=NOON)
        _queued(case, attempt=f"a{posts}-{number}")
    client = signed_in(people.mina())
    with CaptureQueriesContext(connection) as asked:
        client.get(f"/cases/{case.ref}/", headers=HTMX)
    return len(asked)


@pytest.mark.alike
def test_case_asks_the_database_as_often_for_one_post_as_for_three() -> None:
    assert _asked_for(1) == _asked_for(3)


@pytest.mark.alike
def test_case_renders_alone_and_inside_the_inbox() -> None:
    case = factories.case()
    client = signed_in(people.mina())
    part, page = fragment(client, f"/cases/{case.ref}/"), case_page(case)
    assert "<html" not in part
    assert Page(page).hooks("case-row")[0]["aria-current"] == "true"
    assert len(Page(page).hooks("post")) == len(Page(part).hooks("post")) == 1


@pytest.mark.alike
def test_second_responder_is_told_that_somebody_answered_and_keeps_the_text() -> None:
    case = factories.case()
    client = signed_in(people.mina())
    _queued(case)
    answer = write(client, case, "public", "My answer, typed in vain", seen_replies="0")
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "answered this case meanwhile" in page
    assert "My answer, typed in vain" in page
    assert 'name="seen_replies" value="1"' in page
    assert OutgoingReply.objects.count() == 1


@pytest.mark.alike
def test_resolved_case_offers_its_public_close_out() -> None:
    case = factories.case()
    _sent(case)
    client = signed_in(people.mina())
    assert client.post(f"/cases/{case.ref}/resolve/").status_code == 302
    page = Page(case_page(case))
    assert (len(page.hooks("close-out")), len(page.hooks("resolve"))) == (1, 0)
    write(client, case, "public", "Glad we found it", closes_out="1")
    reply = OutgoingReply.objects.latest("pk")
    assert (reply.closes_out, reply.to_post_id) == (True, case.first_post_id)


@pytest.mark.alike
def test_closing_without_close_out_needs_a_reason_and_keeps_what_was_typed() -> None:
    case = resolve_case(factories.case(), by=people.mina(), now=NOON)
    client = signed_in(people.mina())
    assert client.post(f"/cases/{case.ref}/close/", {"reason": " "}).status_code == 400
    client.post(f"/cases/{case.ref}/close/", {"reason": "Settled by phone"})
    case.refresh_from_db()
    assert (case.state, case.close_reason) == ("closed", "Settled by phone")
    assert "Settled by phone" in _words(case_page(case))


@pytest.mark.alike
def test_outcome_is_shown() -> None:
    case = factories.case()
    _sent(case)
    factories.heard("Thank you!", conversation=case.conversation, complaint=0.0, praise=0.9)
    assert "The customer said thank you" in _words(case_page(case))
    assert len(Page(case_page(case)).hooks("outcome")) == 1


@pytest.mark.alike
def test_owner_priority_and_labels_are_changed() -> None:
    case = factories.case()
    client, omar = signed_in(people.priya()), people.omar()
    client.post(f"/cases/{case.ref}/assign/", {"to": str(omar.pk)})
    client.post(f"/cases/{case.ref}/priority/", {"priority": "4"})
    client.post(f"/cases/{case.ref}/label/", {"label": "Refund"})
    case.refresh_from_db()
    labels = list(case.labels.values_list("name", flat=True))
    assert (case.owner_id, case.priority, labels) == (omar.pk, Priority.URGENT, ["refund"])
    client.post(f"/cases/{case.ref}/unlabel/", {"label": "refund"})
    assert case.labels.count() == 0


@pytest.mark.alike
def test_case_is_given_only_to_those_who_may_own_one() -> None:
    case, vic = factories.case(), people.vic()
    client = signed_in(people.priya())
    assert client.post(f"/cases/{case.ref}/assign/", {"to": str(vic.pk)}).status_code == 400


@pytest.mark.alike
def test_merged_case_says_where_it_goes_on() -> None:
    case, other = factories.case(handle="rosa"), factories.case(handle="tomas")
    client = signed_in(people.mina())
    wrong = client.post(f"/cases/{case.ref}/merge/", {"into": "T0"})
    assert (wrong.status_code, 'value="T0"' in wrong.content.decode()) == (400, True)
    told = {"into": other.ref, "two_customers": other.ref}
    client.post(f"/cases/{case.ref}/merge/", told)
    assert f"goes on in {other.ref}" in _words(case_page(case))


@pytest.mark.alike
def test_reply_on_its_way_can_be_called_back() -> None:
    case = factories.case()
    reply = _queued(case)
    signed_in(people.mina()).post(f"/cases/{case.ref}/replies/{reply.pk}/call-back/")
    assert "Called back" in _words(case_page(case))


@pytest.mark.alike
def test_failed_reply_says_why_and_is_sent_again() -> None:
    case = factories.case()
    reply = _claimed(case)
    settle_refused(reply, ConnectorError("The post was removed."), now=NOON)
    words = _words(case_page(case))
    assert "Not sent" in words
    assert "The post was removed." in words
    signed_in(people.mina()).post(f"/cases/{case.ref}/replies/{reply.pk}/send-again/")
    assert OutgoingReply.objects.get().status == "ready"


@pytest.mark.alike
def test_reply_nobody_knows_about_is_checked_or_given_up_but_not_blindly_sent_again() -> None:
    case = factories.case()
    reply = _claimed(case)
    settle_unknown(reply, "No answer.", now=NOON, look_up_at=NOON)
    page = Page(case_page(case))
    assert "Not known whether it went out" in page.text
    assert [len(page.hooks(verb)) for verb in ("check-again", "not-out", "send-again")] == [1, 1, 0]
    signed_in(people.mina()).post(f"/cases/{case.ref}/replies/{reply.pk}/not-out/")
    assert OutgoingReply.objects.get().status == "failed"


@pytest.mark.alike
def test_reply_on_the_wire_cannot_be_called_back() -> None:
    case = factories.case()
    reply = _claimed(case)
    answer = signed_in(people.mina()).post(f"/cases/{case.ref}/replies/{reply.pk}/call-back/")
    assert (answer.status_code, OutgoingReply.objects.get().status) == (403, "sending")


def test_refresh_brings_every_part_that_may_have_changed() -> None:
    case = factories.case()
    source = fragment(signed_in(people.mina()), f"/cases/{case.ref}/trail/?seen=0")
    parts = [attrs["id"] for _, attrs in Page(source).tags if attrs.get("hx-swap-oob") == "true"]
    assert parts == ["case-head", "compose", "context"]


@pytest.mark.alike
def test_refresh_of_an_unchanged_case_brings_nothing() -> None:
    case = factories.case()
    client = signed_in(people.mina())
    source = fragment(client, f"/cases/{case.ref}/")
    trail = next(attrs["hx-get"] for _, attrs in Page(source).tags if attrs.get("id") == "trail")
    assert client.get(str(trail), headers=HTMX).status_code == 204
    add_note(case, text="new", by=people.omar(), now=timezone.now())
    assert client.get(str(trail), headers=HTMX).status_code == 200


@pytest.mark.alike
def test_viewer_reads_and_gets_nothing_to_press() -> None:
    case = factories.case()
    _queued(case)
    page = Page(case_page(case, "vic"))
    forms = [attrs["action"] for tag, attrs in page.tags if tag == "form" and attrs.get("action")]
    assert set(forms) == {"/sign-out/", "/inbox/"}
    assert len(page.hooks("post")) == 1


@pytest.mark.alike
def test_case_without_an_account_says_what_to_do() -> None:
    factories.heard("Halcyon lost my bag")
    words = _words(case_page(Case.objects.get()))
    assert "No account is connected on Demo. Connect one under Set-up." in words


def test_palette_finds_cases_by_handle_and_reference() -> None:
    rosa, tomas = factories.case(handle="rosa"), factories.case(handle="tomas")
    client = signed_in(people.mina())
    found = {q: client.get("/palette/", {"q": q}).content.decode() for q in ("@rosa", tomas.ref)}
    assert f"/cases/{rosa.ref}/" in found["@rosa"]
    assert f"/cases/{tomas.ref}/" not in found["@rosa"]
    assert f"/cases/{tomas.ref}/" in found[tomas.ref]


@pytest.mark.alike
def test_composer_says_when_the_account_cannot_send_now() -> None:
    """What is sent meanwhile waits in the outbox, and the responder knows it."""
    row = factories.case()
    assert "is not connected at the moment" not in case_page(row)
    ChannelRow.objects.update(health="stopped")
    assert (
        case_page(row).count("@halcyonair is not connected at the moment") == 2
    )  # public, private


def test_open_case_that_nobody_has_can_be_taken_up() -> None:
    case = factories.case()
    take_up(case, by=people.mina(), now=NOON)
    assert 'data-test="take-up"' not in case_page(case)
    assign_case(case, to=None, by=people.mina(), now=NOON)
    assert 'data-test="take-up"' in case_page(case)
