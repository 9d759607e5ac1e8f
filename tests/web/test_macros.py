"""Macros on the case page: the text goes into an empty composer, and never over what was typed."""

from typing import Any

import pytest
from django.urls import reverse

from amends.casework.macros import Do, Macro, Step, says
from amends.desk.actions import save_draft
from amends.desk.actions.macros import save_macro
from amends.desk.actions.snippets import save_snippet
from amends.desk.models import Case, Draft, MacroRow, OutgoingReply
from amends.desk.queries.ruling import names_now
from tests import factories, people
from tests.factories import NOON
from tests.support.trying import Tried
from tests.web.support import HTMX, Page, case_part, signed_in

pytestmark = [pytest.mark.database, pytest.mark.alike]

TEXT = "Hi Rosa, your bag is in Oslo."


def _macro() -> MacroRow:
    snippet = save_snippet(
        None, key="bag", name="Bag", texts={"en": "Hi {customer.first_name}, your bag is in Oslo."},
        by=people.ada(), now=NOON,
    )  # fmt: skip
    steps = (Step(Do.LABEL, "late"), Step(Do.INSERT, str(snippet.pk)))
    return save_macro(
        None, name="Late bag", key="2", macro=Macro(steps, "public"), by=people.ada(), now=NOON
    )


def _run(case: Case, row: MacroRow, **typed: str) -> Page:
    client = signed_in(people.mina())
    sent = {"macro": str(row.pk), **typed}
    return Page(client.post(f"/cases/{case.ref}/macro/", sent, headers=HTMX).content.decode())


def test_menu_offers_macros_with_their_keys_and_what_they_do() -> None:
    row = _macro()
    (button,) = Page(case_part(factories.case())).hooks("macro")
    does = 'Label it "late" and put the snippet "bag" into a public reply.'
    assert (button["value"], button["data-digit"], button["title"]) == (str(row.pk), "2", does)


def test_text_goes_into_an_empty_composer_and_is_not_sent() -> None:
    case = factories.case()
    page = _run(case, _macro(), mode="public", text_public=" ")
    assert (TEXT in page.text, page.hooks("macro-offer")) == (True, [])
    draft = Draft.objects.get()
    assert (draft.mode, draft.text, OutgoingReply.objects.count()) == ("public", TEXT, 0)
    assert "Mina Kaya ran the macro “Late bag”" in page.words


def test_what_was_typed_is_never_overwritten_but_asked_about() -> None:
    tried = Tried()
    case, macro = factories.case(), _macro()
    for typed_now in [True, False]:
        with tried(typed_now):
            if not typed_now:
                save_draft(case, mode="public", text="Half a sen", by=people.mina(), now=NOON)
            typed = {"mode": "public", "text_public": "Half a sen"} if typed_now else {}
            page = _run(case, macro, **typed)
            assert (len(page.hooks("macro-offer")), "Half a sen" in page.text) == (1, True)
            assert page.hooks("take-offer")[0]["data-route"] == TEXT
            assert Draft.objects.get().text == "Half a sen"
    assert tried.wrong == []


def test_macro_that_is_gone_says_so() -> None:
    client, case = signed_in(people.mina()), factories.case()
    assert client.post(f"/cases/{case.ref}/macro/", {"macro": "x"}).status_code == 400
    assert client.post(f"/cases/{case.ref}/macro/", {"macro": "99"}).status_code == 404


def test_macro_is_set_up_and_changed_on_its_page() -> None:
    client = signed_in(people.ada())
    sent: dict[str, Any] = {
        "name": "Take it", "key": "3", "label": "mine", "person": "me", "state": "open",
        "snooze": "1 h",
    }  # fmt: skip
    assert client.post(reverse("macro-new"), sent).status_code == 302
    row = MacroRow.objects.get()
    does = 'Label it "mine", take it yourself, open it and snooze it for 1 hour.'
    assert does in client.get(reverse("macros")).content.decode().replace("&quot;", '"')
    page = Page(client.get(reverse("macro", args=[row.pk])).content.decode())
    assert does in page.words
    again = client.post(reverse("macro", args=[row.pk]), sent | {"label": "mine\nours"})
    row.refresh_from_db()
    assert (again.status_code, row.number) == (302, 2)


def test_sample_reads_as_a_sentence_and_refusals_keep_what_was_chosen() -> None:
    client = signed_in(people.ada())
    sample = client.get(reverse("macro-sample"), {"label": "late"}, headers=HTMX)
    assert 'Label it "late".' in Page(sample.content.decode()).words
    answer = client.post(reverse("macro-new"), {"name": "Both", "person": "me", "snooze": "soon"})
    page = Page(answer.content.decode())
    assert (answer.status_code, "is no length of time" in page.words) == (400, True)
    assert any(attrs.get("value") == "soon" for _, attrs in page.tags)


def test_names_in_a_macro_follow_the_snippets_key() -> None:
    row = _macro()
    assert '"bag"' in says(Macro((Step(Do.INSERT, row.data["steps"][1]["value"]),)), names_now())
