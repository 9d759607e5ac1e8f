"""The list of cases."""

import base64
import itertools
import json
import re
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test.utils import CaptureQueriesContext

from amends.casework import Priority
from amends.desk.actions import assign_case, label_case, prioritise_case, resolve_case
from amends.desk.actions.delivery import claim_reply, settle_unknown
from amends.desk.models import AuthorRow, Case, SlaPolicyRow
from amends.desk.queries.inbox import MOST_COUNTED, InboxFilter, Tab, inbox_page
from amends.terms import Mention
from amends.web.views.inbox import counted
from tests import factories, people
from tests.factories import NOON
from tests.web.support import HTMX, Asking, Page, fragment, signed_in

pytestmark = pytest.mark.database


def _rows(source: str) -> list[str | None]:
    return [row["data-ref"] for row in Page(source).hooks("case-row")]


def _case(handle: str, *, minutes: int = 0, priority: Priority = Priority.NORMAL) -> Case:
    text = f"Halcyon lost the bag of {handle}"
    at = NOON - timedelta(minutes=minutes)
    case = factories.case(text, handle=handle, at=at)
    Case.objects.filter(pk=case.pk).update(opened_at=at)  # else all were heard at noon
    return prioritise_case(case, priority=priority, by=people.priya(), now=NOON)


def _listed(query: str = "", person: str = "mina") -> list[str | None]:
    return _rows(fragment(signed_in(getattr(people, person)()), f"/inbox/{query}"))


def test_what_waiting_costs_most_comes_first() -> None:
    """R19: by clock, severity and spread; a low case does not wait for ever."""
    new, old = _case("new", minutes=1), _case("old", minutes=9)
    urgent = _case("urgent", priority=Priority.URGENT)
    low = _case("low", minutes=60 * 24, priority=Priority.LOW)
    spread = _case("spread", minutes=5)
    factories.store(*(_answer_to(spread, name) for name in ("ann", "bob", "cem")))
    assert _listed() == [low.ref, urgent.ref, spread.ref, old.ref, new.ref]


def _answer_to(case: Case, handle: str) -> Mention:
    first = case.first_post.native_id
    return factories.mention("Me too!", handle=handle, in_reply_to=first, complaint=0.1)


def test_followers_move_nobody_up() -> None:
    """Priority never rests on follower count: a documented bias."""
    first, famous = _case("first", minutes=2), _case("famous", minutes=1)
    AuthorRow.objects.filter(handle="famous").update(followers=9_000_000)
    label_case(famous, name="vip", by=people.mina(), now=NOON)
    assert _listed() == [first.ref, famous.ref]


@pytest.mark.alike
def test_row_says_why_it_stands_where_it_stands() -> None:
    """Clock, severity, spread; and no faces."""
    case = _case("rosa", priority=Priority.HIGH)
    factories.store(_answer_to(case, "ann"))
    page = Page(fragment(signed_in(people.mina()), "/inbox/"))
    clock = [attrs for _, attrs in page.tags if attrs.get("data-since") == "due"]
    facts = {name: clock[0][name] for name in ("class", "data-what", "datetime")}
    assert facts == {
        "class": "due late", "data-what": "acknowledgement", "datetime": "2026-03-02T12:30:00+00:00",
    }  # fmt: skip
    assert re.search(r"late by \d+ d , high priority, taken up once by others", page.words)
    assert [tag for tag, _ in page.tags if tag in {"img", "picture"}] == []


@pytest.mark.alike
def test_case_nobody_owes_anything_comes_last_and_says_so() -> None:
    free = _case("free", priority=Priority.URGENT)
    SlaPolicyRow.objects.create(name="None", priority=Priority.URGENT, times={})
    label_case(free, name="x", by=people.mina(), now=NOON)
    other = _case("other", minutes=1)
    assert _listed() == [other.ref, free.ref]
    assert "no clock runs, urgent" in fragment(signed_in(people.mina()), "/inbox/")


