"""Frames of X, Jetstream and Mastodon: both depths of reading say the same."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amends.listening.frames import Gone
from amends.listening.frames.kind import FrameKind
from amends.listening.frames.registry import KINDS, detect, frame_kind
from amends.listening.frames.x import unfold
from amends.listening.steps import text_with_quote
from amends.terms import BadInput, Post

PAYLOADS = Path(__file__).parents[2] / "payloads"
FOREIGN = ("x", "jetstream", "mastodon")
SAMPLES = [
    (name, line)
    for name in FOREIGN
    for path in sorted((PAYLOADS / name).glob("*.jsonl"))
    for line in path.read_bytes().splitlines()
    if line.strip()
]


def agree(kind: FrameKind, line: bytes) -> None:
    """Reading whole raises nothing but ``BadInput``, and what it finds has the text told before."""
    (text,) = kind.texts([line])
    try:
        found = kind.read(line)
    except BadInput:
        return
    assert text == (text_with_quote(found) if isinstance(found, Post) else None)


@pytest.mark.parametrize(("name", "line"), SAMPLES)
def test_both_depths_agree_on_every_payload(name: str, line: bytes) -> None:
    for one in unfold(line):
        agree(frame_kind(name), one)


@pytest.mark.parametrize(("name", "line"), SAMPLES)
def test_lines_are_recognised(name: str, line: bytes) -> None:
    found = detect(line)
    if found is None:  # says nothing: a kind of event that no client knows
        assert frame_kind(name).read(line) is None
    else:
        assert found.name == name


@pytest.mark.parametrize("name", FOREIGN)
@given(line=st.binary(max_size=80))
def test_any_bytes_in_only_bad_input_out(name: str, line: bytes) -> None:
    agree(frame_kind(name), line)
    detect(line)
    assert unfold(line) == [line]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=5,
)


def mutated(value: Any, path: list[int], with_: Any) -> Any:
    """A copy with one value of it, found by ``path``, replaced; None removes it."""
    if not path or not isinstance(value, dict | list) or not value:
        return with_
    keys = list(value) if isinstance(value, dict) else list(range(len(value)))
    chosen = keys[path[0] % len(keys)]
    changed = value.copy()
    changed[chosen] = mutated(value[chosen], path[1:], with_)
    return changed


@given(
    sample=st.sampled_from(SAMPLES),
    path=st.lists(st.integers(0, 40), min_size=1, max_size=6),
    with_=JSON,
)
def test_odd_values_anywhere_give_bad_input_or_the_same_text(
    sample: tuple[str, bytes], path: list[int], with_: Any
) -> None:
    name, line = sample
    value = json.loads(line)
    if isinstance(value.get("payload"), str) and value["payload"].startswith("{") and path[0] % 2:
        value["payload"] = json.dumps(mutated(json.loads(value["payload"]), path[1:], with_))
    else:
        value = mutated(value, path, with_)
    for one in unfold(json.dumps(value).encode()):
        agree(frame_kind(name), one)


@given(sample=st.sampled_from(SAMPLES), cut=st.integers(0, 3000), byte=st.integers(0, 255))
def test_broken_bytes_give_bad_input_or_the_same_text(
    sample: tuple[str, bytes], cut: int, byte: int
) -> None:
    name, line = sample
    agree(frame_kind(name), line[:cut])
    agree(frame_kind(name), line[:cut] + bytes([byte]) + line[cut + 1 :])


@pytest.mark.parametrize("name", FOREIGN)
def test_deep_and_deadly_lines_are_bad_input(name: str) -> None:
    kind = frame_kind(name)
    assert kind.texts([b"[" * 5_000, b'{"data":' * 5_000]) == [None, None]
    with pytest.raises(BadInput, match="nested too deeply"):
        kind.read(b'{"data":' * 5_000)


def test_nul_and_lone_surrogates_become_the_replacement_character() -> None:
    line = rb'{"data":{"id":"1","text":"a\u0000b","author_id":"2"}}'
    assert KINDS["x"].texts([line]) == ["a\ufffdb"]
    found = KINDS["x"].read(line)
    assert isinstance(found, Post)
    assert found.text == "a\ufffdb"


def test_pages_of_x_unfold_into_a_line_for_each_post() -> None:
    page = (PAYLOADS / "x" / "page.jsonl").read_bytes().splitlines()[0]
    found = [KINDS["x"].read(line) for line in unfold(page)]
    assert [one.id for one in found if isinstance(one, Post)] == ["1990200", "1990100"]
    assert found[0] is not None
    assert isinstance(found[0], Post)
    assert found[0].in_reply_to is not None
    assert found[0].in_reply_to.text == "@AcmeCare parcel 4711 & nobody answers https://t.co/abc"


def test_page_is_told_wherever_its_data_stands() -> None:
    posts = [{"id": str(n), "text": "late", "author_id": "1"} for n in range(3)]
    page = {"meta": {"result_count": 3}, "includes": {}, "data": posts}
    assert len(unfold(json.dumps(page).encode())) == 3
    with pytest.raises(BadInput, match="several posts; write one a line"):
        KINDS["x"].read(json.dumps(page).encode())


def test_new_names_of_x_are_read_as_the_old_ones() -> None:
    """R07: X renames tweet to post; clients must read both."""
    old = {
        "data": {
            "id": "2",
            "text": "Look …",
            "note_tweet": {"text": "Look at this"},
            "referenced_tweets": [{"type": "quoted", "id": "1"}],
        },
        "includes": {"tweets": [{"id": "1", "text": "late &amp; lost"}]},
    }
    line = json.dumps(old).encode()
    new = line.replace(b"_tweet", b"_post").replace(b'"tweets"', b'"posts"')
    assert KINDS["x"].texts([line, new]) == ["Look at this\nlate & lost"] * 2
    assert KINDS["x"].read(line) == KINDS["x"].read(new)


def test_quote_in_a_record_is_its_address_alone() -> None:
    """What an author's record says of another's words is no witness of them."""
    quoted = {
        "uri": "at://did:plc:acme/app.bsky.feed.post/1",
        "value": {"text": "We hate you"},
        "author": {"handle": "acme.example"},
    }
    record = {"text": "see", "embed": {"$type": "app.bsky.embed.record", "record": quoted}}
    commit = {"operation": "create", "collection": "app.bsky.feed.post", "rkey": "a"}
    event = {"did": "did:plc:eve", "time_us": 1, "kind": "commit"}
    line = json.dumps({**event, "commit": {**commit, "record": record}}).encode()
    found = KINDS["jetstream"].read(line)
    assert isinstance(found, Post)
    assert found.quote_of is not None
    assert (found.quote_of.text, found.quote_of.author.handle if found.quote_of.author else "") == (
        None,
        None,
    )
    agree(KINDS["jetstream"], line)


def test_whole_server_sent_events_are_frames() -> None:
    status = '{"id":"1","content":"<p>My parcel is late<br>still</p>","account":{"id":"7"}}'
    kind = KINDS["mastodon"]
    update = f"event: update\r\ndata: {status}".encode()
    delete = b"event: delete\ndata: 42"
    assert detect(update) is kind
    assert kind.texts([update, delete]) == ["My parcel is late\nstill", None]
    assert kind.read(delete) == Gone("mastodon", "42")
    found = kind.read(update)
    assert isinstance(found, Post)
    assert (found.id, found.text) == ("1", "My parcel is late\nstill")


def test_unknown_kind_is_refused_with_those_there_are() -> None:
    with pytest.raises(BadInput, match="there are"):
        frame_kind("fax")


def test_authors_say_who_they_are() -> None:
    """R01: ``bio:`` asks for it."""
    user = {"id": "2", "username": "ann", "description": "Pilot & poet"}
    tweet = {"data": {"id": "1", "text": "Hi", "author_id": "2"}, "includes": {"users": [user]}}
    account = {"id": "7", "acct": "ann", "note": "<p>Pilot &amp; poet</p>"}
    status = {"id": "1", "content": "<p>Hi</p>", "account": account}
    lines = {"x": json.dumps(tweet).encode(), "mastodon": json.dumps(status).encode()}
    found = [KINDS[name].read(line) for name, line in lines.items()]
    bios = [one.author.bio for one in found if isinstance(one, Post) and one.author]
    assert bios == ["Pilot & poet", "Pilot & poet"]
