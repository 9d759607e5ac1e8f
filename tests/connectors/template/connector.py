"""The connector: what ``amends.connectors.protocol`` promises, kept on the Board."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime, timedelta
from typing import Any, ClassVar
from urllib.parse import quote

from amends.connectors.calling import Caller, Effect, Refusal
from amends.connectors.fields import mapping_of, mappings_of, text_of, time_of
from amends.connectors.polling import Entry, Lists, letter_or_post
from amends.outbound import Outbound
from amends.terms import (
    Author,
    BadInput,
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
from tests.connectors.template.translate import NETWORK, read_note, read_person


class BoardConnector:
    """An account on a Board. Setting ``server``, credential ``token``.

    Sources: ``notifications`` (notes that name us) and ``search:<phrase>``.
    """

    network: ClassVar[str] = NETWORK
    # Say what the network can do and no more: the desk offers what stands here.
    traits: ClassVar[Traits] = Traits(
        can_search=True,
        can_reply=True,
        can_delete=True,
        looks_up=True,
        limit=280,
        unit="characters",
    )

    def __init__(
        self, channel: Channel, credentials: Credentials, outbound: Outbound, clock: Clock
    ) -> None:
        self._server = channel.settings.get("server", "")
        if not self._server.startswith(("http://", "https://")):
            raise BadInput(f"server is {self._server!r}; write it like https://board.example.")
        self._token = credentials.values.get("token", "")
        self._clock = clock
        self._lists = Lists(clock, begin=timedelta(hours=24))
        self._caller = Caller("The Board", outbound, clock)
        self._caller.hidden = [self._token]  # struck out of what the network says

    def sources(self, phrases: Sequence[str]) -> Sequence[str]:
        return ["notifications", *(f"search:{phrase}" for phrase in phrases)]

    async def fetch(self, source: str, cursor: str | None, *, limit: int = 100) -> Page:
        # Lists that begin with the newest are read by a window, which remembers what was given.
        return await self._lists.page(
            source,
            cursor,
            lambda _since: self._notes(source),
            limit=limit,
            poll=lambda: timedelta(seconds=10),
            to_us=source == "notifications",
        )

    def stream(self, cursor: str | None) -> AsyncIterator[Page]:
        raise ConnectorError("The Board has no stream.")

    async def thread(self, post_id: str) -> Sequence[Post]:
        found = await self._ask("GET", f"/notes/{quote(post_id, safe='')}/thread")
        return [read_note(one) for one in mappings_of(found)]

    async def author(self, author_id: str) -> Author:
        return read_person(mapping_of(await self._ask("GET", f"/people/{quote(author_id)}")))

    async def publish(self, text: str, *, target: ReplyTarget, attempt: str) -> Published:
        del attempt  # the Board has no place for a key
        if target.post_id is None or not text.strip():
            raise ConnectorError("A public reply needs a text and the note that it answers.")
        told = {"text": text, "answers": target.post_id}
        # ONCE: without an answer it may have gone out, so ``DeliveryUnknown`` is raised.
        made = await self._ask("POST", "/notes", effect=Effect.ONCE, json=told)
        return self._published(mapping_of(made))

    async def message(self, text: str, *, target: ReplyTarget, attempt: str) -> Published:
        raise ConnectorError("The Board knows no private messages.")

    async def look_up(
        self, attempt: str, *, text: str, target: ReplyTarget, private: bool
    ) -> Published | None:
        for note in mappings_of(await self._ask("GET", "/notes?mine=yes")):
            if note.get("answers") == target.post_id and note.get("text") == text:
                return self._published(note)
        return None

    async def delete(self, post_id: str) -> None:
        try:
            await self._ask("DELETE", f"/notes/{quote(post_id, safe='')}")
        except Refusal as refusal:
            if refusal.status != 404:  # gone is what was wanted
                raise

    async def check(self) -> Author:
        return read_person(mapping_of(await self._ask("GET", "/people/me")))

    async def aclose(self) -> None:
        """Nothing is kept open between calls."""

    async def _notes(self, source: str) -> AsyncIterator[list[Entry]]:
        kind, _, phrase = source.partition(":")
        if source != "notifications" and kind != "search":
            raise ConnectorError(f"The Board has no source {source!r}.")
        params = {"contains": phrase} if phrase else {"naming": "me"}
        found = await self._ask("GET", "/notes", params=params)
        now = self._caller.latest
        yield [
            letter_or_post(
                one,
                at=_time(one.get("at"), now),
                name=text_of(one.get("id")) or "",
                source=source,
                translate=read_note,
                now=now,
            )
            for one in mappings_of(found)
        ]

    async def _ask(self, method: str, path: str, **asked: Any) -> Any:
        headers = {"Authorization": f"Bearer {self._token}"}
        url = self._server + path
        return (await self._caller.call(method, url, headers=headers, **asked)).value

    def _published(self, note: Any) -> Published:
        made = text_of(note.get("id"))
        if made is None:
            raise self._caller.lost(Effect.ONCE, sent=True)
        return Published(id=made, url=None, at=_time(note.get("at"), self._clock.now()))


def _time(value: object, now: datetime) -> datetime:
    """A time, and never one that is still to come, for what follows would seem to be old."""
    try:
        return min(time_of(value) or now, now)
    except BadInput:
        return now
