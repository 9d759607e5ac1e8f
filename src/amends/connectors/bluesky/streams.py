"""The three streams of the whole network: Jetstream v1, Jetstream v2, the repository firehose.

A cursor is ``KIND:POSITION:MICROSECONDS``: the stream's own position (a time for Jetstream v1, a
sequence number for the others) and the time of the event, which another kind can begin from.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol
from urllib.parse import urlencode

import msgspec

from amends.connectors.bluesky.settings import StreamKind
from amends.connectors.bluesky.translate import POSTS, read_record, read_time
from amends.connectors.polling import micros
from amends.terms import BadInput, DeadLetter, Page, Post

MAX_FRAME = 5_000_000  # bytes; the firehose's own limit, and asked of the others
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
SUBPROTOCOLS: Mapping[StreamKind, tuple[str, ...]] = {"jetstream-v2": ("xrpc.v1.json",)}
GAPS = {"OutdatedCursor", "FutureCursor", "CursorTooOld"}


class StreamRefused(Exception):
    """The server ends the stream: ``name`` is its word for why."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


class Place(msgspec.Struct, frozen=True):
    """Where in a stream: its own position, and the time in microseconds since 1970."""

    position: int
    at: int


class Event(msgspec.Struct, frozen=True):
    """One post created, updated or deleted; ``record`` is None for a deletion."""

    uri: str
    operation: str
    record: Any
    time: datetime


class Frame(msgspec.Struct, frozen=True):
    """What one message of the socket held. ``notice`` says that posts were passed over."""

    place: Place | None = None
    events: tuple[Event, ...] = ()
    notice: str | None = None


class Reader(Protocol):
    """One kind of stream. ``read`` raises ``BadInput`` for a malformed frame."""

    kind: StreamKind

    def url(self, host: str, place: Place | None) -> str: ...

    def read(self, frame: str | bytes) -> Frame: ...


class JetstreamV1:
    kind: StreamKind = "jetstream-v1"

    def url(self, host: str, place: Place | None) -> str:
        query: dict[str, object] = {"wantedCollections": POSTS, "maxMessageSizeBytes": MAX_FRAME}
        if place is not None:
            query["cursor"] = place.at
        return f"{host}/subscribe?{urlencode(query)}"

    def read(self, frame: str | bytes) -> Frame:
        event = _json(frame)
        at = _whole(event, "time_us")
        place = Place(at, at)
        if event.get("kind") != "commit":
            return Frame(place)
        return Frame(place, _commit(event.get("commit"), event.get("did"), at))


class JetstreamV2:
    kind: StreamKind = "jetstream-v2"

    def url(self, host: str, place: Place | None) -> str:
        query = {"collections": POSTS, "kinds": "commit", "maxMessageSizeBytes": MAX_FRAME}
        if place is not None:
            query["cursor"] = place.position
        return f"{host}/xrpc/network.bsky.jetstream.subscribeEvents?{urlencode(query)}"

    def read(self, frame: str | bytes) -> Frame:
        envelope = _json(frame)
        if envelope.get("$type") == "error":
            raise StreamRefused(str(envelope.get("error")))
        event = envelope.get("payload")
        if not isinstance(event, dict):
            msg = "A frame without a payload"
            raise BadInput(msg)
        kind = str(event.get("$type")).rpartition("#")[2]
        if kind == "info":
            return Frame(notice=str(event.get("name")))
        at = micros(_time(event))
        place = Place(_whole(event, "seq"), at)
        return Frame(place, _commit(event, event.get("did"), at) if kind == "commit" else ())


class Firehose:
    kind: StreamKind = "firehose"

    def url(self, host: str, place: Place | None) -> str:
        query = "" if place is None else f"?{urlencode({'cursor': place.position})}"
        return f"{host}/xrpc/com.atproto.sync.subscribeRepos{query}"

    def read(self, frame: str | bytes) -> Frame:
        kind, body = _decoded(frame)
        if kind is None:
            raise StreamRefused(str(body.get("error")))
        if kind == "#info":
            return Frame(notice=str(body.get("name")))
        time = _time(body)
        place = Place(_whole(body, "seq"), micros(time))
        if kind != "#commit":
            return Frame(place)
        return Frame(place, tuple(_operations(body, time)))


READERS: dict[StreamKind, type[Reader]] = {
    "jetstream-v1": JetstreamV1,
    "jetstream-v2": JetstreamV2,
    "firehose": Firehose,
}


