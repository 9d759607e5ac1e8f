"""What no store can hold is replaced at the door."""

from typing import Any

import msgspec

from amends.terms import Post

_NUL_IN_JSON = b"\\u0000"


def clean_post(post: Post) -> Post:
    """The post with U+FFFD for each NUL and lone surrogate, as ``decode_post`` has them; the same
    object where there are none."""
    try:
        if _NUL_IN_JSON not in msgspec.json.encode(post):
            return post
    except UnicodeEncodeError:  # a lone surrogate has no UTF-8
        pass
    return msgspec.convert(_clean(msgspec.to_builtins(post)), Post)


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        paired = value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        return paired.replace("\x00", "\ufffd")
    if isinstance(value, dict):
        return {_clean(key): _clean(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_clean(inner) for inner in value]
    return value
