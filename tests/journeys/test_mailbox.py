"""A mailbox is connected from the desk, a complaint comes in by mail, and is answered, in Chromium.

The servers are real: Dovecot for what is read, aiosmtpd for what is sent.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from email import message_from_bytes, policy

import pytest
from playwright.sync_api import Browser, Page, expect

from amends.bench.faults.clock import HandClock
from amends.bench.faults.fakes.mail_letters import letter
from tests.connectors.mail.conftest import Box
from tests.support.browser import page_of, picture
from tests.support.desk import Desk, running_desk
from tests.support.dovecot import PASSWORD as MAIL_PASSWORD
from tests.support.dovecot import dovecot, sink
from tests.support.processes import wait_until

pytestmark = [pytest.mark.browser, pytest.mark.mail]

PASSWORD = "a-long-enough-pass-phrase"
COMPLAINT = "My suitcase never arrived and nobody answers the phone. This is an awful service."


@pytest.fixture(scope="module")
def box() -> Iterator[Box]:
    with dovecot() as port, sink() as taken:
        yield Box(port, taken, "care@brindlewing.example", HandClock(datetime.now(UTC)))


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    home = tmp_path_factory.mktemp("home")
    with running_desk(home, allow_hosts="localhost:*") as running:
        yield running


@pytest.fixture(scope="module")
def page(browser: Browser, desk: Desk) -> Iterator[Page]:
    with page_of(browser, desk.address) as made:
        made.goto(desk.link)
        made.locator("[data-test=enter]").click()
        made.fill("input[name=name]", "Mina Kaya")
        made.fill("input[name=password]", PASSWORD)
        made.locator("[data-test=save-account]").click()
        yield made


def test_mailbox_is_connected_and_tried_by_a_button(page: Page, box: Box) -> None:
    page.goto("/set-up/channels/")
    page.locator("[data-test=connect-mail]").click()
    page.fill("input[name=handle]", box.user)
    page.fill("input[name=name]", "Brindlewing Care")
    for name in ("imap", "smtp"):
        page.fill(f"input[name={name}_host]", f"{name}.brindlewing.example")
    page.fill("input[name=password]", "not-the-password")
    picture(page, "mail-01-connect")
    for name in ("imap", "smtp"):
        page.fill(f"input[name={name}_host]", "localhost")
    page.locator("details.fold summary").click()
    for name, value in (("imap_port", box.port), ("smtp_port", box.sink.port), ("begin_hours", 48)):
        page.fill(f"input[name={name}]", str(value))
    for name in ("imap_security", "smtp_security"):
        page.select_option(f"select[name={name}]", "none")
    picture(page, "mail-02-advanced")
    page.locator("[data-test=save-channel]").click()
    row = page.locator("[data-test=channel]", has_text=box.user)
    row.locator("[data-test=try-channel]").click()
    # The listener may have found out as well, and says so in the row.
    expect(page.get_by_text("no longer accepts the sign-in").first).to_be_visible()
    row.get_by_role("link").first.click()
    page.fill("input[name=password]", MAIL_PASSWORD)
    page.locator("[data-test=save-channel]").click()
    row.locator("[data-test=try-channel]").click()
    expect(page.get_by_text("The connection works")).to_be_visible()
    picture(page, "mail-03-works")


def test_complaint_by_mail_is_answered_in_its_thread(page: Page, box: Box) -> None:
    """R06, R24: told by the server at once, answered from the case's page."""
    raw = letter(COMPLAINT, at=box.clock.now(), message_id="m1@far.example", to=box.user)
    box.put(raw, at=box.clock.now())
    page.goto("/inbox/")
    row = page.locator("[data-test=case-row]", has_text="suitcase never arrived")
    expect(row).to_be_visible(timeout=30_000)
    row.click()
    expect(page.locator("[data-test=text-private]")).to_be_visible()
    page.fill(
        "[data-test=text-private]", "I am sorry about your suitcase. Which flight were you on?"
    )
    picture(page, "mail-04-case")
    page.locator("[data-test=send]").click()
    wait_until(lambda: bool(box.sink.taken), seconds=30, what="the mail")
    told = message_from_bytes(box.sink.taken[0][1], policy=policy.default)
    assert told["In-Reply-To"] == "<m1@far.example>"
    answer = letter(
        "BW 400, on Sunday.", at=box.clock.now(), message_id="m2@far.example",
        to=str(told["Reply-To"]), subject="Re: My suitcase",
    )  # fmt: skip
    box.put(answer, at=box.clock.now())
    expect(page.get_by_text("BW 400, on Sunday.", exact=True)).to_be_visible(timeout=30_000)
    page.set_viewport_size({"width": 390, "height": 844})
    picture(page, "mail-05-phone")
    page.emulate_media(color_scheme="dark")
    page.goto("/set-up/channels/new/mail/")
    picture(page, "mail-06-phone-dark")


def test_reddit_is_connected_with_an_applications_keys(page: Page) -> None:
    page.emulate_media(color_scheme="light")
    page.set_viewport_size({"width": 1440, "height": 900})
    page.goto("/set-up/channels/")
    page.locator("[data-test=connect-reddit]").click()
    page.fill("input[name=handle]", "u/brindlewing")
    page.fill("input[name=subreddits]", "travel, luggage")
    picture(page, "reddit-01-connect")
    for name in ("client_id", "client_secret", "password"):
        page.fill(f"input[name={name}]", "x-for-tests")
    page.locator("[data-test=save-channel]").click()
    expect(page.locator("[data-test=channel]", has_text="brindlewing").first).to_be_visible()
    assert page.url.endswith("/set-up/channels/")
