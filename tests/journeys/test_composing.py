"""The composer's Insert menu in headless Chromium: with the mouse, and with keys alone."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, StorageState, expect

from amends.connectors.demo import DemoNetwork
from amends.terms import SystemClock
from tests.support.browser import page_of, picture
from tests.support.desk import Desk

pytestmark = pytest.mark.browser

SLOW_MS = 20_000  # what the worker and the network do, on a busy machine
PASSWORD = "a-long-enough-pass-phrase"
ROUTE = "Call us on +49 30 901820."
FIRST, LAST = "Dear Rosa, that hurts.", "More soon."
PHONE = {"width": 390, "height": 844}


@pytest.fixture(scope="module")
def state(browser: Browser, desk: Desk, home: Path) -> StorageState:
    """Somebody who has come in, a brand that can be called, and a complaint."""
    network = DemoNetwork(home / "demo.sqlite3", seed=7, clock=SystemClock())
    network.signup("rosa_lind", name="Rosa Lind")
    with page_of(browser, desk.address) as page:
        page.goto(desk.link)
        page.locator("[data-test=enter]").click()
        page.fill("input[name=name]", "Ada Berg")
        page.fill("input[name=password]", PASSWORD)
        page.locator("[data-test=save-account]").click()
        page.goto("/set-up/brands/1/")
        page.fill("[name=contact_route]", ROUTE)
        page.locator("main form button.main").first.click()
        network.post("rosa_lind", "@brindlewing my cello came back broken. Furious.")
        return page.context.storage_state()


def _open(page: Page) -> Locator:
    page.goto("/inbox/")
    row = page.locator("[data-test=case-row]", has_text="cello")
    expect(row).to_be_visible(timeout=SLOW_MS)
    row.click()
    expect(page.locator("[data-test=text-public]")).to_be_visible()
    return page.locator("[data-test=text-public]")


def _put_cursor(field: Locator, behind: str) -> None:
    """As a person does: by the arrow keys, from the beginning."""
    field.focus()
    field.press("Control+Home")
    for _ in behind:
        field.press("ArrowRight")


def test_insert_menu_puts_words_at_the_cursor_and_closes(
    browser: Browser, desk: Desk, state: StorageState
) -> None:
    with page_of(browser, desk.address, storage_state=state) as page:
        field, menu = _open(page), page.locator("details.inserts")
        field.fill(f"{FIRST} {LAST}")
        _put_cursor(field, FIRST)
        page.locator("[data-test=inserts]").click()
        picture(page, "90-insert-menu")
        page.locator("[data-test=insert-route]").click()
        expect(field).to_have_value(f"{FIRST} {ROUTE} {LAST}")
        expect(menu).not_to_have_attribute("open", "")
        expect(field).to_be_focused()
        page.locator("[data-test=inserts]").click()
        page.locator("#case-title").click()
        expect(menu).not_to_have_attribute("open", "")
        field.fill("")
    with page_of(
        browser, desk.address, storage_state=state, viewport=PHONE, color_scheme="dark"
    ) as page:
        _open(page)
        page.locator("[data-test=inserts]").click()
        expect(page.locator("[data-test=insert-route]")).to_be_in_viewport(ratio=1)
        picture(page, "91-insert-menu-on-a-phone")


def test_long_reply_keeps_its_button_on_the_screen_and_what_was_said_of_it_goes(
    browser: Browser, desk: Desk, state: StorageState
) -> None:
    with page_of(browser, desk.address, refused=True, storage_state=state) as page:
        field, send = _open(page), page.locator(".composer .send.main")
        page.set_viewport_size({"width": 1280, "height": 720})
        field.fill("\n".join(["One line of many."] * 40))
        expect(page.locator(".guard.is-stop")).to_be_visible()
        expect(send).to_be_in_viewport(ratio=1)
        expect(page.locator(".trail-scroll")).to_be_in_viewport(ratio=1)
        send.click()
        expect(page.locator("#case-error")).to_be_visible()
        expect(send).to_be_in_viewport(ratio=1)
        page.locator(".write.public textarea").fill("Short.")
        expect(page.locator("#case-error")).to_have_count(0)
        page.locator(".write.public textarea").fill("")


def test_insert_menu_is_opened_walked_used_and_left_by_keys_alone(
    browser: Browser, desk: Desk, state: StorageState
) -> None:
    """WCAG 2.1.1. Escape goes back to where one was, and what was typed stays."""
    with page_of(browser, desk.address, storage_state=state) as page:
        field, menu = _open(page), page.locator("details.inserts")
        field.fill(FIRST)
        page.locator("[data-test=inserts]").focus()
        page.keyboard.press("Enter")
        expect(menu).to_have_attribute("open", "")
        page.keyboard.press("Tab")
        expect(page.locator("[data-test=snippets]")).to_be_focused()
        page.keyboard.press("Escape")
        expect(menu).not_to_have_attribute("open", "")
        expect(page.locator("[data-test=inserts]")).to_be_focused()
        expect(field).to_have_value(FIRST)
        page.keyboard.press("Space")
        for _ in range(3):  # snippet, hand-off link, contact route
            page.keyboard.press("Tab")
        expect(page.locator("[data-test=insert-route]")).to_be_focused()
        page.keyboard.press("Enter")
        expect(field).to_have_value(f"{FIRST} {ROUTE}")
        expect(menu).not_to_have_attribute("open", "")
        expect(field).to_be_focused()
        page.keyboard.press("Alt+i")
        expect(field).to_have_value(re.compile(r"30 901820\. .* http\S+/h/[\w-]{34}/$"))
        field.fill("")
