"""Broken files: everything readable is read, the rest is a dead letter with its line and reason."""

import gzip
import json
import tracemalloc
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from amends.listening.history import Line, open_history
from amends.listening.history.look import SCHEMAS
from amends.terms import BadInput, DeadLetter, Post


def line_of(number: int) -> bytes:
    return json.dumps({"id": str(number), "text": f"Late, {number}"}).encode() + b"\n"


def read(tmp_path: Path, data: bytes, **options: Any) -> list[Line]:
    path = tmp_path / "posts.jsonl"
    path.write_bytes(data)
    return list(open_history(path, **options).lines())


def read_measured(path: Path) -> tuple[list[Line], int]:
    """The lines, and the most memory in bytes that reading them took."""
    tracemalloc.start()
    try:
        return list(open_history(path).lines()), tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def told(lines: list[Line]) -> list[tuple[int, str]]:
    """Each line's number with its post's id, or the reason why there is none."""
    return [
        (line.number, line.post.id if line.post else line.dead.reason if line.dead else "?")
        for line in lines
    ]


def test_a_broken_line_is_dead_with_its_number_and_the_rest_is_read(tmp_path: Path) -> None:
    lines = read(tmp_path, b'{"id": "0", "te\n' + line_of(2) + b"[]\n7\n\n" + line_of(6))
    assert [number for number, _ in told(lines)] == [1, 2, 3, 4, 6]
    assert [line.post.id for line in lines if line.post] == ["2", "6"]
    assert lines[0].dead
    assert lines[0].dead.raw == '{"id": "0", "te'
    assert (lines[0].dead.source, lines[0].dead.line) == ("posts.jsonl", 1)


def test_a_line_of_50_mb_is_dead_without_being_held(tmp_path: Path) -> None:
    path = tmp_path / "posts.jsonl"
    with path.open("wb") as file:
        file.write(line_of(1) + b'{"id": "2", "text": "')
        for _ in range(50):
            file.write(b"x" * 1_000_000)
        file.write(b'"}\n' + line_of(3))
    lines, peak = read_measured(path)
    assert told(lines) == [
        (1, "1"),
        (2, "The line is longer than 4 MB (50,000,023 bytes)."),
        (3, "3"),
    ]
    assert peak < 12_000_000
    assert lines[1].dead
    assert len(lines[1].dead.raw) == 2_000


@pytest.mark.parametrize("pack", [partial(gzip.compress, compresslevel=1), zstandard.compress])
def test_a_long_line_packed_small_is_not_held_either(tmp_path: Path, pack: Any) -> None:
    long = b'{"id": "2", "text": "' + b"x" * 13_000_000 + b'"}\n'
    path = tmp_path / "posts.jsonl"
    path.write_bytes(pack(long + line_of(3)))
    lines, peak = read_measured(path)
    assert [bool(line.dead) for line in lines] == [True, False]
    assert peak < 12_000_000 < len(long)


def test_bytes_that_are_no_utf8_are_dead_with_their_place(tmp_path: Path) -> None:
    latin = '{"id": "2", "text": "Café"}\n'.encode("latin-1")
    assert told(read(tmp_path, line_of(1) + latin + line_of(3))) == [
        (1, "1"),
        (
            2,
            "The line is not UTF-8: byte 55 of the text is 0xe9. Save the file as UTF-8.",
        ),
        (3, "3"),
    ]


def test_nul_characters_never_reach_a_post(tmp_path: Path) -> None:
    escaped = b'{"id": "1", "text": "a\\u0000b"}\n'
    lines = read(tmp_path, escaped + b'{"id": "2", "text": "a\x00b"}\n')
    assert lines[0].post == Post(id="1", text="a\ufffdb")
    assert lines[1].dead
    assert "\x00" not in lines[1].dead.raw


