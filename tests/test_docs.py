"""The documents keep up with the code, and their links lead somewhere."""

import re
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import click
import pytest

from amends.cli import cli
from amends.config.settings import Settings
from amends.desk.actions.chronicle import KINDS
from tests.test_house import ROOT, name_of, project_files

LINK = re.compile(r"\[[^\]\n]*\]\(<?([^)\s>]+)>?(?:\s+\"[^\"]*\")?\)")
FENCE = re.compile(r"^(```|~~~).*?^\1", re.MULTILINE | re.DOTALL)
HEADING = re.compile(r"^#+\s+(.+?)\s*#*$", re.MULTILINE)


def documents() -> list[Path]:
    return [path for path in project_files() if path.suffix == ".md"]


def text_of(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def anchors(path: Path) -> set[str]:
    """The anchors that a forge gives the headings of a document."""
    headings = HEADING.findall(FENCE.sub("", text_of(path)))
    return {re.sub(r"[^\w\- ]", "", one.lower()).replace(" ", "-") for one in headings}


def broken_links(path: Path) -> Iterator[str]:
    for link in LINK.findall(FENCE.sub("", text_of(path))):
        if "://" in link or link.startswith("mailto:"):
            continue
        target, _, anchor = link.partition("#")
        there = (path.parent / target).resolve() if target else path
        found = there.exists() and ROOT in [there, *there.parents]
        if not found or (anchor and there.suffix == ".md" and anchor not in anchors(there)):
            yield f"{name_of(path)}: {link}"


def command_names(command: click.Command, so_far: str) -> Iterator[str]:
    """Every command below ``command``, spelled as one types it."""
    if not isinstance(command, click.Group):
        yield so_far
        return
    context = click.Context(command)
    for name in command.list_commands(context):
        child = command.get_command(context, name)
        if child is not None and not child.hidden:
            yield from command_names(child, f"{so_far} {name}")


def test_links_between_documents_resolve() -> None:
    assert [link for path in documents() for link in broken_links(path)] == []


@pytest.mark.parametrize("setting", [one.name for one in fields(Settings)])
def test_setting_is_documented(setting: str) -> None:
    assert f"`AMENDS_{setting.upper()}`" in text_of(ROOT / "docs" / "settings.md")


def test_every_connector_has_a_readme() -> None:
    folders = [path.parent for path in (ROOT / "src/amends/connectors").glob("*/__init__.py")]
    assert folders
    assert [name_of(one) for one in folders if not (one / "README.md").is_file()] == []


def test_every_command_is_documented() -> None:
    commands = list(command_names(cli, "amends"))
    places = [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]
    said = " ".join(" ".join(text_of(path).split()) for path in places)
    assert "amends demo serve" in commands
    assert [name for name in commands if f"`{name}" not in said] == []


def test_every_kind_of_event_is_in_the_glossary() -> None:
    listed = re.findall(
        r"^\| `(\w+\.\w+)` \|", text_of(ROOT / "docs" / "glossary.md"), re.MULTILINE
    )
    assert listed == list(KINDS)


def test_every_decision_is_numbered_and_dated() -> None:
    records = sorted((ROOT / "docs" / "decisions").glob("0*.md"))
    assert [int(path.name[:4]) for path in records] == list(range(1, len(records) + 1))
    dated = re.compile(r"^Date: \d{4}-\d{2}-\d{2}$", re.MULTILINE)
    assert [name_of(path) for path in records if not dated.search(text_of(path))] == []
