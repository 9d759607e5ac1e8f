"""Two people, or a person and the worker, at one case at one time."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.db import connection, connections, transaction

from amends.desk.actions import cases, merge_case, queue_reply
from amends.desk.actions.customers import merge_customers
from amends.desk.actions.routing import route_cases
from amends.desk.models import Brand, Case, Responder, SeatRow, Team
from amends.desk.workers.sink import DeskSink
from amends.listening import Batch
from amends.terms import AmendsError, SystemClock
from tests.factories import NOON, case, channel, mention
from tests.people import mina, omar
from tests.support.processes import wait_until

# Each side has a connection of its own, which sees nothing of an open transaction.
pytestmark = [pytest.mark.database, pytest.mark.django_db(transaction=True)]

Act = Callable[[Case, Responder], object]


@contextmanager
def somebody_else(
    act: Callable[[], object], monkeypatch: pytest.MonkeyPatch
) -> Iterator[list[str]]:
    """``act`` in a thread, having come to the case's row when the block begins; what it was told."""
    at_the_door, said = threading.Event(), list[str]()
    real = cases.held

    def held(*args: object, **facts: object) -> object:
        at_the_door.set()
        return real(*args, **facts)  # type: ignore[arg-type]

    def run() -> None:
        try:
            act()
        except AmendsError as error:
            said.append(str(error))
        finally:
            at_the_door.set()
            connections.close_all()

    thread = threading.Thread(target=run)
    with transaction.atomic():
        monkeypatch.setattr(cases, "held", held)
        yield said
        thread.start()
        assert at_the_door.wait(10)
    thread.join(10)


SETTLING: dict[str, Act] = {
    "resolve": lambda row, by: cases.resolve_case(row, by=by, now=NOON, seen="open"),
    "dismiss": lambda row, by: cases.dismiss_case(row, by=by, now=NOON, seen="open"),
}


@pytest.mark.parametrize("verb", SETTLING)
def test_reply_sent_meanwhile_keeps_a_case_from_being_settled(
    verb: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = case()
    cases.take_up(row, by=mina(), now=NOON)
    by = omar()
    with somebody_else(lambda: SETTLING[verb](row, by), monkeypatch) as said:
        queue_reply(row, text="Sorry", private=False, by=mina(), now=NOON, attempt="a")
    row.refresh_from_db()
    assert (row.state, [one[:20] for one in said]) == ("open", ["A reply of this case"])


@pytest.mark.two_writers
def test_of_two_who_send_at_once_the_second_is_told() -> None:
    """Nothing goes out twice, and nothing is overwritten."""
    row, by, said = case(), omar(), list[str]()

    def send(person: Responder, attempt: str) -> None:
        queue_reply(
            row, text="Sorry", private=False, by=person, now=NOON, attempt=attempt, seen_replies=0
        )

    other = _in_a_thread(lambda: send(by, "b"), said)
    with transaction.atomic():
        send(mina(), "a")
        other.start()
        wait_until(_somebody_waits, seconds=10, what="the other one")
    other.join(10)
    assert [text[:26] for text in said] == ["A colleague answered this "]
    assert [one.by for one in row.replies.all()] == [mina()]


def test_two_cases_merged_into_each_other_at_once_make_no_circle(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    one, two, by = case(handle="rosa"), case(handle="ben"), omar()
    with somebody_else(
        lambda: merge_case(two, into=one, by=by, now=NOON, two_customers=True), monkeypatch
    ) as said:
        merge_case(one, into=two, by=mina(), now=NOON, two_customers=True)
    states = set(Case.objects.values_list("state", flat=True))
    assert (states, len(said)) == ({"merged", "new"}, 1)


@pytest.mark.two_writers
def test_listeners_hold_the_brand_before_any_case() -> None:
    """Two that hear one conversation wait for each other instead of both being stopped."""
    row, said = case(native_id="root"), list[str]()
    sink = DeskSink(channel(), threshold=0.5, clock=SystemClock(), new_ref=str)
    edited = mention("Halcyon lost both bags", native_id="root", edited_at=NOON)
    batch = Batch(source="s", mentions=(edited,), deleted=("root",))

    def listen() -> None:
        try:
            sink.store(batch)
            said.append("stored")
        finally:
            connections.close_all()

    thread = threading.Thread(target=listen)
    with transaction.atomic():
        list(Brand.objects.select_for_update())
        thread.start()
        wait_until(_somebody_waits, seconds=10, what="the other listener")
        Case.objects.select_for_update(nowait=True).get(pk=row.pk)
    thread.join(10)
    assert said == ["stored"]


def _in_a_thread(act: Callable[[], object], said: list[str]) -> threading.Thread:
    def run() -> None:
        try:
            act()
        except AmendsError as error:
            said.append(str(error))
        finally:
            connections.close_all()

    return threading.Thread(target=run)


@pytest.mark.two_writers
def test_two_customers_merged_into_each_other_at_once_lose_nobody() -> None:
    one, two, by, said = case(handle="rosa"), case(handle="ben"), omar(), list[str]()
    other = _in_a_thread(lambda: merge_customers(two.customer, one.customer, by=by, now=NOON), said)
    with transaction.atomic():
        merge_customers(one.customer, two.customer, by=mina(), now=NOON)
        other.start()
        wait_until(_somebody_waits, seconds=10, what="the other one")
    other.join(10)
    assert ([text[:24] for text in said], one.customer.authors.count()) == (
        ["Somebody merged one of t"], 2,
    )  # fmt: skip


@pytest.mark.two_writers
def test_two_who_route_at_once_give_nobody_more_than_they_can() -> None:
    team = Team.objects.create(name="Care")
    team.members.create(person=mina())
    SeatRow.objects.create(person=mina(), capacity=1)
    rows = [case(handle=name).pk for name in ("rosa", "ben")]
    later = NOON + timedelta(minutes=1)
    other = _in_a_thread(lambda: route_cases(now=later, only=rows[1:]), [])
    with transaction.atomic():
        route_cases(now=later, only=rows[:1])
        other.start()
        wait_until(_somebody_waits, seconds=10, what="the other one")
    other.join(10)
    assert [row.owner for row in Case.objects.order_by("pk")] == [mina(), None]


def _somebody_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from pg_locks where not granted")
        return bool(cursor.fetchone()[0])
