"""Calls and meetings: planned, moved, held and written down (R48); complaints entered by hand (R23)."""

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import icalendar
import pytest

from amends.casework import Priority
from amends.casework.calls import Began, CallStatus, CallWay
from amends.casework.entry import Came, no_public_place
from amends.desk.actions import close_case, erase_customer, proof, queue_reply, resolve_case
from amends.desk.actions.calls import cancel_call, log_call, miss_call, move_call, plan_call
from amends.desk.actions.entering import Told, enter_complaint
from amends.desk.actions.guarding import Guarded
from amends.desk.models import AuthorRow, Call, Case
from amends.desk.papers.calendar import calendar_event
from amends.desk.queries.ledger import open_matters
from amends.terms import BadInput, NotAllowed
from tests import factories
from tests.factories import NOON, case
from tests.people import ada, mina, noor, omar
from tests.support.trying import Tried

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.database

HOUR = timedelta(hours=1)


def planned(row: Case, **facts: Any) -> Call:
    told: dict[str, Any] = {
        "way": CallWay.PHONE,
        "starts_at": NOON + 3 * HOUR,
        "minutes": 15,
        "place": "+49 30 901820",
    }
    return plan_call(row, **told | facts, by=mina(), now=NOON)


def kinds(row: Case) -> list[str]:
    return list(row.history.order_by("seq").values_list("kind", flat=True))[1:]


@pytest.mark.alike
def test_call_is_a_dated_event_on_the_case() -> None:
    """R48."""
    row = case()
    call = planned(row, place="030 901820 ".replace("030", "+4930"))
    event = row.history.get(kind="call.planned")
    assert (call.place, call.status, event.data) == (
        "+49 30 901820", "planned",
        {"call": call.pk, "way": "phone", "starts": "2026-03-02T15:00:00+00:00"},
    )  # fmt: skip
    moved = move_call(call, starts_at=NOON + 5 * HOUR, by=omar(), now=NOON + HOUR)
    assert (moved.starts_at, moved.revision) == (NOON + 5 * HOUR, 1)
    row.refresh_from_db()
    assert (kinds(row), proof(row).whole) == (["call.planned", "call.moved"], True)


NO_CALLS: list[tuple[dict[str, Any], str]] = [
    ({"starts_at": NOON}, "That time is over"),
    ({"starts_at": NOON + timedelta(days=400)}, "a year ahead at most"),
    ({"minutes": 0}, "takes 1 to 480 minutes"),
    ({"place": "030 901820"}, "is no telephone number"),
    ({"way": CallWay.VIDEO, "place": "http://meet.example"}, "begins with https://"),
    ({"way": CallWay.VIDEO, "place": "https://"}, "begins with https://"),
    ({"way": CallWay.MEETING, "place": " "}, "Say where you meet"),
    ({"about": "x" * 5001}, "longer than 5,000"),
]


@pytest.mark.alike
def test_call_that_cannot_be_is_refused() -> None:
    row, tried = case(), Tried()
    for facts, words in NO_CALLS:
        with tried(facts):
            with pytest.raises(BadInput, match=words):
                planned(row, **facts)
            assert not Call.objects.exists()
    assert not tried.wrong


@pytest.mark.alike
def test_case_closes_over_no_call_that_is_planned() -> None:
    row = case()
    call = planned(row)
    assert [(one.one, n) for one, n in open_matters(row).items()] == [("a call that is planned", 1)]
    row = resolve_case(row, by=mina(), now=NOON)
    with pytest.raises(NotAllowed, match="Still open: a call that is planned"):
        close_case(row, reason="Done.", by=mina(), now=NOON)
    cancel_call(call, by=mina(), now=NOON)
    assert close_case(row, reason="Done.", by=mina(), now=NOON).state == "closed"


@pytest.mark.alike
def test_call_that_is_over_changes_no_more() -> None:
    row = case()
    call = planned(row)
    assert miss_call(call, by=mina(), now=NOON + 4 * HOUR).status == "missed"
    for act in (
        miss_call,
        cancel_call,
        lambda c, **by: move_call(c, starts_at=NOON + 9 * HOUR, **by),
    ):
        with pytest.raises(NotAllowed, match="A call that is missed cannot become"):
            act(call, by=mina(), now=NOON + 4 * HOUR)


