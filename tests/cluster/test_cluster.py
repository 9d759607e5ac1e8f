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


def test_posts_survive_the_death_of_each_part_and_a_cut(tmp_path: Path) -> None:
    need("nats", missing_nats())
    options = ["--posts", str(POSTS), "--watches", "50", "--cut", "1", "--ack-wait", "3", "--json"]
    with postgres_server() as database:
        done = subprocess.run(
            [sys.executable, "-m", "amends", "bench", "cluster", *options, "--database", database],
            env=os.environ | {"AMENDS_LOG_LEVEL": "ERROR", "TMPDIR": str(tmp_path)},
            cwd=ROOT,
            capture_output=True,
            check=False,
            timeout=240,
        )
    assert done.returncode == 0, done.stdout.decode() + done.stderr.decode()[-2000:]
    said = json.loads(done.stdout)
    kept = len(Flood(POSTS).kept())
    names = ("expected", "stored", "lost", "twice", "unheard", "removals_missed", "dead")
    assert [said[name] for name in names] == [kept, kept, 0, 0, 0, 0, 0]
    assert said["unsettled"] == ""
    assert list(said["faults"]) == [
        "kill -9 of a worker",
        "kill -9 of the receiver",
        "kill -9 of the broker that leads",
        "a cut between two brokers",
    ]
