"""Deliveries are signed over the raw body, come once, and may hold anything."""

import base64
import hashlib
import hmac
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from amends.bench.faults.clock import HandClock
from amends.connectors.x.webhook import LARGEST, Inbox, challenge_answer, is_signed
from amends.terms import NotAllowed, Page

SECRET = "consumer-secret-for-tests"


def sign(body: bytes) -> str:
    digest = hmac.new(SECRET.encode(), body, hashlib.sha256).digest()
    return "sha256=" + base64.b64encode(digest).decode()


def taken(inbox: Inbox, body: bytes, signature: str | None = None) -> Page:
    """What a delivery brought; an empty page where it brought nothing."""
    pages = [Page(posts=(), cursor="")]
    inbox.take(body, sign(body) if signature is None else signature, pages.append)
    return pages[-1]


def delivery(uuid: str, post_id: str = "1990") -> bytes:
    payload = {"id": post_id, "text": "help", "author_id": "1"}
    data = {"event_uuid": uuid, "event_type": "post.mention.create", "payload": payload}
    return json.dumps({"data": data}).encode()


def test_challenge_is_answered_with_the_secret() -> None:
    token = challenge_answer(SECRET, "challenge_string")["response_token"]
    assert token == "sha256=/m2OohliB5rMsq+a6aYqOYHkJrNB0rTypS4bUsJlzxI="


@pytest.mark.parametrize("signature", ["", "sha256=", "sha256=AAAA", "ü", sign(b"other")])
def test_what_x_did_not_sign_is_not_read(signature: str) -> None:
    with pytest.raises(NotAllowed, match="not signed by X"):
        taken(Inbox(SECRET, HandClock()), delivery("e1"), signature)


def test_without_a_secret_nothing_is_signed() -> None:
    body = delivery("e1")
    digest = hmac.new(b"", body, hashlib.sha256).digest()
    assert not is_signed("", body, "sha256=" + base64.b64encode(digest).decode())


def test_too_large_a_delivery_is_refused_before_it_is_read() -> None:
    body = b" " * (LARGEST + 1)
    with pytest.raises(NotAllowed, match="larger than"):
        taken(Inbox(SECRET, HandClock()), body)


def test_event_that_comes_again_is_passed_over_for_a_day() -> None:
    clock = HandClock()
    inbox, body = Inbox(SECRET, clock), delivery("e1")
    counts = []
    for pause in (0, 3600, 86_400):
        clock.move(pause)
        counts.append(len(taken(inbox, body).posts))
    assert counts == [1, 0, 1]


def test_event_that_could_not_be_stored_may_come_again() -> None:
    inbox, body = Inbox(SECRET, HandClock()), delivery("e1")

    def fails(_: Page) -> None:
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        inbox.take(body, sign(body), fails)
    assert len(taken(inbox, body).posts) == 1


def test_out_of_order_is_the_same_set() -> None:
    inbox = Inbox(SECRET, HandClock())
    found = []
    for uuid in ("e3", "e1", "e3", "e2", "e1"):
        body = delivery(uuid, f"199{uuid[1]}")
        found += [post.id for post in taken(inbox, body).posts]
    assert found == ["1993", "1991", "1992"]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from(
            ["data", "payload", "event_type", "event_uuid", "id", "text", "users", "includes",
             "direct_message_events", "tweet_create_events", "user", "created_at", "type"]
        ) | st.text(max_size=3), inner, max_size=4,
    ),
    max_leaves=20,
)  # fmt: skip
KIND = st.sampled_from(["post.mention.create", "dm.received", "chat.received", "post.delete"])


@settings(max_examples=50, deadline=None)
@given(st.binary(max_size=40) | st.builds(
    lambda kind, payload: json.dumps({"data": {"event_type": kind, "payload": payload}}).encode(),
    KIND, JSON,
) | JSON.map(lambda value: json.dumps(value).encode()))  # fmt: skip
def test_any_signed_body_is_posts_or_a_dead_letter(body: bytes) -> None:
    page = taken(Inbox(SECRET, HandClock()), body)
    assert len(page.dead) <= 1
