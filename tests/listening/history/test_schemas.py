"""Each kind of object becomes posts: payloads in ``tests/payloads``, texts invented."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from amends.listening.history import Line, open_history
from amends.terms import Author, Media, Post, Ref

PAYLOADS = Path(__file__).parents[2] / "payloads"

TEN = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
ALICE = Author(id="180042", handle="alice_example", name="Alice Example", followers=120)
ACME = Author(id="180001", handle="AcmeCare", name="Acme Care", followers=9000)
COMPLAINT = Post(
    id="1990100",
    text="@AcmeCare parcel 4711 & nobody answers https://t.co/abc",
    network="x",
    url="https://x.com/alice_example/status/1990100",
    author=ALICE,
    created_at=TEN,
    lang="en",
    conversation="1990100",
    links=("https://example.com/order/4711",),
    counts={"reposts": 3, "replies": 1, "likes": 2, "quotes": 0, "views": 57},
)


def read(name: str, format: str) -> list[Line]:  # noqa: A002
    history = open_history(PAYLOADS / name)
    assert history.format == format
    return list(history.lines())


def kinds(lines: list[Line]) -> list[str]:
    """What each line is, in a word: a post's id, ``-`` and a deleted id, a skip or ``dead``."""
    return [
        line.post.id
        if line.post
        else f"-{line.deleted}"
        if line.deleted
        else line.skipped or "dead"
        for line in lines
    ]


def test_x_pages_are_read_with_their_users_and_parents() -> None:
    lines = read("x/page.jsonl", "x")
    assert kinds(lines) == ["1990200", "1990100", "not_a_post", "1990100"]
    assert [(line.number, line.part, line.last) for line in lines] == [
        (1, 0, False),
        (1, 1, True),
        (2, 0, True),
        (3, 0, True),
    ]
    assert lines[1].post == COMPLAINT
    assert lines[0].post == Post(
        id="1990200",
        text="@alice_example Sorry! Please send us a message.",
        network="x",
        url="https://x.com/AcmeCare/status/1990200",
        author=ACME,
        created_at=TEN + timedelta(minutes=5),
        lang="en",
        conversation="1990100",
        in_reply_to=Ref(id="1990100", author=ALICE, text=COMPLAINT.text),
    )


def test_x_bare_posts_are_read_long_and_edited_ones_whole() -> None:
    first, second = (line.post for line in read("x/bare.jsonl", "x"))
    assert first is not None
    assert second is not None
    assert (first.author, first.url) == (
        Author(id="180042"),
        "https://x.com/i/status/1990100",
    )
    assert len(second.text) > 280
    assert (second.edited_at, second.lang) == (TEN + timedelta(hours=1), None)


def test_x_streams_are_read_under_both_names_and_keep_alives_passed_over() -> None:
    lines = read("x/stream.jsonl", "x")
    assert kinds(lines) == ["1990100", "1990400", "1990500", "not_a_post"]
    quote, repost = lines[1].post, lines[2].post
    assert quote is not None
    assert repost is not None
    assert quote.quote_of == Ref(id="1990100", author=ALICE, text=COMPLAINT.text)
    assert (repost.repost_of, repost.quote_of) == (Ref(id="1990100"), None)


def test_x_activity_events_bring_posts_deletions_and_messages() -> None:
    lines = read("x/activity.jsonl", "x")
    assert kinds(lines) == ["1990100", "-1990100", "not_a_post", "1990900"]
    assert lines[3].post == Post(
        id="1990900",
        text="It is order 4711",
        network="x",
        author=Author(id="180042"),
        created_at=TEN + timedelta(minutes=20),
        visibility="private",
        conversation="180001-180042",
    )


