"""The command itself, ``amends work``, is killed while it listens; the last one answers.

The last is started as people start it, those before are forked.
"""

import random
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.kill.desk import Desk, until
from tests.kill.network import TOKEN, Network
from tests.support.processes import start

if TYPE_CHECKING:
    import subprocess

pytestmark = pytest.mark.kill

EACH = 5


@contextmanager
def amends_work(desk: Desk, log: Path) -> Iterator[None]:
    """The command for the length of the block; it must live until it is killed."""
    command = [sys.executable, "-m", "amends", "work"]
    process: subprocess.Popen[bytes] = start(command, log=log, env=desk.environment)
    try:
        yield
    finally:
        process.kill()
        assert process.wait() == -9, log.read_text()


def complain(network: Network, number: int) -> None:
    text = f"@keyed you lost my bag and nobody answers, terrible service. {number}"
    network.do("post", handle=f"customer{number}", text=text, lang="en")


def begins_to_hear(desk: Desk, *, before: int) -> None:
    until("something is heard", lambda: desk.ask("heard") > before)


@pytest.mark.parametrize("_desks", ["sqlite"], indirect=True)
def test_killed_command_resumes_where_it_stood(
    desk: Desk, network: Network, tmp_path: Path, kills: int
) -> None:
    lives, draw = min(-(-kills // 5), 10), random.Random(3)
    network.do("signup", handle="keyed")
    desk.ask("set_up", network.url, TOKEN, {"keyed": {}})
    for life in range(lives):
        for number in range(EACH):
            complain(network, life * EACH + number)
        with desk.command("work"):
            begins_to_hear(desk, before=life * (EACH + 1))
            complain(network, 1000 + life)
            time.sleep(draw.uniform(0, 0.4))
    with amends_work(desk, tmp_path / "last.log"):
        until("every complaint is heard", lambda: set(network.posts()) == set(desk.ask("posts")))
        desk.ask("queue", lives * (EACH + 1))
        until("every reply is settled", lambda: desk.ask("unsettled") == 0)
    cases, replies = desk.ask("cases"), desk.ask("replies")
    assert len(cases) == len(replies) == lives * (EACH + 1)
    assert {case["whole"] for case in cases.values()} == {True}
    assert sorted(post["text"] for post in network.sent("keyed")) == sorted(
        reply["text"] for reply in replies
    )
