"""Clocks on the case page."""

import re
from datetime import datetime, time, timedelta

import pytest
from django.utils import timezone

from amends.casework.hours import Hours, Window
from amends.desk.actions import resolve_case, wait_for_customer
from amends.desk.actions.clockwork import sound_alarms, wind_all
from amends.desk.models import Case, HoursRow, SlaPolicyRow
from amends.web.clockpage import back_words
from tests import factories, people
from tests.web.support import Page, case_page, signed_in

pytestmark = [pytest.mark.database, pytest.mark.alike]


def _case(hours_ago: float, **times: int) -> Case:
    """A case that was opened some hours ago by the clock of today."""
    now = timezone.now()
    case = factories.case(complaint=0.6)
    SlaPolicyRow.objects.create(name="Ours", times=times)
    Case.objects.filter(pk=case.pk).update(opened_at=now - timedelta(hours=hours_ago))
    wind_all(now=now)
    sound_alarms(now=now)
    case.refresh_from_db()
    return case


def _clocks(case: Case) -> str:
    found = re.search(r'<section data-test="clocks".*?</section>', case_page(case), re.DOTALL)
    return Page(found[0]).words if found else ""


def test_case_page_shows_its_clocks_in_words() -> None:
    """R35."""
    case = _case(2.02, acknowledgement=60, first_reply=245)
    assert _clocks(case) == (
        "Clocks Acknowledgement within 1 h late by 1 h First answer within 4 h due in 2 h Policy: Ours"
    )
    page = Page(case_page(case))
    (chip,) = page.hooks("next-clock")
    assert (chip["class"], chip["data-what"]) == ("chip due late", "acknowledgement")
    assert "The acknowledgement is late" in page.words


def test_paused_and_met_clocks_say_so() -> None:
    case = _case(2.02, resolution=300, close_out=600)
    waiting = wait_for_customer(case, by=people.mina(), now=timezone.now())
    assert "Solution within 5 h paused, 2 h left" in _clocks(waiting)
    settled = resolve_case(case, by=people.mina(), now=timezone.now())
    assert _clocks(settled).startswith(
        "Clocks Solution within 5 h met in 2 h Close-out within 10 h due in 9 h"
    )


OFFICE = Hours("Europe/Berlin", tuple(Window(day, time(9, 30), time(17)) for day in range(5)), "DE")


@pytest.mark.parametrize(
    ("now", "words"),
    [
        ("2026-11-22T22:10", "We are back on Monday 23 November at 09:30 (Europe/Berlin)."),
        ("2026-12-24T18:00", "We are back on Monday 28 December at 09:30 (Europe/Berlin)."),
        ("2026-11-23T12:00", ""),
    ],
    ids=["on Sunday night", "over Christmas", "while it is open"],
)
def test_customer_can_be_told_truthfully_when_we_are_back(now: str, words: str) -> None:
    """R36."""
    assert back_words(OFFICE, now=datetime.fromisoformat(f"{now}+00:00")) == words


def test_composer_offers_to_say_when_we_are_back_while_nobody_is_there() -> None:
    """R36: the button stands beside the contact route; not where somebody is there day and night."""
    case = _case(1, resolution=600)
    assert Page(case_page(case)).hooks("insert-back") == []
    off = (timezone.now() + timedelta(days=2)).date()
    windows = [[off.weekday(), "09:00", "10:00"]]
    SlaPolicyRow.objects.update(hours=HoursRow.objects.create(name="Rare", windows=windows))
    (button,) = Page(case_page(case)).hooks("insert-back")
    assert str(button["data-route"]).startswith(f"We are back on {off:%A %-d %B} at 09:00")


def test_case_is_handed_up_on_its_page() -> None:
    case, lead = factories.case(), people.priya()
    client = signed_in(people.mina())
    client.post(f"/cases/{case.ref}/hand-up/", {"to": lead.pk})
    words = Page(case_page(case)).words
    assert "Mina Kaya handed the case up to Priya Nair" in words
    assert client.post(f"/cases/{case.ref}/hand-up/", {"to": people.omar().pk}).status_code == 400
