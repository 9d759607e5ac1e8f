"""The list of cases."""

import base64
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from amends.casework import Priority
from amends.desk.actions import assign_case, label_case, prioritise_case, resolve_case
from amends.desk.actions.delivery import claim_reply, settle_unknown
from amends.desk.models import Case
from tests import factories, people
from tests.factories import NOON
from tests.web.support import HTMX, Page, fragment, signed_in

pytestmark = pytest.mark.database


def _rows(source: str) -> list[str | None]:
    return [row["data-ref"] for row in Page(source).hooks("case-row")]


def _case(handle: str, *, minutes: int = 0, priority: Priority = Priority.NORMAL) -> Case:
    text = f"Halcyon lost the bag of {handle}"
    case = factories.case(text, handle=handle, at=NOON - timedelta(minutes=minutes))
    return prioritise_case(case, priority=priority, by=people.priya(), now=NOON)


def _listed(query: str = "", person: str = "mina") -> list[str | None]:
    return _rows(fragment(signed_in(getattr(people, person)()), f"/inbox/{query}"))


def test_highest_priority_comes_first_then_longest_waiting() -> None:
    new, old = _case("new", minutes=1), _case("old", minutes=9)
    urgent = _case("urgent", priority=Priority.URGENT)
    assert _listed() == [urgent.ref, old.ref, new.ref]


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
    tabs = "Mine 0 Unassigned 1 All 1 Done Needs acknowledgement 1 Awaiting close-out 0"
    assert tabs in page.words


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


@pytest.mark.parametrize(
    "name", ["search", "state", "network", "priority", "label", "tab", "shown"]
)
def test_no_filter_value_breaks_or_widens_the_list(name: str) -> None:
    factories.case("Halcyon, in private", private=True, to_us=True)
    client = signed_in(people.sol())
    answers = {text: client.get("/inbox/", {name: text}, headers=HTMX) for text in HOSTILE}
    found = {
        text: (answer.status_code, _rows(answer.content.decode()))
        for text, answer in answers.items()
    }
    assert found == dict.fromkeys(HOSTILE, (200, []))


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
@pytest.mark.parametrize("rows", [1, 3])
def test_list_asks_the_database_as_often_for_one_row_as_for_three(rows: int) -> None:
    for number in range(rows):
        label_case(_case(f"c{number}"), name=f"l{number}", by=people.mina(), now=NOON)
    client = signed_in(people.mina())
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert len(_rows(client.get("/inbox/").content.decode())) == rows
    assert len(asked) == 11


@pytest.mark.alike
def test_reply_nobody_knows_about_is_marked_in_the_list() -> None:
    case = _case("rosa")
    client = signed_in(people.mina())
    client.post(f"/cases/{case.ref}/write/", {"mode": "public", "text_public": "I am sorry"})
    claimed = claim_reply(now=NOON + timedelta(days=9999), holder="w")
    assert claimed is not None
    settle_unknown(claimed, "no answer", now=NOON, look_up_at=NOON)
    assert "reply not known" in fragment(client, "/inbox/")


@pytest.mark.alike
@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("", "Nobody is waiting"),
        ("?tab=mine", "Nothing is yours"),
        ("?tab=close-out", "Nothing to close out"),
        ("?search=zebra", "Nothing matches"),
    ],
)
def test_empty_list_says_what_will_appear_and_offers_one_action(query: str, words: str) -> None:
    source = fragment(signed_in(people.mina()), f"/inbox/{query}")
    assert words in source
    assert source.count('class="button"') == 1


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


@pytest.mark.parametrize("tab", ["all", "done"])
def test_made_up_place_in_the_list_breaks_nothing(tab: str) -> None:
    factories.case()
    client, broken = signed_in(people.mina()), []
    for place in PLACES:
        after = base64.urlsafe_b64encode(place.encode("utf-8", "surrogatepass")).decode()
        status = client.get("/inbox/", {"after": after, "tab": tab}).status_code
        broken += [] if status in {200, 400} else [(place, status)]
    assert broken == []
