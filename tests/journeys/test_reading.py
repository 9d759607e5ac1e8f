"""Reading in sight: why a post was read so, correcting it by keys, learning from that, and the threshold."""

import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from amends.connectors.demo import DemoNetwork
from amends.terms import SystemClock
from tests.support.browser import bring_into_sight, faint_texts, page_of, picture
from tests.support.desk import Desk, unset

pytestmark = pytest.mark.browser

SLOW_MS = 30_000  # what the worker and the network do, on a busy machine
PASSWORD = "a-long-enough-pass-phrase"
THREAT = (
    "@brindlewing you lost my pram and lied to me. Boycott Brindlewing, everybody. I want a refund."
)
FAILS = [f"brindlewing seat {n} is kaputnik" for n in range(8)]
FINE = [f"brindlewing seat {n} is plonk" for n in range(8)]

# Chips that have no shape, as what lies behind them has their colour.
LOST_CHIPS = """() => {
    const colour = part => getComputedStyle(part).backgroundColor;
    const behind = part => colour(part) === "rgba(0, 0, 0, 0)" ? behind(part.parentElement) : colour(part);
    const chips = [...document.querySelectorAll(".chip")].filter(chip => chip.checkVisibility());
    return chips.filter(chip => behind(chip.parentElement) === colour(chip)).map(chip => chip.textContent);
}"""

# The first turn of the page after an answer was drawn: nobody can click sooner.
AS_SOON_AS_IT_STANDS = """() => {
    const undo = () => queueMicrotask(() => {
        const button = document.querySelector("#case [data-correct=u]");
        if (!button) return;
        document.removeEventListener("htmx:afterSwap", undo);
        button.click();
    });
    document.addEventListener("htmx:afterSwap", undo);
}"""


def _come_in(page: Page, desk: Desk) -> None:
    page.goto(desk.link)
    page.locator("[data-test=enter]").click()
    page.fill("input[name=name]", "Ada Berg")
    page.fill("input[name=password]", PASSWORD)
    page.locator("[data-test=save-account]").click()


def _hand_up(page: Page) -> None:
    """R16: who is handed a call to boycott."""
    page.goto("/set-up/reading/")
    page.select_option("[data-test=hand-up-to]", label="Ada Berg")
    page.locator("[data-test=save-reading]").click()
    expect(page.locator("[data-test=version]").first).to_contain_text("threats go to Ada Berg")


def _read_on_the_case(page: Page) -> None:
    """R07, R16: the sentence, the marks, the label; corrected by one key and taken back by one."""
    page.goto("/inbox/")
    row = page.locator("[data-test=case-row]", has_text="lost my pram")
    expect(row).to_be_visible(timeout=SLOW_MS)
    page.goto(str(row.get_attribute("href")))
    reading = page.locator("#case [data-test=reading]").last
    expect(reading).to_contain_text("calls for a boycott", timeout=SLOW_MS)
    expect(page.locator("#case .entry mark").first).to_be_visible()
    expect(page.locator("#context")).to_contain_text("boycott")
    expect(page.locator("#trail")).to_contain_text("handed the case up to Ada Berg")
    page.keyboard.press("d")
    expect(reading.locator("[data-test=said]")).to_contain_text(
        "it shows displeasure", timeout=SLOW_MS
    )
    here = page.url
    page.keyboard.press("u")
    expect(page.locator("#case [data-test=said]")).to_have_count(0, timeout=SLOW_MS)
    page.evaluate(AS_SOON_AS_IT_STANDS)
    page.keyboard.press("d")
    taken_back = page.locator("#trail").get_by_text("took back that the post")
    expect(taken_back).to_have_count(2, timeout=SLOW_MS)
    expect(page.locator("#case [data-test=said]")).to_have_count(0, timeout=SLOW_MS)
    assert page.url == here, "an answer is alive at once: its buttons do not leave the page"
    page.keyboard.press("c")
    expect(reading.locator("[data-test=said]")).to_contain_text(
        "Ada Berg: it is a complaint", timeout=SLOW_MS
    )
    reading.locator("[data-test=correct]").click()
    picture(page, "60-reading-of-a-case")
    expect(page.locator("#trail")).to_contain_text("agreed with the reader", timeout=SLOW_MS)


