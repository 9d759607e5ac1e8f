"""The connector itself: what ``amends.connectors.protocol`` promises, kept on Mastodon."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing, suppress
from datetime import UTC, datetime, timedelta
from typing import ClassVar

import msgspec
import regex

from amends.connectors.calling import Effect, Quota, Refusal
from amends.connectors.fields import mapping_of, mappings_of, text_of
from amends.connectors.mastodon import media
from amends.connectors.mastodon.api import Api
from amends.connectors.mastodon.posting import Posting, path_part
from amends.connectors.mastodon.server import LIMIT, Server
from amends.connectors.mastodon.settings import PUBLIC, read_settings
from amends.connectors.mastodon.streams import Follower, Sleep
from amends.connectors.mastodon.timelines import NOTIFICATIONS, entries, timeline
from amends.connectors.mastodon.translate import NETWORK, read_account, read_status
from amends.connectors.polling import Lists
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

# A server allows 300 requests in five minutes; reading takes no more than half of that.
_APART = timedelta(seconds=2)
_NEVER = datetime.min.replace(tzinfo=UTC)
_PUBLIC_BEGIN = timedelta(minutes=10)  # the public timeline of a large server is long
_TOGETHER = 20  # statuses asked for at once
_SINGLY = 20  # where a server cannot be asked for several
_TAG = regex.compile(r"#?([\p{L}\p{N}\p{M}_]+)")


class MastodonConnector:
    """An account on a server that speaks Mastodon's API. Ids are the server's own, and opaque.

    Sources: ``notifications``, ``public`` or ``public:local``, ``hashtag:<name>``, ``list:<id>``.
    Credentials: ``access_token``. Raises ``BadInput`` for settings that make no sense. Nothing is
    opened until it is used.
    """

    network: ClassVar[str] = NETWORK
    read_settings = staticmethod(read_settings)
    traits: ClassVar[Traits] = Traits(
        can_stream=True,
        can_reply=True,
        can_message=True,
        can_delete=True,
        idempotent=True,
        looks_up=True,
        idempotent_messages=True,
        looks_up_messages=True,
        limit=LIMIT,
        message_limit=LIMIT,
        unit="characters",
        pictures=4,
        message_pictures=4,
        picture_bytes=8_000_000,
        alt_limit=1500,
    )

    def __init__(
        self, channel: Channel, credentials: Credentials, outbound: Outbound, clock: Clock
    ) -> None:
        self._settings = read_settings(channel)
        self._clock = clock
        self._api = Api(self._settings, credentials, outbound, clock)
        self._server = Server(self._api, self._settings, clock)
        self._posting = Posting(self._api, self._server, clock)
        begin = timedelta(hours=self._settings.begin_hours)
        self._lists = Lists(clock, begin=begin)
        self._public = Lists(clock, begin=min(begin, _PUBLIC_BEGIN))
        self._polled = 1
        self._follower = Follower(
            self._api,
            self._server,
            outbound,
            clock,
            base=self._settings.base,
            names=self._settings.streams,
            poll=self._poll,
        )

    def __repr__(self) -> str:
        return f"MastodonConnector({self._settings.base})"

    @property
    def sleep(self) -> Sleep:
        """How it waits, between polls beside a stream and for media; tests put their own."""
        return self._follower.sleep

    @sleep.setter
    def sleep(self, sleep: Sleep) -> None:
        self._follower.sleep = sleep

    def sources(self, phrases: Sequence[str]) -> Sequence[str]:
        """What is polled; what a stream brings is left to it."""
        public = PUBLIC[self._settings.public]
        tags = [*self._settings.tags, *_tags(phrases, alone=bool(public))]
        named = [
            NOTIFICATIONS,
            *([public] if public else []),
            *(f"hashtag:{tag.lower()}" for tag in tags),
            *(f"list:{list_id}" for list_id in self._settings.list_ids),
        ]
        found = [one for one in dict.fromkeys(named) if one not in self._settings.streams]
        self._polled = len(found)
        return found

    async def fetch(self, source: str, cursor: str | None, *, limit: int = 100) -> Page:
        asked = timeline(source)
        lists = self._public if source.startswith("public") else self._lists
        return await lists.page(
            source,
            cursor,
            lambda _start: entries(self._api, source),
            limit=limit,
            poll=lambda: self._pace(source),
            to_us=source == NOTIFICATIONS,
            reach=asked.reach,
        )

    async def stream(self, cursor: str | None) -> AsyncGenerator[Page, None]:
        """The streams that the setting ``stream`` names, and what polling finds beside them."""
        async with aclosing(self._follower.follow(cursor)) as pages:
            async for page in pages:
                yield page

    async def thread(self, post_id: str) -> Sequence[Post]:
        status = await self._posting.status(post_id)
        around = mapping_of(await self._api.get(f"/api/v1/statuses/{path_part(post_id)}/context"))
        told = [
            *mappings_of(around.get("ancestors")),
            status,
            *mappings_of(around.get("descendants")),
        ]
        root = text_of(told[0].get("id"))
        posts = []
        for one in told:
            with suppress(BadInput):  # shown nowhere; the listener keeps its own dead letter of it
                posts.append(msgspec.structs.replace(read_status(one), conversation=root))
        first = posts[:1]
        return first + sorted(posts[1:], key=lambda post: (post.created_at or _NEVER, post.id))

    async def author(self, author_id: str) -> Author:
        named = author_id.lstrip("@")
        by_id = named if "@" not in named and "." not in named else None
        account = await self._posting.account(Author(id=by_id, handle=named))
        return read_account(account) or Author(id=author_id)

    async def publish(
        self, text: str, *, target: ReplyTarget, attempt: str, media: Sequence[str] = ()
    ) -> Published:
        """``media`` are ids that ``upload`` gave."""
        _check_said(text, media)
        if target.post_id is None:
            msg = "A public reply needs the post that it answers; choose one."
            raise ConnectorError(msg)
        return await self._posting.reply(text, post_id=target.post_id, attempt=attempt, media=media)

    async def message(
        self, text: str, *, target: ReplyTarget, attempt: str, media: Sequence[str] = ()
    ) -> Published:
        """``media`` are ids that ``upload`` gave."""
        _check_said(text, media)
        return await self._posting.message(text, to=target.author, attempt=attempt, media=media)

    async def upload(self, content: bytes, *, kind: str, alt: str) -> str:
        """Give a file to the server; its id, for ``publish`` and ``message``."""
        return await media.upload(self._api, content, kind=kind, alt=alt, sleep=self.sleep)

    async def look_up(
        self, attempt: str, *, text: str, target: ReplyTarget, private: bool
    ) -> Published | None:
        del attempt  # servers cannot be asked by key
        if private:
            return await self._posting.find(text, post_id=None, to=target.author)
        return await self._posting.find(text, post_id=target.post_id or "")

    @property
    def quotas(self) -> Mapping[str, Quota]:
        """What is left of the server's rate limits, by address, as its answers told."""
        return dict(self._api.caller.quotas)

    async def delete(self, post_id: str) -> None:
        try:
            path = f"/api/v1/statuses/{path_part(post_id)}"
            await self._api.ask("DELETE", path, effect=Effect.SAFE)
        except Refusal as refusal:
            if refusal.status not in (404, 410):
                raise

    async def check(self) -> Author:
        told = await self._api.get("/api/v1/accounts/verify_credentials")
        us = read_account(mapping_of(told))
        if us is None or us.id is None:
            raise self._api.caller.lost(Effect.SAFE, sent=True)
        return us

    @property
    def revisit_every(self) -> timedelta:
        """Polls see edits of the last minutes and no removal, so posts are looked at again."""
        return timedelta(seconds=max(10.0, 24 * self._settings.poll_seconds))

    async def revisit(self, post_ids: Sequence[str]) -> tuple[Sequence[Post], Sequence[str]]:
        """These posts as they are now, and the ids of those that are gone."""
        there: dict[str, Post] = {}
        for start in range(0, len(post_ids), _TOGETHER):
            asked = list(post_ids[start : start + _TOGETHER])
            try:
                found = await self._api.get("/api/v1/statuses", {"id[]": asked})
            except Refusal:
                return await self._one_by_one(post_ids[:_SINGLY])
            there |= _posts(found)
        missing = [post_id for post_id in post_ids if post_id not in there]
        posts, gone = await self._one_by_one(missing[:_SINGLY])
        return [*there.values(), *posts], gone

    async def aclose(self) -> None:
        """Nothing is kept open between calls."""

    async def _one_by_one(self, post_ids: Sequence[str]) -> tuple[list[Post], list[str]]:
        posts, gone = list[Post](), list[str]()
        for post_id in post_ids:
            try:
                found = await self._api.get(f"/api/v1/statuses/{path_part(post_id)}")
            except Refusal as refusal:
                if refusal.status in (404, 410):
                    gone.append(post_id)
                continue
            posts += _posts([found]).values()
        return posts, gone

    async def _poll(self, source: str, cursor: str | None) -> Page:
        return await self.fetch(source, cursor)

    def _pace(self, source: str) -> timedelta:
        """How long until a source is asked again: what is left of the rate limit is for replies."""
        plain = timedelta(seconds=self._settings.poll_seconds)
        quota = self._api.caller.quota(f"{self._settings.base}{timeline(source).path}")
        if quota is not None and quota.low:
            return max(plain, quota.reset_at - self._clock.now())
        return max(plain, _APART * self._polled)


def _posts(found: object) -> dict[str, Post]:
    posts: dict[str, Post] = {}
    for status in mappings_of(found):
        with suppress(BadInput):  # unreadable now: what was heard first stays
            post = read_status(status)
            posts[post.id] = post
    return posts


def _tags(phrases: Sequence[str], *, alone: bool) -> list[str]:
    """Hashtags among phrases; single words too, where no public timeline brings those."""
    found = []
    for phrase in phrases:
        tag = _TAG.fullmatch(phrase)
        if tag and (phrase.startswith("#") or not alone):
            found.append(tag[1])
    return found


def _check_said(text: str, media: Sequence[str]) -> None:
    if not text.strip() and not media:
        msg = "The reply is empty; write something."
        raise ConnectorError(msg)
    try:
        text.encode()
    except UnicodeEncodeError as error:
        msg = "The reply holds half a character; write that place anew."
        raise ConnectorError(msg) from error
