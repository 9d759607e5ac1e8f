"""Following streams: by WebSocket, by server-sent events where there is none, and always by
polling, which catches what a broken or silent stream would lose.

A cursor holds the windows of the polled lists, so nothing depends on what a stream brought.
"""

import asyncio
from collections import OrderedDict
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import NamedTuple
from urllib.parse import urlencode

import msgspec

from amends.connectors.mastodon.api import Api
from amends.connectors.mastodon.events import Blocks, Event, read_block, read_frame
from amends.connectors.mastodon.server import Server
from amends.connectors.mastodon.timelines import NOTIFICATIONS
from amends.outbound import Outbound, OutboundError, Refused, TooLarge, Unreachable
from amends.terms import BadInput, Clock, ConnectorError, DeadLetter, Page, Post, TryLater

Sleep = Callable[[float], Awaitable[None]]
Poll = Callable[[str, str | None], Awaitable[Page]]
"""A page of a polled source, from its name and cursor."""

MAX_EVENT = 5_000_000  # bytes
_SAFETY = timedelta(seconds=60)  # between two polls while a stream is open
_LONGEST_PAUSE = 60.0  # seconds
_REMEMBERED = 20_000
_EVENTS = 2_000  # that wait to be taken, at most; then the streams are read no further
_PLACES = msgspec.json.Decoder(dict[str, str])


class _Arrived(NamedTuple):
    name: str
    page: Page


class _NoStream(Exception):
    """The server has no such stream in this form."""


