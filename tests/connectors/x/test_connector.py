"""What the connector asks of X, and what it makes of the answers (R06, R24, R25)."""

import pytest

from amends.bench.faults.fakes.x import MAUD, SECRETS, US, FakeX, connector, problem
from amends.bench.faults.serving import Asked, Fault, Said
from amends.connectors.x import XConnector
from amends.connectors.x.settings import read_settings
from amends.outbound import Outbound, Refused
from amends.terms import (
    AuthError,
    Author,
    BadInput,
    Channel,
    ConnectorError,
    DeliveryUnknown,
    OnlyByHand,
    ReplyTarget,
)


def target(post_id: str | None) -> ReplyTarget:
    return ReplyTarget(author=Author(id=MAUD["id"], handle="maud"), post_id=post_id)


def posting(asked: Asked) -> bool:
    return asked.method == "POST"


async def test_reply_that_x_lets_no_application_send_is_opened_on_x(
    fake: FakeX, ours: XConnector
) -> None:
    post_id = fake.add("I hate brindlewing")
    detail = "You are not permitted to perform this action."
    fake.fail(Fault(before=problem(403, detail)), when=posting)
    with pytest.raises(OnlyByHand, match="only those who mentioned or quoted") as refused:
        await ours.publish("Sorry & thanks.", target=target(post_id), attempt="a1")
    assert refused.value.text == "Sorry & thanks."
    assert refused.value.url == (
        f"https://x.com/intent/post?in_reply_to={post_id}&text=Sorry+%26+thanks."
    )
    assert refused.value.retry_at is None


async def test_reply_sent_by_hand_is_found_when_it_appears(fake: FakeX, ours: XConnector) -> None:
    post_id = fake.add("I hate brindlewing")
    fake.add("@maud Sorry.", by=US["id"], to=post_id)
    found = await ours.look_up("a1", text="Sorry.", target=target(post_id), private=False)
    assert found is not None
    assert found.url == f"https://x.com/brindlewing/status/{found.id}"


async def test_shortened_links_do_not_hide_a_reply(fake: FakeX, ours: XConnector) -> None:
    post_id = fake.add("@brindlewing help")
    made = fake.add("See https://t.co/abc", by=US["id"], to=post_id)
    urls = [{"url": "https://t.co/abc", "expanded_url": "https://brindlewing.example/help"}]
    fake.posts[made]["entities"] = {"urls": urls}
    text = "See https://brindlewing.example/help"
    found = await ours.look_up("a1", text=text, target=target(post_id), private=False)
    assert found is not None
    assert found.id == made


@pytest.mark.parametrize(
    ("detail", "kind", "expected"),
    [
        ("Your account is suspended.", "about:blank", AuthError),
        (
            "Application-Only is forbidden",
            "https://api.twitter.com/2/problems/unsupported-authentication",
            AuthError,
        ),
        ("x", "https://api.twitter.com/2/problems/client-forbidden", ConnectorError),
    ],
)
async def test_other_refusals_are_not_for_the_hand(
    fake: FakeX, ours: XConnector, detail: str, kind: str, expected: type[Exception]
) -> None:
    post_id = fake.add("@brindlewing help")
    fake.fail(Fault(before=problem(403, detail, kind)), when=posting)
    with pytest.raises(ConnectorError) as refused:
        await ours.publish("Sorry.", target=target(post_id), attempt="a1")
    assert isinstance(refused.value, expected)
    assert not isinstance(refused.value, OnlyByHand)


async def test_duplicate_that_is_there_is_the_reply(fake: FakeX, ours: XConnector) -> None:
    post_id = fake.add("@brindlewing help")
    earlier = fake.add("@maud Sorry.", by=US["id"], to=post_id)
    detail = "You are not allowed to create a Tweet with duplicate content."
    fake.fail(Fault(before=problem(403, detail)), when=posting)
    made = await ours.publish("Sorry.", target=target(post_id), attempt="a1")
    assert made.id == earlier


