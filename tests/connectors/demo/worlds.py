"""Demo networks for tests, in the process and behind a server, with a clock moved by hand."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Self

from amends.bench.faults.clock import START, HandClock
from amends.connectors.demo import DemoConnector, DemoNetwork
from amends.connectors.demo.server import server
from amends.outbound import Outbound
from amends.terms import Channel, Credentials

__all__ = ["BRAND", "START", "TOKEN", "DemoWorld", "HandClock", "serving"]

TOKEN = "demo-token"
BRAND = "brindlewing"


class DemoWorld:
    """A quiet demo network, its brand and one customer; over HTTP where ``url`` is given."""

    network = "demo"
    greeting = ""

    def __init__(self, path: Path, *, url: str | None = None, **settings: str) -> None:
        self.clock = HandClock()
        self.demo = DemoNetwork(path, seed=1, clock=self.clock, cast=False)
        self.demo.signup("maud", name="Maud Pellerin", followers=412)
        self.outbound = Outbound(allow=["127.0.0.1:*"])
        where = {"url": url} if url else {"path": str(path), "cast": "off"}
        self.channel = Channel(network="demo", handle=BRAND, settings=where | settings)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_error: object) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        await self.outbound.aclose()

    async def connector(self) -> DemoConnector:
        credentials = Credentials(values={"token": TOKEN})
        return DemoConnector(self.channel, credentials, self.outbound, self.clock)

    async def post_as_customer(self, text: str, *, mention: bool) -> str:
        return self.demo.post("maud", f"@{BRAND} {text}" if mention else text)

    async def posts_in_thread(self, post_id: str) -> list[str]:
        """The texts under a post, oldest first."""
        return [post.text for post in self.demo.thread(post_id) if post.id != post_id]


@contextmanager
def serving(path: Path, *, control: bool = False) -> Iterator[str]:
    """The address of a quiet demo server on a free port of loopback."""
    port: list[int] = []
    up = threading.Event()

    def ready(found: int) -> None:
        port.append(found)
        up.set()

    made = server(
        path, host="127.0.0.1", port=0, seed=1, cast=False, clock=HandClock(), token=TOKEN,
        control=control, ready=ready,
    )  # fmt: skip
    thread = threading.Thread(target=made.run)
    thread.start()
    try:
        assert up.wait(10), "the demo server did not start"
        yield f"http://127.0.0.1:{port[0]}"
    finally:
        made.should_exit = True
        thread.join(10)
    assert not thread.is_alive(), "the demo server did not stop"
