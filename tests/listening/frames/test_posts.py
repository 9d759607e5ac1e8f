"""Our own post lines at two depths (R07)."""

import json
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amends.listening.frames.posts import PostFrames
from amends.listening.steps import text_with_quote
from amends.terms import BadInput, Post, decode_post

AUTHORS: st.SearchStrategy[object] = st.none() | st.sampled_from(["@ana", "ana"])
AUTHORS |= st.fixed_dictionaries({}, optional={"handle": st.sampled_from(["@ana", "ana", None])})
REFS: st.SearchStrategy[object] = st.none() | st.sampled_from([7, "", "p7", []])
REFS |= st.fixed_dictionaries(
    {"id": st.sampled_from(["p7", 7])},
    optional={"author": AUTHORS, "text": st.sampled_from(["said \u00e9\0", "", None])},
)
TIMES = st.sampled_from(
    ["2026-01-31T09:30:00Z", "2026-01-31T09:30:00+02:00", "2026-01-31T09:30:00", 5, None, "soon"]
)
LINES = st.fixed_dictionaries(
    {"id": st.sampled_from(["p1", 1, "", None, 1.5]), "text": st.text() | st.none()},
    optional={
        "author": AUTHORS,
        "created_at": TIMES,
        "edited_at": TIMES,
        "quote_of": REFS,
        "in_reply_to": REFS,
        "counts": st.sampled_from([None, {"likes": 3.0}, {"likes": None}, {"likes": 2}]),
        "links": st.sampled_from([None, ["https://a.example"], [None]]),
        "more": st.sampled_from([None, {"text": "else"}]),
    },
)


def said_by(line: bytes) -> Post | str:
    try:
        return decode_post(line)
    except BadInput as error:
        return str(error)


def read(line: bytes) -> object:
    try:
        return PostFrames().read(line)
    except BadInput as error:
        return str(error)


@given(LINES, st.booleans())
def test_line_reads_as_the_schema_has_it(value: Mapping[str, Any], escaped: bool) -> None:
    line = json.dumps(value, ensure_ascii=escaped).encode("utf-8", "surrogatepass")
    expected = said_by(line)
    assert read(line) == expected
    if isinstance(expected, Post):
        texts = PostFrames().texts([line])
        assert [text and text.replace("\0", "\ufffd") for text in texts] == [
            text_with_quote(expected)
        ]


def test_one_bad_line_costs_the_others_nothing() -> None:
    lines = [b'{"id": "1", "text": "a"}', b"{", b'{"id": 2, "text": "b"}']
    assert PostFrames().texts(lines) == ["a", None, "b"]


def test_id_too_long_to_be_kept_is_refused() -> None:
    with pytest.raises(BadInput, match="longer than 512"):
        PostFrames().read(json.dumps({"id": "1" * 600, "text": "a"}).encode())
