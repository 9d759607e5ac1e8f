"""Merging and splitting cases and customers, each with its undo."""

import itertools
from datetime import timedelta
from typing import Any

import pytest

from amends.desk.actions import (
    close_case,
    erase_customer,
    merge_case,
    proof,
    reopen_case,
    resolve_case,
)
from amends.desk.actions.customers import customer_of, merge_customers, undo_merge
from amends.desk.actions.splitting import split_case, undo_split
from amends.desk.models import AuthorRow, Case, Customer, CustomerMerge, PostRow, RankWatch
from amends.terms import BadInput, NotAllowed, Stale
from tests.factories import NOON, case, heard, mention, store
from tests.people import mina, noor, omar, priya

pytestmark = pytest.mark.database

HOUR = timedelta(hours=1)
_refs = itertools.count(1)


def new_ref() -> str:
    return f"S{next(_refs)}"


def fresh(row: Case) -> Case:
    return Case.objects.select_related("first_post", "split_from", "merged_into").get(pk=row.pk)


def posts(row: Case) -> list[str]:
    return list(row.places.order_by("post__created_at").values_list("post__text", flat=True))


def kinds(row: Case, number: int) -> list[str]:
    return list(row.history.order_by("-seq").values_list("kind", flat=True)[:number])[::-1]


def two_matters() -> tuple[Case, PostRow]:
    """Rosa's case, in whose thread she later writes of another matter."""
    row = case("Halcyon lost my bag", handle="rosa", at=NOON)
    root = row.first_post.native_id
    later = heard(
        "Halcyon also broke my pram", handle="rosa", at=NOON + HOUR, conversation=root,
        in_reply_to=root,
    )  # fmt: skip
    return row, later


def split(row: Case, *some: PostRow, **facts: Any) -> Case:
    asked = {"by": mina(), "now": NOON + 2 * HOUR, "new_ref": new_ref, **facts}
    return split_case(row, posts=[one.pk for one in some], **asked)


@pytest.mark.alike
def test_split_gives_another_matter_a_case_of_its_own() -> None:
    row, later = two_matters()
    made = split(row, later)
    assert (posts(row), posts(made)) == (["Halcyon lost my bag"], ["Halcyon also broke my pram"])
    facts = (made.customer, made.state, made.unanswered_since, made.split_from, made.first_post)
    assert facts == (row.customer, "new", NOON + HOUR, row, later)
    assert (fresh(row).customer_wrote_at, kinds(row, 1), kinds(made, 1)) == (
        NOON, ["case.split"], ["case.opened"],
    )  # fmt: skip
    assert made.clock
    assert proof(fresh(row)).whole
    assert proof(fresh(made)).whole


def test_undone_split_brings_everything_back() -> None:
    row, later = two_matters()
    made = split(row, later)
    undo_split(fresh(made), by=omar(), now=NOON + 3 * HOUR)
    assert (posts(row), posts(made)) == (["Halcyon lost my bag", "Halcyon also broke my pram"], [])
    undone = fresh(made)
    assert (undone.state, undone.merged_into) == ("merged", row)
    assert (fresh(row).customer_wrote_at, kinds(row, 1)) == (NOON + HOUR, ["case.split_undone"])
    with pytest.raises(BadInput, match="Split them off there again"):
        reopen_case(undone, by=mina(), now=NOON)


@pytest.mark.alike
def test_undone_split_ends_what_was_looked_up_for_the_case_that_is_gone() -> None:
    row, later = two_matters()
    made = split(row, later)
    facts = {"query": "halcyon", "address": "https://example.org/post/1", "by": mina()}
    RankWatch.objects.create(case=made, at=NOON, due_at=NOON, **facts)
    undo_split(made, by=mina(), now=NOON + 3 * HOUR)
    assert RankWatch.objects.get().due_at is None
    assert (kinds(fresh(made), 2), proof(fresh(made)).whole) == (
        ["case.merged", "rank.unwatched"], True,
    )  # fmt: skip


def test_split_is_refused_in_words() -> None:
    row, later = two_matters()
    with pytest.raises(BadInput, match="began with stays"):
        split(row, row.first_post)
    with pytest.raises(BadInput, match="Choose posts of this case"):
        split(row, later, heard("Halcyon, elsewhere", handle="ben"))
    with pytest.raises(NotAllowed, match="may not change a case"):
        split(row, later, by=noor())
    split(row, later)
    with pytest.raises(BadInput, match="look again"):
        split(row, later)  # a colleague was faster


def test_post_of_a_bystander_is_split_off_for_them() -> None:
    row = case("Halcyon lost my bag", handle="rosa", at=NOON)
    root = row.first_post.native_id
    other = heard("Mine too", handle="ben", conversation=root, in_reply_to=root, complaint=0.1)
    made = split(row, other)
    assert (made.customer, other.author_id) == (
        Customer.objects.get(authors__handle="ben"), made.first_post.author_id,
    )  # fmt: skip
    assert made.customer != row.customer


@pytest.mark.alike
def test_merge_is_told_to_both_and_what_waits_waits_on() -> None:
    old, new = case(handle="rosa", at=NOON), case(handle="ben", at=NOON + HOUR)
    merge_case(old, into=new, by=mina(), now=NOON + 2 * HOUR, two_customers=True)
    assert (kinds(old, 1), kinds(new, 1)) == (["case.merged"], ["case.joined"])
    assert fresh(new).unanswered_since == NOON
    assert proof(fresh(new)).whole


