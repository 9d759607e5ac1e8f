"""Clocks of cases: wound when something changes, heard when they run out."""

import importlib
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db import connection

from amends.casework import CaseState, Priority
from amends.casework.clocks import Clock, Standing
from amends.desk.actions import (
    escalate_case,
    prioritise_case,
    proof,
    reopen_case,
    resolve_case,
    wait_for_customer,
)
from amends.desk.actions.clockwork import sound_alarms, wind_all
from amends.desk.models import Case, HoursRow, SlaPolicyRow
from amends.desk.queries.clocks import OLD, clocks_of, due_alarms
from amends.terms import BadInput, NotAllowed
from tests.factories import NOON, case, mention, store
from tests.people import mina, omar, priya

pytestmark = pytest.mark.database

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
WEEKDAYS = [[day, "09:00", "17:00"] for day in range(5)]


def policy(name: str = "Ours", **facts: Any) -> SlaPolicyRow:
    times = {"first_reply": 60, "resolution": 600}
    return SlaPolicyRow.objects.create(**({"name": name, "times": times} | facts))


def case_at(at: datetime = NOON, **facts: Any) -> Case:
    """A calm complaint, so that its severity is normal."""
    return case(at=at, complaint=0.6, **facts)


def fresh(row: Case) -> Case:
    row.refresh_from_db()
    return row


def breaches(row: Case) -> list[tuple[str, int | None]]:
    told = row.history.filter(kind="sla.breached").order_by("seq")
    return [(event.data["clock"], event.actor_id) for event in told]


@pytest.mark.alike
def test_new_case_has_its_first_clock_and_its_place() -> None:
    """R35: with what is shipped, where nobody decided anything."""
    row = case_at()
    found = (row.clock, row.due_at, row.alarm_at, row.rank)
    assert found == ("acknowledgement", NOON + HOUR, NOON + HOUR, (NOON + HOUR).timestamp())


def test_narrowest_policy_and_its_hours_say_when_it_is_due() -> None:
    """R35, R36: a complaint on Saturday is due on Monday."""
    hours = HoursRow.objects.create(name="Office", zone="Europe/Berlin", windows=WEEKDAYS)
    policy("Any")
    policy("Demo", network="demo", hours=hours)
    saturday = NOON + timedelta(days=5)
    assert case_at(saturday).due_at == datetime.fromisoformat("2026-03-09T10:00+01:00")


@pytest.mark.alike
def test_hours_that_cannot_be_read_any_more_keep_no_case_from_being_written() -> None:
    hours = HoursRow.objects.create(name="Gone", zone="Mars/Base", windows=WEEKDAYS)
    policy("Demo", hours=hours)
    assert case_at(NOON + timedelta(days=5)).due_at == NOON + timedelta(days=5) + HOUR


@pytest.mark.alike
def test_clocks_stand_still_while_the_customer_has_the_word() -> None:
    policy(times={"resolution": 600})
    row = wait_for_customer(case_at(), by=mina(), now=NOON + HOUR)
    assert (row.due_at, row.alarm_at) == (None, None)
    row = reopen_case(row, by=mina(), now=NOON + 5 * HOUR)
    assert row.due_at == NOON + 14 * HOUR
    shown = clocks_of(row, now=NOON + 6 * HOUR).shown
    used, left = 2 * HOUR, 8 * HOUR
    assert shown == {
        Clock.RESOLUTION: Standing(NOON + 14 * HOUR, used, left, None, paused=False, met_at=None)
    }


@pytest.mark.alike
def test_resolved_case_leaves_the_order_and_waits_for_its_close_out() -> None:
    row = resolve_case(case_at(), by=mina(), now=NOON + HOUR)
    assert (row.rank, row.clock, row.due_at) == (None, "close_out", NOON + 49 * HOUR)


@pytest.mark.alike
def test_severity_moves_a_case_up_and_its_clock_closer() -> None:
    row = case_at()
    before = row.rank
    row = prioritise_case(row, priority=Priority.URGENT, by=mina(), now=NOON)
    assert row.due_at == NOON + 15 * MINUTE
    assert before is not None
    assert row.rank == before - 45 * 60 - 8 * 3600


