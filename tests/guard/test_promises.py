"""What a reply gives away becomes a promise, or waits for an approver (R41)."""

import pytest

from amends.guard import CaseFacts, promises
from amends.guard.promises import amount_of
from tests.guard.asked import codes


def test_promises_are_read_out_of_a_reply() -> None:
    reply = "We will refund you $1,234.50 and I'll call you by Friday."
    found = [(one.kind, one.words, one.amount, one.currency) for one in promises(reply)]
    assert found == [("amount", "$1,234.50", 1234.5, "USD"), ("deed", "I'll call you by", None, "")]


def test_price_is_no_promise() -> None:
    assert promises("The tour costs 40 euros a head.") == []


@pytest.mark.parametrize(
    ("written", "amount"),
    [("50", 50), ("1,234.50", 1234.5), ("1.234,50", 1234.5), ("1 000", 1000), ("2.5", 2.5)],
)
def test_amounts_are_read_in_either_writing(written: str, amount: float) -> None:
    assert amount_of(written) == amount


@pytest.mark.parametrize(
    ("reply", "stopped"),
    [
        ("I'm sorry, we will pay you $400.", True),
        ("I'm sorry, we will pay you $100.", False),
        ("I'm sorry, we have added 5,000 miles.", False),
        ("I'm sorry, your bill of $400 was wrong.", False),
    ],
)
def test_amount_over_the_authority_is_stopped(reply: str, stopped: bool) -> None:
    facts = CaseFacts(mode="private", authority=100)
    assert codes(reply, facts) == ["over_authority"] * stopped


@pytest.mark.parametrize(
    "reply",
    [
        "We will refund you in full.",
        "I've added a $20 voucher for you.",
        "Wir erstatten Ihnen den Betrag.",
        "Te devolveremos el dinero.",
        "Nous vous rembourserons.",
    ],
)
def test_compensation_is_asked_about_in_public_alone(reply: str) -> None:
    assert codes(reply) == ["public_remedy"]
    assert codes(reply, CaseFacts(mode="private")) == []


@pytest.mark.parametrize(
    "reply", ["Refunds are explained on the help page.", "We can't offer a voucher here."]
)
def test_speaking_of_remedies_gives_none(reply: str) -> None:
    assert codes(reply) == []


def test_absolute_promise_is_asked_about() -> None:
    assert codes("I promise that this will never happen again.") == ["absolute_promise"]
