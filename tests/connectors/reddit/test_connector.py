"""Reddit: what is heard, what is answered, and that asyncpraw goes out by our own client."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amends.bench.faults.clock import HandClock
from amends.bench.faults.fakes.reddit import LUGGAGE, MAUD, SECRETS, US, FakeReddit, connector
from amends.bench.faults.serving import Fault, Said, running
from amends.connectors.reddit.settings import read_settings
from amends.connectors.reddit.translate import all_below, is_gone, read_thing
from amends.outbound import Outbound, Refused
from amends.terms import (
    AuthError,
    Author,
    BadInput,
    Channel,
    ConnectorError,
    DeliveryUnknown,
    Media,
    ReplyTarget,
    TryLater,
)
from tests.connectors.test_addresses import INSIDE, resolve
from tests.connectors.test_translating import VALUES, own_errors

PAYLOADS = Path(__file__).parents[2] / "payloads" / "reddit"
THEM = ReplyTarget(author=Author(id=MAUD[0], handle=MAUD[1]))


def to(name: str) -> ReplyTarget:
    return ReplyTarget(author=THEM.author, post_id=name)


def payload(name: str) -> Any:
    return json.loads((PAYLOADS / name).read_text())


async def test_subreddits_are_read_as_one_list_of_submissions_and_one_of_comments() -> None:
    fake = FakeReddit(HandClock())
    async with running(fake):
        made = connector(fake, subreddits="travel, r/Luggage", search="off")
        sources = made.sources(["brindlewing"])
        fake.clock.move(1)
        name = fake.submit("Never again", "Brindlewing lost my bag")
        comment = fake.comment("Mine too", to=name)
        pages = [await made.fetch(source, None) for source in sources]
    assert sources == ["notifications", "messages", "new:Luggage+travel", "comments:Luggage+travel"]
    assert [[post.id for post in page.posts] for page in pages] == [
        [],
        [],
        [LUGGAGE, name],
        [comment],
    ]
    assert [page.to_us for page in pages] == [True, True, False, False]


async def test_answer_to_us_names_its_conversation() -> None:
    """R24: the inbox names the submission in an address alone."""
    fake = FakeReddit(HandClock())
    async with running(fake):
        ours = fake.comment("Which flight?", by=US)
        theirs = fake.comment("BW 400", to=ours)
        (post,) = (await connector(fake).fetch("notifications", None)).posts
    assert (post.id, post.conversation, post.in_reply_to and post.in_reply_to.id) == (
        theirs,
        LUGGAGE,
        ours,
    )


async def test_private_message_is_answered_where_it_was_written() -> None:
    fake = FakeReddit(HandClock())
    async with running(fake):
        theirs = fake.write("Where is my refund?")
        made = connector(fake)
        (post,) = (await made.fetch("messages", None)).posts
        await made.message("On its way.", target=THEM, attempt="a")
        found = await made.look_up("a", text="On its way.", target=THEM, private=True)
    assert (post.text, post.visibility) == ("Hello\n\nWhere is my refund?", "private")
    assert (fake.replies(theirs), found and found.id) == (["On its way."], "t4_00002")


async def test_first_private_message_is_found_by_its_text() -> None:
    fake = FakeReddit(HandClock())
    async with running(fake):
        made = await connector(fake).message("May we help?", target=THEM, attempt="a")
    assert (made.id, fake.things[made.id]["data"]["dest"]) == ("t4_00001", MAUD[1])


@pytest.mark.parametrize(
    ("error", "more", "wait"),
    [
        (
            ["RATELIMIT", "you are doing that too much. try again in 3 minutes.", "ratelimit"],
            {},
            181,
        ),
        (["RATELIMIT", "slow down", "ratelimit"], {"ratelimit": 12.5}, 12.5),
        (["RATELIMIT", "slow down", "ratelimit"], {}, 60),
    ],
)
async def test_limit_told_in_a_sentence_is_kept(
    error: list[str], more: dict[str, float], wait: float
) -> None:
    fake = FakeReddit(HandClock())
    async with running(fake):
        fake.fail(
            Fault(before=Said(200, {"json": {"errors": [error], **more}})),
            when=lambda one: one.method == "POST" and "comment" in one.path,
        )
        with pytest.raises(TryLater) as told:
            await connector(fake).publish("x", target=to(LUGGAGE), attempt="a")
    assert told.value.retry_at == fake.clock.now() + timedelta(seconds=wait)


async def test_refusal_is_told_in_reddits_words() -> None:
    fake = FakeReddit(HandClock())
    async with running(fake):
        with pytest.raises(ConnectorError, match="that comment has been deleted"):
            await connector(fake).publish("x", target=to("t1_gone"), attempt="a")


async def test_request_that_writes_is_never_repeated() -> None:
    """asyncpraw by itself would send it three times."""
    fake = FakeReddit(HandClock())
    async with running(fake):
        fake.fail(Fault(before=Said(500)), when=lambda one: one.path == "/api/comment", times=3)
        with pytest.raises(DeliveryUnknown):
            await connector(fake).publish("x", target=to(LUGGAGE), attempt="a")
    assert [one.path for one in fake.seen].count("/api/comment") == 1


async def test_what_is_left_of_the_limit_is_kept_for_replies() -> None:
    fake = FakeReddit(HandClock())
    async with running(fake):
        fake.left = 6
        page = await connector(fake).fetch("notifications", None)
    assert page.next_poll == fake.clock.now() + timedelta(seconds=300)


async def test_edits_and_removals_are_seen_by_looking_again() -> None:
    fake = FakeReddit(HandClock())
    async with running(fake):
        edited, deleted, removed = (fake.comment(text) for text in ("one", "two", "three"))
        fake.things[edited]["data"] |= {
            "body": "one more",
            "edited": fake.clock.move(60).timestamp(),
        }
        fake.things[deleted]["data"] |= {"body": "[deleted]", "author": "[deleted]"}
        del fake.things[removed]
        posts, gone = await connector(fake).revisit([edited, deleted, removed, "t4_00009"])
    assert ([(post.text, post.edited_at) for post in posts], gone) == (
        [("one more", fake.clock.now())], [deleted, removed],
    )  # fmt: skip


@pytest.mark.parametrize(
    "way", [{"refresh_token": "refresh-token-1"}, {"password": "password-for-tests"}]
)
async def test_both_kinds_of_application_sign_in(way: dict[str, str]) -> None:
    fake = FakeReddit(HandClock())
    secrets = {"client_id": "client-1", "client_secret": "app-secret"} | way
    async with running(fake):
        us = await connector(fake, secrets=secrets).check()
    assert (us.id, us.handle) == US


@pytest.mark.parametrize("wrong", [{"refresh_token": ""}, {"client_secret": "other-secret"}])
async def test_sign_in_that_is_refused_asks_for_a_person(wrong: dict[str, str]) -> None:
    fake = FakeReddit(HandClock())
    async with running(fake):
        with pytest.raises(AuthError) as refused:
            await connector(fake, secrets=SECRETS | wrong).check()
    assert "other-secret" not in str(refused.value)


async def test_credentials_of_another_account_are_not_taken() -> None:
    fake = FakeReddit(HandClock())
    async with running(fake):
        made = connector(fake)
        made._settings = read_settings(
            Channel(
                network="reddit",
                handle="halcyon",
                settings={
                    "oauth_url": fake.url,
                    "reddit_url": fake.url,
                },
            )
        )
        with pytest.raises(ConnectorError, match="u/brindlewing's"):
            await made.check()


async def test_all_traffic_of_asyncpraw_passes_outbound() -> None:
    fake = FakeReddit(HandClock())
    async with running(fake):
        made = connector(fake, Outbound())
        for asked in (
            made.check(),
            made.fetch("notifications", None),
            made.publish("x", target=to(LUGGAGE), attempt="a"),
        ):
            with pytest.raises(Refused):
                await asked
    assert fake.seen == []


@pytest.mark.parametrize("host", INSIDE)
@pytest.mark.parametrize("setting", ["oauth_url", "reddit_url"])
async def test_address_inside_the_house_is_refused(setting: str, host: str) -> None:
    inside: dict[str, Any] = {"oauth_url": "https://8.8.8.8", "reddit_url": f"https://{host}"}
    inside |= {setting: f"https://{host}"}
    made = connector(FakeReddit(HandClock()), Outbound(resolve=resolve), **inside)
    with pytest.raises(Refused):
        await made.check()


@pytest.mark.parametrize("wrong", [
    {"subreddits": "not/a"}, {"oauth_url": "ftp://x"}, {"search": "maybe"}, {"poll_seconds": "0"},
    {"user_agent": "x"}, {"colour": "red"}, {"begin_hours": "soon"},
])  # fmt: skip
def test_wrong_setting_is_named(wrong: dict[str, str]) -> None:
    with pytest.raises(BadInput, match=next(iter(wrong))):
        read_settings(Channel(network="reddit", handle="u/brindlewing", settings=wrong))


def test_submission_with_pictures_and_a_crosspost() -> None:
    first, second = (read_thing(one) for one in payload("new.json")["data"]["children"])
    assert (first.text, first.media, first.counts["likes"]) == (
        "Brindlewing lost my bag\n\nThree days now. Pictures: https://photos.example/1",
        (Media(kind="image", url="https://preview.example/1.jpg"),), 12,
    )  # fmt: skip
    assert (second.quote_of and second.quote_of.id, second.links) == (
        "t3_1aaaaa1",
        ("https://blog.example/bags",),
    )


def test_conversation_is_read_however_deep_it_goes() -> None:
    deep: Any = ""
    for number in range(3_000):
        data = {"name": f"t1_{number}", "body": "x", "replies": deep}
        deep = {"kind": "Listing", "data": {"children": [{"kind": "t1", "data": data}]}}
    assert len(list(all_below(deep))) == 3_000


def test_inbox_as_reddit_sends_it() -> None:
    found = [read_thing(one) for one in payload("inbox.json")["data"]["children"]]
    assert [(post.id, post.visibility, post.conversation) for post in found] == [
        ("t1_c2", "public", "t3_1bbbbb2"), ("t4_m1", "private", "t4_m1"),
    ]  # fmt: skip


@given(VALUES, st.sampled_from(["t1", "t3", "t4", "t9"]), st.fixed_dictionaries({}, optional={
    "name": st.just("t1_a"), "body": st.text(max_size=9), "created_utc": VALUES, "edited": VALUES,
    "context": st.text(max_size=9), "media_metadata": VALUES, "crosspost_parent_list": VALUES,
    "replies": VALUES, "author": VALUES, "url": VALUES, "title": VALUES,
}))  # fmt: skip
def test_reads_anything(value: object, kind: str, data: dict[str, object]) -> None:
    own_errors(lambda: read_thing({"kind": kind, "data": data}))
    own_errors(lambda: read_thing({"kind": kind, "data": value}))
    own_errors(lambda: list(all_below(value)))
    own_errors(lambda: is_gone({"kind": kind, "data": data}))
