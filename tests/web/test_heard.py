"""Heard: what matched, whether a case came of it or not."""

from datetime import timedelta
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from amends.casework import Action, Role, may
from amends.desk.models import AuthorRow, Case, PostRow, ReadingRow
from amends.terms import WatchKind
from tests import people
from tests.factories import NOON, case, heard, heard_at_once, mention, watch
from tests.web import support
from tests.web.pages import HOSTILE, signed_in, unsafe_parts
from tests.web.support import undone

pytestmark = pytest.mark.database


def texts(page: Any) -> list[str]:
    return [row.post.text for row in page.context["rows"]]


def about_rival(text: str = "Meridian lost my bag", **facts: object) -> PostRow:
    rival = watch(WatchKind.COMPETITOR, "meridian")
    return heard(text, watches={str(rival.pk): ("meridian",)}, **facts)


def test_everything_public_is_listed_newest_first() -> None:
    """R01, R02: mentions, whether a case came of them or not."""
    heard("old", at=NOON - timedelta(hours=2), complaint=0.1)
    heard("new", at=NOON, handle="tom")
    heard("private", private=True, to_us=True, handle="ann")
    heard("ours", ours=True, handle="us")
    assert texts(signed_in(people.mina).get("/heard/")) == ["new", "old"]


@pytest.mark.alike
def test_everybody_may_see_what_was_heard() -> None:
    heard()
    pages = {who().name: signed_in(who).get("/heard/") for who in people.EVERYBODY}
    seen = {name: (page.status_code, unsafe_parts(page)) for name, page in pages.items()}
    assert seen == dict.fromkeys(seen, (200, []))


FILTERED: dict[str, list[str]] = {
    "mood=complaint": ["rival angry", "angry"],
    "mood=praise": ["glad"],
    "mood=question": ["asks"],
    "kind=competitor": ["rival angry"],
    "kind=brand&mood=complaint": ["angry"],
    "kind=topic": [],
    "mood=rumour&kind='; DROP TABLE": ["rival angry", "asks", "glad", "angry"],
    "watch=99999&page=-3": ["rival angry", "asks", "glad", "angry"],
}


def test_filters() -> None:
    heard("angry", at=NOON, handle="a")
    heard("glad", at=NOON + timedelta(1), handle="b", complaint=0.0, praise=0.9)
    heard("asks", at=NOON + timedelta(2), handle="c", complaint=0.0, question=0.9)
    about_rival("rival angry", at=NOON + timedelta(3), handle="d")
    client = signed_in(people.mina)
    assert {query: texts(client.get(f"/heard/?{query}")) for query in FILTERED} == FILTERED


def test_one_watch_alone() -> None:
    heard("ours")
    post = about_rival(handle="tom")
    rival = post.mentions.get().watch_id
    assert texts(signed_in(people.mina).get(f"/heard/?watch={rival}")) == [post.text]


def test_pages_hold_every_post_once() -> None:
    heard_at_once(
        *(
            mention(f"p{number}", handle=f"h{number}", at=NOON + timedelta(minutes=number))
            for number in range(45)
        )
    )
    client = signed_in(people.mina)
    first = client.get("/heard/?mood=complaint")
    second = client.get(f"/heard/{first.context['next']}")
    assert texts(first) + texts(second) == [f"p{n}" for n in reversed(range(45))]
    assert second.context["next"] == ""
    assert texts(client.get("/heard/" + second.context["query"])) == texts(first)


