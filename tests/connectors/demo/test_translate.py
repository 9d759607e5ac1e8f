"""Recorded answers become posts; anything else becomes a dead letter, never an error."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from amends.connectors.demo.translate import read_items, to_author
from amends.terms import Author, Post
from amends.terms.post import Ref

PAYLOADS = Path(__file__).parents[2] / "payloads" / "demo"
MAUD = Author(id="u51155827e4095f", handle="maud", name="Maud Pellerin", followers=412)

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
FIELDS = (
    "id",
    "text",
    "author",
    "at",
    "root",
    "edited_at",
    "reply_to",
    "counts",
    "private",
    "lang",
)


def recorded(name: str) -> Any:
    return json.loads((PAYLOADS / f"{name}.json").read_text(encoding="utf-8"))


def test_a_recorded_search_becomes_posts() -> None:
    posts, deleted, dead = read_items(recorded("search")["items"], "search:suitcase", None)
    text = "@brindlewing day 4 without my suitcase. Edit: day 5."
    assert posts[0] == Post(
        id="p3a2f25320b98de",
        text=text,
        network="demo",
        author=MAUD,
        created_at=datetime(2026, 3, 2, 9, 0, tzinfo=UTC),
        edited_at=datetime(2026, 3, 2, 9, 0, 55, tzinfo=UTC),
        lang="en",
        conversation="p3a2f25320b98de",
        counts={"replies": 1, "quotes": 1, "reposts": 1},
    )
    maud = Author(id=MAUD.id, handle="maud")
    assert posts[1].repost_of == Ref(id="p3a2f25320b98de", author=maud, text=text)
    assert (deleted, dead) == ([], [])


def test_a_recorded_deletion_is_an_id() -> None:
    items = recorded("notifications")["items"]
    posts, deleted, dead = read_items(items, "notifications", "http://demo.test")
    assert (deleted, dead) == (["pd669cdcf51a281"], [])
    assert {post.url for post in posts} == {"http://demo.test/posts/p3a2f25320b98de"}


def test_a_recorded_message_is_private() -> None:
    posts, _, _ = read_items(recorded("messages")["items"], "messages", "http://demo.test")
    assert [(post.visibility, post.url, post.text) for post in posts] == [
        ("private", None, "Bag tag BW123456.")
    ]


def test_a_recorded_account_is_an_author() -> None:
    account = to_author(recorded("account"))
    assert (account.handle, account.name) == ("brindlewing", "Brindlewing Air")


@given(st.lists(JSON | st.fixed_dictionaries({}, optional={"kind": JSON, "post": JSON})))
def test_any_json_is_a_post_or_a_dead_letter(items: list[Any]) -> None:
    posts, deleted, dead = read_items(items, "notifications", None)
    assert len(posts) + len(deleted) + len(dead) == len(items)


@given(st.dictionaries(st.sampled_from(FIELDS), JSON))
def test_a_post_with_any_field_spoilt_is_told_apart(spoilt: dict[str, Any]) -> None:
    whole = recorded("search")["items"][0]
    item = whole | {"post": whole["post"] | spoilt}
    posts, _, dead = read_items([item], "notifications", None)
    assert len(posts) + len(dead) == 1
