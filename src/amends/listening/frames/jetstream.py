"""Bluesky's Jetstream, version 1 and 2, mixed as they come."""

import msgspec

from amends.listening.frames.foreign import Foreign
from amends.listening.history.schemas.jetstream import POSTS, V2, JetstreamSchema
from amends.terms import BadInput


class _Record(msgspec.Struct, gc=False):
    text: str | None = None


class _Commit(msgspec.Struct, gc=False):
    collection: str = ""
    operation: str = ""
    rkey: str = ""
    record: _Record | None = None


class _Payload(_Commit, gc=False):
    type: str = msgspec.field(name="$type", default="")
    did: str = ""


class _Line(msgspec.Struct, gc=False):
    type: str = msgspec.field(name="$type", default="")
    kind: str = ""
    did: str = ""
    commit: _Commit | None = None
    payload: _Payload | None = None


_lines = msgspec.json.Decoder(_Line)


class JetstreamFrames(Foreign):
    """Posts of Bluesky: creates and edits; deletions are ``Gone``; other events are none."""

    def __init__(self) -> None:
        super().__init__(JetstreamSchema(), "bluesky")

    def text(self, line: bytes) -> str | None:
        frame = _lines.decode(line)
        commit: _Commit | None
        if frame.payload is not None:
            commit, did = frame.payload, frame.payload.did
            is_commit = frame.payload.type == f"{V2}commit"
        else:
            commit, did, is_commit = frame.commit, frame.did, frame.kind == "commit"
        if not is_commit or commit is None or not did or not commit.rkey:
            raise BadInput("It must be read whole.")
        if commit.collection != POSTS or commit.operation not in ("create", "update"):
            return None
        if commit.record is None or commit.record.text is None:
            raise BadInput("The record has no text.")
        return commit.record.text
