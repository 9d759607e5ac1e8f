"""The journey on the demo network, in headless Chromium, with pictures of each step."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from amends.connectors.demo import DemoNetwork
from amends.terms import SystemClock
from tests.support.browser import page_of, picture
from tests.support.desk import Desk

pytestmark = pytest.mark.browser

PASSWORD = "a-long-enough-pass-phrase"
UNTAGGED = "Four hours on a cold floor and nobody at the Brindlewing desk. Worst airline ever."


@pytest.fixture
def page(browser: Browser, desk: Desk) -> Iterator[Page]:
    with page_of(browser, desk.address) as made:
        yield made


@pytest.fixture(scope="module")
def network(desk: Desk, home: Path) -> DemoNetwork:
    """The same network, opened by a test that plays customers of its own."""
    made = DemoNetwork(home / "demo.sqlite3", seed=7, clock=SystemClock())
    made.signup("rosa_lind", name="Rosa Lind")
    made.signup("ben_ode", name="Ben Ode")
    made.signup("cleo_ray", name="Cleo Ray")
    made.signup("eli_moor", name="Eli Moor")
    return made


def _sign_in(page: Page) -> None:
    page.goto("/sign-in/")
    page.fill("input[name=email]", "admin@localhost")
    page.fill("input[name=password]", PASSWORD)
    page.locator("[data-test=sign-in]").click()
    page.wait_for_url("**/inbox/**")


def test_newcomer_comes_in_and_finds_live_complaints(page: Page, desk: Desk) -> None:
    """Within a minute of the first start there is a complaint that can be answered."""
    page.goto(desk.link)
    page.locator("[data-test=enter]").click()
    page.fill("input[name=name]", "Mina Kaya")
    page.fill("input[name=password]", PASSWORD)
    page.locator("[data-test=save-account]").click()
    page.goto("/inbox/")
    expect(page.locator("[data-test=case-row]").first).to_be_visible(timeout=60_000)
    picture(page, "01-inbox")
    page.locator("[data-test=case-row]").first.click()
    expect(page.locator("[data-test=text-public]")).to_be_visible()
    picture(page, "02-case")


def test_link_lets_in_once(browser: Browser, desk: Desk) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.goto(desk.link)
    page.locator("[data-test=enter]").click()
    expect(page.get_by_text("This link was used or has expired")).to_be_visible()
    context.close()


def _row(page: Page, words: str, *, within_s: int = 5) -> None:
    """Open the case of the row that shows the words, without reloading the page."""
    row = page.locator("[data-test=case-row]", has_text=words)
    expect(row).to_be_visible(timeout=within_s * 1_000)
    row.click()
    expect(page.locator("#case [data-test=post]").first).to_be_visible()


def _send(page: Page, mode: str, text: str) -> None:
    page.locator(f"[data-test=compose-{mode}]").click()
    page.locator(f"[data-test=text-{mode}]").fill(text)
    page.locator("[data-test=send]").click()


def test_complaint_from_outburst_to_thanks(
    browser: Browser, desk: Desk, network: DemoNetwork
) -> None:
    """R01, R08, R24, R26, R27, R32, R44, R45: the whole way, seen by the person at the desk."""
    with page_of(browser, desk.address) as page:
        _sign_in(page)

        complaint = network.post("rosa_lind", UNTAGGED)
        network.post("ben_ode", "@brindlewing you lost my pram, this is a disgrace")
        expect(page.locator("[data-test=case-row]", has_text="lost my pram")).to_be_visible(
            timeout=5_000
        )
        _row(page, "Four hours on a cold floor")

        # Answered first where it began (R24), by somebody with a name (R27).
        _send(page, "public", "Four hours on a floor is awful, Rosa. May I look into it?")
        posts = page.locator("#case [data-test=post]")
        expect(posts.filter(has_text="May I look into it? ^MK")).to_be_visible()
        expect(page.locator("[data-test=case-state]")).to_contain_text("Waiting")
        (answer,) = [p for p in network.thread(complaint) if p.id != complaint]
        assert answer.author is not None
        assert answer.in_reply_to is not None
        assert (answer.author.handle, answer.in_reply_to.id) == ("brindlewing", complaint)
        picture(page, "03-answered")

        # The customer answers: it joins the case while we look at it.
        network.post("rosa_lind", "Yes, nobody here tells us a thing", reply_to=answer.id)
        expect(posts.filter(has_text="nobody here tells us a thing")).to_be_visible(timeout=5_000)

        # Taken private (R32).
        _send(page, "private", "Which flight are you on, Rosa?")
        expect(posts.filter(has_text="Which flight are you on")).to_be_visible()
        network.message("rosa_lind", "brindlewing", "BW 117, the late one")
        expect(posts.filter(has_text="BW 117")).to_be_visible(timeout=5_000)
        _send(page, "note", "Rebooked her on the 18:40.")
        expect(page.locator("[data-test=note]")).to_contain_text("18:40")
        picture(page, "04-private")

        # Put right, and closed out where it began (R44).
        page.locator("[data-test=resolve]").click()
        expect(page.locator("[data-test=case-state]")).to_contain_text("Resolved")
        _send(page, "public", "You are on the 18:40 now, Rosa. Safe travels.")
        expect(page.locator("[data-test=case-state]")).to_contain_text("Closed")
        close_out = next(p for p in network.thread(complaint) if "18:40" in p.text)
        assert close_out.in_reply_to is not None
        assert close_out.in_reply_to.id == complaint

        # What she made of it (R45).
        network.post("rosa_lind", "Thank you so much, that was kind of you!", reply_to=close_out.id)
        expect(page.locator("[data-test=outcome]")).to_contain_text("thank you", timeout=5_000)
        expect(page.locator("[data-test=case-state]")).to_contain_text("Closed")
        picture(page, "05-thanked")
        ours = [
            p.text for p in network.replies_by("brindlewing") if complaint in {p.conversation, p.id}
        ]
        assert len(ours) == 2  # nothing was sent twice


def test_draft_survives_a_reload(browser: Browser, desk: Desk) -> None:
    with page_of(browser, desk.address) as page:
        _sign_in(page)
        page.locator("[data-test=case-row]").first.click()
        with page.expect_response(lambda answer: answer.url.endswith("/draft/")):
            page.locator("[data-test=text-public]").fill("Half a thought about")
        page.reload()
        expect(page.locator("[data-test=text-public]")).to_have_value("Half a thought about")


def test_typing_goes_on_while_the_case_changes(
    browser: Browser, desk: Desk, network: DemoNetwork
) -> None:
    """What a person typed is never lost: not even while the answer to a verb is on its way."""
    network.post("eli_moor", "Brindlewing broke my guitar and nobody there answers")
    with page_of(browser, desk.address) as page:
        _sign_in(page)
        _row(page, "broke my guitar", within_s=30)
        page.route("**/draft/", lambda route: route.fulfill(status=204))  # nothing of it is kept
        answers: list[Route] = []

        def hold_back(route: Route) -> None:
            answers.append(route)

        page.route("**/take-up/", hold_back)
        page.locator("[data-test=take-up]").click()
        page.locator("[data-test=compose-private]").click()
        page.locator("[data-test=text-private]").fill("Which flight was it, Eli?")
        answers[0].continue_()
        expect(page.locator("[data-test=case-state]")).to_contain_text("Open")
        expect(page.locator("[data-test=text-private]")).to_have_value("Which flight was it, Eli?")
        expect(page.locator("[data-test=text-private]")).to_be_visible()


def test_phone_takes_list_and_thread_one_after_another(browser: Browser, desk: Desk) -> None:
    with page_of(browser, desk.address, viewport={"width": 390, "height": 844}) as page:
        _sign_in(page)
        picture(page, "06-phone-inbox")
        page.locator("[data-test=case-row]").first.click()
        expect(page.locator("[data-test=text-public]")).to_be_visible()
        picture(page, "07-phone-case")
        width = page.evaluate("document.documentElement.scrollWidth")
        assert width == 390


def test_dark_is_dark(browser: Browser, desk: Desk) -> None:
    with page_of(browser, desk.address, color_scheme="dark") as page:
        page.goto("/sign-in/")
        page.locator("body").wait_for()
        dark = page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")
        ground = page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
        assert dark
        assert max(int(part) for part in re.findall(r"\d+", ground)[:3]) < 64, ground
        picture(page, "08-dark-sign-in")


def test_guard_stops_a_threat_until_a_colleague_lets_it_pass(
    browser: Browser, desk: Desk, network: DemoNetwork
) -> None:
    """R30, R37: said while one types, with the words it means; approved by somebody else."""
    network.post("cleo_ray", "Brindlewing broke my suitcase and nobody there answers")
    with page_of(browser, desk.address) as page:
        _sign_in(page)
        _row(page, "broke my suitcase", within_s=30)
        page.locator("[data-test=compose-public]").click()
        page.locator("[data-test=text-public]").press_sequentially(
            "Delete this post, Cleo, and write to cleo@example.org."
        )
        expect(page.locator("[data-code=deletion]")).to_be_visible()
        picture(page, "08-guard-stops")
        page.locator("[data-test=help]").click()
        expect(page.locator("[data-test=help-box]")).to_contain_text("Acknowledge")
        picture(page, "11-help")
        page.locator("[data-test=redact]").first.click()
        expect(page.locator("[data-test=text-public]")).not_to_have_value(re.compile("example.org"))
        page.locator("[data-test=anyway]").fill("He asked me to.")
        page.locator("[data-test=send]").click()
        expect(page.locator("[data-test=reply-status]")).to_contain_text("Waiting for approval")
        picture(page, "09-held")

        page.goto("/set-up/guard/")
        page.locator("[data-test=level-deletion] select").select_option("note")
        page.locator("[data-test=try-rules]").click()
        expect(page.locator("[data-test=trial]")).to_be_visible()
        picture(page, "10-guard-rules")
        page.goto("/set-up/drafts/")
        picture(page, "12-drafts")
