"""What the connector asks of a server, and what it makes of the answers (R06, R24, R25)."""

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from amends.bench.faults.clock import HandClock
from amends.bench.faults.fakes.mastodon import MAUD, US, FakeMastodon, connector
from amends.bench.faults.serving import Asked, Fault, Said, running
from amends.connectors.mastodon import MastodonConnector
from amends.terms import (
    AuthError,
    Author,
    BadInput,
    Channel,
    ConnectorError,
    Media,
    Post,
    ReplyTarget,
)

PAYLOADS = Path(__file__).parents[2] / "payloads" / "mastodon"


@pytest.fixture
async def fake() -> AsyncIterator[FakeMastodon]:
    made = FakeMastodon(HandClock())
    async with running(made):
        yield made


@pytest.fixture
def ours(fake: FakeMastodon) -> MastodonConnector:
    return connector(fake)


def target(post_id: str | None) -> ReplyTarget:
    return ReplyTarget(author=Author(id=str(MAUD["id"]), handle=str(MAUD["acct"])), post_id=post_id)


def posted(fake: FakeMastodon) -> list[Asked]:
    return [one for one in fake.seen if one.method == "POST"]


async def test_notifications_become_posts_private_ones_too(fake: FakeMastodon) -> None:
    fake.notifications = json.loads((PAYLOADS / "notifications.json").read_bytes())
    fake.clock.move(3600)
    page = await connector(fake).fetch("notifications", None)
    direct, public = page.posts
    assert (direct.visibility, direct.text) == ("private", "@brindlewing my booking is AB12")
    assert public.text == (
        "lost luggage\n\n@brindlewing my case is in pieces, see "
        "https://photos.example/case?a=1&b=2 #brindlewing"
    )
    assert public.links == ("https://photos.example/case?a=1&b=2",)
    assert public.media == (
        Media(kind="image", url="https://files.example/22.png", alt="A broken suitcase"),
    )
    assert page.to_us
    assert [letter.reason for letter in page.dead] == ["The status has no content."]


@pytest.mark.parametrize("visibility", ["public", "unlisted", "private", "direct"])
async def test_reply_goes_to_no_wider_circle_and_under_the_warning(
    fake: FakeMastodon, ours: MastodonConnector, visibility: str
) -> None:
    post_id = fake.add("@brindlewing help", visibility=visibility, spoiler_text="luggage")
    made = await ours.publish("We look into it.", target=target(post_id), attempt="a1")
    (sent,) = posted(fake)
    assert sent.json == {
        "status": "@maud@far.example We look into it.",
        "visibility": visibility,
        "in_reply_to_id": post_id,
        "spoiler_text": "luggage",
    }
    assert sent.headers["idempotency-key"] == "a1"
    assert made.url == f"https://near.example/@x/{made.id}"


async def test_reply_that_names_its_author_is_sent_as_written(
    fake: FakeMastodon, ours: MastodonConnector
) -> None:
    post_id = fake.add("@brindlewing help")
    await ours.publish("Hello @Maud@far.example!", target=target(post_id), attempt="a1")
    await ours.publish("A note of ours.", target=target(fake.add("Ours", by=US)), attempt="a2")
    texts = [sent.json["status"] for sent in posted(fake)]
    assert texts == ["Hello @Maud@far.example!", "A note of ours."]


async def test_message_is_direct_and_is_found_again(
    fake: FakeMastodon, ours: MastodonConnector
) -> None:
    made = await ours.message("Your booking, please?", target=target(None), attempt="m1")
    assert posted(fake)[0].json["visibility"] == "direct"
    found = await ours.look_up(
        "m1", text="Your booking, please?", target=target(None), private=True
    )
    assert found == made


async def test_length_is_the_servers_and_counted_as_it_counts(
    fake: FakeMastodon, ours: MastodonConnector
) -> None:
    """R25: a link is 23 characters, of a far name only the near part counts."""
    fake.limit = 60
    to = target(fake.add("@brindlewing help"))
    link = f"https://brindlewing.example/{'x' * 200}"
    await ours.publish(f"{'a' * 30} {link}", target=to, attempt="a1")  # @maud, 30, 23 and blanks
    with pytest.raises(ConnectorError, match=r"takes 60 characters; .* has 61"):
        await ours.publish(f"{'a' * 31} {link}", target=to, attempt="a2")


async def test_reply_shown_otherwise_than_typed_is_found_by_its_source(
    fake: FakeMastodon, ours: MastodonConnector
) -> None:
    post_id = fake.add("@brindlewing help")
    made = await ours.publish("We *look* into it.", target=target(post_id), attempt="a1")
    fake.statuses[made.id]["content"] = "<p>@maud We <em>look</em> into it.</p>"
    ask = {"target": target(post_id), "private": False}
    found = await ours.look_up("a1", text="We *look* into it.", **ask)  # type: ignore[arg-type]
    other = await ours.look_up("a1", text="We look away.", **ask)  # type: ignore[arg-type]
    assert (found, other) == (made, None)


