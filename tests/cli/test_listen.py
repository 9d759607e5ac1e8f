"""``amends listen``: watches on any stream from the shell."""

import asyncio
import io
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from amends.cli.listen import listen
from amends.cli.listening import Listening, Options
from tests.support.commands import amends

PAYLOADS = Path(__file__).parents[1] / "payloads"


def post(native_id: int, text: str) -> str:
    return json.dumps({"id": str(native_id), "text": text}) + "\n"


@pytest.fixture
def watches(tmp_path: Path) -> Path:
    path = tmp_path / "watches.txt"
    path.write_text("brand: acme\n")
    return path


def listening(out: io.BytesIO, *sources: Path, **options: Any) -> Listening:
    made = Listening.begin(Options(sources=tuple(map(str, sources)), **options))
    made.out = out
    return made


def heard(out: io.BytesIO) -> list[str]:
    return [json.loads(line)["post"]["id"] for line in out.getvalue().splitlines()]


async def until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(20):
        while not condition():  # noqa: ASYNC110 (files and signals wake no event)
            await asyncio.sleep(0.005)


def test_files_and_standard_input_of_several_kinds_come_out_as_mentions(
    tmp_path: Path, watches: Path
) -> None:
    """R07: one command for the frames of every network, with what matched and how it reads."""
    watches.write_text("brand: parcel\nodd: nothinghasthis\n")
    file, piped = PAYLOADS / "jetstream/v1.jsonl", (PAYLOADS / "x/page.jsonl").read_text()
    asked = ("listen", file, "-", "--watches", watches, "--reading", "--json")
    done = amends(*asked, home=tmp_path / "var", said=piped)
    found = [json.loads(line) for line in done.stdout.splitlines()]
    assert [one["watches"] for one in found] == [{"brand": ["parcel"]}] * 4
    assert {one["post"]["network"] for one in found} == {"bluesky", "x"}
    assert all(0 <= one["complaint"] <= 1 for one in found)
    said = json.loads(done.stderr)
    assert (said.pop("seconds") >= 0, said.pop("bytes") > 0, done.returncode) == (True, True, 0)
    assert said == {
        "lines": 10,
        "posts": 6,
        "mentions": 4,
        "deleted": 1,
        "dead": 0,
        "dropped": {"no_watch": 2, "not_a_post": 4},
    }


