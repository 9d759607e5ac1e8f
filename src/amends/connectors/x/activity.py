"""The events of the X Activity API, and of the Account Activity API before it."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from amends.connectors.fields import (
    mapping_of,
    mappings_of,
    text_of,
    twitter_time,
    web_link,
    whole_of,
)
from amends.connectors.x.translate import NETWORK, Includes, read_post
from amends.terms import Author, BadInput, Post, Ref

EVENTS = (
    "post.mention.create", "post.reply.create", "post.quote.create", "post.delete",
    "dm.received", "dm.sent", "chat.received", "oauth.revoke",
)  # fmt: skip
ENCRYPTED = "This message is encrypted; read it on X."

_NEW = frozenset({"post.mention.create", "post.reply.create", "post.quote.create", "post.create"})
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Event(NamedTuple):
    """What happened. ``mark`` tells an event from its repetitions; empty where X gives none.

    ``revoked`` says that the account no longer lets us in.
    """

    mark: str = ""
    post: Post | None = None
    deleted: str | None = None
    revoked: bool = False


def read_events(value: object) -> Iterator[Event]:
    """The events of a webhook's body or of a line of the stream, in either API's shape.

    Raises ``BadInput`` where there is one that cannot be read.
    """
    body = mapping_of(value)
    data = body.get("data")
    if isinstance(data, Mapping):
        yield from _events(data, mapping_of(body.get("includes")))
    elif isinstance(data, list):
        for one in mappings_of(data):
            yield from _events(one, mapping_of(body.get("includes")))
    elif any(name.endswith("_events") for name in body):
        yield from _older(body)
    else:
        raise BadInput("This is no event of X: it holds no data.")


def _events(data: Mapping[str, Any], around: Mapping[str, Any]) -> Iterator[Event]:
    kind, mark = text_of(data.get("event_type")) or "", text_of(data.get("event_uuid")) or ""
    payload = mapping_of(data.get("payload"))
    includes = Includes({**around, **mapping_of(data.get("includes"))})
    if kind in _NEW:
        inner = payload.get("data")
        yield Event(mark, read_post(inner if isinstance(inner, Mapping) else payload, includes))
    elif kind == "post.delete":
        yield Event(mark, deleted=text_of(payload.get("id")) or _missing("The post has no id."))
    elif kind in ("dm.received", "dm.sent"):
        for number, message in enumerate(_messages(payload)):
            yield Event(f"{mark}.{number}" if mark else "", message)
    elif kind.startswith("chat."):
        yield Event(mark, _encrypted(payload))
    elif kind == "oauth.revoke":
        yield Event(mark, revoked=True)
    else:
        yield Event(mark)


def _messages(payload: Mapping[str, Any]) -> Iterator[Post]:
    """Messages in the older shape, in which X still sends them."""
    people = mapping_of(payload.get("users"))
    for one in mappings_of(payload.get("direct_message_events")):
        if one.get("type") == "message_create":
            yield _message(one, people)


def _message(value: Mapping[str, Any], people: Mapping[str, Any]) -> Post:
    told = mapping_of(value.get("message_create"))
    sender = text_of(told.get("sender_id"))
    said = mapping_of(told.get("message_data"))
    text, message_id = said.get("text"), text_of(value.get("id"))
    to = text_of(mapping_of(told.get("target")).get("recipient_id"))
    if not isinstance(text, str) or sender is None or message_id is None:
        raise BadInput("The message has no id, no sender or no text.")
    urls = mappings_of(mapping_of(said.get("entities")).get("urls"))
    links = (web_link(one.get("expanded_url")) for one in urls)
    return Post(
        id=message_id,
        text=text,
        network=NETWORK,
        author=_person(mapping_of(people.get(sender)), sender),
        created_at=_milliseconds(value.get("created_timestamp")),
        visibility="private",
        conversation="-".join(sorted((sender, to), key=_by_number)) if to else None,
        links=tuple(dict.fromkeys(link for link in links if link)),
    )


def _person(value: Mapping[str, Any], person: str) -> Author:
    fields = mapping_of(value.get("data")) or value
    metrics = mapping_of(fields.get("public_metrics"))
    followers = metrics.get("followers_count", fields.get("followers_count"))
    return Author(
        id=person,
        handle=text_of(fields.get("username")) or text_of(fields.get("screen_name")),
        name=text_of(fields.get("name")),
        followers=whole_of(followers),
    )


def _encrypted(payload: Mapping[str, Any]) -> Post:
    message_id, sender = text_of(payload.get("id")), text_of(payload.get("sender_id"))
    if message_id is None or sender is None:
        raise BadInput("The message has no id or no sender.")
    return Post(
        id=message_id,
        text=ENCRYPTED,
        network=NETWORK,
        url="https://x.com/messages",
        author=Author(id=sender),
        created_at=_milliseconds(payload.get("created_at_msec")),
        visibility="private",
        conversation=text_of(payload.get("conversation_id")),
    )


def _older(body: Mapping[str, Any]) -> Iterator[Event]:
    """The Account Activity API, which X says will end."""
    for one in mappings_of(body.get("tweet_create_events")):
        post = _older_post(one)
        yield Event(f"tweet {post.id}", post)
    for one in mappings_of(body.get("tweet_delete_events")):
        deleted = text_of(mapping_of(one.get("status")).get("id"))
        yield Event(f"delete {deleted}", deleted=deleted or _missing("The post has no id."))
    for message in _messages(body):
        yield Event(f"message {message.id}", message)
    if mapping_of(mapping_of(body.get("user_event")).get("revoke")):
        yield Event(revoked=True)


def _older_post(value: Mapping[str, Any]) -> Post:
    user = mapping_of(value.get("user"))
    author = _person(user, text_of(user.get("id_str")) or text_of(user.get("id")) or "")
    whole = mapping_of(value.get("extended_tweet"))
    text = whole.get("full_text") or value.get("full_text") or value.get("text")
    post_id = text_of(value.get("id_str")) or text_of(value.get("id"))
    if not isinstance(text, str) or post_id is None:
        raise BadInput("The post has no id or no text.")
    parent, to = value.get("in_reply_to_status_id_str"), value.get("in_reply_to_user_id_str")
    answered = text_of(parent)
    created = text_of(value.get("created_at"))
    return Post(
        id=post_id,
        text=text,
        network=NETWORK,
        url=f"https://x.com/{author.handle or 'i'}/status/{post_id}",
        author=author if author.id else None,
        created_at=twitter_time(created) if created else None,
        lang=text_of(value.get("lang")),
        in_reply_to=Ref(id=answered, author=Author(id=text_of(to))) if answered else None,
    )


def _milliseconds(value: object) -> datetime | None:
    given = text_of(value)
    if given is None or not given.isdecimal() or len(given) > 15:
        return None
    try:
        return _EPOCH + timedelta(milliseconds=int(given))
    except OverflowError:
        return None


def _by_number(person: str) -> tuple[int, str]:
    return len(person), person


def _missing(reason: str) -> str:
    raise BadInput(reason)
