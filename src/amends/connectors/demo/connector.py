"""The demo network as a connector."""

from base64 import b64encode
from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import quote

import msgspec

from amends.connectors.demo.client import (
    Client,
    InProcess,
    NotThere,
    OverHttp,
    read_as_promised,
)
from amends.connectors.demo.network import MESSAGE_LIMIT, POST_LIMIT
from amends.connectors.demo.translate import read_items, to_author, to_post, to_published
from amends.terms import (
    Author,
    Channel,
    Clock,
    ConnectorError,
    Credentials,
    Page,
    Post,
    Published,
    ReplyTarget,
    Traits,
)

if TYPE_CHECKING:
    from amends.outbound import Outbound


class DemoConnector:
    """A channel of the demo network; ``README.md`` in this folder lists the settings.

    Raises ``ConnectorError`` at once where the settings name neither a file nor an address.
    """

    network: ClassVar[str] = "demo"
    traits: ClassVar[Traits] = Traits(
        can_search=True,
        can_reply=True,
        can_message=True,
        can_delete=True,
        idempotent=True,
        looks_up=True,
        idempotent_messages=True,
        looks_up_messages=True,
        limit=POST_LIMIT,
        message_limit=MESSAGE_LIMIT,
        unit="graphemes",
        pictures=4,
        message_pictures=4,
        picture_bytes=1_000_000,
    )

    def __init__(
        self, channel: Channel, credentials: Credentials, outbound: "Outbound", clock: Clock
    ) -> None:
        settings = _checked(channel.settings)
        self._clock = clock
        self._poll = timedelta(seconds=float(settings.get("poll_seconds", "2")))
        self._keys = settings.get("idempotency", "on") == "on"
        looks_up = settings.get("look_up", "on") == "on"
        # Forgetful networks exist; a channel may be told to be one, and says so in its own traits.
        self.__dict__["traits"] = msgspec.structs.replace(
            self.traits,
            idempotent=self._keys,
            idempotent_messages=self._keys,
            looks_up=looks_up,
            looks_up_messages=looks_up,
        )
        over_http = "url" in settings
        way = (
            OverHttp(channel, credentials, outbound, clock)
            if over_http
            else InProcess(channel, clock)
        )
        self._client = Client(way, channel.handle, clock)

    def sources(self, phrases: Sequence[str]) -> Sequence[str]:
        """``notifications``, ``messages`` and a search for each phrase."""
        return ("notifications", "messages", *(f"search:{phrase}" for phrase in phrases))

    async def fetch(self, source: str, cursor: str | None, *, limit: int = 100) -> Page:
        """The page after ``cursor``; None is the beginning of the network."""
        raw = await self._client.get(
            "/events", source=source, cursor=cursor or "", limit=str(limit)
        )
        with read_as_promised(self._clock):
            posts, deleted, dead = read_items(raw["items"], source, self._client.base_url)
            return Page(
                posts=posts,
                cursor=str(raw["cursor"]),
                next_poll=None if raw["more"] else self._clock.now() + self._poll,
                to_us=source in ("notifications", "messages"),
                deleted=deleted,
                dead=dead,
            )

    def stream(self, cursor: str | None) -> AsyncIterator[Page]:
        """The demo network has no stream; ``traits.can_stream`` says so."""
        msg = f"The demo network has no stream to resume at {cursor}; poll its sources instead."
        raise ConnectorError(msg)

    async def thread(self, post_id: str) -> Sequence[Post]:
        raw = await self._client.get(f"/threads/{_part(post_id)}")
        with read_as_promised(self._clock):
            return [to_post(post, self._client.base_url) for post in raw["posts"]]

    async def author(self, author_id: str) -> Author:
        raw = await self._client.get(f"/accounts/{_part(author_id)}")
        with read_as_promised(self._clock):
            return to_author(raw)

    async def upload(self, content: bytes, *, kind: str, alt: str) -> str:
        """Give the network a picture; its id, for ``publish`` and ``message``."""
        body = {"content": b64encode(content).decode(), "kind": kind, "alt": alt}
        raw = await self._client.post("/pictures", body)
        with read_as_promised(self._clock):
            return str(raw["id"])

    async def publish(
        self, text: str, *, target: ReplyTarget, attempt: str, media: Sequence[str] = ()
    ) -> Published:
        """A public reply to ``target.post_id``, which must still be there."""
        if target.post_id is None:
            msg = "A public reply needs the post it answers; choose one in the thread."
            raise ConnectorError(msg)
        body = {"text": text, "reply_to": target.post_id, "pictures": list(media)}
        return await self._write("/posts", body, attempt)

    async def message(
        self, text: str, *, target: ReplyTarget, attempt: str, media: Sequence[str] = ()
    ) -> Published:
        body = {"text": text, "to": _name(target), "pictures": list(media)}
        return await self._write("/messages", body, attempt)

    async def look_up(
        self, attempt: str, *, text: str, target: ReplyTarget, private: bool
    ) -> Published | None:
        """By the attempt's key, or by the text where the network keeps no keys."""
        if not self.traits.looks_up:
            msg = "This network cannot say what went out; look at the thread yourself."
            raise ConnectorError(msg)
        if self._keys:
            found = await self._by_key(attempt)
        else:
            found = await self._by_text(text, target, private=private)
        with read_as_promised(self._clock):
            return None if found is None else to_published(found, self._client.base_url)

    async def delete(self, post_id: str) -> None:
        await self._client.delete(f"/posts/{_part(post_id)}")

    async def check(self) -> Author:
        raw = await self._client.get("/me")
        with read_as_promised(self._clock):
            return to_author(raw)

    async def aclose(self) -> None:
        """Nothing is held open: the file is opened for each request, connections are outbound's."""

    async def _write(self, path: str, body: dict[str, Any], attempt: str) -> Published:
        key = {"key": attempt} if self._keys else {}
        raw = await self._client.post(path, body | key)
        with read_as_promised(self._clock, published=True):
            return to_published(raw, self._client.base_url)

    async def _by_key(self, attempt: str) -> Any:
        try:
            return await self._client.get(f"/attempts/{_part(attempt)}")
        except NotThere:
            return None

    async def _by_text(self, text: str, target: ReplyTarget, *, private: bool) -> Any:
        where = {"to": _name(target)} if private else {"reply_to": target.post_id or ""}
        raw = await self._client.get("/sent", **where)
        with read_as_promised(self._clock):
            return next((post for post in raw["posts"] if post["text"] == text), None)


def _checked(settings: dict[str, str]) -> dict[str, str]:
    if "path" not in settings and "url" not in settings:
        msg = "A demo channel needs a path (its file) or a url (of a demo server) in its settings."
        raise ConnectorError(msg)
    for name, kind in (("poll_seconds", float), ("seed", int)):
        try:
            kind(settings.get(name, "1"))
        except ValueError as error:
            msg = f"The setting {name} of a demo channel is a number, not {settings[name]!r}."
            raise ConnectorError(msg) from error
    for name in ("cast", "idempotency", "look_up"):
        if settings.get(name, "on") not in ("on", "off"):
            msg = f"The setting {name} of a demo channel is on or off, not {settings[name]!r}."
            raise ConnectorError(msg)
    return settings


def _name(target: ReplyTarget) -> str:
    name = target.author.id or target.author.handle
    if name is None:
        msg = "A private message needs somebody to go to; the author has no id and no handle."
        raise ConnectorError(msg)
    return name


def _part(value: str) -> str:
    """A value as one part of a path, whatever stands in it."""
    return quote(value, safe="")
