"""The connector of private pages: it goes nowhere, and one attempt is one message."""

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from amends.bench.faults.clock import HandClock
from amends.connectors.handoff import HandoffConnector
from amends.connectors.protocol import AsksStanding, Connector
from amends.connectors.registry import connector_class, networks, traits_of
from amends.outbound import Outbound
from amends.terms import Author, Channel, ConnectorError, Credentials, ReplyTarget

if TYPE_CHECKING:
    from collections.abc import Awaitable

TARGET = ReplyTarget(author=Author(id="page-name"))


def made(closed: str = "") -> HandoffConnector:
    channel = Channel(network="handoff", handle="page-1")
    connector = HandoffConnector(channel, Credentials(values={}), Outbound(), HandClock())

    async def standing(author: str) -> str:
        return closed if author == "page-name" else "There is no such private page."

    connector.standing = standing
    return connector


def test_desk_carries_it_and_offers_it_to_nobody() -> None:
    """It is no network one connects an account on."""
    assert (connector_class("handoff"), "handoff" in networks()) == (HandoffConnector, False)
    assert (traits_of("handoff").can_message, traits_of("handoff").can_reply) == (True, False)
    assert isinstance(made(), Connector)
    assert isinstance(made(), AsksStanding)


async def test_one_attempt_is_one_message() -> None:
    twice = [await made().message("Hello", target=TARGET, attempt="a1") for _ in range(2)]
    other = await made().message("Hello", target=TARGET, attempt="a2")
    assert (twice[0].id == twice[1].id, twice[0].id == other.id) == (True, False)


async def test_page_that_was_closed_takes_no_words() -> None:
    with pytest.raises(ConnectorError, match="This page was closed"):
        await made("This page was closed.").message("Hello", target=TARGET, attempt="a")
    alone = made()
    alone.standing = None
    with pytest.raises(ConnectorError, match="not at hand"):
        await alone.message("Hello", target=TARGET, attempt="a")


async def test_nothing_is_polled_and_nothing_is_public() -> None:
    connector = made()
    page = await connector.fetch("pages", None)
    assert (list(connector.sources(["halcyon"])), page.posts, page.next_poll is None) == (
        ["pages"], [], False,
    )  # fmt: skip
    asked: list[Awaitable[Any]] = [
        connector.fetch("search:x", None),
        connector.thread("x"),
        connector.author("x"),
        connector.publish("Hello", target=TARGET, attempt="a"),
        connector.delete("x"),
    ]
    outcomes = await asyncio.gather(*asked, return_exceptions=True)
    assert {type(found) for found in outcomes} == {ConnectorError}
    us = await connector.check()
    assert await connector.author(us.id or "") == us
    assert await connector.look_up("a", text="x", target=TARGET, private=True) is None
