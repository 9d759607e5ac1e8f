"""A personal data server of a few lines, for faults alone; what Bluesky really does is tested
against the real thing."""

import base64
import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from amends.bench.faults.clock import HandClock
from amends.bench.faults.serving import Asked, Fake, Said
from amends.connectors.bluesky import BlueskyConnector
from amends.outbound import Outbound
from amends.terms import Author, Channel, Credentials, ReplyTarget

US, MAUD = "did:plc:us", "did:plc:maud"
POSTS = "app.bsky.feed.post"
MOST = 10  # notifications that are listed


def token() -> str:
    """Far from its end, signed by nobody."""
    parts: tuple[dict[str, object], ...] = ({"alg": "none"}, {"exp": 4_000_000_000, "sub": US}, {})
    packed = (base64.urlsafe_b64encode(json.dumps(part).encode()).decode() for part in parts)
    return ".".join(part.rstrip("=") for part in packed)


class FakePds(Fake):
    def __init__(self, clock: HandClock) -> None:
        super().__init__(clock)
        self.records: dict[str, dict[str, Any]] = {}
        self.signed_in = True

    def add(self, text: str, *, by: str = MAUD, key: str = "", reply: Any = None) -> str:
        uri = f"at://{by}/{POSTS}/{key or f'3k{len(self.records):011}'}"
        at = self.clock.now().isoformat().replace("+00:00", "Z")
        value = {"$type": POSTS, "text": text, "createdAt": at} | (
            {"reply": reply} if reply else {}
        )
        self.records[uri] = {"uri": uri, "cid": f"cid{len(self.records)}", "value": value}
        return uri

    def handle(self, asked: Asked) -> Said:
        method = asked.path.removeprefix("/xrpc/")
        if method == "com.atproto.server.createSession" and self.signed_in:
            session = {"did": US, "handle": "us.test", "accessJwt": token(), "refreshJwt": token()}
            return Said(200, session)
        if not self.signed_in:
            return Said(401, {"error": "AuthenticationRequired", "message": "Invalid password"})
        match method:
            case "app.bsky.notification.listNotifications":
                found = [self._item(one) for one in self.records.values() if MAUD in one["uri"]]
                return Said(200, {"notifications": found[: -MOST - 1 : -1]})
            case "app.bsky.feed.getPosts":
                return Said(200, {"posts": [self._item(self.records[asked.one("uris")])]})
            case "app.bsky.actor.getProfile":
                return Said(200, {"did": US, "handle": "us.test"})
            case "com.atproto.repo.getRecord":
                uri = f"at://{asked.one('repo')}/{POSTS}/{asked.one('rkey')}"
                found_one = self.records.get(uri)
                missing = {"error": "RecordNotFound", "message": "Could not locate record"}
                return Said(200, found_one) if found_one else Said(400, missing)
            case "com.atproto.repo.putRecord":
                return self._put(asked.json)
        return Said(404, {"error": "MethodNotImplemented", "message": method})

    def _put(self, told: dict[str, Any]) -> Said:
        uri = f"at://{US}/{POSTS}/{told['rkey']}"
        if uri in self.records:
            return Said(400, {"error": "InvalidSwap", "message": "Record was at a cid"})
        record = told["record"]
        self.add(record["text"], by=US, key=told["rkey"], reply=record["reply"])
        return Said(200, {"uri": uri, "cid": self.records[uri]["cid"]})

    def _item(self, record: dict[str, Any]) -> dict[str, Any]:
        author = {"did": MAUD, "handle": "maud.test"}
        at = record["value"]["createdAt"]
        return {
            "uri": record["uri"], "cid": record["cid"], "author": author, "indexedAt": at,
            "record": record["value"], "reason": "mention", "isRead": False,
        }  # fmt: skip


class BlueskyFaults:
    source = "notifications"
    greeting = ""
    renews = False
    private = False

    def __init__(self, clock: HandClock) -> None:
        self.fake: FakePds = FakePds(clock)

    def connector(self, outbound: Outbound | None = None) -> BlueskyConnector:
        channel = Channel(network="bluesky", handle="us.test", settings={"pds": self.fake.url})
        secrets = Credentials(values={"identifier": "us.test", "password": "app-password"})
        return BlueskyConnector(channel, secrets, outbound or self.fake.outbound, self.fake.clock)

    def post(self, text: str) -> str:
        return self.fake.add(text)

    def replies(self, post_id: str) -> Sequence[str]:
        values = [one["value"] for one in self.fake.records.values()]
        return [
            value["text"]
            for value in values
            if value.get("reply", {}).get("parent", {}).get("uri") == post_id
        ]

    def target(self, post_id: str) -> ReplyTarget:
        return ReplyTarget(author=Author(id=MAUD), post_id=post_id)

    def reads(self, asked: Asked) -> bool:
        return asked.path.endswith("listNotifications")

    def writes(self, asked: Asked) -> bool:
        return asked.path.endswith("putRecord")

    def reset(self, at: datetime) -> dict[str, str]:
        return {"ratelimit-reset": str(int(at.timestamp()))}

    def muddled(self, body: bytes) -> bytes:
        items = json.loads(body)["notifications"]
        return json.dumps({"notifications": [*items[::-1], *items]}).encode()

    def expire(self) -> None:
        self.fake.signed_in = False

    def connect_again(self) -> None:
        self.fake.signed_in = True
