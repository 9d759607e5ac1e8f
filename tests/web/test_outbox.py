"""Sending later, the kill switch and removing posts, as the pages offer them."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from amends.desk.actions import lift_stop, stop_sending
from amends.desk.models import (
    Case,
    OutgoingReply,
    PostRow,
    Promise,
    Responder,
    SendingStop,
    TakeDown,
)
from amends.web.casepage import signature
from tests import factories, people
from tests.support.trying import Tried
from tests.web.support import HTMX, Page, case_page, case_part, signed_in, write

pytestmark = pytest.mark.database

TEXT = "So sorry, Rosa."


def in_an_hour(zone_h: int = 0) -> str:
    return f"{timezone.now() + timedelta(hours=1 + zone_h):%Y-%m-%dT%H:%M}"


def in_kathmandu(person: Responder) -> None:
    client = signed_in(person)
    client.post("/account/", {"name": person.name, "zone": "Asia/Kathmandu"})
    person.refresh_from_db()


@pytest.mark.alike
def test_reply_for_later_is_by_the_clock_of_whoever_writes_it() -> None:
    case, mina = factories.case(), people.mina()
    in_kathmandu(mina)
    write(signed_in(mina), case, "public", TEXT, goes_at="2026-12-24T09:00")
    reply = OutgoingReply.objects.get()
    assert str(reply.goes_at) == "2026-12-24 03:15:00+00:00"
    assert "Goes out on Thursday 24 December, 09:00 (UTC+5:45)" in Page(case_part(case)).words


@pytest.mark.alike
def test_wrong_time_is_told_and_nothing_typed_is_lost() -> None:
    tried = Tried()
    case, client = factories.case(), signed_in(people.mina())
    for sent in ["yesterday", "2020-01-01T00:00"]:
        with tried(sent):
            answer = write(client, case, "public", TEXT, goes_at=sent)
            page = answer.content.decode()
            assert (answer.status_code, OutgoingReply.objects.count()) == (400, 0)
            assert TEXT in page
            assert f'value="{sent}"' in page
    assert tried.wrong == []


@pytest.mark.alike
def test_time_is_changed_from_the_case_and_from_there_it_goes_at_once() -> None:
    case, client = factories.case(), signed_in(people.mina())
    write(client, case, "public", TEXT, goes_at=in_an_hour())
    reply = OutgoingReply.objects.get()
    url = f"/cases/{case.ref}/replies/{reply.pk}/time/"
    assert client.post(url, {"goes_at": ""}).status_code == 400
    assert client.post(url, {"goes_at": in_an_hour(2)}).status_code == 302
    reply.refresh_from_db()
    moved = reply.goes_at
    assert client.post(url, {"now": "1"}).status_code == 302
    reply.refresh_from_db()
    assert (moved == reply.due_at, reply.goes_at) == (False, None)


@pytest.mark.alike
def test_stop_is_on_every_page_until_it_is_lifted() -> None:
    lead = signed_in(people.priya())
    lead.post("/outbox/stop/", {"channel": "all", "reason": "Somebody else writes as us"})
    said = [
        Page(signed_in(one()).get("/outbox/").content.decode()).words
        for one in (people.mina, people.vic)
    ]
    assert all("Nothing goes out on any account. Priya Nair" in words for words in said)
    stop = SendingStop.objects.get()
    lead.post(f"/outbox/stops/{stop.pk}/lift/")
    assert not Page(lead.get("/outbox/").content.decode()).hooks("stopped")
    assert signed_in(people.mina()).get("/outbox/stops/", headers=HTMX).status_code == 200


@pytest.mark.alike
def test_held_back_replies_are_confirmed_in_the_outbox() -> None:
    case, priya = factories.case(), people.priya()
    stop = stop_sending(None, reason="Hacked", by=priya, now=timezone.now())
    client = signed_in(people.mina())
    write(client, case, "public", TEXT)
    lift_stop(stop, by=priya, now=timezone.now())
    page = Page(client.get("/outbox/").content.decode())
    assert [row["data-status"] for row in page.hooks("outgoing")] == ["paused"]
    reply = OutgoingReply.objects.get()
    client.post("/outbox/release/", {"reply": [str(reply.pk)]})
    reply.refresh_from_db()
    assert reply.status == "ready"


def _boxes(page: Page) -> list[dict[str, str]]:
    return [facts for tag, facts in page.tags if tag == "input" and facts.get("name") == "reply"]


def _offered(page: Page) -> tuple[int, int, list[bool]]:
    """The button and the sentence of what is held back, and whether each box can be ticked."""
    free = ["disabled" not in one for one in _boxes(page)]
    return len(page.hooks("release")), len(page.hooks("still-stopped")), free


@pytest.mark.alike
def test_what_is_held_back_is_not_offered_to_be_sent_while_a_stop_stands() -> None:
    case, priya, client = factories.case(), people.priya(), signed_in(people.mina())
    stop = stop_sending(None, reason="Hacked", by=priya, now=timezone.now())
    write(client, case, "public", TEXT)
    page = Page(client.get("/outbox/").content.decode())
    assert _offered(page) == (0, 1, [False])
    assert "Sending is still stopped, so what is held back waits here until" in page.words
    assert _offered(Page(case_page(case))) == (0, 1, [])
    open_page = f"/cases/{case.ref}/trail/?seen={signature(Case.objects.get())}"
    assert client.get(open_page, headers=HTMX).status_code == 204
    lift_stop(stop, by=priya, now=timezone.now())
    assert _offered(Page(client.get("/outbox/").content.decode())) == (1, 0, [True])
    assert _offered(Page(client.get(open_page, headers=HTMX).content.decode())) == (1, 0, [])


@pytest.mark.alike
def test_confirmation_that_a_stop_refuses_says_why_and_keeps_what_was_ticked() -> None:
    """The stop came after the page was drawn."""
    stop_sending(None, reason="Hacked", by=people.priya(), now=timezone.now())
    client = signed_in(people.mina())
    for name, text in (("rosa", "So sorry, Rosa."), ("ben", "We are on it, Ben.")):
        write(client, factories.case(handle=name), "public", text)
    first, second = OutgoingReply.objects.filter(status="paused").order_by("pk")
    answer = client.post("/outbox/release/", {"reply": [str(second.pk)]})
    page = Page(answer.content.decode())
    ticked = {one["value"]: "checked" in one for one in _boxes(page)}
    assert (answer.status_code, ticked) == (400, {str(first.pk): False, str(second.pk): True})
    assert "1 kept back. Sending is still stopped. Lift the stop first." in page.words


@pytest.mark.alike
def test_stop_that_makes_no_sense_stops_nothing() -> None:
    tried = Tried()
    client = signed_in(people.ada())
    cases: list[dict[str, str]] = [
        {"channel": "all", "reason": ""},
        {"channel": "9", "reason": "r"},
    ]
    for sent in cases:
        with tried(sent):
            assert client.post("/outbox/stop/", sent).status_code == 302
            assert not SendingStop.objects.exists()
    assert tried.wrong == []


def ours(case: Case) -> PostRow:
    reply = factories.mention(
        "So sorry", handle="halcyonair", ours=True, conversation=case.first_post.native_id,
        in_reply_to=case.first_post.native_id,
    )  # fmt: skip
    factories.store(reply)
    factories.channel()
    case.channel.__class__.objects.update(account_id="id-halcyonair")  # type: ignore[union-attr]
    return PostRow.objects.get(native_id=reply.post.id)


@pytest.mark.alike
def test_lead_has_our_post_removed_and_the_reason_is_in_the_trail() -> None:
    case = factories.case()
    post = ours(case)
    url = f"/cases/{case.ref}/posts/{post.pk}/take-down/"
    refused = signed_in(people.mina()).post(url, {"take_down_reason": "Wrong flight"})
    signed_in(people.priya()).post(url, {"take_down_reason": "Wrong flight"})
    assert (refused.status_code, TakeDown.objects.get().reason) == (403, "Wrong flight")
    page = Page(case_part(case)).words
    assert "Priya Nair has our post removed from the network: Wrong flight" in page
    assert not Page(case_part(case)).hooks("take-down-open")


@pytest.mark.alike
def test_post_of_another_case_is_not_there() -> None:
    case, other = factories.case(handle="rosa"), factories.case(handle="ben")
    url = f"/cases/{case.ref}/posts/{other.first_post.pk}/take-down/"
    answer = signed_in(people.priya()).post(url, {"take_down_reason": "r"})
    assert (answer.status_code, TakeDown.objects.count()) == (404, 0)


def test_snooze_and_promises_are_by_the_same_clock_as_a_reply_for_later() -> None:
    """One piece asks for every moment, and the history tells it by the clock of who reads it."""
    case, mina = factories.case(), people.mina()
    in_kathmandu(mina)
    client, at = signed_in(mina), f"{timezone.now() + timedelta(days=2):%Y-%m-%d}"
    client.post(f"/cases/{case.ref}/snooze/", {"until": f"{at}T09:00"})
    client.post(f"/cases/{case.ref}/promise/", {"words": "Call Rosa", "due": f"{at}T10:00"})
    case.refresh_from_db()
    kept = [case.snoozed_until, Promise.objects.get().due_at]
    assert [f"{one:%Y-%m-%dT%H:%M}" for one in kept if one] == [f"{at}T03:15", f"{at}T04:15"]
    page = case_page(case)
    assert len(re.findall(r"by the clock of <a [^>]*>Asia/Kathmandu</a>", page)) == 5
    assert f'value="{at}T10:00"' in page
    assert len(re.findall(r"until \w+ \d+ \w+, 09:00 \(UTC\+5:45\)", Page(page).words)) == 2
    assert ", 09:00" in Page(client.get("/inbox/?tab=snoozed").content.decode()).words
    assert " UTC" not in Page(page).words


@pytest.mark.alike
def test_refused_time_of_a_promise_stays_in_the_form_of_that_promise_alone() -> None:
    case, client = factories.case(), signed_in(people.mina())
    for words in ("Call Rosa", "Write to Rosa"):
        client.post(f"/cases/{case.ref}/promise/", {"words": words, "due": in_an_hour(24)})
    first = Promise.objects.order_by("pk")[0]
    sent = {"pk": first.pk, "decision": "move", "due": "2020-01-01T09:00"}
    answer = client.post(f"/cases/{case.ref}/promise-decide/", sent)
    page = answer.content.decode()
    assert (answer.status_code, page.count('value="2020-01-01T09:00"')) == (400, 1)
    assert page.count('open><summary class="small quiet">Due at another time') == 1
