"""Feeds over loopback: asked politely, edited, begun, refused."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from amends.bench.faults.clock import HandClock
from amends.bench.faults.fakes.feeds import SECRETS, SIGNED, FakeSite, connector
from amends.bench.faults.serving import Fault, Said, running
from amends.outbound import Outbound, Refused, TooLarge
from amends.terms import BadInput, ConnectorError, Page, TryLater


@pytest.fixture
async def site() -> AsyncIterator[FakeSite]:
    fake = FakeSite(HandClock())
    async with running(fake):
        yield fake


async def read(site: FakeSite, cursor: str | None = None, **settings: Any) -> Page:
    made = connector(site, **settings)
    return await made.fetch(made.sources([])[0], cursor)


async def test_unchanged_feed_is_asked_for_by_its_tag(site: FakeSite) -> None:
    site.add("One")
    first = await read(site)
    again = await read(site, first.cursor)
    tag = site.seen[-1].headers["if-none-match"]
    assert (len(first.posts), again.posts, again.cursor, tag != "") == (1, [], first.cursor, True)


async def test_changed_content_comes_again_as_an_edit(site: FakeSite) -> None:
    site.add("It is late.")
    first = await read(site)
    name, title, _, at = site.items[0]
    site.items[0] = (name, title, "It is lost.", at)
    site.clock.move(600)
    [post] = (await read(site, first.cursor)).posts
    assert (post.id, post.text, post.edited_at) == (
        first.posts[0].id,
        "It is lost.",
        site.clock.now() + timedelta(seconds=5),
    )


async def test_two_items_of_one_id_are_one_post(site: FakeSite) -> None:
    site.add("Old")
    site.items.insert(0, (site.items[0][0], "", "New", site.clock.now()))
    first = await read(site)
    site.add("Another")
    second = await read(site, first.cursor)
    assert ([post.text for post in first.posts], [post.text for post in second.posts]) == (
        ["New"],
        ["Another"],
    )


async def test_new_channel_leaves_what_is_old(site: FakeSite) -> None:
    site.add("Last year")
    site.clock.move(400 * 3600)
    site.add("Today")
    first = await read(site)
    site.add("Now")
    second = await read(site, first.cursor)
    assert [post.text for post in (*first.posts, *second.posts)] == ["Today", "Now"]


@pytest.mark.parametrize(
    ("headers", "wait_s"),
    [
        ({}, 300),
        ({"cache-control": "public, max-age=900"}, 900),
        ({"cache-control": "max-age=99999999"}, 86_400),
        ({"cache-control": "max-age=1"}, 300),
        ({"retry-after": "1200"}, 1200),
    ],
)
async def test_a_feed_is_asked_no_sooner_than_it_says(
    site: FakeSite, headers: dict[str, str], wait_s: int
) -> None:
    site.headers = headers
    page = await read(site)
    assert page.next_poll == site.clock.now() + timedelta(seconds=wait_s)


async def test_broken_answers_are_asked_for_ever_more_slowly(site: FakeSite) -> None:
    made, waits = connector(site), []
    site.fail(Fault(before=Said(200, b"<html>")), when=lambda _: True, times=12)
    for _ in range(12):
        with pytest.raises(TryLater, match="HTML, not a feed") as caught:
            await made.fetch(made.sources([])[0], None)
        waits.append((caught.value.retry_at or site.clock.now()) - site.clock.now())
    assert [wait.total_seconds() for wait in (*waits[:3], waits[-1])] == [2, 4, 8, 300]


async def test_50_megabytes_are_not_read(site: FakeSite) -> None:
    huge = {"content-length": "50000000"}
    site.fail(Fault(before=Said(200, b"<rss>", huge)), when=lambda _: True)
    with pytest.raises(TooLarge):
        await read(site)


async def test_user_and_password_go_to_their_host_alone(site: FakeSite) -> None:
    await connector(site, secrets=SECRETS).check()
    assert site.seen[-1].headers["authorization"] == SIGNED
    with pytest.raises(BadInput, match="several hosts"):
        connector(site, secrets=SECRETS, feeds="https://a.example/f https://b.example/f")


async def test_one_broken_feed_of_two_stops_nothing(site: FakeSite) -> None:
    site.fail(Fault(before=Said(404, b"")), when=lambda asked: asked.path == "/gone")
    made = connector(site, feeds=f"{site.url}/gone {site.url}/feed")
    assert (await made.check()).name == "News"


async def test_feeds_go_nowhere_without_leave(site: FakeSite) -> None:
    made = connector(site, Outbound())
    with pytest.raises(Refused, match="AMENDS_ALLOW_HOSTS"):
        await made.fetch(made.sources([])[0], None)


async def test_feed_about_us_needs_no_watch(site: FakeSite) -> None:
    assert (await read(site, to_us="yes")).to_us


@pytest.mark.parametrize(
    "settings",
    [
        {"feeds": ""},
        {"feeds": "ftp://a.example"},
        {"feeds": "https://me:secret@a.example/"},
        {"feeds": "https://[a"},
        {"poll_seconds": "often"},
        {"to_us": "maybe"},
        {"feed": "https://a.example"},
    ],
)
def test_settings_that_make_no_sense_are_refused(settings: Any) -> None:
    with pytest.raises(BadInput):
        connector(FakeSite(HandClock()), **settings)


def test_key_in_an_address_is_no_part_of_a_source() -> None:
    made = connector(FakeSite(HandClock()), feeds="https://a.example/f?key=swordfish")
    assert "swordfish" not in f"{made.sources([])} {made!r}"


async def test_cursor_of_something_else_is_refused(site: FakeSite) -> None:
    with pytest.raises(ConnectorError, match="start the feed anew"):
        await read(site, '{"known": 1}')
