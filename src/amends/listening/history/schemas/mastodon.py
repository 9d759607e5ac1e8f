"""Mastodon statuses, bare or as events of its streams."""

from collections.abc import Iterator
from typing import NoReturn

import msgspec

from amends.connectors.fields import mapping_of, text_of
from amends.connectors.mastodon.translate import read_status
from amends.listening.history.line import Found, Json
from amends.terms import BadInput


class MastodonSchema:
    name = "mastodon"

    def looks_like(self, value: Json) -> bool:
        if "event" in value and "payload" in value:
            return "stream" in value or value["event"] in ("update", "status.update", "delete")
        return "content" in value and "account" in value and "id" in value

    def translate(self, value: Json, _number: int, /) -> Iterator[Found]:
        if "event" not in value:
            yield Found(post=read_status(value))
        elif value["event"] == "delete":
            yield Found(deleted=text_of(value.get("payload")) or _no_id())
        elif value["event"] in ("update", "status.update"):
            yield Found(post=read_status(_payload(value.get("payload"))))
        elif value["event"] == "conversation":
            yield Found(
                post=read_status(mapping_of(_payload(value.get("payload")).get("last_status")))
            )
        elif value["event"] == "notification":
            status = mapping_of(_payload(value.get("payload")).get("status"))
            yield Found(post=read_status(status)) if status else Found(skipped="not_a_post")
        else:
            yield Found(skipped="not_a_post")


def _payload(value: object) -> Json:
    """Streams send the status as JSON inside JSON."""
    if not isinstance(value, str):
        return mapping_of(value)
    try:
        return mapping_of(msgspec.json.decode(value))
    except (msgspec.DecodeError, RecursionError):
        raise BadInput("The event's payload is no JSON.") from None


def _no_id() -> NoReturn:
    raise BadInput("The status has no id.")
