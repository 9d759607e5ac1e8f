"""The connector on the real AT Protocol network."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import pytest

from amends.connectors.bluesky import BlueskyConnector
from amends.terms import AuthError, Author, ConnectorError, DeliveryUnknown, Page, Post, ReplyTarget
from tests.support.atproto.channels import connector_of
from tests.support.atproto.contract import BlueskyContractWorld
from tests.support.atproto.network import AtNetwork
from tests.support.atproto.people import eventually

pytestmark = pytest.mark.atproto


async def everything(connector: BlueskyConnector, source: str, *, limit: int = 100) -> list[Post]:
    """All that a source holds, read page by page from the beginning."""
    found: list[Post] = []
    cursor = None
    while True:
        page = await connector.fetch(source, cursor, limit=limit)
        found += page.posts
        cursor = page.cursor
        if page.next_poll is not None:
            return found


async def soon(ask: Callable[[], Awaitable[Page]]) -> Page:
    """The first page with something in it."""
    for _ in range(100):
        page = await ask()
        if page.posts or page.deleted:
            return page
        await asyncio.sleep(0.1)
    raise TimeoutError


def reply_to(world: BlueskyContractWorld, post_id: str) -> ReplyTarget:
    customer = Author(id=world.customer.did, handle=world.customer.handle)
    return ReplyTarget(author=customer, post_id=post_id)


async def test_check_says_who_we_are(world: BlueskyContractWorld) -> None:
    author = await (await world.connector()).check()
    assert author == Author(id=world.brand.did, handle=world.brand.handle, followers=0)


async def test_notifications_bring_mentions_replies_and_quotes_once(
    world: BlueskyContractWorld,
) -> None:
    ours = world.brand.post("We open at nine.")
    ids = [
        await world.post_as_customer("my parcel never came", mention=True),
        world.customer.post("You do not.", reply_to=ours),
        world.customer.post("Look at this.", quote=ours),
    ]
    connector = await world.connector()
    posts = await everything(connector, "notifications")
    assert [post.id for post in posts] == ids
    assert posts[0].author == Author(id=world.customer.did, handle=world.customer.handle)
    assert posts[1].conversation == ours
    assert posts[1].in_reply_to is not None
    assert posts[1].in_reply_to.author == Author(id=world.brand.did, handle=world.brand.handle)
    assert posts[2].quote_of is not None
    assert posts[2].quote_of.id == ours


async def test_pages_of_one_and_of_many_give_the_same_posts(world: BlueskyContractWorld) -> None:
    word = world.customer.handle.partition(".")[0]
    for number in range(7):
        await world.post_as_customer(f"{word} is late, number {number}", mention=False)
    connector = await world.connector()
    many = await everything(connector, f"search:{word}")
    assert await everything(connector, f"search:{word}", limit=1) == many
    assert [post.text[-1] for post in many] == list("0123456")


async def test_stopping_and_resuming_neither_repeats_nor_skips(world: BlueskyContractWorld) -> None:
    word = world.customer.handle.partition(".")[0]
    found: list[str] = []
    cursor = None
    for number in range(4):
        await world.post_as_customer(f"{word} {2 * number}", mention=False)
        await world.post_as_customer(f"{word} {2 * number + 1}", mention=False)
        page = await (await world.connector()).fetch(f"search:{word}", cursor, limit=1)
        found += [post.text for post in page.posts]
        cursor = page.cursor
    page = await (await world.connector()).fetch(f"search:{word}", cursor)
    assert [*found, *(p.text for p in page.posts)] == [f"{word} {number}" for number in range(8)]


async def test_post_with_a_clock_gone_wrong_is_found_later(world: BlueskyContractWorld) -> None:
    word = world.customer.handle.partition(".")[0]
    await world.post_as_customer(f"{word} now", mention=False)
    first = await (await world.connector()).fetch(f"search:{word}", None)
    late = world.customer.record(f"{word} stamped half an hour ago")
    early = datetime.now(UTC) - timedelta(minutes=30)
    world.customer.create(late | {"createdAt": early.isoformat().replace("+00:00", "Z")})
    ahead = connector_of(world._network, world.brand, clock=_Ahead(timedelta(minutes=11)))
    second = await ahead.fetch(f"search:{word}", first.cursor)
    await ahead.aclose()
    assert [post.text for post in second.posts] == [f"{word} stamped half an hour ago"]


class _Ahead:
    def __init__(self, by: timedelta) -> None:
        self._by = by

    def now(self) -> datetime:
        return datetime.now(UTC) + self._by


async def test_publishing_twice_with_one_attempt_posts_once(world: BlueskyContractWorld) -> None:
    complaint = await world.post_as_customer("my parcel never came", mention=True)
    target = reply_to(world, complaint)
    first = await (await world.connector()).publish("We look into it.", target=target, attempt="a1")
    again = await (await world.connector()).publish("We look into it.", target=target, attempt="a1")
    assert again.id == first.id
    world.bystander.view(first.id)
    assert await world.posts_in_thread(complaint) == ["We look into it."]


async def test_attempt_is_looked_up_by_its_key(world: BlueskyContractWorld) -> None:
    target = reply_to(world, await world.post_as_customer("no parcel", mention=True))
    connector = await world.connector()
    nothing = await connector.look_up("a1", text="Sorry.", target=target, private=False)
    published = await connector.publish("Sorry.", target=target, attempt="a1")
    found = await connector.look_up("a1", text="Sorry.", target=target, private=False)
    assert nothing is None
    assert found is not None
    assert (found.id, found.url) == (published.id, published.url)
    assert abs(found.at - published.at) < timedelta(milliseconds=1)


async def test_reply_hangs_in_the_thread_with_its_facets(world: BlueskyContractWorld) -> None:
    complaint = await world.post_as_customer("no parcel", mention=True)
    between = world.bystander.post("Same here.", reply_to=complaint)
    said = f"Ça va 👩‍👩‍👧 @{world.customer.handle}: https://example.com/ü?a=1 #sorry"
    connector = await world.connector()
    published = await connector.publish(said, target=reply_to(world, between), attempt="a1")
    record = world.bystander.view(published.id)["record"]
    parts = [
        said.encode()[facet["index"]["byteStart"] : facet["index"]["byteEnd"]].decode()
        for facet in record["facets"]
    ]
    assert parts == [f"@{world.customer.handle}", "https://example.com/ü?a=1", "#sorry"]
    assert record["facets"][0]["features"][0]["did"] == world.customer.did
    assert record["reply"]["root"]["uri"] == complaint
    assert record["reply"]["parent"]["uri"] == between


async def test_reply_to_a_removed_post_is_refused(world: BlueskyContractWorld) -> None:
    complaint = await world.post_as_customer("no parcel", mention=True)
    world.customer.delete(complaint)
    connector = await world.connector()
    eventually(
        lambda: not world.bystander.ask("app.bsky.feed.getPosts", uris=[complaint])["posts"],
        what="the post is gone",
    )
    with pytest.raises(ConnectorError, match="no longer on Bluesky"):
        await connector.publish("Sorry.", target=reply_to(world, complaint), attempt="a1")
    assert await connector.revisit([complaint]) == ([], [complaint])


async def test_removed_reply_is_gone_and_removing_it_twice_is_no_error(
    world: BlueskyContractWorld,
) -> None:
    complaint = await world.post_as_customer("no parcel", mention=True)
    connector = await world.connector()
    reply = await connector.publish("Sorry.", target=reply_to(world, complaint), attempt="a1")
    world.bystander.view(reply.id)
    await connector.delete(reply.id)
    await connector.delete(reply.id)
    eventually(lambda: not world.bystander.replies(complaint), what="the reply is gone")


async def test_thread_is_read_whole_from_any_of_its_posts(world: BlueskyContractWorld) -> None:
    first = world.customer.post("It broke.")
    one = world.bystander.post("Mine too.", reply_to=first)
    other = world.brand.post("Sorry.", reply_to=first)
    last = world.customer.post("Thanks.", reply_to=other)
    connector = await world.connector()
    for post_id in (first, one, last):
        assert [post.id for post in await connector.thread(post_id)] == [first, one, other, last]
    answered = (await connector.thread(first))[3].in_reply_to
    assert answered is not None
    assert answered.author == Author(id=world.brand.did, handle=world.brand.handle)


async def test_private_message_goes_through_the_chat_service(
    world: BlueskyContractWorld, at_network: AtNetwork
) -> None:
    connector = await world.connector()
    target = ReplyTarget(author=Author(handle=world.customer.handle))
    sent = await connector.message("Where shall we send it?", target=target, attempt="m1")
    heard = at_network.chat.say(world.customer.did, world.brand.did, "To the office, please.")
    said = at_network.chat.said(world.brand.did, world.customer.did)
    posts = await everything(connector, "messages", limit=1)
    assert said == [
        (world.brand.did, "Where shall we send it?"),
        (world.customer.did, "To the office, please."),
    ]
    assert [post.id for post in posts] == [sent.id, f"{posts[0].conversation}/{heard['id']}"]
    assert posts[1].author == Author(id=world.customer.did, handle=world.customer.handle)
    assert {post.visibility for post in posts} == {"private"}
    assert {claims["iss"] for claims in at_network.chat.tokens} >= {world.brand.did}


async def test_log_of_messages_goes_on_where_it_stopped(
    world: BlueskyContractWorld, at_network: AtNetwork
) -> None:
    connector = await world.connector()
    for number in range(3):
        at_network.chat.say(world.customer.did, world.brand.did, f"old {number}")
    page = await connector.fetch("messages", None, limit=2)
    for number in range(3):
        at_network.chat.say(world.bystander.did, world.brand.did, f"new {number}")
    texts = [post.text for post in page.posts]
    while page.next_poll is None:
        page = await (await world.connector()).fetch("messages", page.cursor, limit=2)
        texts += [post.text for post in page.posts]
    assert texts == ["old 0", "old 1", "old 2", "new 0", "new 1", "new 2"]


async def test_lost_answer_of_a_message_is_looked_up(
    world: BlueskyContractWorld, at_network: AtNetwork
) -> None:
    connector = await world.connector()
    target = ReplyTarget(author=Author(id=world.customer.did))
    nothing = await connector.look_up("m1", text="Hello.", target=target, private=True)
    at_network.chat.lose_answers = 1
    with pytest.raises(DeliveryUnknown):
        await connector.message("Hello.", target=target, attempt="m1")
    found = await connector.look_up("m1", text="Hello.", target=target, private=True)
    assert nothing is None
    assert found is not None
    assert at_network.chat.said(world.brand.did, world.customer.did) == [
        (world.brand.did, "Hello.")
    ]


async def test_closed_door_is_said_in_the_networks_words(
    world: BlueskyContractWorld, at_network: AtNetwork
) -> None:
    at_network.chat.closed.add(world.bystander.did)
    target = ReplyTarget(author=Author(id=world.bystander.did))
    with pytest.raises(ConnectorError, match="recipient has disabled incoming messages"):
        await (await world.connector()).message("Hello.", target=target, attempt="m1")


async def test_revoked_password_asks_to_connect_again(world: BlueskyContractWorld) -> None:
    connector = await world.connector()
    names = world.brand.ask("com.atproto.server.listAppPasswords")["passwords"]
    for one in names:
        world.brand.call("com.atproto.server.revokeAppPassword", {"name": one["name"]})
    with pytest.raises(AuthError, match="connect the channel again"):
        await connector.check()


async def test_expired_token_is_renewed_without_a_word(world: BlueskyContractWorld) -> None:
    connector = await world.connector()
    await connector.check()
    session = connector._api._client._session
    header, _, rest = session.access_jwt.partition(".")
    session.access_jwt = f"{header}.{rest[:-4]}AAAA"
    assert (await connector.check()).handle == world.brand.handle
