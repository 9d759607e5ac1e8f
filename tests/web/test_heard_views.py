"""The views of what is heard: competitors, their customers, the market, praise of us."""

import csv
from datetime import timedelta
from itertools import count
from typing import Any

import pytest
from django.test import Client

from amends.desk.actions.roles import mark_accounts
from amends.desk.models import AuthorRow, PostRow
from amends.desk.queries.heard import HeardFilter, View, heard_page
from amends.desk.queries.newest import Key, read_key, write_key
from amends.terms import AuthorRole, WatchKind
from tests import people
from tests.factories import NOON, case, heard, mention, store, watch
from tests.web.pages import HOSTILE, signed_in, unsafe_parts
from tests.web.support import HTMX

pytestmark = pytest.mark.database


def texts(page: Any) -> list[str]:
    return [row.post.text for row in page.context["rows"]]


def matched(kind: WatchKind, word: str) -> dict[str, tuple[str, ...]]:
    return {str(watch(kind, word).pk): (word,)}


def known(role: AuthorRole, *handles: str) -> None:
    mark_accounts(handles, role=role, by=people.ada(), now=NOON)


@pytest.fixture
def market() -> Client:
    """One post of each kind, by different people, an hour apart."""
    known(AuthorRole.COMPETITOR, "meridian")
    known(AuthorRole.EMPLOYEE, "ours_olga")
    rival = matched(WatchKind.COMPETITOR, "meridianair")
    topic = matched(WatchKind.TOPIC, "lost luggage")
    told = [
        ("meridian on us", "meridian", None, 0.1, 0.0),
        ("meridian on itself", "meridian", rival, 0.9, 0.0),
        ("meridian lost it", "tom", rival, 0.9, 0.0),
        ("meridian is fine", "ann", rival, 0.1, 0.0),
        ("meridian is bad", "ours_olga", rival, 0.9, 0.0),
        ("luggage is a mess", "press_pat", topic, 0.9, 0.0),
        ("halcyon is kind", "zoe", None, 0.3, 0.9),
        ("halcyon is late", "kim", None, 0.9, 0.1),
    ]
    store(
        *(
            mention(
                text,
                handle=handle,
                watches=watches,
                complaint=complaint,
                praise=praise,
                at=NOON - timedelta(hours=hour),
            )
            for hour, (text, handle, watches, complaint, praise) in enumerate(told)
        )
    )
    return signed_in(people.mina)


SHOWN: dict[str, list[str]] = {
    "view=competitors": ["meridian on us"],  # R02
    "view=competitors&about=all": ["meridian on us", "meridian on itself"],
    "view=their-customers": ["meridian lost it"],  # R03
    "view=market": ["luggage is a mess"],  # R05
    "view=praise": ["halcyon is kind"],
    "role=employee": ["meridian is bad"],  # R05
    "role=unknown&kind=competitor": ["meridian lost it", "meridian is fine"],
    "mood=calm&kind=competitor": ["meridian is fine"],
    "mood=praise": ["halcyon is kind"],
    "words=LATE halcyon": ["halcyon is late"],
    "sentiment=positive": ["halcyon is kind"],
    "since=2026-03-02&until=2026-03-02&mood=praise": ["halcyon is kind"],
    "until=2026-03-01": [],
    "since=2026-03-03": [],
    "network=bluesky": [],
    "network=demo&role=press": [],
    "lang=de": [],
}


def test_each_view_and_filter_shows_its_own(market: Client) -> None:
    pages = {query: market.get(f"/heard/?{query}", headers=HTMX) for query in SHOWN}
    assert {query: texts(page) for query, page in pages.items()} == SHOWN
    counted = {query: page.context["page"].count for query, page in pages.items()}
    assert counted == {query: len(expected) for query, expected in SHOWN.items()}


def test_feed_of_one_competitor_with_sentiment(market: Client) -> None:
    """R03: a complaint feed per competitor, with sentiment."""
    other = matched(WatchKind.COMPETITOR, "quorlane")
    heard("quorlane lost it", handle="bo", watches=other)
    page = market.get(f"/heard/?view=their-customers&watch={next(iter(other))}")
    assert texts(page) == ["quorlane lost it"]
    assert "Negative" in page.text
    assert "Complaint 90 %" in page.text


def test_author_alone(market: Client) -> None:
    tom = AuthorRow.objects.get(handle="tom")
    assert texts(market.get(f"/heard/?who={tom.pk}")) == ["meridian lost it"]


def test_language_holds_its_regions() -> None:
    for handle, lang in (("a", "pt-BR"), ("b", "pt"), ("c", "en")):
        PostRow.objects.filter(pk=heard(lang, handle=handle).pk).update(lang=lang)
    assert sorted(texts(signed_in(people.mina).get("/heard/?lang=pt"))) == ["pt", "pt-BR"]


