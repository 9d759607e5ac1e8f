"""The network itself: threads, notices, searches, keys, edits, deletions, several openers."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from amends.connectors.demo import DemoNetwork
from amends.connectors.demo.refusal import Refusal
from tests.connectors.demo.worlds import BRAND, START, HandClock


@pytest.fixture
def network(tmp_path: Path) -> DemoNetwork:
    return DemoNetwork(tmp_path / "demo.sqlite3", seed=1, clock=HandClock(), cast=False)


def seen(network: DemoNetwork, source: str) -> list[tuple[str, str]]:
    items: list[dict[str, Any]] = network.events(BRAND, source, 0, 100)["items"]
    return [(item["kind"], item["post"]["id"]) for item in items]


def test_a_thread_is_told_oldest_first(network: DemoNetwork) -> None:
    root = network.post("maud", "Late again.", at=START)
    answer = network.post(BRAND, "Which flight?", reply_to=root)
    below = network.post("maud", "BW 417.", reply_to=answer)
    network.post("omar", "Something else.")
    assert [post.id for post in network.thread(below)] == [root, answer, below]


def test_mentions_replies_and_quotes_are_notices(network: DemoNetwork) -> None:
    tagged = network.post("maud", "Hello @Brindlewing, are you there?")
    network.post("maud", "Hello @brindlewing2 and mail@brindlewing.")
    ours = network.post(BRAND, "We are.")
    reply = network.post("maud", "Good.", reply_to=ours)
    quote = network.post("omar", "Look at that.", quote_of=ours)
    network.post("omar", "Below a reply that is not ours.", reply_to=reply)
    assert seen(network, "notifications") == [("post", tagged), ("post", reply), ("post", quote)]


@pytest.mark.parametrize(
    ("phrase", "text", "found"),
    [
        ("brindlewing", "BRINDLEWING is late", True),
        ("brindlewing", "brindlewings are moths", False),
        ("brindlewing air", "Brindlewing  Air again", True),
        ("straße", "In der STRASSE", True),
        ("été", "un Été sans toi", True),
        ("c++", "I wrote it in C++ once", True),
        ("#grounded", "stay at home #grounded", True),
    ],
)
def test_a_search_looks_for_whole_words(
    network: DemoNetwork, phrase: str, text: str, found: bool
) -> None:
    post = network.post("maud", text)
    assert seen(network, f"search:{phrase}") == ([("post", post)] if found else [])


def test_a_reshare_is_found_by_what_it_reshares(network: DemoNetwork) -> None:
    post = network.post("maud", "Brindlewing is late.")
    share = network.post("nell", "", repost_of=post)
    assert seen(network, "search:brindlewing") == [("post", post), ("post", share)]
    assert network.posts()[0].counts == {"replies": 0, "quotes": 0, "reposts": 1}


def test_private_messages_are_found_by_nobody_else(network: DemoNetwork) -> None:
    message = network.message("maud", BRAND, "Brindlewing, my code is QX2T7A.")
    network.message("maud", "maud", "A note to myself about brindlewing.")
    assert seen(network, "messages") == [("post", message)]
    assert (seen(network, "search:brindlewing"), network.posts()) == ([], [])


def test_an_edit_comes_again_even_if_the_words_are_gone(network: DemoNetwork) -> None:
    post = network.post("maud", "Brindlewing is late.")
    network.edit(post, "They are late.")
    assert seen(network, "search:brindlewing") == [("post", post), ("edit", post)]


def test_a_deleted_post_is_told_as_just_that(network: DemoNetwork) -> None:
    post = network.post("maud", "@brindlewing is late.")
    network.delete(post)
    network.delete(post)
    items = network.events(BRAND, "notifications", 0, 100)["items"]
    assert items == [{"seq": 2, "kind": "delete", "post": {"id": post}}]


def test_one_key_posts_once_whoever_asks(network: DemoNetwork) -> None:
    post = network.post("maud", "Late.")
    with ThreadPoolExecutor(8) as pool:
        made = pool.map(
            lambda _: network.publish(BRAND, "Sorry.", reply_to=post, key="k")["id"], range(16)
        )
    assert {*made} == {reply.id for reply in network.replies_by(BRAND)}
    assert len(network.replies_by(BRAND)) == 1


def test_without_a_key_every_attempt_is_a_post(network: DemoNetwork) -> None:
    post = network.post("maud", "Late.")
    for _ in range(2):
        network.publish(BRAND, "Sorry.", reply_to=post, key=None)
    assert [reply.text for reply in network.replies_by(BRAND)] == ["Sorry.", "Sorry."]


def test_a_refused_reply_leaves_its_key_free(network: DemoNetwork) -> None:
    post = network.post("maud", "Late.")
    with pytest.raises(Refusal):
        network.publish(BRAND, "x" * 301, reply_to=post, key="k")
    assert network.attempt(BRAND, "k") is None


def test_length_counts_what_a_reader_sees(network: DemoNetwork) -> None:
    post = network.post("maud", "Late.")
    family = "👩‍👩‍👧" * 300
    network.publish(BRAND, family, reply_to=post, key=None)
    with pytest.raises(Refusal, match="longer than 300"):
        network.publish(BRAND, family + "!", reply_to=post, key=None)


@pytest.mark.parametrize(("text", "status"), [("", 422), ("   ", 422)])
def test_an_empty_reply_is_refused(network: DemoNetwork, text: str, status: int) -> None:
    post = network.post("maud", "Late.")
    with pytest.raises(Refusal) as no:
        network.publish(BRAND, text, reply_to=post, key=None)
    assert no.value.status == status


def test_what_is_deleted_cannot_be_answered(network: DemoNetwork) -> None:
    post = network.post("maud", "Late.")
    network.delete(post)
    with pytest.raises(Refusal, match="deleted by its author"):
        network.publish(BRAND, "Sorry.", reply_to=post, key=None)


def test_only_its_author_withdraws_a_post(network: DemoNetwork) -> None:
    post = network.post("maud", "Late.")
    with pytest.raises(Refusal, match="Only its author"):
        network.withdraw(BRAND, post)


def test_two_openers_of_a_file_share_one_world(network: DemoNetwork, tmp_path: Path) -> None:
    other = DemoNetwork(tmp_path / "demo.sqlite3", seed=9, clock=HandClock(), cast=False)
    ids = [opened.post("maud", "Hello.") for opened in (network, other, network)]
    assert [post.id for post in other.posts()] == ids


def test_nothing_is_dated_before_what_came_first(network: DemoNetwork) -> None:
    """A clock that jumps back does not bring posts out of order."""
    first = network.post("maud", "Late.", at=START + timedelta(hours=1))
    network.post("maud", "Still late.", reply_to=first)
    assert [post.created_at for post in network.posts()] == [START + timedelta(hours=1)] * 2


def test_a_fault_that_does_not_exist_is_refused(network: DemoNetwork) -> None:
    with pytest.raises(ValueError, match="There is no fault lost of dance"):
        network.fail("dance", "lost")
