"""The demo connector, in the process and over HTTP: faults, keys, look-ups, deletions, settings."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from amends.connectors.demo import DemoConnector
from amends.connectors.demo.faults import FaultKind
from amends.outbound import Outbound
from amends.terms import (
    AuthError,
    Author,
    Channel,
    ConnectorError,
    Credentials,
    DeliveryUnknown,
    ReplyTarget,
    TryLater,
)
from tests.connectors.demo.worlds import BRAND, START, TOKEN, DemoWorld, HandClock, serving


@pytest.fixture(params=["in the process", "over HTTP"])
async def world(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[DemoWorld]:
    path = tmp_path / "demo.sqlite3"
    if request.param == "in the process":
        async with DemoWorld(path) as made:
            yield made
    else:
        with serving(path) as url:
            async with DemoWorld(path, url=url) as made:
                yield made


async def target(world: DemoWorld) -> ReplyTarget:
    post = await world.post_as_customer("is late.", mention=True)
    return ReplyTarget(author=Author(handle="maud"), post_id=post)


READ_FAULTS: list[tuple[FaultKind, type[ConnectorError], float | None]] = [
    ("ratelimit", TryLater, 90),
    ("error", TryLater, 2),
    ("html", TryLater, 2),
    ("lost", TryLater, 2),
    ("expired", AuthError, None),
]


async def test_a_fault_of_reading_says_when_to_ask_again(world: DemoWorld) -> None:
    for kind, error, wait in READ_FAULTS:
        connector = await world.connector()
        world.demo.fail("fetch", kind, retry_after=timedelta(seconds=90))
        with pytest.raises(ConnectorError) as failed:
            await connector.fetch("notifications", None)
        retry_at = START + timedelta(seconds=wait) if wait else None
        assert (type(failed.value), failed.value.retry_at) == (error, retry_at), kind
        assert (await connector.fetch("notifications", None)).posts == [], kind


PUBLISH_FAULTS: list[tuple[FaultKind, type[ConnectorError], int]] = [
    ("ratelimit", TryLater, 0),
    ("error", TryLater, 0),
    ("html", DeliveryUnknown, 0),
    ("lost", DeliveryUnknown, 1),
    ("expired", AuthError, 0),
]


async def test_after_any_fault_of_publishing_the_same_attempt_posts_once(world: DemoWorld) -> None:
    sent: list[str] = []
    for kind, error, posted in PUBLISH_FAULTS:
        connector, answered = await world.connector(), await target(world)
        world.demo.fail("publish", kind)
        attempt: dict[str, Any] = {"target": answered, "attempt": f"for {kind}"}
        with pytest.raises(ConnectorError) as failed:
            await connector.publish("Sorry.", **attempt)
        new = len(world.demo.replies_by(BRAND)) - len(sent)
        assert (type(failed.value), new) == (error, posted), kind
        found = await connector.look_up(
            f"for {kind}", text="Sorry.", target=answered, private=False
        )
        made = await connector.publish("Sorry.", **attempt)
        sent.append(made.id)
        assert found in ([made] if posted else [None]), kind
        assert [post.id for post in world.demo.replies_by(BRAND)] == sent, kind


async def test_a_fault_comes_as_often_as_was_asked(world: DemoWorld) -> None:
    connector = await world.connector()
    world.demo.fail("*", "error", times=2)
    outcomes = []
    for _ in range(3):
        try:
            outcomes.append((await connector.check()).handle)
        except TryLater:
            outcomes.append("later")
    assert outcomes == ["later", "later", BRAND]


async def test_a_private_message_goes_out_once_per_attempt(world: DemoWorld) -> None:
    connector = await world.connector()
    to = ReplyTarget(author=await connector.author("maud"))
    ids = {(await connector.message("Hello.", target=to, attempt="m1")).id for _ in range(2)}
    found = await connector.look_up("m1", text="Hello.", target=to, private=True)
    assert ids == {post.id for post in world.demo.messages_by(BRAND)} == {found and found.id}


async def test_messages_to_us_are_private_posts(world: DemoWorld) -> None:
    connector = await world.connector()
    world.demo.message("maud", BRAND, "My code is QX2T7A.")
    page = await connector.fetch("messages", None)
    told = [(post.text, post.visibility, post.url) for post in page.posts]
    assert (told, page.to_us) == ([("My code is QX2T7A.", "private", None)], True)


async def test_edits_and_deletions_are_seen(world: DemoWorld) -> None:
    connector = await world.connector()
    kept, gone = (await target(world)).post_id or "", (await target(world)).post_id or ""
    page = await connector.fetch("notifications", None)
    world.clock.move(60)
    world.demo.edit(kept, "@brindlewing was late.", at=world.clock.now())
    world.demo.delete(gone)
    after = await connector.fetch("notifications", page.cursor)
    told = [(post.id, post.text, post.edited_at) for post in after.posts]
    assert told == [(kept, "@brindlewing was late.", START + timedelta(seconds=60))]
    assert after.deleted == [gone]


async def test_a_network_that_forgets_keys_is_looked_up_by_the_text(tmp_path: Path) -> None:
    world = DemoWorld(tmp_path / "demo.sqlite3", idempotency="off")
    connector, answered = await world.connector(), await target(world)
    traits = connector.traits
    assert (traits.idempotent, traits.idempotent_messages, traits.looks_up) == (False, False, True)
    made = await connector.publish("Sorry.", target=answered, attempt="a1")
    ask: dict[str, Any] = {"target": answered, "private": False}
    assert await connector.look_up("other", text="Sorry.", **ask) == made
    assert await connector.look_up("a1", text="Sorry!", **ask) is None


async def test_a_network_without_look_up_says_so(tmp_path: Path) -> None:
    world = DemoWorld(tmp_path / "demo.sqlite3", idempotency="off", look_up="off")
    connector, answered = await world.connector(), await target(world)
    assert not connector.traits.looks_up
    with pytest.raises(ConnectorError, match="look at the thread yourself"):
        await connector.look_up("a1", text="Sorry.", target=answered, private=False)
    assert DemoConnector.traits.looks_up


async def test_ids_with_odd_characters_find_nothing(world: DemoWorld) -> None:
    connector = await world.connector()
    for odd in ("a/b", "..", "%2F", "a?b=c", "é", " ", "\x00"):
        with pytest.raises(ConnectorError):
            await connector.thread(odd)


async def test_a_server_that_is_not_there_is_tried_later(tmp_path: Path) -> None:
    with serving(tmp_path / "demo.sqlite3") as url:
        pass
    async with DemoWorld(tmp_path / "demo.sqlite3", url=url) as world:
        connector, answered = await world.connector(), await target(world)
        with pytest.raises(TryLater):
            await connector.publish("Sorry.", target=answered, attempt="a1")


async def test_a_wrong_token_is_an_account_to_connect_again(tmp_path: Path) -> None:
    with serving(tmp_path / "demo.sqlite3") as url:
        async with DemoWorld(tmp_path / "demo.sqlite3", url=url) as world:
            for token in ("wrong", "", "wröng"):
                wrong = Credentials(values={"token": token})
                connector = DemoConnector(world.channel, wrong, world.outbound, world.clock)
                with pytest.raises(AuthError, match=r"Connect the channel again|enter it again"):
                    await connector.check()


async def test_an_unknown_account_is_one_to_connect_again(world: DemoWorld) -> None:
    channel = Channel(network="demo", handle="nobödy", settings=world.channel.settings)
    credentials = Credentials(values={"token": TOKEN})
    connector = DemoConnector(channel, credentials, world.outbound, world.clock)
    with pytest.raises(AuthError, match="no account nobödy"):
        await connector.check()


async def test_a_file_that_is_no_database_is_tried_later(tmp_path: Path) -> None:
    (tmp_path / "demo.sqlite3").write_text("These are not the bytes you are looking for." * 100)
    settings = {"path": str(tmp_path / "demo.sqlite3")}
    channel = Channel(network="demo", handle=BRAND, settings=settings)
    connector = DemoConnector(channel, Credentials(values={}), Outbound(), HandClock())
    with pytest.raises(TryLater, match="file of the demo network cannot be used"):
        await connector.check()


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({}, "A demo channel needs a path"),
        ({"path": "p", "seed": "one"}, "The setting seed of a demo channel is a number"),
        ({"path": "p", "cast": "maybe"}, "The setting cast of a demo channel is on or off"),
    ],
)
def test_settings_that_make_no_sense_are_one_sentence(
    settings: dict[str, str], sentence: str
) -> None:
    channel = Channel(network="demo", handle=BRAND, settings=settings)
    with pytest.raises(ConnectorError, match=sentence):
        DemoConnector(channel, Credentials(values={}), Outbound(), HandClock())