@pytest.mark.alike
def test_query_count_does_not_grow_with_rows(
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    client = signed_in(people.mina)
    for number in range(6):
        heard(handle=f"h{number}")
    with django_assert_max_num_queries(16):
        assert len(texts(client.get("/heard/"))) == 6


@pytest.mark.alike
def test_matched_words_are_marked() -> None:
    heard("HALCYON lost my bag")
    assert "<mark>HALCYON</mark> lost my bag" in signed_in(people.mina).get("/heard/").text


@pytest.mark.alike
def test_words_of_other_watches_are_not_marked() -> None:
    watch(WatchKind.TOPIC, "bag")
    heard("halcyon lost my bag")
    heard("bag", handle="tom", watches={str(watch(WatchKind.TOPIC, "bag").pk): ("bag",)})
    page = signed_in(people.mina).get("/heard/").text
    assert "<mark>halcyon</mark> lost my bag" in page
    assert page.count("<mark>bag</mark>") == 1


@pytest.mark.alike
def test_hostile_posts_are_shown_as_text() -> None:
    heard(f"halcyon {HOSTILE}", handle="evil")
    AuthorRow.objects.update(name=HOSTILE, handle=HOSTILE)
    ReadingRow.objects.update(why=[HOSTILE])
    PostRow.objects.update(url="javascript:alert(1)")
    page = signed_in(people.mina).get("/heard/")
    assert unsafe_parts(page) == []
    assert page.text.count("&lt;script&gt;") == 6  # name, handle, text, why; the menu twice
    assert "See it there" not in page.text


@pytest.mark.alike
def test_link_to_the_network_says_nothing_of_us() -> None:
    heard()
    PostRow.objects.update(url="https://social.example/p/1")
    page = signed_in(people.mina).get("/heard/").text
    wanted = 'href="https://social.example/p/1" rel="noopener noreferrer nofollow ugc"'
    assert wanted in page


@pytest.mark.alike
def test_post_with_a_case_leads_there() -> None:
    found = case()
    page = signed_in(people.mina).get("/heard/").text
    assert f'href="/cases/{found.ref}/"' in page
    assert "open-case" not in page


@pytest.mark.alike
def test_private_case_is_not_named_to_sales() -> None:
    """R13: sales sees no private case."""
    found = case()
    Case.objects.update(private=True)
    assert found.ref in signed_in(people.mina).get("/heard/").text
    assert found.ref not in signed_in(people.sol).get("/heard/").text


@pytest.mark.alike
def test_case_is_opened_by_hand() -> None:
    post = heard("Halcyon, is this normal?", complaint=0.1)
    client = signed_in(people.mina)
    assert f"/heard/{post.pk}/open-case/" in client.get("/heard/").text
    response = client.post(f"/heard/{post.pk}/open-case/")
    found = Case.objects.get()
    assert response.headers["Location"] == f"/cases/{found.ref}/"
    assert found.history.get().data == {"post": post.pk, "why": "by_hand"}


@pytest.mark.alike
def test_second_opening_leads_to_the_same_case() -> None:
    post = heard(complaint=0.1)
    pages = [signed_in(w).post(f"/heard/{post.pk}/open-case/") for w in (people.mina, people.omar)]
    target = f"/cases/{Case.objects.get().ref}/"
    assert [p.headers["Location"] for p in pages] == [target, target]


@pytest.mark.alike
def test_only_who_works_cases_is_offered_one() -> None:
    post, found = heard(complaint=0.1), {}
    everybody = [who() for who in people.EVERYBODY]
    for person in everybody:
        client = support.signed_in(person)
        with undone():
            offered = "open-case" in client.get("/heard/", headers=support.HTMX).text
            status = client.post(f"/heard/{post.pk}/open-case/").status_code
            found[person.name] = (offered, status, Case.objects.exists())
    assert found == {
        person.name: (True, 302, True)
        if may(Role(person.role), Action.WORK)
        else (False, 403, False)
        for person in everybody
    }


@pytest.mark.alike
def test_competitors_posts_offer_no_answer() -> None:
    """R14: nothing of a competitor's is answered in passing."""
    post = about_rival()
    client = signed_in(people.ada)
    page = client.get("/heard/").text
    assert "Read only: about a competitor" in page
    assert "open-case" not in page
    assert client.post(f"/heard/{post.pk}/open-case/").status_code == 403
    assert not Case.objects.exists()


def test_private_post_is_not_there_to_be_opened() -> None:
    post = heard(private=True, to_us=True, complaint=0.1)
    assert signed_in(people.ada).post(f"/heard/{post.pk}/open-case/").status_code == 404


@pytest.mark.alike
def test_filter_change_brings_the_rows_alone() -> None:
    heard()
    page = signed_in(people.mina).get("/heard/", headers={"HX-Request": "true"})
    assert "<html" not in page.text
    assert len(texts(page)) == 1


@pytest.mark.alike
def test_empty_list_says_what_will_be_here() -> None:
    assert "Go to the set-up" in signed_in(people.ada).get("/heard/").text
    assert "See how listening goes" in signed_in(people.mina).get("/heard/").text
    assert "Nothing fits" in signed_in(people.mina).get("/heard/?mood=praise").text
