"""Three brokers, and each fault once while posts pass: nothing lost, nothing stored twice (R04)."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from amends.bench.flood import Flood
from amends.bench.nodes import missing_nats
from tests.support.postgres import postgres_server
from tests.support.require import need
from tests.test_house import ROOT

pytestmark = [pytest.mark.nats, pytest.mark.kill]

POSTS = 12_800


def _trial(folder: Path) -> subprocess.CompletedProcess[bytes]:
    options = ["--posts", str(POSTS), "--watches", "50", "--cut", "1", "--ack-wait", "3", "--json"]
    folder.mkdir()
    with postgres_server() as database:
        return subprocess.run(
            [sys.executable, "-m", "amends", "bench", "cluster", *options, "--database", database],
            env=os.environ | {"AMENDS_LOG_LEVEL": "ERROR", "TMPDIR": str(folder)},
            cwd=ROOT,
            capture_output=True,
            check=False,
            timeout=240,
        )


def _broker_lost_its_store(folder: Path) -> bool:
    """A fault of the broker's own, one trial in forty with 2.9.10: see docs/operations.md."""
    logs = folder.glob("amends-bench-*/nodes/*.log")
    return any(b"Resetting stream cluster state" in log.read_bytes() for log in logs)


def test_posts_survive_the_death_of_each_part_and_a_cut(tmp_path: Path) -> None:
    need("nats", missing_nats())
    done = _trial(tmp_path / "first")
    if done.returncode and _broker_lost_its_store(tmp_path / "first"):
        done = _trial(tmp_path / "second")
    assert done.returncode == 0, done.stdout.decode() + done.stderr.decode()[-2000:]
    said = json.loads(done.stdout)
    kept = len(Flood(POSTS).kept())
    names = ("expected", "stored", "lost", "twice", "unheard", "removals_missed", "dead")
    assert [said[name] for name in names] == [kept, kept, 0, 0, 0, 0, 0]
    assert list(said["faults"]) == [
        "kill -9 of a worker",
        "kill -9 of the receiver",
        "kill -9 of the broker that leads",
        "a cut between two brokers",
    ]
