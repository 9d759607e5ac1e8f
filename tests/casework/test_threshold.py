"""What a threshold catches and costs."""

import pytest

from amends.casework.correcting import corrected, enough
from amends.casework.threshold import LINES, Point, curve, point_at, wilson
from tests.casework.test_weighing import reading

JUDGED = [(True, 0.9), (True, 0.5), (True, 0.2), (False, 0.6), (False, 0.1)]
HEARD = [0.05, 0.3, 0.6, 0.95]


def test_lower_threshold_catches_more_and_costs_more() -> None:
    """R07."""
    assert [point_at(line, JUDGED, HEARD, days=2) for line in (0.15, 0.55)] == [
        Point(line=0.15, complaints=3, caught=3, wrong=1, a_day=1.5),
        Point(line=0.55, complaints=3, caught=1, wrong=1, a_day=1.0),
    ]
    points = curve(JUDGED, HEARD, days=2)
    assert [one.line for one in points] == list(LINES)
    caught = [one.caught for one in points]
    assert caught == sorted(caught, reverse=True)


def test_nothing_is_said_of_too_few_posts_or_too_short_a_time() -> None:
    point = point_at(0.5, [], HEARD, days=0.001)
    assert (point.share, point.interval, point.in_vain, point.a_day) == (None, None, None, None)


@pytest.mark.parametrize(("hits", "of"), [(0, 10), (5, 10), (10, 10), (1, 1), (80, 100)])
def test_interval_holds_the_share_and_stays_in_bounds(hits: int, of: int) -> None:
    low, high = wilson(hits, of)
    assert 0 <= low <= hits / of <= high <= 1
    assert high - low < (1 if of > 1 else 1.01)


def test_correction_takes_the_readings_place() -> None:
    said = reading(severity="blame", complaint=0.8)
    none = corrected(said, {"complaint": "none", "sentiment": "neutral"})
    assert (none.complaint, none.severity, none.sentiment) == (0.0, "none", "neutral")
    assert corrected(said, {"severity": "disapproval"}).severity == "disapproval"


@pytest.mark.parametrize(
    ("counts", "there"),
    [({"complaint": 32, "none": 8}, True), ({"complaint": 33, "none": 7}, False), ({}, False)],
)
def test_head_needs_enough_of_either_word(counts: dict[str, int], there: bool) -> None:
    assert enough(counts) is there
