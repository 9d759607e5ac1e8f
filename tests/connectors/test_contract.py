"""What every connector promises (R06): one test over all of them, each in a world of its own.

A world has ``connector()``, ``post_as_customer(text, mention=...)`` and ``posts_in_thread(id)``:
the texts under a post, oldest first, read from the network by other means than the connector.
``greeting`` is what the network puts before a reply, such as the name of whom it answers.
"""

import asyncio
import importlib
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from importlib.util import find_spec
from itertools import count
from pathlib import Path
from typing import Any, Protocol

import pytest

from amends.bench.faults.clock import HandClock
from amends.bench.faults.fakes.feeds import FakeSite, FeedsWorld
from amends.bench.faults.fakes.mail import FakeMail, MailWorld
from amends.bench.faults.fakes.mastodon import FakeMastodon, FakeMastodonWorld
from amends.bench.faults.fakes.reddit import FakeReddit, RedditWorld
from amends.bench.faults.fakes.reviews import FAKES, ReviewsWorld
from amends.bench.faults.fakes.x import FakeX, XWorld
from amends.bench.faults.serving import running
from amends.connectors.protocol import Connector
from amends.connectors.registry import connector_class, networks, traits_of
from amends.outbound import Outbound
from amends.terms import Author, ConnectorError, Post, ReplyTarget, Traits
from tests.connectors.demo.worlds import DemoWorld, serving
from tests.connectors.filedrop.fake import FiledropWorld
from tests.connectors.mail.conftest import Box, DovecotWorld
from tests.connectors.template.connector import BoardConnector
from tests.connectors.template.fake import BoardWorld, FakeBoard
from tests.connectors.webhook.fake import WebhookWorld
from tests.support.atproto.fixtures import at_network  # noqa: F401 (a fixture)
from tests.support.dovecot import dovecot, sink
from tests.support.require import need

PATIENCE_SECONDS = 15
_users = count(1)
PAYLOADS = Path(__file__).parents[1] / "payloads"


class World(Protocol):
    greeting: str

    async def connector(self) -> Connector: ...

    async def post_as_customer(self, text: str, *, mention: bool) -> str: ...

    async def posts_in_thread(self, post_id: str) -> list[str]: ...

    async def aclose(self) -> None: ...


WORLDS = {
    "appstore": "appstore",
    "demo": "demo",
    "demo-http": "demo",
    "bluesky": "bluesky",
    "feeds": "feeds",
    "filedrop": "filedrop",
    "googlebusiness": "googlebusiness",
    "googleplay": "googleplay",
    "mail": "mail",
    "mail-dovecot": "mail",
    "mastodon": "mastodon",
    "reddit": "reddit",
    "webhook": "webhook",
    "x": "x",
}


def bluesky(request: pytest.FixtureRequest) -> World:
    try:
        module = importlib.import_module("tests.support.atproto.contract")
    except ImportError as error:
        need("atproto", f"The world of Bluesky is not there: {error}.")
    made: World = module.BlueskyContractWorld(request.getfixturevalue("at_network"))
    return made


def _traits(place: str) -> Traits:
    return BoardConnector.traits if place == "template" else traits_of(WORLDS[place])


def _places(*able: str) -> list[Any]:
    """The worlds of networks that have these traits."""
    real = {
        "bluesky": pytest.param("bluesky", marks=pytest.mark.atproto),
        "mail-dovecot": pytest.param("mail-dovecot", marks=pytest.mark.mail),
    }
    there = [
        place for place in (*WORLDS, "template") if all(getattr(_traits(place), t) for t in able)
    ]
    return [real.get(place, place) for place in there]


def only(*able: str) -> pytest.MarkDecorator:
    """A promise of those networks alone that have these traits."""
    return pytest.mark.parametrize("world", _places(*able), indirect=True)


@pytest.fixture(scope="module")
def imap_port() -> Iterator[int]:
    """One Dovecot, where each test is a user of its own."""
    with dovecot() as port:
        yield port


