"""Taking it private on the demo network, in headless Chromium: the link, the page, a call, a letter."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
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
COMPLAINT = "@brindlewing my suitcase went to Oslo without me and nobody answers. Never again."
PHONE = {"width": 390, "height": 844}


@pytest.fixture(scope="module", autouse=True)
def _patient() -> Iterator[None]:
    """Whatever is waited for may take its time: two pages and a worker share the machine."""
    expect.set_options(timeout=SLOW_MS)
    yield
    expect.set_options(timeout=5_000)


@pytest.fixture(scope="module")
def network(desk: Desk, home: Path) -> DemoNetwork:
    made = DemoNetwork(home / "demo.sqlite3", seed=7, clock=SystemClock())
    made.signup("rosa_lind", name="Rosa Lind")
    return made


def _come_in(page: Page, link: str, name: str) -> None:
    page.goto(link)
    page.locator("[data-test=enter]").click()
    page.fill("input[name=name]", name)
    page.fill("input[name=password]", PASSWORD)
    page.locator("[data-test=save-account]").click()
    page.wait_for_url("**/inbox/**")


def _set_up(page: Page) -> str:
    """R32: what the page asks; and a colleague who may approve. Their way in."""
    page.goto("/set-up/private/")
    page.get_by_role("link", name="Change").first.click()
    page.fill("[name=label0]", "Booking")
    page.fill("[name=greeting]", "Mina and her team look after you. We answer within the hour.")
    page.fill("[name=phone]", "+49 30 901820")
    picture(page, "40-private-set-up")
    page.locator("[data-test=save-page]").click()
    expect(page.locator("[data-test=private-page]").first).to_contain_text("+49 30 901820")
    page.goto("/people/invite/")
    page.fill("[name=name]", "Priya Nair")
    page.fill("[name=email]", "priya@desk.example")
    page.select_option("[name=role]", "lead")
    page.check("[name=may_approve]")
    page.locator("main form button.main").click()
    return page.locator("[data-test=link]").input_value()


def _answer_with_link(page: Page, network: DemoNetwork, complaint: str) -> str:
    """R32: one key, in the first public reply; the address that the network shows."""
    row = page.locator("[data-test=case-row]", has_text="went to Oslo without me")
    expect(row).to_be_visible(timeout=SLOW_MS)
    row.click()
    expect(page.locator("[data-test=text-public]")).to_be_visible()
    page.locator("[data-test=compose-public]").click()
    page.locator("[data-test=text-public]").fill("A suitcase gone to Oslo is awful, Rosa.")
    page.keyboard.press("Alt+i")
    expect(page.locator("[data-test=text-public]")).to_have_value(
        re.compile(r"only we can read it: http\S+/h/[\w-]{34}/$")
    )
    page.locator("[data-test=send]").click()
    expect(page.locator("#case [data-test=post].ours")).to_be_visible(timeout=SLOW_MS)
    (reply,) = [one for one in network.thread(complaint) if one.id != complaint]
    return reply.text.split("read it: ")[1].split()[0]


def test_case_is_taken_private_and_put_right(
    browser: Browser, desk: Desk, network: DemoNetwork
) -> None:
    """R32, R33, R43, R48: seen by the person at the desk, and by the customer."""
    complaint = network.post("rosa_lind", COMPLAINT)
    with (
        page_of(browser, desk.address) as page,
        page_of(browser, desk.address, viewport=PHONE) as phone,
    ):
        _come_in(page, desk.link, "Mina Kaya")
        way_in = _set_up(page)
        page.goto("/inbox/")
        link = _answer_with_link(page, network, complaint)

        # The customer, on a telephone and without an account.
        phone.goto(link)
        expect(phone.get_by_text("We answer within the hour")).to_be_visible()
        assert phone.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
        picture(phone, "41-private-page-phone")
        phone.fill("[name=f0]", "BW 117 of Monday")
        phone.fill("[name=message]", "It is black, with a red belt. My address is Elm Road 4.")
        phone.locator("[data-test=send-page]").click()
        expect(phone.locator("[data-test=word]")).to_contain_text("red belt")
        code = phone.locator("[data-test=prove] strong.code").inner_text()
        picture(phone, "42-private-page-written")

        # It is in the case at once, beside the public thread.
        posts = page.locator("#case [data-test=post]")
        expect(posts.filter(has_text="red belt")).to_be_visible(timeout=SLOW_MS)
        expect(page.locator("[data-test=handoff]")).to_contain_text("not proven")
        network.post("rosa_lind", f"@brindlewing {code}", reply_to=complaint)
        expect(page.locator("[data-test=handoff]")).to_contain_text("proven to be them")
        page.locator("[data-test=compose-private]").click()
        expect(page.locator("#target-private")).to_contain_text("on their private page")
        page.locator("[data-test=text-private]").fill("Thank you, Rosa. It is on tonight's plane.")
        page.locator("[data-test=send]").click()
        expect(phone.locator("[data-test=word].ours")).to_contain_text("tonight")
        page.locator("[data-test=lanes] input[value=beside]").check()
        picture(page, "43-beside")

        _call(page)
        expect(phone.locator("[data-test=call-file]")).to_be_visible(timeout=SLOW_MS)
        with phone.expect_download() as saved:
            phone.locator("[data-test=call-file]").click()
        assert b"BEGIN:VEVENT" in saved.value.path().read_bytes()

        _write_letter(page)
        with page_of(browser, desk.address, color_scheme="dark") as lead:
            _come_in(lead, way_in, "Priya Nair")
            lead.goto(page.url)
            expect(lead.locator("[data-test=letter-approve]")).to_be_visible(timeout=SLOW_MS)
            picture(lead, "45-letter-dark")
            lead.locator("[data-test=letter-approve]").click()
            expect(lead.locator("[data-test=letter]")).to_contain_text("to be sent")
        page.locator("[data-test=letter-decide-page]").click()
        expect(page.locator("[data-test=letter]")).to_contain_text("on the private page")
        with phone.expect_download() as letter:
            phone.locator("[data-test=letter-file]").click()
        assert letter.value.path().read_bytes().startswith(b"%PDF-")
        picture(phone, "46-private-page-letter")


def _call(page: Page) -> None:
    """R48."""
    page.locator("[data-test=plan-call]").click()
    starts = datetime.now(UTC) + timedelta(days=1)
    page.fill("#call-starts", f"{starts:%Y-%m-%dT10:30}")
    page.fill("#call-place", "+49 30 901820")
    page.fill("#call-about", "Where the suitcase is, and how it comes to you")
    page.locator("[data-test=save-call]").click()
    expect(page.locator("[data-test=call]")).to_contain_text("10:30")


def _write_letter(page: Page) -> None:
    """R43: written at the desk, handed in."""
    page.locator("[data-test=begin-letter]").click()
    page.locator("[data-test=start-letter]").click()
    page.locator("[data-test=write-letter]").click()
    page.fill("[name=subject]", "Your black suitcase")
    page.fill(
        "[name=body]",
        "Dear Rosa,\n\nyour suitcase flew to Oslo without you. It comes home tonight.",
    )
    page.locator("[data-test=hand-in]").click()
    if page.locator("[data-test=anyway]").count():
        page.fill("[data-test=anyway]", "She knows the rest.")
        picture(page, "44-letter")
        page.locator("[data-test=hand-in]").click()
    expect(page.locator("[data-test=letter]").first).to_contain_text("waits for approval")


def test_complaint_by_telephone_is_entered(browser: Browser, desk: Desk) -> None:
    """R23: the same steps, and a close without a public place."""
    with page_of(browser, desk.address) as page:
        page.goto("/sign-in/")
        page.fill("input[name=email]", "admin@localhost")
        page.fill("input[name=password]", PASSWORD)
        page.locator("[data-test=sign-in]").click()
        page.locator("[data-test=case-new]").click()
        page.fill("[name=said]", "You charged me twice for one seat!")
        page.fill("[name=name]", "Ben Ode")
        page.fill("[name=phone]", "+44 20 7946 0958")
        page.fill("[name=answered]", "That is wrong, and it goes back today.")
        picture(page, "47-enter")
        page.locator("[data-test=enter-complaint]").click()
        expect(page.locator("[data-test=call-held]")).to_contain_text("the customer called")
        picture(page, "48-by-telephone")
        page.locator("[data-test=resolve]").click()
        page.locator("[data-test=close-here]").click()
        expect(page.locator("[data-test=case-state]")).to_contain_text("Closed")
