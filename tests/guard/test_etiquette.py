"""Each network's etiquette (R25)."""

import pytest

from amends.guard import CaseFacts, check
from amends.guard.manners import counted_length, manners_of
from amends.terms import Traits
from tests.guard.asked import BILL, LATE, LATER, codes

LINK = "https://acme.example/" + "a" * 100


@pytest.mark.parametrize(
    ("network", "text", "length"),
    [
        ("x", "a" * 10, 10),
        ("twitter", f"see {LINK}", 27),
        ("X", "\u8377\u7269", 4),
        ("x", "\U0001f9d1\u200d\U0001f692", 2),
        ("x", "\u2019tis", 4),
        ("mastodon", f"@mia@social.example {LINK}", 28),
        ("bluesky", "\U0001f9d1\u200d\U0001f692", 1),
    ],
)
def test_each_network_counts_its_own_way(network: str, text: str, length: int) -> None:
    manners = manners_of(network)
    assert manners is not None
    assert counted_length(text, manners) == length


@pytest.mark.parametrize(
    ("network", "length", "stopped"),
    [("x", 280, False), ("x", 281, True), ("bluesky", 301, True), ("", 9_999, False)],
)
def test_reply_over_the_limit_is_stopped(network: str, length: int, stopped: bool) -> None:
    reply = ("word " * 2_000)[: length - 1] + "!"
    assert ("too_long" in codes(reply, CaseFacts(network=network, public_turns=1))) is stopped


@pytest.mark.parametrize(("mode", "stopped"), [("public", True), ("private", False)])
def test_traits_of_the_channel_go_first(mode: str, stopped: bool) -> None:
    facts = CaseFacts(mode="private" if mode == "private" else "public", public_turns=1)
    traits = Traits(limit=10, message_limit=100, unit="characters")
    assert ("too_long" in codes("I'm looking now.", facts, traits=traits)) is stopped


def test_link_is_dear_on_one_network() -> None:
    found = check(f"It's here: {LINK} ^Dan", CaseFacts(network="x", public_turns=1))
    assert [(one.code, one.level, one.span) for one in found] == [("link_cost", "note", (11, 132))]


@pytest.mark.parametrize(
    ("reply", "code"),
    [
        ("WE ARE SO SORRY ABOUT THE WAIT TONIGHT", "capitals"),
        ("Sorry Mia \U0001f602\U0001f389\U0001f525\U0001f4af", "emoji"),
        ("Sorry about the bag, Mia. #AcmeCares", "hashtags"),
        ("Sorry, Mia. @airport @ground @tower @cargo look at this.", "mentions"),
        ("\u200b \n", "nothing"),
    ],
)
def test_manners_are_minded(reply: str, code: str) -> None:
    assert code in codes(reply)


@pytest.mark.parametrize(
    "reply",
    [
        "Your PNR, ETA and KLM code share are fine.",
        "Thank you, Mia! \U0001f60a",
        "Love it! #AcmeCares",
        "@mia_k @ben_s I'm sorry for you both.",
    ],
)
def test_manners_leave_room(reply: str) -> None:
    assert codes(reply) == []


def test_hashtag_of_the_customer_may_be_taken_up() -> None:
    post = "Two hours at #JFK, thanks @acme"
    assert codes("Sorry about #JFK, Mia.", CaseFacts(post=post, public_turns=1)) == []


@pytest.mark.parametrize(
    ("post", "reply", "asked"),
    [
        ("Llevo tres d\u00edas sin mi maleta y nadie me contesta", "We are sorry about the bag.", True),
        ("Where is my bag, nobody has told me", "Siento mucho lo de su maleta, la buscamos ya.", True),
        ("Llevo tres d\u00edas sin mi maleta y nadie me contesta", "Siento mucho lo de su maleta.", False),
        ("\u8377\u7269\u304c\u5c4a\u304b\u306a\u3044\u3001\u6700\u60aa", "We are sorry about the bag.", True),
        ("Ok", "Siento mucho lo de su maleta, la buscamos ya.", False),
        ("Wo ist mein Koffer, das ist nicht mehr lustig", "I only speak English, sorry; may I?", False),
    ],
)  # fmt: skip
def test_answer_comes_in_the_language_of_the_complaint(post: str, reply: str, asked: bool) -> None:
    assert codes(reply, CaseFacts(post=post, public_turns=1)) == ["language"] * asked


def test_light_tone_is_for_light_hearts() -> None:
    reply = "Oopsie! Sorry about that \U0001f602"
    assert codes(reply, CaseFacts(post=LATE, public_turns=1)) == ["tone"]
    assert codes(reply, CaseFacts(post="ha, typo on your site", public_turns=1)) == []
    assert codes(reply, CaseFacts(post=BILL, public_turns=1, aroused=True)) == ["tone"]


def test_end_of_a_huge_text_is_said_to_be_unread() -> None:
    found = check("word " * 5_000 + "Our lawyers are reading your posts.", LATER)
    assert ("unread", (20_000, 25_035)) in [(one.code, one.span) for one in found]


@pytest.mark.parametrize(
    ("reply", "stopped"),
    [
        ("Hi [name], I am looking for your bag now.", True),
        ("Hi {{ customer.name }}, I am looking for your bag now.", True),
        ("Hi <first name>, I am looking for your bag now.", True),
        ("Thanks, please use [e-mail address] no more; I write to you in private.", False),
        ("I am looking for your bag now [1/2]", False),
        ("Call it {a set}? I look at x < y and y > z for you.", True),
    ],
)
def test_place_that_nobody_filled_in_is_stopped(reply: str, stopped: bool) -> None:
    """R29: a macro or a draft never goes out half written."""
    assert ("unfilled" in codes(reply, CaseFacts(public_turns=1))) is stopped
