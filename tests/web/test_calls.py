"""Calls and complaints entered by hand, on the pages."""

from datetime import timedelta
from typing import Any

import icalendar
import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from amends.desk.models import Call, Case
from amends.web.views import entering, handoff
from tests import factories, people
from tests.web.pages import HOSTILE, unsafe_parts
from tests.web.support import HTMX, Page, case_page, signed_in
from tests.web.test_handoff import path_of, post, words

pytestmark = [pytest.mark.database, pytest.mark.alike]


@pytest.fixture(autouse=True)
def _read_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    for view in (handoff, entering):
        monkeypatch.setattr(view, "reading_of", lambda *_: (factories.reading(), 0.5))


PLAN = {"way": "phone", "minutes": "20", "place": "+49 30 901820", "call_about": "Your bag"}
ENTRY = {
    "came": "phone", "when": "2026-03-02T12:00", "said": "You lost my bag!", "priority": "3",
    "minutes": "5", "name": "Rosa Lind",
}  # fmt: skip


def _wall(**ahead: float) -> str:
    return f"{timezone.now() + timedelta(**ahead):%Y-%m-%dT%H:%M}"


def _do(case: Case, verb: str, data: dict[str, str], who: str = "mina") -> Any:
    client = signed_in(getattr(people, who)())
    return client.post(f"/cases/{case.ref}/{verb}/", data, headers=HTMX)


def test_call_is_planned_moved_and_written_down_on_the_case_page() -> None:
    """R48."""
    case = factories.case()
    planned = _do(case, "call", PLAN | {"starts": _wall(hours=3)})
    assert "Telephone call" in words(planned)
    assert "Mina Kaya planned a call for" in words(planned)
    pk = str(Call.objects.get().pk)
    moved = _do(case, "call-decide", {"pk": pk, "decision": "move", "starts": _wall(days=2)})
    assert "Mina Kaya moved a call to" in words(moved)
    typed = {"pk": pk, "said": HOSTILE, "held_at": _wall(hours=-1), "minutes": "9", "began": "us"}
    held = _do(case, "call-log", typed)
    assert "Call Mina Kaya we called, 9 min" in words(held)
    assert unsafe_parts(held) == []
    assert Call.objects.get().status == "held"


def test_what_cannot_be_planned_is_a_sentence_and_keeps_what_was_typed() -> None:
    case = factories.case()
    refused = _do(case, "call", PLAN | {"starts": _wall(hours=3), "place": "12"})
    source = refused.content.decode()
    assert (refused.status_code, "is no telephone number" in words(refused)) == (400, True)
    assert 'value="Your bag"' in source
    for verb, typed, said in (
        ("call", PLAN | {"starts": "soon"}, "is no date and time"),
        ("call", PLAN | {"way": "pigeon"}, "Choose a telephone call"),
        ("call-log", {"pk": "99", "said": "x"}, "no such call in this case"),
        ("call-decide", {"pk": "99", "decision": "move"}, "no such call in this case"),
    ):
        assert said in words(_do(case, verb, typed))


def test_responder_and_customer_put_the_call_into_their_calendars() -> None:
    """R48: iCalendar, for both; the customer's tells nothing of the case."""
    cache.clear()
    case, mine = factories.case(), Client()
    path = path_of(case)
    post(mine, path)
    _do(case, "call", PLAN | {"starts": _wall(hours=3)})
    call = Call.objects.get()
    ours = signed_in(people.vic()).get(f"/cases/{case.ref}/calls/{call.pk}.ics")
    assert f"Call with @rosa ({case.ref})" in ours.content.decode()
    assert (ours["Content-Type"], ours["Content-Disposition"]) == (
        "text/calendar; charset=utf-8", 'attachment; filename="call.ics"',
    )  # fmt: skip
    assert "A call with us" in words(mine.get(path))
    theirs = mine.get(f"{path}calls/{call.name}.ics")
    event: Any = icalendar.Calendar.from_ical(theirs.content).walk("VEVENT")[0]
    assert (event["summary"], event["description"]) == ("Call with Halcyon Air", "Your bag")
    assert case.ref not in theirs.content.decode()
    assert Client().get(f"{path}calls/{call.name}.ics").status_code == 404
    assert mine.get(f"{path}calls/another.ics").status_code == 404
    other = factories.case(handle="omar")
    assert (
        signed_in(people.mina()).get(f"/cases/{other.ref}/calls/{call.pk}.ics").status_code == 404
    )


def _entry(**typed: str) -> Any:
    sent = {**ENTRY, "brand": str(factories.brand().pk), "when": _wall(hours=-1), **typed}
    return signed_in(people.mina()).post("/cases/new/", sent)


def test_complaint_by_telephone_is_entered_and_worked() -> None:
    """R23."""
    case = Case.objects.get(ref=_entry(phone="+49 30 901820")["Location"].split("/")[2])
    seen = words(signed_in(people.mina()).get(f"/cases/{case.ref}/", headers=HTMX))
    assert "A complaint by telephone opened the case" in seen
    assert "It came by telephone: there is no public place to answer it." in seen
    assert "Call them and write the call down, or give them a hand-off link" in seen
    assert "the text was erased" not in seen.lower()
    _do(case, "call-log", {"way": "phone", "said": "Found.", "held_at": _wall(), "minutes": "3"})
    resolved = _do(case, "resolve", {})
    source = resolved.content.decode()
    assert ('data-test="close-here"' in source, 'data-test="close-out"' in source) == (True, False)
    closed = _do(case, "close", {"reason": "It came by telephone: there is no public place to answer it."})  # fmt: skip
    assert "closed the case without a public close-out: It came by telephone" in words(closed)


def test_number_and_address_of_whoever_called_stand_on_the_case() -> None:
    """R23: so that they can be called back."""
    sent = _entry(phone="+49 30 901820", mail="rosa@example.com")
    case = Case.objects.get(ref=sent["Location"].split("/")[2])
    seen = Page(signed_in(people.mina()).get(f"/cases/{case.ref}/").content.decode())
    assert (len(seen.hooks("contact")), "+49 30 901820" in seen.words) == (1, True)
    assert "They can be reached by rosa@example.com too." in seen.words


def test_customer_who_called_can_be_given_a_page() -> None:
    """R23, R32: the private page works where no network is."""
    cache.clear()
    case = Case.objects.get(ref=_entry()["Location"].split("/")[2])
    post(Client(), path_of(case), "Here is the receipt.")
    assert "on their private page" in case_page(case)


def test_second_call_of_the_same_person_goes_on_in_their_case() -> None:
    first = _entry(phone="+49 30 901820")["Location"]
    assert _entry(phone="+49 30 90 18 20", said="Still nothing.")["Location"] == first


def test_entry_that_is_refused_keeps_what_was_typed() -> None:
    answer = _entry(phone="12", said="My bag!", when="soon")
    source = answer.content.decode()
    assert (answer.status_code, "is no telephone number" in words(answer)) == (400, True)
    assert "is no date and time" in words(answer)
    assert [
        one for one in ("My bag!", 'value="12"', 'value="Rosa Lind"') if one not in source
    ] == []
    assert not Case.objects.exists()


def test_inbox_leads_to_the_form_for_those_who_may_use_it() -> None:
    pages = [signed_in(who()).get("/inbox/").content.decode() for who in (people.mina, people.vic)]
    assert ['data-test="case-new"' in page for page in pages] == [True, False]
    assert Page(signed_in(people.mina()).get("/cases/new/").content.decode()).hooks(
        "enter-complaint"
    )
