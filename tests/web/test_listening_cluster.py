"""How the cluster stands, on the page of listening: never slow, whatever the broker does (R04)."""

import asyncio
import socket
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

import pytest
from pytest_django.fixtures import Settings

from amends.listening.cluster import Layout, State, connect
from amends.listening.cluster.state import Copy, Lane
from amends.web import clusterpage
from amends.web.clusterpage import Standing, ask, standing
from tests import people
from tests.support.nats import brokers
from tests.web.pages import HOSTILE, signed_in, unsafe_parts

NOW = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
LANE = Lane(name="0", leader=f"n1{HOSTILE}", waiting=7_000, at_work=2, again=0, workers=2)
WELL = State(
    messages=7_002,
    size=1_000,
    most=1 << 30,
    oldest=None,
    copies=(Copy(node="n1", leads=True, current=True, behind=0),),
    lanes=(LANE,),
    cursors={},
)


@pytest.fixture(autouse=True)
def nats(settings: Settings) -> None:
    settings.AMENDS_NATS = ("nats://127.0.0.1:9",)


async def asked(_servers: Sequence[str], _layout: Layout) -> State:
    return WELL


async def never(_servers: Sequence[str], _layout: Layout) -> State:
    await asyncio.sleep(0.2)
    return WELL


@pytest.mark.database
@pytest.mark.alike
def test_page_has_room_for_the_cluster_and_does_not_wait_for_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(clusterpage, "_ASKING", None)
    page = signed_in(people.mina).get("/listening/")
    assert 'hx-get="/listening/cluster/"' in page.text
    assert unsafe_parts(page) == []


@pytest.mark.database
@pytest.mark.alike
def test_desk_without_a_cluster_says_nothing_of_one(settings: Settings) -> None:
    settings.AMENDS_NATS = ()
    client = signed_in(people.mina)
    assert "luster" not in client.get("/listening/").text
    answer = client.get("/listening/cluster/")
    assert (answer.status_code, answer.content) == (204, b"")


@pytest.mark.database
@pytest.mark.alike
def test_part_shows_sentences_and_lanes(monkeypatch: pytest.MonkeyPatch) -> None:
    told = standing(now=NOW, asked=asked)
    monkeypatch.setattr("amends.web.clusterpage.standing", lambda *, now: told)
    part = signed_in(people.mina).get("/listening/cluster/")
    assert "All is well: every node has its copy, and workers keep up." in part.text
    assert "7,000</td>" in part.text
    assert unsafe_parts(part) == []


def test_layout_is_that_of_the_settings(settings: Settings) -> None:
    settings.AMENDS_NATS_PARTITIONS, settings.AMENDS_NATS_GIGABYTES = 9, 2
    given: list[tuple[Sequence[str], Layout]] = []

    async def note(servers: Sequence[str], layout: Layout) -> State:
        given.append((servers, layout))
        return WELL

    assert standing(now=NOW, asked=note).well
    assert given == [(("nats://127.0.0.1:9",), Layout(partitions=9, max_bytes=2 << 30))]


def test_silent_broker_is_one_sentence() -> None:
    said = "No broker said within 0.05 s how the cluster stands; look at them first."
    assert standing(now=NOW, asked=never, patience_s=0.05) == Standing(well=False, said=[said])


def test_dead_broker_is_one_sentence(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        settings.AMENDS_NATS = (f"nats://u:secret@127.0.0.1:{taken.getsockname()[1]}",)
    monkeypatch.setattr(clusterpage, "PATIENCE_S", 0.1)
    told = standing(now=NOW, patience_s=5)
    address = settings.AMENDS_NATS[0].replace("u:secret@", "")
    said = f"No broker answers at {address}; start it, or correct AMENDS_NATS."
    assert told == Standing(well=False, said=[said])


@pytest.fixture
def real(settings: Settings) -> Iterator[str]:
    with brokers() as nodes:
        settings.AMENDS_NATS, settings.AMENDS_NATS_PARTITIONS = nodes.addresses, 2
        yield nodes.addresses[0]


@pytest.mark.nats
def test_real_broker_says_that_no_worker_asks(real: str) -> None:
    async def set_up() -> State:
        layout = Layout(partitions=2, replicas=1, max_bytes=1 << 20)
        async with connect([real], layout, name="test") as broker:
            await broker.set_up()
        return await ask([real], layout)

    assert asyncio.run(set_up()).messages == 0
    told = standing(now=NOW, patience_s=5)
    assert told.said == ["No worker asks for any lane; run amends cluster work."]
    assert [(one.name, one.waiting) for one in told.lanes] == [("0", 0), ("1", 0), ("removals", 0)]
