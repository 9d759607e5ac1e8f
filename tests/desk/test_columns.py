"""How values are spelt for either database, a column at a time."""

import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from django.db.models import CharField, DateTimeField, FloatField, JSONField

from amends.desk.actions.columns import all_one, for_copy, for_postgres, for_sqlite

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
EAST = timezone(timedelta(hours=5, minutes=30))
MOMENTS = [NOON, NOON + timedelta(microseconds=7), datetime(1, 1, 1, tzinfo=UTC)]


@pytest.mark.parametrize("moments", [MOMENTS, [*MOMENTS, NOON.astimezone(EAST)], [*MOMENTS, None]])
def test_moments_are_spelt_as_django_spells_them(moments: list[Any]) -> None:
    plain = [one and str(one.astimezone(UTC))[:-6] for one in moments]
    assert list(for_sqlite(DateTimeField(), moments)) == plain
    assert list(for_postgres(DateTimeField(), moments)) == [one and f"{one}+00" for one in plain]


@pytest.mark.parametrize("floats", [[0.1, 1.0, 1e-9, 0.30000000000000004], [float("nan"), 2.5]])
def test_floats_are_told_to_the_last_bit(floats: list[float]) -> None:
    spelt = for_postgres(FloatField(), floats)
    assert list(map(repr, map(float, spelt))) == list(map(repr, floats))


@pytest.mark.parametrize("texts", [["a\tb", "c\nd\re", "back\\slash", "50 %"], ["a\0b", "\\", ""]])
def test_copy_takes_texts_back_as_they_were(texts: list[str]) -> None:
    spelt = for_copy(CharField(), texts)
    assert [one for one in spelt if set(one) & set("\t\n\r")] == []
    meant = {"\\t": "\t", "\\n": "\n", "\\r": "\r", "\\\\": "\\"}
    halves = [one.split("\\\\") for one in spelt]
    for mark, letter in list(meant.items())[:3]:
        halves = [[half.replace(mark, letter) for half in one] for one in halves]
    assert ["\\".join(one) for one in halves] == texts
    assert for_copy(CharField(), [None, "\\N"]) == ["\\N", "\\\\N"]


@pytest.mark.parametrize("values", [[(), (), []], [("a", 'b"'), ["é", "\n"], {"n": 1}, (), None]])
def test_json_says_the_same(values: list[Any]) -> None:
    spelt = for_sqlite(JSONField(), values)
    meant = [json.loads(json.dumps(one)) for one in values]
    assert [None if one is None else json.loads(one) for one in spelt] == meant


@pytest.mark.parametrize(
    ("column", "one"),
    [(["x", "x"], True), (["x", "y"], False), ([None, None], True), ([(), ()], True), ([()], True)],
)
def test_what_all_rows_share_is_told(column: list[Any], one: bool) -> None:
    assert all_one(column) is one


def test_counts_that_are_equal_but_spelt_apart_are_not_shared() -> None:
    assert not all_one([{"likes": 1}, {"likes": True}])