@pytest.mark.parametrize("version", ["v1", "v2"])
def test_jetstream_creates_updates_and_deletes_in_both_versions(version: str) -> None:
    lines = read(f"jetstream/{version}.jsonl", "jetstream")
    mine = "at://did:plc:alice/app.bsky.feed.post/"
    assert (
        kinds(lines) == [f"{mine}p1", f"{mine}p2", f"{mine}p1", f"-{mine}p2"] + ["not_a_post"] * 3
    )
    heard = TEN + timedelta(seconds=1)
    assert [line.post for line in lines[:2]] == [
        Post(
            id=f"{mine}p1",
            text="My parcel never came, see example.com",
            network="bluesky",
            url="https://bsky.app/profile/did:plc:alice/post/p1",
            author=Author(id="did:plc:alice"),
            created_at=TEN,
            lang="en",
            conversation=f"{mine}p1",
            links=("https://example.com/4711",),
            media=(Media(kind="image", alt="An empty doorstep"),),
        ),
        Post(
            id=f"{mine}p2",
            text="Still nothing",
            network="bluesky",
            url="https://bsky.app/profile/did:plc:alice/post/p2",
            author=Author(id="did:plc:alice"),
            created_at=heard,  # its author's clock says 2031
            conversation="at://did:plc:acme/app.bsky.feed.post/r1",
            in_reply_to=Ref(
                id="at://did:plc:acme/app.bsky.feed.post/r2", author=Author(id="did:plc:acme")
            ),
            quote_of=Ref(
                id="at://did:plc:bob/app.bsky.feed.post/q1", author=Author(id="did:plc:bob")
            ),
            media=(Media(kind="video", alt="The empty hall"),),
        ),
    ]
    edited = lines[2].post
    assert edited is not None
    assert (edited.text, edited.edited_at) == ("My parcel came after all", heard)


def test_mastodon_statuses_become_plain_text_with_links_and_mentions() -> None:
    lines = read("mastodon/statuses.jsonl", "mastodon")
    alice = Author(id="42", handle="alice@example.social", name="Alice Example", followers=12)
    text = (
        "@acmecare my parcel & my patience are gone\nSee https://example.com/order/4711\n\n"
        "#late your terms (https://example.com/terms)"
    )
    first, second, third, fourth = (line.post for line in lines)
    assert first == Post(
        id="01M7ZX1",
        text=text,
        network="mastodon",
        url="https://example.social/@alice/1",
        author=alice,
        created_at=TEN,
        lang="en",
        conversation="01M7ZX1",
        links=("https://example.com/order/4711", "https://example.com/terms"),
        media=(
            Media(
                kind="image",
                url="https://files.example.social/1.png",
                alt="An empty doorstep",
            ),
        ),
        counts={"replies": 1, "reposts": 2, "likes": 3},
    )
    assert second == Post(
        id="01M7ZX2",
        text="About your parcel\n\nWe are on it.",
        network="mastodon",
        url="https://example.social/users/acmecare/statuses/2",
        author=Author(id="7", handle="acmecare", name="Acme"),
        created_at=TEN + timedelta(minutes=5),
        edited_at=TEN + timedelta(minutes=6),
        lang="en",
        visibility="private",
        in_reply_to=Ref(id="01M7ZX1", author=Author(id="42", handle="alice@example.social")),
        counts={"replies": 1, "reposts": 2, "likes": 3},
    )
    assert third is not None
    assert fourth is not None
    assert (third.repost_of, third.text) == (Ref(id="01M7ZX1", author=alice, text=text), text)
    assert (fourth.quote_of, fourth.text) == (
        Ref(id="01M7ZX1", author=alice, text=text),
        "Same here",
    )


def test_mastodon_streams_bring_statuses_and_deletions() -> None:
    lines = read("mastodon/stream.jsonl", "mastodon")
    assert kinds(lines) == ["01M7ZX1", "-01M7ZX1", "not_a_post", "not_a_post"]


