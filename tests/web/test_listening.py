"""Listening: what is well, what was dropped and why, what could not be read."""

from collections import Counter
from datetime import timedelta

import pytest
from django.utils import timezone

from amends.desk.actions.hearing import count_drops, move_cursor, store_dead
from amends.desk.models import ChannelRow, ImportRun
from amends.terms import DeadLetter
from tests import people
from tests.factories import NOON, brand, channel
from tests.support.trying import Tried
from tests.web.pages import HOSTILE, signed_in, unsafe_parts

pytestmark = pytest.mark.database


@pytest.mark.alike
def test_everybody_may_see_how_listening_goes() -> None:
    tried = Tried()
    for who in people.EVERYBODY:
        with tried(who):
            page = signed_in(who).get("/listening/")
            assert page.status_code == 200
            assert unsafe_parts(page) == []
    assert tried.wrong == []


@pytest.mark.alike
def test_empty_page_says_what_will_be_here() -> None:
    page = signed_in(people.mina).get("/listening/").text
    for said in (
        "No account is connected, so nothing is heard.",
        "Nothing was dropped.",
        "No source was read yet.",
        "None. What a network or a file sends",
        "No file was imported.",
    ):
        assert said in page


@pytest.mark.alike
def test_channels_are_shown_without_buttons() -> None:
    channel()
    ChannelRow.objects.update(health="waiting", health_note=f"Slow {HOSTILE}", health_at=NOON)
    page = signed_in(people.mina).get("/listening/")
    assert "Waiting" in page.text
    assert "Switch off" not in page.text
    assert unsafe_parts(page) == []


@pytest.mark.alike
def test_switched_off_channel_says_so_instead_of_its_last_health() -> None:
    channel()
    ChannelRow.objects.update(health="well", health_note="Listening.", enabled=False)
    page = signed_in(people.mina).get("/listening/").text
    assert "Switched off" in page
    assert "Listening.</p>" not in page


def test_cursors_show_source_and_time_but_not_their_value() -> None:
    move_cursor(channel(), f"search:{HOSTILE}", "opaque-4711", now=timezone.now())
    page = signed_in(people.mina).get("/listening/")
    assert "search:&lt;script&gt;" in page.text
    assert "opaque-4711" not in page.text
    assert unsafe_parts(page) == []


def test_drops_are_counted_by_reason_and_day() -> None:
    now = timezone.now()
    count_drops("demo:a", Counter(no_watch=5, repost=1), now=now)
    count_drops("demo:b", Counter(no_watch=2), now=now)
    count_drops("demo:a", Counter(no_watch=10), now=now - timedelta(days=1))
    count_drops("demo:a", Counter(no_watch=100), now=now - timedelta(days=30))
    page = signed_in(people.mina).get("/listening/")
    rows = [(row.reason, row.by_day, row.total, row.sources) for row, _ in page.context["drops"]]
    assert rows == [
        ("no_watch", [0, 0, 0, 0, 0, 10, 7], 117, [("demo:a", 115), ("demo:b", 2)]),
        ("repost", [0, 0, 0, 0, 0, 0, 1], 1, [("demo:a", 1)]),
    ]
    assert "No watch matched, and it was not written to us." in page.text


def test_dead_letters_show_where_and_why_escaped() -> None:
    letter = DeadLetter(source=f"f{HOSTILE}", line=7, reason=f"r{HOSTILE}", raw=HOSTILE + "x" * 900)
    store_dead([letter], now=timezone.now())
    page = signed_in(people.mina).get("/listening/")
    assert "line 7" in page.text
    assert page.text.count("&lt;script&gt;") == 3
    assert "x" * 401 not in page.text
    assert unsafe_parts(page) == []


@pytest.mark.alike
def test_sales_sees_no_raw_letter() -> None:
    """R13: what could not be read may be the remains of a private message."""
    reason = "A message without an id: {'text': 'my address is'}"
    store_dead([DeadLetter(source="s", reason=reason, raw="my address is")], now=NOON)
    assert signed_in(people.vic).get("/listening/").text.count("my address is") == 2
    page = signed_in(people.sol).get("/listening/").text
    assert "It could not be read." in page
    assert "my address is" not in page


def test_many_letters_show_the_newest_and_how_many_there_are() -> None:
    letters = [DeadLetter(source="s", line=n, reason="broken", raw="") for n in range(60)]
    store_dead(letters, now=NOON)
    page = signed_in(people.mina).get("/listening/")
    assert len(page.context["letters"]) == 50
    assert "The newest 50 of 60." in page.text


def test_imports_show_what_became_of_the_lines() -> None:
    counts = {"dead": 1, "dropped": {"seen_before": 119}, "kept": 19880, "read": 20000}
    ImportRun.objects.create(
        fingerprint="a", name=HOSTILE, format="jsonl", brand=brand(), counts=counts, started_at=NOON
    )
    page = signed_in(people.mina).get("/listening/")
    shown = [c for _, c in page.context["imports"]]
    assert shown == [[("read", 20000), ("kept", 19880), ("dropped: seen before", 119), ("dead", 1)]]
    assert "20,000" in page.text
    assert "Not finished" in page.text
    assert unsafe_parts(page) == []
