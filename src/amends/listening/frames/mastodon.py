"""Mastodon's streams: WebSocket messages, server-sent events, and statuses a line each."""

import msgspec

from amends.connectors.mastodon.events import sse_event
from amends.connectors.mastodon.html import plain_text
from amends.connectors.mastodon.translate import with_warning
from amends.listening.frames.foreign import Foreign
from amends.listening.history.schemas.mastodon import MastodonSchema
from amends.terms import BadInput


class _Said(msgspec.Struct, gc=False):
    id: str = ""
    content: str | None = None
    spoiler_text: str | None = None


class _Quote(_Said, gc=False):
    quoted_status: _Said | None = None


class _Status(_Said, gc=False):
    reblog: _Said | None = None
    quote: _Quote | None = None


class _Line(_Status, gc=False):
    event: str | None = None
    payload: str | msgspec.Raw = ""


_lines = msgspec.json.Decoder(_Line)
_statuses = msgspec.json.Decoder(_Status)


class MastodonFrames(Foreign):
    """Statuses of Mastodon and its kin. A frame may be a whole server-sent event, in which the
    lines of it are kept apart by line ends."""

    def __init__(self) -> None:
        super().__init__(MastodonSchema(), "mastodon")

    def text(self, line: bytes) -> str | None:
        if line.startswith(b"event:"):
            event, data = sse_event(line)
            if event not in ("update", "status.update"):
                raise BadInput("It must be read whole.")
            return _text(_statuses.decode(data))
        frame = _lines.decode(line)
        if frame.event is None:
            return _text(frame)
        if frame.event not in ("update", "status.update") or not isinstance(frame.payload, str):
            raise BadInput("It must be read whole.")
        return _text(_statuses.decode(frame.payload))

    def value(self, line: bytes) -> object:
        if not line.startswith(b"event:"):
            return msgspec.json.decode(line)
        event, data = sse_event(line)
        return {"event": event, "payload": data.decode()}


def _text(status: _Status) -> str:
    if not status.id:
        raise BadInput("The status has no id.")
    said = _said(status.reblog if status.reblog is not None else status)
    quoted = _quoted(status.quote) if status.quote is not None else ""
    return f"{said}\n{quoted}" if quoted else said


def _said(status: _Said) -> str:
    if status.content is None:
        raise BadInput("The status has no content.")
    return with_warning(status.spoiler_text, plain_text(status.content).text)


def _quoted(quote: _Quote) -> str:
    status = quote if quote.quoted_status is None else quote.quoted_status
    return _said(status) if status.content is not None and status.id else ""
