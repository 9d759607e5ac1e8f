"""The first public reply acknowledges, acts and routes; a question may come first (R26, R28, R32, R34)."""

import pytest

from amends.guard import CaseFacts, check
from tests.guard.asked import LATE, codes

FIRST = CaseFacts(post=LATE)


def notes(reply: str, facts: CaseFacts) -> set[str]:
    return {one.code for one in check(reply, facts) if one.level == "note"}


@pytest.mark.parametrize(
    "reply",
    [
        "Please send us more information.",
        "Can you provide further details?",
        "DM us.",
        "Por favor env\u00edenos m\u00e1s informaci\u00f3n.",
        "Bitte senden Sie uns weitere Informationen.",
        "Merci de nous donner plus de d\u00e9tails.",
    ],
)
def test_bare_request_is_asked_about(reply: str) -> None:
    assert "bare_request" in codes(reply, FIRST)


@pytest.mark.parametrize(
    "reply",
    [
        "What's the issue?",
        "Which flight, Mia? ^Dan",
        "\u00bfQu\u00e9 ha pasado?",
        "Was ist passiert?",
    ],
)
def test_short_open_question_needs_nothing_else(reply: str) -> None:
    assert codes(reply, FIRST) == []
    assert notes(reply, FIRST) <= {"signature"}


def test_reply_that_neither_acknowledges_nor_acts_is_asked_about() -> None:
    assert codes("Gates close twenty minutes before.", FIRST) == ["no_acknowledgement"]


def test_whole_reply_leaves_no_note() -> None:
    reply = (
        "I'm sorry about the third delay, Mia. I'm asking the gate now; send me a DM and you will hear"
        " what they say. Thank you for telling us. ^Dan"
    )
    assert check(reply, FIRST) == []


def test_missing_parts_are_noted_in_the_first_public_reply_alone() -> None:
    reply = "I'm sorry about this week. ^Dan"
    assert notes(reply, FIRST) == {"next_step", "contact_route", "thanks"}
    assert notes(reply, CaseFacts(post=LATE, public_turns=1)) == set()
    assert notes(reply, CaseFacts(post=LATE, mode="private")) == set()


@pytest.mark.parametrize(
    ("turns", "closes_out", "noted"), [(1, False, False), (2, False, True), (5, True, False)]
)
def test_budget_of_public_turns_is_noted(turns: int, closes_out: bool, noted: bool) -> None:
    facts = CaseFacts(post=LATE, public_turns=turns, closes_out=closes_out)
    assert ("public_turns" in notes("The bag is home, Mia. ^Dan", facts)) is noted


@pytest.mark.parametrize("signed", ["^Dan", "- Lea", "*TMT", "/AG", "Rosa", "~RD"])
def test_signature_is_seen(signed: str) -> None:
    assert "signature" not in notes(f"I'm asking the gate now. {signed}", FIRST)
