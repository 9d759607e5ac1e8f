"""Networks that can be made to fail, each by a fake of a few lines."""

import json
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from typing import Any, Protocol

from amends.bench.faults.clock import HandClock
from amends.bench.faults.fakes import mastodon, x
from amends.bench.faults.fakes.bluesky import BlueskyFaults
from amends.bench.faults.fakes.demo import DemoFaults
from amends.bench.faults.fakes.feeds import FeedsFaults
from amends.bench.faults.fakes.mail import MailFaults
from amends.bench.faults.fakes.reddit import RedditFaults
from amends.bench.faults.fakes.reviews import ReviewsFaults
from amends.bench.faults.serving import Asked, Fake
from amends.connectors.protocol import Connector
from amends.outbound import Outbound
from amends.terms import Author, ReplyTarget


class FaultWorld(Protocol):
    """``source`` is what is polled; ``greeting`` is put before a reply by the network.

    ``renews`` says that a token which ran out is renewed without a person, ``private`` that replies
    are private messages there.
    """

    source: str
    greeting: str
    renews: bool
    private: bool

    @property
    def fake(self) -> Fake: ...

    def connector(self, outbound: Outbound | None = None) -> Connector: ...

    def post(self, text: str) -> str:
        """A customer's post that reaches our account; its id."""
        ...

    def replies(self, post_id: str) -> Sequence[str]: ...

    def target(self, post_id: str) -> ReplyTarget: ...

    def reads(self, asked: Asked) -> bool: ...

    def writes(self, asked: Asked) -> bool: ...

    def reset(self, at: datetime) -> dict[str, str]:
        """The headers by which a rate limit's end is told."""
        ...

    def muddled(self, body: bytes) -> bytes:
        """A list's answer with everything twice and in no order."""
        ...

    def expire(self) -> None:
        """The token runs out."""
        ...

    def connect_again(self) -> None:
        """What a person does then."""
        ...


class MastodonFaults:
    source = "notifications"
    greeting = f"@{mastodon.MAUD['acct']} "
    renews = False
    private = False

    def __init__(self, clock: HandClock) -> None:
        self.fake: mastodon.FakeMastodon = mastodon.FakeMastodon(clock)

    def connector(self, outbound: Outbound | None = None) -> Connector:
        return mastodon.connector(self.fake, outbound)

    def post(self, text: str) -> str:
        return self.fake.add(f"@brindlewing {text}")

    def replies(self, post_id: str) -> Sequence[str]:
        return self.fake.replies(post_id)

    def target(self, post_id: str) -> ReplyTarget:
        return ReplyTarget(author=Author(id=str(mastodon.MAUD["id"])), post_id=post_id)

    def reads(self, asked: Asked) -> bool:
        return asked.path.endswith("/notifications")

    def writes(self, asked: Asked) -> bool:
        return asked.method == "POST"

    def reset(self, at: datetime) -> dict[str, str]:
        return {"x-ratelimit-reset": at.isoformat().replace("+00:00", "Z")}

    def muddled(self, body: bytes) -> bytes:
        items = json.loads(body)
        return json.dumps([*items[::-1], *items]).encode()

    def expire(self) -> None:
        self.fake.tokens.clear()

    def connect_again(self) -> None:
        self.fake.tokens.add(mastodon.TOKEN)


class XFaults:
    source = "notifications"
    greeting = ""
    renews = True
    private = False

    def __init__(self, clock: HandClock) -> None:
        self.fake = x.FakeX(clock)

    def connector(self, outbound: Outbound | None = None) -> Connector:
        secrets = {"access_token": x.TOKEN, "refresh_token": self.fake.refresh, "client_id": "c"}
        return x.connector(self.fake, outbound, secrets=secrets)

    def post(self, text: str) -> str:
        return self.fake.add(f"@brindlewing {text}")

    def replies(self, post_id: str) -> Sequence[str]:
        return self.fake.replies(post_id)

    def target(self, post_id: str) -> ReplyTarget:
        return ReplyTarget(author=Author(id=x.MAUD["id"]), post_id=post_id)

    def reads(self, asked: Asked) -> bool:
        return asked.path.endswith("/mentions")

    def writes(self, asked: Asked) -> bool:
        return asked.method == "POST" and asked.path == "/2/tweets"

    def reset(self, at: datetime) -> dict[str, str]:
        return {"x-rate-limit-reset": str(int(at.timestamp()))}

    def muddled(self, body: bytes) -> bytes:
        page: dict[str, Any] = json.loads(body)
        items = page.get("data", [])
        return json.dumps(page | {"data": [*items[::-1], *items]}).encode()

    def expire(self) -> None:
        self.fake.tokens.clear()

    def connect_again(self) -> None:
        self.fake.tokens.add(x.TOKEN)


WORLDS: dict[str, Callable[[HandClock], FaultWorld]] = {
    "appstore": partial(ReviewsFaults, "appstore"),
    "bluesky": BlueskyFaults,
    "demo": DemoFaults,
    "feeds": FeedsFaults,
    "googlebusiness": partial(ReviewsFaults, "googlebusiness"),
    "googleplay": partial(ReviewsFaults, "googleplay"),
    "mail": MailFaults,
    "mastodon": MastodonFaults,
    "reddit": RedditFaults,
    "x": XFaults,
}

SILENT = {
    "filedrop": "reads a folder and asks no server, so that nothing here can befall it",
    "handoff": "keeps its pages in the desk itself and asks no server",
    "webhook": "is posted to and asks no server; what is not taken in is the sender's to repeat",
}
"""Connectors that no fault of a network can befall, and why."""
