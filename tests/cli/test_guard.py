"""``amends guard``."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from amends.cli import cli
from amends.guard import CODES
from amends.terms import BadInput


def run(*arguments: str, lines: str | bytes = "") -> Result:
    return CliRunner().invoke(cli, ["guard", *arguments], input=lines)


def test_one_object_a_line_is_answered_in_order() -> None:
    lines = [
        {"reply": "Our lawyers are reading your posts.", "mode": "public"},
        {"reply": "What's the issue?", "post": {"text": "I HATE @acme!!!"}, "history": None},
        {"reply": "I'm sorry.", "recipient": "@Mia", "complainant": "mia", "mode": "private"},
    ]
    done = run("--json", lines="\n".join(map(json.dumps, lines)) + "\n\n")
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert [answer["verdict"] for answer in answers] == ["stop", "pass", "pass"]
    assert set(answers[0]["findings"][0]) == {"code", "level", "span", "reason", "suggestion"}


def test_line_that_cannot_be_read_is_answered_in_its_place() -> None:
    done = run("--json", lines=b'nonsense\n[]\n{"post": "x"}\n\xff\xfe\n{"reply": "I\'m on it."}\n')
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert ["error" in answer for answer in answers] == [True, True, True, True, False]


def test_reply_on_the_command_line() -> None:
    done = run("Calm down.", "--private")
    assert (done.exit_code, done.stdout.splitlines()[0]) == (3, "stop")
    assert "belittling: This belittles the customer" in done.stdout


def test_history_and_policy_from_files(tmp_path: Path) -> None:
    sent = "I'm asking the depot where the parcel is and will write to you tonight."
    (tmp_path / "sent.jsonl").write_text(json.dumps({"text": f"{sent} ^Dan"}) + "\nplain\n")
    (tmp_path / "policy.json").write_text('{"near_copy": "ask"}')
    done = run(
        f"{sent} ^Jo", "--history", f"{tmp_path}/sent.jsonl", "--policy", f"{tmp_path}/policy.json"
    )
    assert (done.exit_code, done.stdout.splitlines()[0]) == (0, "ask")


def test_policy_that_is_none_is_refused(tmp_path: Path) -> None:
    (tmp_path / "policy.json").write_text("[")
    done = run("Hello.", "--policy", f"{tmp_path}/policy.json")
    assert isinstance(done.exception, BadInput)


def test_thread_tells_whether_this_is_the_first_turn() -> None:
    reply = {"reply": "Gates close early.", "post": "late again, worst airline"}
    threads = [None, [], [{"text": "hi", "ours": False}], [{"text": "hi", "ours": True}], ["hi"]]
    lines = "\n".join(json.dumps({**reply, "thread": thread}) for thread in threads)
    answers = [json.loads(line) for line in run("--json", lines=lines).stdout.splitlines()]
    assert [one["verdict"] for one in answers] == ["ask", "ask", "ask", "pass", "pass"]


def test_bench_prints_what_a_check_costs() -> None:
    options = ["--checks", "50", "--history", "200", "--json"]
    done = CliRunner().invoke(cli, ["bench", "guard", *options])
    assert json.loads(done.stdout)["history"] > 100
    assert "nothing raised" in CliRunner().invoke(cli, ["bench", "guard", "--fuzz", "5"]).stdout


@pytest.mark.parametrize("code", sorted(CODES))
def test_every_finding_is_documented(code: str) -> None:
    page = (Path(__file__).parents[2] / "docs" / "guard.md").read_text("utf-8")
    assert f"| `{code}` | {CODES[code].level} | {CODES[code].row} |" in page
