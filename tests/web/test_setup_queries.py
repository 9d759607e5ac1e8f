"""Watches by query: typed, turned into one, tried on stored posts, and what X would charge."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import count
from typing import Any

import pytest
from django.core.cache import cache

from amends.desk.actions import save_watch
from amends.desk.models import RoleMark, WatchRow
from amends.matching import XRule
from amends.terms import BadInput, Post, WatchKind
from amends.web import sampling
from amends.web.sampling import OnX, take_sample
from tests import people
from tests.factories import NOON, brand, heard, watch
from tests.support.trying import Tried
from tests.web.pages import HOSTILE, signed_in, unsafe_parts

pytestmark = pytest.mark.database
QUERY = "halcyon (late OR lost) -from:halcyonair"


@pytest.fixture(autouse=True)
def fresh_counts() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


def typed(**more: str) -> dict[str, str]:
    facts = {"brand": str(brand().pk), "kind": "brand", "name": "Us", "how": "query"}
    return facts | {"query": QUERY} | more


def sampled(query: str = QUERY) -> Any:
    return signed_in(people.ada).post("/set-up/watches/sample/", typed(query=query))


def posts(number: int, text: str = "halcyon is late") -> list[Post]:
    return [
        Post(id=str(n), text=text if n % 2 else "else", created_at=NOON - timedelta(minutes=n))
        for n in range(number)
    ]


def test_watch_by_query_is_saved_and_stays_one() -> None:
    """R04: each watch is typed: brand, product, person, competitor, topic."""
    tried = Tried()
    brand()
    client = signed_in(people.ada)
    for kind in list(WatchKind):
        with tried(kind):
            sent = typed(kind=str(kind), accounts="@HalcyonAir")
            assert client.post("/set-up/watches/new/", sent).status_code == 302
            row = WatchRow.objects.get()
            assert (row.kind, row.by_query, row.query, row.handles, row.phrases) == (
                kind,
                True,
                QUERY,
                ["HalcyonAir"],
                [],
            )
            page = client.get(f"/set-up/watches/{row.pk}/").text
            assert 'name="phrases"' not in page
            assert "-from:halcyonair</textarea>" in page
            assert RoleMark.objects.exists() is (kind is WatchKind.COMPETITOR)  # R02: its account
    assert tried.wrong == []


def test_lists_are_written_as_a_query_without_saving() -> None:
    lists = {"how": "lists", "phrases": "halcyon air\nhalcion", "handles": "@ha", "hashtags": "h"}
    page = signed_in(people.ada).post("/set-up/watches/new/", typed(**lists, turn="1"))
    form = page.context["form"]
    assert form["query"].value() == '"halcyon air" OR halcion OR @ha OR #h'
    assert (form["how"].value(), form["accounts"].value(), form["phrases"].value()) == (
        "query",
        "@ha",
        "",
    )
    assert (page.status_code, WatchRow.objects.count()) == (200, 0)


def test_lists_that_cannot_be_written_stay_as_they_are() -> None:
    sent = typed(how="lists", phrases="***", turn="1")
    page = signed_in(people.ada).post("/set-up/watches/new/", sent)
    assert "holds no letter or digit" in page.text
    assert page.context["form"]["phrases"].value() == "***"


def test_refused_query_keeps_what_was_typed() -> None:
    tried = Tried()
    brand()
    client = signed_in(people.ada)
    cases: list[tuple[str, str]] = [
        ("halcyon (late OR", "OR needs a term after it"),
        ("sample:10 halcyon", "asks what other networks cannot answer"),
        ("", "Write the query"),
        ("x" * 5000, "at most 4096"),
    ]
    for query, said in cases:
        with tried((query, said)):
            page = client.post("/set-up/watches/new/", typed(query=query))
            assert page.status_code == 400
            assert said in page.text
            assert page.context["form"]["query"].value() == query
            assert not WatchRow.objects.exists()
    assert tried.wrong == []


def test_query_too_long_is_refused_by_the_desk_as_well() -> None:
    with pytest.raises(BadInput, match="4096 characters at most"):
        save_watch(
            None,
            brand=brand(),
            kind=WatchKind.TOPIC,
            name="Long",
            phrases=[],
            handles=[],
            hashtags=[],
            query="a OR " * 1000 + "a",
        )


def test_sample_of_a_query_counts_and_marks() -> None:
    for number, text in enumerate(["Halcyon is LATE", "halcyon", "late", "halcyon lost it"]):
        heard(text, handle="halcyonair" if number == 3 else f"h{number}", complaint=0.1)
    page = sampled()
    assert (page.context["sample"].looked_at, page.context["sample"].found) == (4, 1)
    assert "<mark>Halcyon</mark> is <mark>LATE</mark>" in page.text
    assert 'data-test="read-as">halcyon (late OR lost) -from:halcyonair</p>' in page.text


def test_sample_sees_what_a_post_carries() -> None:
    heard("halcyon", handle="rosa", network="bluesky")
    heard("halcyon", handle="tom", network="demo")
    assert sampled("halcyon network:bluesky followers>5").context["sample"].found == 1


def test_error_is_shown_where_it_is() -> None:
    tried = Tried()
    brand(), people.ada()
    cases: list[tuple[str, str]] = [
        ("halcyon ) late", '<mark class="wrong">)</mark> late'),
        ("halcyon sample:10", '<mark class="wrong">sample:10</mark>'),
        ("halcyon OR", '<mark class="wrong">OR</mark>'),
        (f"halcyon {HOSTILE}", '<mark class="wrong">&quot;&#x27;&gt;</mark>'),
    ]
    for query, marked in cases:
        with tried((query, marked)):
            page = sampled(query)
            assert marked in page.text
            assert unsafe_parts(page) == []
    assert tried.wrong == []


def test_sample_stops_when_its_time_is_up() -> None:
    """A page never waits for it."""
    clock = count()
    sample = take_sample("halcyon", posts=posts(2000), tick=lambda: float(next(clock)), budget=3.0)
    assert (sample.looked_at, sample.whole) == (3 * sampling.AT_ONCE, False)
    assert sample.since == NOON - timedelta(minutes=3 * sampling.AT_ONCE - 1)


def on_x(query: str, number: int = 1441) -> OnX:
    found = take_sample(query, posts=posts(number), tick=lambda: 0.0).on_x
    assert found is not None
    return found


def test_cost_on_x_is_told_from_posts_a_day() -> None:
    """$0.005 a post read: the price that ``AMENDS_X_READ_PRICE`` sets."""
    told = on_x("halcyon late")
    assert told.rule == XRule("halcyon late", True, ())
    assert (told.caught, told.a_day) == (720, 720.0)
    assert told.a_month == pytest.approx(720 * 30 * 0.005)


def test_cost_on_x_is_that_of_a_rule_that_brings_more() -> None:
    told = on_x("halcyon lat*")
    assert (told.rule and told.rule.rule, told.caught) == ("halcyon", 720)
    none = on_x("halcyon nothing*")
    assert (none.rule and none.rule.rule, none.caught) == ("halcyon", 720)


def test_cost_of_a_moment_is_not_told() -> None:
    assert on_x("halcyon", 20).a_day is None


def test_query_that_x_cannot_say_is_told_so() -> None:
    assert (on_x("halcyon network:bluesky").rule, on_x("lat*").rule) == (None, None)
    page = sampled("halcyon network:bluesky")
    assert "asks for another network" in page.text
    assert 'data-test="x-rule"' not in page.text


def test_rule_too_long_for_x_says_so() -> None:
    page = sampled(" OR ".join(f"halcyon{number}" for number in range(100)))
    assert "1,286 of 1,024 characters" in page.text
    assert "Split it at an OR" in page.text


def test_broad_query_is_told_so() -> None:
    tried = Tried()
    cases: list[tuple[str, bool]] = [
        ("halcyon", True),
        ("halcyon -late", False),
        ("nothing", False),
    ]
    for query, broad in cases:
        with tried((query, broad)):
            assert take_sample(query, posts=posts(100), tick=lambda: 0.0).broad is broad
    assert tried.wrong == []


def test_sample_says_what_stored_posts_cannot_tell() -> None:
    notes = take_sample("to:acme", posts=[], tick=lambda: 0.0).notes
    assert [note[:36] for note in notes] == [
        "It names no word that every match mu",
        "Stored posts do not tell what to: as",
        "There is no word in it to search for",
    ]
    assert take_sample("acme", posts=[], tick=lambda: 0.0).notes == []


def test_tries_are_counted_by_the_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sampling, "A_MINUTE", 2)
    errors = [sampled().context["sample"].error[:22] for _ in range(3)]
    assert errors == ["", "", "That was tried often i"]
    again = signed_in(people.ada).post("/set-up/watches/new/", typed())
    assert again.status_code == 302  # saving needs no sample


def test_query_is_listed_as_it_was_typed() -> None:
    watch()
    signed_in(people.ada).post("/set-up/watches/new/", typed(query="a <b> OR c"))
    page = signed_in(people.ada).get("/set-up/watches/")
    assert "a &lt;b&gt; OR c" in page.text
    assert unsafe_parts(page) == []


def pasted(queries: str, **more: str) -> Any:
    sent = {"brand": str(brand().pk), "kind": "topic", "queries": queries, **more}
    return signed_in(people.ada).post("/set-up/watches/paste/", sent)


def test_many_queries_are_pasted() -> None:
    text = "Late | halcyon (late OR lost)\n\nRefunds\thalcyon refund*\n#lostbag"
    assert pasted(text).status_code == 302
    assert list(WatchRow.objects.order_by("pk").values_list("kind", "name", "query")) == [
        ("topic", "Late", "halcyon (late OR lost)"),
        ("topic", "Refunds", "halcyon refund*"),
        ("topic", "#lostbag", "#lostbag"),
    ]


def test_list_pasted_again_changes_the_watches_it_names() -> None:
    pasted("Late | halcyon late")
    first = WatchRow.objects.get()
    pasted("Late | halcyon lost")
    assert [(w.pk, w.query) for w in WatchRow.objects.all()] == [(first.pk, "halcyon lost")]


def test_list_with_an_error_saves_nothing_and_is_kept() -> None:
    tried = Tried()
    brand(), people.ada()
    cases: list[tuple[str, str]] = [
        ("a\nb OR", "Line 2, character 3 of the query: OR needs a term after it"),
        ("| a", "Line 1: a watch&#x27;s name has 1 to 120 characters."),
        (f"n | {'x' * 4097}", "Line 1: a query has 4096 characters at most."),
        ("(\n" * 12, "And 2 more."),
        ("a\n" * 1001, "These are 1001 queries; 1000 at most go at once."),
        ("", "required"),
    ]
    for text, said in cases:
        with tried((text, said)):
            page = pasted(text)
            assert (page.status_code, WatchRow.objects.count()) == (400, 0)
            assert said in page.text
            assert page.context["form"]["queries"].value() == text
    assert tried.wrong == []