def test_call_that_was_held_answers_the_customer() -> None:
    """R48: when, who, what was said; the clocks of the answer stop."""
    row = case()
    call = planned(row)
    log_call(
        row, said="Her bag is HA4471, it is in Oslo.", at=NOON + 3 * HOUR, minutes=12, call=call,
        by=omar(), now=NOON + 4 * HOUR,
    )  # fmt: skip
    row.refresh_from_db()
    assert (row.answered_at, row.unanswered_since, row.owner, row.state) == (
        NOON + 3 * HOUR, None, omar(), "open",
    )  # fmt: skip
    assert (row.private, row.taken_private_at) == (True, NOON + 3 * HOUR)
    assert kinds(row)[-2:] == ["call.held", "case.taken_private"]
    told = row.history.get(kind="call.held").data
    assert told == {"call": call.pk, "way": "phone", "began": "us", "minutes": 12}


@pytest.mark.alike
def test_what_was_said_on_the_telephone_stands_in_no_public_reply() -> None:
    """R33."""
    row = case()
    log_call(row, said="Her bag is HA4471.", at=NOON, minutes=3, by=mina(), now=NOON + HOUR)
    with pytest.raises(Guarded, match="The guard stops"):
        queue_reply(
            row, text="HA4471 is found, Rosa. ^MK", private=False, by=mina(), now=NOON + HOUR,
            attempt="a",
        )  # fmt: skip


@pytest.mark.alike
def test_call_before_what_the_customer_wrote_last_answers_it_not() -> None:
    row = case(at=NOON)
    log_call(
        row, said="Nobody there.", at=NOON - HOUR, minutes=1, began=Began.CUSTOMER, by=mina(),
        now=NOON + HOUR,
    )  # fmt: skip
    row.refresh_from_db()
    assert (row.unanswered_since, row.answered_at) == (NOON, row.opened_at)


@pytest.mark.alike
def test_log_that_cannot_be_is_refused() -> None:
    row, tried = case(), Tried()
    told: dict[str, Any] = {"said": "Hello", "at": NOON, "minutes": 5}
    refused: list[tuple[dict[str, Any], str]] = [
        ({"said": " "}, "what was said"),
        ({"at": NOON + 9 * HOUR}, "once it was held"),
        ({"minutes": 999}, "1 to 480"),
    ]
    for facts, words in refused:
        with tried(facts), pytest.raises(BadInput, match=words):
            log_call(row, **told | facts, by=mina(), now=NOON + HOUR)
    assert not tried.wrong


def test_erasing_a_customer_erases_the_number_they_called_from() -> None:
    row, _ = entered(phone="+49 30 901820")
    assert row.customer is not None
    erase_customer(row.customer, by=ada(), now=NOON + HOUR)
    kept = AuthorRow.objects.filter(native_id__contains="901820")
    assert (kept.exists(), entered(phone="+49 30 901820")[1]) == (False, True)


@pytest.mark.alike
def test_roles_that_change_no_case_plan_and_write_down_no_calls() -> None:
    row = case()
    call = planned(row)
    acts: list[Callable[[], object]] = [
        lambda: log_call(row, said="x", at=NOON, minutes=5, by=noor(), now=NOON),
        lambda: cancel_call(call, by=noor(), now=NOON),
    ]
    for act in acts:
        with pytest.raises(NotAllowed, match="may not change a case"):
            act()


@pytest.mark.alike
def test_erasing_a_customer_erases_what_was_said() -> None:
    row = case()
    planned(row, about="Her bag")
    log_call(row, said="Her address", at=NOON, minutes=5, by=mina(), now=NOON)
    erase_customer(row.customer, by=ada(), now=NOON)
    assert set(row.calls.values_list("said", "about", "place")) == {("", "", "")}


def event_of(**facts: Any) -> Any:
    told: dict[str, Any] = {
        "name": "n1", "starts_at": NOON, "minutes": 20, "title": "Call with Halcyon Air",
        "about": "Your bag", "place": "+49 30 901820", "status": CallStatus.PLANNED, "revision": 2,
        "changed_at": NOON,
    }  # fmt: skip
    return icalendar.Calendar.from_ical(calendar_event(**told | facts)).walk("VEVENT")[0]