def test_our_own_lines_need_only_id_and_text() -> None:
    lines = read("history/posts.jsonl", "posts")
    assert [line.post for line in lines] == [
        Post(
            id="1",
            text="Acme lost my parcel 😡",
            network="demo",
            url="https://demo.example/1",
            author=Author(id="a1", handle="alice", name="Alice", followers=12),
            created_at=TEN,
            lang="en",
            conversation="1",
            links=("https://example.com",),
            counts={"likes": 2},
        ),
        Post(id="2", text="Only the two that must be there"),
        Post(
            id="3",
            text="And again",
            network="demo",
            in_reply_to=Ref(id="1"),
            quote_of=Ref(id="1", author=Author(handle="alice"), text="Acme lost my parcel"),
        ),
    ]


def test_our_own_columns_are_read_from_a_table_and_others_left_alone() -> None:
    lines = read("history/posts.csv", "posts")
    assert [(line.number, line.post) for line in lines] == [
        (
            2,
            Post(
                id="1",
                text='Lost, again\nand "again"',
                network="demo",
                author=Author(handle="alice", followers=12),
                created_at=TEN,
                links=("https://a.example", "https://b.example"),
                counts={"likes": 2},
            ),
        ),
        (
            4,
            Post(
                id="2",
                text="Late",
                network="demo",
                author=Author(handle="bob"),
                created_at=TEN,
                in_reply_to=Ref(id="1"),
            ),
        ),
    ]


def test_twcs_rows_become_posts_and_nobody_is_ours_yet() -> None:
    lines = read("history/twcs.csv", "twcs")
    halloween = datetime(2017, 10, 31, 22, 10, 47, tzinfo=UTC)
    assert [line.ours for line in lines] == [None] * 3
    assert [line.post for line in lines] == [
        Post(
            id="11",
            text="@5001 Sorry & thanks for telling us",
            network="x",
            author=Author(id="AcmeHelp", handle="AcmeHelp"),
            created_at=halloween,
            in_reply_to=Ref(id="12"),
        ),
        Post(
            id="12",
            text="@AcmeHelp my parcel is\nlate, again",
            network="x",
            author=Author(id="5001", handle="5001"),
            created_at=datetime(2017, 10, 31, 20, 8, 27, tzinfo=UTC),
            conversation="12",
            counts={"replies": 2},
        ),
        Post(
            id="14",
            text="No date on this one",
            network="x",
            author=Author(id="5002", handle="5002"),
            in_reply_to=Ref(id="12"),
        ),
    ]


def test_airline_conversations_get_made_up_ids_authors_and_times_the_same_each_time() -> None:
    lines = read("history/airlines.jsonl", "airlines")
    begun = datetime(2017, 10, 1, 13, 12, tzinfo=UTC)  # minute 792
    customer = Author(id="airlines-792-customer", handle="airlines-792-customer")
    company = Author(id="airlines-company", handle="airlines-company")
    assert kinds(lines) == [
        "airlines-792-0",
        "airlines-792-1",
        "airlines-792-2",
        "airlines-b7-0",
        "dead",
        "conversation_without_turns",
    ]
    assert [line.ours for line in lines] == [False, True, False, True, None, None]
    assert [line.post for line in lines[:3]] == [
        Post(
            id=f"airlines-792-{turn}",
            text=text,
            network="x",
            author=author,
            created_at=begun + timedelta(minutes=turn),
            conversation="airlines-792-0",
            in_reply_to=parent,
        )
        for turn, (text, author, parent) in enumerate(
            [
                ("__company__ my bag is gone", customer, None),
                ("__cust__ so sorry", company, Ref(id="airlines-792-0", author=customer)),
                ("Thanks", customer, Ref(id="airlines-792-1", author=company)),
            ]
        )
    ]
    assert lines == read("history/airlines.jsonl", "airlines")


def test_mastodon_markup_that_is_broken_or_hostile_is_still_text() -> None:
    from amends.connectors.mastodon.html import plain_text

    assert plain_text("<p>a<script>alert(1)</script> <![odd[ b").text.startswith("a")
    assert plain_text('<a href="javascript:alert(1)">click</a>') == ("click", ())
    assert plain_text('<a href="https://a.example">x').links == ("https://a.example",)
    assert plain_text("1 &lt; 2") == ("1 < 2", ())
