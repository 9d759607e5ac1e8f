"""Against ``mastodon_mock`` with its faults: a stand-in by others, who read the documentation too."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import Any

import pytest

from amends.terms import Author, DeliveryUnknown, ReplyTarget, TryLater
from tests.support.mastodon import BRAND, CUSTOMER, MastodonWorld, mastodon_server

__all__ = ["mastodon_server"]


@pytest.fixture
async def world(mastodon_server: str) -> AsyncIterator[MastodonWorld]:
    made = MastodonWorld(mastodon_server)
    yield made
    await made.aclose()


async def test_contract_holds_there_too(world: MastodonWorld) -> None:
    """Pages of 1 and of 100, resuming, one reply for one key, looking it up, removing it twice."""
    connector = await world.connector()
    ids = [await world.post_as_customer(f"Day {day}", mention=True) for day in (1, 2, 3)]
    whole = await connector.fetch("notifications", None)
    first = await connector.fetch("notifications", None, limit=1)
    rest = await connector.fetch("notifications", first.cursor)
    given = [[post.id for post in page.posts] for page in (whole, first, rest)]
    assert given == [ids, ids[:1], ids[1:]]
    target = ReplyTarget(author=Author(handle=CUSTOMER), post_id=ids[0])
    made = [await connector.publish("On it.", target=target, attempt=ids[0]) for _ in range(2)]
    found = await connector.look_up(ids[0], text="On it.", target=target, private=False)
    thread = await connector.thread(ids[0])
    assert made[0] == made[1] == found
    assert [post.text for post in thread[1:]] == [f"@{CUSTOMER} On it."]
    await connector.delete(made[0].id)
    await connector.delete(made[0].id)
    assert await world.posts_in_thread(ids[0]) == []
    us = await connector.check()
    assert await connector.author(us.id or "") == us


def fault(world: MastodonWorld, effect: dict[str, Any], *, method: str = "POST") -> None:
    match = {"methods": [method], "path_regex": "^/api/v1/(statuses|notifications)$"}
    world.ask("POST", "/api/v1/_mock/faults", match=match, effect=effect, count=1)


WRONG: list[tuple[dict[str, Any], type[Exception]]] = [
    ({"type": "ratelimit"}, TryLater),
    ({"type": "status", "status": 503}, TryLater),
    ({"type": "status", "status": 500}, DeliveryUnknown),
    ({"type": "malformed"}, DeliveryUnknown),
]


async def test_reply_that_went_wrong_goes_out_once(world: MastodonWorld) -> None:
    connector = await world.connector()
    for effect, expected in WRONG:
        post_id = await world.post_as_customer("My suitcase is gone.", mention=True)
        target = ReplyTarget(author=Author(handle=CUSTOMER), post_id=post_id)
        fault(world, effect)
        with pytest.raises(expected):
            await connector.publish("We are on it.", target=target, attempt=post_id)
        if await connector.look_up("", text="We are on it.", target=target, private=False) is None:
            await connector.publish("We are on it.", target=target, attempt=post_id)
        assert await world.posts_in_thread(post_id) == [f"@{CUSTOMER} We are on it."], effect


async def test_direct_status_is_a_private_message_and_is_answered_in_private(
    world: MastodonWorld,
) -> None:
    connector = await world.connector()
    post_id = world.post(f"@{BRAND} my booking is AB12", visibility="direct")
    page = await connector.fetch("notifications", None)
    (post,) = [one for one in page.posts if one.id == post_id]
    assert post.visibility == "private"
    assert post.author is not None
    made = await connector.message(
        "Thank you!", target=ReplyTarget(author=post.author), attempt="m"
    )
    seen = world.ask("GET", f"/api/v1/statuses/{made.id}")
    assert (seen["visibility"], seen["content"]) == ("direct", f"<p>@{CUSTOMER} Thank you!</p>")


async def test_stream_brings_what_is_posted(mastodon_server: str) -> None:
    async with MastodonWorld(mastodon_server, stream="public") as world:
        connector = await world.connector()
        posted: list[str] = []
        async with asyncio.timeout(10), aclosing(connector.stream(None)) as stream:
            async for page in stream:
                if connector._follower._live["public"].is_set() and not posted:
                    posted.append(await world.post_as_customer("My hat is gone.", mention=False))
                if posted and posted[0] in [post.id for post in page.posts]:
                    break
                if not posted:
                    connector._follower._poke["public"].set()
        await connector.aclose()
