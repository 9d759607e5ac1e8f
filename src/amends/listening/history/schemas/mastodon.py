"""Mastodon statuses, bare or as events of its streams."""

from collections.abc import Iterator

from amends.connectors.mastodon.events import read_event
from amends.connectors.mastodon.translate import read_status
from amends.listening.history.line import Found, Json


class MastodonSchema:
    name = "mastodon"

    def looks_like(self, value: Json) -> bool:
        if "event" in value and "payload" in value:
            return "stream" in value or value["event"] in ("update", "status.update", "delete")
        return "content" in value and "account" in value and "id" in value

    def translate(self, value: Json, _number: int, /) -> Iterator[Found]:
        if "event" not in value:
            yield Found(post=read_status(value))
            return
        event = read_event(value["event"], value.get("payload"))
        if event.post is None and event.deleted is None:
            yield Found(skipped="not_a_post")
        else:
            yield Found(post=event.post, deleted=event.deleted)
