"""Delivery on the demo network, in headless Chromium: pictures, replies for later, the stop, removing
a post of ours, and where a complaint stands in searches."""

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from amends.connectors.demo import DemoNetwork
from amends.terms import SystemClock
from tests.support.browser import bring_into_sight, page_of, picture
from tests.support.desk import Desk, running_desk

pytestmark = pytest.mark.browser

PASSWORD = "a-long-enough-pass-phrase"


@pytest.fixture(scope="module")
def desk(home: Path, browser: Browser) -> Iterator[Desk]:
    with running_desk(home) as running:
        with page_of(browser, running.address) as page:
            page.goto(running.link)
            page.locator("[data-test=enter]").click()
            page.fill("input[name=name]", "Mina Kaya")
            page.fill("input[name=zone]", "Europe/Berlin")
            page.fill("input[name=password]", PASSWORD)
            page.locator("[data-test=save-account]").click()
            page.wait_for_url("**/inbox/**")
        yield running


@pytest.fixture(scope="module")
def network(home: Path, desk: Desk) -> DemoNetwork:
    made = DemoNetwork(home / "demo.sqlite3", seed=7, clock=SystemClock())
    for handle in ("rosa_lind", "ben_ode", "cleo_ray"):
        made.signup(handle)
    return made


def _in(page: Page) -> None:
    page.goto("/sign-in/")
    page.fill("input[name=email]", "admin@localhost")
    page.fill("input[name=password]", PASSWORD)
    page.locator("[data-test=sign-in]").click()
    page.wait_for_url("**/inbox/**")


def _case(page: Page, words: str) -> None:
    row = page.locator("[data-test=case-row]", has_text=words)
    expect(row).to_be_visible(timeout=30_000)
    row.click()
    expect(page.locator("#case [data-test=post]", has_text=words).first).to_be_visible()
    page.locator("[data-test=compose-public]").click()


def _file() -> dict[str, object]:
    made = io.BytesIO()
    Image.effect_mandelbrot((640, 420), (-2, -1, 1, 1), 60).convert("RGB").save(made, "PNG")
    return {"name": "map.png", "mimeType": "image/png", "buffer": made.getvalue()}


def test_picture_goes_out_with_the_words_that_describe_it(
    browser: Browser, desk: Desk, network: DemoNetwork
) -> None:
    complaint = network.post("rosa_lind", "Brindlewing lost my suitcase and nobody knows where")
    with page_of(browser, desk.address) as page:
        _in(page)
        _case(page, "lost my suitcase")
        text = "So sorry about the suitcase, Rosa. This is where it is now."
        page.locator("[data-test=text-public]").fill(text)
        page.locator("[data-test=attach-public]").click()
        page.locator("input[name=picture_public]").set_input_files(_file())  # type: ignore[arg-type]
        expect(page.locator("[data-test=beside]")).to_be_visible(timeout=20_000)
        expect(page.locator("[data-test=text-public]")).to_have_value(text)
        page.locator("[data-test=alt]").fill("A map of the arrivals hall")
        picture(page, "delivery-01-picture")
        page.locator("[data-test=send]").click()
        expect(page.locator("#case [data-test=shown]")).to_be_visible(timeout=20_000)
        ours = page.locator("#case [data-test=post]", has_text="where it is now")
        expect(ours).to_be_visible()
        [answer] = [one for one in network.thread(complaint) if one.id != complaint]
        [(content, kind, alt)] = network.pictures(answer.id)
        assert (kind, alt, content[:3]) == (
            "image/jpeg",
            "A map of the arrivals hall",
            b"\xff\xd8\xff",
        )
        picture(page, "delivery-02-shown")

        # A lead has it removed again; our copy stays.
        ours.locator("[data-test=take-down-open]").click()
        ours.locator("input[name=take_down_reason]").fill("It showed the wrong hall.")
        picture(page, "delivery-03-remove")
        ours.locator("[data-test=take-down]").click()
        expect(page.locator("#case .entry.gone", has_text="where it is now")).to_be_visible(
            timeout=15_000
        )
        expect(page.locator("#trail", has_text="It showed the wrong hall.")).to_be_visible()
        assert [one.id for one in network.thread(complaint)] == [complaint]
        picture(page, "delivery-04-removed")