async def test_thread_names_its_first_post(fake: FakeMastodon, ours: MastodonConnector) -> None:
    first = fake.add("@brindlewing help")
    fake.clock.move(60)
    second = fake.add("Me too.", in_reply_to_id=first)
    posts = await ours.thread(first)
    assert [(post.id, post.conversation) for post in posts] == [(first, first), (second, first)]


async def test_edited_status_comes_again_and_a_removed_one_is_told(
    fake: FakeMastodon, ours: MastodonConnector
) -> None:
    post_id, other = fake.add("#acme is late"), fake.add("#acme is gone")
    page = await ours.fetch("hashtag:acme", None)
    status = fake.statuses[post_id]
    status |= {"content": "<p>#acme came</p>", "edited_at": fake.clock.now().isoformat()}
    again = await ours.fetch("hashtag:acme", page.cursor)
    del fake.statuses[other]
    posts, gone = await ours.revisit([post_id, other])
    assert [(post.id, post.text) for post in again.posts] == [(post_id, "#acme came")]
    assert ([post.text for post in posts], list(gone)) == (["#acme came"], [other])


async def test_post_from_the_future_hides_nothing(
    fake: FakeMastodon, ours: MastodonConnector
) -> None:
    fake.add("#acme tomorrow", created_at="2027-01-01T00:00:00Z")
    page = await ours.fetch("hashtag:acme", None)
    fake.clock.move(60)
    later = fake.add("#acme today")
    assert [post.id for post in (await ours.fetch("hashtag:acme", page.cursor)).posts] == [later]


async def test_post_from_the_future_comes_once_however_long_it_leads_its_list(
    fake: FakeMastodon, ours: MastodonConnector
) -> None:
    fake.add("#acme tomorrow", created_at="2027-01-01T00:00:00Z")
    cursor, given = None, []
    for _ in range(6):
        page = await ours.fetch("hashtag:acme", cursor)
        given += [post.id for post in page.posts]
        fake.clock.move(1800)
        given.append(fake.add("#acme"))
        cursor = page.cursor
    assert given.count("01HZ000000") == 1


async def test_a_long_list_is_read_page_by_page(
    fake: FakeMastodon, ours: MastodonConnector
) -> None:
    fake.page = 2
    ids = [fake.add(f"#acme {number}") for number in range(5)]
    page = await ours.fetch("hashtag:acme", None)
    assert sorted(post.id for post in page.posts) == ids
    assert all(one.headers["authorization"].startswith("Bearer ") for one in fake.seen)


async def test_post_that_came_late_does_not_end_its_list(
    fake: FakeMastodon, ours: MastodonConnector
) -> None:
    """Some servers sort by arrival and stamp by origin."""
    fake.page = 5
    page = await ours.fetch("hashtag:acme", None)
    fake.clock.move(7200)
    ids = [fake.add(f"#acme {number}") for number in range(9)]
    fake.add("#acme late", created_at="2026-02-20T09:00:00Z")
    again = await ours.fetch("hashtag:acme", page.cursor)
    assert sorted(post.id for post in again.posts) == ids


async def test_next_page_is_asked_of_our_own_server(
    fake: FakeMastodon, ours: MastodonConnector
) -> None:
    fake.add("#acme is late")
    link = {"link": '<https://elsewhere.example/api/v1/timelines/tag/acme?max_id=9>; rel="next"'}
    fake.fail(Fault(before=Said(200, [fake.statuses["01HZ000000"]], link)), when=lambda _: True)
    await ours.fetch("hashtag:acme", None)
    assert [one.path for one in fake.seen] == ["/api/v1/timelines/tag/acme"] * 2


@pytest.mark.parametrize(
    ("settings", "phrases", "sources"),
    [
        ({"public": "local"}, ["late bag", "#Acme"], ["public:local", "hashtag:acme"]),
        ({"public": "off"}, ["late bag", "acme"], ["hashtag:acme"]),
        ({"public": "federated", "stream": "public"}, ["acme"], []),
        (
            {"public": "off", "hashtags": "#one, two", "lists": "4"},
            [],
            ["hashtag:one", "hashtag:two", "list:4"],
        ),
    ],
)
def test_sources_are_what_is_set_and_what_is_watched(
    settings: dict[str, str], phrases: list[str], sources: list[str]
) -> None:
    made = connector(FakeMastodonAt("https://near.example"), None, **settings)
    assert made.sources(phrases) == ["notifications", *sources]


