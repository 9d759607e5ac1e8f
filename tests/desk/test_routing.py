"""Routing at the desk: who a case goes to when it opens, comes back or is given back, and why."""

from datetime import date, time, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django.fixtures import DjangoAssertNumQueries

from amends.casework import Priority
from amends.casework.hours import Window
from amends.casework.rota import Duty
from amends.desk.actions import (
    assign_case,
    close_case,
    escalate_case,
    proof,
    resolve_case,
    take_up,
)
from amends.desk.actions.routing import AGAIN, hand_over_case, route_cases
from amends.desk.actions.teams import pass_on_cases, take_break
from amends.desk.actions.timing import add_turns
from amends.desk.models import (
    Case,
    Responder,
    RotaAbsence,
    RotaTurn,
    RoutingRules,
    SeatRow,
    Skill,
    Team,
    TeamMember,
)
from amends.desk.queries.routing import abuse_borne, language_of, loads
from amends.terms import BadInput, NotAllowed, Stale
from tests.factories import NOON, case, mention, store
from tests.people import ada, mina, noor, omar, priya

pytestmark = pytest.mark.database

HOUR = timedelta(hours=1)
NOW = NOON + timedelta(minutes=1)
"""All that the factories make has happened by then."""
ABUSE = "Halcyon lost my bag, you fucking idiots"


def team(*people: Responder, name: str = "Care", **facts: Any) -> Team:
    made = Team.objects.create(name=name, place=Team.objects.count(), **facts)
    for person in people:
        TeamMember.objects.create(team=made, person=person)
    return made


def seat(person: Responder, *, capacity: int = 10, languages: tuple[str, ...] = ()) -> SeatRow:
    return SeatRow.objects.create(person=person, capacity=capacity, languages=list(languages))


def on_rota(person: Responder, opens: int, closes: int, duty: str = "desk") -> None:
    """Every Monday, which ``NOON`` is on."""
    RotaTurn.objects.create(person=person, duty=duty, day=0, opens=time(opens), closes=time(closes))


def route(*rows: Case, now: Any = NOW) -> list[str]:
    """The owners after routing, by name."""
    route_cases(now=now)
    for row in rows:
        row.refresh_from_db()
    return [row.owner.name.split()[0] if row.owner else "" for row in rows]


def why(row: Case) -> dict[str, Any]:
    event = row.history.filter(kind="case.routed").latest("seq")
    return dict(event.data)


def handles(*names: str, **facts: Any) -> list[Case]:
    times = (NOON + timedelta(seconds=number) for number in range(len(names)))
    each = zip(names, times, strict=True)
    return [case(**{**facts, "handle": name, "at": facts.get("at", at)}) for name, at in each]


@pytest.mark.alike
def test_cases_that_open_go_round_in_turn_and_say_why() -> None:
    team(mina(), omar())
    rows = handles("rosa", "ben", "kim")
    assert route(*rows) == ["Mina", "Omar", "Mina"]
    assert why(rows[2]) == {
        "to": mina().pk, "team": "Care", "passed": {}, "in_hand": 1, "capacity": 10,
    }  # fmt: skip
    assert (rows[0].state, rows[0].route_at, proof(rows[0]).whole) == ("new", None, True)


@pytest.mark.alike
def test_without_a_team_nothing_is_given_to_anybody() -> None:
    row = case()
    assert (route_cases(now=NOW), route(row)) == (0, [""])


@pytest.mark.alike
def test_full_colleagues_are_passed_over_and_given_the_case_once_free() -> None:
    """Capacity: never over it; said once; and when somebody comes free, the case goes to them."""
    team(mina())
    seat(mina(), capacity=1)
    first, second = handles("rosa", "ben")
    assert route(first, second) == ["Mina", ""]
    assert why(second)["passed"] == {"full": [mina().pk]}
    route(second, now=NOW + AGAIN)
    assert second.history.filter(kind="case.routed").count() == 1
    resolve_case(first, by=mina(), now=NOON)
    assert route(second, now=NOW + 2 * AGAIN) == ["Mina"]


