"""Erasing a person: names and texts go, the proof of what happened stays."""

import json

import pytest
from django.core import serializers

from amends.desk import models
from amends.desk.actions import add_note, erase_customer, proof, queue_reply, save_draft
from amends.desk.models import AuthorRow, Case, PostRow
from amends.terms import NotAllowed
from tests.factories import NOON, case, heard, mention, store
from tests.people import mina, priya

pytestmark = pytest.mark.database

SECRETS = ("rosa", "Rosa", "bag of diamonds", "Room 12", "half a thought")


def everything() -> str:
    """All the desk holds, as text."""
    kinds = [getattr(models, name) for name in models.__all__]
    rows = [row for kind in kinds if kind is not models.Responder for row in kind.objects.all()]
    return str(json.loads(serializers.serialize("json", rows)))


def a_case() -> Case:
    row = case("Halcyon lost my bag of diamonds", native_id="root")
    queue_reply(row, text="So sorry, Rosa", private=False, by=mina(), now=NOON, attempt="a")
    add_note(row, text="Rosa stays in Room 12", by=mina(), now=NOON)
    save_draft(row, mode="public", text="half a thought for Rosa", by=mina(), now=NOON)
    return row


def test_nothing_of_the_person_is_left() -> None:
    row = a_case()
    assert all(secret in everything() for secret in SECRETS)
    erase_customer(row.customer, by=priya(), now=NOON)
    left = everything().replace("id-rosa", "")  # the network's opaque id, to know them again by
    assert [secret for secret in SECRETS if secret in left] == []


def test_history_is_still_proved_whole() -> None:
    row = a_case()
    erase_customer(row.customer, by=priya(), now=NOON)
    row.refresh_from_db()
    assert proof(row).whole
    assert row.history.order_by("-seq")[0].kind == "customer.erased"


def test_post_that_comes_back_in_a_feed_stays_erased() -> None:
    row = a_case()
    erase_customer(row.customer, by=priya(), now=NOON)
    store(mention("Halcyon lost my bag of diamonds", native_id="root"))
    store(mention("Halcyon lost my bag of diamonds!", native_id="root", edited_at=NOON))
    assert PostRow.objects.get(native_id="root").text == ""
    assert AuthorRow.objects.get(native_id="id-rosa").handle == ""


def test_who_writes_anew_is_heard_as_anybody() -> None:
    row = a_case()
    erase_customer(row.customer, by=priya(), now=NOON)
    heard("Halcyon again", native_id="new")
    assert AuthorRow.objects.get(native_id="id-rosa").handle == "rosa"


def test_responder_may_not_erase() -> None:
    with pytest.raises(NotAllowed, match="may not erase a customer"):
        erase_customer(a_case().customer, by=mina(), now=NOON)
