"""X's streams: the filtered one for watches, and the activity of our account.

A line is an event; blank lines keep the connection. A cursor is the time up to which all was seen.
After a break what the filtered stream missed is asked for by recent search; what reached our
account, by the lists that are polled beside the stream.
"""

import asyncio
from collections import OrderedDict
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import msgspec

from amends.connectors.calling import SOON, Effect
from amends.connectors.fields import mapping_of, mappings_of, text_of
from amends.connectors.x.activity import EVENTS, Event, read_events
from amends.connectors.x.api import POST_FIELDS, Api
from amends.connectors.x.rules import pack, sync
from amends.connectors.x.searching import search
from amends.connectors.x.translate import Includes, read_post
from amends.outbound import OutboundError, Response, Unreachable
from amends.terms import BadInput, Clock, DeadLetter, Page, TryLater

QUIET = 60.0  # seconds without a byte; X sends a blank line every 20
_LINE = 5_000_000  # bytes
_OVERLAP = timedelta(seconds=30)
_LONGEST_SEARCH = timedelta(days=7) - timedelta(minutes=5)
_REMEMBERED = 20_000
_LATELY = 1_000  # posts named in a cursor, at most
_TAG = "amends"
_LIVE = "live"
"""Marks pages before which the filtered stream missed nothing."""


class Cursor(msgspec.Struct, frozen=True, kw_only=True):
    """``seen`` is the time up to which the filtered stream was read; ``given`` are the posts of the
    last minute before, which a search for what was missed would find again."""

    seen: datetime | None = None
    given: tuple[str, ...] = ()


class Streams:
    """The streams of one channel. ``rules`` is called when a stream is opened."""

    def __init__(self, api: Api, clock: Clock, *, rules: Callable[[], Sequence[str]]) -> None:
        self._api = api
        self._clock = clock
        self._rules = rules
        self._given: OrderedDict[str, None] = OrderedDict()
        self._lately: OrderedDict[str, datetime] = OrderedDict()

    async def follow(
        self, cursor: str | None, names: Sequence[str], us: str
    ) -> AsyncGenerator[Page, None]:
        """What comes on all the streams named; raises ``ConnectorError`` when one ends."""
        # What was handed out and perhaps never stored comes again from the cursor.
        begun = _read(cursor)
        seen = begun.seen
        self._given = OrderedDict.fromkeys(begun.given)
        self._lately = OrderedDict.fromkeys(begun.given, self._clock.now())
        arrived: asyncio.Queue[Page | Exception] = asyncio.Queue(2_000)
        ways = {"filtered": lambda: self._filtered(seen), "activity": lambda: self._activity(us)}
        tasks = [asyncio.create_task(_pump(ways[name](), arrived)) for name in names]
        try:
            while True:
                one = await arrived.get()
                if isinstance(one, Exception):
                    raise one
                seen = self._clock.now() if one.cursor == _LIVE else seen
                yield self._once(one, seen)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    def _once(self, page: Page, seen: datetime | None) -> Page:
        posts = [post for post in page.posts if self._is_new(post.id)]
        now = self._clock.now()
        self._lately |= dict.fromkeys((post.id for post in posts), now)
        while self._lately and (
            len(self._lately) > _LATELY or next(iter(self._lately.values())) < now - 2 * _OVERLAP
        ):
            self._lately.popitem(last=False)
        cursor = msgspec.json.encode(Cursor(seen=seen, given=tuple(self._lately))).decode()
        return msgspec.structs.replace(page, posts=posts, cursor=cursor, next_poll=None)

    def _is_new(self, mark: str) -> bool:
        if mark in self._given:
            return False
        self._given[mark] = None
        if len(self._given) > _REMEMBERED:
            self._given.popitem(last=False)
        return True

    async def _filtered(self, seen: datetime | None) -> AsyncGenerator[Page, None]:
        rules = self._rules()
        if not rules:
            return
        self._api.meter.check("post_read")
        await sync(self._api, rules)
        lines = self._lines("/2/tweets/search/stream", POST_FIELDS)
        missed = self._missed(rules, seen)
        opened = False
        try:
            async for line in lines:
                if not opened:
                    opened = True  # from here on nothing is missed, so the gap has an end
                    async for page in missed:
                        yield page
                yield msgspec.structs.replace(self._read_post(line), cursor=_LIVE)
        finally:
            await missed.aclose()
            await lines.aclose()

    async def _missed(
        self, rules: Sequence[str], seen: datetime | None
    ) -> AsyncGenerator[Page, None]:
        """What matched the rules since the stream was last read."""
        now = self._clock.now()
        if seen is None or (self._api.settings.backfill_minutes and now - seen < self._backfill):
            return
        longest = self._api.settings.query_length
        since = max(seen - _OVERLAP, now - _LONGEST_SEARCH)
        for query in pack(rules, longest):
            if len(query) > longest:
                yield self._gap(f"The stream was interrupted, and X cannot be asked for what"
                    f" {query[:80]!r} missed: it is longer than {longest:,} characters.")  # fmt: skip
                continue
            async for value in search(self._api, query, since):
                around = Includes(mapping_of(value.get("includes")))
                for one in reversed(mappings_of(value.get("data"))):
                    yield self._page(lambda one=one, around=around: read_post(one, around), one)  # type: ignore[misc]

    @property
    def _backfill(self) -> timedelta:
        return timedelta(minutes=self._api.settings.backfill_minutes)

    async def _activity(self, us: str) -> AsyncGenerator[Page, None]:
        await subscribe(self._api, us)
        async for line in self._lines("/2/activity/stream", {}):
            yield self._read_activity(line)

    async def _lines(self, path: str, params: Mapping[str, str]) -> AsyncGenerator[bytes, None]:
        """The lines of a stream, and an empty one wherever it was merely kept open."""
        settings = self._api.settings
        query = dict(params)
        if settings.backfill_minutes:
            query["backfill_minutes"] = str(settings.backfill_minutes)
        url = f"{settings.streaming or settings.api}{path}" + (
            f"?{urlencode(query)}" if query else ""
        )
        rest = b""
        stream = self._api.caller.outbound.stream(url, headers=self._api.signer.app(), quiet=QUIET)
        try:
            async with stream as answer:
                if answer.status != 200:
                    said = Response(status=answer.status, headers=answer.headers, body=b"", url=url)
                    raise self._api.caller.refused(said)
                yield b""
                async for piece in answer.pieces:
                    *whole, rest = (rest + piece).split(b"\n")
                    if len(rest) > _LINE:
                        raise self._ended("a line is too long")
                    for line in whole:
                        yield line.strip()
        except OutboundError as error:
            if isinstance(error, Unreachable):
                raise self._ended(error.reason) from error
            raise
        raise self._ended("X closed it")

    def _read_post(self, line: bytes) -> Page:
        if not line:
            return Page(posts=(), cursor="")
        value = self._decoded(line)
        if isinstance(value, DeadLetter):
            return Page(posts=(), cursor="", dead=(value,))
        if not mapping_of(value.get("data")):
            self._check_open(value)
            return Page(posts=(), cursor="")
        around, data = Includes(mapping_of(value.get("includes"))), mapping_of(value["data"])
        self._api.meter.charge_read("post_read", [text_of(data.get("id")) or ""])
        return self._page(lambda: read_post(data, around), value)

    def _read_activity(self, line: bytes) -> Page:
        if not line:
            return Page(posts=(), cursor="")
        value = self._decoded(line)
        if isinstance(value, DeadLetter):
            return Page(posts=(), cursor="", dead=(value,))
        if "data" not in value:
            self._check_open(value)
            return Page(posts=(), cursor="")
        try:
            events = [event for event in read_events(value) if self._is_news(event)]
        except (BadInput, RecursionError) as error:
            return Page(posts=(), cursor="", dead=(self._letter(str(error), line),))
        if any(event.revoked for event in events):
            raise self._api.caller.signed_out("the account no longer lets us in")
        return Page(
            posts=[event.post for event in events if event.post is not None],
            deleted=[event.deleted for event in events if event.deleted is not None],
            to_us=True,
            cursor="",
        )

    def _is_news(self, event: Event) -> bool:
        return not event.mark or self._is_new(f"event {event.mark}")

    def _decoded(self, line: bytes) -> Any:
        try:
            value = msgspec.json.decode(line)
        except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
            return self._letter(f"The line is not JSON: {error}.", line)
        return value if isinstance(value, dict) else self._letter("It is no object.", line)

    def _check_open(self, value: Mapping[str, Any]) -> None:
        """Raise ``ConnectorError`` for a line by which X ends the stream."""
        errors = mappings_of(value.get("errors"))
        if not errors:
            return
        said = text_of(errors[0].get("detail")) or text_of(errors[0].get("title")) or "X ended it"
        if errors[0].get("status") in (401, 403):
            raise self._api.caller.signed_out(self._api.caller.shown(said))
        raise self._ended(self._api.caller.shown(said))

    def _ended(self, reason: str) -> TryLater:
        return TryLater(f"The stream ended: {reason.rstrip('.')}.", self._clock.now() + SOON)

    def _page(self, read: Callable[[], Any], raw: object) -> Page:
        try:
            return Page(posts=(read(),), cursor="")
        except (BadInput, RecursionError) as error:
            return Page(posts=(), cursor="", dead=(self._letter(str(error), repr(raw).encode()),))

    def _gap(self, reason: str) -> Page:
        return Page(posts=(), cursor="", dead=(self._letter(reason, b""),))

    def _letter(self, reason: str, raw: bytes) -> DeadLetter:
        shown = raw[:2000].decode(errors="replace")
        return DeadLetter(source="stream", reason=reason, raw=shown, at=self._clock.now())