@pytest.mark.parametrize(
    ("pack", "reason"),
    [
        (gzip.compress, "The file ends in the middle: its gzip data is cut off."),
        (zstandard.compress, "The file ends in the middle: its zstd data is cut off."),
    ],
)
def test_a_packed_file_cut_off_is_read_to_where_it_ends(
    tmp_path: Path, pack: Any, reason: str
) -> None:
    import random

    rng = random.Random(7)
    rows = [
        json.dumps({"id": str(n), "text": f"{rng.getrandbits(1600):0400x}"}).encode() + b"\n"
        for n in range(2_000)
    ]
    packed = pack(b"".join(rows))
    lines = read(tmp_path, packed[: len(packed) * 3 // 4])
    assert 1_000 < len(lines) < 2_000
    assert [line.post.id for line in lines[:-1] if line.post] == [
        str(n) for n in range(len(lines) - 1)
    ]
    assert told(lines)[-1] == (len(lines), reason)


def test_damage_in_a_packed_file_is_one_dead_letter(tmp_path: Path) -> None:
    packed = bytearray(gzip.compress(b"".join(map(line_of, range(1, 5_000)))))
    packed[len(packed) // 2] ^= 0xFF
    lines = read(tmp_path, bytes(packed))
    assert told(lines)[-1][1] == "The file is damaged: its gzip data cannot be read on."
    assert sum(line.dead is not None for line in lines) >= 1


def test_what_follows_the_packed_data_is_a_dead_letter(tmp_path: Path) -> None:
    lines = read(tmp_path, gzip.compress(line_of(1), mtime=0) + b"something else")
    assert told(lines) == [
        (1, "1"),
        (2, "The file is damaged: its gzip data cannot be read on."),
    ]


def test_a_quote_that_never_closes_costs_one_line(tmp_path: Path) -> None:
    data = b'id,text\n1,"a\nb"\n2,"never closed\n3,c\n4,the 5" screen\n5,"d ""e"""\n'
    lines = read(tmp_path, data)
    assert told(lines) == [
        (2, "1"),
        (4, "A quote is opened on this line and never closed."),
        (5, "3"),
        (6, "4"),
        (7, "5"),
    ]
    assert [line.post.text for line in lines if line.post] == [
        "a\nb",
        "c",
        'the 5" screen',
        'd "e"',
    ]


def test_rows_of_the_wrong_length_and_without_text_are_dead(tmp_path: Path) -> None:
    lines = read(tmp_path, b"id,text\n1\n2,a,b\n3,c\n,d\n")
    assert told(lines)[:3] == [
        (2, "The record has 1 columns where the header names 2."),
        (3, "The record has 3 columns where the header names 2."),
        (4, "3"),
    ]
    assert lines[3].dead


def test_a_field_longer_than_the_library_allows_is_read(tmp_path: Path) -> None:
    lines = read(tmp_path, b"id,text\n1," + b"x" * 300_000 + b"\n")
    assert [len(line.post.text) for line in lines if line.post] == [300_000]


def test_json_lines_are_told_from_a_table_though_the_first_is_broken(tmp_path: Path) -> None:
    assert [number for number, _ in told(read(tmp_path, b"oops, no\n" + line_of(2)))] == [1, 2]


def test_an_id_too_long_for_a_store_is_dead(tmp_path: Path) -> None:
    data = json.dumps({"id": "9" * 513, "text": "x"}).encode() + b"\n" + line_of(2)
    assert told(read(tmp_path, data)) == [
        (1, "The post's id is longer than 512 characters."),
        (2, "2"),
    ]


def test_json_nested_without_end_is_dead(tmp_path: Path) -> None:
    data = line_of(1) + b'{"id":' * 100_000 + b"\n" + line_of(3)
    assert [bool(line.dead) for line in read(tmp_path, data)] == [False, True, False]


def every_place(lines: list[Line]) -> Iterator[tuple[int, int | None, list[Line]]]:
    """Each (start, part) where a reading can be taken up, with what must come then."""
    yield 0, None, lines
    for index, line in enumerate(lines):
        yield line.number, line.part, lines[index + 1 :]
        if line.last:
            yield line.number, None, lines[index + 1 :]


@pytest.mark.parametrize(
    "name",
    [
        "x/page.jsonl",
        "jetstream/v1.jsonl",
        "mastodon/statuses.jsonl",
        "history/twcs.csv",
        "history/posts.csv",
        "history/airlines.jsonl",
    ],
)
def test_reading_is_taken_up_exactly_where_it_was_left(name: str) -> None:
    history = open_history(Path(__file__).parents[2] / "payloads" / name)
    lines = list(history.lines())
    for start, part, rest in every_place(lines):
        assert list(history.lines(start, part)) == rest, (start, part)


KEYS = st.sampled_from(
    [
        "id",
        "text",
        "author_id",
        "data",
        "includes",
        "users",
        "tweets",
        "errors",
        "meta",
        "created_at",
        "referenced_tweets",
        "type",
        "entities",
        "urls",
        "expanded_url",
        "public_metrics",
        "like_count",
        "event_type",
        "payload",
        "did",
        "kind",
        "commit",
        "record",
        "operation",
        "rkey",
        "collection",
        "time_us",
        "time",
        "reply",
        "root",
        "parent",
        "uri",
        "embed",
        "images",
        "langs",
        "facets",
        "$type",
        "content",
        "account",
        "acct",
        "visibility",
        "reblog",
        "quote",
        "mentions",
        "event",
        "stream",
        "turns",
        "role",
        "tweet_id",
        "in_response_to_tweet_id",
        "response_tweet_id",
        "intent",
        "note_tweet",
        "attachments",
        "media_keys",
        "media",
    ]
)
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=12)
    | st.sampled_from(["create", "update", "commit", "app.bsky.feed.post", "customer", "1"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=6),
    max_leaves=25,
)


@given(value=st.dictionaries(KEYS, JSON, max_size=8))
def test_translators_raise_nothing_but_bad_input(value: Any) -> None:
    for name, schema in SCHEMAS.items():
        schema.looks_like(value)
        try:
            for found in schema.translate(value, 1):
                told = [found.post, found.deleted, found.skipped, found.dead]
                assert told.count(None) == 3, name
        except BadInput:
            pass


@given(data=st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, data: bytes
) -> None:
    path = tmp_path_factory.getbasetemp() / "any"
    for head in (b"", b'{"id": "1", "text": "x"}\n', b"id,text\n", b'id,text\n1,"'):
        path.write_bytes(head + data)
        try:
            for line in open_history(path).lines():
                assert isinstance(line.dead, DeadLetter) or line.post or line.skipped
        except BadInput:
            pass
