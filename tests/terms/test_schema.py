"""A post as JSON."""

import json
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from amends.terms import (
    Author,
    BadInput,
    Media,
    Post,
    Ref,
    decode_post,
    encode_post,
    post_schema,
)

FOLDER = Path(__file__).parents[2] / "docs" / "schema"
AT = datetime(2026, 1, 31, 9, 30, tzinfo=UTC)
FULL = Post(
    id="at://did:plc:abc/app.bsky.feed.post/3k",
    text="My bag is lost \U0001f621",
    network="bluesky",
    url="https://bsky.example/post/3k",
    author=Author(id="did:plc:abc", handle="ann.example.com", name="Ann", followers=12),
    created_at=AT,
    edited_at=AT + timedelta(minutes=5, microseconds=7),
    lang="en-GB",
    visibility="private",
    conversation="1",
    in_reply_to=Ref(id="1", author=Author(handle="acme"), text="Hello"),
    repost_of=Ref(id="2"),
    quote_of=Ref(id="3"),
    links=("https://acme.example/help",),
    media=(Media(kind="image", url="https://acme.example/a.png", alt="a bag"),),
    counts={"replies": 1, "likes": 0},
)

names = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1)
times = st.datetimes(timezones=st.just(UTC))
refs = st.none() | st.builds(Ref, id=names, text=st.none() | names)
posts = st.builds(
    Post,
    id=names,
    text=names,
    network=names,
    author=st.none() | st.builds(Author, id=names, handle=names.filter(lambda n: n[0] != "@")),
    created_at=st.none() | times,
    edited_at=st.none() | times,
    in_reply_to=refs,
    quote_of=refs,
    links=st.lists(names, max_size=2).map(tuple),
    counts=st.dictionaries(names, st.integers(0, 2**53), max_size=2),
)


def decoded(**fields: Any) -> Post:
    return decode_post({"id": "1", "text": "late", **fields})


def test_full_post_round_trips() -> None:
    assert decode_post(encode_post(FULL)) == FULL


@given(posts)
def test_any_post_round_trips(post: Post) -> None:
    line = encode_post(post)
    assert b"\n" not in line
    assert decode_post(line) == decode_post(json.loads(line)) == post


def test_only_id_and_text_are_required() -> None:
    assert decode_post(b'{"id": "1", "text": ""}') == Post(id="1", text="")
    assert encode_post(Post(id="1", text="")) == b'{"id":"1","text":""}'


def test_null_means_absent() -> None:
    names = {field.name for field in msgspec.structs.fields(Post)} - {"id", "text"}
    assert decoded(**dict.fromkeys(names)) == Post(id="1", text="late")


@pytest.mark.parametrize("field", ["in_reply_to", "repost_of", "quote_of"])
@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (None, None),
        ("", None),
        ("7", Ref(id="7")),
        (7, Ref(id="7")),
        ({"id": "7"}, Ref(id="7")),
        ({"id": 7, "author": None, "text": None}, Ref(id="7")),
        ({"id": "7", "author": {"handle": "@a"}}, Ref(id="7", author=Author(handle="a"))),
        ({"id": "7", "author": "a", "text": "x"}, Ref(id="7", author=Author(handle="a"), text="x")),
    ],
)
def test_post_referred_to_is_null_or_an_id_or_an_object(
    field: str, given: object, expected: Ref | None
) -> None:
    assert getattr(decoded(**{field: given}), field) == expected


def test_whole_numbers_are_read_as_ids() -> None:
    line = b'{"id": 1786543210987654321, "text": "x", "conversation": 9, "author": {"id": 5}}'
    assert decode_post(line) == Post(
        id="1786543210987654321", text="x", conversation="9", author=Author(id="5")
    )


@pytest.mark.parametrize(
    "written",
    ["2026-01-31T09:30:00Z", "2026-01-31T11:30:00+02:00", "2026-01-31t04:00:00.000-05:30"],
)
def test_times_with_any_offset_become_utc(written: str) -> None:
    time = decoded(created_at=written).created_at
    assert time == AT
    assert time.tzinfo is UTC


def test_times_may_come_as_values() -> None:
    here = AT.astimezone(timezone(timedelta(hours=9)))
    assert decoded(created_at=here) == decoded(created_at="2026-01-31T09:30:00Z")


