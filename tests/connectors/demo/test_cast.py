"""The cast complains, waits, grows angry or calm, thanks or takes it back; always the same way."""

from collections.abc import Callable
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from amends.connectors.demo import DemoNetwork
from amends.connectors.demo.cast import BYSTANDERS, COMPETITOR, CUSTOMERS, lines
from amends.connectors.demo.tone import Tone, read_tone
from amends.terms import Post
from tests.connectors.demo.worlds import BRAND, START, HandClock

CARE = "I am so sorry, that must not happen. Which flight was it? ^MK"
ROUTE = "I am sorry about this. Please send me a private message and I will sort it out. ^MK"
CANNED = "We are sorry for any inconvenience. We appreciate your business."
BLAME = "You should have read the terms, it is your own fault."
CLOSE = "I am glad that we could put this right, as agreed. ^MK"

Make = Callable[..., DemoNetwork]


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """A network with the cast on a file of its own."""
    made: list[DemoNetwork] = []

    def network(seed: int = 1, clock: HandClock | None = None) -> DemoNetwork:
        path = tmp_path / f"{len(made)}.sqlite3"
        made.append(DemoNetwork(path, seed=seed, clock=clock or HandClock()))
        return made[-1]

    return network


def complaints(network: DemoNetwork) -> list[Post]:
    """The first posts of stories: by customers, answering nobody."""
    crowd = {person.handle for person in (*BYSTANDERS, COMPETITOR)}
    known = {person.handle for person in CUSTOMERS} - crowd
    return [
        post
        for post in network.posts()
        if post.author and post.author.handle in known and not post.in_reply_to
    ]


def seconds(post: Post) -> float:
    assert post.created_at is not None
    return (post.created_at - START).total_seconds()


def said_by(network: DemoNetwork, post: Post) -> list[Post]:
    """What a complaint's author wrote in its thread, after the complaint."""
    return [found for found in network.thread(post.id) if found.author == post.author][1:]


def answer_first(network: DemoNetwork, *replies: str) -> Post:
    """The first complaint, each reply a minute after the one before; two minutes pass."""
    network.advance(START + timedelta(seconds=20))
    first = complaints(network)[0]
    clock = network.clock
    assert isinstance(clock, HandClock)
    for number, text in enumerate(replies):
        clock.time = START + timedelta(seconds=20 + 60 * number)
        network.publish(BRAND, text, reply_to=first.id, key=None)
    network.advance(clock.move(120))
    return first


def test_a_newcomer_sees_complaints_within_20_seconds(make: Make) -> None:
    network = make()
    network.advance(START + timedelta(seconds=20))
    assert [round(seconds(post)) for post in complaints(network)] == [2, 4, 9, 15]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_complaints_come_every_20_to_40_seconds_for_ten_minutes(make: Make, seed: int) -> None:
    network = make(seed)
    network.advance(START + timedelta(minutes=10))
    times = [seconds(post) for post in complaints(network)][3:]
    gaps = [late - early for early, late in pairwise(times)]
    assert [gap for gap in gaps if not 20 <= gap <= 40] == []
    assert len(gaps) >= 14


def test_complaints_never_stop_and_every_line_fits_into_a_post(make: Make) -> None:
    network = make()
    network.advance(START + timedelta(days=1))
    posts = network.posts()
    assert posts[-1].created_at is not None
    assert seconds(posts[-1]) > timedelta(hours=23.5).total_seconds()
    assert [post.text for post in posts if len(post.text) > 300 or "{" in post.text] == []


def test_there_are_sixty_complaints_and_more_both_tagged_and_not() -> None:
    texts = [line["text"] for line in lines()["complaint"]]
    tagged = [text for text in texts if f"@{BRAND}" in text]
    assert len(set(texts)) == len(texts) >= 60
    assert 20 <= len(tagged) <= len(texts) - 20


def test_care_is_answered_and_calms(make: Make) -> None:
    network = make()
    first = answer_first(network, CARE)
    assert len(said_by(network, first)) == 1


def test_a_contact_route_brings_a_private_message(make: Make) -> None:
    network = make()
    first = answer_first(network, ROUTE)
    assert first.author is not None
    messages = network.messages_by(first.author.handle or "")
    assert [(post.visibility, post.author) for post in messages] == [("private", first.author)]


@pytest.mark.parametrize(("reply", "kind"), [(CANNED, "at_canned"), (BLAME, "at_blame")])
def test_phrases_and_blame_anger(make: Make, reply: str, kind: str) -> None:
    network = make()
    first = answer_first(network, reply)
    assert said_by(network, first)[0].text in lines()["say"]["en"][kind]


