"""One post that somebody made odd on purpose costs no other post, and stops no source."""

import base64
import json
import sys
from datetime import UTC, datetime

import msgspec
import pytest

from amends.connectors.bluesky import BlueskyConnector
from amends.connectors.bluesky.polling import entry
from amends.connectors.bluesky.shallow import shallow
from amends.connectors.bluesky.streams import Batch, Firehose, JetstreamV1
from amends.connectors.bluesky.translate import read_view
from amends.outbound import Outbound
from amends.terms import Channel, Credentials, SystemClock
from tests.outbound.servers import Writer, server

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
URI = "at://did:plc:rosa/app.bsky.feed.post/"
FRAME = {"did": "did:plc:rosa", "time_us": 1_700_000_000_000_000, "kind": "commit"}
COMMIT = {"collection": "app.bsky.feed.post", "operation": "create", "rkey": "k"}


def nested(depth: int) -> str:
    return "[" * depth + "]" * depth


def view(key: str, extra: str = "[]") -> str:
    record = f'{{"text": "you lost my bag", "createdAt": "{NOW.isoformat()}", "x": {extra}}}'
    author = '{"did": "did:plc:rosa", "handle": "rosa.example"}'
    facts = f'"uri": "{URI}{key}", "cid": "c", "author": {author}, "record": {record}'
    return f'{{{facts}, "indexedAt": "{NOW.isoformat()}", "reason": "mention"}}'


@pytest.mark.parametrize("depth", [100, 250, 5_000])
async def test_post_nested_without_end_costs_no_other_post_of_its_page(depth: int) -> None:
    session = {
        "did": "did:plc:us",
        "handle": "us.example",
        "accessJwt": _jwt(),
        "refreshJwt": _jwt(),
    }
    page = f'{{"notifications": [{view("a", nested(depth))}, {view("b")}]}}'

    async def answer(request: bytes, writer: Writer) -> None:
        body = (page if b"listNotifications" in request else json.dumps(session)).encode()
        head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}"
        writer.write(f"{head}\r\nConnection: close\r\n\r\n".encode() + body)
        await writer.drain()

    async with server(answer) as port:
        settings = {"pds": f"http://127.0.0.1:{port}", "begin_hours": "8760"}
        channel = Channel(network="bluesky", handle="us.example", settings=settings)
        secrets = Credentials(values={"identifier": "us.example", "password": "p"})
        outbound = Outbound(allow=["127.0.0.1:*"])
        connector = BlueskyConnector(channel, secrets, outbound, SystemClock())
        found = await connector.fetch("notifications", None)
        await connector.aclose()
        await outbound.aclose()
    assert sorted(post.id for post in found.posts) == [f"{URI}a", f"{URI}b"]


def _jwt() -> str:
    """Far from its end, signed by nobody."""

    def part(facts: dict[str, object]) -> str:
        return base64.urlsafe_b64encode(json.dumps(facts).encode()).decode().rstrip("=")

    return f"{part({'alg': 'none'})}.{part({'exp': 4_000_000_000, 'sub': 'did:plc:us'})}.{part({})}"


@pytest.mark.parametrize("depth", [1, 59, 60, 61, 500, 20_000])
def test_what_is_not_too_deep_stays_as_it_is(depth: int) -> None:
    body = f'{{"a": "[[[\\"]]", "deep": {nested(depth)}, "z": [{{"]": 1}}]}}'.encode()
    read = msgspec.json.decode(shallow(body))
    assert (read["a"], read["z"]) == ('[[["]]', [{"]": 1}])


@pytest.mark.parametrize(
    "frame",
    [
        FRAME | {"commit": COMMIT | {"record": {"text": "a"}}, "time_us": 2**63 - 1},
        FRAME | {"commit": COMMIT | {"record": {"text": 5}}},
        FRAME | {"commit": COMMIT | {"rkey": {"no": "key"}, "record": {"text": "a"}}},
        FRAME | {"commit": []},
        {"kind": "commit"},
        [],
    ],
    ids=range(6),
)
def test_odd_frame_becomes_a_dead_letter_and_the_stream_goes_on(frame: object) -> None:
    batch = Batch(JetstreamV1(), None)
    good = FRAME | {"commit": COMMIT | {"record": {"text": "you lost my bag"}}}
    batch.add(json.dumps(frame), NOW)
    batch.add(json.dumps(good | {"time_us": 1_700_000_000_000_001}), NOW)
    page = batch.page()
    assert page is not None
    assert (len(page.dead), [post.text for post in page.posts]) == (1, ["you lost my bag"])


def test_frame_deeper_than_the_stack_becomes_a_dead_letter() -> None:
    text = json.dumps(FRAME | {"commit": COMMIT | {"record": {"text": 5, "x": "HERE"}}})
    for depth in range(100, sys.getrecursionlimit() + 200, 100):
        batch = Batch(JetstreamV1(), None)
        batch.add(text.replace('"HERE"', nested(depth)), NOW)
        assert len(batch._dead) == 1


@pytest.mark.parametrize("junk", [b"", b"\xff" * 9, b"\xa1", b"\x9f" * 2_000, b"[" * 5_000])
def test_junk_on_the_firehose_becomes_a_dead_letter(junk: bytes) -> None:
    batch = Batch(Firehose(), None)
    batch.add(junk, NOW)
    assert len(batch._dead) == 1


def test_view_deeper_than_the_stack_becomes_a_dead_letter() -> None:
    deep: list[object] = []
    for _ in range(sys.getrecursionlimit() * 2):
        deep = [deep]
    raw = {"uri": f"{URI}k", "record": {"text": 5, "x": deep}}
    made = entry(raw, source="s", translate=read_view, now=NOW)
    assert made.dead is not None
