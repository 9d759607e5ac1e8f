"""Who is given a case: its team, what it needs, whose turn it is, and the sentence that says why.

Nobody is given a case who may not work on it, gave it back, lacks its language or a skill, is off
duty, takes a break, rests from abuse, or has as much in hand as they can. Of the others it is whose turn is longest
ago. Those on call take what is urgent while nobody at the desk can.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

from amends.casework.rota import Duty
from amends.casework.states import Priority

MOST_NAMED: Final = 12
"""Of those passed over for one reason, so many are named."""


class Barrier(StrEnum):
    """Why somebody is passed over; of several reasons the first counts."""

    NOT_ALLOWED = "not_allowed"
    GAVE_BACK = "gave_back"
    LANGUAGE = "language"
    SKILL = "skill"
    OFF_DUTY = "off_duty"
    ON_BREAK = "on_break"
    ON_CALL = "on_call"
    RESTING = "resting"
    FULL = "full"


@dataclass(frozen=True, slots=True, kw_only=True)
class Traits:
    """What of a case decides where it goes. ``language``: ISO 639-1, "" where it is not known."""

    network: str
    language: str = ""
    priority: int = Priority.NORMAL
    labels: frozenset[str] = frozenset()
    topics: frozenset[str] = frozenset()
    text: str = ""
    abusive: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SkillRule:
    """Which cases need a skill: those of one of the networks, labels or topics, or that say one of
    the words. One that names nothing is needed by none."""

    name: str
    networks: frozenset[str] = frozenset()
    labels: frozenset[str] = frozenset()
    topics: frozenset[str] = frozenset()
    words: tuple[str, ...] = ()

    def needed(self, case: Traits) -> bool:
        return (
            case.network in self.networks
            or not self.labels.isdisjoint(case.labels)
            or not self.topics.isdisjoint(case.topics)
            or any(says(case.text, word) for word in self.words)
        )


def says(text: str, word: str) -> bool:
    """Whether a text holds a word, or words, between borders of words; case does not matter."""
    word = word.casefold().strip()
    return bool(word) and bool(re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text.casefold()))


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamRule:
    """Which cases a team takes; what is empty or None narrows nothing."""

    team: int
    networks: frozenset[str] = frozenset()
    languages: frozenset[str] = frozenset()
    skills: frozenset[str] = frozenset()
    least: int | None = None

    def takes(self, case: Traits, skills: frozenset[str]) -> bool:
        return (
            (not self.networks or case.network in self.networks)
            and (not self.languages or case.language in self.languages)
            and (not self.skills or not self.skills.isdisjoint(skills))
            and (self.least is None or case.priority >= self.least)
        )


def team_for(case: Traits, skills: frozenset[str], rules: Iterable[TeamRule]) -> int | None:
    """The first team, in their order, that takes such a case."""
    return next((rule.team for rule in rules if rule.takes(case, skills)), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seat:
    """A colleague as routing sees them. No ``languages`` is any. ``turn``: the number of the last
    case that came to them by turn in this team, 0 for none. ``abuse``: abusive cases they had lately."""

    person: int
    allowed: bool = True
    duty: Duty | None = Duty.DESK
    on_break: bool = False
    languages: frozenset[str] = frozenset()
    skills: frozenset[str] = frozenset()
    capacity: int = 10
    in_hand: int = 0
    turn: int = 0
    abuse: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Rest:
    """Whoever had ``after`` abusive cases lately is given no more of them, or with ``from_all`` no
    case at all, till fewer are that recent. 0 rests nobody."""

    after: int = 0
    from_all: bool = True

    def holds(self, seat: Seat, case: Traits) -> bool:
        return 0 < self.after <= seat.abuse and (self.from_all or case.abusive)


@dataclass(frozen=True, slots=True)
class Choice:
    """Who is given the case, None for nobody, and who was passed over for what."""

    seat: Seat | None
    passed: Mapping[Barrier, Sequence[int]] = field(default_factory=dict)


def choose(
    case: Traits,
    skills: frozenset[str],
    seats: Iterable[Seat],
    *,
    rest: Rest,
    not_to: frozenset[int] = frozenset(),
) -> Choice:
    """Whose turn it is, of those who can. ``skills`` are what the case needs, ``not_to`` whoever
    gave it back."""
    free: list[Seat] = []
    passed: dict[Barrier, list[int]] = {}
    for seat in seats:
        barrier = barrier_of(seat, case, skills, rest=rest, not_to=not_to)
        if barrier is None:
            free.append(seat)
        else:
            passed.setdefault(barrier, []).append(seat.person)
    at_desk = [seat for seat in free if seat.duty is Duty.DESK]
    on_call = [seat for seat in free if seat.duty is not Duty.DESK]
    if not at_desk and case.priority >= Priority.URGENT:
        at_desk, on_call = on_call, []
    if on_call:
        passed[Barrier.ON_CALL] = [seat.person for seat in on_call]
    return Choice(min(at_desk, key=lambda seat: (seat.turn, seat.person), default=None), passed)


def barrier_of(
    seat: Seat, case: Traits, skills: frozenset[str], *, rest: Rest, not_to: frozenset[int]
) -> Barrier | None:
    """The first reason why somebody cannot be given a case; None where they can."""
    reasons = (
        (Barrier.NOT_ALLOWED, not seat.allowed),
        (Barrier.GAVE_BACK, seat.person in not_to),
        (Barrier.LANGUAGE, not speaks(seat, case.language)),
        (Barrier.SKILL, not skills <= seat.skills),
        (Barrier.OFF_DUTY, seat.duty is None),
        (Barrier.ON_BREAK, seat.on_break),
        (Barrier.RESTING, rest.holds(seat, case)),
        (Barrier.FULL, seat.in_hand >= seat.capacity),
    )
    return next((barrier for barrier, holds in reasons if holds), None)


def speaks(seat: Seat, language: str) -> bool:
    return not language or not seat.languages or language in seat.languages


def facts_of(choice: Choice, case: Traits, skills: frozenset[str], team: str) -> dict[str, Any]:
    """What an event keeps of a decision: ids, numbers and names from the set-up, in JSON."""
    passed = {str(barrier): list(who)[:MOST_NAMED] for barrier, who in choice.passed.items()}
    facts: dict[str, Any] = {"to": None, "team": team, "passed": passed}
    facts |= {"language": case.language} if case.language else {}
    facts |= {"skills": sorted(skills)} if skills else {}
    seat = choice.seat
    if seat is not None:
        facts |= {"to": seat.person, "in_hand": seat.in_hand, "capacity": seat.capacity}
        facts |= {"on_call": True} if seat.duty is Duty.ON_CALL else {}
    return facts


_PASSED: Final = {
    Barrier.NOT_ALLOWED: ("may not work on cases", "may not work on cases"),
    Barrier.GAVE_BACK: ("gave it back", "gave it back"),
    Barrier.LANGUAGE: ("does not speak {language}", "do not speak {language}"),
    Barrier.SKILL: ("does not know {skills}", "do not know {skills}"),
    Barrier.OFF_DUTY: ("is off duty", "are off duty"),
    Barrier.ON_BREAK: ("takes a break", "take a break"),
    Barrier.ON_CALL: ("is on call for what is urgent", "are on call for what is urgent"),
    Barrier.RESTING: ("rests after abuse", "rest after abuse"),
    Barrier.FULL: ("has as much as they can", "have as much as they can"),
}


def explain(
    facts: Mapping[str, Any], people: Mapping[int, str], languages: Mapping[str, str] | None = None
) -> str:
    """A decision in one sentence. ``facts`` as ``facts_of`` gave them, ``people`` names by id."""
    team, to = facts.get("team"), facts.get("to")
    if not team:
        return "No team takes a case such as this, so nobody was given it"
    said = _spelled(facts, languages or {})
    others = _others(facts.get("passed", {}), said, people)
    if to is None:
        because = f": {others}" if others else ", as it has no members"
        return f"Nobody of {team} can be given the case now{because}. It goes to the first who can"
    name = people.get(to, "a colleague")
    turn = "on call, and it is urgent" if facts.get("on_call") else "whose turn it is"
    in_hand = int(facts.get("in_hand", 0))
    load = f"{in_hand} of {facts.get('capacity')} in hand" if in_hand else "nothing in hand"
    parts = [turn, f"with {load}"]
    parts += [f"for its {said['language']}"] if facts.get("language") else []
    parts += [f"for {said['skills']}"] if facts.get("skills") else []
    return f"{name} of {team} was given the case, {', '.join(parts)}" + (
        f"; {others}" if others else ""
    )


def _spelled(facts: Mapping[str, Any], languages: Mapping[str, str]) -> dict[str, str]:
    code = str(facts.get("language", ""))
    skills = [str(one) for one in facts.get("skills", ())]
    return {"language": languages.get(code, code), "skills": listed(skills)}


def _others(
    passed: Mapping[str, Sequence[int]], said: Mapping[str, str], people: Mapping[int, str]
) -> str:
    phrases = []
    for barrier in Barrier:
        who = passed.get(str(barrier), ())
        if who:
            names = [people.get(one, "a colleague") for one in who]
            phrases.append(f"{listed(names)} {_PASSED[barrier][len(who) > 1].format(**said)}")
    return ", ".join(phrases)


def listed(names: Sequence[str]) -> str:
    """Names in a row, with "and" before the last."""
    return " and ".join(filter(None, [", ".join(names[:-1]), *names[-1:]]))
