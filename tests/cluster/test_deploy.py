"""The files of ``deploy/`` say what the program says: commands, settings, ports, names."""

import json
import os
import re
import shutil
import subprocess
from dataclasses import fields
from pathlib import Path

import click
import pytest

from amends.bench.nodes import missing_nats
from amends.cli import cli
from amends.config.settings import Settings, load
from amends.listening.cluster import Layout
from tests.support.require import need
from tests.test_house import ROOT

DEPLOY = ROOT / "deploy"
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))


def text_of(name: str) -> str:
    return (DEPLOY / name).read_text(encoding="utf-8")


def commands() -> list[list[str]]:
    """What compose file and units run, without ``amends`` itself; options of other images aside."""
    found = re.findall(r"^    command: (\[.*\])$", text_of("compose.yaml"), re.MULTILINE)
    lines = [re.search(r"^ExecStart=\S+/amends (.+)$", p.read_text(), re.MULTILINE) for p in UNITS]
    lists = [words for one in found if not (words := json.loads(one))[0].startswith("-")]
    return lists + [one[1].split() for one in lines if one]


def settings_of(name: str) -> dict[str, str]:
    pairs = (line.split("=", 1) for line in text_of(name).splitlines() if not line.startswith("#"))
    return {key: value for key, value in pairs if key.startswith("AMENDS_")}


@pytest.mark.parametrize("words", commands(), ids=" ".join)
def test_command_is_one_of_ours_with_its_options(words: list[str]) -> None:
    command: click.Command = cli
    while isinstance(command, click.Group):
        child = command.get_command(click.Context(command), words.pop(0))
        assert child is not None
        command = child
    command.make_context(command.name, words)


def test_every_kind_of_process_has_a_service_and_a_unit() -> None:
    assert len(UNITS) == 4
    said = {" ".join(words[:2]) for words in commands()}
    assert said == {"web", "work", "migrate", "cluster work", "cluster receive"}


def test_settings_of_the_example_are_settings() -> None:
    settings = load(settings_of("amends.env.example"))
    assert [one.rpartition("@")[2] for one in settings.nats] == ["n1:4222", "n2:4222", "n3:4222"]
    assert settings.database_url.endswith("@postgres:5432/amends")


def test_brokers_stand_where_the_settings_say() -> None:
    conf, compose = text_of("nats-server.conf"), text_of("compose.yaml")
    assert 'listen: "0.0.0.0:4222"' in conf
    routes = re.findall(r"nats-route://(\w+):6222", conf)
    assert routes == re.findall(r"NATS_NODE: (\w+)", compose) == ["n1", "n2", "n3"]
    room = re.search(r"max_file: (\d+)GB", conf)
    assert room is not None
    assert int(room[1]) << 30 > Layout().max_bytes == Settings().nats_gigabytes << 30


def test_broker_takes_its_configuration() -> None:
    need("nats", missing_nats())
    done = subprocess.run(
        ["nats-server", "-t", "-c", str(DEPLOY / "nats-server.conf")],
        env=os.environ | {"NATS_NODE": "n1", "NATS_SECRET": "a-long-password"},
        capture_output=True,
        check=False,
        text=True,
    )
    assert (done.returncode, "is valid" in done.stderr) == (0, True), done.stderr


@pytest.mark.parametrize("unit", UNITS, ids=lambda path: path.name)
def test_systemd_takes_the_unit(unit: Path, tmp_path: Path) -> None:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd-analyze is not installed; install Debian's systemd.")
    there = tmp_path / unit.name.replace("@.", "@1.")
    there.write_text(unit.read_text().replace("/opt/amends/.venv/bin/amends", "/bin/true"))
    done = subprocess.run(
        ["systemd-analyze", "verify", str(there)], capture_output=True, check=False, text=True
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_operations_name_every_file_of_deploy_and_every_setting_of_a_cluster() -> None:
    said = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    files = [path.name for path in DEPLOY.rglob("*") if path.is_file()]
    settings = [f"AMENDS_{one.name.upper()}" for one in fields(Settings) if "nats" in one.name]
    assert [name for name in [*files, *settings] if f"`{name}`" not in said] == []
    layout = Layout()
    for fact in (
        f"{layout.max_age_s / 86_400:.0f} days",
        f"{layout.ack_wait_s:.0f} s",
        f"{Settings().nats_gigabytes} GB",
    ):
        assert fact in said
