"""How a cluster stands, in words."""

from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from amends.listening.cluster import State, sentences, table
from amends.listening.cluster.state import Copy, Lane

FULL = (
    "The broker is 88 % full of frames that nobody has worked; start more workers. "
    "When it is full, receivers wait."
)
NOW = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
WELL = State(
    messages=3,
    size=1_000,
    most=1 << 30,
    oldest=NOW - timedelta(seconds=1),
    copies=(
        Copy(node="n1", leads=True, current=True, behind=0),
        Copy(node="n2", leads=False, current=True, behind=0),
    ),
    lanes=(Lane(name="0", leader="n1", waiting=1, at_work=2, again=0, workers=2),),
    cursors={},
)


def lane(**changed: int) -> tuple[Lane, ...]:
    return (msgspec.structs.replace(WELL.lanes[0], **changed),)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({}, "All is well: every node has its copy, and workers keep up."),
        (
            {"copies": ()},
            "No node leads: more than half of them must reach each other. Nothing is received.",
        ),
        (
            {"copies": (WELL.copies[0], Copy(node="n2", leads=False, current=False, behind=40))},
            "Node n2 lacks 40 changes; frames lie on the others.",
        ),
        (
            {"size": 900 << 20},
            FULL,
        ),
        (
            {"oldest": NOW - timedelta(minutes=5), "messages": 7_000},
            "Workers are 5 min behind (7,000 messages wait); start more.",
        ),
        (
            {"lanes": lane(workers=0, at_work=0)},
            "No worker asks for any lane; run amends cluster work.",
        ),
        ({"lanes": lane(again=2)}, "Lane 0: 2 messages were handed out again."),
    ],
)
def test_state_is_said_in_words(changed: dict[str, object], said: str) -> None:
    assert sentences(msgspec.structs.replace(WELL, **changed), now=NOW) == [said]


def test_lanes_stand_in_a_table() -> None:
    assert table(WELL) == (
        "lane  waiting  at work  again  workers  leader\n0     1        2        0      2        n1"
    )
