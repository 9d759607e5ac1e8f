"""Workers and the network are killed while the desk sends: no reply twice, none forgotten.

Three accounts, on three kinds of network: one that keeps idempotency keys, one on which a reply can
be looked up by its text alone, and one that can tell nothing.
"""

import logging
import random
import time
from collections import Counter
from typing import Any

import pytest

from tests.kill.desk import Desk, until
from tests.kill.network import TOKEN, Network

pytestmark = pytest.mark.kill

log = logging.getLogger(__name__)

SELDOM = {"poll_seconds": "0.5"}  # what is heard is no matter here, but for our own posts
ACCOUNTS: dict[str, dict[str, str]] = {
    "keyed": SELDOM,
    "texted": SELDOM | {"idempotency": "off"},
    "blind": SELDOM | {"idempotency": "off", "look_up": "off"},
}
LONGEST_S = 0.03
EACH = 1  # replies of each account for a life: enough that the last one has some left
FAULTS = [(verb, kind) for verb in ("publish", "message", "look_up") for kind in
          ("lost", "ratelimit", "error", "html")]  # fmt: skip


def complain(network: Network, account: str, number: int) -> None:
    text = f"@{account} you lost my bag and nobody answers, terrible service. {number}"
    network.do("post", handle=f"{account}{number}", text=text, lang="en")


def send_and_die(
    desk: Desk, network: Network, draw: random.Random, *, faults: bool, with_network: bool
) -> None:
    """One life of a worker, with replies waiting for it."""
    if faults and draw.random() < 0.5:
        verb, kind = draw.choice(FAULTS)
        network.do("fail", verb=verb, kind=kind, seconds=1)
    # Up to four are on their way at once: what another has just begun, one may just have ended.
    with desk.worker(limit=50, times=draw.randint(0, 3), writing=True):
        time.sleep(draw.uniform(0, LONGEST_S))
        if with_network:
            network.kill()
    if with_network:
        network.start()


def hear(desk: Desk, customers: int) -> None:
    with desk.worker(limit=50):
        until(
            "every complaint is heard",
            lambda: desk.ask("heard") == customers,
            seconds=60 + customers,
        )


def test_killed_senders_send_each_reply_once(desk: Desk, network: Network, kills: int) -> None:
    began, draw = time.monotonic(), random.Random(f"send {kills}")
    for handle in ACCOUNTS:
        network.do("signup", handle=handle)
    desk.ask("set_up", network.url, TOKEN, ACCOUNTS)
    customers = kills * EACH * len(ACCOUNTS)
    for number in range(kills * EACH):
        for account in ACCOUNTS:
            complain(network, account, number)
    hear(desk, customers)
    desk.ask("queue", customers)
    for number in range(kills):
        # A network in trouble asks for five seconds: none late, or the end waits for them.
        faults = number < max(2, kills - 7)
        send_and_die(desk, network, draw, faults=faults, with_network=number % 9 == 4)
    network.do("heal")
    by_the_killed = sum(reply["status"] == "sent" for reply in desk.ask("replies"))
    with desk.worker(limit=50):
        until("every reply is settled", lambda: desk.ask("unsettled") == 0, seconds=60 + kills)
    assert by_the_killed > 0
    replies = desk.ask("replies")
    assert len(replies) == customers
    for account in ACCOUNTS:
        ours = [reply for reply in replies if reply["account"] == account]
        check_account(network, account, ours)
    check_cases(desk, replies)
    log.info(
        "%d kills, %d replies, %d sent by the killed, %d times not known for a while, %s, %.1f s",
        *(kills, len(replies), by_the_killed, desk.ask("not_known")),
        dict(Counter((reply["account"], reply["status"]) for reply in replies)),
        time.monotonic() - began,
    )


def check_account(network: Network, account: str, replies: list[dict[str, Any]]) -> None:
    """What the desk says of each reply is what the network has."""
    there = network.sent(account)
    assert len({post["text"] for post in there}) == len(there), "a reply was sent twice"
    sent = {reply["text"]: reply["post"] for reply in replies if reply["status"] == "sent"}
    known = {post["text"]: post["id"] for post in there if post["text"] in sent}
    assert known == sent
    rest = [reply for reply in replies if reply["status"] != "sent"]
    if account != "blind":
        assert rest == []
    told = "This network cannot tell whether it went out. Look there, then decide."
    assert {(reply["status"], reply["reason"]) for reply in rest} <= {("not known", told)}


def check_cases(desk: Desk, replies: list[dict[str, Any]]) -> None:
    """Each reply was queued once and settled once, and every log is whole."""
    cases = desk.ask("cases")
    assert [ref for ref, case in cases.items() if not case["whole"]] == []
    kinds = Counter(kind for case in cases.values() for kind, _ in case["events"])
    sent = sum(reply["status"] == "sent" for reply in replies)
    assert (kinds["reply.queued"], kinds["reply.sent"]) == (len(replies), sent)
    ours = [post for post in desk.ask("posts").values() if post["ours"]]
    assert len(ours) == len({post["case"] for post in ours})
