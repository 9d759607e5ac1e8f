"""Who may speak, on the demo network in headless Chromium: policy, training, signature, deputy."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from amends.casework.training import shipped
from amends.connectors.demo import DemoNetwork
from amends.terms import SystemClock
from tests.support.browser import bring_into_sight, page_of, picture
from tests.support.desk import Desk, running_desk

pytestmark = pytest.mark.browser

SLOW_MS = 20_000  # what the worker and the network do, on a busy machine
COMPLAINT = "@brindlewing three calls and nobody can tell me where my pram is. Robbery."
POLICY = """# Who we are when we answer
We answer people, by name, in the room they chose.
- Sign what you write.
- Nothing personal in public.

# What we never do
- Threaten, or ask for silence."""


@pytest.fixture(scope="module")
def desk(home: Path) -> Iterator[Desk]:
    with running_desk(home) as running:
        yield running


def _come_in(page: Page, desk: Desk) -> None:
    page.goto(desk.link)
    page.locator("[data-test=enter]").click()
    page.fill("input[name=name]", "Ada Berg")
    page.fill("input[name=password]", "a-long-enough-pass-phrase")
    page.locator("input[name=signs][value=first]").check()
    page.locator("[data-test=save-account]").click()


def _ask_for_policy_and_training(page: Page) -> None:
    page.goto("/set-up/speaking/")
    page.fill("[name=text]", POLICY)
    page.select_option("[name=days]", "0")
    page.locator("[data-test=publish-policy]").click()
    page.locator("[name=trained][value=yes]").check()
    page.fill("[name=trained_from]", "2026-01-01")
    for box in page.locator("[name=names]").all():
        box.set_checked(box.get_attribute("value") == "listen-first")
    page.locator("[name=must_sign]").check()
    page.locator("[data-test=save-speaking]").click()
    expect(page.get_by_text("That is asked of whoever speaks")).to_be_visible()
    picture(page, "60-set-up-speaking")


def _learn(page: Page) -> None:
    page.goto("/training/")
    picture(page, "62-training")
    page.get_by_role("link", name="Listen first", exact=True).first.click()
    picture(page, "63-lesson")
    for number, question in enumerate(shipped()["listen-first"].questions):
        right = question.right if number else 0
        page.locator(f"[name=q{number}][value='{right}']").check()
    page.locator("[data-test=hand-in]").click()
    expect(page.locator("[data-test=result]")).to_contain_text("Passed, with 5 of 6")
    picture(page, "64-passed")


def _name_a_deputy(page: Page) -> None:
    """R37: the gap is told until somebody fills it."""
    page.goto("/people/invite/")
    page.fill("[name=name]", "Omar Haddad")
    page.fill("[name=email]", "omar@desk.example")
    page.locator("[data-test=send-invite]").click()
    page.goto("/set-up/")
    expect(page.locator("[data-test=keeper-gap]")).to_contain_text("It has no deputy.")
    page.goto("/set-up/channels/")
    page.locator("[data-test=keepers]").first.click()
    page.get_by_label("Deputy").select_option(label="Omar Haddad")
    picture(page, "66-keepers")
    page.locator("[data-test=save-keepers]").click()
    expect(page.locator("[data-test=keepers]")).to_contain_text("deputy Omar Haddad")


def test_only_who_read_the_policy_and_is_trained_speaks(
    browser: Browser, desk: Desk, home: Path
) -> None:
    """R27, R37, R49, R50, R51."""
    network = DemoNetwork(home / "demo.sqlite3", seed=7, clock=SystemClock())
    network.signup("dora_voss", name="Dora Voss")
    with page_of(browser, desk.address) as page:
        _come_in(page, desk)
        _ask_for_policy_and_training(page)
        network.post("dora_voss", COMPLAINT)
        page.goto("/inbox/")
        row = page.locator("[data-test=case-row]", has_text="where my pram is")
        expect(row).to_be_visible(timeout=SLOW_MS)
        row.click()
        expect(page.locator("[data-test=may-not-send]")).to_contain_text("not acknowledged yet")
        page.locator("[data-test=policy-beside] summary").click()
        expect(page.locator(".policy-text")).to_contain_text("Sign what you write.")
        picture(page, "61-may-not-send")
        case = page.url
        page.goto("/training/policy/")
        page.locator("[data-test=acknowledge]").click()
        expect(page.locator("[data-test=acknowledged]")).to_be_visible()
        _learn(page)
        page.goto(case)
        expect(page.locator("[data-test=may-not-send]")).to_have_count(0)
        page.locator("[data-test=compose-public]").click()
        page.locator("[data-test=text-public]").fill(
            "Three calls and no pram: that is hard, Dora. What did they say on the last one?"
        )
        page.locator("[data-test=send]").click()
        expect(page.locator("#case")).to_contain_text("on the last one? ^Ada", timeout=SLOW_MS)
        _name_a_deputy(page)
        page.goto("/training/people/")
        expect(page.locator("[data-test=speaker]")).to_have_count(2)
        picture(page, "65-who-may-speak")


def test_training_reads_well_on_a_phone_and_in_the_dark(browser: Browser, desk: Desk) -> None:
    phone = {"viewport": {"width": 390, "height": 844}, "color_scheme": "dark"}
    with page_of(browser, desk.address, **phone) as page:
        page.goto("/sign-in/?next=/training/modules/own-the-fault/")
        page.fill("input[name=email]", "admin@localhost")
        page.fill("input[name=password]", "a-long-enough-pass-phrase")
        page.locator("[data-test=sign-in]").click()
        expect(page.locator("[data-test=question]")).to_have_count(6)
        picture(page, "67-phone-lesson")
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        bring_into_sight(page.locator("#quiz-title"))
        picture(page, "68-phone-quiz")
        page.goto("/training/people/")
        picture(page, "69-phone-speakers")
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
