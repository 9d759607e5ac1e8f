"""Erasing a person: names and texts go, the proof of what happened stays."""

import json

import msgspec
import pytest
from django.core import serializers

from amends.desk import models
from amends.desk.actions import (
    add_note,
    erase_customer,
    proof,
    queue_reply,
    save_draft,
    send_again,
)
from amends.desk.actions.delivery import claim_reply, settle_absent, settle_refused
from amends.desk.actions.hearing import store_dead
from amends.desk.models import AuthorRow, Case, DeadLetterRow, PostRow
from amends.terms import Author, DeadLetter, DeliveryUnknown, NotAllowed, Ref, TryLater
from tests.factories import NOON, case, channel, heard, mention, store
from tests.people import mina, priya
from tests.support.databases import tables_with_rows

pytestmark = pytest.mark.database

SECRETS = ("rosa", "Rosa", "bag of diamonds", "Room 12", "half a thought")


def everything() -> str:
    """All the desk holds, as text."""
    there = tables_with_rows()
    kinds = [getattr(models, name) for name in models.__all__ if name != "Responder"]
    full = [kind for kind in kinds if kind._meta.db_table in there]
    rows = [row for kind in full for row in kind.objects.all()]
    return str(json.loads(serializers.serialize("json", rows)))


def a_case() -> Case:
    row = case("Halcyon lost my bag of diamonds", native_id="root")
    queue_reply(row, text="So sorry, Rosa", private=False, by=mina(), now=NOON, attempt="a")
    add_note(row, text="Rosa stays in Room 12", by=mina(), now=NOON)
    save_draft(row, mode="public", text="half a thought for Rosa", by=mina(), now=NOON)
    return row


def test_nothing_of_the_person_is_left() -> None:
    row = a_case()
    before = everything()
    assert all(secret in before for secret in SECRETS)
    erase_customer(row.customer, by=priya(), now=NOON)
    left = everything().replace("id-rosa", "")  # the network's opaque id, to know them again by
    assert [secret for secret in SECRETS if secret in left] == []


@pytest.mark.alike
def test_history_is_still_proved_whole() -> None:
    row = a_case()
    erase_customer(row.customer, by=priya(), now=NOON)
    row.refresh_from_db()
    assert proof(row).whole
    assert row.history.order_by("-seq")[0].kind == "customer.erased"


@pytest.mark.alike
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


@pytest.mark.alike
def test_responder_may_not_erase() -> None:
    with pytest.raises(NotAllowed, match="may not erase a customer"):
        erase_customer(a_case().customer, by=mina(), now=NOON)


@pytest.mark.alike
def test_reply_that_waits_is_called_back_rather_than_sent_empty() -> None:
    row = a_case()
    erase_customer(row.customer, by=priya(), now=NOON)
    reply = row.replies.get()
    assert (reply.status, claim_reply(now=NOON, holder="w")) == ("cancelled", None)
    assert proof(Case.objects.get(pk=row.pk)).whole


@pytest.mark.alike
def test_reply_on_the_wire_is_not_tried_again_without_its_text() -> None:
    row = a_case()
    claimed = claim_reply(now=NOON, holder="w")
    assert claimed is not None
    erase_customer(row.customer, by=priya(), now=NOON)
    settle_refused(claimed, TryLater("Slow down.", NOON), now=NOON)
    reply = row.replies.get()
    assert (reply.status, "erased" in reply.reason) == ("failed", True)
    with pytest.raises(NotAllowed, match="erased"):
        send_again(reply, by=mina(), now=NOON)


@pytest.mark.alike
def test_reply_nobody_knows_about_is_not_sent_without_its_text() -> None:
    row = a_case()
    claimed = claim_reply(now=NOON, holder="w")
    assert claimed is not None
    settle_refused(claimed, DeliveryUnknown("No answer."), now=NOON)
    erase_customer(row.customer, by=priya(), now=NOON)
    unknown = claim_reply(now=NOON, holder="w2")
    assert unknown is not None
    settle_absent(unknown, now=NOON)
    assert row.replies.get().status == "failed"


@pytest.mark.alike
def test_what_others_quoted_and_what_colleagues_gave_as_reason_goes_too() -> None:
    row = a_case()
    quote = Ref(id="root", author=Author(handle="rosa"), text="Halcyon lost my bag of diamonds")
    other = mention("Look at this", handle="ben", native_id="q")
    store(msgspec.structs.replace(other, post=msgspec.structs.replace(other.post, quote_of=quote)))
    Case.objects.filter(pk=row.pk).update(close_reason="Rosa stays in Room 12")
    row.replies.update(reason="Rosa blocked us")
    erase_customer(row.customer, by=priya(), now=NOON)
    left = everything().replace("id-rosa", "")
    assert [secret for secret in SECRETS if secret in left] == []


@pytest.mark.alike
def test_handle_that_stood_for_an_id_goes_too() -> None:
    channel()
    known_by_handle = mention("Halcyon lost my bag", native_id="root")
    author = Author(handle="rosa", name="Rosa")
    post = msgspec.structs.replace(known_by_handle.post, author=author)
    store(msgspec.structs.replace(known_by_handle, post=post))
    erase_customer(Case.objects.get().customer, by=priya(), now=NOON)
    assert "rosa" not in everything().lower()


def test_dead_letters_of_the_person_go_too() -> None:
    row = a_case()
    for words in ("root", "@rosa wrote", "id-rosa"):
        raw = f'{{"broken": "{words}", "text": "bag of diamonds"}}'
        store_dead([DeadLetter(source="s", reason=f"Not a post: {raw}", raw=raw)], now=NOON)
    erase_customer(row.customer, by=priya(), now=NOON)
    left = [one for letter in DeadLetterRow.objects.all() for one in (letter.reason, letter.raw)]
    assert (len(left), [one for one in left if "diamonds" in one]) == (6, [])
    assert "diamonds" not in everything()
