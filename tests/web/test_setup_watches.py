"""Watches and their live sample."""

from typing import Any

import pytest

from amends.desk.models import ChannelRow, MentionRow, WatchRow
from amends.terms import WatchKind
from tests import people
from tests.factories import brand, channel, heard, watch
from tests.support.trying import Tried
from tests.web.pages import HOSTILE, signed_in, unsafe_parts

pytestmark = pytest.mark.database


def typed(**more: str) -> dict[str, str]:
    return {"brand": str(brand().pk), "kind": "brand", "name": "Us", "phrases": "halcyon"} | more


def sampled(**more: str) -> Any:
    return signed_in(people.ada).post("/set-up/watches/sample/", typed(**more))


def test_watch_is_saved() -> None:
    lines = {
        "phrases": "halcyon air\r\n\r\nhalcion\r\n",
        "handles": "@halcyonair",
        "hashtags": "#h",
    }
    signed_in(people.ada).post("/set-up/watches/new/", typed(kind="product", **lines))
    row = WatchRow.objects.get()
    assert (row.kind, row.name, row.phrases, row.handles, row.hashtags) == (
        "product",
        "Us",
        ["halcyon air", "halcion"],
        ["halcyonair"],
        ["h"],
    )


def test_changed_watch_makes_listeners_begin_anew() -> None:
    row, found = watch(), channel()
    signed_in(people.ada).post(f"/set-up/watches/{row.pk}/", typed(phrases="sky lounge"))
    assert [w.phrases for w in WatchRow.objects.all()] == [["sky lounge"]]
    assert ChannelRow.objects.get().version == found.version + 1


def test_refused_watch_keeps_what_was_typed() -> None:
    tried = Tried()
    brand()
    client = signed_in(people.ada)
    cases: list[tuple[dict[str, str], str]] = [
        ({"phrases": ""}, "at least one phrase, handle or hashtag"),
        ({"phrases": "***"}, "holds no letter or digit"),
        ({"handles": "two words"}, "A handle has no blanks: two words"),
        ({"hashtags": "#two words"}, "A hashtag has no blanks: #two words"),
        ({"name": "  "}, "required"),
        ({"kind": "rumour"}, "valid choice"),
    ]
    for more, said in cases:
        with tried((more, said)):
            response = client.post("/set-up/watches/new/", typed(**more))
            assert response.status_code == 400
            assert said in response.text
            asked = typed(**more)
            kept = {name: response.context["form"][name].value() for name in asked}
            assert kept == asked
            assert not WatchRow.objects.exists()
    assert tried.wrong == []


def test_sample_counts_and_marks_what_would_match() -> None:
    for number in range(12):
        heard(f"Halcyon lost bag {number}", handle=f"h{number}")
    heard("Nothing of ours", handle="tom")
    page = sampled()
    sample = page.context["sample"]
    assert (sample.looked_at, sample.found, len(sample.shown)) == (13, 12, 10)
    assert page.text.count("<mark>Halcyon</mark>") == 10


def test_sample_finds_handles_and_hashtags() -> None:
    heard("thanks @HalcyonAir", handle="a")
    heard("#halcyonFail again", handle="b")
    heard("halcyonfail without a sign", handle="c")
    page = sampled(phrases="", handles="halcyonair", hashtags="halcyonfail")
    assert page.context["sample"].found == 2
    for mark in ("<mark>@HalcyonAir</mark>", "<mark>#halcyonFail</mark>"):
        assert mark in page.text


def test_sample_leaves_out_private_posts_and_our_own() -> None:
    heard("halcyon in private", private=True, to_us=True)
    heard("we at halcyon", ours=True)
    assert sampled().context["sample"].looked_at == 0


def test_sample_escapes_hostile_posts() -> None:
    heard(f"{HOSTILE} halcyon {HOSTILE}", handle="<b>x")
    page = sampled()
    assert "&lt;script&gt;" in page.text
    assert "[U+202E]" in page.text
    assert unsafe_parts(page) == []


