"""Snippets in the composer and in the set-up."""

import pytest
from django.urls import reverse

from amends.desk.actions.snippets import save_snippet
from amends.desk.models import Draft, Snippet
from tests import factories, people
from tests.support.trying import Tried
from tests.web.support import HTMX, Page, signed_in

pytestmark = [pytest.mark.database, pytest.mark.alike]


def snippet(key: str = "late-bag", **texts: str) -> Snippet:
    texts = texts or {"en": "Hi {customer.first_name}, your bag is in Oslo."}
    return save_snippet(
        None, key=key, name="Late bags", texts=texts, by=people.ada(), now=factories.NOON
    )


def test_composer_finds_snippets_filled_in_for_the_case() -> None:
    snippet()
    snippet("other", en="Something else")
    case = factories.case()
    sent = {"mode": "public", "snippet_words": "late-b"}
    url = reverse("case-snippets", args=[case.ref])
    page = Page(signed_in(people.mina()).post(url, sent, headers=HTMX).content.decode())
    found = [(one["data-key"], one["data-route"]) for one in page.hooks("snippet")]
    assert found == [("late-bag", "Hi Rosa, your bag is in Oslo.")]


def test_without_scripts_it_goes_behind_what_was_typed() -> None:
    row, case = snippet(), factories.case()
    sent = {"mode": "public", "text_public": "Good morning.", "snippet": str(row.pk)}
    answer = signed_in(people.mina()).post(reverse("case-insert", args=[case.ref]), sent)
    whole = "Good morning. Hi Rosa, your bag is in Oslo."
    assert whole in answer.content.decode()
    assert Draft.objects.get().text == whole


def test_snippets_are_for_those_who_answer() -> None:
    """R50."""
    tried = Tried()
    case, row = factories.case(), snippet()
    clients = [signed_in(one()) for one in (people.mina, people.noor, people.vic)]
    for name in ["case-snippets", "case-insert"]:
        with tried(name):
            url = reverse(name, args=[case.ref])
            sent = {"mode": "public", "snippet": str(row.pk)}
            asked = [one.post(url, sent).status_code for one in clients]
            assert asked == [200, 403, 403]
            assert clients[0].post(url, sent | {"mode": "note"}).status_code == 400
    assert tried.wrong == []


def _typed(**more: str) -> dict[str, str]:
    return {"key": "late-bag", "name": "Late bags", "language_0": "en", "text_0": "Hi", **more}


def test_snippet_is_set_up_in_two_languages() -> None:
    client = signed_in(people.ada())
    sent = _typed(language_1="de", text_1="Hallo")
    assert client.post(reverse("snippet-new"), sent).status_code == 302
    assert Snippet.objects.get().texts == {"de": "Hallo", "en": "Hi"}
    assert "late-bag" in client.get(reverse("snippets")).content.decode()


def test_refused_snippet_keeps_what_was_typed() -> None:
    tried = Tried()
    client = signed_in(people.ada())
    cases: list[tuple[dict[str, str], str]] = [
        ({"text_0": "Hi {customer.age}"}, "There is no place {customer.age}"),
        ({"language_1": "en", "text_1": "Hey"}, "There are two texts in en"),
        ({"language_1": "", "text_1": "Hallo"}, "Say in which language each text is"),
    ]
    for more, says in cases:
        with tried((more, says)):
            answer = client.post(reverse("snippet-new"), _typed(**more))
            page = Page(answer.content.decode())
            assert (answer.status_code, says in page.words, Snippet.objects.exists()) == (
                400,
                True,
                False,
            )
            assert all(text in page.text for text in more.values())
    assert tried.wrong == []


def test_refused_snippet_does_not_say_that_there_is_no_case() -> None:
    client = signed_in(people.ada())
    sent = _typed(text_0="Hi {customer.age}")
    told = "There is no case yet"
    assert told in client.post(reverse("snippet-new"), sent).content.decode()
    case = factories.case()
    answer = client.post(reverse("snippet-new"), sent).content.decode()
    assert (told in answer, f"On the newest case, {case.ref}" in answer) == (False, True)


def test_sample_shows_blanks_and_what_the_guard_says_of_it_alone() -> None:
    """R29: a snippet is a part, not a whole answer."""
    canned = (
        "We are sorry for the inconvenience and appreciate your patience while we look into it."
    )
    sent = _typed(text_0=canned, language_1="de", text_1="Hallo {customer.first_name}")
    page = Page(
        signed_in(people.ada()).get(reverse("snippet-sample"), sent, headers=HTMX).content.decode()
    )
    assert "[first name of the customer]" in page.text
    assert "Sent alone, the guard stops it" in page.words


def test_used_key_and_removal_say_what_happened() -> None:
    row, client = snippet(), signed_in(people.ada())
    assert client.get(reverse("snippet", args=[row.pk])).status_code == 200
    answer = client.post(reverse("snippet-remove", args=[row.pk]), follow=True)
    assert "late-bag is removed." in answer.content.decode()
