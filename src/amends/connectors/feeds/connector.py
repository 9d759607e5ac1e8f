"""The connector: what ``amends.connectors.protocol`` promises, kept on feeds."""

import asyncio
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import ClassVar
from urllib.parse import urlsplit

import msgspec

from amends.connectors.calling import SOON, Caller, Effect, wait_until
from amends.connectors.feeds.documents import Document, Item, read_document
from amends.connectors.feeds.place import Place, content_part, id_part, mark_of, mark_of_text
from amends.connectors.feeds.settings import read_settings, sign_in
from amends.connectors.feeds.translate import NETWORK, edited, read_item
from amends.connectors.polling import shown
from amends.connectors.readonly import ReadOnly, reader
from amends.outbound import Outbound, OutboundError, Response, Unreachable
from amends.terms import (
    Author,
    BadInput,
    Channel,
    Clock,
    ConnectorError,
    Credentials,
    DeadLetter,
    Page,
    Post,
    TryLater,
)

LARGEST = 10_000_000  # bytes of a document, unpacked
_LONGEST_S = 86_400  # however long a server says that its answer stays true
_AT_ONCE = 10
_MAX_AGE = re.compile(r"max-age\s*=\s*\"?(\d{1,9})")
_ACCEPT = "application/feed+json, application/atom+xml, application/rss+xml, application/xml;q=0.9, */*;q=0.5"
_NEVER = datetime.min.replace(tzinfo=UTC)


class _New(msgspec.Struct, frozen=True):
    """Something to be handed out, and the mark by which it is known afterwards."""

    mark: str
    post: Post | None = None
    dead: DeadLetter | None = None


class _Rest(msgspec.Struct, frozen=True):
    """What a poll found beyond its page, and what to remember once all was handed out."""

    cursor: str
    found: list[_New]
    etag: str
    modified: str
    next_poll: datetime


