"""Macros: set up in versions, and run on a case, all of their steps or none."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from amends.casework import Action, CaseState, Priority, Role, check_may
from amends.casework.macros import DIGITS, ME, Do, Macro, Step, check_macro, data_of, macro_of
from amends.casework.snippets import Filled
from amends.desk.actions.cases import (
    assign_case,
    dismiss_case,
    held,
    prioritise_case,
    reopen_case,
    resolve_case,
    take_up,
    wait_for_customer,
    write,
)
from amends.desk.actions.chronicle import make_event
from amends.desk.actions.labels import label_case, unlabel_case
from amends.desk.actions.replies import target_for
from amends.desk.actions.routing import hand_over_case
from amends.desk.actions.snoozing import snooze_case
from amends.desk.models import Case, MacroRow, MacroVersion, Responder, Team
from amends.desk.queries.ruling import names_now
from amends.desk.queries.snippets import get_snippet, part_of, values_of
from amends.terms import BadInput, NotAllowed


def save_macro(
    row: MacroRow | None, *, name: str, key: str, macro: Macro, by: Responder, now: datetime
) -> MacroRow:
    """Create or change a macro; the version before is kept. ``key``: a digit that runs it, or "".

    Raises ``BadInput``, ``NotAllowed``.
    """
    check_may(Role(by.role), Action.SET_UP)
    check_macro(macro)
    _check_names(macro)
    name = " ".join(name.split())
    if not 0 < len(name) <= 80:
        raise BadInput("A name has 1 to 80 characters.")
    if key and key not in DIGITS:
        raise BadInput("A macro is run by a digit from 1 to 9, or by its name alone.")
    with transaction.atomic():
        changed = MacroRow() if row is None else MacroRow.objects.select_for_update().get(pk=row.pk)
        others = MacroRow.objects.filter(removed_at=None).exclude(pk=changed.pk or 0)
        if others.filter(name=name).exists():
            raise BadInput(f"There is another macro called {name}. Choose a name of its own.")
        if key and (holder := others.filter(key=key).first()) is not None:
            raise BadInput(f"The key {key} runs {holder.name}. Choose another.")
        if row is not None and (changed.name, changed.key, changed.data) == (
            name,
            key,
            data_of(macro),
        ):
            return changed
        changed.number = changed.number + 1 if row is not None else 1
        changed.name, changed.key, changed.data = name, key, data_of(macro)
        changed.changed_by, changed.changed_at = by, now
        changed.save()
        MacroVersion.objects.create(
            macro=changed, number=changed.number, name=name, key=key, data=changed.data, by=by,
            at=now,
        )  # fmt: skip
    return changed


def _check_names(macro: Macro) -> None:
    names = names_now()
    for do, known, what in (
        (Do.PERSON, {ME, *names.people}, "colleague"),
        (Do.TEAM, set(names.teams), "team"),
        (Do.INSERT, set(names.snippets), "snippet"),
    ):
        if any(step.do is do and step.value not in known for step in macro.steps):
            raise BadInput(f"The macro names a {what} who or that is gone. Choose another.")


def remove_macro(row: MacroRow, *, by: Responder, now: datetime) -> None:
    check_may(Role(by.role), Action.SET_UP)
    MacroRow.objects.filter(pk=row.pk, removed_at=None).update(removed_at=now)


@dataclass(frozen=True, slots=True)
class Ran:
    """What is left to a person: a text for the composer in a mode, with the snippet it is of."""

    mode: str = ""
    snippet: int | None = None
    filled: Filled | None = None


def run_macro(
    case: Case, row: MacroRow, *, mode: str = "public", by: Responder, now: datetime
) -> Ran:
    """Do every step on a case, or none where one is refused. ``mode``: in which somebody is writing.

    Sends nothing and keeps no draft: the text is for whoever asks. Raises as the steps do.
    """
    macro = macro_of(row.data)
    check_may(Role(by.role), Action.WORK)
    with transaction.atomic():
        ran = Ran()
        for step in macro.steps:
            if step.do is Do.INSERT:
                check_may(Role(by.role), Action.REPLY)
                ran = _text(case, step, macro.mode or mode, by)
            else:
                _do(case, step, by=by, now=now)
        with held(case, by=by, verb="macro") as fresh:
            facts = {"macro": row.pk, "version": row.number}
            write(fresh, [make_event(fresh, "macro.run", at=now, by=by, **facts)])
    return ran


def _text(case: Case, step: Step, mode: str, by: Responder) -> Ran:
    mode = mode if mode in {"public", "private"} else "public"
    target = target_for(case, private=mode == "private", closes_out=False)
    part = part_of(
        get_snippet(int(step.value)), values_of(case, by), language=target.lang if target else ""
    )
    return Ran(mode, part.snippet.pk, part.filled)


def _do(case: Case, step: Step, *, by: Responder, now: datetime) -> None:
    value = step.value
    match step.do:
        case Do.LABEL:
            label_case(case, name=value, by=by, now=now)
        case Do.UNLABEL:
            unlabel_case(case, name=value, by=by, now=now)
        case Do.PRIORITY:
            prioritise_case(case, priority=Priority(int(value)), by=by, now=now)
        case Do.PERSON:
            to = by if value == ME else Responder.objects.filter(pk=int(value)).first()
            if to is None:
                raise NotAllowed("Whom the macro names is gone. Choose somebody else in it.")
            assign_case(case, to=to, by=by, now=now)
        case Do.TEAM:
            team = Team.objects.filter(pk=int(value)).first()
            if team is None:
                raise NotAllowed("The team that the macro names is gone. Choose another in it.")
            hand_over_case(case, to=team, by=by, now=now)
        case Do.STATE:
            _move(case, CaseState(value), by=by, now=now)
        case _:
            until = now + timedelta(minutes=int(value))
            snooze_case(case, until=until, by=by, now=now)


def _move(case: Case, state: CaseState, *, by: Responder, now: datetime) -> None:
    """To a state; a case that is there already stays."""
    old = Case.objects.values_list("state", flat=True).get(pk=case.pk)
    if old == state:
        return
    if state is CaseState.OPEN:
        (take_up if old == CaseState.NEW else reopen_case)(case, by=by, now=now)
    elif state is CaseState.WAITING:
        wait_for_customer(case, by=by, now=now)
    elif state is CaseState.RESOLVED:
        resolve_case(case, by=by, now=now)
    else:
        dismiss_case(case, by=by, now=now)
