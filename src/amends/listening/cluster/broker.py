"""The broker: NATS JetStream. No other module speaks to it.

Its errors come out as two of ours: ``BrokerAway`` where waiting helps, ``BadInput`` where a person
must change something.
"""

import asyncio
import base64
import contextlib
import json
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import Any

import nats
import nats.errors
import nats.js.errors
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.js import JetStreamContext, api

from amends.listening.cluster.layout import REMOVALS, Layout
from amends.terms import AmendsError, BadInput

_STREAM_FULL = (10_047, 10_077)  # the store's, or the stream's own limit of bytes
_MISSING = (10_037, 10_059)  # such a message, such a stream
_ANSWER_S = 2.0  # after which a request counts as lost, as those to a leader that died do


class BrokerAway(AmendsError):
    """The broker cannot do it now: it is out of reach, without a leader, or full."""


class BrokerFull(BrokerAway):
    """The stream holds as many frames as it may: workers are behind."""


@dataclass(frozen=True, slots=True)
class Delivery(ABC):
    """A message handed to us. ``tries`` counts this one; ``place`` is its number in the stream."""

    source: str
    lane: str
    body: bytes
    tries: int
    place: int

    @abstractmethod
    async def done(self) -> None:
        """Say that it is stored; the broker forgets it. Raises ``BrokerAway``."""

    @abstractmethod
    async def at_work(self) -> None:
        """Say that we are at it, so that nobody else is handed it. Raises ``BrokerAway``."""

    @abstractmethod
    async def later(self, seconds: float, /) -> None:
        """Give it back, to be handed out again, to anybody, after so long."""


@dataclass(frozen=True, slots=True)
class _Handed(Delivery):
    _message: Msg

    async def done(self) -> None:
        with _translated():
            await self._message.ack()

    async def at_work(self) -> None:
        with _translated():
            await self._message.in_progress()

    async def later(self, seconds: float, /) -> None:
        with _translated():
            await self._message.nak(delay=seconds)


@dataclass(frozen=True, slots=True)
class _Lying(Delivery):
    """One that we took ourselves, and that the broker knows nobody to be at."""

    _broker: "Broker"

    async def done(self) -> None:
        await self._broker.remove(self.place)

    async def at_work(self) -> None:
        return

    async def later(self, _seconds: float, /) -> None:
        return


