"""A false claim from its evidence to its retraction, the way back in public, and how we did, in Chromium."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from amends.connectors.demo import DemoNetwork
from amends.terms import SystemClock
from tests.support.browser import PICTURES, page_of, picture
from tests.support.desk import Desk, running_desk

pytestmark = pytest.mark.browser

SLOW_MS = 30_000  # what the worker and the network do, on a busy machine
PASSWORD = "a-long-enough-pass-phrase"
SAID = "you sell our passport data to advertisers"
COMPLAINT = f"@brindlewing {SAID}, shame on you. And my bag is gone too."
PHONE = {"width": 390, "height": 844}


@pytest.fixture(scope="module")
def desk(home: Path, browser: Browser) -> Iterator[Desk]:
    with running_desk(home) as running:
        with page_of(browser, running.address) as page:
            page.goto(running.link)
            page.locator("[data-test=enter]").click()
            page.fill("input[name=name]", "Ada Berg")
            page.fill("input[name=password]", PASSWORD)
            page.locator("[data-test=save-account]").click()
            expect(page.locator("[data-test=nav-inbox]")).to_be_visible(timeout=SLOW_MS)
        yield running


def _come_in(page: Page) -> None:
    page.goto("/sign-in/")
    page.fill("input[name=email]", "admin@localhost")
    page.fill("input[name=password]", PASSWORD)
    page.locator("button.main").click()
    expect(page.locator("[data-test=nav-inbox]")).to_be_visible(timeout=SLOW_MS)


def _open(page: Page, words: str) -> None:
    page.goto("/inbox/")
    row = page.locator("[data-test=case-row]", has_text=words)
    expect(row).to_be_visible(timeout=SLOW_MS)
    row.click()
    expect(page.locator("[data-test=claims]")).to_be_visible()


def _again(page: Page, found: Locator, count: int = 1) -> None:
    """Look at the page again until it shows what a worker brings."""
    for _ in range(20):
        if found.count() >= count:
            return
        page.wait_for_timeout(1_000)
        page.reload()
    expect(found).to_have_count(count)


def _send(page: Page, mode: str, text: str) -> None:
    page.locator(f"[data-test=compose-{mode}]").click()
    page.locator(f"[data-test=text-{mode}]").fill(text)
    anyway = page.locator(f"[name=anyway_{mode}]")
    page.wait_for_timeout(2_000)  # until the guard has looked
    if anyway.is_visible():
        anyway.fill("It is what happened.")
    page.locator("[data-test=send]").click()
    expect(page.locator("[data-test=post]", has_text=text[:30])).to_be_visible(timeout=SLOW_MS)


def _note_claim(page: Page) -> str:
    page.locator("[data-test=note-claim-open]").click()
    page.fill("#claim-words", SAID)
    page.locator("[data-test=note-claim]").click()
    link = page.locator("[data-test=claim] a")
    expect(link).to_contain_text(SAID)
    page.goto(link.get_attribute("href") or "")  # the page is drawn anew meanwhile
    whole = page.locator("[data-test=proof]", has_text="whole")
    _again(page, whole, 2)
    return page.url


def _show_false(page: Page, folder: Path) -> None:
    file = folder / "audit.pdf"
    file.write_bytes(b"%PDF-1.4 the auditors' letter")
    page.set_input_files("#file", file)
    page.locator("[data-test=keep-file]").click()
    expect(page.locator("[data-test=proof]", has_text="whole")).to_have_count(3)
    with page.expect_download() as waiting:
        page.get_by_role("link", name="audit.pdf").click()
    assert waiting.value.path().read_bytes() == file.read_bytes()
    page.fill("#because", "No record of ours holds such a transfer; the auditors confirm it.")
    page.locator("[data-test=decide-shown-false]").click()
    expect(page.locator("[data-test=claim-state]")).to_have_text("shown false")


def _ask(page: Page) -> None:
    expect(page.locator("[data-test=request-text]")).to_have_value(re.compile("both sides"))
    page.locator("[data-test=ask]").click()
    if page.locator("#anyway").is_visible():
        page.fill("#anyway", "It is what we found.")
        page.locator("[data-test=ask]").click()
    _again(page, page.locator("[data-test=claim-state]", has_text="correction asked for"))


def test_false_claim_from_evidence_to_retraction(browser: Browser, desk: Desk, home: Path) -> None:
    """R46: kept as the network gave it, asked to be corrected, repeated by others, held, taken back."""
    network = DemoNetwork(home / "demo.sqlite3", seed=7, clock=SystemClock())
    network.signup("dora_voss", name="Dora Voss")
    with page_of(browser, desk.address) as page:
        _come_in(page)
        root = network.post("dora_voss", COMPLAINT)
        _open(page, "passport data")
        claim = _note_claim(page)
        _show_false(page, home)
        _ask(page)
        network.post("zoe", f"Friends, @brindlewing: {SAID}, says Dora. Boycott!")
        _again(page, page.locator("[data-test=copy]"))
        PICTURES.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=PICTURES / "60-claim.png", full_page=True)
        page.locator("[data-test=to-case]").click()
        page.locator("[data-test=hold-open]").click()
        page.fill("#hold-reason", "Our lawyers look into it.")
        page.fill("#hold-until", "2028-01-31")
        page.locator("[data-test=hold] >> nth=-1").click()
        expect(page.locator("[data-test=legal]")).to_contain_text("texts kept until 31 Jan 2028")
        page.locator("[data-test=legal-flag]").click()
        expect(page.locator("[data-test=legal-chip]")).to_be_visible()
        picture(page, "61-legal")
        network.delete(root)
        page.goto(claim)
        _again(page, page.locator("[data-test=claim-state]", has_text="taken back"))
        expect(page.locator("[data-test=goes]")).to_contain_text("A legal hold keeps the text")
        page.goto("/claims/?state=all")
        expect(page.locator("[data-test=claim-row]")).to_have_count(1)
        picture(page, "62-claims")
    with page_of(browser, desk.address, viewport=PHONE, color_scheme="dark") as page:
        _come_in(page)
        page.goto(claim)
        expect(page.locator("[data-test=claim-words]")).to_contain_text(SAID)
        picture(page, "63-claim-on-a-phone")


def test_way_back_in_public_and_how_we_did(browser: Browser, desk: Desk, home: Path) -> None:
    """R44, R45: resolved, asked in private, closed out with the one invitation, and thanked for it."""
    network = DemoNetwork(home / "demo.sqlite3", seed=7, clock=SystemClock())
    network.signup("rosa_lind", name="Rosa Lind")
    with page_of(browser, desk.address) as page:
        _come_in(page)
        root = network.post("rosa_lind", "@brindlewing my cello came back broken. Furious.")
        _open(page, "cello")
        _send(page, "public", "That must hurt, Rosa: a cello. Tell me in a message where it broke.")
        network.message("rosa_lind", "brindlewing", "The neck is cracked, flight BW12")
        expect(page.locator("[data-test=post]", has_text="neck is cracked")).to_be_visible(
            timeout=SLOW_MS
        )
        _send(page, "private", "The luthier in Oslo has it now, Rosa, and calls you himself.")
        page.locator("[data-test=resolve]").click()
        page.locator("[data-test=survey-open]").click()
        page.locator("[data-test=survey-ask]").click()
        expect(page.locator("[data-test=survey-row]")).to_contain_text("no answer so far")
        asked = page.locator("[data-test=post]", has_text="/h/survey/")
        expect(asked).to_be_visible(timeout=SLOW_MS)
        link = asked.locator("a[href*='/h/survey/']").get_attribute("href") or ""
        _answer(browser, desk, link)
        page.locator("[data-test=compose-public]").click()
        page.locator("[data-test=text-public]").fill(
            "Your cello plays again, Rosa. I am glad it does."
        )
        page.locator("[data-test=insert-invitation]").click()
        picture(page, "65-invitation")
        page.locator("[data-test=send]").click()
        expect(page.locator("[data-test=case-state]")).to_contain_text("Closed", timeout=SLOW_MS)
        expect(page.locator("[data-test=invited]")).to_be_visible()
        network.post("rosa_lind", "@brindlewing thank you so much, great service!", reply_to=root)
        expect(page.locator("[data-test=outcome]")).to_contain_text(
            "said thank you", timeout=SLOW_MS
        )
        page.goto("/friends/")
        expect(page.locator("[data-test=friend]", has_text="rosa_lind")).to_be_visible()
        picture(page, "66-friends")
        page.goto("/satisfaction/")
        expect(page.locator("[data-test=survey-answer]")).to_contain_text("5 of 5")
        picture(page, "67-satisfaction")


def _answer(browser: Browser, desk: Desk, link: str) -> None:
    """As the customer, who has no account here."""
    assert link.startswith(desk.address)
    with page_of(browser, desk.address, viewport=PHONE) as page:
        page.goto(link)
        page.locator("[data-test=score-5]").check()
        page.fill("[data-test=survey-words]", "Quick, and kind.")
        picture(page, "64-survey")
        page.locator("[data-test=survey-send]").click()
        expect(page.locator("[data-test=survey-shut]")).to_contain_text("You have answered already")
