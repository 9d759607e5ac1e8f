"""Near copies of what was sent lately, and stock phrases (R29)."""

import pytest

from amends.guard import CaseFacts, RecentReplies, check
from tests.guard.asked import LATE, LATER, codes

SENT = (
    "Hi Anna, thank you for telling us about flight AC120. The crew is on its way to the gate and"
    " I will write again at 9 pm. ^MK"
)
COPIES = [
    SENT,
    SENT.replace("Anna", "Peter")
    .replace("AC120", "KL8")
    .replace("9 pm", "11 pm")
    .replace("MK", "JD"),
    SENT.replace("Hi Anna,", "Hello there!").replace(" ^MK", " - Lea"),
    "@mia_k " + SENT.replace("will write", "shall write"),
    SENT.upper(),
]
OTHERS = [
    "Mia, I asked the gate about your flight: the crew landed late from Oslo and boards now. ^Dan",
    "What happened? ^Dan",
    "",
]


@pytest.mark.parametrize("reply", COPIES)
def test_copy_is_stopped_with_names_and_numbers_swapped(reply: str) -> None:
    found = [one for one in check(reply, LATER, [SENT]) if one.code == "near_copy"]
    assert [(one.level, one.resembles) for one in found] == [("stop", SENT)]
    assert found[0].similarity is not None
    assert found[0].similarity >= 0.8
    assert f"{found[0].similarity:.0%}" in found[0].reason


@pytest.mark.parametrize("reply", OTHERS)
def test_reply_of_its_own_is_no_copy(reply: str) -> None:
    assert "near_copy" not in codes(reply, recent=[SENT, "What happened? ^Jo"])


def test_dropped_reply_is_forgotten() -> None:
    recent = RecentReplies([SENT])
    recent.drop("0")
    recent.drop("never there")
    assert (len(recent), recent.nearest(SENT)) == (0, None)


def test_all_are_forgotten_at_once_and_new_ones_found() -> None:
    recent = RecentReplies([SENT, *OTHERS])
    recent.drop_all()
    assert (len(recent), recent.nearest(SENT)) == (0, None)
    recent.add(SENT, key="1")
    nearest = recent.nearest(SENT)
    assert (len(recent), nearest and nearest.key) == (1, "1")


def test_reply_is_replaced_under_its_key() -> None:
    recent = RecentReplies()
    recent.add(SENT, key="a")
    recent.add(OTHERS[0], key="a")
    nearest = recent.nearest(OTHERS[0])
    assert (len(recent), nearest and nearest.text) == (1, OTHERS[0])


def test_oldest_makes_room() -> None:
    texts = [f"{SENT} Reply of the kind {word} for once." for word in "abcdefgh"]
    recent = RecentReplies(texts, capacity=3)
    recent.add(OTHERS[0], key="last")
    assert len(recent) == 3
    nearest = recent.nearest(OTHERS[0])
    assert nearest is not None
    assert nearest.similarity == 1.0


def test_each_of_many_is_found_again() -> None:
    words = [
        "red",
        "blue",
        "green",
        "tall",
        "small",
        "round",
        "flat",
        "warm",
        "cold",
        "loud",
        "late",
        "new",
        "old",
        "soft",
        "hard",
        "kind",
    ]
    texts = [f"The {a} {b} case of the {c} bag is {a} and it went to the {b} desk in {c} rain." for a in words for b in words for c in words[:4]]  # fmt: skip
    recent = RecentReplies(texts)
    found = [recent.nearest(text) for text in texts[::7]]
    assert [one and one.text for one in found] == texts[::7]


def test_stock_phrases_are_stopped_with_their_share() -> None:
    reply = (
        "We are sorry that you are experiencing an issue and will look into it right away."
        " We appreciate your business."
    )
    found = [one for one in check(reply, CaseFacts(post=LATE)) if one.code == "stock_phrases"]
    assert [(one.level, one.similarity) for one in found] == [("stop", 1.0)]


@pytest.mark.parametrize(
    "reply",
    [
        "Thank you, Mia! We appreciate it.",
        "We are sorry for the third delay this week and look into the gate's staffing now.",
        "We are sorry about this. What happened?",
        "So sorry to hear this. Please send us a DM and we will look into it.",
    ],
)
def test_reply_with_something_of_its_own_is_no_stock(reply: str) -> None:
    assert "stock_phrases" not in codes(reply, CaseFacts(post=LATE))


def test_names_and_days_inside_a_sentence_are_swapped_out() -> None:
    sent = "We thank Anna for the report and send Ben on Monday."
    assert "near_copy" in codes(
        "We thank Peter for the report and send Carla on Friday.", recent=[sent]
    )


def test_nouns_of_another_matter_are_no_names() -> None:
    sent = "Ihr Koffer liegt in Berlin und kommt mit dem Kurier am Abend."
    reply = "Ihr Kleid h\u00e4ngt im Laden und kommt mit dem Boten zum Fest."
    assert "near_copy" not in codes(reply, recent=[sent])