class Broker:
    """One connection. Made by ``connect``."""

    def __init__(self, client: Client, layout: Layout) -> None:
        self._client = client
        self._streams: JetStreamContext = client.jetstream(timeout=_ANSWER_S)
        self.layout = layout

    @property
    def connected(self) -> bool:
        """Whether a broker is at the other end just now."""
        return self._client.is_connected

    async def set_up(self) -> None:
        """Make the streams and consumers that are missing, and bring the others in line."""
        with _translated():
            for stream in _streams(self.layout):
                await self._keep_stream(stream)
            for consumer in _consumers(self.layout):
                await self._streams.add_consumer(self.layout.frames, consumer)

    async def _keep_stream(self, config: api.StreamConfig) -> None:
        try:
            await self._streams.stream_info(config.name or "")
        except nats.js.errors.NotFoundError:
            await self._streams.add_stream(config)
        else:
            await self._streams.update_stream(config)

    async def publish(self, subject: str, body: bytes) -> None:
        """Store a message on most of the nodes.

        Raises ``BrokerAway`` where nobody said that it is stored: publish it again. It has no id by
        which the broker would know it a second time, for a reason: decision 0059.
        """
        with _translated():
            await self._streams.publish(subject, body, stream=self.layout.frames)

    async def leader(self) -> str:
        """The name of the node that leads the frames. Raises ``BrokerAway``."""
        return (await self._end())[0]

    async def move_cursor(self, source: str, cursor: str) -> None:
        """Keep where ``source`` goes on. Raises ``BrokerAway``."""
        with _translated():
            await self._streams.publish(
                self.layout.cursor_subject(source), cursor.encode(), stream=self.layout.cursors
            )

    async def cursor(self, source: str) -> str | None:
        """Where ``source`` goes on; None where it never began. Raises ``BrokerAway``."""
        try:
            with _translated():
                subject = self.layout.cursor_subject(source)
                kept = await self._streams.get_last_msg(self.layout.cursors, subject)
        except _MissingError:
            return None
        return (kept.data or b"").decode()

    async def cursors(self) -> dict[str, str]:
        """Where each source goes on. Raises ``BrokerAway``."""
        with _translated():
            info = await self._streams.stream_info(
                self.layout.cursors, subjects_filter=self.layout.cursor_subject("*")
            )
        sources = sorted(subject.rpartition(".")[2] for subject in info.state.subjects or {})
        return {source: await self.cursor(source) or "" for source in sources}

    async def puller(self, lane: str) -> "Puller":
        """A share in the lane's consumer. Raises ``BrokerAway``."""
        with _translated():
            pull = await self._streams.pull_subscribe_bind(
                self.layout.consumer(lane), self.layout.frames
            )
        return Puller(pull, lane)

    async def lanes(self) -> Sequence[str]:
        """The lanes that the broker has: the layout's and those of one that had more partitions.

        Raises ``BrokerAway``.
        """
        found = await self.ask(f"CONSUMER.NAMES.{self.layout.frames}")
        lanes = map(self.layout.lane_of_consumer, found["consumers"] or ())
        return sorted(lane for lane in lanes if lane is not None)

    async def settled(self) -> int:
        """The place up to which every partition is done: nothing lies there any more. Raises ``BrokerAway``.

        All is answered by one node: another that began to lead meanwhile may not have come to messages that
        the first one told of.
        """
        leader, last = await self._end()
        lanes = [lane for lane in await self.lanes() if lane != REMOVALS]
        found = await asyncio.gather(*(self._next(lane, 1) for lane in lanes))
        if leader != (await self._end())[0]:
            raise BrokerAway(_away("another node leads"))
        return min([last, *(one.place - 1 for one in found if one is not None)])

    async def handed_out(self, lane: str) -> tuple[int, int]:
        """The place up to which messages of a lane were handed to somebody, and how many of them somebody is
        known to be at. Raises ``BrokerAway``."""
        with _translated():
            info = await self._streams.consumer_info(self.layout.frames, self.layout.consumer(lane))
        place = (info.delivered.stream_seq or 0) if info.delivered is not None else 0
        return place, info.num_ack_pending or 0

    async def lying(self, lane: str, up_to: int, *, most: int) -> Sequence[Delivery]:
        """The first messages of a lane that lie in the stream, none after the place ``up_to``, whoever was
        handed them. Raises ``BrokerAway``."""
        found: list[Delivery] = []
        while len(found) < most:
            one = await self._next(lane, found[-1].place + 1 if found else 1)
            if one is None or one.place > up_to:
                break
            found.append(one)
        return found

    async def remove(self, place: int) -> None:
        """Take a message out of the stream. Raises ``BrokerAway``."""
        asked = {"seq": place, "no_erase": True}
        with contextlib.suppress(_RefusedError):  # it is gone
            await self.ask(f"STREAM.MSG.DELETE.{self.layout.frames}", asked)

    async def _end(self) -> tuple[str, int]:
        """Who leads the stream, and the place of its last message."""
        info = await self.ask(f"STREAM.INFO.{self.layout.frames}")
        return (info.get("cluster") or {}).get("leader", ""), info["state"]["last_seq"]

    async def _next(self, lane: str, place: int) -> Delivery | None:
        """The first message of a lane at a place or after it, as the stream's leader tells."""
        asked = {"next_by_subj": self.layout.subject("*", lane), "seq": place}
        try:
            found = (await self.ask(f"STREAM.MSG.GET.{self.layout.frames}", asked))["message"]
        except _MissingError:
            return None
        source = found["subject"].split(".")[-2]
        body = base64.b64decode(found.get("data") or "")
        return _Lying(source, lane, body, tries=1, place=found["seq"], _broker=self)

    async def ask(self, what: str, about: Mapping[str, object] | None = None) -> dict[str, Any]:
        """An answer of the broker's own API, such as ``STREAM.INFO.name``. Raises ``BrokerAway``."""
        body = json.dumps(about).encode() if about else b""
        with _translated():
            answer = await self._client.request(f"$JS.API.{what}", body, timeout=_ANSWER_S)
        found: dict[str, Any] = json.loads(answer.data)
        if "error" in found:
            code = found["error"].get("err_code")
            said = _away(found["error"].get("description", "no reason given"))
            raise _MissingError(said) if code in _MISSING else _RefusedError(said)
        return found


