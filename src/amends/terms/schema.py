"""A post as JSON: reading it leniently, writing it plainly, and its schema.

The schema for other tools is ``docs/schema/post.schema.json``; it is ``post_schema()`` as a file.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import msgspec

from amends.terms.errors import BadInput
from amends.terms.post import Post

_REFS = ("in_reply_to", "repost_of", "quote_of")
_TIMES = ("created_at", "edited_at")
_encoder = msgspec.json.Encoder()


def decode_post(raw: bytes | Mapping[str, Any]) -> Post:
    """The post that a line of JSON, or the object it held, describes.

    Null means absent. Ids may be whole numbers; a post referred to may be a bare id, an author a
    bare handle. Unknown fields are ignored. NUL and lone surrogates, which no database keeps,
    become U+FFFD. Raises ``BadInput`` that names the field.
    """
    given = _object(raw)
    fields = {name: _clean(value) for name, value in given.items() if value is not None}
    for name in ("id", "conversation"):
        _spell_id(fields, name, name)
    for name in _TIMES:
        if name in fields:
            fields[name] = _time(name, fields[name])
    for name in _REFS:
        if name in fields:
            fields[name] = _ref(name, fields[name])
    if "author" in fields:
        fields["author"] = _author("author", fields["author"])
    _whole_numbers(fields.get("counts"))
    try:
        post = msgspec.convert(fields, Post)
    except msgspec.ValidationError as error:
        raise BadInput(_said(error)) from error
    if not post.id:
        msg = "id: it is empty; give each post its own."
        raise BadInput(msg)
    return post


def encode_post(post: Post) -> bytes:
    """A post as one line of JSON, without a line end; what is not known is left out."""
    return _encoder.encode(post)


def post_schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of what ``decode_post`` reads."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "urn:amends:post:1",
        "title": "Post",
        "description": "One post on a network, public or private. Fields not named are ignored.",
        "type": "object",
        "required": ["id", "text"],
        "properties": {
            "id": _described("id", "Unique within its network, never empty, otherwise opaque."),
            "network": _text("Name of the network, such as bluesky."),
            "url": _text("Where a browser shows the post."),
            "author": {"anyOf": [{"$ref": "#/$defs/author"}, {"type": ["string", "null"]}]}
            | {"description": "Who wrote it; a bare string is a handle."},
            "created_at": _time_schema("When it was written."),
            "edited_at": _time_schema("When it was last changed."),
            "text": {"type": "string", "description": "What it says, as plain text."},
            "lang": _text("Language, as a BCP 47 tag."),
            "visibility": {"enum": ["public", "private", None], "default": "public"},
            "conversation": _described("idOrNull", "Id of the first post of the thread."),
            "in_reply_to": _described("ref", "The post that this one answers."),
            "repost_of": _described("ref", "The post that this one passes on unchanged."),
            "quote_of": _described("ref", "The post that this one shows with words of its own."),
            "links": _list({"type": "string"}, "Addresses the post links to."),
            "media": _list({"$ref": "#/$defs/media"}, "What is attached."),
            "counts": {
                "type": ["object", "null"],
                "additionalProperties": {"type": ["integer", "null"]},
                "description": "Whole numbers by name: replies, reposts, quotes, likes, views.",
            },
        },
        "$defs": _definitions(),
    }


def _definitions() -> dict[str, Any]:
    author = {
        "id": {"$ref": "#/$defs/idOrNull"},
        "handle": _text("Name to write to, without the leading @."),
        "name": _text("Name as displayed."),
        "followers": {"type": ["integer", "null"]},
        "bio": _text("What they say of themselves."),
    }
    ref = {
        "id": {"$ref": "#/$defs/id"},
        "author": {"anyOf": [{"$ref": "#/$defs/author"}, {"type": ["string", "null"]}]},
        "text": _text("What it says, where known."),
    }
    media = {
        "kind": {"type": "string", "description": "image, video, audio or other."},
        "url": _text("Where it lies."),
        "alt": _text("Its description."),
    }
    return {
        "id": {"type": ["string", "integer"], "minLength": 1},
        "idOrNull": {"type": ["string", "integer", "null"]},
        "author": {"type": "object", "properties": author},
        "ref": {
            "description": "Null, a bare id, or an object.",
            "anyOf": [
                {"type": ["string", "integer", "null"]},
                {"type": "object", "required": ["id"], "properties": ref},
            ],
        },
        "media": {"type": "object", "required": ["kind"], "properties": media},
    }


def _text(description: str) -> dict[str, Any]:
    return {"type": ["string", "null"], "description": description}


def _time_schema(description: str) -> dict[str, Any]:
    said = f"{description} RFC 3339, with Z or an offset."
    return {"type": ["string", "null"], "format": "date-time", "description": said}


def _described(definition: str, description: str) -> dict[str, Any]:
    return {"$ref": f"#/$defs/{definition}", "description": description}


def _list(items: dict[str, Any], description: str) -> dict[str, Any]:
    return {"type": ["array", "null"], "items": items, "description": description}


def _object(raw: bytes | Mapping[str, Any]) -> Mapping[str, Any]:
    if isinstance(raw, Mapping):
        return raw
    try:
        value = msgspec.json.decode(raw)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        msg = f"This is no JSON ({error}); write one object a line."
        raise BadInput(msg) from error
    if not isinstance(value, dict):
        msg = 'This is JSON but no object; write {"id": ..., "text": ...}.'
        raise BadInput(msg)
    return value


def _clean(value: object, depth: int = 4) -> object:
    """A copy without nulls and without characters that databases refuse."""
    if isinstance(value, str):
        if value.isascii():
            return value.replace("\0", "\ufffd")
        whole = value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        return whole.replace("\0", "\ufffd")
    if depth and isinstance(value, Mapping):
        held = {_clean(key): _clean(one, depth - 1) for key, one in value.items()}
        return {key: one for key, one in held.items() if one is not None}
    if depth and isinstance(value, list | tuple):
        return [_clean(one, depth - 1) for one in value]
    return value


def _spell_id(fields: dict[str, Any], name: str, place: str) -> None:
    value = fields.get(name)
    if isinstance(value, bool | float):
        msg = f"{place}: {value} is no id; write it as a string or a whole number."
        raise BadInput(msg)
    if isinstance(value, int):
        fields[name] = str(value)


def _time(place: str, value: object) -> datetime:
    try:
        time = msgspec.convert(value, datetime)
        if time.tzinfo is not None:
            return time.astimezone(UTC)
    except (msgspec.ValidationError, OverflowError) as error:
        msg = f"{place}: {str(value)[:60]!r} is no time; write it like 2026-01-31T09:30:00Z."
        raise BadInput(msg) from error
    msg = f"{place}: {value} has no time zone; add Z or an offset such as +02:00."
    raise BadInput(msg)


def _ref(place: str, value: object) -> object:
    if value == "":
        return None
    if not isinstance(value, dict):
        value = {"id": value}
        if not isinstance(value["id"], str | int | float):
            msg = f"{place}: write null, an id or an object with an id."
            raise BadInput(msg)
    _spell_id(value, "id", f"{place}.id")
    if "author" in value:
        value["author"] = _author(f"{place}.author", value["author"])
    return value


def _author(place: str, value: object) -> object:
    if isinstance(value, str):
        value = {"handle": value}
    if not isinstance(value, dict):
        return value
    _spell_id(value, "id", f"{place}.id")
    if isinstance(value.get("handle"), str):
        value["handle"] = value["handle"].removeprefix("@")
    _whole_numbers(value, only="followers")
    return value


def _whole_numbers(value: object, only: str | None = None) -> None:
    if isinstance(value, dict):
        for name, number in value.items():
            if isinstance(number, float) and number.is_integer() and only in (None, name):
                value[name] = int(number)


def _said(error: msgspec.ValidationError) -> str:
    what, _, place = str(error).partition(" - at `$")
    field = place.strip("`.").removeprefix(".")
    return f"{field}: {what}; see the schema of a post." if field else f"{what}."