class FakeMastodonAt(FakeMastodon):
    def __init__(self, url: str) -> None:
        super().__init__(HandClock())
        self.url = url


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"server": "near.example"}, "server is 'near.example'"),
        ({"server": "https://near.example/path"}, "server is"),
        ({"server": "https://near.example", "streaming": "https://x.example"}, "streaming is"),
        ({"server": "https://near.example", "stream": "home"}, "no stream 'home'"),
        ({"server": "https://near.example", "public": "all"}, "public is 'all'"),
        ({"server": "https://near.example", "poll_seconds": "0"}, "poll_seconds is '0'"),
        ({"servr": "https://near.example"}, "no setting 'servr'"),
        ({}, "server is ''"),
    ],
)
def test_odd_settings_are_named(settings: dict[str, str], told: str) -> None:
    channel = Channel(network="mastodon", handle="brindlewing", settings=settings)
    from amends.connectors.mastodon.settings import read_settings

    with pytest.raises(BadInput, match=told):
        read_settings(channel)


def test_server_is_the_handles_where_none_is_set() -> None:
    from amends.connectors.mastodon.settings import read_settings

    channel = Channel(network="mastodon", handle="brindlewing@near.example")
    assert read_settings(channel).base == "https://near.example"


@pytest.mark.parametrize(
    "said", ["Your login is currently disabled", "This action is outside the authorized scopes"]
)
async def test_account_that_may_not_speak_must_be_connected_again(
    fake: FakeMastodon, ours: MastodonConnector, said: str
) -> None:
    fake.fail(Fault(before=Said(403, {"error": said})), when=lambda _: True)
    with pytest.raises(AuthError, match="connect the channel again"):
        await ours.check()


async def test_token_is_in_no_error_and_no_repr(
    fake: FakeMastodon, ours: MastodonConnector, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    token = "brand-token-for-tests"
    fake.fail(Fault(before=Said(422, {"error": f"bad token {token}"})), when=lambda _: True)
    with pytest.raises(ConnectorError) as refused:
        await ours.check()
    assert str(refused.value) == "Mastodon refused: bad token …"
    assert token not in f"{ours!r} {vars(ours)!r} {refused.value!r} {caplog.text}"


async def test_everything_goes_through_outbound(fake: FakeMastodon) -> None:
    """Asked of a client that goes nowhere, nothing arrives."""
    from amends.outbound import Outbound, Refused

    shut = connector(fake, Outbound(), streaming="ws://127.0.0.1:9", stream="user")
    to = target("1")
    asked = [
        shut.fetch("notifications", None),
        shut.thread("1"),
        shut.author("9"),
        shut.publish("Hello", target=to, attempt="a"),
        shut.message("Hello", target=to, attempt="b"),
        shut.look_up("a", text="Hello", target=to, private=False),
        shut.upload(b"x", kind="image/png", alt=""),
        shut.delete("1"),
        shut.check(),
        shut.revisit(["1"]),
        anext(shut.stream(None)),
    ]
    for one in asked:
        with pytest.raises(Refused):
            await one
    assert fake.seen == []


async def test_poll_slows_down_before_the_limit_is_reached(
    fake: FakeMastodon, ours: MastodonConnector
) -> None:
    reset = fake.clock.now().replace(minute=4).isoformat()
    headers = {
        "x-ratelimit-limit": "300", "x-ratelimit-remaining": "30", "x-ratelimit-reset": reset,
    }  # fmt: skip
    fake.fail(Fault(before=Said(200, [], headers)), when=lambda _: True)
    page = await ours.fetch("hashtag:acme", None)
    assert page.next_poll == fake.clock.now().replace(minute=4)


async def test_media_is_waited_for(fake: FakeMastodon, ours: MastodonConnector) -> None:
    pauses: list[float] = []

    async def sleep(seconds: float) -> None:
        pauses.append(seconds)

    ours.sleep = sleep
    for said in (
        Said(202, {"id": "m1", "url": None}),
        Said(206, {"id": "m1", "url": None}),
        Said(200, {"id": "m1", "url": "https://files.example/1.png"}),
    ):
        fake.fail(Fault(before=said), when=lambda asked: "media" in asked.path)
    media = await ours.upload(b"\x89PNG", kind="image/png", alt="A suitcase")
    post_id = fake.add("@brindlewing help")
    await ours.publish("Like this?", target=target(post_id), attempt="a1", media=[media])
    assert (media, len(pauses)) == ("m1", 2)
    assert posted(fake)[-1].json["media_ids"] == ["m1"]
    assert b'name="description"\r\n\r\nA suitcase\r\n' in fake.seen[0].body


def test_translated_post_is_whole() -> None:
    from amends.connectors.mastodon.translate import read_status

    status = json.loads((PAYLOADS / "notifications.json").read_bytes())[2]["status"]
    assert read_status(status) == Post(
        id="112",
        text="@brindlewing my booking is AB12",
        network="mastodon",
        author=Author(id="9", handle="odo"),
        created_at=read_status(status).created_at,
        visibility="private",
        conversation="112",
    )
