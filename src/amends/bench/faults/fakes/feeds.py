"""A site with one feed, and its world for the contract test and the fault table."""

import base64
import re
from collections.abc import Sequence
from datetime import datetime
from email.utils import format_datetime
from hashlib import sha256

from amends.bench.faults.clock import HandClock
from amends.bench.faults.serving import Asked, Fake, Said
from amends.connectors.feeds import FeedsConnector
from amends.outbound import Outbound
from amends.terms import Author, Channel, Credentials, ReplyTarget

SECRETS = {"user": "desk", "password": "swordfish"}
MOST = 10  # items of a feed that goes on and on
SIGNED = "Basic " + base64.b64encode(b"desk:swordfish").decode()


class FakeSite(Fake):
    """``items`` are newest first: id, title, HTML, time. ``headers`` come with each answer."""

    def __init__(self, clock: HandClock) -> None:
        super().__init__(clock)
        self.items: list[tuple[str, str, str, datetime]] = []
        self.headers: dict[str, str] = {}
        self.signed = True
        self._made = 0

    def add(self, text: str, *, title: str = "") -> str:
        self._made += 1
        post_id = f"n{self._made}"
        self.items.insert(0, (post_id, title, text, self.clock.move(1)))
        return f"127.0.0.1/{post_id}"

    def handle(self, asked: Asked) -> Said:
        if not self.signed:
            return Said(401, {"error": "sign in"})
        body = self.document()
        tag = f'"{sha256(body).hexdigest()[:8]}"'
        headers = {"etag": tag, "content-type": "application/rss+xml", **self.headers}
        if asked.headers.get("if-none-match") == tag:
            return Said(304, b"", headers)
        return Said(200, body, headers)

    def document(self) -> bytes:
        items = "".join(
            f"<item><guid>{name}</guid><title>{title}</title>"
            f"<description><![CDATA[{html}]]></description>"
            f"<pubDate>{format_datetime(at)}</pubDate></item>"
            for name, title, html, at in self.items
        )
        return f'<rss version="2.0"><channel><title>News</title>{items}</channel></rss>'.encode()


def connector(
    fake: Fake,
    outbound: Outbound | None = None,
    *,
    secrets: dict[str, str] | None = None,
    **settings: str,
) -> FeedsConnector:
    told = {"feeds": f"{fake.url}/feed", **settings}
    channel = Channel(network="feeds", handle="blogs", settings=told)
    return FeedsConnector(
        channel, Credentials(values=secrets or {}), outbound or fake.outbound, fake.clock
    )


class FeedsWorld:
    """What the contract test asks of a world."""

    greeting = ""

    def __init__(self, fake: FakeSite) -> None:
        self.fake = fake

    async def connector(self) -> FeedsConnector:
        return connector(self.fake)

    async def post_as_customer(self, text: str, *, mention: bool) -> str:
        return self.fake.add(text)

    async def posts_in_thread(self, post_id: str) -> list[str]:
        return []

    async def aclose(self) -> None:
        """The fake closes by itself."""


class FeedsFaults:
    source = ""  # known once the site has an address
    greeting = ""
    renews = False
    private = False

    def __init__(self, clock: HandClock) -> None:
        self.fake = FakeSite(clock)

    def connector(self, outbound: Outbound | None = None) -> FeedsConnector:
        made = connector(self.fake, outbound, secrets=SECRETS)
        [self.source] = made.sources([])
        return made

    def post(self, text: str) -> str:
        del self.fake.items[MOST:]
        return self.fake.add(text).replace("127.0.0.1", "localhost")

    def replies(self, post_id: str) -> Sequence[str]:
        return []

    def target(self, post_id: str) -> ReplyTarget:
        return ReplyTarget(author=Author(id="nobody"), post_id=post_id)

    def reads(self, asked: Asked) -> bool:
        return True

    def writes(self, asked: Asked) -> bool:
        return False

    def reset(self, at: datetime) -> dict[str, str]:
        return {"retry-after": format_datetime(at, usegmt=True)}

    def muddled(self, body: bytes) -> bytes:
        items = re.findall(b"<item>.*?</item>", body)
        return body.replace(b"".join(items), b"".join([*items[::-1], *items]))

    def expire(self) -> None:
        self.fake.signed = False

    def connect_again(self) -> None:
        self.fake.signed = True
