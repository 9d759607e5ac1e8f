"""Who works with whom on what: teams, skills, seats and rest are set up here."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from amends.casework import Action, Role, check_may
from amends.desk.actions.routing import hold_rules
from amends.desk.models import Case, Responder, RoutingRules, SeatRow, Skill, Team, TeamMember
from amends.desk.queries.routing import IN_HAND, can_work
from amends.terms import BadInput

MOST_CAPACITY = 500
MOST_WORDS = 100
LONGEST_WORD = 60
LONGEST_BREAK = 72


def _named(name: str, longest: int) -> str:
    name = " ".join(name.split())
    if not 0 < len(name) <= longest:
        raise BadInput(f"A name has 1 to {longest} characters.")
    return name


def _look_anew(now: datetime) -> None:
    """Whoever nobody could be given may go to somebody now."""
    waiting = Case.objects.filter(rank__isnull=False, owner=None, state__in=IN_HAND)
    waiting.filter(Q(route_at=None) | Q(route_at__gt=now)).update(route_at=now)


def save_team(
    row: Team | None,
    *,
    name: str,
    people: Collection[Responder],
    networks: Sequence[str] = (),
    languages: Sequence[str] = (),
    skills: Collection[Skill] = (),
    least: int | None = None,
    place: int = 0,
    by_rota: bool = True,
    hands_on: bool = False,
    by: Responder,
    now: datetime,
) -> Team:
    """Create or change a team; whoever stays in it keeps their turn. Raises ``BadInput``,
    ``NotAllowed``."""
    check_may(Role(by.role), Action.TEAMS)
    changed = row or Team()
    changed.name = _named(name, 60)
    if Team.objects.exclude(pk=changed.pk).filter(name__iexact=changed.name).exists():
        raise BadInput(f"There is another team called {changed.name}. Choose a name of its own.")
    unfit = next((one for one in people if not can_work(one)), None)
    if unfit is not None:
        raise BadInput(f"{unfit.name} works on no cases. Choose responders and leads.")
    changed.networks, changed.languages = list(networks), list(languages)
    changed.least, changed.place = least, place
    changed.by_rota, changed.hands_on = by_rota, hands_on
    with transaction.atomic():
        hold_rules()
        changed.save()
        changed.skills.set(skills)
        changed.members.exclude(person__in=people).delete()
        for person in people:
            TeamMember.objects.get_or_create(team=changed, person=person)
        _look_anew(now)
    return changed


def remove_team(row: Team, *, by: Responder) -> None:
    """Its cases keep their owners; those without one go to another team that takes them."""
    check_may(Role(by.role), Action.TEAMS)
    row.delete()


def save_skill(
    row: Skill | None,
    *,
    name: str,
    networks: Sequence[str] = (),
    labels: Sequence[str] = (),
    topics: Sequence[str] = (),
    words: Sequence[str] = (),
    by: Responder,
    now: datetime,
) -> Skill:
    """Create or change which cases need a skill. Raises ``BadInput``, ``NotAllowed``."""
    check_may(Role(by.role), Action.TEAMS)
    changed = row or Skill()
    changed.name = _named(name, 40)
    if Skill.objects.exclude(pk=changed.pk).filter(name__iexact=changed.name).exists():
        raise BadInput(f"There is another skill called {changed.name}. Choose a name of its own.")
    if len(words) > MOST_WORDS or any(len(word) > LONGEST_WORD for word in words):
        raise BadInput(f"{MOST_WORDS} words at most, each of {LONGEST_WORD} characters at most.")
    changed.networks, changed.labels = list(networks), list(labels)
    changed.topics, changed.words = list(topics), list(words)
    with transaction.atomic():
        changed.save()
        _look_anew(now)
    return changed


def remove_skill(row: Skill, *, by: Responder, now: datetime) -> None:
    """No case needs it any more."""
    check_may(Role(by.role), Action.TEAMS)
    with transaction.atomic():
        row.delete()
        _look_anew(now)


def save_seat(
    person: Responder,
    *,
    capacity: int,
    languages: Sequence[str] = (),
    skills: Collection[Skill] = (),
    by: Responder,
    now: datetime,
) -> SeatRow:
    """Say how much somebody can take, what they speak and what they know. Raises ``BadInput``,
    ``NotAllowed``."""
    check_may(Role(by.role), Action.TEAMS)
    if not 0 <= capacity <= MOST_CAPACITY:
        raise BadInput(f"Somebody can have 0 to {MOST_CAPACITY} cases in hand.")
    with transaction.atomic():
        row, _ = SeatRow.objects.update_or_create(
            person=person, defaults={"capacity": capacity, "languages": list(languages)}
        )
        row.skills.set(skills)
        _look_anew(now)
    return row


def pass_on_cases(person: Responder, *, by: Responder, now: datetime) -> None:
    """What somebody who works no cases any more had in hand goes to others, as routing decides."""
    check_may(Role(by.role), Action.PEOPLE)
    if not can_work(person):
        theirs = Case.objects.filter(owner=person, rank__isnull=False, state__in=IN_HAND)
        theirs.update(route_at=now)


def take_break(by: Responder, *, hours: int, now: datetime) -> datetime | None:
    """Be given no case for a while, without saying why (R47); 0 hours ends it. Until when."""
    check_may(Role(by.role), Action.WORK)
    if not 0 <= hours <= LONGEST_BREAK:
        raise BadInput(f"A break is for {LONGEST_BREAK} hours at most. For longer, ask for leave.")
    until = now + timedelta(hours=hours) if hours else None
    SeatRow.objects.update_or_create(person=by, defaults={"break_until": until})
    return until


def save_rest(*, after: int, hours: int, from_all: bool, by: Responder) -> RoutingRules:
    """Say when the abuse-weary rest (R47); ``after`` 0 is never. Raises ``BadInput``, ``NotAllowed``."""
    check_may(Role(by.role), Action.TEAMS)
    if not (0 <= after <= 1000 and 1 <= hours <= 24 * 30):
        raise BadInput("A rest comes after 0 to 1000 abusive cases within 1 to 720 hours.")
    with transaction.atomic():
        row = hold_rules()
        row.rest_after, row.rest_hours, row.rest_from_all = after, hours, from_all
        row.save(update_fields=["rest_after", "rest_hours", "rest_from_all"])
    return row
