"""Pictures on Bluesky: given to the PDS first, then named by the post; on the real network too."""

import asyncio
import io
from typing import Any

import pytest
from PIL import Image

from amends.bench.faults.clock import HandClock
from amends.bench.faults.fakes.bluesky import POSTS, US, BlueskyFaults, FakePds
from amends.bench.faults.serving import Asked, Fault, Said, running
from amends.terms import ConnectorError, DeliveryUnknown, TryLater
from tests.support.atproto.contract import BlueskyContractWorld


def picture() -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (30, 20), "teal").save(made, "JPEG")
    return made.getvalue()


class Pds(FakePds):
    """Takes files, and keeps whole records."""

    def __init__(self, clock: HandClock) -> None:
        super().__init__(clock)
        self.blobs: list[tuple[str, bytes]] = []

    def handle(self, asked: Asked) -> Said:
        if asked.path.endswith("uploadBlob"):
            self.blobs.append((asked.headers["content-type"], asked.body))
            link = {"$link": f"bafk{len(self.blobs)}"}
            kind, size = asked.headers["content-type"], len(asked.body)
            return Said(
                200, {"blob": {"$type": "blob", "ref": link, "mimeType": kind, "size": size}}
            )
        return super().handle(asked)

    def _put(self, told: dict[str, Any]) -> Said:
        said = super()._put(told)
        if said.status == 200:
            self.records[said.body["uri"]]["value"] = told["record"]
        return said

    def embeds(self) -> list[Any]:
        ours = [one["value"] for uri, one in self.records.items() if f"{US}/{POSTS}" in uri]
        return [value.get("embed") for value in ours]


class World(BlueskyFaults):
    def __init__(self) -> None:
        super().__init__(HandClock())
        self.fake: Pds = Pds(HandClock())


async def test_post_names_its_pictures_with_their_words_and_shape() -> None:
    world = World()
    async with running(world.fake):
        made, post_id = world.connector(), world.post("help")
        shown = await made.upload(picture(), kind="image/jpeg", alt="A map")
        target = world.target(post_id)
        for _ in "12":  # the same attempt twice posts once
            await made.publish("Here.", target=target, attempt="a1", media=[shown])
        await made.aclose()
    [embed] = world.fake.embeds()
    [image] = embed["images"]
    assert embed["$type"] == "app.bsky.embed.images"
    assert (image["alt"], image["aspectRatio"]) == ("A map", {"width": 30, "height": 20})
    assert image["image"]["ref"] == {"$link": "bafk1"}
    assert world.fake.blobs == [("image/jpeg", picture())]


@pytest.mark.parametrize("fault", [Fault(drop=True, accepted=True), Fault(before=Said(500, {}))])
async def test_lost_answer_to_a_picture_says_that_nothing_went_out(fault: Fault) -> None:
    world = World()
    async with running(world.fake):
        made = world.connector()
        world.fake.fail(fault, when=lambda asked: asked.path.endswith("uploadBlob"))
        with pytest.raises(TryLater) as caught:
            await made.upload(picture(), kind="image/jpeg", alt="")
        await made.aclose()
    assert not isinstance(caught.value, DeliveryUnknown)


async def test_private_message_carries_none_and_says_so() -> None:
    world = World()
    async with running(world.fake):
        made = world.connector()
        target = world.target(world.post("help"))
        with pytest.raises(ConnectorError, match="no pictures in private messages"):
            await made.message("Here.", target=target, attempt="a", media=["{}"])
        await made.aclose()


@pytest.mark.atproto
async def test_real_network_shows_the_picture(world: BlueskyContractWorld) -> None:
    from tests.connectors.bluesky.test_network import reply_to

    connector = await world.connector()
    complaint = await world.post_as_customer("my parcel never came", mention=True)
    shown = await connector.upload(picture(), kind="image/jpeg", alt="A map of the depot")
    target = reply_to(world, complaint)
    sent = await connector.publish("It is here.", target=target, attempt="p1", media=[shown])
    for _ in range(100):  # the AppView indexes a moment after the PDS has answered
        shown_there = [one for one in await connector.thread(complaint) if one.id == sent.id]
        if shown_there:
            break
        await asyncio.sleep(0.1)
    [post] = shown_there
    assert [(one.kind, one.alt) for one in post.media] == [("image", "A map of the depot")]
