"""Every network with every fault: nothing lost, nothing doubled, well again within the network's
own back-off and five seconds."""

import pytest
from click.testing import CliRunner

from amends.bench.faults.clock import HandClock
from amends.bench.faults.ordeal import FAULTS, READ_ONLY, Outcome, reading, replying
from amends.bench.faults.streams import STREAMS, torn
from amends.bench.faults.table import SLACK_S, Row, answers, lines_of, missing
from amends.bench.faults.worlds import WORLDS
from amends.cli import cli

ANSWERING = [name for name in sorted(WORLDS) if answers(name)]


def not_held(found: dict[str, Outcome]) -> list[str]:
    """The faults that cost something, each with what it came to."""
    return [
        f"{name}: {end}"
        for name, end in found.items()
        if (end.lost, end.doubled, end.dead) != (0, 0, ())
        or end.well_after_s > FAULTS[name].back_off_s + SLACK_S
    ]


@pytest.mark.parametrize("network", sorted(WORLDS))
async def test_reading_loses_nothing_and_doubles_nothing(network: str) -> None:
    found = await reading(WORLDS[network](HandClock()), FAULTS)
    assert (not_held(found), set(found)) == ([], set(FAULTS))


@pytest.mark.parametrize("network", ANSWERING)
async def test_reply_goes_out_once(network: str) -> None:
    names = FAULTS.keys() - READ_ONLY
    found = await replying(WORLDS[network](HandClock()), sorted(names))
    assert (not_held(found), set(found)) == ([], names)


@pytest.mark.parametrize("network", sorted(STREAMS))
async def test_torn_stream_loses_nothing_and_doubles_nothing(network: str) -> None:
    found = await torn(STREAMS[network](HandClock()))
    assert (found.lost, found.doubled, found.dead) == (0, 0, ())
    assert found.well_after_s <= SLACK_S


def test_every_network_is_in_the_table() -> None:
    assert missing() == set()


def test_command_prints_a_network_and_ends_well(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = {name: kind for name, kind in FAULTS.items() if name in ("500", "expired token")}
    monkeypatch.setattr("amends.bench.faults.table.FAULTS", kept)
    done = CliRunner().invoke(cli, ["bench", "faults", "--network", "feeds"])
    assert (done.exit_code, "2 of 2 held" in done.output) == (0, True)


def test_command_fails_where_something_was_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    lost = Row(
        network="feeds", fault="500", way="reading", lost=1, doubled=0, well_after_s=0, back_off_s=0
    )
    monkeypatch.setattr("amends.bench.faults.table.measure", lambda *_: [lost])
    done = CliRunner().invoke(cli, ["bench", "faults"])
    assert (done.exit_code, "NOT HELD" in "\n".join(lines_of([lost]))) == (1, True)
