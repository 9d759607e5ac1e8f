"""Lines that come over the network: Jetstream, WebSockets, and HTTP answers without an end.

None of these senders can be asked to go slower. What is not read stays in the socket, whose flow
control holds the sender back; one that will not wait closes the connection. It is opened again,
from the last place where the network knows places (Jetstream), else from the present.
"""

import random
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import aclosing
from datetime import datetime, timedelta
from typing import Protocol

from amends.connectors.bluesky.settings import StreamKind
from amends.connectors.bluesky.streams import (
    GAPS,
    MAX_FRAME,
    READERS,
    SUBPROTOCOLS,
    Place,
    Reader,
    StreamRefused,
    places,
    repeated,
    write_cursor,
)
from amends.listening.gathering import Sleep
from amends.listening.lines.lines import Cutter, Events, Lines
from amends.listening.listener import BackOff
from amends.outbound import Outbound, OutboundError, Refused, TooLarge, Unreachable
from amends.terms import AuthError, BadInput, Clock, ConnectorError, DeadLetter, TryLater

_AGAIN = timedelta(seconds=5)
_FOR_NOW = {408, 420, 425, 429}
_UNAUTHORISED = {401, 403}


class Wire(Protocol):
    """One stream. ``lines`` reads it from a place until it ends, and raises ``ConnectorError`` and
    its kin; ``ends`` says that its end is the end of the source."""

    source: str
    ends: bool

    def lines(self, place: str | None) -> AsyncGenerator[Lines]: ...


async def kept_open(
    wire: Wire,
    place: str | None,
    *,
    clock: Clock,
    rng: random.Random,
    sleep: Sleep,
    tell: Callable[[str], None],
    back_off: BackOff | None = None,
) -> AsyncGenerator[Lines]:
    """The lines of a wire that is opened again whenever it breaks; ``tell`` is given a sentence
    each time. Raises ``ConnectorError`` where that cannot help."""
    pauses, troubles = back_off or BackOff(), 0
    while True:
        until: datetime | None = None
        try:
            async with aclosing(wire.lines(place)) as stream:
                async for lines in stream:
                    troubles = 0
                    place = lines.place or place
                    yield lines
            if wire.ends:
                return
            tell(f"{wire.source}: The stream ended; it is opened again.")
        except TryLater as error:
            until = error.retry_at
            tell(f"{wire.source}: {error} It is tried again.")
        except (Unreachable, TooLarge) as error:
            tell(f"{wire.source}: {error} It is tried again.")
        troubles += 1
        asked_s = (until - clock.now()) / timedelta(seconds=1) if until else 0.0
        await sleep(max(pauses.wait_s(troubles, rng), asked_s))


class HttpWire:
    """Lines, or server-sent events, of a GET that does not end. With a ``Content-Length`` it is a
    file: it ends. ``headers`` may hold a token and are sent to this address alone."""

    def __init__(
        self, outbound: Outbound, url: str, *, clock: Clock, headers: Mapping[str, str]
    ) -> None:
        self.source = url
        self.ends = False
        self._outbound = outbound
        self._headers = headers
        self._clock = clock

    async def lines(self, place: str | None) -> AsyncGenerator[Lines]:
        del place  # such streams know none
        cutter, events = Cutter(self.source), Events()
        async with self._outbound.stream(self.source, headers=self._headers) as answer:
            self._check(answer.status, answer.headers)
            self.ends = "content-length" in answer.headers
            async for piece in answer.pieces:
                yield events.join(cutter.cut(piece))
            yield events.join(cutter.rest())

    def _check(self, status: int, headers: Mapping[str, str]) -> None:
        if status == 200:
            return
        if status in _UNAUTHORISED:
            raise AuthError(f"The stream is refused (status {status}); check the token.")
        if status in _FOR_NOW or status >= 500:
            after = headers.get("retry-after", "")
            wait = timedelta(seconds=int(after)) if after.isdecimal() and len(after) < 6 else _AGAIN
            msg = f"The stream is refused for now (status {status})."
            raise TryLater(msg, self._clock.now() + wait)
        raise ConnectorError(f"The stream is refused (status {status}); check its address.")


class SocketWire:
    """A WebSocket, each of whose messages is a line."""

    ends = False

    def __init__(self, outbound: Outbound, url: str, *, headers: Mapping[str, str]) -> None:
        self.source = url
        self._outbound = outbound
        self._headers = headers

    async def lines(self, place: str | None) -> AsyncGenerator[Lines]:
        del place
        number = 0
        stream = self._outbound.websocket(self.source, headers=self._headers, max_size=MAX_FRAME)
        async with stream as socket:
            while True:
                frame = await socket.recv(decode=False)
                number += 1
                yield Lines(source=self.source, data=[frame], numbers=[number])


class JetstreamWire:
    """A Jetstream. Places are the cursors of ``amends.connectors.bluesky``."""

    ends = False

    def __init__(
        self, outbound: Outbound, host: str, kind: StreamKind, *, source: str, clock: Clock
    ) -> None:
        self.source = source
        self._outbound = outbound
        self._host = host.rstrip("/")
        self._kind: StreamKind = kind
        self._clock = clock
        self._number = 0

    async def lines(self, place: str | None) -> AsyncGenerator[Lines]:
        reader, missed = READERS[self._kind](), ""
        for at in places(place, self._kind):
            if missed and at is None:
                yield self._gap(missed)
            try:
                async with aclosing(self._from(reader, at)) as stream:
                    async for lines in stream:
                        yield lines
            except StreamRefused as refused:
                missed = refused.name
                if missed not in GAPS:
                    msg = f"The stream ended: {missed}."
                    raise TryLater(msg, self._clock.now() + _AGAIN) from refused
            except OutboundError as error:
                # A server refuses a place that it no longer holds before the stream opens.
                if isinstance(error, Unreachable | Refused | TooLarge) or at is None:
                    raise
                missed = error.reason

    async def _from(self, reader: Reader, since: Place | None) -> AsyncGenerator[Lines]:
        url, place = reader.url(self._host, since), since
        spoken = SUBPROTOCOLS.get(self._kind, ())
        stream = self._outbound.websocket(url, max_size=MAX_FRAME, subprotocols=spoken)
        async with stream as socket:
            while True:
                frame = await socket.recv(decode=False)
                self._number += 1
                dead: tuple[DeadLetter, ...] = ()
                try:
                    said = reader.read(frame)
                    if said.notice in GAPS:
                        dead = self._gap(said.notice).dead
                    if said.place is not None and repeated(said.place, since):
                        continue
                    place = said.place or place
                except (BadInput, TypeError, RecursionError):
                    pass  # whoever reads the line says what is wrong with it
                yield Lines(
                    source=self.source,
                    data=[frame],
                    numbers=[self._number],
                    place=write_cursor(self._kind, place) if place else None,
                    dead=dead,
                )

    def _gap(self, name: str) -> Lines:
        reason = f"The stream no longer begins where it was left ({name}); posts may be missing."
        letter = DeadLetter(source=self.source, reason=reason, raw="", at=self._clock.now())
        return Lines(source=self.source, dead=(letter,))
