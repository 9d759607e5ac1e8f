"""Recorded payloads of the test network, read into posts."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amends.connectors.bluesky.streams import READERS, Batch, Place, StreamRefused
from amends.connectors.bluesky.translate import (
    read_author,
    read_message,
    read_notification,
    read_record,
    read_time,
    read_uri,
    read_view,
)
from amends.terms import Author, BadInput, Media, Ref, SystemClock

if TYPE_CHECKING:
    from collections.abc import Callable

PAYLOADS = Path(__file__).parents[2] / "payloads" / "bluesky"
NOW = SystemClock().now()


def payload(name: str) -> Any:
    return json.loads((PAYLOADS / f"{name}.json").read_text())


def posts() -> dict[str, Any]:
    """The recorded post views by the beginning of their text."""
    return {view["record"]["text"][:6]: view for view in payload("posts")["posts"]}


def test_mention_keeps_its_text_author_and_place() -> None:
    mention = payload("notifications")["notifications"][-1]
    post = read_notification(mention)
    key = post.id.rpartition("/")[2]
    assert post.text.endswith("the kettle I bought leaks. Where is my refund?")
    assert post.author == Author(
        id=mention["author"]["did"], handle=mention["author"]["handle"], name="Rosa Quill"
    )
    assert post.url == f"https://bsky.app/profile/{mention['author']['handle']}/post/{key}"
    assert post.created_at == read_time(mention["record"]["createdAt"])
    assert (post.network, post.lang, post.visibility) == ("bluesky", "en", "public")
    assert (post.conversation, post.in_reply_to, post.quote_of) == (post.id, None, None)


def test_reply_names_its_thread_and_the_author_it_answers() -> None:
    ours = posts()["Our sh"]
    brand = ours["author"]
    post = read_view(posts()["Nobody"], handles={brand["did"]: brand["handle"]})
    assert post.conversation == ours["uri"]
    assert post.in_reply_to == Ref(
        id=ours["uri"], author=Author(id=brand["did"], handle=brand["handle"])
    )


def test_quote_holds_the_quoted_text() -> None:
    ours = posts()["Our sh"]
    quoted = read_view(posts()["They s"]).quote_of
    author = Author(id=ours["author"]["did"], handle=ours["author"]["handle"])
    assert quoted == Ref(id=ours["uri"], author=author, text="Our shops open at nine.")


def test_links_come_from_facets_and_cards() -> None:
    assert read_view(posts()["Look 👉"]).links == ("https://example.com/broken",)
    assert read_view(posts()["The ma"]).links == ("https://example.com/manual",)


def test_quote_beside_a_card_is_found() -> None:
    quoted = read_view(posts()["The ma"]).quote_of
    assert quoted is not None
    assert quoted.text == "Our shops open at nine."


def test_picture_keeps_address_and_description() -> None:
    view = posts()["Look 👉"]
    address = view["embed"]["images"][0]["fullsize"]
    expected = Media(kind="image", url=address, alt="A kettle in a puddle")
    assert read_view(view).media == (expected,)
    raw = read_record(view["record"], uri=view["uri"])
    assert raw.media == (Media(kind="image", alt="A kettle in a puddle"),)


def test_counts_are_the_networks_own() -> None:
    counts = read_view(posts()["Our sh"]).counts
    assert counts == {"replies": 1, "reposts": 0, "quotes": 2, "likes": 0}


def test_profile_has_followers() -> None:
    profile = payload("profile")
    author = Author(id=profile["did"], handle=profile["handle"], name="Rosa Quill", followers=0)
    assert read_author(profile, followers=True) == author


def test_message_is_private_and_belongs_to_its_conversation() -> None:
    entry = payload("chat-getLog")["logs"][-1]
    post = read_message(entry["message"], convo=entry["convoId"], authors={})
    assert (post.text, post.visibility) == ("My order is 4711.", "private")
    assert post.id == f"chat:{entry['convoId']}/{entry['message']['id']}"
    assert post.conversation == f"chat:{entry['convoId']}"


@pytest.mark.parametrize("kind", ["jetstream-v1", "jetstream-v2", "firehose"])
def test_stream_tells_creation_edit_and_removal(kind: Any) -> None:
    batch = Batch(READERS[kind](), Place(1, 1))
    for frame in payload(kind):
        batch.add(bytes.fromhex(frame) if kind == "firehose" else json.dumps(frame), NOW)
    page = batch.page()
    assert page is not None
    removed = page.deleted[0]
    edits = [post for post in page.posts if post.edited_at is not None]
    assert [(post.id, post.text) for post in edits] == [
        (removed, "Nobody opened at nine, and I waited.")
    ]
    assert page.posts[-2].text == "Sorry! We look into it."
    assert page.dead == []


@pytest.mark.parametrize("kind", ["jetstream-v1", "jetstream-v2", "firehose"])
@pytest.mark.parametrize("frame", [b"", b"<html>", b"[1]", b"{}", b"\xa1aop\x01", b'{"a":"\xff"}'])
def test_malformed_frame_is_a_dead_letter(kind: Any, frame: bytes) -> None:
    batch = Batch(READERS[kind](), Place(1, 1))
    batch.add(frame, NOW)
    page = batch.page()
    assert page is not None
    assert (page.posts, page.cursor) == ([], f"{kind}:1:1")
    assert [letter.source for letter in page.dead] == [f"stream:{kind}"]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
KEYS = ["uri", "record", "text", "author", "did", "reply", "root", "parent", "embed", "facets"]
KEYS += ["features", "langs", "createdAt", "images", "media", "external", "value", "sender", "id"]
LIKELY = st.recursive(
    JSON | st.just("at://did:plc:abc/app.bsky.feed.post/3k") | st.just("2026-01-01T00:00:00Z"),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=6)
    ),
    max_leaves=30,
)


@given(LIKELY)
def test_any_json_is_read_or_refused_by_our_own_error(value: Any) -> None:
    uri = "at://did:plc:abc/app.bsky.feed.post/3k"
    readers: list[Callable[[Any], object]] = [
        read_author,
        read_notification,
        read_view,
        read_uri,
        lambda raw: read_record(raw, uri=uri),
        lambda raw: read_record({"text": "", **raw} if isinstance(raw, dict) else raw, uri=uri),
        lambda raw: read_message(raw, convo="c", authors={}),
    ]
    for read in readers:
        try:
            read(value)
        except BadInput as error:
            assert str(error)  # noqa: PT017 (every sentence must say something)


@given(st.binary() | LIKELY.map(lambda value: json.dumps(value).encode()))
def test_any_frame_is_read_or_a_dead_letter(frame: bytes) -> None:
    for kind in READERS.values():
        batch = Batch(kind(), None)
        try:
            batch.add(frame, NOW)
        except StreamRefused as refused:
            assert refused.name  # noqa: PT017
