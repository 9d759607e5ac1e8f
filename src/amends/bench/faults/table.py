"""The table of faults for every network, as rows and as lines."""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from typing import Final

import msgspec

from amends.bench.faults.clock import HandClock
from amends.bench.faults.ordeal import FAULTS, READ_ONLY, Outcome, reading, replying
from amends.bench.faults.streams import NAME, STREAMS, torn
from amends.bench.faults.worlds import SILENT, WORLDS
from amends.connectors.registry import networks, traits_of

SLACK_S: Final = 5.0


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """What came of one fault on one network, reading or replying. Times are in seconds by a clock
    that is moved by hand: as long as the product chose to wait."""

    network: str
    fault: str
    way: str
    lost: int
    doubled: int
    well_after_s: float
    back_off_s: float
    dead: int = 0

    @property
    def held(self) -> bool:
        """Nothing lost, nothing doubled, well within the network's own back-off and five seconds."""
        nothing = (self.lost, self.doubled, self.dead) == (0, 0, 0)
        return nothing and self.well_after_s <= self.back_off_s + SLACK_S


def answers(network: str) -> bool:
    """Whether a reply can be sent there at all."""
    traits = traits_of(network)
    return traits.can_reply or traits.can_message


async def rows(wanted: Iterable[str], tell: Callable[[str], None]) -> list[Row]:
    """A row for each network, fault and direction. ``tell`` is given each network before it."""
    found = []
    for network in wanted:
        tell(network)
        read = await reading(WORLDS[network](HandClock()), FAULTS)
        replied = await _replying(network)
        for name in FAULTS:
            found.append(_row(network, name, "reading", read[name]))
            if name in replied:
                found.append(_row(network, name, "replying", replied[name]))
        if network in STREAMS:
            end = await torn(STREAMS[network](HandClock()))
            found.append(_row(network, NAME, "following", end))
    return found


async def _replying(network: str) -> dict[str, Outcome]:
    """Nothing where no reply can be sent."""
    if not answers(network):
        return {}
    kinds = [name for name in FAULTS if name not in READ_ONLY]
    return await replying(WORLDS[network](HandClock()), kinds)


def _row(network: str, name: str, way: str, end: Outcome) -> Row:
    return Row(
        network=network, fault=name, way=way, lost=end.lost, doubled=end.doubled,
        well_after_s=end.well_after_s, back_off_s=FAULTS[name].back_off_s if name in FAULTS else 0.0, dead=len(end.dead),
    )  # fmt: skip


def measure(wanted: Sequence[str], tell: Callable[[str], None]) -> list[Row]:
    """``rows``, waited for."""
    return asyncio.run(rows(wanted, tell))


def lines_of(found: Sequence[Row]) -> list[str]:
    """The table for people, and a line for each network that has no row, with the reason."""
    head = "network         fault                         lost doubled well after  its back-off"
    lines = [head]
    lines += [
        f"{one.network:15} {one.fault:29} {one.lost:4} {one.doubled:7} {one.well_after_s:8.1f} s"
        f" {one.back_off_s:10.0f} s  {one.way}{'' if one.held else '  NOT HELD'}"
        for one in found
    ]
    there = {one.network for one in found}
    if there == set(WORLDS):
        lines += [f"{name:15} {why}" for name, why in SILENT.items()]
    held = sum(one.held for one in found)
    return [*lines, f"{held} of {len(found)} held: nothing lost, nothing doubled, well in time."]


def missing() -> set[str]:
    """Connectors that are neither in the table nor known to ask nobody."""
    return set(networks()) - set(WORLDS) - set(SILENT)
