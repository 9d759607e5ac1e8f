"""The examples of ``docs/listening.md`` do what they show."""

import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from amends.cli import cli
from amends.cli.listen import listen
from amends.listening.frames.registry import KINDS

DOCS = (Path(__file__).parents[2] / "docs" / "listening.md").read_text(encoding="utf-8")
FILES = re.findall(r"^```(?:text|jsonl) (\S+)\n(.*?)^```", DOCS, re.MULTILINE | re.DOTALL)
SHOWN = re.findall(r"^```console\n\$ amends (.*?)\n(.*?)^```", DOCS, re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize(("command", "shown"), SHOWN)
def test_examples_do_what_they_show(
    command: str, shown: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name, text in FILES:
        Path(name).write_text(text, encoding="utf-8")
    done = CliRunner().invoke(cli, shlex.split(command))
    said = re.sub(r'in \d+\.\d s\.|"seconds":[\d.]+', "", done.stdout + done.stderr)
    assert said == re.sub(r'in \d+\.\d s\.|"seconds":[\d.]+', "", shown)


def test_every_option_and_kind_is_documented() -> None:
    options = [name for one in listen.params for name in one.opts if name.startswith("--")]
    assert [name for name in options if name not in DOCS] == []
    assert [name for name in KINDS if f"`{name}`" not in DOCS] == []
