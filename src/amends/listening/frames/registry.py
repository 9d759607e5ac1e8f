"""Which kinds of frames there are, and which of them a line is."""

from collections.abc import Mapping

import msgspec

from amends.listening.frames.jetstream import JetstreamFrames
from amends.listening.frames.kind import FrameKind
from amends.listening.frames.mastodon import MastodonFrames
from amends.listening.frames.posts import PostFrames
from amends.listening.frames.x import XFrames
from amends.listening.history.look import SCHEMAS
from amends.terms import BadInput

KINDS: Mapping[str, FrameKind] = {
    kind.name: kind for kind in (PostFrames(), XFrames(), JetstreamFrames(), MastodonFrames())
}


def frame_kind(name: str) -> FrameKind:
    """The kind of that name. Raises ``BadInput`` that lists them."""
    kind = KINDS.get(name)
    if kind is None:
        raise BadInput(f"There is no kind of frame {name[:40]!r}; there are {', '.join(KINDS)}.")
    return kind


def detect(line: bytes) -> FrameKind | None:
    """The kind that a line is of; None where it is of none, or tells nothing."""
    if line.startswith(b"event:"):
        return KINDS["mastodon"]
    try:
        value = msgspec.json.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    if not isinstance(value, dict):
        return None
    for kind in KINDS.values():
        if SCHEMAS[kind.name].looks_like(value):
            return kind
    # Our own lines may carry fields that are not ours; they are passed over.
    return KINDS.get("posts") if {"id", "text"} <= value.keys() else None
