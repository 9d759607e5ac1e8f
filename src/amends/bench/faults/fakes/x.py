"""X in a few lines: the brand, its customers, posts, messages, rules and streams."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

from amends.bench.faults.clock import HandClock
from amends.bench.faults.serving import Asked, Fake, Said
from amends.connectors.x import XConnector
from amends.outbound import Outbound
from amends.terms import Channel, Credentials

BEARER, TOKEN = "app-bearer-for-tests", "user-token-for-tests"
SECRETS = {"bearer_token": BEARER, "access_token": TOKEN}
US = {"id": "1800000000000000001", "username": "brindlewing", "name": "Brindlewing"}
MAUD = {"id": "1800000000000000042", "username": "maud", "name": "Maud Pellerin"}
METRICS = {"followers_count": 412, "following_count": 80, "tweet_count": 900, "listed_count": 1}
PEOPLE = {one["id"]: {**one, "public_metrics": METRICS} for one in (US, MAUD)}
TITLES = {401: "Unauthorized", 403: "Forbidden", 404: "Not Found Error"}


class FakeX(Fake):
    """``lines`` go to whoever reads the filtered stream, ``events`` to the activity stream."""

    def __init__(self, clock: HandClock) -> None:
        super().__init__(clock)
        self.posts: dict[str, dict[str, Any]] = {}
        self.messages: list[dict[str, Any]] = []
        self.rules: dict[str, dict[str, str]] = {}
        self.subscriptions: list[dict[str, Any]] = []
        self.tokens = {BEARER, TOKEN}
        self.refresh = "refresh-1"
        self.lines: list[bytes] = []
        self.events: list[bytes] = []
        self._id = 1_990_000_000_000_000_000

    def new_id(self) -> str:
        self._id += 1
        return str(self._id)

    def stamp(self) -> str:
        return self.clock.now().strftime("%Y-%m-%dT%H:%M:%S.000Z")

    def add(self, text: str, *, by: str = MAUD["id"], to: str | None = None) -> str:
        post_id = self.new_id()
        parent = self.posts.get(to or "", {})
        post = {
            "id": post_id, "text": text, "author_id": by, "created_at": self.stamp(),
            "conversation_id": parent.get("conversation_id", post_id),
            "edit_history_tweet_ids": [post_id], "lang": "en",
        }  # fmt: skip
        if to:
            post["referenced_tweets"] = [{"type": "replied_to", "id": to}]
            post["in_reply_to_user_id"] = parent.get("author_id", MAUD["id"])
        self.posts[post_id] = post
        return post_id

    def replies(self, post_id: str) -> list[str]:
        parents = {
            one["id"]: one.get("referenced_tweets", [{"id": ""}])[0]["id"]
            for one in self.posts.values()
        }
        return [one["text"] for one in self.posts.values() if parents[one["id"]] == post_id]

    def tell(self, text: str, *, sender: str = MAUD["id"]) -> str:
        message = {
            "id": self.new_id(), "event_type": "MessageCreate", "text": text, "sender_id": sender,
            "dm_conversation_id": f"{US['id']}-{MAUD['id']}", "created_at": self.stamp(),
        }  # fmt: skip
        self.messages.append(message)
        return str(message["id"])

    def line(self, post_id: str, tag: str = "") -> bytes:
        post = {"data": self.posts[post_id], "includes": {"users": [PEOPLE[MAUD["id"]]]}}
        return json.dumps(post | {"matching_rules": [{"id": "1", "tag": tag}]}).encode() + b"\r\n"

    def handle(self, asked: Asked) -> Said:
        if asked.path == "/2/oauth2/token":
            return self._token(asked)
        signed = asked.headers.get("authorization", "")
        if not (signed.startswith("OAuth ") or signed.removeprefix("Bearer ") in self.tokens):
            return problem(401, "Unauthorized")
        match asked.method, asked.path.strip("/").split("/")[1:]:
            case _, ["tweets", "search", "stream", "rules"]:
                return self._rules(asked)
            case "GET", ["tweets", "search", "stream"]:
                return Said(200, stream=follow(self.lines))
            case _, ["activity", *rest]:
                return self._activity(asked, rest)
            case "GET", ["tweets", "search", "recent"]:
                return self._listed(asked, self._found(asked.one("query")))
            case "GET", ["users", *rest]:
                return self._users(asked, rest)
            case "GET", ["dm_events"] | ["dm_conversations", "with", _, "dm_events"]:
                return self._page(asked, self.messages[::-1])
            case "POST", ["dm_conversations", "with", _, "messages"]:
                made = self.tell(asked.json["text"], sender=US["id"])
                return Said(201, {"data": {"dm_event_id": made, "dm_conversation_id": "1-2"}})
            case _, ["tweets", *rest]:
                return self._tweets(asked, rest)
        return problem(404, "Could not find it.")

    def _token(self, asked: Asked) -> Said:
        if f"refresh_token={self.refresh}".encode() not in asked.body:
            told = {"error": "invalid_request", "error_description": "Value passed was invalid."}
            return Said(400, told)
        number = int(self.refresh.rpartition("-")[2])
        self.refresh = f"refresh-{number + 1}"
        self.tokens.add(f"user-token-{number}")
        told = {"token_type": "bearer", "access_token": f"user-token-{number}"}
        return Said(200, {**told, "refresh_token": self.refresh, "expires_in": "7200"})

    def _rules(self, asked: Asked) -> Said:
        meta: dict[str, Any] = {"sent": self.stamp()}
        if asked.method == "GET":
            found = list(self.rules.values())
            return Said(200, ({"data": found} if found else {}) | {"meta": meta})
        for rule_id in asked.json.get("delete", {}).get("ids", []):
            self.rules.pop(rule_id)
        added = [{**rule, "id": self.new_id()} for rule in asked.json.get("add", [])]
        self.rules |= {rule["id"]: rule for rule in added}
        return Said(201, {"meta": meta} | ({"data": added} if added else {}))

    def _activity(self, asked: Asked, rest: list[str]) -> Said:
        if rest == ["stream"]:
            return Said(200, stream=follow(self.events))
        if asked.method == "POST":
            made = {"subscription_id": self.new_id(), "created_at": self.stamp(), **asked.json}
            self.subscriptions.append(made | {"updated_at": self.stamp()})
            return Said(200, {"data": {"subscription": self.subscriptions[-1]}})
        return Said(200, {"data": self.subscriptions} if self.subscriptions else {"meta": {}})

    def _found(self, query: str) -> list[dict[str, Any]]:
        name, _, value = query.partition("conversation_id:")
        if value:
            return [one for one in self.posts.values() if one["conversation_id"] == value]
        parts = [part.strip('"()').lower() for part in name.split(" OR ")]
        return [
            one for one in self.posts.values() if any(part in one["text"].lower() for part in parts)
        ]

    def _users(self, asked: Asked, rest: list[str]) -> Said:
        match rest:
            case ["me"]:
                return Said(200, {"data": PEOPLE[US["id"]]})
            case ["by", "username", name]:
                return _user([one for one in PEOPLE.values() if one["username"] == name])
            case [person]:
                return _user([one for one in PEOPLE.values() if one["id"] == person])
            case [_, "mentions"]:
                return self._listed(asked, self._found(f"@{US['username']}"))
            case [person, "tweets"]:
                mine = [one for one in self.posts.values() if one["author_id"] == person]
                return self._listed(asked, mine)
        return problem(404, "Could not find it.")

    def _tweets(self, asked: Asked, rest: list[str]) -> Said:
        if asked.method == "POST":
            told = asked.json
            made = self.add(told["text"], by=US["id"], to=told["reply"]["in_reply_to_tweet_id"])
            return Said(201, {"data": {"id": made, "text": told["text"]}})
        if not rest:
            return self._several(asked.one("ids").split(","))
        if asked.method == "DELETE":
            return Said(200, {"data": {"deleted": self.posts.pop(rest[0], None) is not None}})
        post = self.posts.get(rest[0])
        if post is None:
            return Said(200, {"errors": [missing(rest[0])]})
        return Said(200, {"data": post, "includes": {"users": list(PEOPLE.values())}})

    def _several(self, ids: list[str]) -> Said:
        there = [self.posts[one] for one in ids if one in self.posts]
        gone = [missing(one) for one in ids if one not in self.posts]
        return Said(200, ({"data": there} if there else {}) | ({"errors": gone} if gone else {}))

    def _listed(self, asked: Asked, posts: list[dict[str, Any]]) -> Said:
        since = asked.one("start_time").removesuffix("Z")
        found = [one for one in posts[::-1] if one["created_at"] >= since]
        return self._page(asked, found)

    def _page(self, asked: Asked, items: list[dict[str, Any]]) -> Said:
        start = int(asked.one("next_token") or asked.one("pagination_token") or 0)
        page = items[start : start + int(asked.one("max_results", "10"))]
        meta: dict[str, Any] = {"result_count": len(page)}
        if len(items) > start + len(page):
            meta["next_token"] = str(start + len(page))
        body: dict[str, Any] = {"meta": meta}
        if page:
            body |= {"data": page, "includes": {"users": list(PEOPLE.values())}}
        return Said(200, body)


async def follow(lines: list[bytes], at: int = 0) -> AsyncIterator[bytes]:
    """Whatever stands on the list from ``at`` on or is put there, as it comes; an empty entry ends
    the stream."""
    while True:
        for line in lines[at:]:
            if not line:
                return
            yield line
        at = len(lines)
        await asyncio.sleep(0.005)


def problem(status: int, detail: str, kind: str = "about:blank") -> Said:
    title = TITLES.get(status, "Error")
    return Said(status, {"title": title, "type": kind, "status": status, "detail": detail})


def missing(post_id: str) -> dict[str, Any]:
    return {
        "value": post_id, "resource_id": post_id, "resource_type": "tweet", "parameter": "ids",
        "title": "Not Found Error", "detail": f"Could not find tweet with ids: [{post_id}].",
        "type": "https://api.twitter.com/2/problems/resource-not-found",
    }  # fmt: skip


def connector(
    fake: FakeX,
    outbound: Outbound | None = None,
    *,
    secrets: dict[str, str] | None = None,
    **settings: str,
) -> XConnector:
    """The brand's connector before the fake."""
    channel = Channel(network="x", handle=US["username"], settings={"api": fake.url} | settings)
    credentials = Credentials(values=SECRETS if secrets is None else secrets)
    return XConnector(channel, credentials, outbound or fake.outbound, fake.clock)


def _user(found: list[dict[str, Any]]) -> Said:
    if not found:
        return Said(200, {"errors": [missing("1")]})
    return Said(200, {"data": found[0]})


class XWorld:
    """The world of the contract test. Its clock moves on with each post."""

    greeting = ""

    def __init__(self, fake: FakeX) -> None:
        self.fake = fake

    async def connector(self) -> XConnector:
        return connector(self.fake)

    async def post_as_customer(self, text: str, *, mention: bool) -> str:
        self.fake.clock.move(60)
        post_id = self.fake.add(f"@{US['username']} {text}" if mention else text)
        self.fake.clock.move(60)
        return post_id

    async def posts_in_thread(self, post_id: str) -> list[str]:
        return self.fake.replies(post_id)

    async def aclose(self) -> None:
        """The fake closes by itself."""
