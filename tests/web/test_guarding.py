"""The guard on the case page, and its rules under set-up."""

import json

import pytest

from amends.desk.models import Case, GuardRules, OutgoingReply, PostRow
from amends.guard import CODES
from tests import factories, people
from tests.desk.test_drafting import switch_on
from tests.web.support import HTMX, Page, case_page, signed_in, write

pytestmark = [pytest.mark.database, pytest.mark.alike]

THREAT = "Delete this tweet and we will refund you."


def look(text: str, person: str = "mina", **more: str) -> Page:
    case = factories.case()
    typed = {"mode": "public", "text_public": text, **more}
    answer = signed_in(getattr(people, person)()).post(
        f"/cases/{case.ref}/guard/", typed, headers=HTMX
    )
    assert answer.status_code == 200
    return Page(answer.content.decode())


def test_guard_says_what_it_finds_while_one_types() -> None:
    page = look(THREAT)
    assert page.hooks("guard")[0]["data-verdict"] == "stop"
    assert "deletion" in [one["data-code"] for one in page.hooks("finding")]
    assert CODES["deletion"].suggestion in page.words


def test_guard_offers_to_redact_personal_data() -> None:
    page = look("Thanks Rosa, I wrote to rosa.meyer@example.org, you hear from me tonight. ^MK")
    taken = page.hooks("redact")
    assert [one["data-words"] for one in taken] == ["rosa.meyer@example.org"]


def test_nothing_typed_nothing_said() -> None:
    assert look("  ").text.strip() == ""


def test_refused_send_keeps_the_text_and_shows_the_findings() -> None:
    people.priya()
    case = factories.case()
    answer = write(signed_in(people.mina()), case, "public", THREAT)
    page = Page(answer.content.decode())
    assert answer.status_code == 400
    assert THREAT in page.words
    assert (len(page.hooks("case-error")), len(page.hooks("anyway"))) == (1, 1)


def test_colleague_sees_why_it_is_held_and_lets_it_pass() -> None:
    people.priya()
    case = factories.case()
    write(signed_in(people.mina()), case, "public", THREAT, anyway_public="They asked for it.")
    mine, theirs = Page(case_page(case, "mina")), Page(case_page(case, "priya"))
    assert (mine.hooks("approve"), len(mine.hooks("call-back"))) == ([], 1)
    assert "May be approved by Priya Nair" in mine.words
    assert "They asked for it." in theirs.words
    reply = OutgoingReply.objects.get()
    signed_in(people.priya()).post(f"/cases/{case.ref}/replies/{reply.pk}/approve/")
    assert OutgoingReply.objects.get().status == "ready"


def test_refusing_needs_a_reason() -> None:
    people.priya()
    case = factories.case()
    write(signed_in(people.mina()), case, "public", THREAT, anyway_public="They asked for it.")
    there = f"/cases/{case.ref}/replies/{OutgoingReply.objects.get().pk}/refuse/"
    lead = signed_in(people.priya())
    assert lead.post(there, {"because": ""}).status_code == 400
    assert lead.post(there, {"because": "Not as a bargain."}).status_code == 302
    assert "did not approve the reply" in Page(case_page(case)).words


def _rules(**changed: str) -> dict[str, str]:
    levels = {f"level_{code}": told.level for code, told in CODES.items()}
    return levels | {"public_turns": "2", "similarity": "0.8", "contacts": ""} | changed


def test_rules_are_tried_before_they_are_saved() -> None:
    people.priya()
    write(signed_in(people.mina()), factories.case(), "public", THREAT, anyway_public="It must.")
    admin = signed_in(people.ada())
    page = Page(admin.post("/set-up/guard/", _rules(level_deletion="note")).content.decode())
    assert "Of the newest 1 replies, 1 would have gone another way." in page.words
    assert GuardRules.objects.count() == 0


def test_saved_rules_stand_with_their_reason() -> None:
    admin = signed_in(people.ada())
    wanted = _rules(level_hashtags="stop", save="1")
    refused = admin.post("/set-up/guard/", wanted)
    assert (refused.status_code, "Say why the rules change" in refused.content.decode()) == (
        400,
        True,
    )
    admin.post("/set-up/guard/", wanted | {"reason": "No hashtags at all."})
    page = Page(admin.get("/set-up/guard/").content.decode())
    assert "No hashtags at all." in page.words
    assert "hashtags: stop" in page.words
    assert GuardRules.objects.get().levels == {"hashtags": "stop"}


def _help(case: Case, monkeypatch: pytest.MonkeyPatch, **more: str) -> Page:
    answer = json.dumps({"drafts": ["One moment, Rosa.", THREAT], "translation": "Hallo"})
    monkeypatch.setattr("amends.web.views.drafting.ask", lambda _endpoint, _messages: answer)
    typed = {"mode": "public", "text_public": "Hello", **more}
    said = signed_in(people.mina()).post(f"/cases/{case.ref}/help/", typed, headers=HTMX)
    assert said.status_code == 200
    return Page(said.content.decode())


def test_composer_helps_without_a_model(monkeypatch: pytest.MonkeyPatch) -> None:
    page = _help(factories.case(), monkeypatch)
    assert all(part in page.words for part in ("Acknowledge", "Own", "Act", "Route", "Sign"))
    assert page.hooks("suggest") == []


def test_drafts_are_shown_with_what_the_guard_says(monkeypatch: pytest.MonkeyPatch) -> None:
    switch_on()
    page = _help(factories.case(), monkeypatch, drafts="1")
    assert [one["data-verdict"] for one in page.hooks("draft")][-1] == "stop"
    assert "were taken out before" in page.words
    assert OutgoingReply.objects.count() == 0


def test_own_text_is_translated(monkeypatch: pytest.MonkeyPatch) -> None:
    switch_on()
    page = _help(factories.case(), monkeypatch, translate="1")
    assert len(page.hooks("translated")) == 1


def test_post_in_another_language_is_translated(monkeypatch: pytest.MonkeyPatch) -> None:
    switch_on()
    case = factories.case()
    PostRow.objects.filter(place__case=case).update(lang="es")
    assert len(Page(case_page(case)).hooks("translate")) == 1
    _help(case, monkeypatch)
    there, mina = f"/cases/{case.ref}/translate/", signed_in(people.mina())
    said = mina.post(there, {"post": str(case.first_post_id), "to": "en"}, headers=HTMX)
    assert "Hallo" in said.content.decode()
    assert mina.post(there, {"post": "0"}, headers=HTMX).status_code == 404


def test_endpoint_is_saved_and_tried_and_its_key_never_shown(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(
        "amends.web.views.setup_drafts.ask", lambda *_: '{"translation": "Good morning"}'
    )
    admin = signed_in(people.ada())
    typed = {"enabled": "on", "address": "https://models.example/v1", "model": "m"}
    typed |= {"key": "k-secret", "language": "en"}
    page = Page(admin.post("/set-up/drafts/", typed, follow=True).content.decode())
    assert "it works" in page.words
    assert "lies outside" in page.words
    assert "k-secret" not in str(page.tags)
    refused = admin.post("/set-up/drafts/", typed | {"address": "http://models.example/v1"})
    assert refused.status_code == 400
