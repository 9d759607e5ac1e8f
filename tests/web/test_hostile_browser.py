"""Everything hostile in every field, on every page, in a real browser: nothing runs or breaks out."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.support.browser import chromium, page_of
from tests.support.desk import Desk, running_desk
from tests.support.hostile import ATTACKS

pytestmark = pytest.mark.browser

REFS = [f"H{number}" for number in range(1, len(ATTACKS) + 1)]
PLACES = [
    "/inbox/", "/inbox/?tab=mine", "/inbox/?tab=unassigned", "/inbox/?tab=acknowledge",
    "/inbox/?tab=close-out", "/inbox/?tab=done", "/heard/", "/heard/?mood=praise",
    "/heard/?mood=complaint&kind=competitor", "/listening/", "/set-up/", "/set-up/brands/new/",
    "/heard/?view=competitors&about=all", "/heard/?view=their-customers", "/heard/?view=market",
    "/heard/?view=praise&lang=%22%3E&words=%3Cb%3E", "/set-up/authors/", "/set-up/brands/1/", "/set-up/channels/", "/set-up/channels/1/", "/set-up/channels/new/demo/",
    "/set-up/channels/new/bluesky/", "/set-up/watches/", "/set-up/watches/new/", "/people/",
    "/owed/", "/set-up/private/", "/set-up/private/1/", "/set-up/budgets/", "/cases/new/",
    "/people/1/", "/people/2/", "/people/invite/", "/account/",
    *(f"/set-up/watches/{number}/" for number in range(1, len(ATTACKS) + 1)),
    *(f"/cases/{ref}/" for ref in REFS),
]  # fmt: skip
SHAPES = {"wide": {"width": 1440, "height": 900}, "narrow": {"width": 390, "height": 844}}
TOO_WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    home = tmp_path_factory.mktemp("home")
    env = {name: value for name, value in os.environ.items() if not name.startswith("AMENDS_")}
    fill = [sys.executable, "-m", "tests.support.hostile"]
    root = Path(__file__).resolve().parents[2]
    subprocess.run(fill, env=env | {"AMENDS_HOME": str(home)}, cwd=root, check=True, timeout=120)
    with running_desk(home, demo="no") as running:
        yield running


@pytest.fixture(scope="module")
def cookies(desk: Desk) -> Iterator[tuple[Browser, dict[str, object]]]:
    """A browser, and the state of somebody who has come in."""
    with chromium() as browser:
        with page_of(browser, desk.address) as page:
            page.goto(desk.link)
            page.locator("[data-test=enter]").click()
            page.wait_for_url("**/account/")
            state = dict(page.context.storage_state())
        yield browser, state


@pytest.mark.parametrize("shape", SHAPES)
def test_nothing_hostile_runs_or_breaks_a_layout(
    desk: Desk, cookies: tuple[Browser, dict[str, object]], shape: str
) -> None:
    browser, state = cookies
    wrong: list[tuple[str, str]] = []
    with page_of(browser, desk.address, storage_state=state, viewport=SHAPES[shape]) as page:
        page.on("dialog", lambda dialog: wrong.append(("dialog", dialog.message)))
        page.on("request", lambda asked: _foreign(asked.url, desk.address, wrong))
        for place in PLACES:
            page.goto(place)
            wrong += [(place, said) for said in _wrongs(page)]
    assert wrong == []


def test_nothing_hostile_runs_in_the_parts_that_come_later(
    desk: Desk, cookies: tuple[Browser, dict[str, object]]
) -> None:
    """The palette, the live list, the changed case, the sample and the search."""
    browser, state = cookies
    with page_of(browser, desk.address, storage_state=state) as page:
        page.goto(f"/cases/{REFS[0]}/")
        page.keyboard.press("Control+k")
        page.locator("#palette-goals a").first.wait_for()
        wrong = _wrongs(page)
        page.keyboard.press("Escape")
        for attack in ATTACKS:
            with page.expect_response(lambda answer: "/inbox/?" in answer.url):
                page.fill("#search", attack[:100])
            wrong += _wrongs(page)
        with page.expect_response(lambda answer: "/trail/" in answer.url):
            page.evaluate("document.body.dispatchEvent(new Event('amends:changed'))")
        wrong += _wrongs(page)
        page.goto("/set-up/watches/new/")
        with page.expect_response(lambda answer: "/sample/" in answer.url):
            page.fill("[name=phrases]", "halcyon")
            page.locator("[name=phrases]").blur()
        wrong += _wrongs(page)
        page.goto("/heard/")
        with page.expect_response(lambda answer: "/heard/?" in answer.url):
            page.fill("#search", ATTACKS[0])
        wrong += _wrongs(page)
        page.locator("details.menu summary").first.click()
        wrong += _wrongs(page)
    assert wrong == []


def test_query_is_tried_as_one_types_and_what_was_heard_is_gone_through_by_keys(
    desk: Desk, cookies: tuple[Browser, dict[str, object]]
) -> None:
    """R04: the set-up page shows live what a query would catch, and where it goes wrong."""
    browser, state = cookies
    with page_of(browser, desk.address, storage_state=state) as page:
        page.goto("/set-up/watches/new/")
        page.get_by_text("By a query").click()
        page.locator("[name=query]").press_sequentially("halcyon -nosuch", delay=5)
        page.locator("[data-test=read-as]", has_text="halcyon -nosuch").wait_for()
        assert page.locator("#watch-sample .posts mark").first.inner_text() == "Halcyon"
        page.fill("[name=query]", "halcyon )")
        assert page.locator("#watch-sample mark.wrong").inner_text() == ")"
        page.fill("[name=query]", "halcyon -nosuch")
        page.fill("[name=name]", "By Enter")
        page.locator("[name=name]").press("Enter")  # presses "Save", not what stands before it
        page.wait_for_url("**/set-up/watches/")
        page.goto("/heard/")
        page.keyboard.press("j")
        page.keyboard.press("j")
        second = page.evaluate(
            "document.activeElement === document.querySelectorAll('#rows > [data-row]')[1]"
        )
        page.keyboard.press("/")
        focused = page.evaluate("document.activeElement.id")
        page.select_option("[name=mood]", "complaint")
        page.wait_for_url("**/heard/?mood=complaint")
        assert (second, focused) == (True, "search")


def _wrongs(page: Page) -> list[str]:
    found = []
    if page.evaluate("'struck' in window"):
        found.append("a script ran")
    if (over := page.evaluate(TOO_WIDE)) > 0:
        found.append(f"{over} px too wide")
    if page.evaluate("document.querySelectorAll('iframe, base, [onerror], [onload]').length"):
        found.append("an element of a stranger's")
    if page.evaluate("document.body.offsetHeight") == 0:
        found.append("nothing is shown")
    return found


def _foreign(url: str, home: str, wrong: list[tuple[str, str]]) -> None:
    if not url.startswith((home, "data:")):
        wrong.append(("asked elsewhere", url))
