"""From complaint to close-out by the book, on the demo network, in headless Chromium."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from amends.connectors.demo import DemoNetwork
from amends.terms import SystemClock
from tests.support.browser import page_of, picture
from tests.support.desk import Desk

pytestmark = pytest.mark.browser

SLOW_MS = 20_000  # what the worker and the network do, on a busy machine
PASSWORD = "a-long-enough-pass-phrase"
COMPLAINT = "@brindlewing you charged the gate fee twice and nobody picks up the phone. Robbery."


def _come_in(page: Page, desk: Desk) -> None:
    page.goto(desk.link)
    page.locator("[data-test=enter]").click()
    page.fill("input[name=name]", "Ada Berg")
    page.fill("input[name=password]", PASSWORD)
    page.locator("[data-test=save-account]").click()


def _promise_weekdays(page: Page) -> None:
    """R35, R36: hours, what they would mean, a promise, and who is there."""
    page.goto("/set-up/clocks/hours/new/")
    page.fill("[name=name]", "Office")
    page.fill("[name=zone]", "Europe/Berlin")
    page.fill("[name=windows]", "Mon-Fri 09:30-17:00")
    page.select_option("[name=cover]", "hours")
    page.fill("[name=at]", "2026-11-22T23:10")
    expect(page.locator("[data-test=preview]")).to_contain_text(
        "Monday 23 November, 10:30", timeout=SLOW_MS
    )
    picture(page, "20-hours")
    page.locator("[data-test=save-hours]").click()
    page.goto("/set-up/rota/")
    expect(page.locator("[data-test=gaps]")).to_contain_text("09:30 to 17:00: nobody")
    page.fill("#id_windows", "Mon-Fri 09:00-18:00")
    page.fill("#id_zone", "Europe/Berlin")
    page.locator("[data-test=add-turn]").click()
    expect(page.locator("[data-test=gaps]")).to_contain_text("Somebody is there")
    picture(page, "21-rota")


def _determine(page: Page) -> None:
    """R38, R39: ours, on facts, with the fix and its date."""
    page.get_by_text("Determine", exact=True).first.click()
    page.select_option("#fault-whose", "ours")
    page.fill("#fault-facts", "Billing confirms that it was charged twice.")
    page.fill("#fault-fix", "The second fee goes back")
    page.fill("#fault-fix-on", "2030-12-01")
    page.locator("[data-test=determine]").click()
    expect(page.locator("[data-test=fault]")).to_have_text("Ours")


def _give(page: Page) -> None:
    """R41: within what the role may give."""
    page.get_by_text("Give something").click()
    page.select_option("#remedy-kind", "refund")
    page.fill("#remedy-amount", "35")
    page.fill("#remedy-currency", "EUR")
    page.locator("[data-test=offer]").click()
    expect(page.locator("[data-test=remedy]")).to_contain_text("Refund, 35.00 EUR")


def _write(page: Page, text: str) -> None:
    page.locator("[data-test=compose-public]").click()
    page.locator("[data-test=text-public]").fill(text)
    page.locator("[data-test=send]").click()


def test_case_by_the_book_from_its_clock_to_its_close_out(
    browser: Browser, desk: Desk, home: Path
) -> None:
    """R35, R36, R38, R39, R41, R42, R44: what is open keeps the case from being closed out."""
    network = DemoNetwork(home / "demo.sqlite3", seed=7, clock=SystemClock())
    network.signup("dora_voss", name="Dora Voss")
    with page_of(browser, desk.address) as page:
        _come_in(page, desk)
        _promise_weekdays(page)
        page.goto("/inbox/")
        network.post("dora_voss", COMPLAINT)
        row = page.locator("[data-test=case-row]", has_text="gate fee twice")
        expect(row.locator("[data-test=why]")).to_contain_text(
            re.compile(r"acknowledgement due in (29|30|59|60|1) (min|h)"), timeout=SLOW_MS
        )
        row.click()
        _determine(page)
        _write(page, "That was our mistake, Dora, and I am sorry. The second fee goes back today.")
        expect(page.locator("[data-test=clocks]")).to_contain_text("met in under", timeout=SLOW_MS)
        _give(page)
        picture(page, "22-amends")
        page.locator("[data-test=resolve]").click()
        expect(page.locator("[data-test=clocks]")).to_contain_text("Close-out", timeout=SLOW_MS)
        page.locator("[data-test=remedy-decide-deliver]").click()
        expect(page.locator("[data-test=remedy]")).to_contain_text("delivered", timeout=SLOW_MS)
        for kept in page.locator("[data-test=promise-decide-keep]").all():
            kept.click()
        _write(page, "The second gate fee is back on your card, Dora. Thank you for telling us.")
        expect(page.locator("[data-test=case-state]")).to_contain_text("Closed", timeout=SLOW_MS)
        picture(page, "23-closed")
