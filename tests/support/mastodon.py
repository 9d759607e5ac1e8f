"""A Mastodon stand-in on loopback, and the world of the contract test in it."""

from collections.abc import Iterator
from typing import Any, Self

import httpx2
import pytest

from amends.connectors.mastodon import MastodonConnector
from amends.outbound import Outbound
from amends.outbound.transports import trust
from amends.terms import Channel, Clock, Credentials, SystemClock

BRAND, CUSTOMER = "brindlewing", "maud"
TOKENS = {BRAND: "brand-token-for-tests", CUSTOMER: "maud-token-for-tests"}


@pytest.fixture(scope="session")
def mastodon_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of one server for all tests of a process; what tests leave there stays."""
    config = pytest.importorskip("mastodon_mock.config", reason="mastodon_mock is not installed")
    testing = pytest.importorskip("mastodon_mock.testing.server")
    people = [config.SeedAccount(username=name, access_token=TOKENS[name]) for name in TOKENS]
    folder = tmp_path_factory.mktemp("mastodon")
    made = config.MastodonMockConfig(
        database=config.DatabaseConfig(path=str(folder / "mastodon.sqlite3")),
        media_storage_path=str(folder),
        seed=config.SeedConfig(accounts=people),
        streaming=config.StreamingConfig(heartbeat_seconds=0.2),
    )
    server = testing.MockServer(config=made, log_level="critical", shutdown_timeout=0.2).start()
    try:
        yield server.base_url
    finally:
        server.stop()


class MastodonWorld:
    """A brand and one customer. ``settings`` are the channel's."""

    greeting = f"@{CUSTOMER} "  # a reply begins with the name of whom it is for

    def __init__(
        self,
        url: str,
        *,
        clock: Clock | None = None,
        outbound: Outbound | None = None,
        **settings: str,
    ) -> None:
        self.url = url
        self.outbound = outbound or Outbound(allow=["127.0.0.1:*"])
        self.clock = clock or SystemClock()
        self.channel = Channel(
            network="mastodon", handle=BRAND, settings={"server": url, "public": "off"} | settings
        )
        self._http = httpx2.Client(base_url=url, trust_env=False, verify=trust())
        # The stand-in takes long to tell of many notifications, and they are of no use here.
        self.ask("POST", "/api/v1/notifications/clear", by=BRAND)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_error: object) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        self._http.close()
        await self.outbound.aclose()

    async def connector(self) -> MastodonConnector:
        secrets = Credentials(values={"access_token": TOKENS[BRAND]})
        return MastodonConnector(self.channel, secrets, self.outbound, self.clock)

    def ask(self, method: str, path: str, *, by: str = CUSTOMER, **sent: Any) -> Any:
        """What somebody's own client would ask."""
        headers = {"Authorization": f"Bearer {TOKENS[by]}"}
        answer = self._http.request(method, path, headers=headers, json=sent or None)
        answer.raise_for_status()
        return answer.json()

    def post(self, text: str, *, by: str = CUSTOMER, **more: Any) -> str:
        return str(self.ask("POST", "/api/v1/statuses", by=by, status=text, **more)["id"])

    async def post_as_customer(self, text: str, *, mention: bool) -> str:
        return self.post(f"@{BRAND} {text}" if mention else text)

    async def posts_in_thread(self, post_id: str) -> list[str]:
        """The texts under a post, oldest first."""
        found = self.ask("GET", f"/api/v1/statuses/{post_id}/context")["descendants"]
        return [one["content"].removeprefix("<p>").removesuffix("</p>") for one in found]