async def test_message_whose_answer_was_lost_is_found(fake: FakeX, ours: XConnector) -> None:
    fake.fail(Fault(drop=True, accepted=True), when=posting)
    with pytest.raises(DeliveryUnknown):
        await ours.message("Which booking?", target=target(None), attempt="m1")
    ask = {"target": target(None), "private": True}
    found = await ours.look_up("m1", text="Which booking?", **ask)  # type: ignore[arg-type]
    other = await ours.look_up("m1", text="Which seat?", **ask)  # type: ignore[arg-type]
    assert (found and found.id, other) == (fake.messages[-1]["id"], None)


async def test_messages_are_private_posts_of_named_people(fake: FakeX, ours: XConnector) -> None:
    fake.tell("It is order 4711")
    page = await ours.fetch("messages", None)
    (post,) = page.posts
    assert post.author is not None
    assert (post.text, post.visibility, post.author.handle, page.to_us) == (
        "It is order 4711", "private", "maud", True,
    )  # fmt: skip


async def test_thread_is_the_conversation_oldest_first(fake: FakeX, ours: XConnector) -> None:
    first = fake.add("@brindlewing help")
    second = fake.add("@maud Sorry.", by=US["id"], to=first)
    third = fake.add("Thanks.", to=second)
    fake.add("Something else.")
    assert [post.id for post in await ours.thread(second)] == [first, second, third]


async def test_edits_and_removals_are_told_when_looked_for(fake: FakeX, ours: XConnector) -> None:
    kept, gone = fake.add("late"), fake.add("gone")
    del fake.posts[gone]
    posts, removed = await ours.revisit([kept, gone])
    assert ([post.text for post in posts], list(removed)) == (["late"], [gone])


async def test_length_counts_links_and_wide_characters_as_x_does(
    fake: FakeX, ours: XConnector
) -> None:
    """R25."""
    to = target(fake.add("@brindlewing help"))
    await ours.publish("a" * 256 + f" https://a.example/{'x' * 300}", target=to, attempt="a1")
    with pytest.raises(ConnectorError, match="has 282"):
        await ours.publish("\u6c34" * 141, target=to, attempt="a2")


async def test_expired_token_is_renewed_and_kept_before_it_is_used(fake: FakeX) -> None:
    kept: list[dict[str, str]] = []

    async def keep(values: object) -> None:
        kept.append(dict(values))  # type: ignore[call-overload]

    secrets = {"access_token": "old", "refresh_token": "refresh-1", "client_id": "c"}
    ours = connector(fake, secrets=secrets)
    ours.renewed = keep
    post_id = fake.add("@brindlewing help")
    await ours.publish("Sorry.", target=target(post_id), attempt="a1")
    assert kept == [
        {"access_token": "user-token-1", "refresh_token": "refresh-2", "client_id": "c"}
    ]
    assert fake.replies(post_id) == ["Sorry."]


async def test_refused_refresh_token_needs_a_person(fake: FakeX) -> None:
    secrets = {"access_token": "old", "refresh_token": "spent", "client_id": "c"}
    with pytest.raises(AuthError, match="connect the channel again"):
        await connector(fake, secrets=secrets).check()


async def test_oauth_1_signs_where_that_is_all_there_is(fake: FakeX) -> None:
    names = ("consumer_key", "consumer_secret", "oauth_token", "oauth_token_secret")
    ours = connector(fake, secrets={name: f"{name}-1" for name in names})
    assert (await ours.check()).id == US["id"]
    header = fake.seen[0].headers["authorization"]
    assert header.startswith('OAuth oauth_consumer_key="consumer_key-1", oauth_nonce="')
    assert 'oauth_timestamp="1772442000"' in header
    assert "secret-1" not in header


