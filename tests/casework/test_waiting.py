"""The order of the inbox: what waiting costs most."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from amends.casework import Priority
from amends.casework.waiting import Waiting, cost_of, rank_of

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
DUE = st.integers(-3_000, 3_000).map(lambda minutes: NOON + timedelta(minutes=minutes))
WAITING = st.builds(Waiting, st.sampled_from(list(Priority)), DUE, st.integers(0, 5_000))


@given(st.lists(WAITING, min_size=2, max_size=8), st.integers(-2_000, 2_000))
def test_stored_number_orders_as_the_cost_does_at_any_time(
    cases: list[Waiting], later: int
) -> None:
    """R19: nothing need be computed anew while time goes by."""
    now = NOON + timedelta(minutes=later)
    costs = [cost_of(one, now=now) for one in sorted(cases, key=rank_of)]
    assert all(left >= right * 0.999 for left, right in pairwise(costs))


def ordered(**cases: Waiting) -> list[str]:
    return sorted(cases, key=lambda name: rank_of(cases[name]))


def test_clock_severity_and_spread_weigh_against_each_other() -> None:
    found = ordered(
        calm=Waiting(Priority.NORMAL, NOON),
        late=Waiting(Priority.NORMAL, NOON - 3 * HOUR),
        urgent=Waiting(Priority.URGENT, NOON),
        spread=Waiting(Priority.NORMAL, NOON, spread=7),
        low=Waiting(Priority.LOW, NOON - 3 * HOUR),
        nobody_waits=Waiting(Priority.URGENT, None, spread=900),
    )
    assert found == ["urgent", "spread", "late", "calm", "low", "nobody_waits"]


def test_first_large_reshare_moves_a_case_up() -> None:
    """R12, R19."""
    before, after = (
        ordered(ours=Waiting(2, NOON, spread=spread), other=Waiting(2, NOON - HOUR))
        for spread in (0, 1)
    )
    assert (before, after) == (["other", "ours"], ["ours", "other"])


def test_cost_doubles_every_two_hours() -> None:
    waiting = Waiting(Priority.HIGH, NOON)
    costs = [cost_of(waiting, now=NOON + hours * HOUR) for hours in (-2, 0, 2)]
    assert costs == [2.0, 4.0, 8.0]


def test_any_wait_has_a_cost() -> None:
    ages = [datetime(1971, 1, 1, tzinfo=UTC), datetime(8000, 1, 1, tzinfo=UTC)]
    assert all(cost_of(Waiting(4, at, spread=10**9), now=NOON) >= 0 for at in ages)
