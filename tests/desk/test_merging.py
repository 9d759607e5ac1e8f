"""Merging and undoing it, and settling what is still on its way."""

from datetime import timedelta

import pytest

from amends.desk.actions import (
    close_case,
    dismiss_case,
    merge_case,
    queue_reply,
    reopen_case,
    resolve_case,
    wait_for_customer,
)
from amends.desk.actions.customers import merge_customers
from amends.desk.actions.merging import TwoCustomers
from amends.desk.actions.promises import keep_promise, make_promise
from amends.desk.models import Case
from amends.terms import NotAllowed
from tests.factories import NOON, case
from tests.people import mina

pytestmark = pytest.mark.database
DAY = timedelta(days=1)


def answered(**facts: object) -> Case:
    """A case with a reply that waits to be sent."""
    row = case(**facts)  # type: ignore[arg-type]
    queue_reply(row, text="Sorry", private=False, by=mina(), now=NOON, attempt=f"a-{row.pk}")
    return row


@pytest.mark.alike
def test_reopening_a_merged_case_undoes_the_merge() -> None:
    old, new = case(handle="rosa"), case(handle="ben")
    merge_case(old, into=new, by=mina(), now=NOON, two_customers=True)
    reopen_case(old, by=mina(), now=NOON)
    old.refresh_from_db()
    assert (old.state, old.merged_into) == ("open", None)


@pytest.mark.alike
def test_cases_of_two_customers_merge_only_where_somebody_says_so() -> None:
    one, two = case(handle="rosa"), case("Halcyon!", handle="ben", network="bluesky")
    asked = r"This case is of @rosa \(Demo\), \w+ of @ben \(Bluesky\)\. Tick that"
    with pytest.raises(TwoCustomers, match=asked):
        merge_case(one, into=two, by=mina(), now=NOON)
    one.refresh_from_db()
    assert (one.state, two.history.count()) == ("new", 1)
    assert merge_case(one, into=two, by=mina(), now=NOON, two_customers=True).state == "merged"


@pytest.mark.alike
def test_cases_of_one_person_on_two_networks_merge_without_a_question() -> None:
    one, two = case(handle="rosa"), case("Halcyon!", handle="rosa_m", network="bluesky")
    merge_customers(two.customer, one.customer, by=mina(), now=NOON)
    assert merge_case(one, into=two, by=mina(), now=NOON).state == "merged"


@pytest.mark.alike
def test_case_with_a_reply_on_its_way_is_neither_dismissed_nor_merged() -> None:
    row, other = answered(handle="rosa"), case(handle="ben")
    with pytest.raises(NotAllowed, match="still on its way"):
        dismiss_case(row, by=mina(), now=NOON)
    with pytest.raises(NotAllowed, match="still on its way"):
        merge_case(row, into=other, by=mina(), now=NOON, two_customers=True)


def test_case_with_its_close_out_on_its_way_is_not_closed_without_one() -> None:
    row = case()
    resolve_case(row, by=mina(), now=NOON)
    queue_reply(row, text="Done", private=False, by=mina(), now=NOON, attempt="c", closes_out=True)
    with pytest.raises(NotAllowed, match="still on its way"):
        close_case(row, reason="by phone", by=mina(), now=NOON)


@pytest.mark.alike
def test_case_is_not_merged_into_one_that_was_merged_since() -> None:
    one, two, three = (case(handle=name) for name in ("rosa", "ben", "kim"))
    merge_case(two, into=three, by=mina(), now=NOON, two_customers=True)
    with pytest.raises(Exception, match="not merged itself"):
        merge_case(one, into=two, by=mina(), now=NOON, two_customers=True)  # "two" as it was before


@pytest.mark.alike
def test_waiting_for_the_customer_of_a_resolved_case_is_no_longer_resolved() -> None:
    row = case()
    resolve_case(row, by=mina(), now=NOON)
    wait_for_customer(row, by=mina(), now=NOON)
    row.refresh_from_db()
    assert (row.state, row.resolved_at) == ("waiting", None)


def test_case_is_not_merged_over_what_is_open_in_it() -> None:
    """R42: a merged case is worked on elsewhere, where nobody would settle it."""
    row, other = case(handle="rosa"), case(handle="ben")
    promise = make_promise(row, words="Call Rosa", due_at=NOON + DAY, by=mina(), now=NOON)
    with pytest.raises(NotAllowed, match=r"a promise\. Settle it before the case is merged\."):
        merge_case(row, into=other, by=mina(), now=NOON, two_customers=True)
    keep_promise(promise, by=mina(), now=NOON)
    assert merge_case(row, into=other, by=mina(), now=NOON, two_customers=True).state == "merged"