def _say_what_they_are(page: Page) -> None:
    """On Heard, post by post, by keys alone."""
    page.goto("/heard/?words=brindlewing+seat")
    for text in [*FAILS, *FINE]:
        row = page.locator("[data-test=heard]", has_text=text)
        for _ in range(20):
            if row.count():
                break
            page.wait_for_timeout(1_000)
            page.reload()
        row.focus()
        page.keyboard.press("c" if text in FAILS else "n")
        expect(row.locator("[data-test=said]")).to_be_visible(timeout=SLOW_MS)
    picture(page, "61-reading-heard")
    page.goto("/heard/?topic=baggage")
    expect(page.locator("[data-test=heard]", has_text="lost my pram")).to_be_visible()


def _learn(home: Path) -> str:
    command = [sys.executable, "-m", "amends", "learn", "--least", "16"]
    env = unset() | {"AMENDS_HOME": str(home)}
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=True)
    return done.stdout


def _put_in_force(page: Page) -> None:
    page.goto("/set-up/reading/")
    head = page.locator("[data-test=head-head-1]")
    if head.locator("input[name=reason]").count():  # of so few corrections it may read worse
        head.locator("input[name=reason]").fill("We try it")
    page.locator("[data-test=force-head-1]").click()
    expect(head.locator(".chip.good")).to_be_visible(timeout=SLOW_MS)
    bring_into_sight(head)
    picture(page, "62-heads")
    page.locator("[data-test=force-none]").click()
    none = page.locator("[data-test=head-none] .chip.good")
    expect(none).to_be_visible(timeout=SLOW_MS)


def _threshold(page: Page) -> None:
    """R07: what it catches and costs, moved by the slider."""
    page.goto("/set-up/")
    page.get_by_role("link", name="Change Brindlewing").click()
    sight = page.locator("[data-test=sight]")
    expect(sight.locator("svg")).to_be_visible()
    page.locator("input[type=range]").fill("0.8")
    expect(sight).to_contain_text("At 0.80 it catches", timeout=SLOW_MS)
    bring_into_sight(sight)
    picture(page, "63-threshold")


def test_reading_is_seen_corrected_learnt_from_and_measured(
    browser: Browser, desk: Desk, home: Path
) -> None:
    network = DemoNetwork(home / "demo.sqlite3", seed=7, clock=SystemClock())
    network.signup("rosa_lind", name="Rosa Lind")
    with page_of(browser, desk.address) as page:
        _come_in(page, desk)
        _hand_up(page)
        network.post("rosa_lind", THREAT)
        for number, text in enumerate([*FAILS, *FINE]):
            network.signup(f"flyer{number}", name=f"Flyer {number}")
            network.post(f"flyer{number}", text)
        _read_on_the_case(page)
        case = page.url
        _say_what_they_are(page)
        assert "complaint: 17 corrected posts" in _learn(home)
        _put_in_force(page)
        _threshold(page)
        _dark_and_light(browser, desk, page, case)
        _on_a_phone_in_the_dark(browser, desk, page, case)


def _dark_and_light(browser: Browser, desk: Desk, page: Page, case: str) -> None:
    """Nothing of a case is hard to read, with the reading and what corrects it unfolded."""
    state = page.context.storage_state()
    for scheme in ("dark", "light"):
        with page_of(browser, desk.address, color_scheme=scheme, storage_state=state) as wide:
            wide.goto(case)
            wide.locator("#case [data-test=correct]").last.click()
            wide.fill("textarea[name=text_public]", "You are lying. Call +49 170 1234567.")
            expect(wide.locator(".finding .chip.bad").first).to_be_visible(timeout=SLOW_MS)
            assert (faint_texts(wide), wide.evaluate(LOST_CHIPS)) == ([], []), scheme
            picture(wide, f"65-reading-{scheme}")


def _on_a_phone_in_the_dark(browser: Browser, desk: Desk, page: Page, case: str) -> None:
    with page_of(
        browser,
        desk.address,
        viewport={"width": 390, "height": 844},
        color_scheme="dark",
        storage_state=page.context.storage_state(),
    ) as phone:
        for number, where in enumerate((case, "/heard/?topic=baggage", "/set-up/reading/")):
            phone.goto(where)
            wide = phone.evaluate("document.documentElement.scrollWidth")
            assert wide <= 390, where
            assert faint_texts(phone) == [], where
            picture(phone, f"64-reading-phone-{number}")
