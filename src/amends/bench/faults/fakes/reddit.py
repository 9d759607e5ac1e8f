"""Reddit in a few lines, by its documentation: one brand, its customers, what they write.

Shapes as in https://www.reddit.com/dev/api: things, listings, and errors that come with status 200.
"""

import base64
import json
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs

from amends.bench.faults.clock import HandClock
from amends.bench.faults.serving import Asked, Fake, Said
from amends.connectors.reddit import RedditConnector
from amends.outbound import Outbound
from amends.terms import Author, Channel, Credentials, ReplyTarget

US, MAUD = ("t2_us", "brindlewing"), ("t2_maud", "maud_alder")
SECRETS = {
    "client_id": "client-1",
    "client_secret": "app-secret",
    "refresh_token": "refresh-token-1",
}
LUGGAGE = "t3_post1"

Thing = dict[str, Any]


class FakeReddit(Fake):
    """``url`` serves the API and signs in. Tokens are renewed for ``refresh`` or ``password``."""

    def __init__(self, clock: HandClock) -> None:
        super().__init__(clock)
        self.things: dict[str, Thing] = {}
        self.tokens: set[str] = set()
        self.refresh, self.password = SECRETS["refresh_token"], "password-for-tests"
        self.left = 99
        self._number = 0
        self.submit("Luggage", "Anything about luggage", name=LUGGAGE)

    def submit(self, title: str, text: str = "", *, by: tuple[str, str] = MAUD, **more: Any) -> str:
        name = more.pop("name", None) or self._named("t3")
        data = {
            "title": title, "selftext": text, "is_self": True, "subreddit": "travel", "score": 4,
            "num_comments": 2, "permalink": f"/r/travel/comments/{name[3:]}/x/",
        }  # fmt: skip
        return self._keep("t3", name, by, data | more)

    def comment(self, text: str, *, to: str = LUGGAGE, by: tuple[str, str] = MAUD) -> str:
        name = self._named("t1")
        link = self.things[to]["data"].get("link_id", to)
        path = f"/r/travel/comments/{link[3:]}/x/{name[3:]}/"
        return self._keep(
            "t1", name, by, {"body": text, "parent_id": to, "link_id": link, "permalink": path}
        )

    def write(
        self, text: str, *, by: tuple[str, str] = MAUD, to: str = US[1], parent: str = ""
    ) -> str:
        name = self._named("t4")
        data = {"body": text, "subject": "Hello", "dest": to, "parent_id": parent or None,
                "first_message_name": parent or None}  # fmt: skip
        return self._keep("t4", name, by, data)

    def replies(self, name: str) -> list[str]:
        return [
            one["data"]["body"]
            for one in self.things.values()
            if one["data"].get("parent_id") == name
        ]

    def handle(self, asked: Asked) -> Said:
        if asked.path == "/api/v1/access_token":
            return self._token(asked)
        if asked.headers.get("authorization", "").removeprefix("bearer ") not in self.tokens:
            return Said(401, {"message": "Unauthorized", "error": 401})
        assert asked.headers["user-agent"].startswith("server:org.amends.desk:")
        self.left -= 1
        told = {"x-ratelimit-remaining": f"{self.left}.0", "x-ratelimit-used": str(99 - self.left),
                "x-ratelimit-reset": "300"}  # fmt: skip
        said = self._api(asked)
        return Said(said.status, said.body, told | dict(said.headers))

    def _api(self, asked: Asked) -> Said:
        form = {name: values[0] for name, values in parse_qs(asked.body.decode()).items()}
        match asked.method, asked.path.strip("/").split("/"):
            case "GET", ["api", "v1", "me"]:
                return Said(200, {"id": US[0][3:], "name": US[1]})
            case "GET", ["user", name, "about"]:
                known = next((one for one in (US, MAUD) if one[1] == name), None)
                return (
                    Said(200, {"kind": "t2", "data": {"id": known[0][3:], "name": name}})
                    if known
                    else Said(404, {"message": "Not Found", "error": 404})
                )
            case "GET", ["api", "user_data_by_account_ids"]:
                ids = asked.one("ids")
                return Said(200, {one: {"name": name} for one, name in (US, MAUD) if one == ids})
            case "GET", ["api", "info"]:
                found = [
                    self.things[one] for one in asked.one("id").split(",") if one in self.things
                ]
                return _listing(found)
            case "GET", ["comments", link]:
                return self._conversation(f"t3_{link}")
            case "GET", ["message" | "user" | "r" | "search", *_]:
                return self._list(asked)
            case "POST", ["api", "comment"]:
                return self._comment(form)
            case "POST", ["api", "compose"]:
                self.write(form["text"], by=US, to=form["to"])
                return Said(200, {"json": {"errors": []}})
            case "POST", ["api", "del"]:
                self.things.pop(form["id"], None)
                return Said(200, {})
        return Said(404, {"message": "Not Found", "error": 404})

    def _token(self, asked: Asked) -> Said:
        right = base64.b64encode(b"client-1:app-secret").decode()
        form = {name: values[0] for name, values in parse_qs(asked.body.decode()).items()}
        told = form.get("refresh_token") or form.get("password") or form.get("code")
        if asked.headers.get("authorization") != f"Basic {right}" or told not in (
            self.refresh,
            self.password,
            "right",
        ):
            return Said(400, {"error": "invalid_grant"})
        token = f"token-{len(self.seen)}"
        self.tokens.add(token)
        more = {"refresh_token": self.refresh} if "code" in form else {}
        return Said(200, {"access_token": token, "expires_in": 3600, "scope": "*", **more})

    def _list(self, asked: Asked) -> Said:
        path = asked.path.strip("/")
        wanted = [one for one in reversed(self.things.values()) if self._is_in(one, path, asked)]
        names = [one["data"]["name"] for one in wanted]
        after, most = asked.one("after"), int(asked.one("limit", "25"))
        start = names.index(after) + 1 if after in names else 0
        page = wanted[start : start + most]
        more = page[-1]["data"]["name"] if len(wanted) > start + most else None
        return _listing(page, after=more)

    def _is_in(self, thing: Thing, path: str, asked: Asked) -> bool:
        kind, data = thing["kind"], thing["data"]
        ours = data["author"] == US[1]
        if path == "message/inbox":
            parent = self.things.get(data.get("parent_id") or "", {}).get("data", {})
            answers = parent.get("author") == US[1] or f"u/{US[1]}" in data.get("body", "")
            return not ours and (kind == "t4" or (kind == "t1" and answers))
        if path.startswith("message/"):
            return bool(kind == "t4" and ours == (path == "message/sent"))
        if path.startswith("user/"):
            return bool(kind == "t1" and data["author"] == path.split("/")[1])
        if path == "search":
            words = asked.one("q").strip('"').lower()
            return kind == "t3" and words in f"{data['title']} {data['selftext']}".lower()
        return bool(kind == ("t3" if path.endswith("/new") else "t1"))

    def _conversation(self, link: str) -> Said:
        if link not in self.things:
            return Said(404, {"message": "Not Found", "error": 404})
        return Said(200, [_listing([self.things[link]]).body, _listing(self._below(link)).body])

    def _below(self, name: str) -> list[Thing]:
        return [
            {
                **one,
                "data": {**one["data"], "replies": _listing(self._below(one["data"]["name"])).body},
            }
            for one in self.things.values()
            if one["kind"] == "t1" and one["data"]["parent_id"] == name
        ]

    def _comment(self, form: dict[str, str]) -> Said:
        to = form["thing_id"]
        if to not in self.things:
            return _errors(["DELETED_COMMENT", "that comment has been deleted", "parent"])
        private = to.startswith("t4_")
        name = (
            self.write(form["text"], by=US, to=self.things[to]["data"]["author"], parent=to)
            if private
            else self.comment(form["text"], to=to, by=US)
        )
        return Said(200, {"json": {"errors": [], "data": {"things": [self.things[name]]}}})

    def _named(self, kind: str) -> str:
        self._number += 1
        return f"{kind}_{self._number:05}"

    def _keep(self, kind: str, name: str, by: tuple[str, str], data: Thing) -> str:
        told = {"name": name, "id": name[3:], "author": by[1], "author_fullname": by[0],
                "created_utc": self.clock.now().timestamp(), "edited": False}  # fmt: skip
        self.things[name] = {"kind": kind, "data": told | data}
        return name


