"""The replies written for the guard: bad ones are found, good ones pass (R25, R28 to R34, R38 to R41)."""

from typing import Any

import pytest

from amends.guard import CODES
from tests.guard.asked import asked, cases

CANNED = (
    "We are sorry that you are experiencing an issue and will look into it right away."
    " We appreciate your business."
)
STOPPED = [
    "Is this the game you want to play?",
    CANNED,
    "Delete this tweet and we will refund you.",
    "Our lawyers are reading your posts.",
]
STOCK = [
    "Thank you for reaching out. Your feedback is important to us and we value your patience.",
    "We apologize for any inconvenience this may have caused. Please contact customer support.",
    "Hi there, we appreciate your feedback and will pass it on to the relevant team.",
    "Your satisfaction is our top priority. We will do our best to resolve this issue.",
]
PASSING: list[dict[str, Any]] = [
    {"reply": "What's the issue?", "post": "I HATE @acme. Never again!!!", "account": "acme"},
    {
        "reply": "Sorry to hear about your flight, the weather was terrible in the north-east."
        " I hope you give us a second chance. ^Dan",
        "fault": "third party",
    },
]


@pytest.mark.parametrize("reply", STOPPED)
def test_reply_of_the_articles_is_stopped(reply: str) -> None:
    """R29, R30"""
    assert asked({"reply": reply})["verdict"] == "stop"


@pytest.mark.parametrize("reply", STOCK)
def test_stock_phrases_about_nothing_are_stopped(reply: str) -> None:
    """R29"""
    found = asked({"reply": reply, "post": "@acme my fridge leaks and the repair man never came"})
    assert [one["code"] for one in found["findings"] if one["level"] == "stop"] == ["stock_phrases"]


@pytest.mark.parametrize("question", PASSING)
def test_reply_of_the_articles_passes(question: dict[str, Any]) -> None:
    """R28, R40"""
    assert asked(question)["verdict"] == "pass"


def test_bad_replies_are_found_at_their_level() -> None:
    missed = [
        case["reply"]
        for case in cases("bad")
        if not case["unseen"] and asked(case)["verdict"] not in ("stop", case["want"])
    ]
    assert missed == []


def test_bad_replies_are_found_for_their_reason() -> None:
    def named(case: dict[str, Any]) -> bool:
        return any(one["code"] in case["codes"] for one in asked(case)["findings"])

    assert [c["reply"] for c in cases("bad") if not c["unseen"] and not named(c)] == []


def test_good_replies_pass() -> None:
    held = [c["reply"] for c in cases("good") if not c["unseen"] and asked(c)["verdict"] != "pass"]
    assert held == []


def test_cases_name_codes_that_exist() -> None:
    assert {code for case in cases("bad") for code in case["codes"]} - set(CODES) == set()
