"""How SQLite finds what was heard; PostgreSQL plans by figures that a desk of a few posts lacks."""

from datetime import timedelta

import pytest

from amends.desk.queries.heard import HeardFilter, View, fitting
from amends.desk.queries.newest import Key, Newest
from tests.factories import NOON

pytestmark = pytest.mark.database


@pytest.mark.parametrize(
    "wanted",
    [
        HeardFilter(network="demo", sentiment="negative", role="press", lang="de"),
        HeardFilter(view=View.THEIRS, words="lost luggage", role="unknown"),
        HeardFilter(view=View.PRAISE, kind="brand"),
        HeardFilter(view=View.MARKET, mood="question", watch=1),
    ],
)
def test_parts_are_read_in_the_order_of_an_index(wanted: HeardFilter) -> None:
    """Whatever a list is narrowed to: a database that sorts what it finds reads all of it first."""
    part = Newest(watch=wanted.watch).part(Key(NOON, 7), Key(NOON - timedelta(1), 1))
    plan = fitting(part, wanted, 0.5).values_list("pk").explain()
    index = "mentions_by_time" if wanted.watch else "posts_by_time"
    assert index in plan
    assert "TEMP B-TREE" not in plan
