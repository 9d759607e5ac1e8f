"""What no store can hold is taken out at the door."""

from typing import Any

import msgspec

from amends.terms import Post

_NUL_IN_JSON = b"\\u0000"


def clean_post(post: Post) -> Post:
    """The post without NUL characters; the same object where there are none."""
    if _NUL_IN_JSON not in msgspec.json.encode(post):
        return post
    return msgspec.convert(_without_nul(msgspec.to_builtins(post)), Post)


def _without_nul(value: Any) -> Any:  # noqa: ANN401 (any JSON value)
    if isinstance(value, str):
        return value.replace("\x00", "")
    if isinstance(value, dict):
        return {_without_nul(key): _without_nul(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_without_nul(inner) for inner in value]
    return value
