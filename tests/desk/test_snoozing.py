"""Snoozing (what people expect of any desk): put off, and back in time."""

from datetime import timedelta

import pytest

from amends.desk.actions import resolve_case
from amends.desk.actions.clockwork import sound_alarms
from amends.desk.actions.snoozing import snooze_case, wake_case, wake_cases
from amends.desk.models import Case
from amends.desk.queries import InboxFilter, Tab, inbox_page
from amends.terms import BadInput, NotAllowed
from tests.factories import NOON, case, mention, store
from tests.people import mina, vic

pytestmark = pytest.mark.database

HOUR = timedelta(hours=1)


def _tabs() -> dict[str, list[str]]:
    tabs = (Tab.ALL, Tab.SNOOZED)
    return {tab: [r["ref"] for r in inbox_page(mina(), InboxFilter(tab)).rows] for tab in tabs}


def _snoozed(hours: int = 5) -> Case:
    row = case(complaint=0.6, conversation="c")
    return snooze_case(row, until=NOON + hours * HOUR, by=mina(), now=NOON)


def _why(row: Case) -> list[str]:
    woken = row.history.filter(kind="case.woken").order_by("seq")
    return [event.data["why"] for event in woken]


@pytest.mark.alike
def test_snoozed_case_stands_in_its_own_tab_till_its_time() -> None:
    row = _snoozed()
    assert _tabs() == {"all": [], "snoozed": [row.ref]}
    assert wake_cases(now=NOON + 4 * HOUR) == 0
    assert wake_cases(now=NOON + 5 * HOUR) == 1
    assert (_tabs(), _why(row)) == ({"all": [row.ref], "snoozed": []}, ["time"])


@pytest.mark.alike
def test_customer_who_writes_wakes_the_case() -> None:
    row = _snoozed()
    store(mention("Hello?", conversation="c", complaint=0.6), now=NOON + HOUR)
    assert (_tabs()["all"], _why(row)) == ([row.ref], ["customer"])


def test_clock_runs_on_and_wakes_the_case_when_it_is_missed() -> None:
    """R35: to put a case off stops no clock."""
    row = _snoozed(30)
    sound_alarms(now=NOON + 3 * HOUR)
    assert (_tabs()["all"], _why(row)) == ([row.ref], ["breach"])


@pytest.mark.alike
def test_by_hand_it_comes_back_and_what_is_settled_is_not_snoozed() -> None:
    row = wake_case(_snoozed(), by=mina(), now=NOON)
    assert (wake_case(row, by=mina(), now=NOON).snoozed_until, _why(row)) == (None, ["by_hand"])
    snooze_case(row, until=NOON + HOUR, by=mina(), now=NOON)
    assert resolve_case(row, by=mina(), now=NOON).snoozed_until is None
    with pytest.raises(NotAllowed, match="A case that is resolved cannot be put off"):
        snooze_case(row, until=NOON + HOUR, by=mina(), now=NOON)


@pytest.mark.alike
@pytest.mark.parametrize("hours", [0, -1, 24 * 91])
def test_only_a_time_to_come_can_be_chosen(hours: int) -> None:
    with pytest.raises(BadInput, match="for 90 days at most, to a time to come"):
        snooze_case(case(), until=NOON + hours * HOUR, by=mina(), now=NOON)
    with pytest.raises(NotAllowed):
        snooze_case(case(), until=NOON + HOUR, by=vic(), now=NOON)