def test_unknown_fields_are_ignored() -> None:
    assert decoded(mood="bad", author={"handle": "a", "verified": True}) == decoded(author="@a")


def test_whole_counts_may_be_written_as_decimals() -> None:
    post = decoded(counts={"likes": 3.0, "views": None}, author={"followers": 2.0})
    assert (post.counts, post.author) == ({"likes": 3}, Author(followers=2))


def test_characters_that_databases_refuse_are_replaced() -> None:
    post = decoded(text="a\0b\ud800", author={"name": "n\0"})
    assert (post.text, post.author) == ("a\ufffdb\ufffd", Author(name="n\ufffd"))


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"id": None}, "required field `id`"),
    ({"text": None}, "required field `text`"),
    ({"id": ""}, "^id: it is empty"),
    ({"id": 1.5}, "^id: 1.5 is no id"),
    ({"id": True}, "^id: True is no id"),
    ({"text": 5}, "^text: Expected `str`, got `int`"),
    ({"created_at": "2026-01-31T09:30:00"}, "^created_at: .* has no time zone; add Z"),
    ({"edited_at": "yesterday"}, "^edited_at: 'yesterday' is no time"),
    ({"created_at": 1700000000}, "^created_at: '1700000000' is no time"),
    ({"created_at": "0001-01-01T00:00:00+10:00"}, "^created_at: .* is no time"),
    ({"author": 5}, "^author: Expected"),
    ({"author": {"name": 5}}, r"^author\.name: Expected"),
    ({"author": {"id": 1.5}}, r"^author\.id: 1.5 is no id"),
    ({"in_reply_to": {"text": "x"}}, "^in_reply_to: .*required field `id`"),
    ({"quote_of": ["7"]}, "^quote_of: write null, an id or an object"),
    ({"visibility": "secret"}, "^visibility: Invalid enum value 'secret'"),
    ({"links": "https://a.example"}, "^links: Expected `array`"),
    ({"links": [5]}, r"^links\[0\]: Expected `str`"),
    ({"media": [{"url": "x"}]}, r"^media\[0\]: .*required field `kind`"),
    ({"counts": {"likes": 1.5}}, r"^counts\[...\]: Expected `int`"),
]


@pytest.mark.parametrize(("fields", "said"), WRONG)
def test_wrong_field_is_named(fields: dict[str, Any], said: str) -> None:
    with pytest.raises(BadInput, match=said):
        decoded(**fields)


@pytest.mark.parametrize(
    "line", [b"", b"{", b"nope", b"\xff\xfe{", b"[" * 100_000, b'{"id": "1", "text": "\\ud800"}']
)
def test_line_that_is_no_json_is_told(line: bytes) -> None:
    with pytest.raises(BadInput, match="no JSON"):
        decode_post(line)


@pytest.mark.parametrize("line", [b"[]", b"null", b'"text"', b"5"])
def test_line_that_is_no_object_is_told(line: bytes) -> None:
    with pytest.raises(BadInput, match="no object"):
        decode_post(line)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)
fields_of_a_post = st.sampled_from([field.name for field in msgspec.structs.fields(Post)])


@given(st.dictionaries(fields_of_a_post, json_values))
def test_whatever_comes_is_a_post_or_bad_input(fields: dict[str, Any]) -> None:
    try:
        post = decode_post(fields)
    except BadInput:
        return
    assert decode_post(encode_post(post)) == post


def test_committed_schema_is_the_one_in_force() -> None:
    assert json.loads((FOLDER / "post.schema.json").read_text()) == post_schema()


def test_schema_and_its_page_name_every_field() -> None:
    fields = [field.name for field in msgspec.structs.fields(Post)]
    schema = post_schema()
    assert set(schema["properties"]) == set(fields)
    structs: list[tuple[str, type[msgspec.Struct]]] = [("author", Author), ("media", Media)]
    for name, struct in structs:
        wanted = {field.name for field in msgspec.structs.fields(struct)}
        assert set(schema["$defs"][name]["properties"]) == wanted
    page = (FOLDER / "README.md").read_text()
    assert [name for name in fields if f"| `{name}` |" not in page] == []
