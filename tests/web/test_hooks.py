"""Deliveries of X become cases; nothing that X did not sign is read."""

import base64
import hashlib
import hmac
import json

import pytest
from django.test import Client

from amends.desk.actions.secrets import seal
from amends.desk.models import Case, ChannelRow, DeadLetterRow, PostRow
from amends.desk.workers import hooks
from tests import people
from tests.factories import channel, watch
from tests.web.pages import signed_in

pytestmark = [pytest.mark.database, pytest.mark.alike]

SECRET = "consumer-secret-for-tests"
COMPLAINT = {
    "id": "1990000000000000100",
    "text": "@halcyonair you lost my bag, this is awful service",
    "author_id": "42",
    "created_at": "2026-03-02T09:00:00.000Z",
}


@pytest.fixture(autouse=True)
def _nothing_came_before() -> None:
    hooks._inboxes.clear()


@pytest.fixture
def row() -> ChannelRow:
    watch()
    made = channel("x")
    ChannelRow.objects.filter(pk=made.pk).update(secret=seal({"consumer_secret": SECRET}))
    return made


def body(uuid: str = "e1", kind: str = "post.mention.create") -> bytes:
    data = {"event_uuid": uuid, "event_type": kind, "payload": COMPLAINT}
    return json.dumps({"data": data}).encode()


def deliver(row: ChannelRow, content: bytes, signature: str | None = None) -> int:
    digest = hmac.new(SECRET.encode(), content, hashlib.sha256).digest()
    right = "sha256=" + base64.b64encode(digest).decode()
    headers = {"x-twitter-webhooks-signature": right if signature is None else signature}
    client = Client(enforce_csrf_checks=True)
    return client.post(
        f"/hooks/x/{row.pk}/", content, content_type="application/json", headers=headers
    ).status_code


def test_challenge_is_answered(row: ChannelRow) -> None:
    answer = Client().get(f"/hooks/x/{row.pk}/?crc_token=challenge_string")
    token = "sha256=/m2OohliB5rMsq+a6aYqOYHkJrNB0rTypS4bUsJlzxI="
    assert answer.json() == {"response_token": token}


def test_signed_mention_opens_one_case_however_often_it_comes(row: ChannelRow) -> None:
    codes = [deliver(row, body()), deliver(row, body()), deliver(row, body("e2"))]
    assert (codes, Case.objects.count(), PostRow.objects.count()) == ([200, 200, 200], 1, 1)


def test_removal_is_noted(row: ChannelRow) -> None:
    deliver(row, body())
    deliver(row, body("e2", "post.delete"))
    assert PostRow.objects.get().deleted_at is not None


@pytest.mark.parametrize("signature", ["", "sha256=AAAA"])
def test_what_x_did_not_sign_is_refused(row: ChannelRow, signature: str) -> None:
    assert (deliver(row, body(), signature), PostRow.objects.count()) == (403, 0)


def test_signed_nonsense_is_a_dead_letter(row: ChannelRow) -> None:
    assert (deliver(row, b"{"), DeadLetterRow.objects.count()) == (200, 1)


def test_delivery_that_is_too_large_is_not_read(row: ChannelRow) -> None:
    assert deliver(row, b" " * 1_000_001) == 413


def test_there_is_no_hook_without_a_secret_or_of_another_network(row: ChannelRow) -> None:
    other = channel("demo")
    ChannelRow.objects.filter(pk=row.pk).update(secret=seal({}), version=row.version + 1)
    assert deliver(row, body()) == 403
    assert deliver(other, body()) == 404
    assert Client().get(f"/hooks/x/{row.pk}/?crc_token=a").status_code == 404


def test_set_up_page_shows_the_address(row: ChannelRow) -> None:
    page = signed_in(people.ada).get(f"/set-up/channels/{row.pk}/").content.decode()
    assert f'data-test="hook">http://testserver/hooks/x/{row.pk}/<' in page
