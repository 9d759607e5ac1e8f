"""Deliveries in a list, and their world for the contract test."""

import json
from collections.abc import Sequence
from typing import Any

from amends.bench.faults.clock import HandClock
from amends.connectors.protocol import Delivery
from amends.connectors.webhook import WebhookConnector
from amends.connectors.webhook.signing import check_signed, signature_of
from amends.outbound import Outbound
from amends.terms import Channel, Credentials

SECRET = "a secret that nobody guesses"
MAPPING = "id = id\ntext = text"


class Box:
    """Where deliveries lie."""

    def __init__(self, clock: HandClock) -> None:
        self.clock = clock
        self.came: list[Delivery] = []

    async def read(self, after: int, most: int) -> Sequence[Delivery]:
        return [one for one in self.came if one.id > after][:most]

    def put(self, body: bytes) -> None:
        now = self.clock.move(1)
        stamp = str(int(now.timestamp()))
        signature = signature_of(SECRET, stamp, body)
        check_signed(SECRET, timestamp=stamp, signature=signature, body=body, now=now)
        self.came.append(Delivery(id=2 * len(self.came) + 5, body=body, at=now))

    def post(self, value: Any) -> None:
        self.put(json.dumps(value).encode())


def connector(box: Box, **settings: str) -> WebhookConnector:
    channel = Channel(
        network="webhook", handle="reviews", settings={"mapping": MAPPING, **settings}
    )
    made = WebhookConnector(channel, Credentials(values={"secret": SECRET}), Outbound(), box.clock)
    made.deliveries = box.read
    return made


class WebhookWorld:
    """What the contract test asks of a world."""

    greeting = ""

    def __init__(self) -> None:
        self.box = Box(HandClock())
        self._made = 0

    async def connector(self) -> WebhookConnector:
        return connector(self.box)

    async def post_as_customer(self, text: str, *, mention: bool) -> str:
        self._made += 1
        self.box.post({"id": f"r{self._made}", "text": text})
        return f"r{self._made}"

    async def posts_in_thread(self, post_id: str) -> list[str]:
        return []

    async def aclose(self) -> None:
        """Nothing is open."""
