"""Finding out what a file is, and saying so in a sentence where it is nothing we read."""

import gzip
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import zstandard

from amends.listening.history import Line, open_history
from amends.terms import Author, BadInput, Post, Ref

ROWS = [{"id": str(n), "text": f"Late again, {n}"} for n in range(5)]
JSONL = "".join(json.dumps(row) + "\n" for row in ROWS).encode()
POSTS = [Post(id=str(n), text=f"Late again, {n}") for n in range(5)]


def write(tmp_path: Path, data: bytes, name: str = "misleading.parquet") -> Path:
    path = tmp_path / name
    path.write_bytes(data)
    return path


def posts(lines: list[Line]) -> list[Post | None]:
    return [line.post for line in lines]


@pytest.mark.parametrize(
    "data",
    [
        JSONL,
        b"\xef\xbb\xbf" + JSONL,
        JSONL.replace(b"\n", b"\r\n\r\n"),
        gzip.compress(JSONL, mtime=0),
        gzip.compress(JSONL[:60], mtime=0) + gzip.compress(JSONL[60:], mtime=0),
        zstandard.compress(JSONL),
        zstandard.compress(JSONL[:60]) + zstandard.compress(JSONL[60:]),
        JSONL.decode().encode("utf-16"),
        gzip.compress(JSONL.decode().encode("utf-16"), mtime=0),
        json.dumps(ROWS).encode(),
        json.dumps(ROWS, indent=2).encode(),
        ("[\n" + ",\n".join(map(json.dumps, ROWS)) + "\n]").encode(),
        JSONL.rstrip(),
    ],
)
def test_packing_encoding_and_layout_are_found_by_looking(tmp_path: Path, data: bytes) -> None:
    history = open_history(write(tmp_path, data))
    lines = list(history.lines())
    assert (posts(lines), history.format) == (POSTS, "posts")
    assert (lines[-1].position, history.size) == (len(data), len(data))


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_tables_are_read_with_any_of_four_separators(tmp_path: Path, separator: str) -> None:
    text = f'id{separator}text\n1{separator}"a{separator}b; c, d"\n'
    history = open_history(write(tmp_path, b"\xef\xbb\xbf" + text.encode()))
    assert posts(list(history.lines())) == [Post(id="1", text=f"a{separator}b; c, d")]
    assert history.container == "csv"


def test_parquet_is_read_with_a_nested_author_and_with_flat_columns(tmp_path: Path) -> None:
    at = datetime(2026, 11, 20, 10, tzinfo=UTC)
    nested = {"id": "1", "text": "x", "author": {"handle": "alice", "followers": 3}}
    flat = {"id": 1, "text": "x", "author_handle": "alice", "author_followers": 3}
    for row in (nested, flat):
        path = tmp_path / "posts.csv"
        table = pa.Table.from_pylist([row | {"created_at": at, "links": ["https://a.example"]}])
        pq.write_table(table, path)
        history = open_history(path)
        assert (history.format, history.container) == ("posts", "parquet")
        assert [(line.number, line.position, line.post) for line in history.lines()] == [
            (
                1,
                history.size,
                Post(
                    id="1",
                    text="x",
                    author=Author(handle="alice", followers=3),
                    created_at=at,
                    links=("https://a.example",),
                ),
            )
        ]


def test_twcs_columns_are_known_in_parquet_with_real_types(tmp_path: Path) -> None:
    at = datetime(2017, 10, 31, 22, tzinfo=UTC)
    row = {"tweet_id": 7, "author_id": "AcmeHelp", "inbound": False, "created_at": at}
    rows = [row | {"text": "Sorry", "response_tweet_id": None, "in_response_to_tweet_id": 6.0}]
    pq.write_table(pa.Table.from_pylist(rows), tmp_path / "t")
    history = open_history(tmp_path / "t")
    [line] = history.lines()
    assert (history.format, line.post) == (
        "twcs",
        Post(
            id="7",
            text="Sorry",
            network="x",
            author=Author(id="AcmeHelp", handle="AcmeHelp"),
            created_at=at,
            in_reply_to=Ref(id="6"),
        ),
    )


def test_a_column_map_reads_anything_else(tmp_path: Path) -> None:
    data = b"uid;user;body;when;hearts\n7;@alice;Late;20 Nov 2026 10:00:00 +0000;3\n"
    columns = {
        "id": "uid",
        "text": "body",
        "author.handle": "user",
        "created_at": "when",
        "counts.likes": "hearts",
    }
    history = open_history(write(tmp_path, data), columns=columns)
    assert posts(list(history.lines())) == [
        Post(
            id="7",
            text="Late",
            author=Author(handle="alice"),
            created_at=datetime(2026, 11, 20, 10, tzinfo=UTC),
            counts={"likes": 3},
        )
    ]
    assert (history.format, history.notes) == ("columns", ())


def test_a_column_map_reaches_into_json_objects(tmp_path: Path) -> None:
    data = b'{"meta": {"uid": 7}, "body": "Late"}\n{"meta": {"uid": 8}}\n'
    history = open_history(write(tmp_path, data), columns={"text": "body", "id": "meta.uid"})
    assert posts(list(history.lines()))[0] == Post(id="7", text="Late")


