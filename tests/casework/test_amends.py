"""Fault, second chance, and what may be given by whom."""

from datetime import date
from decimal import Decimal

import pytest

from amends.casework import Role
from amends.casework.fault import (
    NEXT,
    Fault,
    SecondChance,
    check_fault,
    check_second_chance,
)
from amends.casework.remedies import (
    REMEDY_MOVES,
    SHIPPED,
    RemedyKind,
    RemedyStatus,
    check_amount,
    check_remedy_approver,
    check_remedy_move,
    first_status,
)
from amends.terms import BadInput, NotAllowed

DAY = date(2026, 3, 9)


@pytest.mark.parametrize("fault", list(Fault))
@pytest.mark.parametrize("fixed", [True, False])
@pytest.mark.parametrize("facts", ["The scanner was off.", " "])
def test_ours_needs_the_fix_and_its_date_and_any_needs_facts(
    fault: Fault, fixed: bool, facts: str
) -> None:
    """R38, R39."""
    fix, fix_on = ("A new scanner", DAY) if fixed else ("", None)
    try:
        check_fault(fault, facts=facts, fix=fix, fix_on=fix_on)
    except BadInput:
        assert not facts.strip() or fixed is not (fault is Fault.OURS)
    else:
        assert facts.strip()
        assert fixed is (fault is Fault.OURS)


@pytest.mark.parametrize("old", [None, *SecondChance])
@pytest.mark.parametrize("new", list(SecondChance))
@pytest.mark.parametrize("fault", [None, *Fault])
def test_second_chance_moves_as_declared_and_is_not_asked_where_it_is_ours(
    old: SecondChance | None, new: SecondChance, fault: Fault | None
) -> None:
    """R40."""
    asked_of_ours = fault is Fault.OURS and new is SecondChance.ASKED
    try:
        check_second_chance(old, new, fault=fault)
    except BadInput:
        assert new not in NEXT[old] or fault is None or asked_of_ours
    else:
        assert new in NEXT[old]
        assert fault is not None
        assert not asked_of_ours


@pytest.mark.parametrize("old", list(RemedyStatus))
@pytest.mark.parametrize("new", list(RemedyStatus))
def test_exactly_the_declared_moves_of_a_remedy_are_allowed(
    old: RemedyStatus, new: RemedyStatus
) -> None:
    try:
        check_remedy_move(old, new)
    except NotAllowed:
        assert new not in REMEDY_MOVES[old]
    else:
        assert new in REMEDY_MOVES[old]


@pytest.mark.parametrize(
    ("role", "amount", "status"),
    [
        (Role.RESPONDER, "50", RemedyStatus.APPROVED),
        (Role.RESPONDER, "50.01", RemedyStatus.WAITING),
        (Role.RESPONDER, None, RemedyStatus.APPROVED),
        (Role.LEAD, "500", RemedyStatus.APPROVED),
        (Role.VIEWER, "0.01", RemedyStatus.WAITING),
    ],
)
def test_over_the_limit_waits(role: Role, amount: str | None, status: RemedyStatus) -> None:
    """R41."""
    given = None if amount is None else Decimal(amount)
    assert first_status(role, given, SHIPPED) is status


@pytest.mark.parametrize(
    ("kind", "amount", "currency", "words"),
    [
        ("refund", None, "", "A refund has an amount and a currency"),
        ("note", None, "EUR", "A currency goes with an amount"),
        ("credit", "0", "EUR", "An amount lies between"),
        ("credit", "NaN", "EUR", "An amount lies between"),
        ("credit", "10000001", "EUR", "An amount lies between"),
        ("credit", "5", "euro", "A currency is three letters"),
        ("credit", "5", "eur", "A currency is three letters"),
    ],
)
def test_amount_that_is_none_is_refused(
    kind: str, amount: str | None, currency: str, words: str
) -> None:
    with pytest.raises(BadInput, match=words):
        check_amount(RemedyKind(kind), None if amount is None else Decimal(amount), currency)


@pytest.mark.parametrize(("may", "own"), [(True, True), (False, False), (False, True)])
def test_somebody_else_approves(may: bool, own: bool) -> None:
    with pytest.raises(NotAllowed):
        check_remedy_approver(may_approve=may, offered_it=own)
