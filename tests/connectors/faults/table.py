"""The table of faults, for every network: ``python -m tests.connectors.faults.table``."""

import asyncio
import sys

from tests.connectors.faults.ordeal import FAULTS, READ_ONLY, reading, replying
from tests.connectors.faults.worlds import WORLDS
from tests.support.clocks import HandClock


async def rows() -> list[str]:
    """A line for each network, fault and direction."""
    found = ["network   fault                         lost doubled well after  its own back-off"]
    for network, world in WORLDS.items():
        for name, kind in FAULTS.items():
            for way in (reading,) if name in READ_ONLY else (reading, replying):
                end = await way(world(HandClock()), name)
                found.append(
                    f"{network:9} {name:29} {end.lost:4} {end.doubled:7} {end.well_after_s:8.1f} s"
                    f" {kind.back_off_s:14.0f} s  {way.__name__}"
                )
    return found


if __name__ == "__main__":
    sys.stdout.write("\n".join(asyncio.run(rows())) + "\n")