class FeedsConnector(ReadOnly):
    """Feeds that are read together. Sources: ``feed:<host>/<path>``.

    Credentials, where a site asks for them: ``user`` and ``password``. Raises ``BadInput`` for
    settings that make no sense. Feeds take no replies.
    """

    network: ClassVar[str] = NETWORK
    read_settings = staticmethod(read_settings)
    instead: ClassVar[str] = "A feed takes no replies; open the post and answer there."

    def __init__(
        self, channel: Channel, credentials: Credentials, outbound: Outbound, clock: Clock
    ) -> None:
        self._us = reader(NETWORK, channel.handle.lstrip("@"))
        self._settings = read_settings(channel)
        self._signed = sign_in(self._settings, credentials)
        self._clock = clock
        self._callers = {source: Caller(_host(url), outbound, clock)
                         for source, url in self._settings.feeds.items()}  # fmt: skip
        for caller in self._callers.values():
            caller.hidden = [secret for secret in credentials.values.values() if secret]
        self._rests: dict[str, _Rest] = {}
        self._broken: dict[str, int] = {}  # unreadable answers in a row

    def __repr__(self) -> str:
        return f"FeedsConnector({len(self._settings.feeds)} feeds)"

    def sources(self, phrases: Sequence[str]) -> Sequence[str]:
        del phrases  # feeds are read whole
        return list(self._settings.feeds)

    async def fetch(self, source: str, cursor: str | None, *, limit: int = 100) -> Page:
        if source not in self._settings.feeds:
            raise ConnectorError(f"There is no feed {source!r}; the channel's settings name them.")
        place = Place.read(cursor) if cursor else Place()
        rest = self._rests.pop(source, None)
        if rest is None or not cursor or rest.cursor != cursor:
            response = await self._get(source, place)
            if response.status == 304:
                return self._page([], place, self._next(response, 0))
            document = self._read(source, response)
            place, found = self._new(source, document, place, first=not cursor)
            rest = _Rest(
                cursor="",
                found=found,
                etag=response.headers.get("etag", "")[:500],
                modified=response.headers.get("last-modified", "")[:100],
                next_poll=self._next(response, document.every_s),
            )
        return self._handed_out(source, place, rest, limit)

    async def author(self, author_id: str) -> Author:
        if author_id in (self._us.id, self._us.handle):
            return await self.check()
        raise ConnectorError("Feeds tell no more of an author than stands at the post.")

    async def check(self) -> Author:
        """Who reads; raises what the first feed said where none of them can be read."""
        gate = asyncio.Semaphore(_AT_ONCE)

        async def look(source: str) -> str:
            async with gate:
                return self._read(source, await self._get(source, Place())).title

        looks = [look(source) for source in self._settings.feeds]
        told = await asyncio.gather(*looks, return_exceptions=True)
        refused = [one for one in told if isinstance(one, BaseException)]
        if len(refused) == len(told):
            raise refused[0]
        titles = [one for one in told if isinstance(one, str)]
        name = " ".join(titles[0].split())[:200] or None
        return msgspec.structs.replace(self._us, name=name)

    async def aclose(self) -> None:
        """Nothing is kept open between calls."""

    async def _get(self, source: str, place: Place) -> Response:
        caller, url = self._callers[source], self._settings.feeds[source]
        headers = {"accept": _ACCEPT, **self._signed}
        for name, value in (("if-none-match", place.etag), ("if-modified-since", place.modified)):
            if value and value.isascii() and value.isprintable():
                headers[name] = value.strip()
        try:
            response = await caller.outbound.request("GET", url, headers=headers, max_bytes=LARGEST)
        except Unreachable as error:
            raise caller.lost(Effect.SAFE, sent=error.sent) from error
        except OutboundError:
            raise
        if response.ok or response.status == 304:
            return response
        raise caller.refused(response)

    def _read(self, source: str, response: Response) -> Document:
        """The document of an answer; one that cannot be read is asked for again, soon at first."""
        try:
            document = read_document(response.body)
        except BadInput as error:
            times = self._broken[source] = self._broken.get(source, 0) + 1
            longest = timedelta(seconds=self._settings.poll_seconds)
            wait = max(SOON, min(SOON * 2 ** min(times - 1, 20), longest))
            name = self._callers[source].name
            msg = f"{name}: {error} It is asked for again."
            raise TryLater(msg, self._clock.now() + wait) from error
        self._broken.pop(source, None)
        return document

    def _new(
        self, source: str, document: Document, place: Place, *, first: bool
    ) -> tuple[Place, list[_New]]:
        """What the document holds that was not handed out, oldest first; and the place, which
        knows the rest of it."""
        known, found, old = place.contents(), list[_New](), list[str]()
        begin = self._clock.now() - timedelta(hours=self._settings.begin_hours)
        # Of items with one id the first in the document stands, which most feeds mean as the newest.
        read = [self._entry(source, item, known) for item in reversed(document.items)]
        if document.left:
            read.append(self._left(source, document.left))
        for one in {id_part(one.mark): one for one in read}.values():
            created = one.post.created_at if one.post else None
            before = first and created is not None and created < begin
            if before or known.get(id_part(one.mark)) == content_part(one.mark):
                old.append(one.mark)
            else:
                found.append(one)
        return place.with_known(old), sorted(found, key=_when)

    def _entry(self, source: str, item: Item, known: Mapping[str, str]) -> _New:
        caller = self._callers[source]
        try:
            post = read_item(item, host=caller.name, latest=caller.latest)
        except (BadInput, RecursionError) as error:
            raw = shown(msgspec.structs.asdict(item), 2000)
            letter = DeadLetter(source=source, reason=str(error), raw=raw, at=self._clock.now())
            return _New(mark_of_text(f"dead {raw}", ""), dead=letter)
        mark = mark_of(post)
        if known.get(id_part(mark)) not in (None, content_part(mark)):
            at = edited(post.created_at, item, caller.latest)
            post = msgspec.structs.replace(post, edited_at=at)
        return _New(mark, post=post)

    def _left(self, source: str, count: int) -> _New:
        reason = f"The feed holds too many items at once; {count:,} of them were not read."
        letter = DeadLetter(source=source, reason=reason, raw=source, at=self._clock.now())
        return _New(mark_of_text("left over", ""), dead=letter)

    def _handed_out(self, source: str, place: Place, rest: _Rest, limit: int) -> Page:
        given, left = rest.found[:limit], rest.found[limit:]
        place = place.with_known(one.mark for one in given)
        # With the document's tag kept before its end, what is left of it would never come again.
        tags = ("", "") if left else (rest.etag, rest.modified)
        place = msgspec.structs.replace(place, etag=tags[0], modified=tags[1])
        page = self._page(given, place, None if left else rest.next_poll)
        if left:
            self._rests[source] = msgspec.structs.replace(rest, cursor=page.cursor, found=left)
        return page

    def _page(self, given: Sequence[_New], place: Place, next_poll: datetime | None) -> Page:
        return Page(
            posts=[one.post for one in given if one.post is not None],
            dead=[one.dead for one in given if one.dead is not None],
            cursor=place.write(),
            next_poll=next_poll,
            to_us=self._settings.to_us,
        )

    def _next(self, response: Response, every_s: int) -> datetime:
        """When to ask again: not before the server and the feed's maker say it is worth it."""
        now, headers = self._clock.now(), response.headers
        age = _MAX_AGE.search(headers.get("cache-control", "").lower())
        told_s = max(every_s, int(age[1]) if age else 0)
        wait = max(self._settings.poll_seconds, min(told_s, _LONGEST_S))
        after = now + timedelta(seconds=wait)
        if "retry-after" in headers:
            after = max(
                after, wait_until({"retry-after": headers["retry-after"]}, now, timedelta(0))
            )
        return after


def _host(url: str) -> str:
    return (urlsplit(url).hostname or "").lower()


def _when(one: _New) -> datetime:
    return (one.post.created_at if one.post else None) or _NEVER
