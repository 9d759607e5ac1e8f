"""Which SLA policy holds, and what its clocks show."""

from datetime import UTC, datetime, timedelta

import pytest

from amends.casework import CaseState, Priority
from amends.casework.clocks import CaseTimes, Clock
from amends.casework.sla import SHIPPED, SlaPolicy, choose_policy, dues, standings

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
TIMES = {Clock.FIRST_REPLY: HOUR, Clock.RESOLUTION: 3 * HOUR}
ANY = SlaPolicy(name="any", times=TIMES)
BLUESKY = SlaPolicy(name="bluesky", times=TIMES, network="bluesky")
URGENT = SlaPolicy(name="urgent", times=TIMES, priority=Priority.URGENT)
GOLD = SlaPolicy(name="gold", times=TIMES, customer=7)


@pytest.mark.parametrize(
    ("priority", "network", "customer", "chosen"),
    [
        (2, "demo", 1, ANY),
        (2, "bluesky", 1, BLUESKY),
        (4, "bluesky", 1, URGENT),
        (4, "bluesky", 7, GOLD),
    ],
)
def test_narrowest_policy_holds(
    priority: int, network: str, customer: int, chosen: SlaPolicy
) -> None:
    """R35: by severity, network and customer."""
    policies = [ANY, BLUESKY, URGENT, GOLD]
    found = choose_policy(policies, priority=priority, network=network, customer=customer)
    assert found is chosen


@pytest.mark.parametrize("priority", list(Priority))
def test_a_desk_that_decided_nothing_has_clocks(priority: Priority) -> None:
    found = choose_policy([GOLD], priority=priority, network="demo", customer=1)
    assert (found in SHIPPED, found.priority, set(found.times)) == (True, priority, set(Clock))


def test_only_promised_clocks_run() -> None:
    times = CaseTimes(state=CaseState.NEW, opened_at=NOON)
    due = {clock: at for clock, (_, at) in dues(times, ANY).items()}
    assert due == {Clock.FIRST_REPLY: NOON + HOUR, Clock.RESOLUTION: NOON + 3 * HOUR}


def test_clock_that_was_met_is_shown_and_not_due() -> None:
    times = CaseTimes(state=CaseState.OPEN, opened_at=NOON, answered_at=NOON + 2 * HOUR)
    shown = standings(times, ANY, now=NOON + 2 * HOUR)
    assert set(dues(times, ANY)) == {Clock.RESOLUTION}
    assert shown[Clock.FIRST_REPLY].late_since == NOON + HOUR
    assert shown[Clock.RESOLUTION].left == HOUR
