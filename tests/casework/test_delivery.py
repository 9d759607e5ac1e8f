"""A reply's statuses, and when it is tried again."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amends.casework import REPLY_MOVES, ReplyStatus, check_delivery, next_try
from amends.casework.delivery import LONGEST_WAIT, MOST_TRIES
from amends.terms import NotAllowed

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def test_every_status_has_its_moves() -> None:
    assert set(REPLY_MOVES) == set(ReplyStatus)


def test_what_was_sent_stays_sent() -> None:
    assert REPLY_MOVES[ReplyStatus.SENT] == frozenset()
    with pytest.raises(NotAllowed, match=r"A reply that is sent cannot become ready\."):
        check_delivery(ReplyStatus.SENT, ReplyStatus.READY)


def test_what_may_be_on_the_wire_cannot_be_called_back() -> None:
    assert ReplyStatus.CANCELLED not in REPLY_MOVES[ReplyStatus.SENDING]
    assert ReplyStatus.CANCELLED not in REPLY_MOVES[ReplyStatus.NOT_KNOWN]


@given(st.integers(0, MOST_TRIES - 1), st.integers(-1000, 100_000))
def test_next_try_is_never_before_what_the_network_asked(tries: int, ask: int) -> None:
    asked = NOON + timedelta(seconds=ask)
    again = next_try(tries=tries, now=NOON, retry_at=asked)
    assert again is not None
    assert asked <= again <= max(asked, NOON + LONGEST_WAIT)


def test_after_twelve_tries_it_has_failed() -> None:
    assert next_try(tries=MOST_TRIES, now=NOON, retry_at=NOON) is None
