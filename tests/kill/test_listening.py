"""Workers and the network are killed while the desk listens: nothing lost, nothing twice."""

import logging
import random
import time
from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.kill.desk import Desk, until
from tests.kill.network import TOKEN, Network

pytestmark = pytest.mark.kill

log = logging.getLogger(__name__)

BRAND = "keyed"
LONGEST_S = 0.05
COMPLAINTS = (
    "@keyed you lost my bag and nobody answers, terrible service. {}",
    "Keyed Air cancelled my flight and nobody helps. The worst airline. {}",
)
FAULTS = ("ratelimit", "error", "html", "lost")


@dataclass(slots=True)
class Crowd:
    """Customers who complain in public and private, ask again, edit and delete."""

    network: Network
    draw: random.Random
    customers: list[str] = field(default_factory=list)
    public: dict[str, str] = field(default_factory=dict)  # authors by post
    texts: dict[str, str] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)
    private: int = 0

    def act(self) -> None:
        verbs = [self.complain, self.complain, self.ask_again, self.whisper, self.edit, self.delete]
        self.draw.choice(verbs if self.public else verbs[:1])()

    def complain(self) -> None:
        self.customers.append(f"customer{len(self.customers)}")
        self._post(self.customers[-1], self.draw.choice(COMPLAINTS), None)

    def ask_again(self) -> None:
        post = self._standing()
        if post is not None:
            self._post(self.public[post], COMPLAINTS[0], post)

    def whisper(self) -> None:
        text = f"You lost my bag, this is awful. Reference {self.private}"
        self.network.do("message", sender=self.draw.choice(self.customers), to=BRAND, text=text)
        self.private += 1

    def edit(self) -> None:
        post = self._standing()
        if post is not None:
            self.texts[post] += " (still nothing)"
            self.network.do("edit", id=post, text=self.texts[post])

    def delete(self) -> None:
        post = self._standing()
        if post is not None:
            self.network.do("delete", id=post)
            self.gone.add(post)

    def _post(self, handle: str, text: str, reply_to: str | None) -> None:
        words = text.format(len(self.public))
        made = self.network.do("post", handle=handle, text=words, reply_to=reply_to, lang="en")
        self.public[made["id"]], self.texts[made["id"]] = handle, words

    def _standing(self) -> str | None:
        there = [post for post in list(self.public)[-30:] if post not in self.gone]
        return self.draw.choice(there) if there else None


def listen_and_die(desk: Desk, crowd: Crowd, *, with_network: bool) -> None:
    """One life of a worker: it hears a few posts, perhaps; then it is killed."""
    draw = crowd.draw
    if draw.random() < 0.3:
        crowd.network.do("fail", verb="fetch", kind=draw.choice(FAULTS), seconds=1)
    ends = draw.uniform(0, LONGEST_S)
    for _ in range(6):
        crowd.act()
    # It signs in, then asks each source; from then on, each request follows a page that was stored.
    with desk.worker(limit=draw.choice([1, 1, 3]), times=draw.randint(0, 15)):
        began = time.monotonic()
        for _ in range(draw.randint(0, 3)):
            crowd.act()
        time.sleep(max(0.0, began + ends - time.monotonic()))
        if with_network:
            crowd.network.kill()
    if with_network:
        crowd.network.start()


def on_the_network(crowd: Crowd) -> dict[str, dict[str, Any]]:
    found = crowd.network.posts()
    for handle in crowd.customers:
        found |= crowd.network.messages(handle)
    return found


def test_killed_listeners_lose_nothing_and_hear_nothing_twice(
    desk: Desk, network: Network, kills: int
) -> None:
    began, crowd = time.monotonic(), Crowd(network, random.Random(f"listen {kills}"))
    network.do("signup", handle=BRAND)
    desk.ask("set_up", network.url, TOKEN, {BRAND: {}})
    for number in range(kills):
        listen_and_die(desk, crowd, with_network=number % 9 == 4)
    network.do("heal")
    by_the_killed = len(desk.ask("posts"))
    there = on_the_network(crowd)

    def caught_up() -> bool:
        held = desk.ask("posts")
        stale = {post for post in crowd.gone if post in held and not held[post]["deleted"]}
        return not stale and all(
            post in held and held[post]["text"] == there[post]["text"] for post in there
        )

    with desk.worker():
        until("every post is heard as it stands", caught_up, seconds=60 + kills)
    assert by_the_killed > 0
    check(desk, crowd, there)
    before = [desk.ask(table) for table in ("posts", "cases")]
    sources = desk.ask("forget_cursors")
    with desk.worker():
        until(
            "everything is heard a second time",
            lambda: desk.ask("cursors") == sources,
            seconds=60 + kills,
        )
    assert [desk.ask(table) for table in ("posts", "cases")] == before
    log.info(
        "%d kills, %d posts on the network and %d deleted, %d held, %d by the killed, %d cases, %.1f s",
        *(kills, len(there), len(crowd.gone), len(before[0]), by_the_killed, len(before[1])),
        time.monotonic() - began,
    )


def check(desk: Desk, crowd: Crowd, there: dict[str, dict[str, Any]]) -> None:
    """Every post is held, in the one case of its author, and every log is whole."""
    held, cases = desk.ask("posts"), desk.ask("cases")
    assert set(there) <= set(held) <= set(there) | crowd.gone
    assert desk.ask("dead_letters") == 0
    assert [ref for ref, case in cases.items() if not case["whole"]] == []
    owners = [case["customer"] for case in cases.values()]
    assert sorted(owners) == sorted({post["author"] for post in held.values()})
    strays = [post for post in held.values() if cases[post["case"]]["customer"] != post["author"]]
    assert strays == []
    entered = [event for case in cases.values() for event in case["events"]]
    assert len(entered) == len({tuple(event) for event in entered}) == len(held)
