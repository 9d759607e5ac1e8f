"""The demo network behind a fake, so that it can be made to fail like any other."""

import json
import shutil
import tempfile
import weakref
from collections.abc import Sequence
from datetime import datetime
from email.utils import format_datetime
from pathlib import Path
from urllib.parse import unquote

from amends.bench.faults.clock import HandClock
from amends.bench.faults.serving import Asked, Fake, Said
from amends.connectors.demo import DemoConnector, DemoNetwork
from amends.connectors.demo.api import Request, answer
from amends.outbound import Outbound
from amends.terms import Author, Channel, Credentials, ReplyTarget

BRAND, MAUD = "brindlewing", "maud"


class FakeDemo(Fake):
    def __init__(self, clock: HandClock) -> None:
        super().__init__(clock)
        folder = Path(tempfile.mkdtemp(prefix="amends-faults-"))
        weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)
        self.network = DemoNetwork(folder / "demo.sqlite3", seed=1, clock=clock, cast=False)
        self.network.signup(MAUD)
        self.signed_in = True

    def handle(self, asked: Asked) -> Said:
        if not self.signed_in:
            return Said(401, {"error": "The token expired."})
        request = Request(
            method=asked.method,
            path=asked.path,
            account=unquote(asked.headers.get("x-account", "")),
            params={name: values[0] for name, values in asked.query.items()},
            body=asked.json or {},
        )
        found = answer(self.network, request)
        return Said(found.status, found.body)


class DemoFaults:
    source = "notifications"
    greeting = ""
    renews = False
    private = False

    def __init__(self, clock: HandClock) -> None:
        self.fake: FakeDemo = FakeDemo(clock)

    def connector(self, outbound: Outbound | None = None) -> DemoConnector:
        channel = Channel(network="demo", handle=BRAND, settings={"url": self.fake.url})
        secrets = Credentials(values={"token": "demo-token"})
        return DemoConnector(channel, secrets, outbound or self.fake.outbound, self.fake.clock)

    def post(self, text: str) -> str:
        return self.fake.network.post(MAUD, f"@{BRAND} {text}")

    def replies(self, post_id: str) -> Sequence[str]:
        thread = self.fake.network.thread(post_id)
        return [one.text for one in thread if one.in_reply_to and one.in_reply_to.id == post_id]

    def target(self, post_id: str) -> ReplyTarget:
        return ReplyTarget(author=Author(handle=MAUD), post_id=post_id)

    def reads(self, asked: Asked) -> bool:
        return asked.path == "/events"

    def writes(self, asked: Asked) -> bool:
        return asked.method == "POST"

    def reset(self, at: datetime) -> dict[str, str]:
        return {"retry-after": format_datetime(at, usegmt=True)}

    def muddled(self, body: bytes) -> bytes:
        page = json.loads(body)
        items = page["items"]
        return json.dumps(page | {"items": [*items[::-1], *items]}).encode()

    def expire(self) -> None:
        self.fake.signed_in = False

    def connect_again(self) -> None:
        self.fake.signed_in = True