def test_without_an_id_column_ids_are_made_from_the_row_and_said_so(tmp_path: Path) -> None:
    path = write(tmp_path, b"body,label\nLate,1\nLate,2\nLate,1\n")
    history = open_history(path, columns={"text": "body"})
    ids = [line.post.id for line in history.lines() if line.post]
    assert ids[0] == ids[2] != ids[1]
    assert ids[0].startswith("row-")
    assert history.notes == (
        "No column is mapped to id, so each post's id is made from a hash of its row.",
    )


@pytest.mark.parametrize(
    "when",
    [
        "2026-11-20 10:00",
        "1795168800",
        "1795168800000",
        "Fri Nov 20 10:00:00 +0000 2026",
        "2026-11-20T11:00:00+01:00",
    ],
)
def test_times_are_read_as_people_export_them(tmp_path: Path, when: str) -> None:
    path = write(tmp_path, f"id,text,t\n1,x,{when}\n".encode())
    history = open_history(path, columns={"id": "id", "text": "text", "created_at": "t"})
    [line] = history.lines()
    assert line.post
    assert line.post.created_at == datetime(2026, 11, 20, 10, tzinfo=UTC)


def test_a_cell_that_is_no_time_is_dead_and_names_its_column(tmp_path: Path) -> None:
    path = write(tmp_path, b"id,text,t\n1,x,yesterday\n")
    [line] = open_history(path, columns={"id": "id", "text": "text", "created_at": "t"}).lines()
    assert line.dead
    assert line.dead.reason == (
        "Column t: 'yesterday' is no time; write it like 2026-11-20T10:00:00Z."
    )


KNOWN = "posts, x, jetstream, mastodon, airlines, twcs, columns"


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "{} is empty."),
        (b" \n\n", "{} is empty."),
        (gzip.compress(b"", mtime=0), "{} is empty."),
        (b"\x89PNG\r\n\x1a\n....", "{} is a picture (PNG), not a file of posts."),
        (
            b"PK\x03\x04....",
            (
                "{} is a ZIP archive or a workbook such as XLSX; export a sheet as CSV, "
                "not a file of posts."
            ),
        ),
        (b"<!doctype html><p>", "{} is a web page or XML, not a file of posts."),
        (b"\x01\x00\x02\x00", "{} is not text, so it is not a file of posts."),
        (
            b"PAR1 and no more",
            (
                "{} begins as a Parquet file but cannot be read as one: it is damaged or ends in the "
                "middle. Parquet keeps its index at the end, so nothing of it can be read."
            ),
        ),
        (
            b'[{"id": "1", "text": "x"},\n{"id"',
            (
                "{} begins as a JSON document but is none: it is broken or ends in the middle. "
                "Write one object a line, so that what can be read is read."
            ),
        ),
        (
            b'{"uid": 1, "body": "x"}\n',
            (
                "What {} holds is not known: its first line holds an object with the keys uid, body. "
                f"Say what it is with --format ({KNOWN}), or where the fields are with "
                "--columns text=NAME,id=NAME."
            ),
        ),
        (
            b"uid,body\n1,x\n",
            (
                "What {} holds is not known: it is a table with the columns uid, body. "
                f"Say what it is with --format ({KNOWN}), or where the fields are with "
                "--columns text=NAME,id=NAME."
            ),
        ),
        (
            b"just some words\n",
            (
                "What {} holds is not known: its first line is 'just some words'. "
                f"Say what it is with --format ({KNOWN}), or where the fields are with "
                "--columns text=NAME,id=NAME."
            ),
        ),
    ],
)
def test_a_file_that_is_no_history_is_refused_in_a_sentence(
    tmp_path: Path, data: bytes, sentence: str
) -> None:
    path = write(tmp_path, data, "posts.jsonl")
    with pytest.raises(BadInput) as refused:
        open_history(path)
    assert str(refused.value) == sentence.format("posts.jsonl")


def test_folders_missing_files_and_wrong_options_are_refused_in_a_sentence(tmp_path: Path) -> None:
    path = write(tmp_path, b"uid,body\n1,x\n", "t.csv")
    refusals: list[tuple[dict[str, Any], str]] = [
        ({"path": tmp_path / "no"}, f"There is no file {tmp_path / 'no'}."),
        ({"path": tmp_path}, f"{tmp_path.name} is a folder; give a file."),
        ({"path": path, "format": "tweets"}, f"There is no format 'tweets'; give one of {KNOWN}."),
        (
            {"path": path, "format": "columns"},
            "Say where the fields are with --columns text=NAME,id=NAME.",
        ),
        (
            {"path": path, "columns": {"id": "uid"}},
            "Say which column holds the text: --columns text=NAME.",
        ),
        (
            {"path": path, "columns": {"text": "txet"}},
            "t.csv has no column 'txet'; its columns are uid, body.",
        ),
        (
            {"path": path, "columns": {"text": "body"}, "format": "x"},
            "Give --format or --columns, not both.",
        ),
    ]
    for arguments, sentence in refusals:
        with pytest.raises(BadInput) as refused:
            open_history(**arguments)
        assert str(refused.value) == sentence


def test_a_field_no_post_has_is_refused_with_those_it_has(tmp_path: Path) -> None:
    path = write(tmp_path, b"uid,body\n1,x\n", "t.csv")
    with pytest.raises(BadInput, match=r"^A post has no field 'body'; give one of id, text, "):
        open_history(path, columns={"body": "text"})
