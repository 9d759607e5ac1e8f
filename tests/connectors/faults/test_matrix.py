"""Every network with every fault: nothing lost, nothing doubled, well again within the network's
own back-off and five seconds."""

import pytest

from amends.connectors.registry import networks, traits_of
from tests.connectors.faults.ordeal import FAULTS, READ_ONLY, Outcome, reading, replying
from tests.connectors.faults.worlds import WORLDS
from tests.support.clocks import HandClock

SLACK_S = 5.0
# The demo network has no faults but those it is told; webhooks and files ask nobody for anything.
ELSEWHERE = {"demo", "filedrop", "webhook"}
ANSWERING = [
    name for name in sorted(WORLDS) if traits_of(name).can_reply or traits_of(name).can_message
]


def held(found: Outcome, name: str) -> None:
    assert (found.lost, found.doubled, found.dead) == (0, 0, ())
    assert found.well_after_s <= FAULTS[name].back_off_s + SLACK_S


@pytest.mark.parametrize("name", sorted(FAULTS))
@pytest.mark.parametrize("network", sorted(WORLDS))
async def test_reading_loses_nothing_and_doubles_nothing(network: str, name: str) -> None:
    held(await reading(WORLDS[network](HandClock()), name), name)


@pytest.mark.parametrize("name", sorted(FAULTS.keys() - READ_ONLY))
@pytest.mark.parametrize("network", ANSWERING)
async def test_reply_goes_out_once(network: str, name: str) -> None:
    held(await replying(WORLDS[network](HandClock()), name), name)


def test_every_network_is_in_the_table() -> None:
    assert set(WORLDS) | ELSEWHERE == set(networks())
