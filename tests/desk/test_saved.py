"""Rows that are saved one by one are the rows that Django would have written."""

import pytest
from django.db import DatabaseError
from django.db.models import F

from amends.desk.models import Case, ChannelRow, PostRow
from tests import factories
from tests.factories import NOON

pytestmark = pytest.mark.database


def test_new_row_is_the_one_that_django_writes() -> None:
    facts = {
        "network": "demo",
        "text": "Wo ist “mein” Koffer?",
        "created_at": NOON,
        "heard_at": NOON,
    }
    more = {"links": ["https://a.example/?q=1"], "counts": {"likes": 2}, "private": True}
    ours = PostRow.objects.create(native_id="1", **facts, **more)
    [django] = PostRow.objects.bulk_create([PostRow(native_id="2", **facts, **more)])
    there = PostRow.objects.values().get(pk=django.pk)
    assert PostRow.objects.values().get(pk=ours.pk) == there | {"id": ours.pk, "native_id": "1"}


def test_named_fields_change_and_no_others() -> None:
    case = factories.case()
    before = Case.objects.values().get(pk=case.pk)
    case.pauses, case.resolved_at, case.private, case.ref = [["a", None]], NOON, True, "other"
    case.save(update_fields=["pauses", "resolved_at", "private"])
    changed = {"pauses": [["a", None]], "resolved_at": NOON, "private": True}
    assert Case.objects.values().get(pk=case.pk) == before | changed


def test_expression_is_worked_out_by_the_database() -> None:
    channel = factories.channel()
    version, channel.version = channel.version, F("version") + 1
    channel.save(update_fields=["version"])
    assert ChannelRow.objects.get(pk=channel.pk).version == version + 1


def test_row_that_is_gone_is_not_changed_in_silence() -> None:
    case = factories.case()
    case.pk += 1
    with pytest.raises(DatabaseError, match="did not affect any rows"):
        case.save(update_fields=["private"])
