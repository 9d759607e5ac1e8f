"""A folder, and its world for the contract test."""

import json
import os
from pathlib import Path

from amends.bench.faults.clock import HandClock
from amends.connectors.filedrop import FiledropConnector
from amends.outbound import Outbound
from amends.terms import Channel, Credentials


def connector(folder: Path, clock: HandClock | None = None, **settings: str) -> FiledropConnector:
    told = {"folder": str(folder), **settings}
    channel = Channel(network="filedrop", handle="reviews", settings=told)
    return FiledropConnector(channel, Credentials(values={}), Outbound(), clock or HandClock())


def write(path: Path, text: str | bytes, clock: HandClock) -> None:
    """Append, and let the file have changed now by the clock."""
    with path.open("ab") as file:
        file.write(text.encode() if isinstance(text, str) else text)
    now = clock.now().timestamp()
    os.utime(path, (now, now))


class FiledropWorld:
    """What the contract test asks of a world."""

    greeting = ""

    def __init__(self, folder: Path) -> None:
        self.folder, self.clock, self._made = folder, HandClock(), 0

    async def connector(self) -> FiledropConnector:
        return connector(self.folder, self.clock)

    async def post_as_customer(self, text: str, *, mention: bool) -> str:
        self._made += 1
        line = json.dumps({"id": f"d{self._made}", "text": text})
        write(self.folder / "posts.jsonl", f"{line}\n", self.clock)
        return f"d{self._made}"

    async def posts_in_thread(self, post_id: str) -> list[str]:
        return []

    async def aclose(self) -> None:
        """Nothing is open."""
