"""Automation on the demo network, in headless Chromium: rules, snippets, macros, many cases at once."""

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
COMPLAINT = "@brindlewing you lied to me about the gate fee and charged me twice. Robbery. {}"
SNIPPET = "{customer.first_name}, I am asking the gate desk now. Your reference is {case.ref}."
WIDE, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}


def _come_in(page: Page, desk: Desk) -> None:
    page.goto(desk.link)
    page.locator("[data-test=enter]").click()
    page.fill("input[name=name]", "Ada Berg")
    page.fill("input[name=password]", PASSWORD)
    page.locator("[data-test=save-account]").click()


def _write_snippet(page: Page) -> None:
    page.goto("/set-up/snippets/")
    page.locator("[data-test=snippet-new]").click()
    page.fill("[name=key]", "gate-desk")
    page.fill("[name=name]", "We ask the gate desk")
    page.locator("[name=text_0]").press_sequentially(SNIPPET[:30])
    page.fill("[name=text_0]", SNIPPET)
    expect(page.locator("[data-test=reads]")).to_contain_text("gate desk now", timeout=SLOW_MS)
    picture(page, "60-snippet")
    page.locator("[data-test=save-snippet]").click()


def _make_macro(page: Page) -> None:
    page.goto("/set-up/macros/new/")
    page.fill("[name=name]", "Gate fee")
    page.select_option("[name=key]", "1")
    page.fill("[name=label]", "gate fee")
    page.select_option("[name=person]", "me")
    page.select_option("[name=insert]", label="gate-desk")
    expect(page.locator("[data-test=says]")).to_contain_text("take it yourself", timeout=SLOW_MS)
    picture(page, "61-macro")
    page.locator("[data-test=save-macro]").click()


def _make_rule(page: Page) -> None:
    """The rule reads as a sentence and shows what it would have done, before it is saved."""
    page.goto("/set-up/rules/new/")
    page.fill("[name=name]", "Grave at the gate")
    page.locator("summary", has_text="Words in the post").click()
    page.fill("[name=words]", "gate fee")
    page.fill("[name=do_label]", "grave")
    page.select_option("[name=do_priority]", label="Urgent")
    expect(page.locator("[data-test=says]")).to_have_text(
        'When a case opens and it says "gate fee", label it "grave" and set its priority to urgent.',
        timeout=SLOW_MS,
    )
    picture(page, "62-rule")
    page.locator("[data-test=save-rule]").click()
    page.locator("[data-test=switch]").click()
    expect(page.locator("[data-test=standing]")).to_have_text("on")


def _complain(home: Path, number: int) -> None:
    network = DemoNetwork(home / "demo.sqlite3", seed=7, clock=SystemClock())
    handle = f"dora_voss{number}"
    network.signup(handle, name="Dora Voss")
    network.post(handle, COMPLAINT.format(number))


def _answer(page: Page) -> None:
    """Snippets at the cursor, a macro by its digit; what was typed stays."""
    field = page.locator("[data-test=text-public]")
    page.locator("#case-title").click()
    page.keyboard.press("1")
    expect(page.locator("[data-test=case-marks]")).to_contain_text("Ada Berg", timeout=SLOW_MS)
    expect(field).to_have_value(re.compile("^Dora, I am asking the gate desk now"))
    field.fill("I see it.  Sorry.")
    field.evaluate("it => it.setSelectionRange(10, 10)")
    field.focus()
    page.keyboard.press("Control+/")
    page.locator("#snippet-words").press_sequentially("gate-d")
    expect(page.locator("[data-test=snippet]")).to_have_count(1, timeout=SLOW_MS)
    picture(page, "63-snippets-in-composer")
    page.keyboard.press("Enter")
    expect(field).to_have_value(
        "I see it. Dora, I am asking the gate desk now. Your reference is"
        f" {page.url.split('/')[4]}. Sorry."
    )
    page.locator("#case-title").click()
    page.keyboard.press("1")
    expect(page.locator("[data-test=macro-offer]")).to_be_visible(timeout=SLOW_MS)
    assert field.input_value().startswith("I see it.")
    picture(page, "64-macro-asks")


def _change_many(page: Page) -> None:
    page.goto("/inbox/")
    for box in page.locator("[data-test=pick]").all():
        box.check()
    picture(page, "65-many-chosen")
    page.locator("[data-test=change-many]").click()
    page.fill("#many-label", "storm")
    page.locator("[data-test=many-preview]").click()
    expect(page.locator("[data-test=preview]")).to_contain_text("would be labelled “storm”")
    picture(page, "66-many-preview")
    page.locator("[data-test=many-do]").click()
    page.locator("[data-test=undo-many]").click()
    expect(page.locator("main")).to_contain_text("brought back")


def test_desk_does_by_itself_what_its_rules_say_and_by_one_key_what_macros_say(
    browser: Browser, desk: Desk, home: Path
) -> None:
    """Issue 5, item 10, on the pages: a rule acts on a complaint, people go on by keys."""
    with page_of(browser, desk.address) as page:
        _come_in(page, desk)
        _write_snippet(page)
        _make_macro(page)
        _make_rule(page)
        for number in (1, 2):
            _complain(home, number)
        page.goto("/inbox/?tab=all&label=grave")
        row = page.locator("[data-test=case-row]", has_text="Robbery. 1")
        expect(row).to_be_visible(timeout=SLOW_MS)
        row.click()
        expect(page.locator("#trail")).to_contain_text(
            "The rule “Grave at the gate” (version 1) put on the label “grave”", timeout=SLOW_MS
        )
        _answer(page)
        _change_many(page)
        shots = (("wide", WIDE, "light"), ("phone", PHONE, "light"), ("dark", WIDE, "dark"))
        for name, size, theme in shots:
            page.set_viewport_size(size)  # type: ignore[arg-type]
            page.context.add_cookies(
                [{"name": "amends_theme", "value": theme, "url": desk.address}]
            )
            for path in ("rules/1", "snippets/1", "macros/1"):
                page.goto(f"/set-up/{path}/")
                picture(page, f"67-{path.split('/')[0]}-{name}")
            page.goto("/inbox/")
            picture(page, f"68-inbox-{name}")
