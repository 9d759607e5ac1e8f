"""Deliveries of anybody's making: mapped, signed, read once and in order."""

import contextlib
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from amends.bench.faults.clock import HandClock
from amends.connectors.mapping import guess_mapping, read_mapping
from amends.connectors.webhook.signing import check_signed, signature_of
from amends.listening.pipeline import Item
from amends.listening.steps import mark_own_posts
from amends.terms import Author, BadInput, Channel, NotAllowed, Post
from tests.connectors.webhook.fake import SECRET, Box, connector

SAMPLE = json.loads((Path(__file__).parents[2] / "payloads/webhook/reviews.json").read_bytes())
NOW = datetime(2026, 3, 3, tzinfo=UTC)


def test_sample_tells_the_mapping() -> None:
    assert guess_mapping(SAMPLE).written() == (
        "items = reviews\nid = review_id\ntext = body\ntitle = title\nauthor = reviewer.name\n"
        "author_id = reviewer.id\nurl = review_url\ncreated_at = submitted_at\nrating = stars"
    )


def test_mapped_object_is_a_post() -> None:
    fields = guess_mapping(SAMPLE)
    assert fields.post(SAMPLE["reviews"][0], network="webhook", latest=NOW) == Post(
        id="7",
        text="Never again\n\nBrindlewing lost my suitcase & nobody answers.",
        network="webhook",
        url="https://reviews.example/7",
        author=Author(id="r-1", name="Maud"),
        created_at=datetime(2026, 3, 2, 9, tzinfo=UTC),
        counts={"rating": 1},
    )


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ("", "does not say where the text lies"),
        ("text", "Line 1"),
        ("text = body\ncolour = red", "Line 2"),
        ("text = ", "is no path"),
    ],
)
def test_mapping_that_makes_no_sense_is_refused(told: str, said: str) -> None:
    with pytest.raises(BadInput, match=said):
        read_mapping(told)


def test_path_enters_lists_and_may_begin_with_a_dollar() -> None:
    fields = read_mapping("text = $.a[1].b")
    assert fields.post({"a": [0, {"b": "x"}]}, network="n", latest=NOW).text == "x"


async def test_each_part_that_cannot_be_read_is_a_dead_letter() -> None:
    box = Box(HandClock())
    box.post(SAMPLE)
    box.put(b'{"half')
    page = await connector(box, mapping=guess_mapping(SAMPLE).written()).fetch("deliveries", None)
    reasons = [letter.reason.partition(":")[0] for letter in page.dead]
    assert ([post.id for post in page.posts], reasons) == (
        ["7"],
        ["There is no text where the mapping looks for it", "The delivery is no JSON"],
    )


@pytest.mark.parametrize("limit", [1, 2, 3, 100])
async def test_lists_are_read_in_pages_by_anybody_who_goes_on(limit: int) -> None:
    box = Box(HandClock())
    for start in (0, 3, 3, 6):
        box.post([{"id": f"r{n}", "text": f"{n}"} for n in range(start, start + 3)])
    read, cursor = list[str](), None
    while True:
        page = await connector(box).fetch("deliveries", cursor, limit=limit)
        read, cursor = read + [post.id for post in page.posts], page.cursor
        assert len(page.posts) <= limit
        if page.next_poll is not None:
            break
    assert read == ["r0", "r1", "r2", "r3", "r4", "r5", "r3", "r4", "r5", "r6", "r7", "r8"]


def test_without_an_id_the_same_post_has_the_same_one() -> None:
    fields = read_mapping("text = t\nauthor = a")
    ids = [fields.post({"t": t, "a": "m"}, network="n", latest=NOW).id for t in ("x", "x", "y")]
    assert (ids[0] == ids[1], ids[0] == ids[2]) == (True, False)


