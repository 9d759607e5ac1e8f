"""The event log proves itself."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amends.casework import GENESIS, Link, Verdict, event_hash, verify

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def chain(length: int) -> list[Link]:
    links: list[Link] = []
    before = GENESIS
    for seq in range(1, length + 1):
        at, data = NOON + timedelta(seconds=seq), {"post": seq}
        made = event_hash(
            case="ABC", seq=seq, kind="post.attached", actor=None, at=at, data=data, before=before
        )
        links.append(Link("ABC", seq, "post.attached", None, at, data, before, made))
        before = made
    return links


def test_whole_chain_holds() -> None:
    links = chain(4)
    assert verify(links, count=4, head=links[-1].hash) == Verdict(True)


def test_empty_chain_holds() -> None:
    assert verify([], count=0, head=GENESIS).whole


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"data": {"post": 99}}, "event 2 was changed"),
        ({"actor": 7}, "event 2 was changed"),
        ({"at": NOON}, "event 2 was changed"),
        ({"kind": "case.resolved"}, "event 2 was changed"),
        ({"before": GENESIS}, "event 2 does not follow the one before it"),
    ],
)
def test_changed_event_is_found(change: dict[str, object], reason: str) -> None:
    links = chain(3)
    links[1] = replace(links[1], **change)  # type: ignore[arg-type]
    assert verify(links, count=3, head=links[-1].hash) == Verdict(False, 2, reason)


@given(st.integers(1, 6), st.data())
def test_missing_event_is_found(length: int, data: st.DataObject) -> None:
    links = chain(length)
    gone = data.draw(st.integers(0, length - 1))
    assert not verify(links[:gone] + links[gone + 1 :], count=length, head=links[-1].hash).whole


def test_time_zone_of_an_event_changes_nothing() -> None:
    from zoneinfo import ZoneInfo

    one = chain(1)[0]
    moved = replace(one, at=one.at.astimezone(ZoneInfo("Asia/Tokyo")))
    assert verify([moved], count=1, head=one.hash).whole
