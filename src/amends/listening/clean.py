"""What no store can hold is replaced at the door."""

from datetime import UTC, datetime
from typing import Any

import msgspec

from amends.terms import DeadLetter, Post
from amends.text import storable

_NUL_IN_JSON = b"\\u0000"


def clean_post(post: Post) -> Post:
    """The post with U+FFFD for each NUL and lone surrogate, as ``decode_post`` has them, and its
    times in UTC; the same object where there is nothing to mend."""
    post = _in_utc(post)
    try:
        if _NUL_IN_JSON not in msgspec.json.encode(post):
            return post
    except UnicodeEncodeError:  # a lone surrogate has no UTF-8
        pass
    return msgspec.convert(_clean(msgspec.to_builtins(post)), Post)


def clean_letter(letter: DeadLetter) -> DeadLetter:
    """The dead letter with U+FFFD for each NUL and lone surrogate."""
    return msgspec.structs.replace(
        letter,
        source=storable(letter.source),
        reason=storable(letter.reason),
        raw=storable(letter.raw),
    )


def _in_utc(post: Post) -> Post:
    """A moment that UTC has no year for is no time: PostgreSQL would keep it and never give it
    back."""
    times = {"created_at": post.created_at, "edited_at": post.edited_at}
    odd = {
        name: _utc(time)
        for name, time in times.items()
        if time is not None and time.tzinfo is not UTC
    }
    return msgspec.structs.replace(post, **odd) if odd else post


def _utc(time: datetime) -> datetime | None:
    try:
        return time.astimezone(UTC) if time.tzinfo else time.replace(tzinfo=UTC)
    except OverflowError:
        return None


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return storable(value)
    if isinstance(value, dict):
        return {_clean(key): _clean(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_clean(inner) for inner in value]
    return value