async def subscribe(api: Api, us: str, webhook: str | None = None) -> None:
    """See to it that X tells of what happens to our account; what is subscribed stays as it is."""
    there: set[str] = set()
    token = None
    while True:
        params = {"max_results": 1000, "pagination_token": token}
        answer = await api.ask("GET", "/2/activity/subscriptions", params=params, app=True)
        page = mapping_of(answer.value)
        there |= {
            str(one.get("event_type"))
            for one in mappings_of(page.get("data"))
            if mapping_of(one.get("filter")).get("user_id") == us
            and text_of(one.get("webhook_id")) == webhook
        }
        token = text_of(mapping_of(page.get("meta")).get("next_token"))
        if token is None:
            break
    for event in EVENTS:
        if event not in there:
            wanted: dict[str, object] = {"event_type": event, "filter": {"user_id": us}}
            wanted |= {"tag": _TAG} | ({"webhook_id": webhook} if webhook else {})
            path = "/2/activity/subscriptions"
            await api.ask("POST", path, effect=Effect.SAFE, json=wanted)


async def _pump(
    pages: AsyncGenerator[Page, None], arrived: "asyncio.Queue[Page | Exception]"
) -> None:
    try:
        async for page in pages:
            await arrived.put(page)
    except Exception as error:  # noqa: BLE001 (raised again where it is heard)
        await arrived.put(error)
    finally:
        await pages.aclose()


def _read(cursor: str | None) -> Cursor:
    try:
        return msgspec.json.decode(cursor, type=Cursor) if cursor else Cursor()
    except (msgspec.DecodeError, UnicodeError):
        return Cursor()