def test_silence_brings_angrier_posts_then_no_more(make: Make) -> None:
    network = make()
    network.advance(START + timedelta(hours=3))
    counts = {len(said_by(network, post)) for post in complaints(network)[:20]}
    assert (max(counts), 0 in counts) == (3, True)


def test_a_solution_told_in_private_is_thanked_for_in_private(make: Make) -> None:
    network = make()
    first = answer_first(network, ROUTE)
    handle = (first.author and first.author.handle) or ""
    network.send(
        BRAND, "We have arranged your hotel and a refund is on its way.", to=handle, key=None
    )
    network.advance(network.clock.now() + timedelta(minutes=3))
    assert network.messages_by(handle)[-1].text in lines()["say"]["en"]["private_thanks"]


@pytest.mark.parametrize(
    ("seed", "expected"),
    [(0, "thanks"), (2, "silent"), (4, "grumble"), (31, "retract"), (6, "deleted")],
)
def test_a_close_out_ends_a_story_in_one_of_five_ways(make: Make, seed: int, expected: str) -> None:
    """R45: thanked, silent, negative, retracted; by deleting, too."""
    network = make(seed)
    first = answer_first(network, CARE, CLOSE)
    assert outcome(network, first) == expected


def outcome(network: DemoNetwork, first: Post) -> str:
    if first.id not in {post.id for post in network.thread(first.id)}:
        return "deleted"
    say = lines()["say"]
    texts = {post.text for post in said_by(network, first)}
    for kind in ("thanks", "grumble", "retract"):
        if any(texts & set(lang.get(kind, ())) for lang in say.values()):
            return kind
    return "silent"


@settings(
    max_examples=4,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(looks=st.lists(st.floats(0.1, 950), max_size=12), seed=st.integers(1, 3))
def test_what_happens_does_not_depend_on_who_looks(
    make: Make, looks: list[float], seed: int
) -> None:
    often, once = make(seed, HandClock()), make(seed, HandClock())
    replies = ((30.0, CARE), (200.0, CANNED), (600.0, ROUTE), (900.0, CLOSE))
    play(often, replies, looks)
    play(once, replies, [])
    assert often.posts() == once.posts()
    assert [often.messages_by(c.handle) for c in CUSTOMERS] == [
        once.messages_by(c.handle) for c in CUSTOMERS
    ]


def play(network: DemoNetwork, replies: tuple[tuple[float, str], ...], looks: list[float]) -> None:
    """Reply to the first complaint at the given seconds, look in at others."""
    clock = network.clock
    assert isinstance(clock, HandClock)
    marks: list[tuple[float, str]] = sorted([*replies, *((look, "") for look in looks)])
    target = ""
    for when, text in marks:
        clock.time = START + timedelta(seconds=when)
        if not text:
            network.advance(clock.time)
            continue
        if not target:
            network.advance(clock.time)
            target = complaints(network)[0].id
        if target in {post.id for post in network.posts()}:
            network.publish(BRAND, text, reply_to=target, key=None)
    network.advance(START + timedelta(seconds=960))


def test_another_seed_is_another_world(make: Make) -> None:
    worlds = [make(seed) for seed in (1, 2)]
    for network in worlds:
        network.advance(START + timedelta(minutes=5))
    assert [p.text for p in worlds[0].posts()] != [p.text for p in worlds[1].posts()]


def test_a_pause_of_a_week_is_caught_up_with_for_twenty_minutes_only(make: Make) -> None:
    clock = HandClock()
    network = make(1, clock)
    clock.move(60)
    network.tick()
    before = len(network.posts())
    clock.move(timedelta(days=7).total_seconds())
    network.tick()
    fresh = network.posts()[before:]
    assert 0 < len(fresh) < 200
    assert min(seconds(post) for post in fresh) >= (clock.time - START).total_seconds() - 1200


@pytest.mark.parametrize(
    ("text", "tone"),
    [
        (CARE, Tone(cares=True, asks=True)),
        (ROUTE, Tone(cares=True, route=True)),
        (CANNED, Tone(cares=True, canned=True)),
        (BLAME, Tone(harsh=True)),
        (CLOSE, Tone(closes=True)),
        ("Is this the game you want to play?", Tone(asks=True, harsh=True)),
        ("Lo siento mucho, ¿qué vuelo era?", Tone(cares=True, asks=True)),
        ("Das tut mir leid, schicken Sie mir eine Nachricht.", Tone(cares=True, route=True)),
        ("Noted.", Tone()),
    ],
)
def test_the_tone_of_a_reply(text: str, tone: Tone) -> None:
    assert read_tone(text) == tone