@pytest.mark.alike
def test_many_that_nobody_can_take_cost_as_little_as_one_to_look_at_again(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    team(mina())
    seat(mina(), capacity=0)
    assert route(case()) == [""]
    with CaptureQueriesContext(connection) as asked:
        assert route_cases(now=NOW + AGAIN) == 1
    handles("ben", "kim", "dora")
    route_cases(now=NOW + AGAIN)
    with django_assert_num_queries(len(asked)):
        assert route_cases(now=NOW + 2 * AGAIN) == 4
    assert Case.objects.filter(route_at=NOW + 3 * AGAIN).count() == 4


def test_language_and_skill_decide_who_can() -> None:
    team(mina(), omar(), priya())
    skill = Skill.objects.create(name="billing", words=["charged"])
    for person, language in ((mina(), "en"), (omar(), "de"), (priya(), "de")):
        made = seat(person, languages=(language,))
        if person != omar():
            made.skills.add(skill)
    row = case("Halcyon charged me twice")
    row.first_post.lang = "de-AT"
    row.first_post.save(update_fields=["lang"])
    assert route(row) == ["Priya"]
    assert (why(row)["passed"], why(row)["skills"]) == (
        {"language": [mina().pk], "skill": [omar().pk]}, ["billing"],
    )  # fmt: skip


@pytest.mark.alike
@pytest.mark.parametrize(
    ("tag", "code"),
    [
        ("pt-BR", "pt"),
        ("de_AT", "de"),
        ("in", "id"),
        ("nb", "no"),
        ("und", ""),
        ("qme", ""),
        ("", ""),
    ],
)
def test_language_is_told_from_a_tag_and_from_none(tag: str, code: str) -> None:
    """What has no language is kept from nobody."""
    assert language_of(tag) == code


def test_rota_says_who_is_there_and_the_sun_is_followed() -> None:
    """R36: on duty first; on call for what is urgent; away is away."""
    team(mina(), omar(), ada())
    on_rota(mina(), 9, 11)
    on_rota(omar(), 11, 17)
    on_rota(ada(), 0, 23, "on call")
    RotaAbsence.objects.create(person=ada(), first=date(2026, 3, 9), last=date(2026, 3, 9))
    row, other = handles("rosa", "ben", complaint=0.6)
    assert route(row) == ["Omar"]
    later = NOON + timedelta(hours=8)
    Case.objects.filter(pk=other.pk).update(owner=None, route_at=NOON, priority=Priority.URGENT)
    assert route(other, now=later) == ["Ada"]
    assert why(other)["on_call"] is True
    Case.objects.filter(pk=other.pk).update(owner=None, route_at=NOON)
    assert route(other, now=later + timedelta(days=7)) == [""]


@pytest.mark.alike
def test_order_goes_on_when_somebody_is_put_on_the_rota_once_more() -> None:
    team(mina(), omar(), priya())
    for person in (mina(), omar(), priya()):
        on_rota(person, 9, 17)
    rows = handles("rosa", "ben", "kim", "dora")
    route_cases(now=NOW, only=[rows[0].pk])
    morning = (Window(day=0, opens=time(8), closes=time(12)),)
    add_turns(mina(), duty=Duty.DESK, zone="UTC", windows=morning, by=ada())
    assert route(*rows) == ["Mina", "Omar", "Priya", "Mina"]


def came_back(row: Case, at: Any) -> Case:
    resolve_case(row, by=mina(), now=NOON)
    store(mention("Halcyon lost it again", handle="rosa", at=at, conversation=row.conversation))
    row.refresh_from_db()
    return row


@pytest.mark.alike
@pytest.mark.parametrize(("hands_on", "owner"), [(True, "Omar"), (False, "Mina")])
def test_case_that_comes_back_goes_on_while_its_owner_is_off_duty(
    hands_on: bool, owner: str
) -> None:
    """Follow-the-sun where the team says so; else whoever had it has it."""
    team(mina(), omar(), hands_on=hands_on)
    on_rota(mina(), 9, 13)
    on_rota(omar(), 13, 21)
    row = case(handle="rosa")
    take_up(row, by=mina(), now=NOON)
    back = came_back(row, NOON + 3 * HOUR)
    assert (back.state, route(back, now=NOON + 3 * HOUR)) == ("open", [owner])


@pytest.mark.alike
def test_case_of_somebody_who_left_goes_to_another() -> None:
    team(mina(), omar())
    row = case(handle="rosa")
    take_up(row, by=mina(), now=NOON)
    Responder.objects.filter(pk=mina().pk).update(is_active=False)
    assert route(came_back(row, NOON + HOUR), now=NOON + HOUR) == ["Omar"]


@pytest.mark.alike
def test_cases_in_hand_of_somebody_who_works_no_more_go_to_others() -> None:
    team(mina(), omar())
    row = take_up(case(handle="rosa"), by=mina(), now=NOON)
    pass_on_cases(mina(), by=ada(), now=NOON)
    assert route(row) == ["Mina"]  # she still does
    Responder.objects.filter(pk=mina().pk).update(role="viewer")
    pass_on_cases(Responder.objects.get(pk=mina().pk), by=ada(), now=NOON)
    assert route(row) == ["Omar"]


@pytest.mark.alike
def test_whoever_takes_a_break_is_given_no_case_till_it_is_over() -> None:
    """R47: breaks, without a reason."""
    team(mina())
    take_break(mina(), hours=1, now=NOW)
    row = case()
    assert (route(row), why(row)["passed"]) == ([""], {"on_break": [mina().pk]})
    assert route(row, now=NOW + HOUR) == ["Mina"]
    with pytest.raises(BadInput, match="72 hours at most"):
        take_break(mina(), hours=73, now=NOW)
    with pytest.raises(NotAllowed):
        take_break(noor(), hours=1, now=NOW)


@pytest.mark.alike
def test_what_a_person_decided_routing_leaves_alone() -> None:
    team(mina(), hands_on=True)
    on_rota(mina(), 0, 1)
    row = case()
    assign_case(row, to=mina(), by=priya(), now=NOON)
    assert (route(row), row.history.filter(kind="case.routed").count()) == (["Mina"], 0)


def test_first_team_that_takes_a_case_has_it_and_nobody_else_says_so() -> None:
    team(mina(), name="X", networks=["x"])
    row = case()
    assert (route(row), why(row)) == ([""], {"to": None, "team": "", "passed": {}})
    team(omar(), name="Rest")
    assert route(row, now=NOW + AGAIN) == ["Omar"]


def test_abuse_is_noted_and_the_weary_rest() -> None:
    """R47: whoever bore it counts, also where they handed it over; then others are given cases."""
    team(mina(), omar())
    RoutingRules.objects.create(pk=1, rest_after=2, rest_hours=24)
    first, second = (case(ABUSE, handle=name) for name in ("rosa", "ben"))
    for row in (first, second):
        assign_case(row, to=mina(), by=priya(), now=NOON + HOUR)
    hand_over_case(second, to=priya(), by=mina(), now=NOON + 2 * HOUR)
    assert abuse_borne(since=NOON) == {mina().pk: 2, priya().pk: 1}
    third = case(handle="kim")
    assert (route(third, now=NOON + 3 * HOUR), why(third)["passed"]) == (
        ["Omar"], {"resting": [mina().pk]},
    )  # fmt: skip
    assert [(one.person.name, one.abusive, one.resting) for one in loads(priya(), now=NOON)] == [
        ("Mina Kaya", 2, True), ("Omar Haddad", 0, False), ("Priya Nair", 1, False),
    ]  # fmt: skip


@pytest.mark.alike
def test_angry_words_are_no_abuse_and_an_edit_can_bring_some() -> None:
    """R47."""
    row = case("Halcyon lost my bag, I am furious", native_id="p1")
    assert (row.abusive_at, row.places.get().abusive_at) == (None, None)
    at = NOON + HOUR
    store(mention(ABUSE, native_id="p1", edited_at=at), now=at)
    row.refresh_from_db()
    assert row.abusive_at == row.places.get().abusive_at == row.first_post.created_at


@pytest.mark.alike
def test_handed_over_case_has_its_note_and_its_new_owner() -> None:
    """R47: to a colleague, with a word or without."""
    row = take_up(case(), by=mina(), now=NOON)
    hand_over_case(row, to=omar(), note="Too close to home.", by=mina(), now=NOON + HOUR)
    row.refresh_from_db()
    kinds = list(row.history.order_by("-seq").values_list("kind", flat=True)[:2])
    assert (row.owner, row.notes.get().text, kinds) == (
        omar(), "Too close to home.", ["case.handed_over", "note.added"],
    )  # fmt: skip


def test_case_given_back_to_the_team_goes_to_somebody_else() -> None:
    """R47: never to whoever gave it back, even with nobody else there."""
    care = team(mina(), omar())
    row = take_up(case(), by=mina(), now=NOON)
    row = hand_over_case(row, to=care, by=mina(), now=NOW)
    assert (row.owner, why(row)["passed"]) == (omar(), {"gave_back": [mina().pk]})
    TeamMember.objects.filter(person=mina()).delete()
    row = hand_over_case(row, to=care, by=omar(), now=NOW)
    assert (row.owner, row.passed_by) == (None, omar())


@pytest.mark.alike
def test_hand_over_is_refused_in_words() -> None:
    row = take_up(case(), by=mina(), now=NOON)
    with pytest.raises(BadInput, match="has this case already"):
        hand_over_case(row, to=mina(), by=mina(), now=NOON)
    with pytest.raises(NotAllowed, match="cannot own a case"):
        hand_over_case(row, to=noor(), by=mina(), now=NOON)
    with pytest.raises(NotAllowed, match="may not change a case"):
        hand_over_case(row, to=omar(), by=noor(), now=NOON)
    with pytest.raises(Stale, match="Mina Kaya has it now"):
        hand_over_case(row, to=omar(), by=priya(), now=NOON, seen_owner=0)
    resolve_case(row, by=mina(), now=NOON)
    close_case(row, reason="by phone", by=mina(), now=NOON)
    with pytest.raises(NotAllowed, match="closed cannot be handed over"):
        hand_over_case(row, to=omar(), by=mina(), now=NOON)


def test_escalated_case_is_not_routed_away() -> None:
    team(mina())
    row = case()
    escalate_case(row, to=priya(), by=mina(), now=NOON)
    assert route(row) == ["Priya"]