def test_wrong_watches_are_all_told_before_anything_starts(watches: Path) -> None:
    watches.write_text("a: OR\nb\n")
    done = CliRunner().invoke(listen, ["-", "--watches", str(watches)])
    assert (done.exit_code, done.stdout) == (2, "")
    assert [line.removeprefix(f"{watches}:")[:4] for line in done.stderr.splitlines()] == [
        "1:4:",
        "2: I",
    ]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["none.jsonl"], "There is no file none.jsonl."),
        (["-", "--kind", "fax"], "There is no kind of frame 'fax'"),
        (["-", "-"], "- is given twice"),
        (["-", "--cursor", "{watches}"], "is no file of cursors"),
        (["-", "--token", "none"], "The token in none cannot be read"),
        (["-", "--dead", "none/there"], "cannot be written"),
    ],
)
def test_what_cannot_work_is_refused_in_one_sentence(
    arguments: list[str], said: str, watches: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = [one.replace("{watches}", str(watches)) for one in arguments]
    done = CliRunner().invoke(listen, [*given, "--watches", str(watches)])
    assert said in str(done.exception)


def test_reader_that_closes_ends_it_quietly(watches: Path, tmp_path: Path) -> None:
    """SIGPIPE: ``| head`` is no fault; the cursor stays before what was not written."""
    file, cursor = tmp_path / "posts.jsonl", tmp_path / "cursor"
    file.write_text("".join(post(n, "acme " * 50) for n in range(3_000)))
    line = f"{sys.executable} -m amends listen {file} --watches {watches} --cursor {cursor}"
    done = subprocess.run(
        f"{line} | head -n 1 | wc -l", check=False, shell=True, capture_output=True, text=True
    )
    assert (done.stdout.strip(), "Traceback" in done.stderr) == ("1", False)
    assert "Error" not in done.stderr


async def test_cut_off_anywhere_nothing_is_lost_and_nothing_twice(
    tmp_path: Path, watches: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R06: the cursor moves only once the output is out."""
    monkeypatch.setattr("amends.listening.lines.files.CHUNK", 1_000)
    file, cursor, out = tmp_path / "posts.jsonl", tmp_path / "cursor", io.BytesIO()
    file.write_text("".join(post(n, "acme" if n % 2 else "x") for n in range(9_000)))
    for turns in (3, 9, 20, 40, 100_000):
        run = listening(out, file, watches=watches, cursor=cursor)
        task = asyncio.create_task(run.run())
        for _ in range(turns):
            await asyncio.sleep(0)
            if task.done():
                break
        os.kill(os.getpid(), signal.SIGINT)
        await task
    assert heard(out) == [str(n) for n in range(9_000) if n % 2]


async def test_output_that_fails_leaves_the_cursor_where_it_was(
    tmp_path: Path, watches: Path
) -> None:
    class Full(io.BytesIO):
        def write(self, data: Any, /) -> int:
            raise BrokenPipeError

    file, cursor = tmp_path / "posts.jsonl", tmp_path / "cursor"
    file.write_text(post(1, "acme"))
    with pytest.raises(BrokenPipeError):
        await listening(Full(), file, watches=watches, cursor=cursor).run()
    out = io.BytesIO()
    await listening(out, file, watches=watches, cursor=cursor).run()
    assert heard(out) == ["1"]


async def test_line_torn_by_a_kill_spoils_no_other(tmp_path: Path, watches: Path) -> None:
    file, out = tmp_path / "posts.jsonl", tmp_path / "out"
    file.write_text(post(1, "acme"))
    out.write_text('{"watches":{"bra')
    for _ in range(2):
        with out.open("ab") as appended:
            run = Listening.begin(Options(sources=(str(file),), watches=watches))
            run.out = appended
            await run.run()
    torn, *whole = out.read_text().splitlines()
    assert torn == '{"watches":{"bra'
    assert [json.loads(line)["post"]["id"] for line in whole] == ["1", "1"]


async def test_watches_change_while_it_runs(
    tmp_path: Path, watches: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """R01: queries come and go without a stop; a wrong file leaves them as they were."""
    file, out = tmp_path / "posts.jsonl", io.BytesIO()
    file.write_text(post(1, "acme") + post(2, "zeta"))
    run = listening(out, file, watches=watches, follow=True)
    task = asyncio.create_task(run.run())
    await until(lambda: run.ear.tally.lines == 2)

    async def reread(text: str, said: str) -> None:
        watches.write_text(text)  # noqa: ASYNC240 (a few bytes)
        os.kill(os.getpid(), signal.SIGHUP)
        told = ""
        async with asyncio.timeout(20):
            while said not in told:
                await asyncio.sleep(0.005)
                told += capsys.readouterr().err

    await reread("brand: OR\n", "The watches stay as they were.")
    await reread("other: zeta\nmore: acme -zeta\n", "was read anew: 2 watches")
    with file.open("a") as more:
        more.write(post(3, "zeta acme") + post(4, "acme"))
    await until(lambda: run.ear.tally.lines == 4)
    os.kill(os.getpid(), signal.SIGTERM)
    await task
    found = [json.loads(line) for line in out.getvalue().splitlines()]
    assert [(one["post"]["id"], list(one["watches"])) for one in found] == [
        ("1", ["brand"]),
        ("3", ["other"]),
        ("4", ["more"]),
    ]


async def test_dead_letters_are_kept_with_their_lines(tmp_path: Path, watches: Path) -> None:
    file, dead = tmp_path / "posts.jsonl", tmp_path / "dead.jsonl"
    file.write_text(post(1, "acme") + "{broken\n" + post(2, "acme"))
    out = io.BytesIO()
    run = listening(out, file, watches=watches, dead=dead)
    await run.run()
    run.end()
    letters = [json.loads(line) for line in dead.read_text().splitlines()]
    assert heard(out) == ["1", "2"]
    assert [(one["source"], one["line"], one["raw"]) for one in letters] == [
        (str(file), 2, "{broken")
    ]


async def test_watch_that_is_too_broad_is_told(
    tmp_path: Path, watches: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """R01: a query too broad is told so, and matched all the same."""
    file, out = tmp_path / "posts.jsonl", io.BytesIO()
    file.write_text("".join(post(n, "my acme parcel" if n % 2 else "x") for n in range(2_000)))
    run = listening(out, file, watches=watches)
    await run.run()
    run.end()
    assert len(heard(out)) == 1_000
    assert "too broad, brand: Its rarest words stand in about " in capsys.readouterr().err


async def test_dead_letters_without_a_file_are_told(
    tmp_path: Path, watches: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "posts.jsonl"
    file.write_text(post(1, "acme") + "{broken\n" * 9)
    run = listening(io.BytesIO(), file, watches=watches)
    await run.run()
    run.end()
    said = capsys.readouterr().err.splitlines()
    assert [line.partition(": ")[0] for line in said[:5]] == [f"{file}:{n}" for n in range(2, 7)]
    assert said[4].endswith("(--dead FILE keeps them all)")
    assert said[5].startswith("10 lines, 1 posts, 1 mentions, 0 deleted, 9 dead, in ")
