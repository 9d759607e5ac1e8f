"""Any bytes in, no error but the connector's own."""

import contextlib
import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from amends.connectors.mastodon.events import read_block, read_frame
from amends.connectors.x.activity import read_events
from amends.connectors.x.translate import Includes, read_message, read_post
from amends.terms import BadInput

NAMES = st.sampled_from(
    ["id", "content", "account", "event", "payload", "stream", "status", "type", "created_at",
     "edited_at", "mentions", "media_attachments", "reblog", "quote", "spoiler_text", "visibility",
     "in_reply_to_id", "data", "includes", "users", "text", "author_id", "entities", "urls",
     "referenced_tweets", "public_metrics", "note_tweet", "attachments", "event_type", "url"]
)  # fmt: skip
WORDS = st.sampled_from(
    ["update", "delete", "notification", "mention", "<p>a</p>", "2026-03-02T09:00:00Z", "direct",
     "post.mention.create", "dm.received", "replied_to", "9999-12-31T23:59:59-23:59"]
)  # fmt: skip
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | WORDS | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=6),
    max_leaves=25,
)


def own_errors(read: Callable[[], Any]) -> None:
    """Reading may refuse, by ``BadInput`` and by nothing else."""
    with contextlib.suppress(BadInput):
        read()


@settings(max_examples=50, deadline=None)
@given(VALUES, VALUES, st.binary(max_size=30))
def test_mastodon_and_x_read_anything(value: object, around: object, junk: bytes) -> None:
    mastodon_reads(json.dumps(value), junk)
    x_reads(value, around)


def mastodon_reads(text: str, junk: bytes) -> None:
    own_errors(lambda: read_frame(text))
    own_errors(lambda: read_frame(junk))
    own_errors(lambda: read_frame(json.dumps({"event": "update", "payload": text})))
    own_errors(lambda: read_block(b"event: notification\ndata: " + text.encode()))
    own_errors(lambda: read_block(junk))


def x_reads(value: object, around: object) -> None:
    fields = value if isinstance(value, dict) else {"data": value}
    includes = Includes(around if isinstance(around, dict) else {"users": around})
    own_errors(lambda: read_post(fields, includes))
    own_errors(lambda: read_message(fields, includes))
    own_errors(lambda: list(read_events(value)))


@pytest.mark.parametrize("depth", [100, 5_000, 200_000])
def test_events_without_end_are_refused(depth: int) -> None:
    deep = "[" * depth + "]" * depth
    own_errors(lambda: read_frame(json.dumps({"event": "update", "payload": deep})))
    own_errors(lambda: read_frame(deep))