class Puller:
    """Takes messages of one lane, beside any number of others."""

    def __init__(self, pull: JetStreamContext.PullSubscription, lane: str) -> None:
        self._pull = pull
        self._lane = lane

    async def take(self, most: int, *, wait_s: float) -> Sequence[Delivery]:
        """Up to ``most`` messages; none where none came in ``wait_s``. Raises ``BrokerAway``."""
        with _translated():
            try:
                found = await self._pull.fetch(most, timeout=wait_s)
            except TimeoutError:  # of the client's two kinds either is one
                return ()
        return [self._delivery(message) for message in found]

    def _delivery(self, message: Msg) -> Delivery:
        about = message.metadata
        return _Handed(
            source=message.subject.split(".")[-2],
            lane=self._lane,
            body=message.data,
            tries=about.num_delivered or 1,
            place=about.sequence.stream,
            _message=message,
        )


class _MissingError(BrokerAway):
    """No such message, stream or consumer."""


class _RefusedError(BrokerAway):
    """The broker answered, and says no."""


def _away(said: object) -> str:
    return f"The broker cannot do that now ({said}); it is tried again."


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except nats.js.errors.NotFoundError as error:
        raise _MissingError(_away(error.description)) from error
    except nats.js.errors.APIError as error:
        if error.err_code in _STREAM_FULL:
            msg = "The broker is full: workers are behind. Start more, or give it more room."
            raise BrokerFull(msg) from error
        raise BrokerAway(_away(error.description)) from error
    except (nats.errors.Error, nats.js.errors.Error, OSError) as error:
        raise BrokerAway(_away(type(error).__name__)) from error


@asynccontextmanager
async def connect(
    servers: Sequence[str], layout: Layout, *, name: str, patience_s: float = 10.0
) -> AsyncIterator[Broker]:
    """A broker by its addresses (``nats://host:port``), connected again whenever it breaks.

    Raises ``BrokerAway`` where none of them answers in ``patience_s``, ``BadInput`` where none is
    named. Once connected it waits for ever.
    """
    if not servers:
        raise BadInput("No broker is named. Write AMENDS_NATS=nats://host:4222, one or several.")
    try:
        async with asyncio.timeout(patience_s):
            client = await nats.connect(
                list(servers),
                name=name,
                connect_timeout=2,
                reconnect_time_wait=0.25,
                max_reconnect_attempts=-1,
                ping_interval=2,
                max_outstanding_pings=2,
                error_cb=_quiet,
            )
    except (nats.errors.Error, OSError) as error:
        msg = f"No broker answers at {', '.join(map(_bare, servers))}; start it, or correct AMENDS_NATS."
        raise BrokerAway(msg) from error
    try:
        yield Broker(client, layout)
    finally:
        with contextlib.suppress(nats.errors.Error, OSError, asyncio.CancelledError):
            await asyncio.wait_for(client.close(), timeout=5)


async def _quiet(_error: Exception) -> None:
    """Reconnecting is the client's own business, and each call tells whoever made it."""


def _bare(server: str) -> str:
    """An address without what it may hold of a password."""
    scheme, _, rest = server.rpartition("://")
    return f"{scheme or 'nats'}://{rest.rpartition('@')[2]}"


def _streams(layout: Layout) -> list[api.StreamConfig]:
    frames = api.StreamConfig(
        name=layout.frames,
        subjects=[layout.subject("*", "*")],
        retention=api.RetentionPolicy.WORK_QUEUE,
        discard=api.DiscardPolicy.NEW,
        storage=api.StorageType.FILE,
        max_bytes=layout.max_bytes,
        max_age=layout.max_age_s,
        num_replicas=layout.replicas,
    )
    cursors = api.StreamConfig(
        name=layout.cursors,
        subjects=[layout.cursor_subject("*")],
        retention=api.RetentionPolicy.LIMITS,
        storage=api.StorageType.FILE,
        max_msgs_per_subject=1,
        num_replicas=layout.replicas,
    )
    return [frames, cursors]


def _consumers(layout: Layout) -> list[api.ConsumerConfig]:
    return [
        api.ConsumerConfig(
            durable_name=layout.consumer(lane),
            ack_policy=api.AckPolicy.EXPLICIT,
            ack_wait=layout.ack_wait_s,
            max_deliver=-1,  # who gives up on a message is the worker, which keeps it then
            max_ack_pending=10_000,
            filter_subject=layout.subject("*", lane),
        )
        for lane in layout.lanes
    ]
