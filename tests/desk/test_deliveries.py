"""Deliveries are kept once, in the order in which they can be seen, until they were read."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, transaction

from amends.connectors.webhook.signing import signature_of
from amends.desk.actions.deliveries import deliveries_after, take_delivery
from amends.desk.actions.hearing import move_cursor
from amends.desk.actions.secrets import seal
from amends.desk.models import ChannelRow
from tests.factories import channel

pytestmark = pytest.mark.database

SECRET = "a secret that nobody guesses"
NOW = datetime(2026, 3, 2, tzinfo=UTC)


def made() -> ChannelRow:
    row = channel("webhook")
    row.handle, row.settings = "reviews", {"mapping": "text = text"}
    row.secret = seal({"secret": SECRET})
    row.save()
    return row


def take(text: str, at: datetime = NOW) -> None:
    body = f'{{"text": "{text}"}}'.encode()
    stamp = str(int(at.timestamp()))
    signature = signature_of(SECRET, stamp, body)
    take_delivery("Reviews", body, timestamp=stamp, signature=signature, now=at)


def kept(row: ChannelRow) -> list[str]:
    return [one.body.decode() for one in deliveries_after(row, 0, 99)]


def test_the_same_bytes_are_kept_once() -> None:
    row = made()
    for text in ("late", "lost", "late"):
        take(text)
    assert kept(row) == ['{"text": "late"}', '{"text": "lost"}']


def test_deliveries_are_forgotten_a_day_after_they_were_read() -> None:
    row = made()
    take("read")
    take("not yet")
    first = deliveries_after(row, 0, 1)[0]
    move_cursor(row, "deliveries", f"{first.id}:0", now=NOW)
    take("later", NOW + timedelta(days=2))
    assert kept(row) == ['{"text": "not yet"}', '{"text": "later"}']


@pytest.mark.two_writers
@pytest.mark.django_db(transaction=True)
def test_one_that_can_be_seen_has_none_below_it_that_cannot() -> None:
    """The second waits for the first: an id that appeared below the cursor would never be read."""
    row = made()

    def second() -> None:
        take("second")
        connection.close()

    other = threading.Thread(target=second)
    with transaction.atomic():
        take("first")
        other.start()
        other.join(0.2)
        waiting = other.is_alive()
    other.join(10)
    assert (waiting, kept(row)) == (True, ['{"text": "first"}', '{"text": "second"}'])
