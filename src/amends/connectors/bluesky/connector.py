"""The connector itself: what ``amends.connectors.protocol`` promises, kept on Bluesky."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from contextlib import aclosing
from datetime import timedelta
from typing import ClassVar

from amends.connectors.bluesky import chat, compose, posting, profiles, threads, translate
from amends.connectors.bluesky.api import Api
from amends.connectors.bluesky.polling import entry
from amends.connectors.bluesky.settings import read_settings
from amends.connectors.bluesky.streams import (
    MAX_FRAME,
    READERS,
    SUBPROTOCOLS,
    Batch,
    StreamRefused,
    places,
)
from amends.connectors.calling import Effect, Quota
from amends.connectors.polling import Entry, Lists
from amends.outbound import Outbound, OutboundError, Refused, TooLarge, Unreachable
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
    TryLater,
)

_REASONS = ("mention", "reply", "quote")
_SEARCH = "search:"
_LIST = 100  # posts asked for at a time
_BATCH = 200  # frames of a stream in one page, at most
_QUIET = 0.2  # seconds without a frame that close a page
# Before a lost stream is opened anew; the listener waits longer each time.
_AGAIN = timedelta(seconds=1)


class BlueskyConnector:
    """An account on Bluesky. Ids of posts are ``at://`` addresses, ids of authors are DIDs.

    Sources: ``notifications`` (mentions, replies, quotes), ``messages`` and ``search:<phrase>``.
    Credentials: ``identifier`` (handle) and ``password`` (an app password that allows messages).
    Raises ``BadInput`` for settings that make no sense. Nothing is opened until it is used.
    """

    network: ClassVar[str] = translate.NETWORK
    read_settings = staticmethod(read_settings)
    traits: ClassVar[Traits] = Traits(
        can_search=True,
        can_stream=True,
        can_reply=True,
        can_message=True,
        can_delete=True,
        idempotent=True,
        looks_up=True,
        looks_up_messages=True,
        limit=compose.LIMIT,
        message_limit=compose.MESSAGE_LIMIT,
        pictures=4,
        picture_bytes=1_000_000,
        alt_limit=2000,
    )

    def __init__(
        self, channel: Channel, credentials: Credentials, outbound: Outbound, clock: Clock
    ) -> None:
        self._settings = read_settings(channel)
        self._outbound = outbound
        self._clock = clock
        self._api = Api(self._settings, credentials, outbound, clock)
        self._profiles = profiles.Profiles(self._api, outbound, self._settings)
        self._chat = chat.Chat(self._api, self._profiles, self._settings, clock)
        self._lists = Lists(clock, begin=timedelta(hours=self._settings.begin_hours))

    def __repr__(self) -> str:
        return f"BlueskyConnector({self._settings.pds})"

    def sources(self, phrases: Sequence[str]) -> Sequence[str]:
        return ["notifications", "messages", *(f"{_SEARCH}{phrase}" for phrase in phrases)]

    async def fetch(self, source: str, cursor: str | None, *, limit: int = 100) -> Page:
        if source == "messages":
            return await self._chat.fetch(cursor, limit=limit)
        return await self._lists.page(
            source,
            cursor,
            lambda _start: self._batches(source),
            limit=limit,
            poll=lambda: timedelta(seconds=self._settings.poll_seconds),
            to_us=source == "notifications",
        )

    async def stream(self, cursor: str | None) -> AsyncGenerator[Page, None]:
        reader = READERS[self._settings.stream]()
        missed = ""
        for place in places(cursor, reader.kind):
            batch = Batch(reader, place)
            if missed and place is None:
                batch.gap(missed, self._clock.now())
            try:
                url = reader.url(self._settings.stream_host, place)
                async with aclosing(self._follow(url, batch)) as pages:
                    async for page in pages:
                        yield page
            except StreamRefused as refused:
                missed = refused.name
                if missed not in ("FutureCursor", "CursorTooOld"):
                    raise self._closed(missed) from refused
            except Unreachable as error:
                raise self._closed(error.reason) from error
            except OutboundError as error:
                # A server refuses a place that it no longer holds before the stream opens.
                if isinstance(error, Refused | TooLarge) or place is None:
                    raise self._closed(error.reason) from error
                missed = error.reason

    @property
    def quotas(self) -> Mapping[str, Quota]:
        """What is left of the rate limits, by method, as the PDS told."""
        return dict(self._api.quotas)

    async def thread(self, post_id: str) -> Sequence[Post]:
        await self._api.sign_in()
        return await threads.thread(self._api, _uri(post_id))

    @property
    def revisit_every(self) -> timedelta:
        """Polls tell of no edit and no removal: a minute at the default pace of polling."""
        return timedelta(seconds=max(5.0, 15 * self._settings.poll_seconds))

    async def revisit(self, post_ids: Sequence[str]) -> tuple[Sequence[Post], Sequence[str]]:
        """These posts as the AppView has them now, and those their authors removed."""
        await self._api.sign_in()
        return await threads.revisit(self._api, [_uri(post_id) for post_id in post_ids])

    async def author(self, author_id: str) -> Author:
        return await self._profiles.profile(author_id)

    async def upload(self, content: bytes, *, kind: str, alt: str) -> str:
        """Give a picture to our PDS; what a post says of it, for ``publish``."""
        return await posting.upload(self._api, content, kind=kind, alt=alt)

    async def publish(
        self, text: str, *, target: ReplyTarget, attempt: str, media: Sequence[str] = ()
    ) -> Published:
        """``media`` is what ``upload`` gave."""
        compose.check_length(text, compose.LIMIT)
        if target.post_id is None:
            msg = "A public reply needs the post that it answers; choose one."
            raise ConnectorError(msg)
        return await posting.publish(
            self._api,
            text,
            post_id=_uri(target.post_id),
            attempt=attempt,
            resolve=self._profiles.resolve,
            now=self._clock.now(),
            media=media,
        )

    async def message(
        self, text: str, *, target: ReplyTarget, attempt: str, media: Sequence[str] = ()
    ) -> Published:
        del attempt  # the chat service has no place for a key
        if media:
            msg = "Bluesky carries no pictures in private messages; leave them out."
            raise ConnectorError(msg)
        compose.check_length(text, compose.MESSAGE_LIMIT)
        return await self._chat.send(text, to=target.author)

    async def look_up(
        self, attempt: str, *, text: str, target: ReplyTarget, private: bool
    ) -> Published | None:
        if private:
            return await self._chat.find(text, to=target.author)
        return await posting.find(self._api, attempt)

    async def delete(self, post_id: str) -> None:
        if post_id.startswith("chat:"):
            await self._chat.delete(post_id)
            return
        await self._api.sign_in()
        did, collection, key = translate.read_uri(_uri(post_id))
        if did != self._api.did:
            msg = f"{post_id} is not ours, so we cannot remove it."
            raise ConnectorError(msg)
        record = {"repo": did, "collection": collection, "rkey": key}
        await self._api.procedure("com.atproto.repo.deleteRecord", record, effect=Effect.SAFE)

    async def check(self) -> Author:
        await self._api.sign_in()
        return await self._profiles.ours()

    async def aclose(self) -> None:
        await self._api.aclose()

    async def _batches(self, source: str) -> AsyncIterator[list[Entry]]:
        """The pages of a newest-first list, as the network gives them."""
        await self._api.sign_in()
        method, name, asked = _listing(source)
        handles = {self._api.did: self._api.handle}
        cursor: str | None = None
        while True:
            answer = await self._api.query(method, {**asked, "limit": _LIST, "cursor": cursor})
            items = answer.get(name)
            yield [
                self._entry(item, source, handles)
                for item in (items if isinstance(items, list) else [])
                if name == "posts" or translate.is_wanted(item, _REASONS)
            ]
            following = answer.get("cursor")
            if not isinstance(following, str) or not following or following == cursor:
                return
            cursor = following

    def _entry(self, item: object, source: str, handles: Mapping[str, str]) -> Entry:
        read = translate.read_notification if source == "notifications" else translate.read_view
        now = self._clock.now()
        return entry(item, source=source, translate=lambda raw: read(raw, handles=handles), now=now)

    async def _follow(self, url: str, batch: Batch) -> AsyncGenerator[Page, None]:
        spoken = SUBPROTOCOLS.get(self._settings.stream, ())
        stream = self._outbound.websocket(url, max_size=MAX_FRAME, subprotocols=spoken)
        async with stream as socket:
            while True:
                batch.add(await socket.recv(), self._clock.now())
                while batch.size < _BATCH:
                    try:
                        async with asyncio.timeout(_QUIET):
                            frame = await socket.recv()
                    except TimeoutError:
                        break
                    batch.add(frame, self._clock.now())
                page = batch.page()
                if page is not None:
                    yield page

    def _closed(self, reason: str) -> TryLater:
        msg = f"The stream ended: {reason}"
        return TryLater(msg, self._clock.now() + _AGAIN)


def _listing(source: str) -> tuple[str, str, dict[str, object]]:
    """The method of a source, the name of its list, and what to ask for."""
    if source == "notifications":
        method = "app.bsky.notification.listNotifications"
        return method, "notifications", {"reasons": list(_REASONS)}
    if source.startswith(_SEARCH):
        # The colon and the quotation mark are operators of the search.
        phrase = source.removeprefix(_SEARCH).replace(":", " ").replace('"', " ").strip()
        return "app.bsky.feed.searchPosts", "posts", {"q": phrase, "sort": "latest"}
    msg = f"Bluesky has no source {source!r}."
    raise ConnectorError(msg)


def _uri(post_id: str) -> str:
    try:
        translate.read_uri(post_id)
    except BadInput as error:
        raise ConnectorError(str(error)) from error
    return post_id
