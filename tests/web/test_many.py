"""Many cases at once from the inbox: chosen, previewed with their number, done, undone."""

from typing import Any

import pytest
from django.urls import reverse

from amends.desk.models import Case, CaseBatch
from tests import factories, people
from tests.support.trying import Tried
from tests.web.support import Page, signed_in

pytestmark = [pytest.mark.database, pytest.mark.alike]


def _cases(number: int = 3) -> list[Case]:
    factories.channel()
    return factories.store(
        *(factories.mention(f"Halcyon lost bag {n}", handle=f"p{n}") for n in range(number))
    )


def _sent(rows: list[Case], **more: Any) -> dict[str, Any]:
    return {"ref": [row.ref for row in rows], "query": "tab=all", **more}


def _post(sent: dict[str, Any], **more: Any) -> Any:
    return signed_in(people.mina()).post(reverse("many"), sent, **more)


def test_inbox_offers_to_choose_cases_to_those_who_change_them() -> None:
    row = _cases(1)[0]
    boxes = [
        [box["value"] for box in Page(signed_in(who).get("/inbox/").content.decode()).hooks("pick")]
        for who in (people.mina(), people.vic())
    ]
    assert boxes == [[row.ref], []]


def test_preview_counts_before_anything_is_done() -> None:
    rows = _cases()
    page = Page(_post(_sent(rows, kind="label", label="storm", preview="1")).content.decode())
    assert "3 of 3 would be labelled “storm”." in page.words
    assert CaseBatch.objects.count() == 0


def test_done_to_all_under_a_filter_and_undone_from_the_inbox() -> None:
    _cases()
    sent = {"all": "1", "query": "tab=unassigned", "kind": "priority", "priority": "4", "do": "1"}
    words = Page(_post(sent, follow=True).content.decode()).words
    assert "3 cases were set to urgent priority." in words
    batch = CaseBatch.objects.get()
    client = signed_in(people.mina())
    assert len(Page(client.get("/inbox/").content.decode()).hooks("undo-many")) == 1
    answer = client.post(reverse("undo-many", args=[batch.pk]), follow=True)
    page = Page(answer.content.decode())
    assert ("3 cases were brought back." in page.words, page.hooks("undo-many")) == (True, [])


def test_refusal_is_a_sentence_and_keeps_what_was_chosen() -> None:
    tried = Tried()
    rows = _cases(1)
    people.mina()
    cases: list[tuple[dict[str, Any], str]] = [
        ({"kind": "label", "label": " "}, "A label has 1 to 40 characters."),
        ({"kind": "close", "reason": ""}, "Closing many cases needs a reason."),
        ({"kind": "snooze", "span": "soon"}, "is no length of time"),
        ({"kind": "nothing"}, "Choose what is done to the cases."),
        ({"ref": [], "kind": "label", "label": "x"}, "Choose some cases first."),
    ]
    for more, says in cases:
        with tried((more, says)):
            answer = _post(_sent(rows, do="1") | more)
            page = Page(answer.content.decode())
            assert (answer.status_code, says in page.words, CaseBatch.objects.count()) == (
                400,
                True,
                0,
            )
            kept = [attrs.get("value") for _, attrs in page.tags if attrs.get("name") == "ref"]
            assert kept == more.get("ref", [rows[0].ref])
    assert tried.wrong == []


def test_preview_of_all_names_them_so_that_what_opens_meanwhile_is_left_alone() -> None:
    rows = _cases(2)
    page = Page(
        _post({"all": "1", "query": "tab=all", "kind": "resolve", "preview": "1"}).content.decode()
    )
    named = [attrs.get("value") for _, attrs in page.tags if attrs.get("name") == "ref"]
    assert named == [row.ref for row in rows]
    assert not any(attrs.get("name") == "all" for _, attrs in page.tags)


def test_what_others_did_is_not_there_to_undo() -> None:
    _post(_sent(_cases(), kind="label", label="storm", do="1"))
    url = reverse("undo-many", args=[CaseBatch.objects.get().pk])
    assert signed_in(people.omar()).post(url).status_code == 404
