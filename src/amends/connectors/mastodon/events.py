"""What Mastodon's streams say: events with a name and a payload."""

from typing import Any, NamedTuple

import msgspec

from amends.connectors.fields import mapping_of, text_of
from amends.connectors.mastodon.translate import read_status
from amends.terms import BadInput, Post

TO_US = frozenset({"mention", "quote"})
"""Kinds of notifications that bring a post which somebody addressed to us."""


class Event(NamedTuple):
    """``post`` is new or edited, ``deleted`` the id of one removed; neither where it is about no
    post. ``to_us`` marks what was delivered to our account."""

    post: Post | None = None
    deleted: str | None = None
    to_us: bool = False


def read_event(name: object, payload: object) -> Event:
    """What an event says. Raises ``BadInput`` where it cannot be read."""
    if name == "delete":
        deleted = text_of(payload)
        if deleted is None:
            raise BadInput("The status has no id.")
        return Event(deleted=deleted)
    if name in ("update", "status.update"):
        return Event(read_status(_object(payload)))
    if name == "conversation":
        return Event(read_status(mapping_of(_object(payload).get("last_status"))), to_us=True)
    if name == "notification":
        told = _object(payload)
        status = mapping_of(told.get("status"))
        return Event(read_status(status), to_us=told.get("type") in TO_US) if status else Event()
    return Event()


def read_frame(frame: str | bytes) -> Event:
    """The event of a WebSocket message. Raises ``BadInput``."""
    told = _object(frame if isinstance(frame, str) else _decoded(frame))
    return read_event(told.get("event"), told.get("payload"))


def read_block(block: bytes) -> Event:
    """The event of a server-sent one; several lines of data are one, with line ends."""
    try:
        name, data = sse_event(block)
        return read_event(name, data.decode())
    except UnicodeDecodeError as error:
        raise BadInput("The event is no UTF-8.") from error


def sse_event(block: bytes) -> tuple[str, bytes]:
    """The name and the data of a server-sent event; several lines of data are one, with line ends.

    Raises ``UnicodeDecodeError`` where the name is no UTF-8.
    """
    event, data = b"", []
    for line in block.splitlines():
        field, _, value = line.partition(b":")
        if field == b"event":
            event = value.removeprefix(b" ")
        elif field == b"data":
            data.append(value.removeprefix(b" "))
    return event.decode(), b"\n".join(data)


class Blocks:
    """Cuts the bytes of a stream of server-sent events into events. Comments, which are sent to
    keep the connection, are passed over. Raises ``BadInput`` for one longer than ``limit``."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._open = b""

    def cut(self, piece: bytes) -> list[bytes]:
        *whole, self._open = (self._open + piece).replace(b"\r\n", b"\n").split(b"\n\n")
        if len(self._open) > self._limit:
            self._open = b""
            raise BadInput(f"An event is longer than {self._limit:,} bytes.")
        return [block for one in whole if (block := _without_comments(one))]


def _without_comments(block: bytes) -> bytes:
    return b"\n".join(line for line in block.split(b"\n") if line and not line.startswith(b":"))


def _object(value: object) -> Any:
    """Streams send the status as JSON inside JSON."""
    if not isinstance(value, str):
        return mapping_of(value)
    try:
        return mapping_of(msgspec.json.decode(value))
    except (msgspec.DecodeError, RecursionError, UnicodeError):
        raise BadInput("The event's payload is no JSON.") from None


def _decoded(frame: bytes) -> str:
    try:
        return frame.decode()
    except UnicodeDecodeError as error:
        raise BadInput("The message is no UTF-8.") from error
