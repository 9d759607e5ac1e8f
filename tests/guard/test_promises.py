"""What a reply gives away becomes a promise, or waits for an approver (R41)."""

from datetime import UTC, datetime

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from amends.guard import CaseFacts, due_of, promises
from amends.guard.promises import amount_of
from amends.text import normalise
from tests.guard.asked import codes


def test_promises_are_read_out_of_a_reply() -> None:
    reply = "We will refund you $1,234.50 and I'll call you by Friday."
    found = [(one.kind, one.words, one.amount, one.currency) for one in promises(reply)]
    assert found == [
        ("amount", "$1,234.50", 1234.5, "USD"),
        ("deed", "I'll call you by Friday", None, ""),
    ]


NOW = datetime(2026, 3, 4, 14, 0, tzinfo=UTC)  # a Wednesday


@pytest.mark.parametrize(
    ("reply", "words", "due"),
    [
        ("Sorry! I'll write to you by 6 pm.", "I'll write to you by 6 pm", (4, 18, 0)),
        ("I will call you tomorrow, Rosa. Bad Monday.", "I will call you tomorrow", (5, 23, 59)),
        ("You'll hear from me within 24 hours.", None, (5, 14, 0)),
        ("We'll get back to you on Friday at noon.", None, (6, 12, 0)),
        ("We'll answer within two business days.", None, (6, 14, 0)),
        ("I'm sending it tonight.", None, (4, 23, 59)),
        ("I'm looking into it, you'll have news at 3.", "you'll have news at 3", (4, 15, 0)),
        ("Ich melde mich bis 18 Uhr.", None, (4, 18, 0)),
        ("Te escribo mañana antes de las 10.", None, (5, 10, 0)),
        ("Je vous réponds sous 48 heures.", None, (6, 14, 0)),
        ("Ti scrivo entro le 18.", None, (4, 18, 0)),
        ("Respondo em duas horas.", None, (4, 16, 0)),
        ("Ik bel je binnen een uur.", None, (4, 15, 0)),
    ],
)
def test_what_is_announced_is_due_when_it_says(
    reply: str, words: str | None, due: tuple[int, int, int]
) -> None:
    (found,) = promises(reply)
    day, hour, minute = due
    assert found.words == (words or reply.removesuffix("."))
    assert due_of(found.when, NOW) == NOW.replace(day=day, hour=hour, minute=minute)


@pytest.mark.parametrize(
    "reply",
    [
        "We were late on Monday.",
        "I'm so sorry about today.",
        "I called you yesterday at 5 pm.",
        "Flight 117 leaves at 18:00.",
    ],
)
def test_what_happened_is_no_promise(reply: str) -> None:
    assert promises(reply) == []


@given(st.text(max_size=80), st.datetimes(timezones=st.just(UTC)))
def test_due_times_lie_ahead_whatever_is_said(text: str, now: datetime) -> None:
    assume(now.year < 9990)
    due = due_of(f"{normalise(text)} by 3 in 5 days", now)
    assert due is None or due > now


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
