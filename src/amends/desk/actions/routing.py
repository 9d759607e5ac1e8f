"""Routing: a case that opens, comes back or is given back goes to whose turn it is, and says why."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import transaction

from amends.casework import Action, Role, check_may, may
from amends.casework.rota import Duty
from amends.casework.routing import Rest, Seat, Traits, choose, facts_of, team_for
from amends.desk.actions.cases import check_owner, held, write
from amends.desk.actions.chronicle import make_event
from amends.desk.actions.clockwork import TO_ROUTE
from amends.desk.actions.together import give_heads_ups
from amends.desk.models import (
    Case,
    CaseEvent,
    Note,
    Responder,
    RoutingRules,
    Team,
    TeamMember,
)
from amends.desk.queries.routing import (
    Board,
    can_work,
    due_to_route,
    load_board,
    rest_of,
    traits_of,
    without_anybody,
)
from amends.terms import BadInput, NotAllowed

AGAIN: Final = timedelta(seconds=20)
"""How soon a case that nobody could be given is looked at again: somebody may have come free."""
EACH: Final = timedelta(milliseconds=50)
"""So much later for each case that waits, as looking at thousands takes time from everything else."""
LONGEST_NOTE: Final = 2000


def route_cases(*, now: datetime, most: int = 100, only: Sequence[int] | None = None) -> int:
    """Decide for cases that wait to be given to somebody; how many were looked at. ``only``: some
    of them at once. Does nothing where there is no team."""
    if not Team.objects.exists():
        return 0
    pks = list(only) if only is not None else due_to_route(now=now, most=most)
    if not pks:
        return 0
    with transaction.atomic():
        rules = hold_rules()
        rows = Case.objects.select_for_update(of=("self",)).select_related("first_post__reading")
        cases = list(rows.filter(pk__in=pks, route_at__isnull=False).order_by("pk"))
        board = load_board(now=now, rules=rules)
        again = now + max(AGAIN, EACH * without_anybody())
        idle = [case.pk for case in cases if _in_vain(case, board, rest_of(rules))]
        Case.objects.filter(pk__in=idle).update(route_at=again)
        for case in sorted(cases, key=lambda one: (one.rank is None, one.rank or 0, one.pk)):
            if case.pk not in idle:
                _route(case, board, rules, now=now, again=again)
        rules.save(update_fields=["turns"])
    return len(pks)


def hold_rules() -> RoutingRules:
    """The rules' row, made if need be and held: one decides at a time, so that nobody is given more
    than they can."""
    rows = RoutingRules.objects.select_for_update()
    found = rows.filter(pk=1).first()
    if found is None:  # two may make it at once; then one of them waits and finds it
        RoutingRules.objects.bulk_create([RoutingRules(pk=1)], ignore_conflicts=True)
        found = rows.get(pk=1)
    return found


def _in_vain(case: Case, board: Board, rest: Rest) -> bool:
    """Whether it was said already that nobody can be given the case, and nobody of its team can be
    given any."""
    said = case.route_at is not None and case.route_at > case.touched_at
    if not said or case.owner_id is not None or case.team_id is None:
        return False
    anything = Traits(network="")
    seats = _seats(board, case.team_id)
    return choose(anything, frozenset(), seats, rest=rest).seat is None and not any(
        seat.duty is Duty.ON_CALL for seat in seats
    )


def _route(
    case: Case, board: Board, rules: RoutingRules, *, now: datetime, again: datetime
) -> None:
    if case.state not in TO_ROUTE:
        _look_again(case, None)
        return
    traits = traits_of(case)
    skills = frozenset(rule.name for rule in board.skills if rule.needed(traits))
    if case.team_id is None:
        case.team_id = team_for(traits, skills, board.rules)
    if case.owner_id is not None and _stays(case, board):
        _look_again(case, None)
        return
    not_to = frozenset({one for one in (case.passed_by_id, case.owner_id) if one is not None})
    seats = _seats(board, case.team_id)
    choice = choose(traits, skills, seats, rest=rest_of(rules), not_to=not_to)
    team = board.teams[case.team_id].name if case.team_id in board.teams else ""
    facts = facts_of(choice, traits, skills, team)
    if choice.seat is None:
        _nobody(case, facts, now=now, again=again)
    else:
        _give(case, choice.seat, facts, traits, board, rules, now=now)


def _seats(board: Board, team: int | None) -> list[Seat]:
    seats = board.seats.get(team or 0, {}).values()
    return [
        replace(seat, in_hand=board.load[seat.person], abuse=board.abuse[seat.person])
        for seat in seats
    ]


def _stays(case: Case, board: Board) -> bool:
    """Whether somebody who has a case that came back keeps it: unless they left, or are off duty in
    a team that hands on."""
    owner = case.owner
    if owner is None or not can_work(owner):
        return False
    team = board.teams.get(case.team_id or 0)
    if team is None or not team.hands_on:
        return True
    seat = board.seats[team.pk].get(owner.pk)
    return seat is None or seat.duty is not None


def _give(
    case: Case,
    seat: Seat,
    facts: dict[str, Any],
    traits: Traits,
    board: Board,
    rules: RoutingRules,
    *,
    now: datetime,
) -> None:
    case.owner_id, case.passed_by = seat.person, None
    event = make_event(case, "case.routed", at=now, **facts)
    write(case, [event], "owner", "team", "passed_by")
    rules.turns += 1
    assert case.team_id is not None  # noqa: S101 (a seat is one of a team's)
    TeamMember.objects.filter(team=case.team_id, person=seat.person).update(turn=rules.turns)
    board.seats[case.team_id][seat.person] = replace(seat, turn=rules.turns)
    board.load[seat.person] += 1
    board.abuse[seat.person] += traits.abusive


def _nobody(case: Case, facts: dict[str, Any], *, now: datetime, again: datetime) -> None:
    """Said once till somebody had the case; an owner who is not there keeps what nobody can take."""
    if case.owner_id is not None and case.owner is not None and can_work(case.owner):
        _look_again(case, again)
        return
    last = case.history.filter(kind="case.routed").order_by("-seq").first()
    if last is None or last.data.get("to") is not None or last.data.get("team") != facts["team"]:
        write(case, [make_event(case, "case.routed", at=now, **facts)], "team")
    _look_again(case, again)


def _look_again(case: Case, at: datetime | None) -> None:
    Case.objects.filter(pk=case.pk).update(route_at=at, team=case.team_id)


def hand_over_case(
    case: Case,
    *,
    to: Responder | Team,
    note: str = "",
    by: Responder,
    now: datetime,
    seen_owner: int | None = None,
) -> Case:
    """Hand a case to a colleague, or back to a team, which gives it to somebody else. Nobody has to
    say why. ``seen_owner``: who had it on the page. Raises ``NotAllowed``, ``BadInput``, ``Stale``."""
    if len(note) > LONGEST_NOTE:
        raise BadInput(f"The note has {len(note):,} characters; {LONGEST_NOTE:,} is the most.")
    with held(case, by=by, verb="hand-over") as row:
        check_owner(row, seen_owner)
        _check_legal(row, to)
        events = _noted(row, note, by=by, now=now)
        if isinstance(to, Team):
            events.append(_back(row, to, by=by, now=now))
        else:
            events.append(_over(row, to, by=by, now=now))
        write(row, events, "owner", "team", "passed_by")
    if isinstance(to, Team):
        route_cases(now=now, only=[row.pk])
        row.refresh_from_db()
    return row


def _check_legal(row: Case, to: Responder | Team) -> None:
    """A legal matter goes from hand to hand among those who deal with such, never to a team."""
    if row.legal and (isinstance(to, Team) or not may(Role(to.role), Action.LEGAL)):
        raise NotAllowed(
            "This case is a legal matter. Hand it to somebody who deals with such: a lead or an"
            " administrator."
        )


def _noted(row: Case, note: str, *, by: Responder, now: datetime) -> list[CaseEvent]:
    if not note.strip():
        return []
    made = Note.objects.create(case=row, by=by, at=now, text=note.strip())
    give_heads_ups(made, by=by, now=now)
    return [make_event(row, "note.added", at=now, by=by, note=made.pk)]


def _over(row: Case, to: Responder, *, by: Responder, now: datetime) -> CaseEvent:
    if to.pk != by.pk:
        check_may(Role(by.role), Action.ASSIGN)
    if not can_work(to):
        raise NotAllowed(f"{to.name} cannot own a case. Choose a responder or a lead.")
    if row.owner_id == to.pk:
        raise BadInput(f"{to.name} has this case already.")
    row.owner, row.passed_by = to, None
    return make_event(row, "case.handed_over", at=now, by=by, to=to.pk)


def _back(row: Case, team: Team, *, by: Responder, now: datetime) -> CaseEvent:
    if row.owner_id not in (None, by.pk):
        check_may(Role(by.role), Action.ASSIGN)
    row.passed_by, row.owner, row.team = row.owner or by, None, team
    return make_event(row, "case.handed_over", at=now, by=by, to=None, team=team.name)


def back_to(case: Case) -> Team | None:
    """The team that a case goes back to; None where there is none at all."""
    return case.team or Team.objects.first()