def test_sample_says_why_a_query_cannot_be_read() -> None:
    tried = Tried()
    brand(), people.ada()
    cases: list[tuple[dict[str, str], str]] = [
        ({"phrases": "***"}, "holds no letter or digit"),
        ({"handles": "two words"}, "A handle has no blanks: two words"),
        ({"handles": HOSTILE.replace(" ", "")}, "is no handle"),
    ]
    for more, said in cases:
        with tried((more, said)):
            page = sampled(**more)
            assert said in page.text
            assert "position" not in page.text
            assert unsafe_parts(page) == []
    assert tried.wrong == []


def test_empty_sample_invites_to_write() -> None:
    assert "Write a word" in sampled(phrases=" \n ").text


def test_sample_without_scripts_keeps_the_form_and_saves_nothing() -> None:
    heard("Halcyon lost my bag")
    WatchRow.objects.all().delete()
    page = signed_in(people.ada).post("/set-up/watches/new/", typed(phrases="bag", sample="1"))
    assert (page.status_code, page.context["sample"].found) == (200, 1)
    assert 'value="Us"' in page.text
    assert not WatchRow.objects.exists()


def test_existing_watch_shows_its_sample_at_once() -> None:
    heard("Halcyon lost my bag")
    page = signed_in(people.ada).get(f"/set-up/watches/{watch().pk}/")
    assert page.context["sample"].found == 1


def test_removed_watch_leaves_what_it_heard() -> None:
    heard()
    row = watch()
    client = signed_in(people.ada)
    client.post(f"/set-up/watches/{row.pk}/remove/")
    assert MentionRow.objects.filter(watch=row).count() == 1
    assert client.get("/set-up/watches/").context["watches"] == []
    assert client.get(f"/set-up/watches/{row.pk}/").status_code == 404


def test_watches_are_listed_by_kind() -> None:
    kinds = [WatchKind.TOPIC, WatchKind.COMPETITOR, WatchKind.BRAND]
    for kind in kinds:
        watch(kind, f"word {kind}")
    page = signed_in(people.ada).get("/set-up/watches/")
    assert [w.kind for w, _ in page.context["watches"]] == ["brand", "competitor", "topic"]
    assert "heard, never answered" in page.text


def test_others_change_no_watch() -> None:
    tried = Tried()
    row = watch()
    for who in [people.priya, people.mina, people.noor]:
        with tried(who):
            client = signed_in(who)
            tries = [
                client.post("/set-up/watches/sample/", typed()),
                client.post("/set-up/watches/new/", typed()),
                client.get(f"/set-up/watches/{row.pk}/"),
                client.post(f"/set-up/watches/{row.pk}/remove/"),
            ]
            assert [t.status_code for t in tries] == [403] * 4
            assert [w.active for w in WatchRow.objects.all()] == [True]
    assert tried.wrong == []


def test_watches_are_counted_as_far_as_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("amends.desk.queries.setup.MANY", 2)
    monkeypatch.setattr("amends.web.views.setup_watches.MANY", 2)
    few, many = watch(WatchKind.TOPIC, "few"), watch(WatchKind.TOPIC, "many")
    watch(WatchKind.TOPIC, "none")
    for number in range(5):
        matched = {str(few.pk): ("few",)} if number < 2 else {str(many.pk): ("many",)}
        heard(f"post {number}", watches=matched, complaint=0.1)
    page = signed_in(people.ada).get("/set-up/watches/")
    shown = {w.name: heard for w, heard in page.context["watches"]}
    assert shown == {"halcyon": 0, "few": 2, "many": 3, "none": 0}
    assert "More than 2 posts heard" in page.text


def test_watch_is_found_by_its_words() -> None:
    watch(WatchKind.TOPIC, "lost luggage")
    watch(WatchKind.BRAND, "halcyon")
    client = signed_in(people.ada)
    page = client.get("/set-up/watches/?words=LUGGAGE")
    assert [w.name for w, _ in page.context["watches"]] == ["lost luggage"]
    assert "No watch fits" in client.get("/set-up/watches/?words=nothing").text
