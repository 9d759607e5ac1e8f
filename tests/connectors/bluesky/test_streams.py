"""The streams, carrying real posts of the real network."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing
from datetime import UTC, datetime

import pytest

from amends.connectors.bluesky import BlueskyConnector
from amends.terms import Page, TryLater
from tests.support.atproto.channels import connector_of
from tests.support.atproto.contract import BlueskyContractWorld
from tests.support.atproto.jetstream import jetstream
from tests.support.atproto.network import AtNetwork

pytestmark = pytest.mark.atproto
KINDS = ("firehose", "jetstream-v1", "jetstream-v2")


@pytest.fixture(params=KINDS)
async def streaming(
    request: pytest.FixtureRequest, at_network: AtNetwork, world: BlueskyContractWorld
) -> AsyncIterator[BlueskyConnector]:
    """The brand's connector, listening to one kind of stream."""
    async with jetstream(at_network.firehose) as bridge:
        url = at_network.firehose if request.param == "firehose" else bridge
        connector = connector_of(
            at_network, world.brand, stream=request.param, stream_url=url, reach=(url,)
        )
        yield connector
        await connector.aclose()


async def read(
    connector: BlueskyConnector, cursor: str | None, *, last: str = "", removed: str = ""
) -> list[Page]:
    """The pages from ``cursor`` up to the one with the post ``last`` or a removal."""
    pages: list[Page] = []
    async with asyncio.timeout(20), aclosing(connector.stream(cursor)) as stream:
        async for page in stream:
            pages.append(page)
            if last in [post.id for post in page.posts] or removed in page.deleted:
                break
    return pages


async def test_stream_shows_posts_edits_and_removals(
    streaming: BlueskyConnector, world: BlueskyContractWorld
) -> None:
    uri = world.customer.post("my parcel never came")
    reply = world.bystander.post("Mine neither.", reply_to=uri)
    world.customer.edit(uri, "my parcel came late")
    world.customer.delete(uri)
    pages = await read(streaming, f"{streaming._settings.stream}:2:2", removed=uri)
    mine = {p.id: p for page in pages for p in page.posts if p.id == reply}[reply]
    texts = [p.text for page in pages for p in page.posts if p.id == uri]
    edits = [p for page in pages for p in page.posts if p.id == uri and p.edited_at is not None]
    assert list(dict.fromkeys(texts)) == ["my parcel never came", "my parcel came late"]
    assert edits[0].text == "my parcel came late"
    assert mine.conversation == uri
    assert mine.author is not None
    assert mine.author.id == world.bystander.did
    assert [letter for page in pages for letter in page.dead] == []


async def test_stream_resumes_after_its_last_post(
    streaming: BlueskyConnector, world: BlueskyContractWorld
) -> None:
    begin = f"{streaming._settings.stream}:2:2"
    first = world.customer.post("one")
    pages = await read(streaming, begin, last=first)
    more = [world.customer.post("two"), world.customer.post("three")]
    again = await read(streaming, pages[-1].cursor, last=more[-1])
    assert [post.id for page in again for post in page.posts] == more


async def test_cursor_that_is_no_longer_kept_says_what_may_be_missing(
    at_network: AtNetwork, world: BlueskyContractWorld
) -> None:
    async with jetstream(at_network.firehose) as bridge:
        connector = connector_of(
            at_network, world.brand, stream="jetstream-v2", stream_url=bridge, reach=(bridge,)
        )
        uri = world.customer.post("still here")
        pages = await read(connector, "jetstream-v2:1:1", last=uri)
        await connector.aclose()
    assert "CursorTooOld" in pages[0].dead[0].reason


async def test_sequence_number_no_longer_kept_goes_on_by_its_time(
    at_network: AtNetwork, world: BlueskyContractWorld
) -> None:
    begin = int(datetime.now(UTC).timestamp()) * 1_000_000
    uri = world.customer.post("still here")
    async with jetstream(at_network.firehose) as bridge:
        connector = connector_of(
            at_network, world.brand, stream="jetstream-v2", stream_url=bridge, reach=(bridge,)
        )
        pages = await read(connector, f"jetstream-v2:1:{begin}", last=uri)
        await connector.aclose()
    assert [letter for page in pages for letter in page.dead] == []


async def test_stream_that_closes_is_opened_again_later(world: BlueskyContractWorld) -> None:
    closed = connector_of(
        world._network, world.brand, stream="jetstream-v1", stream_url=world._network.firehose
    )
    with pytest.raises(TryLater, match="The stream ended"):
        await anext(aiter(closed.stream(None)))
    await closed.aclose()
