"""The connector itself: what ``amends.connectors.protocol`` promises, kept on X."""

import hashlib
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from datetime import timedelta
from typing import ClassVar

from amends.connectors.calling import Quota, Refusal
from amends.connectors.fields import mappings_of
from amends.connectors.polling import Batches, Lists
from amends.connectors.protocol import Spending
from amends.connectors.x import searching
from amends.connectors.x.api import POST_FIELDS, Api
from amends.connectors.x.media import upload
from amends.connectors.x.posting import Posting, need_id
from amends.connectors.x.rules import Compiled, compile_rules, pack
from amends.connectors.x.settings import read_settings
from amends.connectors.x.signing import Renewed
from amends.connectors.x.streams import Streams
from amends.connectors.x.translate import NETWORK
from amends.outbound import Outbound
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

MESSAGE_LIMIT = 10_000
_RULES = "rules:"
_SEARCH = "search:"
# X allows 15 reads of messages and 300 of mentions in 15 minutes.
_SLOWEST = {"messages": timedelta(seconds=75), "notifications": timedelta(seconds=4)}
_SEARCHES_APART = timedelta(seconds=4)  # 300 searches in 15 minutes, with some to spare
_BESIDE = timedelta(minutes=10)  # between polls of what the activity stream brings anyway
_TOGETHER = 100  # posts asked for at once