def connector(
    fake: FakeReddit,
    outbound: Outbound | None = None,
    *,
    secrets: dict[str, str] | None = None,
    **settings: str,
) -> RedditConnector:
    """The brand's connector before the fake."""
    given = {"oauth_url": fake.url, "reddit_url": fake.url} | settings
    channel = Channel(network="reddit", handle=US[1], settings=given)
    told = Credentials(values=SECRETS if secrets is None else secrets)
    return RedditConnector(channel, told, outbound or fake.outbound, fake.clock)


def _listing(things: list[Thing], *, after: str | None = None) -> Said:
    return Said(
        200, {"kind": "Listing", "data": {"children": things, "after": after, "before": None}}
    )


def _errors(*errors: list[str], **more: float) -> Said:
    return Said(200, {"json": {"errors": list(errors), **more}})


class RedditWorld:
    """The world of the contract test."""

    greeting = ""

    def __init__(self, fake: FakeReddit) -> None:
        self.fake = fake

    async def connector(self) -> RedditConnector:
        return connector(self.fake)

    async def post_as_customer(self, text: str, *, mention: bool) -> str:
        self.fake.clock.move(1)
        return self.fake.comment(f"u/{US[1]} {text}") if mention else self.fake.submit(text)

    async def posts_in_thread(self, post_id: str) -> list[str]:
        return self.fake.replies(post_id)

    async def aclose(self) -> None:
        """The fake closes by itself."""


class RedditFaults:
    source = "notifications"
    greeting = ""
    renews = True
    private = False

    def __init__(self, clock: HandClock) -> None:
        self.fake: FakeReddit = FakeReddit(clock)

    def connector(self, outbound: Outbound | None = None) -> RedditConnector:
        return connector(self.fake, outbound)

    def post(self, text: str) -> str:
        self.fake.left = 99  # it comes in a window of its own
        return self.fake.comment(f"u/{US[1]} {text}")

    def replies(self, post_id: str) -> list[str]:
        return self.fake.replies(post_id)

    def target(self, post_id: str) -> ReplyTarget:
        return ReplyTarget(author=Author(id=MAUD[0], handle=MAUD[1]), post_id=post_id)

    def reads(self, asked: Asked) -> bool:
        return asked.path.endswith("/inbox")

    def writes(self, asked: Asked) -> bool:
        return asked.path == "/api/comment"

    def reset(self, at: datetime) -> dict[str, str]:
        """Reddit tells seconds, whatever its clock says."""
        left = (at - self.fake.clock.now()).total_seconds() % 3600
        return {
            "x-ratelimit-reset": str(int(left)),
            "x-ratelimit-remaining": "0.0",
            "x-ratelimit-used": "100",
        }

    def muddled(self, body: bytes) -> bytes:
        page = json.loads(body)
        items = page["data"]["children"]
        page["data"]["children"] = [*items[::-1], *items]
        return json.dumps(page).encode()

    def expire(self) -> None:
        self.fake.tokens.clear()

    def connect_again(self) -> None:
        """A refresh token that Reddit knows again."""