class Batch:
    """Frames on their way to a page."""

    def __init__(self, reader: Reader, since: Place | None) -> None:
        self._reader = reader
        self._since = since
        self.place = since
        self._clear()

    def _clear(self) -> None:
        self.size = 0
        self._posts: list[Post] = []
        self._deleted: list[str] = []
        self._dead: list[DeadLetter] = []

    def add(self, raw: str | bytes, now: datetime) -> None:
        """Take a frame in. Raises ``StreamRefused`` where the server ends the stream by it."""
        self.size += 1
        try:
            frame = self._reader.read(raw)
        except (BadInput, TypeError, RecursionError) as error:  # an odd frame must not come again
            self._dead.append(self._letter(str(error), raw, now))
            return
        if frame.notice in GAPS:
            self.gap(frame.notice, now)
        if frame.place is None or self._repeated(frame.place):
            return
        self.place = frame.place
        for event in frame.events:
            self._take(event, now)

    def gap(self, name: str, now: datetime) -> None:
        """Say that posts were passed over, for the server's own reason."""
        reason = f"The stream no longer begins where it was left ({name}); posts may be missing."
        self._dead.append(self._letter(reason, "", now))

    def page(self) -> Page | None:
        """Everything since the last page; None where not even the place moved."""
        if self.place is None or not self.size:
            return None
        cursor = write_cursor(self._reader.kind, self.place)
        page = Page(posts=self._posts, cursor=cursor, deleted=self._deleted, dead=self._dead)
        self._clear()
        return page

    def _repeated(self, place: Place) -> bool:
        return repeated(place, self._since)

    def _take(self, event: Event, now: datetime) -> None:
        if event.operation == "delete":
            self._deleted.append(event.uri)
            return
        edited = event.time if event.operation == "update" else None
        try:
            self._posts.append(
                read_record(event.record, uri=event.uri, edited_at=edited, indexed_at=event.time)
            )
        except (BadInput, RecursionError) as error:
            self._dead.append(self._letter(str(error), event.uri, now))

    def _letter(self, reason: str, raw: str | bytes, now: datetime) -> DeadLetter:
        shown = raw if isinstance(raw, str) else repr(raw[:1000])
        source = f"stream:{self._reader.kind}"
        return DeadLetter(source=source, reason=reason, raw=shown[:2000], at=now)


def repeated(place: Place, since: Place | None) -> bool:
    """Whether an event comes again: both Jetstreams begin with the one that the cursor names."""
    if since is None:
        return False
    by_time = since.position == since.at
    return (place.at if by_time else place.position) <= since.position


def write_cursor(kind: StreamKind, place: Place) -> str:
    return f"{kind}:{place.position}:{place.at}"


def places(cursor: str | None, kind: StreamKind) -> list[Place | None]:
    """Where to begin, by preference; None is the present.

    Jetstream v2 refuses sequence numbers it no longer holds, but takes a time instead.
    """
    if cursor is None:
        return [None]
    given, _, rest = cursor.partition(":")
    position, _, at = rest.partition(":")
    if not (position.isdecimal() and at.isdecimal()):
        return [None]
    by_time = [] if kind == "firehose" else [Place(int(at), int(at))]
    if given == kind:
        return [Place(int(position), int(at)), *(by_time if kind == "jetstream-v2" else []), None]
    return [*by_time, None]


def _commit(commit: object, did: object, at: int) -> tuple[Event, ...]:
    if not isinstance(commit, dict):
        msg = "A commit that is no object"
        raise BadInput(msg)
    if commit.get("collection") != POSTS:
        return ()
    uri = f"at://{did}/{POSTS}/{commit.get('rkey')}"
    try:
        time = _EPOCH + timedelta(microseconds=at)
    except OverflowError as error:
        msg = f"A commit of a time that does not exist: {at}"
        raise BadInput(msg) from error
    return (Event(uri, str(commit.get("operation")), commit.get("record"), time),)


def _operations(body: dict[str, Any], time: datetime) -> Iterator[Event]:
    wanted = [op for op in _dicts(body.get("ops")) if str(op.get("path")).startswith(f"{POSTS}/")]
    if not wanted:
        return
    records = _records(body.get("blocks"))
    for op in wanted:
        record = records.get(op.get("cid"))
        yield Event(f"at://{body.get('repo')}/{op['path']}", str(op.get("action")), record, time)


def _decoded(frame: str | bytes) -> tuple[str | None, dict[str, Any]]:
    """The type and the body of a firehose frame; the type is None for an error."""
    from atproto_core.exceptions import AtProtocolError
    from atproto_subscription.frames import ErrorFrame
    from atproto_subscription.frames import Frame as SdkFrame

    try:
        decoded = SdkFrame.from_bytes(frame if isinstance(frame, bytes) else frame.encode())
    except (AtProtocolError, ValueError, TypeError, AttributeError, RecursionError) as error:
        msg = f"A frame that cannot be decoded: {error}"
        raise BadInput(msg) from error
    if isinstance(decoded, ErrorFrame):
        return None, {"error": decoded.body.error}
    if not isinstance(decoded.body, dict):
        msg = "A frame whose body is no object"
        raise BadInput(msg)
    return str(decoded.type), decoded.body


def _records(blocks: Any) -> Mapping[Any, Any]:
    """The records of a commit's CAR file by their CID, in bytes as operations name them."""
    from libipld import decode_car

    try:
        return decode_car(blocks)[1]
    except (ValueError, TypeError) as error:
        msg = f"A commit whose records cannot be decoded: {error}"
        raise BadInput(msg) from error


def _json(frame: str | bytes) -> dict[str, Any]:
    try:
        decoded = msgspec.json.decode(frame)
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        msg = f"A frame that is no JSON: {error}"
        raise BadInput(msg) from error
    if not isinstance(decoded, dict):
        msg = "A frame that is no object"
        raise BadInput(msg)
    return decoded


def _whole(event: dict[str, Any], name: str) -> int:
    value = event.get(name)
    if not isinstance(value, int) or not 0 <= value < 1 << 63:
        msg = f"A frame without {name}"
        raise BadInput(msg)
    return value


def _time(event: dict[str, Any]) -> datetime:
    time = read_time(event.get("time"))
    if time is None or time < _EPOCH:
        msg = "A frame without a time"
        raise BadInput(msg)
    return time


def _dicts(values: object) -> Iterable[dict[str, Any]]:
    return [v for v in values if isinstance(v, dict)] if isinstance(values, list) else []
