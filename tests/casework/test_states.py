"""The state graph of a case."""

import pytest

from amends.casework import LIVE, MOVES, CaseState, check_move, path_to
from amends.terms import NotAllowed


def test_every_state_has_its_moves() -> None:
    assert set(MOVES) == set(CaseState)


@pytest.mark.parametrize("state", [s for s in CaseState if s is not CaseState.NEW])
def test_every_state_can_be_reached_from_new(state: CaseState) -> None:
    assert path_to(CaseState.NEW, state)[-1] is state


@pytest.mark.parametrize("state", list(CaseState))
def test_no_state_is_a_dead_end(state: CaseState) -> None:
    assert path_to(state, CaseState.OPEN) or state is CaseState.OPEN


def test_refusal_is_a_sentence() -> None:
    with pytest.raises(NotAllowed, match=r"^A case that is resolved cannot become resolved\.$"):
        check_move(CaseState.RESOLVED, CaseState.RESOLVED)


@pytest.mark.parametrize("old", list(CaseState))
@pytest.mark.parametrize("new", list(CaseState))
def test_exactly_the_declared_moves_are_allowed(old: CaseState, new: CaseState) -> None:
    try:
        check_move(old, new)
    except NotAllowed:
        assert new not in MOVES[old]
    else:
        assert new in MOVES[old]


def test_path_takes_the_shortest_way() -> None:
    assert path_to(CaseState.NEW, CaseState.WAITING) == (CaseState.OPEN, CaseState.WAITING)
    assert path_to(CaseState.OPEN, CaseState.OPEN) == ()


def test_live_cases_are_those_not_settled() -> None:
    assert {CaseState.NEW, CaseState.OPEN, CaseState.WAITING} == LIVE
