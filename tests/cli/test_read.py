"""``amends read --json``: a post a line, a reading a line (R07)."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from amends.cli.read import answering, read

FIELDS = [
    "id", "complaint", "severity", "sentiment", "emotion", "arousal", "topics", "intents", "targets",
    "lang", "why",
]  # fmt: skip
ANSWER = answering(["Acme", "Zenith = zen air"])


def _answers(*lines: bytes) -> list[dict[str, object]]:
    return [json.loads(line) for line in ANSWER(lines)]


def test_post_is_answered_with_all_its_readings() -> None:
    post = {"id": "7", "text": "Acme saved me after Zenith ruined my day", "lang": "en-GB"}
    (answer,) = _answers(json.dumps(post).encode())
    assert list(answer) == FIELDS
    assert answer["id"] == "7"
    assert answer["targets"] == {"Acme": "positive", "Zenith": "negative"}
    assert answer["lang"] == "en"
    assert isinstance(answer["sentiment"], dict)
    assert sorted(answer["sentiment"]) == ["negative", "neutral", "positive"]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (b"", "This line is empty"),
        (b"rubbish", "This is no JSON"),
        (b"[1]", "no object"),
        (b'{"id": "1"}', "text"),
        (b'{"id": "1", "text": 3}', "text"),
        (b'{"text": "x", "watches": 3}', "watches: it is no such thing"),
    ],
)
def test_bad_line_is_answered_in_its_place_and_the_next_is_read(line: bytes, said: str) -> None:
    wrong, right = _answers(line, b'{"id": 2, "text": "thanks"}')
    assert list(wrong) == ["error"]
    assert said in json.dumps(wrong["error"])
    assert right["id"] == 2


def test_lone_surrogates_and_a_missing_id_are_read() -> None:
    answers = _answers(b'{"text": "\\ud800 my bag"}', b'{"id": null, "text": "x", "lang": null}')
    assert [one["id"] for one in answers] == [None, None]


def test_a_line_may_bring_watched_terms_of_its_own() -> None:
    (answer,) = _answers(b'{"text": "I love Kiwi Bank, hate zen air", "watches": ["Kiwi Bank"]}')
    assert answer["targets"] == {"Kiwi Bank": "positive", "Zenith": "negative"}


def test_command_reads_a_file_in_order(tmp_path: Path) -> None:
    posts = tmp_path / "posts.jsonl"
    texts = (
        "hello" if n % 20 == 0 else "the shop opens at nine" for n in range(520)
    )  # not sure, sure
    lines = [json.dumps({"id": n, "text": text}) for n, text in enumerate(texts)]
    posts.write_text("\n".join(lines), "utf-8")
    terms = tmp_path / "terms.txt"
    terms.write_text("# ours\nAcme = acmehelp\n", "utf-8")
    ran = CliRunner().invoke(read, ["--json", str(posts), "--watches", str(terms)])
    assert [json.loads(line)["id"] for line in ran.output.splitlines()] == list(range(520))


def test_command_wants_json() -> None:
    ran = CliRunner().invoke(read, [])
    assert (ran.exit_code, "amends read --json" in ran.output) == (2, True)
