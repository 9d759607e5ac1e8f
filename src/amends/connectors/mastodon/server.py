"""What a server says of itself: how long a post may be, and where it streams."""

from datetime import datetime, timedelta
from urllib.parse import urlsplit

import msgspec

from amends.connectors.calling import Refusal
from amends.connectors.fields import mapping_of, text_of, whole_of
from amends.connectors.mastodon.api import Api, Json
from amends.connectors.mastodon.settings import Settings
from amends.guard.manners import Manners, counted_length
from amends.terms import Clock, ConnectorError

LIMIT = 500  # characters, unless the server says otherwise
LINK = 23  # characters that any link counts, unless the server says otherwise
_KEPT = timedelta(hours=1)


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """``streaming`` is the address of the streaming server, without a path."""

    characters: int = LIMIT
    link: int = LINK
    streaming: str = ""

    def counted(self, text: str) -> int:
        """The length of a text as the server counts it."""
        manners = Manners(self.characters, self.characters, link=self.link, near=True)
        return counted_length(text, manners)

    def check(self, text: str, warning: str = "") -> None:
        """Raise ``ConnectorError`` where the server would not take the text."""
        if (count := self.counted(text) + len(warning)) > self.characters:
            msg = (
                f"The server takes {self.characters:,} characters; with the name it is addressed "
                f"to this has {count:,}. Shorten it by {count - self.characters:,}."
            )
            raise ConnectorError(msg)


class Server:
    """The limits of one server, remembered for an hour."""

    def __init__(self, api: Api, settings: Settings, clock: Clock) -> None:
        self._api = api
        self._settings = settings
        self._clock = clock
        self._known: tuple[datetime, Limits] | None = None

    async def limits(self) -> Limits:
        if self._known is None or self._clock.now() >= self._known[0] + _KEPT:
            self._known = (self._clock.now(), await self._ask())
        return self._known[1]

    async def streaming(self) -> str:
        """Where the streams are, as ``wss://host``."""
        if self._settings.streaming:
            return self._settings.streaming.rstrip("/")
        told = urlsplit((await self.limits()).streaming)
        if told.scheme in ("ws", "wss") and told.netloc:
            return f"{told.scheme}://{told.netloc}"
        return self._settings.base.replace("http", "ws", 1)

    async def _ask(self) -> Limits:
        for path in ("/api/v2/instance", "/api/v1/instance"):
            try:
                return _read(mapping_of(await self._api.get(path)))
            except Refusal:  # an older server, or one that keeps this to itself
                continue
        return Limits()


def _read(told: Json) -> Limits:
    configuration = mapping_of(told.get("configuration"))
    statuses = mapping_of(configuration.get("statuses"))
    urls = mapping_of(configuration.get("urls")) or mapping_of(told.get("urls"))
    most = whole_of(statuses.get("max_characters")) or whole_of(told.get("max_toot_chars"))
    return Limits(
        characters=most or LIMIT,
        link=whole_of(statuses.get("characters_reserved_per_url")) or LINK,
        streaming=text_of(urls.get("streaming")) or text_of(urls.get("streaming_api")) or "",
    )