class Follower:
    """The streams of one channel. ``follow`` may be called again after it ended."""

    def __init__(
        self,
        api: Api,
        server: Server,
        outbound: Outbound,
        clock: Clock,
        *,
        base: str,
        names: Sequence[str],
        poll: Poll,
    ) -> None:
        self._api = api
        self._server = server
        self._outbound = outbound
        self._clock = clock
        self._base = base
        self._names = names
        self._poll = poll
        self._given: OrderedDict[str, None] = OrderedDict()
        self._live: dict[str, asyncio.Event] = {}
        self._poke: dict[str, asyncio.Event] = {}
        self.sleep: Sleep = asyncio.sleep

    async def follow(self, cursor: str | None) -> AsyncGenerator[Page, None]:
        """What comes, at once; raises ``ConnectorError`` where neither streams nor polls work."""
        # What was handed out and perhaps never stored comes again from the cursor.
        self._given.clear()
        places = _places(cursor)
        whole = msgspec.json.encode(places).decode()  # long, and the same for most pages
        arrived: asyncio.Queue[_Arrived | Exception] = asyncio.Queue(_EVENTS)
        for name in self._names:
            self._live[name], self._poke[name] = asyncio.Event(), asyncio.Event()
        tasks = [asyncio.create_task(self._stay(name, arrived)) for name in self._names]
        tasks += [
            asyncio.create_task(self._keep_polling(name, places.get(name), arrived))
            for name in self._names
        ]
        try:
            while True:
                one = await arrived.get()
                if isinstance(one, Exception):
                    raise one
                if one.page.cursor:
                    places[one.name] = one.page.cursor
                    whole = msgspec.json.encode(places).decode()
                page = self._once(one.page, whole)
                if page is not None:
                    yield page
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    def _once(self, page: Page, cursor: str) -> Page | None:
        """The page without what was handed out before; None where nothing is left of it."""
        posts = [post for post in page.posts if self._is_new(post)]
        if not posts and not page.deleted and not page.dead and not page.cursor:
            return None
        return msgspec.structs.replace(page, posts=posts, cursor=cursor, next_poll=None)

    def _is_new(self, post: Post) -> bool:
        key = f"{post.id} {post.edited_at.isoformat() if post.edited_at else ''}"
        if key in self._given:
            return False
        self._given[key] = None
        if len(self._given) > _REMEMBERED:
            self._given.popitem(last=False)
        return True

    async def _keep_polling(
        self, name: str, cursor: str | None, arrived: "asyncio.Queue[_Arrived | Exception]"
    ) -> None:
        source = NOTIFICATIONS if name == "user" else name
        while True:
            try:
                page = await self._poll(source, cursor)
            except TryLater as error:
                if not self._live[name].is_set():
                    await arrived.put(error)
                    return
                await self._rest(name, error.retry_at)
                continue
            except Exception as error:  # noqa: BLE001 (raised again where it is heard)
                await arrived.put(error)
                return
            cursor = page.cursor
            await arrived.put(_Arrived(name, page))
            if page.next_poll is not None:
                live = self._live[name].is_set()
                await self._rest(name, self._clock.now() + _SAFETY if live else page.next_poll)

    async def _rest(self, name: str, until: datetime | None) -> None:
        """Sleep until a time, or until a stream opened anew: then what it missed is asked for."""
        left = (until - self._clock.now()).total_seconds() if until else 0.0
        poked = asyncio.create_task(self._poke[name].wait())
        slept = asyncio.ensure_future(self.sleep(max(0.0, left)))
        try:
            await asyncio.wait({poked, slept}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            poked.cancel()
            slept.cancel()
        self._poke[name].clear()

    async def _stay(self, name: str, arrived: "asyncio.Queue[_Arrived | Exception]") -> None:
        """Keep a stream open, pausing longer each time in a row that it cannot be opened."""
        troubles = 0
        while True:
            try:
                await self._open(name, arrived)
                troubles = 0
            except _NoStream:
                troubles = 10  # polling does it all meanwhile
            except ConnectorError:
                troubles = 1 if self._live[name].is_set() else troubles + 1
            self._live[name].clear()
            self._poke[name].set()
            await self.sleep(min(_LONGEST_PAUSE, 2.0 ** min(troubles - 1, 10)))

    async def _open(self, name: str, arrived: "asyncio.Queue[_Arrived | Exception]") -> None:
        for read in (self._by_socket, self._by_socket_with_token, self._by_events):
            try:
                async for batch in read(name):
                    await arrived.put(_Arrived(name, batch))
            except _NoStream:
                continue
            return
        raise _NoStream

    def _opened(self, name: str) -> None:
        self._live[name].set()
        self._poke[name].set()

    async def _by_socket(self, name: str) -> AsyncGenerator[Page, None]:
        async for page in self._socket(name, {}, self._api.authorisation):
            yield page

    async def _by_socket_with_token(self, name: str) -> AsyncGenerator[Page, None]:
        """Servers that look for the token in the address alone, as browsers must send it."""
        async for page in self._socket(name, {"access_token": self._api.token}, {}):
            yield page

    async def _socket(
        self, name: str, extra: dict[str, str], headers: dict[str, str]
    ) -> AsyncGenerator[Page, None]:
        url = f"{await self._server.streaming()}/api/v1/streaming?{urlencode(_query(name) | extra)}"
        stream = self._outbound.websocket(url, headers=headers, max_size=MAX_EVENT)
        try:
            async with stream as socket:
                self._opened(name)
                while True:
                    frame = await socket.recv()
                    yield self._page(lambda frame=frame: read_frame(frame), frame, name)  # type: ignore[misc]
        except OutboundError as error:
            raise _no_stream_or(error) from error

    async def _by_events(self, name: str) -> AsyncGenerator[Page, None]:
        query = _query(name)
        path = query.pop("stream").replace(":", "/")
        url = f"{self._base}/api/v1/streaming/{path}" + (f"?{urlencode(query)}" if query else "")
        blocks = Blocks(MAX_EVENT)
        try:
            async with self._outbound.stream(url, headers=self._api.authorisation) as answer:
                if answer.status != 200:
                    raise _NoStream
                self._opened(name)
                async for piece in answer.pieces:
                    for block in blocks.cut(piece):
                        yield self._page(lambda block=block: read_block(block), block, name)  # type: ignore[misc]
        except OutboundError as error:
            raise _no_stream_or(error) from error
        except BadInput as error:
            raise TryLater(str(error), self._clock.now()) from error

    def _page(self, read: Callable[[], Event], raw: str | bytes, name: str) -> Page:
        """A live page; its cursor is empty, for streams know no places."""
        try:
            event = read()
        except (BadInput, RecursionError) as error:
            shown = raw if isinstance(raw, str) else raw.decode(errors="replace")
            letter = DeadLetter(
                source=f"stream:{name}", reason=str(error), raw=shown[:2000], at=self._clock.now()
            )
            return Page(posts=(), cursor="", dead=(letter,))
        return Page(
            posts=[event.post] if event.post else [],
            deleted=[event.deleted] if event.deleted else [],
            to_us=event.to_us,
            cursor="",
        )


def _no_stream_or(error: OutboundError) -> Exception:
    """A refusal of the handshake means that there is no such stream; all else may pass."""
    return error if isinstance(error, Unreachable | Refused | TooLarge) else _NoStream()


def _query(name: str) -> dict[str, str]:
    kind, _, argument = name.partition(":")
    if kind == "hashtag":
        return {"stream": "hashtag", "tag": argument}
    if kind == "list":
        return {"stream": "list", "list": argument}
    return {"stream": name}


def _places(cursor: str | None) -> dict[str, str]:
    with suppress(msgspec.DecodeError, UnicodeError):
        return _PLACES.decode(cursor) if cursor else {}
    return {}
