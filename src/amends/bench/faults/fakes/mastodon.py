"""A Mastodon server of a few lines: one brand, its customers, notifications, statuses."""

from typing import Any

from amends.bench.faults.clock import HandClock
from amends.bench.faults.serving import Asked, Fake, Said
from amends.connectors.mastodon import MastodonConnector
from amends.outbound import Outbound
from amends.terms import Channel, Credentials

TOKEN = "brand-token-for-tests"
US = {"id": "7", "acct": "brindlewing", "username": "brindlewing", "display_name": "Brindlewing"}
MAUD = {"id": "01HZMAUD", "acct": "maud@far.example", "username": "maud", "followers_count": 412}


class FakeMastodon(Fake):
    """``streams`` are the streams it has; a name stays out where it has none."""

    def __init__(self, clock: HandClock) -> None:
        super().__init__(clock)
        self.statuses: dict[str, dict[str, Any]] = {}
        self.notifications: list[dict[str, Any]] = []
        self.keys: dict[str, str] = {}
        self.tokens = {TOKEN}
        self.limit = 500
        self.page = 40

    def add(self, text: str, *, by: dict[str, Any] = MAUD, **more: Any) -> str:
        """A status; a mention of ours where it names us."""
        status_id = f"01HZ{len(self.statuses):06}"
        now = self.clock.now().isoformat().replace("+00:00", "Z")
        status = {
            "id": status_id, "created_at": now, "edited_at": None, "visibility": "public",
            "spoiler_text": "", "in_reply_to_id": None, "content": f"<p>{text}</p>", "account": by,
            "url": f"https://near.example/@x/{status_id}", "mentions": [], "text": text,
        } | more  # fmt: skip
        self.statuses[status_id] = status
        if f"@{US['acct']}" in text:
            told = {"id": f"n{status_id}", "type": "mention", "created_at": now, "status": status}
            self.notifications.insert(0, told)
        return status_id

    def replies(self, post_id: str) -> list[str]:
        return [one["text"] for one in self.statuses.values() if one["in_reply_to_id"] == post_id]

    def handle(self, asked: Asked) -> Said:
        if asked.path.endswith("/instance"):
            return Said(200, {"configuration": {"statuses": {"max_characters": self.limit}}})
        if asked.headers.get("authorization", "").removeprefix("Bearer ") not in self.tokens:
            return Said(401, {"error": "The access token is invalid"})
        parts = asked.path.strip("/").split("/")[2:]
        match asked.method, parts:
            case "GET", ["accounts", "verify_credentials"]:
                return Said(200, US)
            case "GET", ["accounts", account, "statuses"]:
                mine = [one for one in self.statuses.values() if one["account"]["id"] == account]
                return self._listed(asked, mine[::-1])
            case "GET", ["accounts", "lookup"]:
                return _found([one for one in (US, MAUD) if one["acct"] == asked.one("acct")])
            case "GET", ["accounts", account]:
                return _found([one for one in (US, MAUD) if one["id"] == account])
            case "GET", ["notifications"]:
                return self._listed(asked, self.notifications)
            case "GET", ["timelines", *_]:
                return self._listed(asked, list(self.statuses.values())[::-1])
            case "POST", ["statuses"]:
                return self._post(asked)
            case _, ["statuses", *rest]:
                return self._status(asked, rest)
        return Said(404, {"error": "Record not found"})

    def _listed(self, asked: Asked, items: list[dict[str, Any]]) -> Said:
        start = int(asked.one("max_id", "0"))
        page = items[start : start + self.page]
        following = f"{self.url}{asked.path}?max_id={start + self.page}"
        more = {"link": f'<{following}>; rel="next"'} if len(items) > start + self.page else {}
        return Said(200, page, more)

    def _post(self, asked: Asked) -> Said:
        key, told = asked.headers.get("idempotency-key", ""), asked.json
        if key not in self.keys:
            named = {name: told[name] for name in told if name != "status"}
            self.keys[key] = self.add(told["status"], by=US, **named)
        return Said(200, self.statuses[self.keys[key]])

    def _status(self, asked: Asked, rest: list[str]) -> Said:
        status = self.statuses.get(rest[0]) if rest else None
        if not rest:
            wanted = asked.query.get("id[]", [])
            return Said(200, [self.statuses[one] for one in wanted if one in self.statuses])
        if status is None:
            return Said(404, {"error": "Record not found"})
        if asked.method == "DELETE":
            del self.statuses[rest[0]]
        if rest[1:] == ["context"]:
            below = [one for one in self.statuses.values() if one["in_reply_to_id"] == rest[0]]
            return Said(200, {"ancestors": [], "descendants": below})
        if rest[1:] == ["source"]:
            return Said(200, {"id": rest[0], "text": status["text"], "spoiler_text": ""})
        return Said(200, status)


def connector(
    fake: FakeMastodon, outbound: Outbound | None = None, *, token: str = TOKEN, **settings: str
) -> MastodonConnector:
    """The brand's connector before the fake."""
    given = {"server": fake.url, "public": "off"} | settings
    channel = Channel(network="mastodon", handle="brindlewing", settings=given)
    secrets = Credentials(values={"access_token": token} if token else {})
    return MastodonConnector(channel, secrets, outbound or fake.outbound, fake.clock)


def _found(accounts: list[dict[str, Any]]) -> Said:
    return Said(200, accounts[0]) if accounts else Said(404, {"error": "Record not found"})


class FakeMastodonWorld:
    """The world of the contract test."""

    greeting = f"@{MAUD['acct']} "

    def __init__(self, fake: FakeMastodon) -> None:
        self.fake = fake

    async def connector(self) -> MastodonConnector:
        return connector(self.fake)

    async def post_as_customer(self, text: str, *, mention: bool) -> str:
        self.fake.clock.move(1)
        return self.fake.add(f"@{US['acct']} {text}" if mention else text)

    async def posts_in_thread(self, post_id: str) -> list[str]:
        return self.fake.replies(post_id)

    async def aclose(self) -> None:
        """The fake closes by itself."""