@pytest.mark.alike
def test_calendar_reads_the_event_back() -> None:
    """R48: iCalendar."""
    found = event_of()
    assert (found["uid"], found["sequence"], found["status"]) == ("n1@amends", 2, "CONFIRMED")
    assert (found["dtstart"].dt, found["dtend"].dt) == (NOON, NOON + timedelta(minutes=20))
    assert event_of(status=CallStatus.CANCELLED)["status"] == "CANCELLED"


@pytest.mark.alike
def test_calendar_takes_no_line_from_what_somebody_typed() -> None:
    hostile = "Bag\r\nATTENDEE:mailto:x@y.example\nEND:VEVENT"
    found = event_of(title=hostile, about=hostile, place=hostile)
    assert "attendee" not in found
    assert found["description"].splitlines()[0] == "Bag"


def told(**facts: Any) -> Told:
    given: dict[str, Any] = {
        "came": Came.PHONE,
        "said": "You lost my bag!",
        "at": NOON,
        "name": "Rosa Lind",
    }
    return Told(**given | facts)


def entered(**facts: Any) -> tuple[Case, bool]:
    refs = (f"E{n}" for n in range(99))
    return enter_complaint(
        told(**facts), brand=factories.brand(), reading=factories.reading(), by=mina(),
        now=NOON + HOUR, new_ref=lambda: next(refs) + str(Case.objects.count()),
    )  # fmt: skip


def test_complaint_by_telephone_walks_the_same_way() -> None:
    """R23: clocks, owner, first answer, and a close without a public place."""
    row, opened = entered(phone="+49 30 901820", priority=Priority.URGENT)
    assert (opened, row.network, row.private, row.priority, row.state) == (
        True, "phone", True, Priority.URGENT, "new",
    )  # fmt: skip
    assert (row.unanswered_since, row.clock, row.due_at is not None) == (
        NOON,
        "acknowledgement",
        True,
    )
    log_call(row, said="It is found.", at=NOON + HOUR, minutes=4, by=omar(), now=NOON + HOUR)
    row.refresh_from_db()
    assert (row.owner, row.answered_at, row.clock) == (omar(), NOON + HOUR, "resolution")
    row = resolve_case(row, by=omar(), now=NOON + 2 * HOUR)
    with pytest.raises(BadInput, match="needs a reason"):
        close_case(row, reason="", by=omar(), now=NOON + 2 * HOUR)
    reason = no_public_place(row.network)
    assert reason == "It came by telephone: there is no public place to answer it."
    row = close_case(row, reason=reason, by=omar(), now=NOON + 2 * HOUR)
    assert (row.state, proof(row).whole) == ("closed", True)


@pytest.mark.alike
def test_what_was_answered_there_and_then_stops_the_first_clock() -> None:
    row, _ = entered(came=Came.COUNTER, answered="We look for it today.", minutes=8)
    call = row.calls.get()
    assert (call.way, call.began, call.minutes, call.said) == (
        "meeting", "customer", 8, "We look for it today.",
    )  # fmt: skip
    assert (row.owner, row.answered_at, row.unanswered_since) == (mina(), NOON + HOUR, None)


def test_same_number_is_the_same_person_and_goes_on_in_their_case() -> None:
    row, _ = entered(phone="+49 30 901820")
    again, opened = entered(phone="+49 (30) 90 18 20", said="Still no bag.")
    other, fresh = entered(phone="", name="Rosa Lind")
    assert (again, opened, fresh, other.customer == row.customer) == (row, False, True, False)
    assert row.places.count() == 2


@pytest.mark.alike
@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"said": " "}, "Write down what they said"),
        ({"said": "x" * 10_001}, "longer than 10,000"),
        ({"at": NOON + 2 * HOUR}, "a time within the last year"),
        ({"phone": "12"}, "is no telephone number"),
        ({"mail": "rosa"}, "is no e-mail address"),
        ({"name": "x" * 121}, "120 characters"),
    ],
)
def test_entry_that_cannot_be_is_refused(facts: dict[str, Any], words: str) -> None:
    with pytest.raises(BadInput, match=words):
        entered(**facts)
    assert not Case.objects.exists()


@pytest.mark.alike
def test_roles_that_change_no_case_enter_none() -> None:
    with pytest.raises(NotAllowed, match="may not change a case"):
        enter_complaint(
            told(), brand=factories.brand(), reading=factories.reading(), by=noor(), now=NOON,
            new_ref=lambda: "N1",
        )  # fmt: skip
