"""Reviews: one text of a customer and one answer of ours, on three places (R06, R24)."""

import contextlib
import json
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amends.bench.faults.clock import HandClock
from amends.bench.faults.fakes.reviews import (
    FAKES,
    PACKAGE,
    FakeBusiness,
    FakeReviews,
    business,
    keys,
)
from amends.bench.faults.serving import running
from amends.connectors.appstore.translate import answer_ids
from amends.connectors.appstore.translate import read_review as read_apple
from amends.connectors.googlebusiness.translate import read_review as read_business
from amends.connectors.googleplay.translate import read_review as read_play
from amends.connectors.registry import make
from amends.connectors.reviewing import Answer, Review, ReviewsConnector
from amends.outbound import Outbound
from amends.terms import (
    AuthError,
    Author,
    BadInput,
    Channel,
    ConnectorError,
    Credentials,
    ReplyTarget,
)

PAYLOADS = Path(__file__).parents[2] / "payloads"


@pytest.fixture(params=sorted(FAKES))
async def place(request: pytest.FixtureRequest) -> AsyncIterator[tuple[FakeReviews, Any]]:
    kind, make = FAKES[request.param]
    fake = kind(HandClock())
    async with running(fake):
        yield fake, make


def payload(network: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((PAYLOADS / network / "reviews.json").read_text())
    return found


def target(post_id: str) -> ReplyTarget:
    return ReplyTarget(author=Author(id=post_id), post_id=post_id)


def at(hour: int, minute: int = 0, *, day: int = 2, micro: int = 0) -> datetime:
    return datetime(2026, 3, day, hour, minute, 0, micro, tzinfo=UTC)


def test_play_gives_title_text_stars_and_what_was_answered() -> None:
    whole, bare = (read_play(one, package=PACKAGE) for one in payload("googleplay")["reviews"])
    assert whole == Review(
        id="gp:AOqpTOEf1",
        text="Lost my case\nThe app says delivered. It is not.",
        stars=1,
        author="Maud Fell",
        created_at=at(9, micro=125000),
        edited_at=at(9, micro=125000),
        lang="en_GB",
        url=f"https://play.google.com/store/apps/details?id={PACKAGE}&reviewId=gp%3AAOqpTOEf1",
        answer=Answer(text="Sorry, Maud. We are looking for it. ^AB", at=at(10)),
    )
    assert (bare.text, bare.author, bare.answer) == ("Never again", None, None)


def test_map_gives_the_customers_own_words_beside_a_translation() -> None:
    translated, silent, kind = map(read_business, payload("googlebusiness")["reviews"])
    assert translated == Review(
        id="accounts/7/locations/9/reviews/AbF1",
        text="Niemand am Schalter.",
        stars=1,
        author="Tobias Roth",
        created_at=at(9, micro=125000),
        edited_at=at(10, 30),
        answer=Answer(text="Sorry, Tobias. ^AB", at=at(11)),
    )
    assert (silent.text, silent.stars, silent.author, silent.edited_at) == ("", 2, None, None)
    assert (kind.text, kind.stars) == ("Great staff!", None)


def test_app_store_gives_title_and_body_together() -> None:
    page = payload("appstore")
    review, bare = (
        read_apple({**one, "answer": page["included"][0] if answer_ids(one) else None}, app="1")
        for one in page["data"]
    )
    assert review == Review(
        id="00000028-b08c",
        text="Lost\nMy case is gone.",
        stars=1,
        author="maudfell",
        created_at=at(9),
        url="https://apps.apple.com/app/id1?see-all=reviews",
        answer=Answer(text="Sorry. ^AB", at=at(11), id="r1"),
    )
    assert (bare.text, bare.stars, bare.author, bare.answer) == ("", 3, None, None)


async def test_second_answer_stands_below_the_first(place: tuple[FakeReviews, Any]) -> None:
    fake, make = place
    connector: ReviewsConnector = make(fake)
    review = fake.add("My case is gone.")
    for text in ("We are looking for it. ^AB", "Found, and on its way to you. ^AB"):
        made = await connector.publish(text, target=target(review), attempt=text)
    assert made.id == f"{review}/answer"
    said = fake.find(review)
    assert said is not None
    assert said.answer == "We are looking for it. ^AB\n\nFound, and on its way to you. ^AB"


async def test_answer_that_leaves_no_room_for_the_first_takes_its_place(
    place: tuple[FakeReviews, Any],
) -> None:
    fake, make = place
    connector: ReviewsConnector = make(fake)
    review = fake.add("My case is gone.")
    long = "x" * connector.traits.limit
    await connector.publish("First.", target=target(review), attempt="1")
    await connector.publish(long, target=target(review), attempt="2")
    found = fake.find(review)
    assert found is not None
    assert found.answer == long


async def test_answer_given_elsewhere_is_heard_as_ours(place: tuple[FakeReviews, Any]) -> None:
    fake, make = place
    connector: ReviewsConnector = make(fake)
    review = fake.find(fake.add("My case is gone."))
    assert review is not None
    fake.answer(review, "Answered in the console.")
    page = await connector.fetch(connector.sources([])[0], None)
    us = await connector.check()
    heard = [(post.text, post.author == us, post.in_reply_to) for post in page.posts]
    assert [(text, ours) for text, ours, _ in heard] == [
        ("My case is gone.", False), ("Answered in the console.", True),
    ]  # fmt: skip
    assert page.to_us


async def test_pages_are_followed_to_where_it_stood(place: tuple[FakeReviews, Any]) -> None:
    fake, make = place
    connector: ReviewsConnector = make(fake)
    wanted = [fake.add(f"Day {day}") for day in range(50)]
    page = await connector.fetch(connector.sources([])[0], None)
    assert [post.id for post in page.posts] == wanted


async def test_stars_alone_are_heard_with_their_number(place: tuple[FakeReviews, Any]) -> None:
    fake, make = place
    connector: ReviewsConnector = make(fake)
    fake.add("", stars=2)
    page = await connector.fetch(connector.sources([])[0], None)
    assert [(post.text, post.counts) for post in page.posts] == [
        ("2 of 5 stars, without a word.", {"rating": 2})
    ]


async def test_edited_review_on_the_map_comes_again() -> None:
    fake = FakeBusiness(HandClock())
    async with running(fake):
        connector = business(fake)
        [source] = connector.sources([])
        fake.add("Nobody at the desk.")
        page = await connector.fetch(source, None)
        review = fake.reviews[0]
        review.text, created = "They found my case. Thank you!", review.at
        review.at = fake.clock.move(60)
        fake_business_created(fake, created)
        page = await connector.fetch(source, page.cursor)
    assert [(post.text, post.edited_at) for post in page.posts] == [(review.text, review.at)]


def fake_business_created(fake: FakeBusiness, created: datetime) -> None:
    """Let the fake tell when its reviews were written first."""
    plain = fake.handle

    def handle(asked: Any) -> Any:
        said = plain(asked)
        for one in (said.body or {}).get("reviews", []):
            one["createTime"] = created.isoformat()
        return said

    fake.handle = handle  # type: ignore[method-assign]


async def test_review_that_is_gone_is_told_when_looked_at_again(
    place: tuple[FakeReviews, Any],
) -> None:
    fake, make = place
    connector: ReviewsConnector = make(fake)
    kept, gone = fake.add("Kept."), fake.add("Gone.")
    fake.reviews = [one for one in fake.reviews if one.id == kept]
    posts, missing = await connector.revisit([kept, gone])
    assert ([post.id for post in posts], list(missing)) == ([kept], [gone])
    assert connector.revisit_every >= timedelta(minutes=10)


async def test_key_that_is_revoked_asks_for_a_person_and_is_not_repeated(
    place: tuple[FakeReviews, Any],
) -> None:
    fake, make = place
    connector: ReviewsConnector = make(fake)
    fake.valid = False
    with pytest.raises(AuthError, match="connect the channel again") as told:
        await connector.check()
    assert not any(secret in str(told.value) for secret in ("PRIVATE", "r3fresh", "s3cret"))
    assert "PRIVATE" not in repr(connector)


async def test_nothing_goes_round_outbound(place: tuple[FakeReviews, Any]) -> None:
    fake, make = place
    closed = Outbound(allow=[])
    with pytest.raises(ConnectorError):
        await make(fake, closed).check()
    await closed.aclose()
    assert fake.seen == []


GOOD = {"appstore": {"app": "1"}, "googleplay": {"package": PACKAGE},
        "googlebusiness": {"locations": "accounts/1/locations/2"}}  # fmt: skip
APPLE = {"key_id": "K", "issuer_id": "i"}


@pytest.mark.parametrize(
    ("network", "settings", "secrets", "said"),
    [
        ("googleplay", {"package": "app"}, {}, "com.example.app"),
        ("googleplay", {"colour": "red"}, {}, "no setting 'colour'"),
        ("googleplay", {"poll_seconds": "soon"}, {}, "number above 0"),
        ("googleplay", {}, {}, "a service account key, or a client ID"),
        ("googleplay", {}, {"service_account": "{"}, "whole JSON file"),
        ("googleplay", {}, {"service_account": "{}"}, "lacks its e-mail address"),
        ("googlebusiness", {"locations": " "}, {}, "locations is empty"),
        ("googlebusiness", {"locations": "here"}, {}, "accounts/1/locations/2"),
        ("appstore", {"app": "my app"}, {}, "app is 'my app'; write the number"),
        ("appstore", {}, APPLE, "The private key is missing"),
        ("appstore", {}, {**APPLE, "private_key": "x"}, "no private key that signs"),
        ("appstore", {}, {**APPLE, "private_key": "RS256"}, "no private key that signs"),
    ],
)
def test_settings_that_make_no_sense_are_refused_by_name(
    network: str, settings: dict[str, str], secrets: dict[str, str], said: str
) -> None:
    given_secrets = {name: keys().get(value, (value,))[0] for name, value in secrets.items()}
    channel = Channel(network=network, handle="b", settings=GOOD[network] | settings)
    with pytest.raises(BadInput, match=said):
        make(channel, Credentials(values=given_secrets), Outbound(allow=[]), HandClock())


NAMES = st.sampled_from(
    ["reviewId", "comments", "userComment", "developerComment", "text", "lastModified", "seconds",
     "nanos", "name", "comment", "createTime", "updateTime", "reviewer", "reviewReply", "id",
     "attributes", "body", "title", "createdDate", "answer", "relationships", "response", "data"]
)  # fmt: skip
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=6)
    | st.sampled_from(["99999999999999", "2026-03-02T09:00:00Z", "9999-12-31T23:59:59-23:59"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=6),
    max_leaves=25,
)  # fmt: skip


@given(st.dictionaries(NAMES, VALUES, max_size=6))
def test_reviews_are_read_or_refused_whatever_comes(value: dict[str, Any]) -> None:
    ways: list[Callable[[], object]] = [
        lambda: read_play(value, package=PACKAGE),
        lambda: read_business(value),
        lambda: read_apple(value, app="1"),
        lambda: answer_ids(value),
    ]
    for read in ways:
        with contextlib.suppress(BadInput):
            read()
