"""docs/queries.md names every operator, and its examples are true."""

import json
import re
from pathlib import Path

import pytest

from amends.cli.match import answering
from amends.matching import parse
from amends.matching.operators import HAS, IS, ONLY_X, OPERATORS

TEXT = (Path(__file__).parents[2] / "docs" / "queries.md").read_text(encoding="utf-8")


def test_every_operator_is_documented() -> None:
    names = {f"{name}:" for name in OPERATORS if name not in ("followers", "followers_count")}
    names |= {f"is:{value}" for value in IS} | {f"has:{value}" for value in HAS}
    assert sorted(name for name in names if f"`{name}" not in TEXT and f"-{name}" not in TEXT) == []


def test_every_operator_of_x_that_is_refused_is_documented() -> None:
    aliases = ("geo_", "user_", "within_", "embedding_", "statuses_", "friends_")
    named = [name for name in ONLY_X if not name.startswith(aliases)]
    assert [name for name in named if f"`{name}" not in TEXT] == []


def test_examples_of_the_shell_are_what_it_answers() -> None:
    lines = re.findall(r"^\{.*\}$", TEXT, re.MULTILINE)
    asked, answered = lines[::2], lines[1::2]
    assert len(asked) == 2
    answer = answering()
    assert [answer(line.encode()).decode().strip() for line in asked] == answered
    assert all(json.loads(line) for line in answered)


@pytest.mark.parametrize(
    "query",
    re.findall(r"^\| `((?:[^`\\]|\\.)+)`", TEXT.split("## What is refused")[0], re.MULTILINE),
)
def test_examples_of_the_tables_are_read(query: str) -> None:
    parse(f"acme {query}")