def test_oauth_1_signature_is_that_of_xs_documentation() -> None:
    """The worked example of "Creating a signature"."""
    from amends.connectors.x.signing import oauth_1_signature

    params = {
        "status": "Hello Ladies + Gentlemen, a signed OAuth request!",
        "include_entities": "true",
        "oauth_consumer_key": "xvz1evFS4wEEPTGEFPHBog",
        "oauth_nonce": "kYjzVBB8Y0ZFabxSWbWovY3uYSQ2pTgmZeNu2VS4cg",
        "oauth_signature_method": "HMAC-SHA1",
        "oauth_timestamp": "1318622958",
        "oauth_token": "370773112-GmHxMAgYyLbNEtIKZeRNFsMKPR9EyMZeS9weJAEb",
        "oauth_version": "1.0",
    }
    url = "https://api.twitter.com/1.1/statuses/update.json"
    keys = (
        "kAcSOqF21Fu85e7zjz7ZN2U4ZRhfV3WpwPAoE3Z7kBw",
        "LswwdoUaIvS8ltyTt5jkRh4J50vUPVVHtR2YPi5kE",
    )
    assert oauth_1_signature("POST", url, params, *keys) == "hCtSmYh+iHYCEqBWrE7C7hYmtUk="


async def test_media_goes_to_the_upload_host_with_its_description(fake: FakeX) -> None:
    ours = connector(fake, upload=fake.url)
    for said in (Said(200, {"data": {"id": "77", "media_key": "3_77"}}), Said(200, {"data": {}})):
        fake.fail(Fault(before=said), when=lambda asked: "media" in asked.path)
    media = await ours.upload(b"\x89PNG", kind="image/png", alt="A suitcase")
    post_id = fake.add("@brindlewing help")
    await ours.publish("Like this?", target=target(post_id), attempt="a1", media=[media])
    described = {"id": "77", "metadata": {"alt_text": {"text": "A suitcase"}}}
    assert [one.json for one in fake.seen[1:]] == [
        described,
        {
            "text": "Like this?",
            "reply": {"in_reply_to_tweet_id": post_id},
            "media": {"media_ids": ["77"]},
        },
        None,
    ]


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"api": "api.x.com"}, "api is 'api.x.com'"),
        ({"stream": "firehose"}, "no stream 'firehose'"),
        ({"budget": "lots"}, "budget is 'lots'; write a number"),
        ({"budget": "-1"}, "budget is -1; write at least 0"),
        ({"budget": "nan"}, "budget is nan"),
        ({"prices": "lunch=5"}, "prices holds 'lunch=5'"),
        ({"prices": "post=free"}, "prices holds 'post=free'"),
        ({"colour": "red"}, "no setting 'colour'"),
    ],
)
def test_odd_settings_are_named(settings: dict[str, str], told: str) -> None:
    with pytest.raises(BadInput, match=told):
        read_settings(Channel(network="x", handle="brindlewing", settings=settings))


async def test_token_is_in_no_error_and_no_repr(
    fake: FakeX, ours: XConnector, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    said = " ".join(SECRETS.values())
    fake.fail(Fault(before=problem(400, f"bad {said}")), when=lambda _: True)
    with pytest.raises(ConnectorError) as refused:
        await ours.check()
    shown = f"{ours!r} {vars(ours)!r} {refused.value!r} {caplog.text}"
    assert str(refused.value) == "X refused: bad … …"
    assert [one for one in SECRETS.values() if one in shown] == []


async def test_everything_goes_through_outbound(fake: FakeX) -> None:
    """Asked of a client that goes nowhere, nothing arrives."""
    shut, to = connector(fake, Outbound(), stream="filtered,activity"), target("1")
    shut.sources_for(["acme"])
    asked = [
        shut.fetch("notifications", None),
        shut.fetch("messages", None),
        shut.fetch("search:acme", None),
        shut.thread("1"),
        shut.author("maud"),
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


async def test_poll_waits_for_the_end_of_a_limit_of_which_little_is_left(
    fake: FakeX, ours: XConnector
) -> None:
    await ours.check()
    reset = int(fake.clock.now().timestamp()) + 600
    headers = {
        "x-rate-limit-limit": "300", "x-rate-limit-remaining": "12",
        "x-rate-limit-reset": str(reset),
    }  # fmt: skip
    said = Said(200, {"meta": {"result_count": 0}}, headers)
    fake.fail(Fault(before=said), when=lambda asked: "mentions" in asked.path)
    page = await ours.fetch("notifications", None)
    assert page.next_poll is not None
    assert page.next_poll.timestamp() == reset
