"""A demo server that answers anything at all: only errors of ours come out of the connector."""

from collections.abc import Awaitable, Callable

import pytest

from amends.connectors.demo import DemoConnector
from amends.outbound import Outbound
from amends.terms import (
    Author,
    Channel,
    ConnectorError,
    Credentials,
    DeliveryUnknown,
    ReplyTarget,
    SystemClock,
)
from tests.outbound.servers import saying, server

ANSWERS = [
    b"[]", b"null", b"7", b'"x"', b"{}", b'{"items": 5}', b'{"items": {}, "cursor": 1}',
    b'{"items": [], "cursor": null}', b'{"posts": [7]}', b'{"id": [], "handle": {}}',
    b'{"id": "a", "at": 1e300}', b'{"id": "a", "at": 99999999999999999999}', b"\xff\xfe", b"",
    b"[" * 100_000, b"<html>", b'{"posts": [{"text": null}]}',
]  # fmt: skip
TARGET = ReplyTarget(author=Author(id="a", handle="a"), post_id="p")
Ask = Callable[[DemoConnector], Awaitable[object]]
READING: dict[str, Ask] = {
    "fetch": lambda demo: demo.fetch("notifications", None),
    "thread": lambda demo: demo.thread("p"),
    "author": lambda demo: demo.author("a"),
    "check": lambda demo: demo.check(),
    "look_up": lambda demo: demo.look_up("k", text="t", target=TARGET, private=False),
}
WRITING: dict[str, Ask] = {
    "publish": lambda demo: demo.publish("t", target=TARGET, attempt="k"),
    "message": lambda demo: demo.message("t", target=TARGET, attempt="k"),
}


async def asked(ask: Ask, body: bytes) -> object:
    async with server(saying(body)) as port:
        channel = Channel(network="demo", handle="us", settings={"url": f"http://127.0.0.1:{port}"})
        outbound = Outbound(allow=["127.0.0.1:*"])
        demo = DemoConnector(channel, Credentials(values={"token": "t"}), outbound, SystemClock())
        try:
            return await ask(demo)
        except ConnectorError as error:
            return error
        finally:
            await outbound.aclose()


@pytest.mark.parametrize("name", READING)
async def test_reading_raises_nothing_but_our_errors(name: str) -> None:
    for body in ANSWERS:
        await asked(READING[name], body)


@pytest.mark.parametrize("name", WRITING)
async def test_answer_to_a_reply_that_cannot_be_read_is_not_known(name: str) -> None:
    said = [await asked(WRITING[name], body) for body in ANSWERS]
    assert [type(one) for one in said] == [DeliveryUnknown] * len(ANSWERS)
