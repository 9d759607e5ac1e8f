"""Macros: several steps by one key. None of them sends anything: a macro with a text puts it into the
composer, where a person reads it, and beside what was typed there, never in its place."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Final

import msgspec

from amends.casework.saying import NOBODY, Names, joined, span_words
from amends.casework.states import CaseState, Priority
from amends.terms import BadInput


class Do(StrEnum):
    """What a step does."""

    LABEL = "label"
    UNLABEL = "unlabel"
    PRIORITY = "priority"
    PERSON = "person"
    TEAM = "team"
    INSERT = "insert"
    STATE = "state"
    SNOOZE = "snooze"


class Step(msgspec.Struct, frozen=True):
    """``value``: a label, a priority, a state, minutes, or the key of a person, team or snippet; of a
    person also ``me``, whoever runs it."""

    do: Do
    value: str


class Macro(msgspec.Struct, frozen=True, omit_defaults=True):
    """``mode``: where its text goes, ``public`` or ``private``; "": where somebody is writing."""

    steps: tuple[Step, ...]
    mode: str = ""


ME: Final = "me"
STATES: Final = {
    CaseState.OPEN: "open it",
    CaseState.WAITING: "wait for the customer",
    CaseState.RESOLVED: "resolve it",
    CaseState.DISMISSED: "dismiss it",
}
DIGITS: Final = "123456789"
MOST_STEPS: Final = 12
LONGEST_SNOOZE: Final = 90 * 24 * 60


def macro_of(data: Mapping[str, Any]) -> Macro:
    """The macro that was stored as data. Raises ``BadInput`` where it is none."""
    try:
        macro = msgspec.convert(data, Macro)
    except msgspec.ValidationError as error:
        raise BadInput(f"That is no macro: {error}.") from error
    check_macro(macro)
    return macro


def data_of(macro: Macro) -> dict[str, Any]:
    made: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(macro))
    return made


def check_macro(macro: Macro) -> None:
    """Raise ``BadInput`` with what to do unless the macro can be run."""
    steps = macro.steps
    if not steps:
        raise BadInput("Choose what the macro does.")
    if len(steps) > MOST_STEPS or len(set(steps)) < len(steps):
        raise BadInput(f"A macro has {MOST_STEPS} steps at most, each of them once.")
    if macro.mode not in {"", "public", "private"}:
        raise BadInput("A macro's text goes into a public reply or a private message.")
    for only in (Do.PRIORITY, Do.INSERT, Do.STATE, Do.SNOOZE):
        if sum(step.do is only for step in steps) > 1:
            raise BadInput("One priority, one snippet, one state, one time to snooze: one of each.")
    if sum(step.do in {Do.PERSON, Do.TEAM} for step in steps) > 1:
        raise BadInput("A case is handed to one person or one team.")
    for step in steps:
        _check_step(step)


def _check_step(step: Step) -> None:
    value = step.value
    keyed = value.isdecimal() and len(value) < 19
    match step.do:
        case Do.LABEL | Do.UNLABEL:
            fine = 0 < len(value.strip()) <= 40
        case Do.PRIORITY:
            fine = keyed and int(value) in set(Priority)
        case Do.STATE:
            fine = value in set(STATES)
        case Do.SNOOZE:
            fine = keyed and 0 < int(value) <= LONGEST_SNOOZE
        case Do.PERSON:
            fine = keyed or value == ME
        case _:
            fine = keyed
    if not fine:
        raise BadInput(f"Say more about the step {step.do}, or leave it out.")


def says(macro: Macro, names: Names = NOBODY) -> str:
    """What the macro does, as a sentence."""
    said = joined([_said(step, macro, names) for step in macro.steps])
    return f"{said[:1].upper()}{said[1:]}."


def _said(step: Step, macro: Macro, names: Names) -> str:
    value = step.value
    match step.do:
        case Do.LABEL:
            return f'label it "{value}"'
        case Do.UNLABEL:
            return f'take off the label "{value}"'
        case Do.PRIORITY:
            return f"set its priority to {Priority(int(value)).name.lower()}"
        case Do.PERSON:
            named = names.people.get(value, "somebody who is gone")
            return "take it yourself" if value == ME else f"hand it to {named}"
        case Do.TEAM:
            return f"hand it to team {names.teams.get(value, 'that is gone')}"
        case Do.INSERT:
            where = {"public": " a public reply", "private": " a private message"}
            into = f"into{where.get(macro.mode, ' the composer')}"
            return f'put the snippet "{names.snippets.get(value, "that is gone")}" {into}'
        case Do.STATE:
            return STATES[CaseState(value)]
        case Do.SNOOZE:
            return f"snooze it for {span_words(int(value))}"
