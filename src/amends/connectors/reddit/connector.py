"""The connector itself: what ``amends.connectors.protocol`` promises, kept on Reddit."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, ClassVar
from urllib.parse import quote

from amends.connectors.calling import Caller, Effect, Quota, Refusal
from amends.connectors.fields import mapping_of, text_of
from amends.connectors.polling import Lists
from amends.connectors.reddit.listings import (
    MESSAGES,
    NOTIFICATIONS,
    REACH,
    check_listing,
    entries,
    listing,
)
from amends.connectors.reddit.posting import Posting
from amends.connectors.reddit.settings import read_settings
from amends.connectors.reddit.translate import (
    NETWORK,
    all_below,
    is_gone,
    is_name,
    name_of,
    read_account,
    read_thing,
    things_of,
)
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

if TYPE_CHECKING:
    from amends.connectors.reddit.session import Session

_LIMIT = 10_000
_TOGETHER = 100  # things asked for at once
_MINUTE_S = 60.0
_CALLS = 60  # a minute for reading, of the 100 that Reddit allows
_NEVER = datetime.min.replace(tzinfo=UTC)


class RedditConnector:
    """An account on Reddit. Ids are Reddit's full names, such as ``t1_abc``.

    Sources: ``notifications``, ``messages``, ``new:<subreddits>``, ``comments:<subreddits>``,
    ``search:<phrase>``. Credentials: ``client_id``, ``client_secret`` and either ``refresh_token`` or
    ``password``. Raises ``BadInput`` for settings that make no sense. Nothing is opened until it is used.
    """

    network: ClassVar[str] = NETWORK
    read_settings = staticmethod(read_settings)
    traits: ClassVar[Traits] = Traits(
        can_search=True,
        can_reply=True,
        can_message=True,
        can_delete=True,
        looks_up=True,
        looks_up_messages=True,
        limit=_LIMIT,
        message_limit=_LIMIT,
        unit="characters",
    )

    def __init__(
        self, channel: Channel, credentials: Credentials, outbound: Outbound, clock: Clock
    ) -> None:
        self._settings = read_settings(channel)
        self._credentials = credentials
        self._clock = clock
        self._caller = Caller("Reddit", outbound, clock)
        self._lists = Lists(clock, begin=timedelta(hours=self._settings.begin_hours))
        self._made: Session | None = None
        self._polled = 1

    def __repr__(self) -> str:
        return f"RedditConnector({self._settings.handle})"

    @property
    def _session(self) -> "Session":
        """Made when it is needed: asyncpraw takes a third of a second to load."""
        if self._made is None:
            from amends.connectors.reddit.session import Session

            self._made = Session(self._settings, self._credentials, self._caller)
        return self._made

    @property
    def _posting(self) -> Posting:
        return Posting(self._session, self._settings, self._caller)

    def sources(self, phrases: Sequence[str]) -> Sequence[str]:
        groups = self._settings.groups
        searched = phrases if self._settings.search == "on" else []
        named = [
            NOTIFICATIONS,
            MESSAGES,
            *(f"new:{group}" for group in groups),
            *(f"comments:{group}" for group in groups),
            *(f"search:{phrase.lower()}" for phrase in searched if phrase.strip()),
        ]
        found = list(dict.fromkeys(named))
        self._polled = len(found)
        return found

    async def fetch(self, source: str, cursor: str | None, *, limit: int = 100) -> Page:
        listing(source)
        return await self._lists.page(
            source,
            cursor,
            lambda _start: entries(self._session, self._settings, self._caller, source),
            limit=limit,
            poll=self._pace,
            to_us=source in (NOTIFICATIONS, MESSAGES),
            reach=REACH,
        )

    def stream(self, cursor: str | None) -> AsyncIterator[Page]:
        del cursor
        raise ConnectorError("Reddit has no stream; its lists are polled.")

    async def thread(self, post_id: str) -> Sequence[Post]:
        """A submission and its comments, oldest first."""
        first = await self._thing(post_id)
        link = (
            post_id
            if post_id.startswith("t3_")
            else text_of(mapping_of(first.get("data")).get("link_id"))
        )
        if link is None or not is_name(link):
            raise ConnectorError("This stands in no public conversation.")
        told = await self._session.ask(
            "GET", f"comments/{link[3:]}", params={"limit": "500", "sort": "old"}
        )
        if not isinstance(told, list):
            raise self._caller.lost(Effect.SAFE, sent=True)
        posts: dict[str, Post] = {}
        for one in told:
            for thing in all_below(one):
                if thing.get("kind") in ("t1", "t3") and not is_gone(thing):
                    with suppress(
                        BadInput
                    ):  # shown nowhere; the listener keeps its own dead letter
                        post = read_thing(thing, self._settings.reddit_url)
                        posts[post.id] = post
        return sorted(posts.values(), key=lambda post: (post.created_at or _NEVER, post.id))

    async def author(self, author_id: str) -> Author:
        """A profile, by its name or its id, such as ``t2_abc``."""
        name = author_id.removeprefix("u/")
        if is_name(name):
            told = await self._session.ask(
                "GET", "api/user_data_by_account_ids", params={"ids": name}
            )
            name = text_of(mapping_of(mapping_of(told).get(name)).get("name")) or ""
        if name:
            with suppress(Refusal):
                told = await self._session.ask("GET", f"user/{quote(name, safe='')}/about")
                found = read_account(mapping_of(mapping_of(told).get("data")))
                if found is not None:
                    return found
        msg = f"There is no account {author_id[:80]!r} on Reddit."
        raise ConnectorError(msg)

    async def publish(self, text: str, *, target: ReplyTarget, attempt: str) -> Published:
        del attempt  # Reddit knows no keys: what was lost is looked up
        _check_said(text)
        if target.post_id is None:
            raise ConnectorError("A public reply needs the post that it answers; choose one.")
        return await self._posting.reply(text, to=target.post_id)

    async def message(self, text: str, *, target: ReplyTarget, attempt: str) -> Published:
        del attempt
        _check_said(text)
        return await self._posting.message(text, to=target.author)

    async def look_up(
        self, attempt: str, *, text: str, target: ReplyTarget, private: bool
    ) -> Published | None:
        del attempt
        if private:
            handle = await self._posting.handle_of(target.author)
            return await self._posting.find_message(text, to=handle)
        return await self._posting.find_reply(text, under=target.post_id or "")

    async def delete(self, post_id: str) -> None:
        await self._posting.delete(post_id)

    async def check(self) -> Author:
        told = mapping_of(await self._session.ask("GET", "api/v1/me"))
        us = read_account(told)
        if us is None or us.id is None:
            raise self._caller.lost(Effect.SAFE, sent=True)
        named = self._settings.handle.lower()
        if named and us.handle and us.handle.lower() != named:
            msg = f"These credentials are u/{us.handle}'s, and the channel is called {self._settings.handle}."
            raise ConnectorError(msg)
        return us

    @property
    def quotas(self) -> Mapping[str, Quota]:
        """What is left of the rate limit, which is one for all that is asked."""
        return dict(self._caller.quotas)

    @property
    def revisit_every(self) -> timedelta:
        """Lists tell of no edit and no removal, so posts are looked at again."""
        return timedelta(minutes=10)

    async def revisit(self, post_ids: Sequence[str]) -> tuple[Sequence[Post], Sequence[str]]:
        """These posts as they are now, and the ids of those that are gone."""
        asked = [one for one in post_ids if is_name(one) and not one.startswith("t4_")]
        there, gone = dict[str, Post](), list[str]()
        for start in range(0, len(asked), _TOGETHER):
            names = asked[start : start + _TOGETHER]
            told = await self._session.ask("GET", "api/info", params={"id": ",".join(names)})
            check_listing(told, self._caller)
            found = {name_of(thing): thing for thing in things_of(told)}
            for name in names:
                thing = found.get(name)
                if thing is None or is_gone(thing):
                    gone.append(name)
                    continue
                with suppress(BadInput):  # unreadable now: what was heard first stays
                    there[name] = read_thing(thing, self._settings.reddit_url)
        return list(there.values()), gone

    async def aclose(self) -> None:
        if self._made is not None:
            await self._made.aclose()

    async def _thing(self, name: str) -> dict[str, object]:
        if is_name(name) and not name.startswith("t4_"):
            told = await self._session.ask("GET", "api/info", params={"id": name})
            for thing in things_of(told):
                return dict(thing)
        msg = "The post is no longer there, or hidden from us."
        raise ConnectorError(msg)

    def _pace(self) -> timedelta:
        """How long until a source is asked again: what is left of the rate limit is for replies."""
        plain = max(self._settings.poll_seconds, self._polled * _MINUTE_S / _CALLS)
        quota = self._caller.quotas.get("all")
        now = self._clock.now()
        if quota is not None and quota.low and quota.reset_at > now:
            return max(timedelta(seconds=plain), quota.reset_at - now)
        return timedelta(seconds=plain)


def _check_said(text: str) -> None:
    if not text.strip():
        raise ConnectorError("The reply is empty. Write something first.")
