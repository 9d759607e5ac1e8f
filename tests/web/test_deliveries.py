"""A webhook from its sample to a case: mapped, signed, kept once, and nothing lost."""

import json
from typing import Any, cast

import pytest
from django.test import Client
from django.utils import timezone

from amends.connectors.webhook import WebhookConnector
from amends.connectors.webhook.signing import signature_of
from amends.desk.actions.deliveries import deliveries_after
from amends.desk.actions.secrets import seal, unseal
from amends.desk.models import ChannelRow, DeliveryRow
from amends.desk.workers.listen import channel_of
from amends.desk.workers.metering import attach
from amends.outbound import Outbound
from amends.terms import Credentials, Page, SystemClock
from tests import people
from tests.factories import brand, channel
from tests.web.pages import signed_in

pytestmark = [pytest.mark.database, pytest.mark.alike]

SECRET = "a secret that nobody guesses"
SAMPLE = json.dumps({"review": {"id": 7, "body": "It is <b>late</b>.", "author": "Maud"}})


def connect(**typed: str) -> Any:
    whole = {"brand": str(brand().pk), "handle": "Reviews", "secret": SECRET} | typed
    return signed_in(people.ada).post("/set-up/channels/new/webhook/", whole)


@pytest.fixture
def row() -> ChannelRow:
    made = channel("webhook")
    ChannelRow.objects.filter(pk=made.pk).update(
        handle="reviews",
        settings={"mapping": "id = id\ntext = text"},
        secret=seal({"secret": SECRET}),
    )
    made.refresh_from_db()
    return made


def deliver(body: bytes, *, to: str = "reviews", secret: str = SECRET, age_s: int = 0) -> Any:
    stamp = str(int(timezone.now().timestamp()) - age_s)
    headers = {"X-Amends-Timestamp": stamp, "X-Amends-Signature": signature_of(secret, stamp, body)}
    client = Client(enforce_csrf_checks=True)
    return client.post(f"/hooks/{to}/", body, content_type="application/json", headers=headers)


def test_sample_shows_its_post_before_anything_is_saved() -> None:
    page = connect(sample=SAMPLE, look="yes")
    text = page.content.decode()
    assert (page.status_code, ChannelRow.objects.count()) == (200, 0)
    assert "text = review.body" in text
    assert "It is &lt;b&gt;late&lt;/b&gt;." in text


def test_sample_is_enough_to_connect() -> None:
    assert connect(sample=SAMPLE, to_us="yes").status_code == 302
    made = ChannelRow.objects.get()
    assert (made.handle, made.settings, unseal(bytes(made.secret))) == (
        "reviews",
        {"mapping": "id = review.id\ntext = review.body\nauthor = review.author", "to_us": "yes"},
        {"secret": SECRET},
    )


@pytest.mark.parametrize(
    "wrong",
    [
        {"sample": ""},
        {"sample": "{"},
        {"sample": "[" * 5000},
        {"sample": '{"colour": "red"}'},
        {"mapping": "text"},
        {"secret": "short"},
        {"handle": "a/b"},
    ],
)
def test_what_makes_no_webhook_is_refused(wrong: dict[str, str]) -> None:
    assert (connect(**({"sample": SAMPLE} | wrong)).status_code, ChannelRow.objects.count()) == (
        400,
        0,
    )


def test_set_up_page_shows_the_address_and_no_secret(row: ChannelRow) -> None:
    page = signed_in(people.ada).get(f"/set-up/channels/{row.pk}/").content.decode()
    assert 'data-test="hook">http://testserver/hooks/reviews/<' in page
    assert SECRET not in page


def test_same_delivery_is_kept_once(row: ChannelRow) -> None:
    answers = [deliver(b'{"id": 1, "text": "late"}') for _ in range(2)]
    assert [(one.status_code, one.json()) for one in answers] == [
        (202, {"posts": 1, "unreadable": []})
    ] * 2
    assert [one.body for one in deliveries_after(row, 0, 10)] == [b'{"id": 1, "text": "late"}']


def test_unreadable_delivery_is_answered_in_a_sentence_and_kept(row: ChannelRow) -> None:
    answer = deliver(b'{"id": 1}')
    said = "There is no text where the mapping looks for it: text."
    assert (answer.status_code, answer.json()) == (422, {"posts": 0, "unreadable": [said]})
    assert DeliveryRow.objects.count() == 1


def test_what_is_not_signed_now_by_us_is_refused_alike(row: ChannelRow) -> None:
    refused = [
        deliver(b"{}", secret="guessed"),
        deliver(b"{}", to="nobody"),
        deliver(b"{}", age_s=600),
        Client().post("/hooks/reviews/", b"{}", content_type="application/json"),
    ]
    assert [one.status_code for one in refused] == [403] * 4
    assert refused[0].json() == refused[1].json()
    assert DeliveryRow.objects.count() == 0


def test_delivery_that_is_too_large_is_refused_unread(row: ChannelRow) -> None:
    assert (deliver(b" " * 1_000_001).status_code, DeliveryRow.objects.count()) == (413, 0)


def test_listener_is_given_what_was_delivered(row: ChannelRow) -> None:
    deliver(b'{"id": 1, "text": "late"}')
    made = WebhookConnector(
        channel_of(row), Credentials(values={"secret": SECRET}), Outbound(), SystemClock()
    )

    async def inline(work: Any) -> Any:
        return work()

    async def read() -> Page:
        await attach(row, made, cast("Any", inline))
        return await made.fetch("deliveries", None)

    with pytest.raises(StopIteration) as stopped:  # in this thread, which holds the transaction
        read().send(None)
    assert [(post.id, post.text) for post in stopped.value.value.posts] == [("1", "late")]
