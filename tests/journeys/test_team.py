"""Two people at one desk: who is given a case and why, handing over, and not getting in each other's way."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from amends.connectors.demo import DemoNetwork
from amends.terms import SystemClock
from tests.support.browser import page_of, picture
from tests.support.desk import Desk

pytestmark = pytest.mark.browser

SLOW_MS = 25_000  # what the worker and the network do, on a busy machine
PASSWORD = "a-long-enough-pass-phrase"
COMPLAINT = "@brindlewing you lost the stroller of my twins at the gate and nobody cares. Awful."
ABUSE = "@brindlewing you fucking idiots, my bag is gone for a week. Disgusting service."


def _come_in(page: Page, link: str, name: str) -> None:
    page.goto(link)
    page.locator("[data-test=enter]").click()
    page.fill("input[name=name]", name)
    page.fill("input[name=password]", PASSWORD)
    page.locator("[data-test=save-account]").click()


def _invite(page: Page) -> str:
    page.goto("/people/invite/")
    page.fill("[name=name]", "Omar Haddad")
    page.fill("[name=email]", "omar@desk.example")
    page.locator("main form button.main").click()
    return page.locator("[data-test=link]").input_value()


def _arrange(page: Page) -> None:
    """A skill, a team of two, what one of them can take, and when people rest."""
    page.goto("/team/skills/new/")
    page.fill("[name=name]", "families")
    page.fill("[name=words]", "stroller, pram")
    page.locator("[data-test=save]").click()
    page.goto("/team/teams/new/")
    page.fill("[name=name]", "Care")
    page.get_by_label("Ada Berg").check()
    page.get_by_label("Omar Haddad").check()
    picture(page, "60-team-form")
    page.locator("[data-test=save]").click()
    page.locator("[data-test=seat]", has_text="Omar Haddad").get_by_role("link").click()
    page.fill("[name=capacity]", "4")
    page.get_by_label("families").check()
    page.locator("[data-test=save]").click()
    expect(page.locator("[data-test=team]")).to_contain_text("Takes every case")
    picture(page, "61-teams")


def _routed(page: Page, network: DemoNetwork) -> str:
    """The complaint goes to the one who knows families, and the case says why."""
    network.post("dora_voss", COMPLAINT)
    page.goto("/inbox/?search=stroller")
    row = page.locator("[data-test=case-row]", has_text="stroller")
    expect(row).to_contain_text("Omar Haddad", timeout=SLOW_MS)
    page.goto(row.get_attribute("href") or "")
    said = page.locator("[data-test=event]", has_text="of Care was given the case")
    expect(said).to_contain_text("for families")
    expect(said).to_contain_text("Ada Berg does not know families")
    picture(page, "62-routed")
    return str(page.locator("#case [data-ref]").first.get_attribute("data-ref"))


def _two_at_once(ada: Page, omar: Page, ref: str) -> None:
    """The second is told before and at sending; what they typed stays."""
    omar.goto(f"/cases/{ref}/")
    ada.goto(f"/cases/{ref}/")
    expect(ada.locator("[data-test=presence]")).to_contain_text("Omar Haddad has this case open")
    omar.locator("[data-test=compose-public]").click()
    omar.locator("[data-test=text-public]").fill("Dora, which gate was that at? I am asking there.")
    expect(ada.locator("[data-test=presence]")).to_contain_text(
        "Omar Haddad is writing a public reply", timeout=SLOW_MS
    )
    picture(ada, "63-two-at-once")
    ada.locator("[data-test=compose-note]").click()
    ada.locator("[data-test=text-note]").press_sequentially("@om")
    expect(ada.locator("[data-test=named]")).to_contain_text("@Omar Haddad")
    ada.keyboard.press("Tab")
    ada.keyboard.type("the gate was B12, they told me on the phone.")
    expect(ada.locator("[data-test=text-note]")).to_have_value(re.compile("^@Omar Haddad the gate"))
    ada.locator("[data-test=send]").click()
    expect(ada.locator("[data-test=note]")).to_contain_text("heads-up to Omar Haddad")
    expect(omar.locator("[data-test=unseen]")).to_have_text(re.compile("1"), timeout=SLOW_MS)
    omar.goto("/heads-ups/")
    expect(omar.locator("[data-test=heads-up]")).to_contain_text("the gate was B12")
    picture(omar, "64-heads-ups")


def _folded(page: Page, network: DemoNetwork) -> None:
    """R47: abuse is folded away in the list and on the case, and one key hands it over."""
    network.post("carl_beck", ABUSE)
    page.goto("/inbox/?search=carl_beck")
    row = page.locator("[data-test=case-row]", has_text="carl_beck")
    expect(row.locator("[data-test=folded]")).to_be_visible(timeout=SLOW_MS)
    page.goto(row.get_attribute("href") or "")  # a list that refreshes itself is hard to hit
    expect(page.locator("[data-test=abuse]")).to_be_visible()
    assert not page.locator("[data-test=abuse] .hostile").is_visible()
    picture(page, "65-folded")
    expect(page.locator("[data-test=case-marks]")).to_contain_text(
        re.compile("Ada Berg|Omar Haddad"), timeout=SLOW_MS
    )
    had = "Ada Berg" if "Ada" in page.locator("[data-test=case-marks]").inner_text() else "Omar"
    page.locator("#case-title").click()
    page.keyboard.press("o")
    expect(page.locator("#hand-over-to")).to_be_focused()
    page.select_option("#hand-over-to", label="Care")
    page.fill("#hand-over-note", "Enough for today.")
    picture(page, "66-hand-over")
    page.locator("[data-test=hand-over]").click()
    expect(page.locator("#trail")).to_contain_text("gave the case back to Care")
    if had == "Ada Berg":
        expect(page.locator("[data-test=case-marks]")).to_contain_text("Omar Haddad")


def _one_person(page: Page, network: DemoNetwork, ref: str) -> None:
    """Two profiles are one person, and then they are not; two cases become one and two again."""
    network.post("dora_v", "@brindlewing still no word about the twins' stroller, shame on you!")
    page.goto("/inbox/?search=dora_v")
    other = page.locator("[data-test=case-row]", has_text="no word about")
    expect(other).to_be_visible(timeout=SLOW_MS)
    page.goto(f"/cases/{ref}/")
    page.locator("[data-test=same-person-open]").click()
    page.fill("#same-who", "@dora_v")
    page.locator("[data-test=same-person]").click()
    expect(page.locator("#context")).to_contain_text("1 profile merged by Ada Berg")
    page.locator("[data-test=bring-in]").click()
    expect(page.locator("[data-test=joined]")).to_be_visible()
    expect(page.locator("#trail")).to_contain_text("still no word about")
    picture(page, "67-one-person")
    page.locator("[data-test=give-back]").click()
    expect(page.locator("[data-test=joined]")).to_have_count(0)
    page.locator("[data-test=other-person]").click()
    expect(page.locator("#context .profile")).to_have_count(1)


def _looks(browser: Browser, desk: Desk, cookies: list[dict[str, str]], ref: str) -> None:
    """On a phone, and in the dark."""
    small = {"viewport": {"width": 390, "height": 844}, "color_scheme": "dark"}
    with page_of(browser, desk.address, **small) as page:
        page.context.add_cookies(cookies)  # type: ignore[arg-type]
        for url, name in (
            ("/team/", "68-load-phone"), ("/team/teams/", "69-teams-phone"),
            ("/inbox/", "70-inbox-phone"), (f"/cases/{ref}/", "71-case-phone"),
        ):  # fmt: skip
            page.goto(url)
            picture(page, name)
            wide = page.evaluate("document.documentElement.scrollWidth > innerWidth + 1")
            assert not wide, url


def test_two_people_share_a_desk_without_getting_in_each_others_way(
    browser: Browser, desk: Desk, home: Path
) -> None:
    """R36, R47, and what people expect of any desk: teams, skills, heads-ups, presence, merge."""
    network = DemoNetwork(home / "demo.sqlite3", seed=7, clock=SystemClock())
    for handle in ("dora_voss", "dora_v", "carl_beck"):
        network.signup(handle, name=handle.title())
    with page_of(browser, desk.address) as ada, page_of(browser, desk.address) as omar:
        _come_in(ada, desk.link, "Ada Berg")
        _come_in(omar, _invite(ada), "Omar Haddad")
        _arrange(ada)
        ref = _routed(ada, network)
        _two_at_once(ada, omar, ref)
        _folded(ada, network)
        _one_person(ada, network, ref)
        ada.goto("/team/")
        expect(ada.locator("[data-test=load]", has_text="Omar")).to_contain_text("of 4")
        picture(ada, "72-load")
        _looks(browser, desk, ada.context.cookies(), ref)  # type: ignore[arg-type]