def test_breach_is_an_event_once() -> None:
    """R35: an event of its own, written by nobody, in a chain that stays whole."""
    policy()
    row = case_at()
    assert due_alarms(now=NOON + HOUR - MINUTE, most=9) == []
    rung = [sound_alarms(now=NOON + HOUR + MINUTE * n) for n in range(3)]
    assert (rung, breaches(row)) == ([1, 0, 0], [("first_reply", None)])
    assert (fresh(row).alarm_at, row.due_at) == (NOON + 10 * HOUR, NOON + HOUR)
    assert proof(row).whole


def test_each_run_of_a_clock_can_be_missed_anew() -> None:
    policy(times={"close_out": 60})
    row = case_at()
    for hours in (1, 5):
        resolve_case(row, by=mina(), now=NOON + hours * HOUR)
        sound_alarms(now=NOON + (hours + 2) * HOUR)
        reopen_case(row, by=mina(), now=NOON + (hours + 3) * HOUR)
    assert breaches(row) == [("close_out", None)] * 2


def test_breach_can_escalate() -> None:
    """A missed clock hands the case up, once, where the policy says so."""
    policy(escalate_to=priya())
    row = case_at()
    sound_alarms(now=NOON + HOUR)
    sound_alarms(now=NOON + 10 * HOUR)
    kinds = list(row.history.order_by("seq").values_list("kind", flat=True))
    assert kinds == ["case.opened", "sla.breached", "case.escalated", "sla.breached"]
    assert (fresh(row).owner, row.escalated) == (priya(), 1)


def test_case_is_handed_up_by_hand_to_somebody_above() -> None:
    row = escalate_case(case_at(), to=priya(), by=mina(), now=NOON)
    assert (row.owner, row.escalated) == (priya(), 1)
    event = row.history.get(kind="case.escalated")
    assert (event.actor, event.data) == (mina(), {"to": priya().pk, "why": "by_hand"})
    with pytest.raises(BadInput, match="Priya Nair has this case already"):
        escalate_case(row, to=priya(), by=mina(), now=NOON)
    with pytest.raises(NotAllowed, match="Omar Haddad is none"):
        escalate_case(row, to=omar(), by=mina(), now=NOON)


def test_history_that_was_read_in_rings_for_nobody() -> None:
    policy()
    row = case_at(NOON - OLD - 30 * HOUR)
    Case.objects.update(opened_at=NOON - OLD - 30 * HOUR)
    wind_all(now=NOON)
    assert sound_alarms(now=NOON) == 1
    assert (sound_alarms(now=NOON), breaches(row)) == (0, [])
    assert fresh(row).due_at == NOON - OLD - 29 * HOUR


@pytest.mark.alike
def test_what_is_promised_anew_is_computed_for_all() -> None:
    row = case_at()
    policy(times={"first_reply": 120})
    wind_all(now=NOON)
    assert sound_alarms(now=NOON) == 1
    assert (fresh(row).clock, row.due_at) == ("first_reply", NOON + 2 * HOUR)
    assert row.rank == (NOON + 2 * HOUR).timestamp()


@pytest.mark.alike
def test_others_who_take_a_matter_up_move_it_up() -> None:
    """R12, R19."""
    row = case_at(native_id="first")
    before = row.rank
    store(mention("Same here!", handle="ben", in_reply_to="first", complaint=0.1))
    assert before is not None
    assert (fresh(row).spread, row.rank) == (1, before - 2 * 3600)


@pytest.mark.alike
def test_alarms_are_found_by_an_index() -> None:
    late = Case.objects.filter(alarm_at__lte=NOON, alarm_at__gt=NOON - OLD)
    plan = late.order_by("alarm_at", "id").values_list("pk").explain()
    assert "cases_by_alarm" in plan
    assert "TEMP B-TREE" not in plan


def test_migration_lets_clocks_be_computed_twice_the_same() -> None:
    """Cases of before there were clocks."""
    live, settled = case_at(), case_at(handle="omar")
    resolve_case(settled, by=mina(), now=NOON)
    wanted = (live.rank, fresh(settled).due_at)
    Case.objects.update(rank=None, due_at=None, alarm_at=None)
    step = importlib.import_module("amends.desk.migrations.0005_clocks")
    for _ in range(2):
        step.let_clocks_be_computed(apps, connection.schema_editor())
    assert fresh(live).rank == 0
    Case.objects.update(alarm_at=NOON)
    assert sound_alarms(now=NOON) == 2
    assert (fresh(live).rank, fresh(settled).due_at, live.state) == (*wanted, CaseState.NEW)
