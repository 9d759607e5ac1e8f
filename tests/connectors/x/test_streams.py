"""The filtered stream and the activity stream: nothing is lost at a break, nothing comes twice."""

import asyncio
import json
from contextlib import aclosing
from typing import Any

import pytest

from amends.bench.faults.fakes.x import US, FakeX, connector, problem
from amends.bench.faults.serving import Fault
from amends.connectors.x import XConnector
from amends.terms import AuthError, Page, TryLater


async def read(made: XConnector, cursor: str | None, *, wanted: int) -> list[Page]:
    """The pages up to the one with the last post or removal wanted."""
    pages: list[Page] = []
    async with asyncio.timeout(10), aclosing(made.stream(cursor)) as stream:
        async for page in stream:
            pages.append(page)
            if sum(len(one.posts) + len(one.deleted) + len(one.dead) for one in pages) >= wanted:
                return pages
    raise AssertionError("the stream ended")


def streaming(fake: FakeX, stream: str = "filtered", **settings: str) -> XConnector:
    made = connector(fake, None, secrets=None, stream=stream, **settings)
    made.sources_for(["bag", "coat"])
    return made


def ids(pages: list[Page]) -> list[str]:
    return [post.id for page in pages for post in page.posts]


async def test_lines_become_posts_each_once(fake: FakeX) -> None:
    one, two = fake.add("my bag"), fake.add("my coat")
    fake.lines = [b"\r\n", fake.line(two), fake.line(two), b"\r\n", fake.line(one)]
    assert ids(await read(streaming(fake), None, wanted=2)) == [two, one]
    assert sorted(rule["value"] for rule in fake.rules.values()) == ["bag", "coat"]


async def test_what_a_break_missed_is_searched_for(fake: FakeX) -> None:
    made = streaming(fake)
    first = fake.add("my bag")
    fake.lines = [fake.line(first), b""]
    pages = await read(made, None, wanted=1)
    fake.clock.move(600)
    missed = [fake.add("my bag again"), fake.add("my coat")]
    fake.add("something else")
    fake.clock.move(600)
    live = fake.add("bag, live")
    fake.lines = [fake.line(missed[1]), fake.line(live)]
    again = await read(made, pages[-1].cursor, wanted=3)
    assert sorted(ids(again)) == sorted([*missed, live])


async def test_what_was_handed_out_and_not_stored_comes_again(fake: FakeX) -> None:
    made = streaming(fake)
    begun = (await read(_seen(fake), None, wanted=1))[-1].cursor
    fake.clock.move(600)
    missed = fake.add("my bag again")
    fake.clock.move(600)
    for _ in range(2):
        assert ids(await read(made, begun, wanted=1)) == [missed]


async def test_half_a_gap_is_asked_for_again(fake: FakeX) -> None:
    """The cursor moves when the gap is closed, not before."""
    pages = await read(_seen(fake), None, wanted=1)
    fake.clock.move(600)
    fake.add("my bag again")
    fake.clock.move(600)
    (gap,) = [
        page for page in await read(streaming(fake), pages[-1].cursor, wanted=1) if page.posts
    ]
    assert json.loads(gap.cursor)["seen"] == json.loads(pages[-1].cursor)["seen"]


def _seen(fake: FakeX) -> XConnector:
    fake.lines = [fake.line(fake.add("my bag")), b""]
    return streaming(fake)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b'{"data": {"id": "1"}}\r\n', "The post has no text."),
        (b"{\r\n", "The line is not JSON"),
        (b"[]\r\n", "It is no object."),
    ],
)
async def test_odd_line_becomes_a_dead_letter(fake: FakeX, line: bytes, reason: str) -> None:
    post_id = fake.add("my bag")
    fake.lines = [line, fake.line(post_id)]
    pages = await read(streaming(fake), None, wanted=2)
    dead = [letter.reason for page in pages for letter in page.dead]
    assert (ids(pages), [one.startswith(reason) for one in dead]) == ([post_id], [True])


async def test_stream_that_x_ends_is_opened_again_soon(fake: FakeX) -> None:
    error = {"title": "operational-disconnect", "detail": "Disconnected for operational reasons."}
    fake.lines = [json.dumps({"errors": [error]}).encode() + b"\r\n"]
    with pytest.raises(TryLater, match="The stream ended: Disconnected for operational") as later:
        await read(streaming(fake), None, wanted=1)
    assert (later.value.retry_at - fake.clock.now()).total_seconds() <= 5  # type: ignore[operator]


async def test_stream_that_is_refused_waits_as_told(fake: FakeX) -> None:
    reset = str(int(fake.clock.now().timestamp()) + 300)
    said = problem(429, "Too Many Requests")
    fault = Fault(before=type(said)(429, said.body, {"x-rate-limit-reset": reset}))
    fake.fail(fault, when=lambda asked: asked.path.endswith("/stream"))
    with pytest.raises(TryLater) as later:
        await read(streaming(fake), None, wanted=1)
    assert later.value.retry_at.timestamp() == float(reset)  # type: ignore[union-attr]


def event(kind: str, payload: dict[str, Any], uuid: str) -> bytes:
    data = {"event_uuid": uuid, "filter": {"user_id": US["id"]}, "event_type": kind}
    return json.dumps({"data": data | {"payload": payload}}).encode() + b"\r\n"


async def test_activity_brings_what_happens_to_the_account_once(fake: FakeX) -> None:
    post_id = fake.add("@brindlewing help")
    mention = event("post.mention.create", fake.posts[post_id], "e1")
    gone = event("post.delete", {"id": post_id}, "e2")
    fake.events = [mention, b"\r\n", mention, gone, gone]
    pages = await read(streaming(fake, "activity"), None, wanted=2)
    assert (ids(pages), [one for page in pages for one in page.deleted]) == ([post_id], [post_id])
    assert pages[1].to_us
    kinds = [one["event_type"] for one in fake.subscriptions]
    await read(streaming(fake, "activity"), None, wanted=2)
    assert [one["event_type"] for one in fake.subscriptions] == kinds
    assert {"post.mention.create", "dm.received", "oauth.revoke"} <= set(kinds)


async def test_account_that_revoked_us_needs_a_person(fake: FakeX) -> None:
    fake.events = [event("oauth.revoke", {"user_id": US["id"]}, "e1")]
    with pytest.raises(AuthError, match="no longer lets us in"):
        await read(streaming(fake, "activity"), None, wanted=1)


async def test_both_streams_are_followed_at_once(fake: FakeX) -> None:
    one, two = fake.add("my bag"), fake.add("@brindlewing help")
    fake.lines, fake.events = [fake.line(one)], [event("post.mention.create", fake.posts[two], "e")]
    pages = await read(streaming(fake, "filtered,activity"), None, wanted=2)
    assert sorted(ids(pages)) == sorted([one, two])