@pytest.mark.alike
def test_every_view_is_safe_and_says_what_comes_when_empty() -> None:
    client = signed_in(people.ada)
    empty = {view: client.get(f"/heard/?view={view}") for view in View}
    said = {
        view: (page.text.count('class="card empty"'), unsafe_parts(page))
        for view, page in empty.items()
    }
    assert said == dict.fromkeys(View, (1, []))
    known(AuthorRole.COMPETITOR, "evil")
    watches = matched(WatchKind.COMPETITOR, "x") | matched(WatchKind.BRAND, "halcyon")
    watches |= matched(WatchKind.TOPIC, "y")
    heard(f"halcyon {HOSTILE}", handle="evil", watches=watches, praise=0.95)
    AuthorRow.objects.update(name=HOSTILE, handle=HOSTILE)
    full = {view: client.get(f"/heard/?view={view}&words={HOSTILE}") for view in View}
    assert [view for view, page in full.items() if unsafe_parts(page)] == []


@pytest.mark.alike
def test_filter_change_brings_its_address(market: Client) -> None:
    """A view is saved in its address: without what narrows nothing."""
    asked = "/heard/?view=their-customers&words=lost&mood=&network=&since=&kind=rumour"
    page = market.get(asked, headers={"HX-Request": "true"})
    assert page.headers["HX-Replace-Url"] == "/heard/?view=their-customers&words=lost"
    assert texts(market.get(page.headers["HX-Replace-Url"])) == texts(page) == ["meridian lost it"]


def test_further_rows_come_without_their_page(market: Client) -> None:
    first = heard_page(HeardFilter(), threshold=0.5, tick=lambda: 0.0, size=3)
    page = market.get(f"/heard/?after={first.next}", headers={"HX-Request": "true"})
    assert "<ol" not in page.text
    assert [p.text for p in first.posts] + texts(page) == texts(market.get("/heard/"))


@pytest.mark.alike
@pytest.mark.parametrize("key", ["x", "WzFd", "W10=", write_key(Key(NOON, 10**30))])
def test_place_that_is_none_is_refused(key: str) -> None:
    assert signed_in(people.mina).get(f"/heard/?after={key}").status_code == 400


@pytest.mark.alike
def test_key_reads_back() -> None:
    assert read_key(write_key(Key(NOON, 7))) == Key(NOON, 7)


def test_rare_posts_are_looked_for_as_long_as_there_is_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A page costs a bounded time; the next one goes on where it stopped, and none is missed."""
    monkeypatch.setattr("amends.desk.queries.newest.FIRST_PART", 2)
    monkeypatch.setattr("amends.desk.queries.newest.LARGEST_PART", 2)
    for number in range(9):
        text = "needle" if number in {1, 7} else "hay"
        heard(text, handle=f"h{number}", at=NOON - timedelta(minutes=number))
    clock = count()
    wanted, found, stops = HeardFilter(words="needle"), [], []
    while True:
        page = heard_page(
            wanted, threshold=0.5, tick=lambda: float(next(clock)), size=2, budget=2.0
        )
        found += [post.created_at for post in page.posts]
        stops.append(page.looked)
        if not page.next:
            break
        wanted = HeardFilter(words="needle", after=page.next)
    assert found == [NOON - timedelta(minutes=1), NOON - timedelta(minutes=7)]
    assert stops == [4, 4, None]


def test_watchs_posts_come_by_the_time_they_were_written() -> None:
    """The last imported may be the oldest."""
    for hours in (3, 1, 2):
        heard(f"{hours} h", handle=f"h{hours}", at=NOON - timedelta(hours=hours))
    first = heard_page(HeardFilter(watch=watch().pk), threshold=0.5, tick=lambda: 0.0, size=2)
    second = heard_page(
        HeardFilter(watch=watch().pk, after=first.next), threshold=0.5, tick=lambda: 0.0
    )
    assert [p.text for p in [*first.posts, *second.posts]] == ["1 h", "2 h", "3 h"]


def test_table_holds_the_view_and_no_formula(market: Client) -> None:
    heard("=cmd()", handle="@evil", watches=matched(WatchKind.TOPIC, "lost luggage"))
    page = market.get("/heard/posts.csv?view=market")
    rows = list(csv.DictReader(page.text.splitlines()))
    assert [(row["handle"], row["text"]) for row in rows] == [
        ("'@evil", "'=cmd()"),
        ("press_pat", "luggage is a mess"),
    ]
    assert page.headers["Content-Disposition"] == 'attachment; filename="heard-market.csv"'


@pytest.mark.alike
def test_sales_sees_no_private_case_in_a_table() -> None:
    """R13: sales sees what was heard, and no private case."""
    found = case()
    type(found).objects.update(private=True)
    table = "/heard/posts.csv"
    assert found.ref in signed_in(people.mina).get(table).text
    assert found.ref not in signed_in(people.sol).get(table).text