def test_undone_merge_takes_back_what_came_since() -> None:
    old, new = case(handle="rosa", at=NOON), case(handle="ben", at=NOON)
    merge_case(old, into=new, by=mina(), now=NOON + HOUR, two_customers=True)
    root = old.first_post.native_id
    at = NOON + 2 * HOUR
    store(mention("Where is it?", handle="rosa", conversation=root, in_reply_to=root, at=at))
    assert posts(new) == ["Halcyon lost my bag", "Where is it?"]
    reopen_case(fresh(old), by=omar(), now=NOON + 3 * HOUR)
    assert (posts(new), posts(old)) == (
        ["Halcyon lost my bag"], ["Halcyon lost my bag", "Where is it?"],
    )  # fmt: skip
    assert (fresh(old).unanswered_since, fresh(old).customer_wrote_at) == (NOON, at)
    assert (fresh(new).customer_wrote_at, kinds(new, 1)) == (NOON, ["case.parted"])


@pytest.mark.alike
def test_what_waits_is_not_merged_out_of_sight() -> None:
    old, over = case(handle="rosa"), case(handle="ben")
    resolve_case(over, by=mina(), now=NOON)
    close_case(over, reason="by phone", by=mina(), now=NOON)
    with pytest.raises(BadInput, match="is closed, and this one waits"):
        merge_case(old, into=over, by=mina(), now=NOON, two_customers=True)


def customers() -> tuple[Case, Case]:
    """One person on two networks, each profile with a case."""
    return case("Halcyon lost my bag", handle="rosa"), case(
        "Halcyon, my pram", handle="rosa_m", network="bluesky"
    )


@pytest.mark.alike
def test_profiles_of_one_person_are_merged_across_networks_and_parted_again() -> None:
    """Earlier cases stand together, and posts of either profile come to one case."""
    one, two = customers()
    before = (one.customer, two.customer)
    made = merge_customers(one.customer, two.customer, by=mina(), now=NOON + HOUR)
    assert fresh(two).customer == fresh(one).customer == before[0]
    assert set(before[0].authors.values_list("handle", flat=True)) == {"rosa", "rosa_m"}
    assert (kinds(one, 1), kinds(two, 1)) == (["customer.merged"], ["customer.merged"])
    undo_merge(made, by=omar(), now=NOON + 2 * HOUR)
    assert (fresh(one).customer, fresh(two).customer) == before
    assert list(before[1].authors.values_list("handle", flat=True)) == ["rosa_m"]
    assert (kinds(two, 1), proof(fresh(two)).whole) == (["customer.parted"], True)


@pytest.mark.alike
def test_case_that_a_merged_profile_opened_since_goes_with_it() -> None:
    one, two = customers()
    for row in (one, two):
        resolve_case(row, by=mina(), now=NOON)
        close_case(row, reason="by phone", by=mina(), now=NOON)
    made = merge_customers(one.customer, two.customer, by=mina(), now=NOON + HOUR)
    (third,) = store(
        mention("Halcyon again", handle="rosa_m", network="bluesky", at=NOON + 2 * HOUR)
    )
    assert third.customer_id == one.customer_id
    undo_merge(made, by=mina(), now=NOON + 3 * HOUR)
    assert fresh(third).customer == two.customer


def test_second_of_two_who_merge_at_once_is_told() -> None:
    """Whichever way round they saw it; nothing is overwritten."""
    one, two = customers()
    made = merge_customers(one.customer, two.customer, by=mina(), now=NOON)
    for kept, gone in ((one, two), (two, one)):
        with pytest.raises(Stale, match="meanwhile"):
            merge_customers(
                Customer(pk=kept.customer_id), Customer(pk=gone.customer_id), by=omar(), now=NOON
            )
    undo_merge(made, by=omar(), now=NOON)
    with pytest.raises(Stale, match="parted these customers meanwhile"):
        undo_merge(CustomerMerge.objects.get(), by=mina(), now=NOON)


def test_merges_are_undone_last_first_and_never_over_an_erasure() -> None:
    one, two = customers()
    three = case("Halcyon!", handle="ro")
    first = merge_customers(one.customer, two.customer, by=mina(), now=NOON)
    second = merge_customers(three.customer, one.customer, by=mina(), now=NOON)
    with pytest.raises(BadInput, match="Undo that one first"):
        undo_merge(first, by=mina(), now=NOON)
    undo_merge(second, by=mina(), now=NOON)
    erase_customer(fresh(one).customer, by=priya(), now=NOON)
    with pytest.raises(BadInput, match="was erased"):
        undo_merge(first, by=mina(), now=NOON)


@pytest.mark.alike
def test_profile_without_a_case_becomes_part_of_a_customer() -> None:
    row = case(handle="rosa")
    other = heard("Halcyon, good morning", handle="rosa_m", complaint=0.0).author
    assert other is not None
    found = customer_of(AuthorRow.objects.get(pk=other.pk), now=NOON)
    merge_customers(row.customer, found, by=mina(), now=NOON)
    assert set(row.customer.authors.values_list("handle", flat=True)) == {"rosa", "rosa_m"}
    with pytest.raises(NotAllowed, match="may not change a case"):
        merge_customers(row.customer, found, by=noor(), now=NOON)
