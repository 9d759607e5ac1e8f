"""What a faulty server makes of our calls: one on loopback that is faulty on purpose."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest

from amends.connectors.bluesky import BlueskyConnector
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
from tests.support.processes import LOOPBACK, free_ports

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
POST = "at://did:plc:customer/app.bsky.feed.post/3kaaaaaaaaaa2"
TARGET = ReplyTarget(author=Author(id="did:plc:customer"), post_id=POST)
PASSWORD = "correct-horse-battery"

# The header and the payload {"exp": 4102444800} of a token; nobody checks its signature here.
TOKEN = "eyJhbGciOiJIUzI1NiJ9.eyJleHAiOjQxMDI0NDQ4MDB9.AAAA"
SESSION = {"did": "did:plc:brand", "handle": "brand.test"}
SESSION |= {"accessJwt": TOKEN, "refreshJwt": TOKEN}


class Fixed:
    def now(self) -> datetime:
        return NOW


def answer(status: int, body: object, **headers: str) -> bytes:
    """An HTTP answer; ``body`` as JSON, or as it is where it is a string."""
    kind = "text/html" if isinstance(body, str) else "application/json"
    content = (body if isinstance(body, str) else json.dumps(body)).encode()
    lines = [f"HTTP/1.1 {status} X", f"content-type: {kind}", f"content-length: {len(content)}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "connection: close", "", ""]).encode() + content


GOOD = {
    "com.atproto.server.createSession": answer(200, SESSION),
    "app.bsky.feed.getPosts": answer(200, {"posts": [{"uri": POST, "cid": "c", "record": {}}]}),
    "chat.bsky.convo.getConvoForMembers": answer(200, {"convo": {"id": "c1"}}),
}


@asynccontextmanager
async def facing(answers: dict[str, bytes]) -> AsyncIterator[BlueskyConnector]:
    """A connector before a server that gives these answers; an empty one closes the socket."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        method = head.split()[1].removeprefix("/xrpc/").partition("?")[0]
        writer.write((GOOD | answers).get(method, b""))
        await writer.drain()
        writer.close()

    (port,) = free_ports(1)
    server = await asyncio.start_server(serve, LOOPBACK, port)
    outbound = Outbound(allow=[f"{LOOPBACK}:{port}"])
    settings = {"pds": f"http://{LOOPBACK}:{port}"}
    channel = Channel(network="bluesky", handle="brand.test", settings=settings)
    values = {"identifier": "brand.test", "password": PASSWORD}
    connector = BlueskyConnector(channel, Credentials(values=values), outbound, Fixed())
    try:
        yield connector
    finally:
        await connector.aclose()
        server.close()
        await server.wait_closed()


READ = "app.bsky.feed.searchPosts"
WRITE = "com.atproto.repo.putRecord"
SEND = "chat.bsky.convo.sendMessage"
HTML = answer(200, "<html>Welcome to the airport</html>")
BROKEN = answer(200, "{").replace(b"text/html", b"application/json")
LIMITED = answer(
    429, {"error": "RateLimitExceeded"}, ratelimit_reset=str(int(NOW.timestamp()) + 90)
)
FAULT = answer(500, {"error": "InternalServerError", "message": "Internal Server Error"})
GATEWAY = answer(502, "<html>Bad gateway</html>")
TAKEN_DOWN = answer(401, {"error": "AccountTakedown", "message": "Account has been taken down"})


@pytest.mark.parametrize("given", [HTML, BROKEN, FAULT, GATEWAY, b""])
async def test_fault_while_reading_is_tried_again(given: bytes) -> None:
    async with facing({READ: given}) as connector:
        with pytest.raises(TryLater) as caught:
            await connector.fetch("search:acme", None)
    assert caught.value.retry_at == NOW + timedelta(seconds=2)


async def test_rate_limit_is_waited_out_as_the_network_says() -> None:
    async with facing({READ: LIMITED}) as connector:
        with pytest.raises(TryLater) as caught:
            await connector.fetch("search:acme", None)
    assert caught.value.retry_at == NOW + timedelta(seconds=90)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (HTML, DeliveryUnknown),
        (BROKEN, DeliveryUnknown),
        (b"", DeliveryUnknown),
        (FAULT, TryLater),
        (GATEWAY, TryLater),
        (LIMITED, TryLater),
        (TAKEN_DOWN, AuthError),
        (answer(400, {"error": "InvalidRequest", "message": "Too odd"}), ConnectorError),
    ],
)
async def test_public_reply_fails_as_its_key_allows(
    given: bytes, expected: type[ConnectorError]
) -> None:
    async with facing({WRITE: given}) as connector:
        with pytest.raises(ConnectorError) as caught:
            await connector.publish("Sorry.", target=TARGET, attempt="a1")
    assert type(caught.value) is expected or caught.value.reason == "Bluesky refused: Too odd"


@pytest.mark.parametrize("given", [HTML, BROKEN, b"", FAULT, GATEWAY])
async def test_message_without_a_clear_answer_may_have_gone_out(given: bytes) -> None:
    async with facing({SEND: given}) as connector:
        with pytest.raises(DeliveryUnknown):
            await connector.message("Hello.", target=TARGET, attempt="m1")


async def test_server_that_is_down_is_tried_again() -> None:
    (port,) = free_ports(1)
    settings = {"pds": f"http://{LOOPBACK}:{port}"}
    channel = Channel(network="bluesky", handle="brand.test", settings=settings)
    credentials = Credentials(values={"identifier": "brand.test", "password": PASSWORD})
    outbound = Outbound(allow=[f"{LOOPBACK}:{port}"])
    connector = BlueskyConnector(channel, credentials, outbound, Fixed())
    with pytest.raises(TryLater):
        await connector.publish("Sorry.", target=TARGET, attempt="a1")
    await connector.aclose()


async def test_wrong_password_is_not_tried_with_every_poll() -> None:
    refused = answer(401, {"error": "AuthenticationRequired", "message": "Invalid password"})
    answers = {"com.atproto.server.createSession": refused}
    async with facing(answers) as connector:
        with pytest.raises(AuthError, match="connect the channel again"):
            await connector.check()
        answers["com.atproto.server.createSession"] = answer(200, SESSION)
        with pytest.raises(AuthError, match="Invalid password"):
            await connector.check()


async def test_secrets_are_in_no_log_and_no_repr(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    async with facing({READ: FAULT}) as connector:
        with pytest.raises(TryLater) as caught:
            await connector.fetch("search:acme", None)
        shown = f"{connector!r} {caught.value!r} {vars(connector)!r} {caplog.text}"
    assert PASSWORD not in shown
    assert TOKEN not in shown