class XConnector:
    """An account on X. Ids are X's own.

    Sources: ``notifications`` (mentions), ``messages``, ``search:<phrase>`` and, for queries,
    ``rules:<mark>``. Credentials: see ``signing.Signer``. Raises ``BadInput`` for settings that make
    no sense. Nothing is opened until it is used.
    """

    network: ClassVar[str] = NETWORK
    read_settings = staticmethod(read_settings)
    traits: ClassVar[Traits] = Traits(
        can_search=True,
        can_stream=True,
        can_reply=True,
        can_message=True,
        can_delete=True,
        looks_up=True,
        looks_up_messages=True,
        limit=280,
        message_limit=MESSAGE_LIMIT,
        unit="characters",
        pictures=4,
        message_pictures=1,
        picture_bytes=5_000_000,
        alt_limit=1000,
    )

    def __init__(
        self, channel: Channel, credentials: Credentials, outbound: Outbound, clock: Clock
    ) -> None:
        self._settings = read_settings(channel)
        self._clock = clock
        self._api = Api(self._settings, credentials, outbound, clock)
        self._posting = Posting(self._api, clock)
        self._lists = Lists(clock, begin=timedelta(hours=self._settings.begin_hours))
        self._compiled = Compiled(rules=())
        self._searches: dict[str, str] = {}
        self._searched = 1
        self._streams = Streams(self._api, clock, rules=lambda: self._compiled.rules)

    def __repr__(self) -> str:
        return f"XConnector({self._settings.api})"

    @property
    def spending(self) -> Spending:
        """What this month's calls have cost so far."""
        return self._api.meter.spending

    def resume_spending(self, spending: Spending) -> None:
        """Go on from what was counted before."""
        self._api.meter.resume(spending)

    @property
    def quotas(self) -> Mapping[str, Quota]:
        """What is left of X's rate limits, by address, as its answers told."""
        return dict(self._api.caller.quotas)

    @property
    def renewed(self) -> Renewed | None:
        """Called with all secrets when X gave new ones; must keep them before it returns."""
        return self._api.signer.renewed

    @renewed.setter
    def renewed(self, renewed: Renewed | None) -> None:
        self._api.signer.renewed = renewed

    def sources(self, phrases: Sequence[str]) -> Sequence[str]:
        found = ["notifications", "messages"]
        if "filtered" not in self._settings.streams:
            found += [f"{_SEARCH}{phrase}" for phrase in phrases]
        self._searched = len(found)
        return found

    def sources_for(self, queries: Sequence[str]) -> tuple[Sequence[str], Sequence[str]]:
        """What is polled for these queries, and sentences about those X cannot be asked for.

        With the filtered stream the queries become its rules; without it they become searches.
        """
        self._compiled = compile_rules(queries, most=self._settings.rules)
        sources, notes = ["notifications", "messages"], list(self._compiled.notes)
        if "filtered" in self._settings.streams:
            return sources, notes
        longest = self._settings.query_length
        short = compile_rules(queries, most=10_000, longest=longest)
        self._searches = {_mark(one): one for one in pack(short.rules, longest)}
        self._searched = len(self._searches)
        return [*sources, *self._searches], [*short.notes]

    async def fetch(self, source: str, cursor: str | None, *, limit: int = 100) -> Page:
        return await self._lists.page(
            source,
            cursor,
            await self._batches(source),
            limit=limit,
            poll=lambda: self._pace(source),
            to_us=source in ("notifications", "messages"),
            reach=searching.REACH,
        )

    async def stream(self, cursor: str | None) -> AsyncGenerator[Page, None]:
        """The streams that the setting ``stream`` names."""
        us = (await self._posting.us())[0] if "activity" in self._settings.streams else ""
        async with aclosing(self._streams.follow(cursor, self._settings.streams, us)) as pages:
            async for page in pages:
                yield page

    async def thread(self, post_id: str) -> Sequence[Post]:
        """The conversation as far as recent search reaches, seven days back."""
        found = await self._look(need_id(post_id))
        post = found.get(post_id)
        if post is None:
            msg = "The post is no longer on X, or hidden from us."
            raise ConnectorError(msg)
        root = post.conversation or post.id
        if root != post_id:
            found |= await self._look(root)
        since = self._clock.now() - timedelta(days=7)
        async for page in searching.search(self._api, f"conversation_id:{root}", since):
            found |= {one.id: one for one in searching.posts_of(page)}
        return sorted(found.values(), key=lambda one: (len(one.id), one.id))

    async def author(self, author_id: str) -> Author:
        by_id = author_id if author_id.isdecimal() else None
        return await self._posting.person(Author(id=by_id, handle=author_id))

    async def publish(
        self, text: str, *, target: ReplyTarget, attempt: str, media: Sequence[str] = ()
    ) -> Published:
        """``media`` are ids that ``upload`` gave."""
        del attempt  # X has no place for a key
        _check_said(text, media)
        self._posting.check_length(text, self._settings.limit)
        if target.post_id is None:
            msg = "A public reply needs the post that it answers; choose one."
            raise ConnectorError(msg)
        return await self._posting.reply(text, post_id=target.post_id, media=media)

    async def message(
        self, text: str, *, target: ReplyTarget, attempt: str, media: Sequence[str] = ()
    ) -> Published:
        """``media`` are ids that ``upload`` gave."""
        del attempt
        _check_said(text, media)
        if len(text) > MESSAGE_LIMIT:
            msg = f"X takes {MESSAGE_LIMIT:,} characters in a message; this has {len(text):,}."
            raise ConnectorError(msg)
        return await self._posting.message(text, to=target.author, media=media)

    async def upload(self, content: bytes, *, kind: str, alt: str) -> str:
        """Give a picture to X; its id, for ``publish`` and ``message``."""
        return await upload(self._api, content, kind=kind, alt=alt)

    async def look_up(
        self, attempt: str, *, text: str, target: ReplyTarget, private: bool
    ) -> Published | None:
        del attempt
        if private:
            return await self._posting.find_message(text, to=target.author)
        return await self._posting.find(text, post_id=target.post_id or "")

    async def delete(self, post_id: str) -> None:
        await self._posting.delete(post_id)

    async def check(self) -> Author:
        return await self._posting.ours()

    @property
    def revisit_every(self) -> timedelta:
        """Each look is paid for, so it is seldom."""
        return timedelta(minutes=30)

    async def revisit(self, post_ids: Sequence[str]) -> tuple[Sequence[Post], Sequence[str]]:
        """These posts as they are now, and the ids of those that are gone."""
        posts, gone = list[Post](), list[str]()
        asked = [post_id for post_id in post_ids if post_id.isdecimal()]
        for start in range(0, len(asked), _TOGETHER):
            self._api.meter.check("post_read")
            ids = ",".join(asked[start : start + _TOGETHER])
            page = await self._api.get("/2/tweets", {**POST_FIELDS, "ids": ids})
            there = searching.posts_of(page)
            self._api.meter.charge_read("post_read", [post.id for post in there])
            posts += there
            gone += [
                str(error.get("resource_id") or error.get("value"))
                for error in mappings_of(page.get("errors"))
                if str(error.get("type")).endswith("resource-not-found")
            ]
        return posts, [post_id for post_id in gone if post_id in asked]

    async def aclose(self) -> None:
        """Nothing is kept open between calls."""

    async def _look(self, post_id: str) -> dict[str, Post]:
        """One post, by its id; nothing where it is gone."""
        self._api.meter.check("post_read")
        try:
            answer = await self._api.get(f"/2/tweets/{post_id}", POST_FIELDS)
        except Refusal as refusal:
            if refusal.status == 404:
                return {}
            raise
        self._api.meter.charge_read("post_read", [post_id])
        page = {**answer, "data": [answer["data"]] if answer.get("data") else []}
        return {post.id: post for post in searching.posts_of(page)}

    async def _batches(self, source: str) -> Batches:
        if source == "notifications":
            us, _ = await self._posting.us()
            return lambda since: searching.mentions(self._api, source, us, since)
        if source == "messages":
            return lambda _: searching.messages(self._api, source)
        query = self._query(source)
        return lambda since: searching.searched(self._api, source, query, since)

    def _query(self, source: str) -> str:
        if source in self._searches:
            return self._searches[source]
        if source.startswith(_SEARCH):
            phrase = source.removeprefix(_SEARCH)
            if phrase[:1] in ("#", "@", "$") and phrase[1:].replace("_", "").isalnum():
                return phrase
            return '"{}"'.format(" ".join(phrase.replace('"', " ").split()))
        msg = f"X has no source {source!r}."
        raise ConnectorError(msg)

    def _pace(self, source: str) -> timedelta:
        plain = timedelta(seconds=self._settings.poll_seconds)
        if "activity" in self._settings.streams and source in _SLOWEST:
            plain = max(plain, _BESIDE)
        slowest = _SLOWEST.get(source, _SEARCHES_APART * self._searched)
        return max(plain, slowest, self._left(source))

    def _left(self, source: str) -> timedelta:
        """Until the end of a rate limit of which little is left."""
        for path, quota in self._api.caller.quotas.items():
            if quota.low and path.endswith(_PATHS.get(source, "/search/recent")):
                return max(timedelta(0), quota.reset_at - self._clock.now())
        return timedelta(0)


_PATHS = {"notifications": "/mentions", "messages": "/dm_events"}


def _mark(query: str) -> str:
    return _RULES + hashlib.sha256(query.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _check_said(text: str, media: Sequence[str]) -> None:
    if not text.strip() and not media:
        msg = "The reply is empty; write something."
        raise ConnectorError(msg)
    try:
        text.encode()
    except UnicodeEncodeError as error:
        msg = "The reply holds half a character; write that place anew."
        raise ConnectorError(msg) from error
