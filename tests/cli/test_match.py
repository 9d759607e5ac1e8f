"""``amends match --json``: a line asked, a line answered (R01)."""

import io
import json
import subprocess
from pathlib import Path

import pytest

from amends.cli.match import LONGEST, answering, batches
from tests.support.commands import started
from tests.support.desk import environment

COMMAND = ("match", "--json")
POST = {"id": "1", "text": "Acme's late again", "author": {"handle": "ben"}}

ANSWERS: list[tuple[object, object]] = [
    ({"query": "acme -refund", "post": POST}, {"match": True, "why": ["acme"]}),
    ({"query": "from:ben late", "post": POST}, {"match": True, "why": ["late", "from:ben"]}),
    ({"query": "refund", "post": POST}, {"match": False, "why": []}),
    ({"query": "is:reply acme", "post": POST | {"in_reply_to": 12}}, {"match": True, "why": ["acme", "is:reply"]}),
    ({"query": "acme", "post": {"text": "acme"}}, {"match": True, "why": ["acme"]}),
    ({"query": "from:ben", "post": {"author": "@Ben", "text": None}}, {"match": True, "why": ["from:ben"]}),
]  # fmt: skip
RUBBISH: list[tuple[bytes, str]] = [
    (b"", "This line is empty"),
    (b"rubbish", "This is no JSON"),
    (b"\xff\xfe", "This is no JSON"),
    (b"[" * 100_000, "This is no JSON"),
    (b"[1]", "no object"),
    (b'{"post": {}}', "query: it is missing"),
    (b'{"query": 3, "post": {}}', "query: it is no such thing"),
    (b'{"query": "acme"}', "post: it is missing"),
    (b'{"query": "acme", "post": "acme"}', "post: it is no such thing"),
    (b'{"query": "acme", "post": {"text": 3}}', "text: Expected `str`"),
    (b'{"query": "acme", "post": {"links": "x"}}', "links: Expected `array`"),
]


@pytest.mark.parametrize(("asked", "answered"), ANSWERS)
def test_line_is_answered(asked: object, answered: object) -> None:
    assert json.loads(answering()(json.dumps(asked).encode())) == answered


def test_query_in_error_is_told_with_its_place() -> None:
    answer = json.loads(answering()(b'{"query": "\xf0\x9f\x98\xa1 OR", "post": {"text": "x"}}'))
    assert answer == {
        "error": {
            "message": "OR needs a term after it; write one or take the OR away",
            "position": 2,
        }
    }


@pytest.mark.parametrize(("line", "said"), RUBBISH)
def test_rubbish_is_answered_with_an_error(line: bytes, said: str) -> None:
    answer = json.loads(answering()(line))
    assert list(answer) == ["error"]
    assert answer["error"]["position"] is None
    assert said in answer["error"]["message"]


def test_lone_surrogates_are_read_and_never_written() -> None:
    line = rb'{"query": "a\ud800 OR x", "post": {"text": "A \ud800"}}'
    assert json.loads(answering()(line)) == {"match": True, "why": ["a\ufffd"]}


def test_lines_come_as_they_are_ready(tmp_path: Path) -> None:
    pipe, env = subprocess.PIPE, environment(tmp_path)
    with started(COMMAND, env, stdin=pipe, stdout=pipe) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(b'{"query": "acme", "post": {"text": "Acme"}}\n')
        process.stdin.flush()
        assert json.loads(process.stdout.readline()) == {"match": True, "why": ["acme"]}
        process.stdin.write(b"last line without an end")
        process.stdin.close()
        assert list(json.loads(process.stdout.read())) == ["error"]
    assert process.returncode == 0


def test_a_line_without_end_takes_bounded_memory() -> None:
    lines = [
        line for batch in batches(io.BytesIO(b"x" * (LONGEST * 2) + b"\nlast\n")) for line in batch
    ]
    assert lines == [b"", b"last"]
