"""What routing looks at: cases that wait for it, teams, who is there, what they have in hand, and what
abuse they bore lately."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Count, Max, QuerySet

from amends.casework import Action, CaseState, Role, check_may, permitted
from amends.casework.rota import Duty, duties, is_away
from amends.casework.routing import Rest, Seat, SkillRule, TeamRule, Traits
from amends.desk.models import (
    Case,
    CaseEvent,
    CasePost,
    PostRow,
    Responder,
    RoutingRules,
    SeatRow,
    Skill,
    Team,
    TeamMember,
)
from amends.desk.models.routing import CAPACITY
from amends.desk.models.signs import topics_in
from amends.desk.queries.clocks import rota_now
from amends.desk.queries.prepared import prepared

IN_HAND: Final = (CaseState.NEW, CaseState.OPEN)
MOST_COUNTED: Final = 10_000
_NO_LANGUAGE: Final = frozenset({"und", "mul", "mis", "zxx", "art"})
_OLD_CODES: Final = {"in": "id", "iw": "he", "ji": "yi", "nb": "no", "nn": "no"}
"""As X and older systems still write them; who speaks Norwegian reads both of its forms."""
OWNERS: Final = ("case.assigned", "case.routed", "case.handed_over", "case.escalated")


def due_to_route(*, now: datetime, most: int) -> list[int]:
    """Cases that wait to be given to somebody, by their primary keys, longest waiting first."""
    return _to_route(now, most=most)


@prepared
def _to_route(now: datetime, *, most: int) -> QuerySet[Case, int]:
    waiting = Case.objects.filter(route_at__isnull=False, route_at__lte=now)
    # A legal matter is given by a person, to somebody who deals with such.
    waiting = waiting.exclude(legal=True)
    return waiting.order_by("route_at", "id").values_list("pk", flat=True)[:most]


def rules_now() -> RoutingRules:
    """The rules that hold; what is shipped where nobody has decided."""
    return RoutingRules.objects.filter(pk=1).first() or RoutingRules()


def rest_of(rules: RoutingRules) -> Rest:
    return Rest(after=rules.rest_after, from_all=rules.rest_from_all)


def traits_of(case: Case) -> Traits:
    """What of a case decides where it goes; with its first post at hand."""
    post = case.first_post
    return Traits(
        network=case.network,
        language=language_of(post.lang),
        priority=case.priority,
        labels=frozenset(case.labels.values_list("name", flat=True)),
        topics=frozenset(topics_of(post)),
        text=post.text,
        abusive=case.abusive_at is not None,
    )


def topics_of(post: PostRow) -> tuple[str, ...]:
    """What a post is about, as far as it was read."""
    return topics_in(getattr(getattr(post, "reading", None), "signs", None))


def language_of(tag: str) -> str:
    """The language of a tag in small letters, ISO 639-1 where there is such a code: ``pt-BR`` is
    ``pt``. "" for none, and for what networks say where there is no language to know."""
    code = tag.replace("_", "-").partition("-")[0].lower()
    if code in _NO_LANGUAGE or (len(code) == 3 and code.startswith("q")):
        return ""
    return _OLD_CODES.get(code, code)


def skill_rules() -> list[SkillRule]:
    return [
        SkillRule(
            name=row.name,
            networks=frozenset(row.networks),
            labels=frozenset(row.labels),
            topics=frozenset(row.topics),
            words=tuple(row.words),
        )
        for row in Skill.objects.order_by("name")
    ]


@dataclass(slots=True)
class Board:
    """Everything that routing weighs, as it is now. ``seats``: the members of each team, with what
    they have in hand in ``load`` and bore in ``abuse``, which move as cases are given."""

    teams: dict[int, Team]
    rules: list[TeamRule]
    skills: list[SkillRule]
    seats: dict[int, dict[int, Seat]]
    load: Counter[int] = field(default_factory=Counter)
    abuse: Counter[int] = field(default_factory=Counter)


def load_board(*, now: datetime, rules: RoutingRules) -> Board:
    teams = {team.pk: team for team in Team.objects.prefetch_related("skills")}
    members = list(
        TeamMember.objects.select_related("person", "person__seat", "team")
        .prefetch_related("person__seat__skills")
        .order_by("team", "person")
    )
    people = {one.person_id for one in members}
    there = present(people, now=now)
    seats: dict[int, dict[int, Seat]] = {pk: {} for pk in teams}
    for one in members:
        seats[one.team_id][one.person_id] = _seat(one, there, now)
    return Board(
        teams=teams,
        rules=[_rule(team) for team in teams.values()],
        skills=skill_rules(),
        seats=seats,
        load=in_hand(people),
        abuse=abuse_borne(since=now - timedelta(hours=rules.rest_hours)),
    )


def _rule(team: Team) -> TeamRule:
    return TeamRule(
        team=team.pk,
        networks=frozenset(team.networks),
        languages=frozenset(team.languages),
        skills=frozenset(skill.name for skill in team.skills.all()),
        least=team.least,
    )


def _seat(member: TeamMember, there: "Roll", now: datetime) -> Seat:
    row = seat_of(member.person)
    return Seat(
        person=member.person_id,
        allowed=can_work(member.person),
        duty=there.duty(member.person_id, by_rota=member.team.by_rota),
        on_break=on_break(row, now),
        languages=frozenset(row.languages),
        skills=frozenset(skill.name for skill in row.skills.all()) if row.pk else frozenset(),
        capacity=row.capacity,
        turn=member.turn,
    )


def can_work(person: Responder) -> bool:
    return person.is_active and Action.WORK in permitted(Role(person.role))


def seat_of(person: Responder) -> SeatRow:
    """What was said of somebody; unsaved, with what is shipped, where nothing was."""
    found: SeatRow | None = getattr(person, "seat", None)
    return found or SeatRow(capacity=CAPACITY)


def break_of(person: Responder, *, now: datetime) -> datetime | None:
    """Till when somebody takes a break; None where they take none."""
    row = seat_of(person)
    return row.break_until if on_break(row, now) else None


def on_break(row: SeatRow, now: datetime) -> bool:
    return row.break_until is not None and row.break_until > now


@dataclass(frozen=True, slots=True)
class Roll:
    """Who the rota has there. Without any turns there is no rota, and everybody is."""

    duties: Mapping[int, Duty]
    away: Collection[int]
    rota: bool

    def duty(self, person: int, *, by_rota: bool = True) -> Duty | None:
        if person in self.away:
            return None
        return self.duties.get(person) if by_rota and self.rota else Duty.DESK


def present(people: Iterable[int], *, now: datetime) -> Roll:
    turns, away = rota_now()
    gone = {person for person in people if is_away(person, away, now)}
    return Roll(duties(turns, away, now), gone, bool(turns))


def in_hand(people: Collection[int]) -> Counter[int]:
    """How many cases that wait for us each of them owns; what is snoozed does not count."""
    mine = Case.objects.filter(rank__isnull=False, owner__isnull=False, owner__in=people)
    rows = mine.filter(state__in=IN_HAND).order_by().values_list("owner").annotate(Count("pk"))
    return Counter(dict(rows))


def abuse_borne(*, since: datetime) -> Counter[int]:
    """In how many cases each person bore abuse that was written since then: they owned the case
    after it came, then or later."""
    posts = CasePost.objects.filter(abusive_at__isnull=False, abusive_at__gte=since)
    rows = posts.order_by("-abusive_at").values_list("case", "abusive_at")
    came: dict[int, datetime] = {case: at for case, at in rows if at}  # the first of each
    borne = Counter[int]()
    for people in _owners_since(came).values():
        borne.update(people)
    return borne


def _owners_since(came: Mapping[int, datetime]) -> dict[int, set[int]]:
    """Who owned each of these cases at its moment or later."""
    events = CaseEvent.objects.filter(case__in=came, kind__in=OWNERS).order_by("case", "seq")
    found: dict[int, set[int]] = {case: set() for case in came}
    owner: dict[int, int | None] = {}
    for case, kind, at, data in events.values_list("case", "kind", "at", "data"):
        to = data.get("to")
        if kind == "case.routed" and to is None:
            continue
        before = owner.get(case)
        if before is not None and at > came[case]:
            found[case].add(before)
        owner[case] = to
    for case, last in owner.items():
        if last is not None:
            found[case].add(last)
    return found


def teams_for(person: Responder) -> QuerySet[Team]:
    check_may(Role(person.role), Action.TEAMS)
    return Team.objects.prefetch_related("skills", "members__person")


def skills_for(person: Responder) -> QuerySet[Skill]:
    check_may(Role(person.role), Action.TEAMS)
    return Skill.objects.order_by("name")


def workers_for(person: Responder) -> QuerySet[Responder]:
    """Everybody who may be given cases, by name."""
    check_may(Role(person.role), Action.TEAMS)
    working = [role.value for role in Role if Action.WORK in permitted(role)]
    found = Responder.objects.filter(is_active=True, role__in=working)
    return found.select_related("seat").prefetch_related("seat__skills", "memberships__team")


@dataclass(frozen=True, slots=True)
class Load:
    """What somebody carries: cases in hand of how many at most, those that wait on the customer,
    those snoozed, cases with abuse in the span, and whether they rest from it."""

    person: Responder
    in_hand: int
    capacity: int
    waiting: int
    abusive: int
    resting: bool
    duty: Duty | None
    last_abuse: datetime | None
    break_until: datetime | None


def loads(person: Responder, *, now: datetime) -> list[Load]:
    """The load of everybody who works cases, for leads (R47)."""
    people = list(workers_for(person).order_by("name", "pk"))
    rules = rules_now()
    keys = {one.pk for one in people}
    hands, there = in_hand(keys), present(keys, now=now)
    waiting = _waiting(keys)
    abuse = abuse_borne(since=now - timedelta(hours=rules.rest_hours))
    last = _last_abuse(keys)
    return [
        Load(
            person=one,
            in_hand=hands[one.pk],
            capacity=row.capacity,
            waiting=waiting[one.pk],
            abusive=abuse[one.pk],
            resting=0 < rules.rest_after <= abuse[one.pk],
            duty=there.duty(one.pk),
            last_abuse=last.get(one.pk),
            break_until=row.break_until if on_break(row, now) else None,
        )
        for one in people
        for row in [seat_of(one)]
    ]


def _waiting(people: Collection[int]) -> Counter[int]:
    mine = Case.objects.filter(rank__isnull=False, owner__isnull=False, owner__in=people)
    rows = mine.filter(state=CaseState.WAITING).order_by().values_list("owner")
    return Counter(dict(rows.annotate(Count("pk"))))


def _last_abuse(people: Collection[int]) -> dict[int, datetime]:
    mine = Case.objects.filter(rank__isnull=False, owner__isnull=False, owner__in=people)
    rows = mine.filter(abusive_at__isnull=False).order_by().values_list("owner")
    return dict(rows.annotate(Max("abusive_at")))


def without_anybody() -> int:
    """How many cases wait for somebody who can be given them; ``MOST_COUNTED`` for more."""
    waiting = Case.objects.filter(route_at__isnull=False, owner=None).order_by()
    return waiting[:MOST_COUNTED].count()