@pytest.mark.alike
@pytest.mark.parametrize(
    ("tab", "index"),
    [
        (Tab.ALL, "cases_by_rank"),
        (Tab.MINE, "cases_of_an_owner_by_rank"),
        (Tab.UNASSIGNED, "cases_of_nobody_by_rank"),
        (Tab.ACKNOWLEDGE, "cases_to_acknowledge_by_rank"),
        (Tab.CLOSE_OUT, "cases_settled_by_state"),
        (Tab.DONE, "cases_latest_first"),
        (Tab.SNOOZED, "cases_to_wake"),
    ],
)
@pytest.mark.parametrize("further", [False, True])
def test_every_tab_is_read_in_the_order_of_an_index(tab: Tab, index: str, further: bool) -> None:
    """However many cases there are, a page is as quick: nothing is sorted. SQLite's plans alone;
    PostgreSQL plans by figures that a desk of a few cases lacks."""
    place = [1, 1] if index.endswith("rank") else [NOON.isoformat(), 1]
    after = base64.urlsafe_b64encode(json.dumps(place).encode()).decode() if further else ""
    with CaptureQueriesContext(connection) as asked:
        inbox_page(people.mina(), InboxFilter(tab=tab, after=after))
    page = next(one["sql"] for one in asked if "LIMIT" in one["sql"] and "desk_case" in one["sql"])
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {page}".replace("%", "%%"))
        plan = " ".join(str(row) for row in cursor.fetchall())
    assert f"USING INDEX {index}" in plan
    assert "TEMP B-TREE" not in plan


@pytest.mark.alike
def test_row_says_who_waits_and_since_when() -> None:
    _case("rosa", minutes=4)
    source = signed_in(people.mina()).get("/inbox/").content.decode()
    times = [attrs for tag, attrs in Page(source).tags if attrs.get("data-since") == "waiting"]
    assert times == [
        {
            "class": "wait",
            "datetime": "2026-03-02T11:56:00+00:00",
            "title": "Waiting since 2 March 2026, 11:56:00 UTC",
            "data-since": "waiting",
        }
    ]
    assert "@rosa" in source


def test_tabs_split_the_cases() -> None:
    mine, nobodys, settled = _case("a", minutes=3), _case("b", minutes=2), _case("c", minutes=1)
    mina = people.mina()
    assign_case(mine, to=mina, by=mina, now=NOON)
    assign_case(settled, to=mina, by=mina, now=NOON)
    resolve_case(settled, by=mina, now=NOON)
    tabs = ("all", "mine", "unassigned", "acknowledge", "close-out", "done")
    assert {tab: _listed(f"?tab={tab}") for tab in tabs} == {
        "all": [mine.ref, nobodys.ref],
        "mine": [mine.ref],
        "unassigned": [nobodys.ref],
        "acknowledge": [mine.ref, nobodys.ref],
        "close-out": [settled.ref],
        "done": [],
    }


def test_tabs_say_how_many_they_hold() -> None:
    _case("a")
    page = Page(signed_in(people.mina()).get("/inbox/").content.decode())
    assert page.hooks("tab-unassigned") != []
    tabs = "Mine 0 Unassigned 1 All 1 Done Needs acknowledgement 1 Awaiting close-out 0 Snoozed 0"
    assert tabs in page.words


def test_counting_ends_somewhere() -> None:
    assert [counted(n) for n in (None, 0, MOST_COUNTED, MOST_COUNTED + 1)] == [
        None, "0", "1000", "1000+",
    ]  # fmt: skip


def test_filters_narrow_the_list() -> None:
    plain, high = _case("plain"), _case("high", priority=Priority.HIGH)
    label_case(plain, name="refund", by=people.mina(), now=NOON)
    queries = ("?priority=3", "?label=refund", "?network=bluesky", "?search=@plain", "?state=new")
    assert [_listed(query) for query in queries] == [
        [high.ref],
        [plain.ref],
        [],
        [plain.ref],
        [high.ref, plain.ref],
    ]


HOSTILE = [
    "' OR 1=1 --",
    "%' AND 1=0 UNION SELECT",
    "a\0b",
    "\\",
    "%",
    "_",
    '"',
    "((((",
    "💥" * 300,
]


@pytest.mark.usefixtures("_known")
def test_no_filter_value_breaks_or_widens_the_list() -> None:
    factories.case("Halcyon, in private", private=True, to_us=True)
    client, wrong = Asking(WHO=people.sol()), []
    names = ("search", "state", "network", "priority", "label", "tab", "shown")
    for name, text in itertools.product(names, HOSTILE):
        answer = client.get(f"/inbox/?{urlencode({name: text})}", headers=HTMX)
        assert isinstance(answer, HttpResponse)
        if (answer.status_code, _rows(answer.content.decode())) != (200, []):
            wrong.append((name, text, answer.status_code))
    assert wrong == []


