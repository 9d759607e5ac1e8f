"""Set-up of clocks: SLA policies, business hours and the rota."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from amends.desk.models import Case, HoursRow, RotaAbsence, RotaTurn, SlaPolicyRow
from tests import factories, people
from tests.support.trying import Tried
from tests.web.pages import unsafe_parts
from tests.web.support import HTMX, Page, signed_in

pytestmark = [pytest.mark.database, pytest.mark.alike]

OFFICE = {
    "name": "Office",
    "zone": "Europe/Berlin",
    "windows": "Mon-Fri 09:30-12:30 13:30-17:00",
    "country": "de",
    "region": "be",
    "closed": "2026-12-24",
    "cover": "hours",
}
SUNDAY = "2026-11-22T23:10"


def _post(url: str, data: dict[str, Any]) -> Any:
    return signed_in(people.ada()).post(url, data)


def _words(url: str, data: dict[str, Any] | None = None) -> str:
    found = signed_in(people.ada()).get(url, data or {}, headers=HTMX if data else {})
    assert unsafe_parts(found) == []
    return Page(found.content.decode()).words


def _hours() -> HoursRow:
    assert _post("/set-up/clocks/hours/new/", OFFICE).status_code == 302
    return HoursRow.objects.get()


def test_hours_are_saved_and_shown_as_typed() -> None:
    """R35: several windows a day, a time zone, holidays."""
    row = _hours()
    assert (row.zone, row.country, row.region, row.closed) == (
        "Europe/Berlin",
        "DE",
        "BE",
        ["2026-12-24"],
    )
    assert row.windows[:2] == [[0, "09:30", "12:30"], [0, "13:30", "17:00"]]
    assert "Mon-Fri 09:30-12:30 13:30-17:00" in _words("/set-up/clocks/")
    source = signed_in(people.ada()).get(f"/set-up/clocks/hours/{row.pk}/").content.decode()
    assert "Mon-Fri 09:30-12:30 13:30-17:00</textarea>" in source


def test_preview_says_when_a_complaint_at_night_would_be_due() -> None:
    """A complaint on Sunday 23:10 would be due on Monday."""
    asked = OFFICE | {"at": SUNDAY}
    assert _words("/set-up/clocks/hours/sample/", asked) == (
        "A complaint on Sunday 22 November, 23:10 would be due:"
        " An answer, promised within 1 h Monday 23 November, 10:30"
    )


def test_preview_of_a_policy_names_each_promise() -> None:
    typed = {"hours": _hours().pk, "first_reply": "4 h", "resolution": "1 d", "at": SUNDAY}
    assert _words("/set-up/clocks/policies/sample/", typed).endswith(
        "First answer, promised within 4 h Monday 23 November, 14:30"
        " Solution, promised within 1 d Thursday 26 November, 15:00"
    )


def test_preview_works_without_scripts_and_saves_nothing() -> None:
    found = _post("/set-up/clocks/hours/new/", OFFICE | {"preview": "1", "at": SUNDAY})
    assert "Monday 23 November, 10:30" in found.content.decode()
    assert not HoursRow.objects.exists()


def test_refused_hours_keep_what_was_typed() -> None:
    tried = Tried()
    people.ada()
    cases: list[tuple[dict[str, str], str]] = [
        ({"zone": "Mars/Base"}, "There is no time zone"),
        ({"windows": "always"}, "are no hours. Write them as"),
        ({"country": "xx"}, "The holidays of XX BE are not known"),
        ({"closed": "Christmas"}, "is no date. Write 2026-12-24"),
        ({"windows": ""}, "This field is required"),
    ]
    for typed, words in cases:
        with tried((typed, words)):
            found = _post("/set-up/clocks/hours/new/", OFFICE | typed)
            assert (found.status_code, words in Page(found.content.decode()).words) == (400, True)
            assert 'value="Office"' in found.content.decode()
            assert not HoursRow.objects.exists()
    assert tried.wrong == []


def test_any_moment_may_be_typed() -> None:
    tried = Tried()
    people.ada()
    cases: list[str] = ["", "soon", "0001-01-01T00:00", "9999-12-31T23:59", "2026-13-01T00:00"]
    for at in cases:
        with tried(at):
            assert "would be due" in _words("/set-up/clocks/hours/sample/", OFFICE | {"at": at})
    assert tried.wrong == []


def _policy(**typed: Any) -> Any:
    asked = {"name": "Gold", "first_reply": "30 min", "resolution": "2 d"}
    return _post("/set-up/clocks/policies/new/", asked | typed)


def test_policy_is_for_a_severity_a_network_and_a_customer() -> None:
    """R35; and the clocks of cases that are there are computed anew."""
    case = factories.case(handle="rosa")
    lead = people.priya()
    narrow = {"priority": "3", "network": "demo", "customer": "@Rosa", "escalate_to": lead.pk}
    assert _policy(**narrow, hours=_hours().pk).status_code == 302
    row = SlaPolicyRow.objects.get()
    found = (row.priority, row.network, row.customer, row.escalate_to, row.times)
    assert found == (3, "demo", case.customer, lead, {"first_reply": 30, "resolution": 2880})
    assert timezone.now() - Case.objects.get().alarm_at < timedelta(minutes=5)  # type: ignore[operator]
    assert "Cases of high severity on Demo by @rosa; missed clocks go up to Priya Nair" in _words(
        "/set-up/clocks/"
    )
    source = signed_in(people.ada()).get(f"/set-up/clocks/policies/{row.pk}/").content.decode()
    assert re.search(r'name="customer" value="rosa"', source)


def test_refused_policy_says_what_to_do() -> None:
    tried = Tried()
    people.ada()
    cases: list[tuple[dict[str, str], str]] = [
        ({"first_reply": "soon"}, "is no length of time"),
        ({"customer": "nobody"}, "No customer has the handle @nobody"),
        ({"name": " "}, "This field is required"),
        ({"hours": "99"}, "not one of the available choices"),
    ]
    for typed, words in cases:
        with tried((typed, words)):
            found = _policy(**typed)
            assert (found.status_code, words in Page(found.content.decode()).words) == (400, True)
            assert not SlaPolicyRow.objects.exists()
    assert tried.wrong == []


def test_two_policies_of_one_name_are_refused() -> None:
    _policy()
    assert "There is another one called Gold" in _policy().content.decode()


def test_hours_that_a_policy_goes_by_stay() -> None:
    hours = _hours()
    _policy(hours=hours.pk)
    client = signed_in(people.ada())
    said = client.post(f"/set-up/clocks/hours/{hours.pk}/remove/", follow=True).content.decode()
    assert "An SLA policy goes by Office. Give it other hours first" in said
    client.post(f"/set-up/clocks/policies/{SlaPolicyRow.objects.get().pk}/remove/")
    client.post(f"/set-up/clocks/hours/{hours.pk}/remove/")
    assert not HoursRow.objects.exists()


def test_shipped_promises_are_shown_where_nobody_decided() -> None:
    words = _words("/set-up/clocks/")
    assert "Shipped, normal Where no policy fits 1 h 3 h 4 h 3 d 2 d day and night" in words


TURN = {"duty": "desk", "zone": "Europe/Berlin", "windows": "Mon-Thu 09:00-18:00"}


def test_rota_says_four_weeks_ahead_when_nobody_is_there() -> None:
    """R36: gaps in coverage are flagged in advance."""
    _hours()
    mina, omar = people.mina(), people.omar()
    _post("/set-up/rota/", TURN | {"person": mina.pk})
    assert RotaTurn.objects.count() == 4
    words = _words("/set-up/rota/")
    assert "Nobody is on the rota on " in _words("/set-up/")
    assert re.search(r"Friday \d+ \w+, 09:30 to 12:30 : nobody \(Office, Europe/Berlin\)", words)
    _post("/set-up/rota/", TURN | {"person": omar.pk, "windows": "Fri 08-20", "duty": "on call"})
    assert "Somebody is there whenever we say so." in _words("/set-up/rota/")


def _asked(page: Page) -> list[str]:
    """What both forms would send: persons, duty, zones."""
    chosen = [facts["value"] for tag, facts in page.tags if tag == "option" and "selected" in facts]
    return chosen + [facts["value"] for _, facts in page.tags if facts.get("name") == "zone"]


def test_next_turn_is_of_whom_the_last_was_and_not_of_the_first_in_the_list() -> None:
    """So that a week of several turns does not fall to somebody else in part."""
    people.mina()
    omar, client = str(people.omar().pk), signed_in(people.ada())
    turn = TURN | {"person": omar, "duty": "on call"}
    page = Page(client.post("/set-up/rota/", turn, follow=True).content.decode())
    assert _asked(page) == [omar, "on call", omar, "Europe/Berlin", "Europe/Berlin"]
    days = {"first": "2026-03-03", "last": "2026-03-03"}
    away = {"away": "1", "person": omar, "zone": "UTC", **days}
    page = Page(client.post("/set-up/rota/", away, follow=True).content.decode())
    assert _asked(page) == [omar, omar, "UTC", "UTC"]


def test_address_of_the_rota_that_makes_no_sense_chooses_nobody() -> None:
    tried = Tried()
    client = signed_in(people.ada())
    for sent in ["", "person=9999&duty=x", "person=%C2%B2&zone=Mars/Base"]:
        with tried(sent):
            page = client.get(f"/set-up/rota/?{sent}")
            assert (page.status_code, _asked(Page(page.content.decode()))) == (200, ["UTC", "UTC"])
    assert tried.wrong == []


def test_absence_opens_a_gap_until_it_is_taken_back() -> None:
    _hours()
    person = people.mina()
    _post("/set-up/rota/", TURN | {"person": person.pk, "windows": "Mon-Fri 09:00-18:00"})
    start = timezone.now().date()
    days = {"first": start.isoformat(), "last": (start + timedelta(days=9)).isoformat()}
    _post("/set-up/rota/", {"away": "1", "person": person.pk, "zone": "Europe/Berlin", **days})
    assert ": nobody" in _words("/set-up/rota/")
    _post(f"/set-up/rota/absences/{RotaAbsence.objects.get().pk}/remove/", {})
    assert "Somebody is there whenever we say so." in _words("/set-up/rota/")
    _post(f"/set-up/rota/turns/{RotaTurn.objects.order_by('pk')[0].pk}/remove/", {})
    assert RotaTurn.objects.count() == 4


def test_refused_turn_and_absence_say_why() -> None:
    person = people.mina().pk
    turn = _post("/set-up/rota/", TURN | {"person": person, "windows": "Mon closed"})
    assert "Write when the turn is, such as Mon-Fri 09:00-17:00." in turn.content.decode()
    days = {"first": "2026-03-03", "last": "2026-03-02"}
    away = _post("/set-up/rota/", {"away": "1", "person": person, "zone": "UTC", **days})
    assert "The last day comes before the first." in away.content.decode()
    assert (turn.status_code, away.status_code) == (400, 400)


def test_rota_that_nobody_asked_for_has_no_gaps() -> None:
    assert "No hours say when the rota must have somebody." in _words("/set-up/rota/")