def test_reply_for_later_is_withdrawn_when_the_customer_writes(
    browser: Browser, desk: Desk, network: DemoNetwork
) -> None:
    complaint = network.post("ben_ode", "Brindlewing broke my pram, this is a disgrace")
    with page_of(browser, desk.address) as page:
        _in(page)
        _case(page, "broke my pram")
        text = "So sorry about the pram, Ben. We look into it first thing."
        page.locator("[data-test=text-public]").fill(text)
        page.locator("[data-test=later]").click()
        page.locator("[data-test=goes-at]").fill("2027-01-15T09:00")
        picture(page, "delivery-05-later")
        page.locator("[data-test=send]").click()
        waiting = page.locator("[data-test=reply-status]")
        expect(waiting).to_contain_text("Goes out on Friday 15 January, 09:00 (UTC+1)")
        page.goto("/outbox/")
        expect(page.locator("[data-test=part-later]")).to_contain_text("pram")
        picture(page, "delivery-06-outbox")
        page.go_back()
        network.post("ben_ode", "Hello? Anybody there, @brindlewing?", reply_to=complaint)
        expect(page.locator("#trail")).to_contain_text("withdrawn", timeout=15_000)
        page.reload()
        expect(page.locator("[data-test=text-public]")).to_have_value(f"{text} ^MK")
        picture(page, "delivery-07-withdrawn")


def test_stop_is_seen_everywhere_and_what_waited_is_confirmed(
    browser: Browser, desk: Desk, network: DemoNetwork
) -> None:
    complaint = network.post("cleo_ray", "Brindlewing never called me back about the refund")
    with page_of(browser, desk.address) as page:
        _in(page)
        page.goto("/outbox/")
        page.fill("#stop-reason", "Somebody else may be writing as us")
        page.locator("[data-test=stop]").click()
        expect(page.locator("[data-test=stopped]")).to_contain_text("Mina Kaya")
        page.goto("/inbox/")
        expect(page.locator("[data-test=stopped]")).to_be_visible()
        _case(page, "never called me back")
        page.locator("[data-test=text-public]").fill("So sorry, Cleo. We call about the refund.")
        page.locator("[data-test=send]").click()
        expect(page.locator("[data-test=reply-status]")).to_contain_text("Held back")
        picture(page, "delivery-08-stopped")
        page.goto("/outbox/")
        expect(page.locator("[data-test=still-stopped]")).to_be_visible()
        expect(page.locator("[data-test=release]")).to_have_count(0)
        picture(page, "delivery-08-waits")
        page.locator("[data-test=lift]").click()
        page.wait_for_url("**/outbox/")
        expect(page.locator("[data-test=part-paused]")).to_contain_text("Cleo")
        picture(page, "delivery-09-confirm")
        assert [one.id for one in network.thread(complaint)] == [complaint]
        page.locator("[data-test=release]").click()
        expect(page.locator("[data-test=part-paused]")).to_have_count(0)
        page.goto("/inbox/?tab=all")
        expect(page.locator("[data-test=stopped]")).to_have_count(0)
        page.wait_for_timeout(1500)
        assert len(network.thread(complaint)) == 2


def test_place_in_a_search_is_noted_and_drawn(browser: Browser, desk: Desk) -> None:
    with page_of(browser, desk.address, color_scheme="dark") as page:
        _in(page)
        page.locator("[data-test=case-row]").first.click()
        for place, day in (("9", "2026-11-01"), ("4", "2026-11-08"), ("2", "2026-11-15")):
            page.locator("[data-test=rank-open]").click()
            page.fill("#rank-address", "https://demo.example/post/1")
            page.fill("#rank-place", place)
            page.fill("#rank-day", day)
            page.locator("[data-test=rank-note]").click()
            expect(page.locator("[data-test=rank-said]")).to_contain_text(f"Place {place}")
        bring_into_sight(page.locator("[data-test=rank]"))
        picture(page, "delivery-10-rank-dark")
        page.goto("/set-up/channels/")
        expect(page.locator("[data-test=standing]").first).to_contain_text("last read")
        picture(page, "delivery-11-channels-dark")


def test_outbox_and_stop_fit_a_phone(browser: Browser, desk: Desk) -> None:
    with page_of(browser, desk.address, viewport={"width": 390, "height": 844}) as page:
        _in(page)
        page.goto("/outbox/")
        page.fill("#stop-reason", "A crisis: one voice only")
        page.locator("[data-test=stop]").click()
        expect(page.locator("[data-test=stopped]")).to_be_visible()
        picture(page, "delivery-12-phone")
        assert page.evaluate("document.documentElement.scrollWidth") == 390
        page.locator("[data-test=lift]").click()
        expect(page.locator("[data-test=stopped]")).to_have_count(0)
