"""Prepared queries give what the same queries give that are made anew."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.models import F, QuerySet
from django.db.models.signals import post_init
from django.test.utils import CaptureQueriesContext

from amends.casework import CaseState
from amends.desk.models import Case, PostRow
from amends.desk.queries.prepared import counts_of, prepared, prepared_change, prepared_counts
from tests import factories, people

pytestmark = pytest.mark.database


@prepared
def _posts(case: int, state: str, *, private: bool) -> QuerySet[PostRow]:
    posts = PostRow.objects.filter(place__case=case, place__case__state=state, private=private)
    posts = posts.select_related("author", "reading", "reply__by", "place__case")
    return posts.prefetch_related("claims").order_by("pk")


@prepared
def _refs(cases: list[int], since: object) -> QuerySet[Case, str]:
    cases_ = Case.objects.filter(id__among=cases, opened_at__gt=since)
    return cases_.order_by("pk").values_list("ref", flat=True)


@prepared
def _facts(ref: str) -> QuerySet[Case, Any]:
    return Case.objects.filter(ref=ref).values("ref", "opened_at", "private", "pauses")


@prepared_counts
def _counts(person: int) -> list[QuerySet[Case]]:
    return [Case.objects.filter(owner=person), Case.objects.none(), Case.objects.filter(owner=None)]


@prepared_change
def _rename(case: int, ref: str, at: object, *, private: bool) -> Any:
    cases = Case.objects.filter(pk=case, private=private)
    return cases, {"ref": ref, "resolved_at": at, "events": F("events") + 1}


def test_rows_are_those_of_the_query_whatever_the_values() -> None:
    first, second = factories.case(handle="ann"), factories.case(handle="bo")
    for case in (first, second, first):
        [post] = _posts(case.pk, CaseState.NEW, private=False)
        assert post == case.first_post
        with CaptureQueriesContext(connection) as asked:
            facts = post.author, post.place.case, post.reading.complaint, list(post.claims.all())
        assert (facts, len(asked)) == ((case.first_post.author, case, 0.9, []), 0)
    assert _posts(first.pk, CaseState.OPEN, private=False) == []
    assert _posts(first.pk, CaseState.NEW, private=True) == []


@prepared
def _shortly(ref: str) -> QuerySet[Case]:
    return Case.objects.filter(ref=ref).only("ref", "state").order_by("pk")


def test_objects_are_those_that_django_makes() -> None:
    """With what was not asked for left to be asked for, and stored when they are saved."""
    case = factories.case()
    [again], plain = _shortly(case.ref), Case.objects.only("ref", "state").get(pk=case.pk)
    known, made = dict(vars(again)), dict(vars(plain))
    assert vars(known.pop("_state")) == vars(made.pop("_state"))
    assert (known, again.get_deferred_fields()) == (made, plain.get_deferred_fields())
    assert again.opened_at == case.opened_at
    again.state = CaseState.OPEN
    again.save(update_fields=["state"])
    assert Case.objects.get(pk=case.pk).state == CaseState.OPEN


def test_who_wants_to_know_of_objects_is_told() -> None:
    told: list[Any] = []

    def tell(instance: Any, **_: object) -> None:
        told.append(instance)

    @prepared
    def with_first(ref: str) -> QuerySet[Case]:
        return Case.objects.filter(ref=ref).select_related("first_post")

    case = factories.case()
    post_init.connect(tell, sender=PostRow)
    try:
        [found] = with_first(case.ref)
    finally:
        post_init.disconnect(tell, sender=PostRow)
    assert told == [found.first_post]


def test_moments_lists_and_texts_are_values_too() -> None:
    cases = [factories.case(handle="ann"), factories.case(handle="bo")]
    pks, before = [one.pk for one in cases], factories.NOON - timedelta(seconds=1)
    assert _refs(pks, before) == [one.ref for one in cases]
    assert _refs(pks[1:], before) == [cases[1].ref]
    assert _refs([], before) == _refs(pks, factories.NOON + timedelta(days=1)) == []
    [facts] = _facts(cases[1].ref)
    assert facts == Case.objects.values(*facts).get(pk=cases[1].pk)


def test_several_are_counted_by_one_statement() -> None:
    Case.objects.filter(pk=factories.case(handle="ann").pk).update(owner=people.mina())
    factories.case(handle="bo")
    with CaptureQueriesContext(connection) as asked:
        assert _counts(people.mina().pk) == [1, 0, 1]
        assert counts_of([Case.objects.all(), Case.objects.none()]) == [2, 0]
    assert [one["sql"].startswith("SELECT (SELECT COUNT") for one in asked][-2:] == [True, True]
    assert _counts(0) == [0, 0, 1]


def test_rows_are_changed_and_counted() -> None:
    case, other = factories.case(handle="ann"), factories.case(handle="bo")
    before, at = Case.objects.values().get(pk=case.pk), factories.NOON
    changed = before | {"ref": "X1", "resolved_at": at, "events": case.events + 1}
    assert _rename(case.pk, "X1", at, private=False) == 1
    assert _rename(other.pk, "X2", at, private=True) == 0
    assert Case.objects.values().get(pk=case.pk) == changed
    assert Case.objects.get(pk=other.pk).ref == other.ref


def test_number_that_no_database_keeps_is_no_rows_number() -> None:
    case = factories.case()
    for number in (2**63 - 1, 2**63, 10**30, -(10**30)):
        assert _counts(number) == [0, 0, 1]
        assert _rename(number, "X1", factories.NOON, private=False) == 0
    assert Case.objects.get(pk=case.pk).ref == case.ref


@pytest.mark.alike
def test_query_that_does_more_than_compare_is_refused() -> None:
    @prepared
    def lengths(more: str) -> QuerySet[Case]:
        return Case.objects.filter(ref__startswith=more)

    with pytest.raises(TypeError, match="more with its values than compare"):
        lengths("T")
    for value in (None, True, 1.5):
        with pytest.raises(TypeError, match="no value of a prepared query"):
            _facts(value)
