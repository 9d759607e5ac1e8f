"""Rules of condition and action that read as sentences.

A rule is data, and no text to be parsed: what has to happen, what must hold then, and what is done.
The same data fills the form, is evaluated, and prints as a person would say it. A rule sees a case as
it was before any rule acted, and what a rule does sets off no rule, so that nothing goes in circles.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from functools import cache
from typing import Any, Final

import msgspec

from amends.casework.clocks import Clock
from amends.casework.states import CaseState, Priority
from amends.terms import AuthorRole, BadInput, WatchKind


class Trigger(StrEnum):
    """What has to happen."""

    OPENED = "opened"
    ANSWERED = "answered"
    BREACHED = "breached"
    WAITED = "waited"


class Fact(StrEnum):
    """What a condition asks about."""

    NETWORK = "network"
    LANGUAGE = "language"
    BRAND = "brand"
    VISIBILITY = "visibility"
    WATCH = "watch"
    SEVERITY = "severity"
    PRIORITY = "priority"
    STATE = "state"
    LABEL = "label"
    ROLE = "role"
    FOLLOWERS = "followers"
    WORDS = "words"
    WAITING = "waiting"
    CLOCK = "clock"


class Do(StrEnum):
    """What is done."""

    LABEL = "label"
    PERSON = "person"
    TEAM = "team"
    PRIORITY = "priority"
    SNOOZE = "snooze"
    NOTE = "note"
    TELL = "tell"
    REPLY_IN_PRIVATE = "reply_in_private"
    REPLY_IN_PUBLIC = "reply_in_public"


class Condition(msgspec.Struct, frozen=True, omit_defaults=True):
    """Holds where the fact is one of ``values``; with ``but`` where it is none of them.

    Of severity, priority and waiting (in minutes) one value is given, which is the least.
    """

    fact: Fact
    values: tuple[str, ...]
    but: bool = False


class Act(msgspec.Struct, frozen=True):
    """``value``: a label, a priority, minutes, a text, or the key of a person, team or snippet; of
    those who are told also ``leads`` and ``owner``."""

    do: Do
    value: str


class Rule(msgspec.Struct, frozen=True, omit_defaults=True):
    """``after``: minutes, of the trigger ``waited`` alone."""

    trigger: Trigger
    acts: tuple[Act, ...]
    conditions: tuple[Condition, ...] = ()
    after: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """A case and the post that the trigger is about. ``severity``: how far that post goes, by
    ``STEPS``; ``followers`` None where they are not known; ``clock``: the one that was missed."""

    network: str = ""
    language: str = ""
    brand: str = ""
    private: bool = False
    watches: frozenset[str] = frozenset()
    severity: str = "none"
    priority: int = Priority.NORMAL
    state: str = CaseState.NEW
    labels: frozenset[str] = frozenset()
    role: str | None = None
    followers: int | None = None
    text: str = ""
    waited: timedelta | None = None
    clock: str = ""


STEPS: Final = ("none", "disapproval", "accusation", "blame")
BANDS: Final[dict[str, tuple[int, int | None]]] = {
    "to1k": (0, 1_000),
    "to10k": (1_000, 10_000),
    "to100k": (10_000, 100_000),
    "more": (100_000, None),
}
"""Followers, from a number to below another."""
LEADS, OWNER = "leads", "owner"
REPLIES: Final = frozenset({Do.REPLY_IN_PRIVATE, Do.REPLY_IN_PUBLIC})
_KEYED: Final = frozenset({Do.PERSON, Do.TEAM, Do.TELL}) | REPLIES
_LEAST: Final = frozenset({Fact.SEVERITY, Fact.PRIORITY, Fact.WAITING})
_KNOWN: Final[dict[Fact, frozenset[str]]] = {
    Fact.VISIBILITY: frozenset({"public", "private"}),
    Fact.WATCH: frozenset(map(str, WatchKind)),
    Fact.SEVERITY: frozenset(STEPS[1:]),
    Fact.PRIORITY: frozenset(str(int(one)) for one in Priority),
    Fact.STATE: frozenset(map(str, CaseState)),
    Fact.ROLE: frozenset(map(str, AuthorRole)),
    Fact.FOLLOWERS: frozenset(BANDS),
    Fact.CLOCK: frozenset(map(str, Clock)),
}
_SPACELESS: Final = re.compile(r"[\u0e00-\u0eff\u2e80-\u9fff\uf900-\ufaff]")
MOST_ACTS: Final = 12
MOST_VALUES: Final = 50
LONGEST_VALUE: Final = 100
LONGEST_NOTE: Final = 2_000
LONGEST_WAIT: Final = 90 * 24 * 60


def rule_of(data: Mapping[str, Any]) -> Rule:
    """The rule that was stored or sent as data. Raises ``BadInput`` where it is none."""
    try:
        rule = msgspec.convert(data, Rule)
    except msgspec.ValidationError as error:
        raise BadInput(f"That is no rule: {error}.") from error
    check_rule(rule)
    return rule


def data_of(rule: Rule) -> dict[str, Any]:
    """As ``rule_of`` reads it."""
    made: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(rule))
    return made


def check_rule(rule: Rule) -> None:
    """Raise ``BadInput`` with what to do unless the rule can be followed."""
    if not rule.acts:
        raise BadInput("Choose what the rule does.")
    if len(rule.acts) > MOST_ACTS or len(set(rule.acts)) < len(rule.acts):
        raise BadInput(f"A rule does {MOST_ACTS} things at most, and each of them once.")
    if (rule.trigger is Trigger.WAITED) != (0 < rule.after <= LONGEST_WAIT):
        raise BadInput("Say how long a case has waited: a minute to 90 days.")
    facts = [one.fact for one in rule.conditions]
    if facts == [Fact.FOLLOWERS]:
        raise BadInput(
            "How many people follow somebody never decides alone. Add another condition."
        )
    for condition in rule.conditions:
        _check_condition(condition, rule.trigger)
    for act in rule.acts:
        _check_act(act)
    for only in (Do.PRIORITY, Do.SNOOZE, Do.REPLY_IN_PRIVATE, Do.REPLY_IN_PUBLIC):
        if sum(act.do is only for act in rule.acts) > 1:
            raise BadInput("One priority, one time to snooze, one reply: choose one of each.")
    if sum(act.do in {Do.PERSON, Do.TEAM} for act in rule.acts) > 1:
        raise BadInput("A case is handed to one person or one team.")


def _check_condition(condition: Condition, trigger: Trigger) -> None:
    values, known = condition.values, _KNOWN.get(condition.fact)
    if not values or len(values) > MOST_VALUES or not all(map(str.strip, values)):
        raise BadInput(f"A condition on the {condition.fact} names 1 to {MOST_VALUES} of them.")
    if any(len(value) > LONGEST_VALUE for value in values):
        raise BadInput(f"A value of a condition has {LONGEST_VALUE} characters at most.")
    if condition.fact in _LEAST and len(values) != 1:
        raise BadInput(f"Of the {condition.fact} choose the least.")
    if known is not None and not known.issuperset(values):
        raise BadInput(f"There is no {condition.fact} {', '.join(set(values) - known)}.")
    if condition.fact is Fact.WAITING:
        _check_minutes(values[0])
    if condition.fact is Fact.CLOCK and trigger is not Trigger.BREACHED:
        raise BadInput("Which clock it was can be asked only when a clock runs out.")


def _check_act(act: Act) -> None:
    if not act.value.strip():
        raise BadInput(f"Say more about what the rule does: {act.do} what?")
    if act.do is Do.LABEL and len(act.value) > 40:
        raise BadInput("A label has 1 to 40 characters.")
    if act.do is Do.NOTE and len(act.value) > LONGEST_NOTE:
        raise BadInput(f"A note of a rule has {LONGEST_NOTE:,} characters at most.")
    if act.do is Do.PRIORITY and act.value not in _KNOWN[Fact.PRIORITY]:
        raise BadInput("A priority is low, normal, high or urgent.")
    if act.do is Do.SNOOZE:
        _check_minutes(act.value)
    named = act.do is Do.TELL and act.value in {LEADS, OWNER}
    if act.do in _KEYED and not named and not (act.value.isdecimal() and len(act.value) < 19):
        raise BadInput(f"Choose from the list: {act.do}.")


def _check_minutes(value: str) -> None:
    if not (value.isdecimal() and len(value) < 9 and 0 < int(value) <= LONGEST_WAIT):
        raise BadInput("A length of time is a minute to 90 days.")


def speaks(rule: Rule) -> bool:
    """Whether it writes to customers, for which an administrator must have granted it."""
    return any(act.do in REPLIES for act in rule.acts)


def speaks_in_public(rule: Rule) -> bool:
    return any(act.do is Do.REPLY_IN_PUBLIC for act in rule.acts)


def applies(rule: Rule, facts: Facts) -> bool:
    """Whether every condition holds."""
    return all(_holds(one, facts) != one.but for one in rule.conditions)


def _holds(condition: Condition, facts: Facts) -> bool:
    fact, values = condition.fact, condition.values
    if fact is Fact.SEVERITY:
        return STEPS.index(facts.severity) >= STEPS.index(values[0])
    if fact is Fact.PRIORITY:
        return facts.priority >= int(values[0])
    if fact is Fact.WAITING:
        least = timedelta(minutes=int(values[0]))
        return facts.waited is not None and facts.waited >= least
    if fact is Fact.FOLLOWERS:
        return any(_in_band(facts.followers, value) for value in values)
    if fact is Fact.WORDS:
        return any(_words(value).search(facts.text) for value in values)
    if fact is Fact.WATCH:
        return not facts.watches.isdisjoint(values)
    if fact is Fact.LABEL:
        return not facts.labels.isdisjoint(value.lower() for value in values)
    return _plain(fact, facts) in values


def _plain(fact: Fact, facts: Facts) -> str:
    said: dict[Fact, str] = {
        Fact.NETWORK: facts.network,
        Fact.LANGUAGE: facts.language.lower().partition("-")[0],
        Fact.BRAND: facts.brand,
        Fact.VISIBILITY: "private" if facts.private else "public",
        Fact.STATE: facts.state,
        Fact.ROLE: facts.role or "",
        Fact.CLOCK: facts.clock,
    }
    return said[fact]


def _in_band(followers: int | None, band: str) -> bool:
    """Somebody whose followers are not known is in no band."""
    least, below = BANDS[band]
    return followers is not None and followers >= least and (below is None or followers < below)


@cache
def _words(said: str) -> re.Pattern[str]:
    """Whole words, in any case, with any space between them; where a script writes none, anywhere."""
    inner = r"\s+".join(map(re.escape, said.split()))
    if _SPACELESS.search(said):
        return re.compile(inner, re.IGNORECASE)
    return re.compile(rf"(?<!\w){inner}(?!\w)", re.IGNORECASE)


def uses(rule: Rule, do: Iterable[Do]) -> Sequence[str]:
    """The values of acts of these kinds, in their order."""
    kinds = frozenset(do)
    return [act.value for act in rule.acts if act.do in kinds]