@pytest.mark.parametrize("value", ["2026-03-02T09:00:00Z", 1772442000, "1772442000", 1772442000000])
def test_times_are_read_as_they_are_sent(value: object) -> None:
    fields = read_mapping("text = t\ncreated_at = c")
    post = fields.post({"t": "x", "c": value}, network="n", latest=NOW)
    assert post.created_at == datetime(2026, 3, 2, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("at", "edited"), [("2026-03-02T09:00:00Z", False), ("2026-03-02T10:00:00Z", True)]
)
def test_post_changed_after_it_was_written_is_an_edit(at: str, edited: bool) -> None:
    fields = read_mapping("text = t\ncreated_at = c\nedited_at = u")
    post = fields.post({"t": "x", "c": "2026-03-02T09:00:00Z", "u": at}, network="n", latest=NOW)
    assert (post.edited_at is not None) == edited


def test_time_that_is_none_is_named() -> None:
    fields = read_mapping("text = t\nedited_at = u")
    with pytest.raises(BadInput, match=r"edited_at: .*soon.* is no time"):
        fields.post({"t": "x", "u": "soon"}, network="n", latest=NOW)


async def test_author_called_like_the_webhook_is_not_taken_for_us() -> None:
    box = Box(HandClock())
    box.post({"id": 1, "text": "late", "who": "reviews"})
    made = connector(box, mapping="text = text\nauthor_handle = who")
    us = await made.check()
    channel = Channel(network="webhook", handle="reviews", account_id=us.id)
    items = [Item(post) for post in (await made.fetch("deliveries", None)).posts]
    mark_own_posts([channel])(items)
    assert [item.ours for item in items] == [False]


def allowed(**changed: Any) -> bool:
    stamp = str(int(NOW.timestamp()))
    told = {"timestamp": stamp, "signature": signature_of(SECRET, stamp, b"{}"), "body": b"{}"}
    try:
        check_signed(changed.pop("secret", SECRET), **{"now": NOW, **told, **changed})
    except NotAllowed:
        return False
    return True


def test_only_a_fresh_signature_over_these_bytes_is_let_in() -> None:
    wrong: list[dict[str, Any]] = [
        {"body": b"{ }"},
        {"timestamp": str(int(NOW.timestamp()) + 1)},
        {"signature": ""},
        {"signature": "é\ud800"},
        {"secret": ""},
        {"secret": "other"},
        {"now": NOW + timedelta(minutes=6)},
        {"now": NOW - timedelta(minutes=6)},
    ]
    assert [allowed(**one) for one in wrong] == [False] * len(wrong)
    assert (allowed(), allowed(now=NOW + timedelta(minutes=4))) == (True, True)


def test_signature_with_a_time_that_is_none_is_refused() -> None:
    for stamp in ("", "now", "9" * 30, "²", "\ud800"):
        with pytest.raises(NotAllowed):
            check_signed(SECRET, timestamp=stamp, signature=signature_of(SECRET, stamp, b""),
                         body=b"", now=NOW)  # fmt: skip


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=6),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["id", "text", "author", "name", "items", "created_at", "rating", "data"]
            ),
            inner,
            max_size=6,
        )
    ),
    max_leaves=20,
)


@settings(max_examples=50, deadline=None)
@given(VALUES, st.binary(max_size=20), st.text(max_size=40))
def test_anything_is_read_or_refused(value: object, junk: bytes, told: str) -> None:
    box = Box(HandClock())
    whole = "items = items\nid = id\ntext = text\nauthor = author.name\nrating = rating\ncreated_at = created_at"
    for mapping in (whole, whole.removeprefix("items = items\n")):
        made = connector(box, mapping=mapping)
        for body in (json.dumps(value).encode(), junk):
            box.came.clear()
            box.put(body)
            list(made.read(box.came[0]))
    with contextlib.suppress(BadInput):
        guess_mapping(value)
    with contextlib.suppress(BadInput):
        read_mapping(told)


@pytest.mark.parametrize("depth", [500, 100_000])
def test_depth_is_a_dead_letter(depth: int) -> None:
    box = Box(HandClock())
    box.put(b"[" * depth + b"]" * depth)
    [letter] = connector(box).read(box.came[0])
    assert "reason" in repr(letter)
