"""Workers are killed while they follow rules: each rule acts once on each case, none is forgotten."""

import random
import time

import pytest

from tests.kill.desk import Desk, until
from tests.kill.network import TOKEN, Network

pytestmark = pytest.mark.kill

LONGEST_S = 0.3
OFTEN_S = 0.1
EACH = 2  # complaints in a life


def complain(network: Network, number: int) -> None:
    text = f"@keyed you lost my bag and nobody answers, terrible service. {number}"
    network.do("post", handle=f"customer{number}", text=text, lang="en")


def test_killed_workers_follow_each_rule_once(desk: Desk, network: Network, kills: int) -> None:
    """Issue 5, item 10: executed in the workers, exactly once over SIGKILL."""
    draw = random.Random(f"rules {kills}")
    network.do("signup", handle="keyed")
    desk.ask("set_up", network.url, TOKEN, {"keyed": {"poll_seconds": "0.3"}})
    desk.ask("automate")
    lives = -(-kills // 2)  # the other tests kill workers that do what these do beside rules
    for number in range(lives):
        for more in range(EACH):
            complain(network, EACH * number + more)
        with desk.worker(limit=50, times=draw.randint(0, 4), tend_s=OFTEN_S):
            time.sleep(draw.uniform(0, LONGEST_S))
    wanted = lives * EACH
    with desk.worker(limit=50, tend_s=OFTEN_S):
        until(
            "every case was seen to by the rule",
            lambda: (desk.ask("heard"), desk.ask("due")) == (wanted, 0),
            seconds=60 + wanted,
        )
    cases = desk.ask("ruled")
    assert len(cases) == wanted
    assert set(map(tuple, cases.values())) == {(1, 1, 1, True)}
