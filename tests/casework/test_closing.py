"""What keeps a case from being closed, and how one ends."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amends.casework.closing import (
    CLAIM,
    PROMISE,
    Matter,
    check_ending,
    check_nothing_open,
    remedy_matter,
    still_open,
)
from amends.casework.remedies import OPEN, RemedyKind, RemedyStatus
from amends.terms import BadInput, NotAllowed

MATTERS = [PROMISE, CLAIM, *(remedy_matter(k, s) for k in RemedyKind for s in sorted(OPEN))]


@given(st.dictionaries(st.sampled_from(MATTERS), st.integers(0, 9)))
def test_whatever_is_open_stops_closing_and_is_named(matters: dict[Matter, int]) -> None:
    """R42, R44."""
    standing = {matter: count for matter, count in matters.items() if count}
    if not standing:
        check_nothing_open(matters)
        assert still_open(matters) == ""
        return
    with pytest.raises(NotAllowed) as stopped:
        check_nothing_open(matters)
    for matter, count in standing.items():
        assert (matter.one if count == 1 else matter.many.format(count)) in str(stopped.value)


def test_sentence_reads_as_a_person_would_say_it() -> None:
    credit = remedy_matter(RemedyKind.CREDIT, RemedyStatus.APPROVED)
    assert still_open(Counter([credit, PROMISE, PROMISE, CLAIM])) == (
        "Still open: a credit that is not delivered, 2 promises and a claim that is not settled."
    )


@pytest.mark.parametrize(("closed_out", "reason"), [(True, ""), (False, "By phone.")])
def test_case_ends_in_public_or_with_a_reason(closed_out: bool, reason: str) -> None:
    """R44."""
    check_ending(closed_out=closed_out, reason=reason)
    with pytest.raises(BadInput, match="needs a reason"):
        check_ending(closed_out=False, reason=" \n")