@pytest.mark.alike
def test_page_key_that_was_tampered_with_is_refused() -> None:
    assert (
        signed_in(people.mina()).get("/inbox/?after=bm9uc2Vuc2U=", headers=HTMX).status_code == 400
    )


def _many_cases(count: int) -> None:
    factories.heard_at_once(
        *(
            factories.mention(handle=f"c{number}", at=NOON - timedelta(minutes=number))
            for number in range(count)
        )
    )


def test_further_pages_repeat_and_skip_nobody() -> None:
    _many_cases(53)
    client = signed_in(people.mina())
    first = fragment(client, "/inbox/")
    more = next(a["hx-get"] for _, a in Page(first).tags if "after=" in (a.get("hx-get") or ""))
    both = _rows(first) + _rows(fragment(client, str(more)))
    assert (len(_rows(first)), len(both), len(set(both))) == (50, 53, 53)


def test_refresh_keeps_a_list_that_grew() -> None:
    _many_cases(53)
    assert len(_listed("?shown=53")) == 53


@pytest.mark.alike
def test_list_renders_alone_and_inside_its_page() -> None:
    _case("rosa")
    client = signed_in(people.mina())
    part, page = fragment(client, "/inbox/"), client.get("/inbox/").content.decode()
    assert "<html" not in part
    assert "<html" in page
    assert part.strip() in page


@pytest.mark.alike
def test_going_back_in_history_gets_the_whole_page() -> None:
    headers = {**HTMX, "HX-History-Restore-Request": "true"}
    page = signed_in(people.mina()).get("/inbox/", headers=headers).content.decode()
    assert "<html" in page


@pytest.mark.alike
def test_list_asks_the_database_as_often_for_one_row_as_for_three() -> None:
    client, asked = signed_in(people.mina()), dict[int, int]()
    for number in range(1, 4):
        label_case(_case(f"c{number}"), name=f"l{number}", by=people.mina(), now=NOON)
        with CaptureQueriesContext(connection) as queries:
            assert len(_rows(client.get("/inbox/").content.decode())) == number
        asked[number] = len(queries)
    assert asked[3] == asked[1]


@pytest.mark.alike
def test_reply_nobody_knows_about_is_marked_in_the_list() -> None:
    case = _case("rosa")
    client = signed_in(people.mina())
    client.post(f"/cases/{case.ref}/write/", {"mode": "public", "text_public": "I am sorry"})
    claimed = claim_reply(now=NOON + timedelta(days=9999), holder="w")
    assert claimed is not None
    settle_unknown(claimed, "no answer", now=NOON, look_up_at=NOON)
    assert "reply not known" in fragment(client, "/inbox/")


EMPTY = {
    "": "Nobody is waiting",
    "?tab=mine": "Nothing is yours",
    "?tab=close-out": "Nothing to close out",
    "?search=zebra": "Nothing matches",
}


@pytest.mark.alike
def test_empty_list_says_what_will_appear_and_offers_one_action() -> None:
    client = signed_in(people.mina())
    for query, words in EMPTY.items():
        source = fragment(client, f"/inbox/{query}")
        assert words in source, query
        assert source.count('class="button"') == 1, query


PLACES = [
    '{"-1": 1, "-2": "x"}',
    "[1, 2]",
    "[2, Infinity, 1]",
    '[2, "2026-01-01T00:00:00", 1]',
    '[2, "0001-01-01T00:00:00+14:00", 1]',
    f'[2, "2026-01-01T00:00:00Z", {10**30}]',
    f'[{10**30}, "2026-01-01T00:00:00Z", 1]',
    "[" * 250,
    "null",
    '"a"',
    "\ud800",
]


@pytest.mark.usefixtures("_known", "_undrawn")
def test_made_up_place_in_the_list_breaks_nothing() -> None:
    factories.case()
    client, broken = Asking(WHO=people.mina()), []
    for tab, place in itertools.product(("all", "done"), PLACES):
        after = base64.urlsafe_b64encode(place.encode("utf-8", "surrogatepass")).decode()
        status = client.get(f"/inbox/?{urlencode({'after': after, 'tab': tab})}").status_code
        broken += [] if status in {200, 400} else [(tab, place, status)]
    assert broken == []