@pytest.fixture(params=_places())
async def world(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[World]:
    made: World
    path = tmp_path / "demo.sqlite3"
    if request.param == "bluesky":
        made = bluesky(request)
        yield made
        await made.aclose()
    elif request.param == "mastodon":
        mastodon = FakeMastodon(HandClock())
        async with running(mastodon):
            yield FakeMastodonWorld(mastodon)
    elif request.param == "mail-dovecot":
        port = request.getfixturevalue("imap_port")
        with sink() as taken:
            outbound = Outbound(allow=["localhost:*"])
            user = f"care{next(_users)}@brindlewing.example"
            yield DovecotWorld(Box(port, taken, user, HandClock()), outbound)
            await outbound.aclose()
    elif request.param == "mail":
        mail = FakeMail(HandClock())
        async with running(mail):
            yield MailWorld(mail)
    elif request.param == "reddit":
        reddit = FakeReddit(HandClock())
        async with running(reddit):
            yield RedditWorld(reddit)
    elif request.param == "x":
        fake = FakeX(HandClock())
        async with running(fake):
            yield XWorld(fake)
    elif request.param in FAKES:
        reviews = FAKES[request.param][0](HandClock())
        async with running(reviews):
            yield ReviewsWorld(request.param, reviews)
    elif request.param == "filedrop":
        yield FiledropWorld(tmp_path)
    elif request.param == "webhook":
        yield WebhookWorld()
    elif request.param == "feeds":
        site = FakeSite(HandClock())
        async with running(site):
            yield FeedsWorld(site)
    elif request.param == "template":
        board = FakeBoard(HandClock())
        async with running(board):
            yield BoardWorld(board)
    elif request.param == "demo-http":
        with serving(path) as url:
            made = DemoWorld(path, url=url)
            yield made
            await made.aclose()
    else:
        made = DemoWorld(path)
        yield made
        await made.aclose()


async def read_all(connector: Connector, source: str, cursor: str | None, limit: int) -> list[Post]:
    """Everything a source holds after a cursor."""
    posts: list[Post] = []
    while True:
        page = await connector.fetch(source, cursor, limit=limit)
        assert len(page.posts) <= limit
        posts += page.posts
        cursor = page.cursor
        if page.next_poll is not None:
            return posts


async def ids_once_there(connector: Connector, source: str, wanted: Sequence[str]) -> list[str]:
    """The ids a source holds, once all that are wanted have got there."""
    end = time.monotonic() + PATIENCE_SECONDS
    while True:
        found = [post.id for post in await read_all(connector, source, None, 100)]
        if set(wanted) <= set(found) or time.monotonic() > end:
            return found
        await asyncio.sleep(0.2)


def to_us(connector: Connector) -> str:
    """The source that brings what was written to us."""
    sources = connector.sources([])
    return "notifications" if "notifications" in sources else sources[0]


async def three_mentions(world: World) -> list[str]:
    texts = [f"Where is my suitcase, day {day}?" for day in (1, 2, 3)]
    return [await world.post_as_customer(text, mention=True) for text in texts]


async def complaint(world: World, connector: Connector) -> ReplyTarget:
    """A post that has reached us, as what a reply answers."""
    post_id = await world.post_as_customer("My suitcase is gone.", mention=True)
    await ids_once_there(connector, to_us(connector), [post_id])
    posts = await read_all(connector, to_us(connector), None, 100)
    author = next(post.author for post in posts if post.id == post_id)
    assert author is not None
    return ReplyTarget(author=author, post_id=post_id)


async def test_pages_of_1_and_of_100_give_the_same_posts(world: World) -> None:
    connector = await world.connector()
    wanted = await three_mentions(world)
    whole = await ids_once_there(connector, to_us(connector), wanted)
    singly = [post.id for post in await read_all(connector, to_us(connector), None, 1)]
    assert (singly, [found for found in whole if found in wanted]) == (whole, wanted)
    await connector.aclose()


async def test_stopping_and_resuming_neither_repeats_nor_skips(world: World) -> None:
    first, second = await world.connector(), await world.connector()
    whole = await ids_once_there(first, to_us(first), await three_mentions(world))
    page = await first.fetch(to_us(first), None, limit=2)
    await first.aclose()
    rest = await read_all(second, to_us(second), page.cursor, 100)
    assert [post.id for post in (*page.posts, *rest)] == whole
    await second.aclose()


async def test_a_cursor_at_the_end_gives_only_what_came_later(world: World) -> None:
    connector = await world.connector()
    await ids_once_there(connector, to_us(connector), await three_mentions(world))
    cursor: str | None = None
    while True:
        page = await connector.fetch(to_us(connector), cursor)
        cursor = page.cursor
        if page.next_poll is not None:
            break
    later = await world.post_as_customer("And now my coat is gone too.", mention=True)
    await ids_once_there(connector, to_us(connector), [later])
    after = await read_all(connector, to_us(connector), cursor, 100)
    assert [post.id for post in after] == [later]
    await connector.aclose()


@only("can_search")
async def test_an_untagged_post_is_found_by_its_words(world: World) -> None:
    """R01, R08: with no handle in it, by search or not at all."""
    connector = await world.connector()
    word = f"quibblewort{time.monotonic_ns()}"
    source = next(name for name in connector.sources([word]) if name.startswith("search:"))
    post_id = await world.post_as_customer(f"I hate {word}.", mention=False)
    assert await ids_once_there(connector, source, [post_id]) == [post_id]
    await connector.aclose()


@only("can_reply")
async def test_a_replys_parent_is_the_complaint(world: World) -> None:
    """R24: answered where it started."""
    connector = await world.connector()
    target = await complaint(world, connector)
    made = await connector.publish("We are on it.", target=target, attempt=key())
    reply = await in_thread(connector, target, made.id)
    assert reply.in_reply_to is not None
    assert (reply.in_reply_to.id, reply.text) == (
        target.post_id,
        f"{world.greeting}We are on it.",
    )
    await connector.aclose()


async def in_thread(connector: Connector, target: ReplyTarget, post_id: str) -> Post:
    end = time.monotonic() + PATIENCE_SECONDS
    while True:
        posts = await connector.thread(target.post_id or "")
        found = [post for post in posts if post.id == post_id]
        if found or time.monotonic() > end:
            return found[0]
        await asyncio.sleep(0.2)


async def texts_once(
    world: World, target: ReplyTarget, right: Callable[[list[str]], bool]
) -> list[str]:
    """The texts under a complaint, as soon as they are right, or at the end of patience."""
    end = time.monotonic() + PATIENCE_SECONDS
    while True:
        found = await world.posts_in_thread(target.post_id or "")
        if right(found) or time.monotonic() > end:
            return found
        await asyncio.sleep(0.2)


def key() -> str:
    """An attempt key that no earlier run has used, as worlds may outlive a test."""
    return f"attempt{time.time_ns()}"


@only("can_reply", "idempotent")
async def test_publishing_twice_with_one_key_posts_once(world: World) -> None:
    connector = await world.connector()
    target = await complaint(world, connector)
    attempt = key()
    ids = {
        (await connector.publish("We are on it.", target=target, attempt=attempt)).id
        for _ in range(2)
    }
    texts = await texts_once(world, target, lambda found: found != [])
    assert (texts, len(ids)) == ([f"{world.greeting}We are on it."], 1)
    await connector.aclose()


@only("can_reply", "looks_up")
async def test_look_up_finds_what_was_published_and_nothing_else(world: World) -> None:
    connector = await world.connector()
    target = await complaint(world, connector)
    attempt, other = key(), f"{key()}x"
    made = await connector.publish("We are on it.", target=target, attempt=attempt)
    ask: dict[str, Any] = {"target": target, "private": False}
    found = await connector.look_up(attempt, text="We are on it.", **ask)
    never = await connector.look_up(other, text="We never said this.", **ask)
    assert (found.id if found else None, never) == (made.id, None)
    await connector.aclose()


@only("can_reply", "can_delete")
async def test_deleting_twice_is_no_error(world: World) -> None:
    connector = await world.connector()
    target = await complaint(world, connector)
    made = await connector.publish("Written in haste.", target=target, attempt=key())
    there = await texts_once(world, target, lambda found: found != [])
    assert there == [f"{world.greeting}Written in haste."]
    await connector.delete(made.id)
    await connector.delete(made.id)
    assert await texts_once(world, target, lambda found: found == []) == []
    await connector.aclose()


async def test_what_is_not_there_is_a_connector_error(world: World) -> None:
    connector = await world.connector()
    nobody = ReplyTarget(author=Author(id="nobody", handle="nobody.test"), post_id="no-such-post")
    asked = [
        connector.fetch("no such source", None),
        connector.thread("no-such-post"),
        connector.author("nobody-here.test"),
        connector.publish("Hello?", target=nobody, attempt=key()),
        connector.message("Hello?", target=nobody, attempt=key()),
    ]
    outcomes = await asyncio.gather(*asked, return_exceptions=True)
    assert [type(found) for found in outcomes if not isinstance(found, ConnectorError)] == []
    await connector.aclose()


async def test_check_says_who_we_are(world: World) -> None:
    connector = await world.connector()
    us = await connector.check()
    assert await connector.author(us.id or "") == us
    await connector.aclose()


def test_every_registered_connector_has_a_world() -> None:
    assert networks() == sorted(set(WORLDS.values()))


@pytest.mark.parametrize("network", networks())
def test_every_connector_has_a_readme_and_payloads(network: str) -> None:
    found = find_spec(connector_class(network).__module__)
    assert found is not None
    assert found.origin is not None
    assert (Path(found.origin).parent / "README.md").is_file()
    assert list((PAYLOADS / network).glob("*.json*")) != []


@pytest.mark.parametrize("network", networks())
def test_every_connector_keeps_the_protocol(network: str) -> None:
    made = connector_class(network)
    wanted = [name for name in vars(Connector) if not name.startswith("_")]
    assert [name for name in wanted if not hasattr(made, name)] == []
