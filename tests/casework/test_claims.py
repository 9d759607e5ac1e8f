"""The life of a claim: declared moves, what decisions rest on, and how a correction is asked."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amends.casework.claims import (
    CLAIM_MOVES,
    LONGEST,
    OPEN,
    ClaimState,
    check_claim_move,
    check_decision,
    check_request,
    check_words,
    draft_request,
)
from amends.casework.holds import BLANK_AFTER, LONGEST_HOLD, blank_from, check_hold, stands
from amends.guard import CaseFacts, check, verdict_of
from amends.terms import BadInput, NotAllowed

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)

STATES = st.sampled_from(ClaimState)


@given(STATES, STATES)
def test_claim_moves_as_declared_and_refusals_can_be_read(old: ClaimState, new: ClaimState) -> None:
    """R46."""
    if new in CLAIM_MOVES[old]:
        check_claim_move(old, new)
        return
    with pytest.raises(NotAllowed, match=f"A claim that is {old} cannot become {new}."):
        check_claim_move(old, new)


def test_every_state_is_declared_and_can_be_reached() -> None:
    reached, fresh = {ClaimState.NOTED}, {ClaimState.NOTED}
    while fresh:
        fresh = set().union(*(CLAIM_MOVES[state] for state in fresh)) - reached
        reached |= fresh
    assert (set(CLAIM_MOVES), reached) == (set(ClaimState), set(ClaimState))


@given(st.lists(STATES, max_size=12))
def test_whatever_walk_is_tried_a_claim_ends_only_by_a_decision(tried: list[ClaimState]) -> None:
    """From what is open one comes to an end by being corrected, retracted, true or dropped alone."""
    state = ClaimState.NOTED
    for new in tried:
        if new in CLAIM_MOVES[state]:
            left = state in OPEN and new not in OPEN
            assert not left or new.value in {"corrected", "retracted", "found true", "dropped"}
            state = new


@given(st.text(max_size=30), st.integers(0, 3))
def test_nothing_is_called_false_without_evidence_and_what_is_true(because: str, kept: int) -> None:
    """R46."""
    if kept and because.strip():
        check_decision(ClaimState.FALSE, because=because, evidence=kept)
        return
    with pytest.raises(BadInput):
        check_decision(ClaimState.FALSE, because=because, evidence=kept)


@given(STATES, st.booleans(), st.booleans())
def test_only_the_author_of_what_was_shown_false_is_asked(
    state: ClaimState, by_customer: bool, on_its_way: bool
) -> None:
    """R31, R46."""
    allowed = ClaimState.ASKED in CLAIM_MOVES[state] and by_customer and not on_its_way
    if allowed:
        check_request(state, by_customer=by_customer, on_its_way=on_its_way)
        return
    with pytest.raises(NotAllowed):
        check_request(state, by_customer=by_customer, on_its_way=on_its_way)


CLAIMED = "Brindlewing sold my passport data to advertisers and everybody in the company knows it"
TRUTH = "The records of the last two years hold no such transfer, and the auditors confirm it."


@pytest.mark.parametrize("public", [True, False])
def test_drafted_request_passes_the_guard_and_asks_for_nothing_to_be_deleted(public: bool) -> None:
    """R30, R46: polite, by the guard's own rules."""
    text = draft_request(CLAIMED, TRUTH) + " ^MK"
    facts = CaseFacts(
        mode="public" if public else "private", post=CLAIMED, public_turns=1, recipient="rosa",
        complainant="rosa",
    )  # fmt: skip
    found = [(one.code, one.level) for one in check(text, facts) if one.level != "note"]
    assert (verdict_of(check(text, facts)), found) == ("pass", [])
    assert "delete" not in text


@given(st.text(max_size=3000), st.text(max_size=3000))
def test_request_can_be_drafted_of_any_words(words: str, truth: str) -> None:
    assert 0 < len(draft_request(words, truth)) <= LONGEST


@pytest.mark.parametrize("words", ["", " \n", "x" * (LONGEST + 1)])
def test_claim_has_words(words: str) -> None:
    with pytest.raises(BadInput, match="exact words"):
        check_words(words)


def test_deleted_text_is_kept_for_a_day() -> None:
    """R46."""
    assert blank_from(NOON) == NOON + BLANK_AFTER == NOON + timedelta(days=1)


@pytest.mark.parametrize(
    ("reason", "length", "said"),
    [
        (" ", timedelta(days=9), "Say why"),
        ("x" * 2001, timedelta(days=9), "Say why"),
        ("A court asks.", timedelta(0), "a day to come"),
        ("A court asks.", LONGEST_HOLD + timedelta(seconds=1), "three years"),
    ],
)
def test_hold_has_a_reason_and_an_end(reason: str, length: timedelta, said: str) -> None:
    """R46."""
    with pytest.raises(BadInput, match=said):
        check_hold(reason=reason, expires_at=NOON + length, now=NOON)


@given(st.timedeltas(), st.one_of(st.none(), st.just(NOON)))
def test_hold_stands_until_it_ends_or_is_lifted(after: timedelta, lifted: object) -> None:
    try:
        now = NOON + after
    except OverflowError:
        return
    held = stands(expires_at=NOON, lifted_at=NOON if lifted else None, now=now)
    assert held is (after < timedelta(0) and lifted is None)
