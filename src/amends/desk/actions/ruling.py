"""What rules do, by a worker: in one transaction with the note that something happened.

A worker that is killed in between has done nothing; the next one does it. Events that a rule writes
are written here and nowhere noted for rules, so that no rule sets off another.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import transaction
from django.db.models import QuerySet

from amends.casework import Action, Priority, Role, permitted
from amends.casework.automation import LEADS, OWNER, Act, Do, Rule, Trigger, applies, speaks
from amends.desk.actions.cases import held, write
from amends.desk.actions.chronicle import make_event
from amends.desk.actions.guarding import ready_guard
from amends.desk.actions.rule_replies import queue_by_rule
from amends.desk.actions.snoozing import snoozing
from amends.desk.models import (
    Case,
    CaseEvent,
    HeadsUp,
    Label,
    Note,
    Responder,
    RuleDue,
    RuleRow,
    RuleRun,
    RuleVersion,
    Team,
)
from amends.desk.queries.doors import may_see
from amends.desk.queries.prepared import prepared
from amends.desk.queries.ruling import Happening, facts_of, readable
from amends.desk.queries.together import may_be_told
from amends.terms import AmendsError, NotAllowed

log = logging.getLogger(__name__)

AGAIN: Final = timedelta(minutes=5)
MOST_TRIES: Final = 5


@dataclass(slots=True)
class Acting:
    """A rule at work on a case whose row is held. ``key``: of what happened."""

    row: Case
    version: RuleVersion
    key: str
    now: datetime
    events: list[CaseEvent] = field(default_factory=list)

    def note(self, kind: str, **data: Any) -> None:
        """An event that names the rule and its version."""
        self.events.append(make_event(self.row, kind, at=self.now, **data, **self.mark))

    @property
    def mark(self) -> dict[str, Any]:
        return {"rule": self.version.rule_id, "version": self.version.number}


def run_rules(*, now: datetime, most: int = 100) -> int:
    """Do what rules say about what happened by now; how many happenings were looked at."""
    dues = _dues(now, most=most)
    for due in dues:
        try:
            _settle(due, now=now)
        except Exception:
            log.exception("Rules could not be followed on case %s; tried again later", due.case)
            _put_off(due, now=now)
    return len(dues)


@prepared
def _dues(now: datetime, *, most: int) -> QuerySet[RuleDue]:
    dues = RuleDue.objects.filter(due_at__lte=now).order_by("due_at", "id")
    return dues.select_related("case")[:most]


def _put_off(due: RuleDue, *, now: datetime) -> None:
    if due.tries + 1 >= MOST_TRIES:
        RuleDue.objects.filter(pk=due.pk).delete()
        return
    again = now + AGAIN * 2**due.tries
    RuleDue.objects.filter(pk=due.pk).update(due_at=again, tries=due.tries + 1)


def _settle(due: RuleDue, *, now: datetime) -> None:
    writing = [row.pk for row, rule in _rules_for(due) if speaks(rule)]
    if writing:
        ready_guard("ready")
    with transaction.atomic():
        # Before the case, as whoever saves a rule holds them; held, so that two workers count the
        # replies under a cap one after the other.
        list(RuleRow.objects.select_for_update(no_key=True).filter(pk__in=writing).order_by("pk"))
        _settle_held(due, now=now)


def _settle_held(due: RuleDue, *, now: datetime) -> None:
    with held(due.case, by=None, action=None) as row:
        fresh = RuleDue.objects.filter(pk=due.pk).first()
        if fresh is None:  # another worker was faster
            return
        for version, rule in _fitting(fresh, row, _rules_for(fresh), now=now):
            _follow(Acting(row, version, fresh.key, now), rule)
        RuleDue.objects.filter(pk=due.pk).delete()


def _rules_for(due: RuleDue) -> list[tuple[RuleRow, Rule]]:
    active = RuleRow.objects.filter(enabled=True, removed_at=None, trigger=due.trigger)
    if due.trigger == Trigger.WAITED:
        active = active.filter(pk=due.rule_id or 0)
    return readable(active.order_by("place", "pk"))


def _fitting(
    due: RuleDue, row: Case, rules: Sequence[tuple[RuleRow, Rule]], *, now: datetime
) -> list[tuple[RuleVersion, Rule]]:
    """The rules that apply, each on the facts as they were before any of them acted."""
    if due.trigger == Trigger.WAITED and not _still_waits(due, row, rules, now=now):
        return []
    at = due.due_at if due.trigger == Trigger.WAITED else now
    happening = Happening(row.pk, due.post_id, at, due.clock)
    (facts,) = facts_of([happening])
    ran = set(RuleRun.objects.filter(case=row, key=due.key).values_list("rule", flat=True))
    found = []
    for rule_row, rule in rules:
        if rule_row.pk not in ran and applies(rule, facts):
            version = rule_row.versions.get(number=rule_row.number)
            found.append((version, rule))
    return found


def _still_waits(
    due: RuleDue, row: Case, rules: Sequence[tuple[RuleRow, Rule]], *, now: datetime
) -> bool:
    """Whether it is still the same wait, and long enough by the rule as it is now."""
    since = row.unanswered_since
    if since is None or not rules or due.key != f"{due.rule_id} {since.isoformat()}":
        return False
    return now - since >= timedelta(minutes=rules[0][1].after)


def _follow(acting: Acting, rule: Rule) -> None:
    did: list[tuple[str, str]] = []
    left: list[tuple[str, str, str]] = []
    for act in rule.acts:
        try:
            _do(acting, act)
        except AmendsError as error:
            left.append((act.do, act.value, str(error)))
            acting.note("rule.left", act=str(act.do))
        else:
            did.append((act.do, act.value))
    row = acting.row
    RuleRun.objects.create(
        rule_id=acting.version.rule_id, number=acting.version.number, case=row, key=acting.key,
        at=acting.now, did=did, left=left,
    )  # fmt: skip
    if acting.events:
        write(row, acting.events, "owner", "team", "passed_by", "priority")


def _do(acting: Acting, act: Act) -> None:
    """Do one thing. Raises an ``AmendsError`` that says why it cannot be done; nothing is done then."""
    match act.do:
        case Do.LABEL:
            _label(acting, act.value)
        case Do.PERSON:
            _hand(acting, act.value)
        case Do.TEAM:
            _hand_to_team(acting, act.value)
        case Do.PRIORITY:
            _prioritise(acting, Priority(int(act.value)))
        case Do.SNOOZE:
            until = acting.now + timedelta(minutes=int(act.value))
            event = snoozing(acting.row, until=until, at=acting.now, by=None, **acting.mark)
            acting.events.append(event)
        case Do.NOTE:
            acting.note("note.added", note=_write_note(acting, act.value).pk)
        case Do.TELL:
            _tell(acting, act.value)
        case Do.REPLY_IN_PRIVATE | Do.REPLY_IN_PUBLIC:
            private = act.do is Do.REPLY_IN_PRIVATE
            acting.events.append(
                queue_by_rule(
                    acting.row, acting.version, snippet=act.value, private=private,
                    key=acting.key, now=acting.now,
                )
            )  # fmt: skip


def _label(acting: Acting, name: str) -> None:
    label, _ = Label.objects.get_or_create(name=" ".join(name.split()).lower())
    if not acting.row.labels.filter(pk=label.pk).exists():
        acting.row.labels.add(label)
        acting.note("case.labelled", label=label.pk)


def _hand(acting: Acting, key: str) -> None:
    person = Responder.objects.filter(pk=int(key), is_active=True).first()
    sees = person is not None and may_see(person).filter(pk=acting.row.pk).exists()
    if person is None or not sees or Action.WORK not in permitted(Role(person.role)):
        raise NotAllowed("Whom the rule names can own no case. Choose somebody else in it.")
    if acting.row.owner_id != person.pk:
        acting.row.owner, acting.row.passed_by = person, None
        acting.note("case.assigned", to=person.pk)


def _hand_to_team(acting: Acting, key: str) -> None:
    """Routing gives it to somebody of the team then, as it does with any other."""
    team = Team.objects.filter(pk=int(key)).first()
    if team is None:
        raise NotAllowed("The team that the rule names is gone. Choose another in it.")
    row = acting.row
    if row.team_id == team.pk and row.owner_id is not None:
        return
    row.team, row.owner, row.passed_by, row.route_at = team, None, None, acting.now
    acting.note("case.handed_over", to=None, team=team.name)


def _prioritise(acting: Acting, priority: Priority) -> None:
    old = acting.row.priority
    if old != priority:
        acting.row.priority = int(priority)
        acting.note("case.prioritised", **{"from": old, "to": int(priority)})


def _write_note(acting: Acting, text: str) -> Note:
    return Note.objects.create(
        case=acting.row, by=acting.version.by, at=acting.now, text=text, rule=acting.version
    )


def _tell(acting: Acting, key: str) -> None:
    """A note with a heads-up for those who are to look and may see the case."""
    row = acting.row
    told = may_be_told(row, [one.pk for one in _whom(row, key)])
    if not told:
        raise NotAllowed("Nobody is there who could be told. Choose somebody else in the rule.")
    names = ", ".join(f"@{one.name}" for one in told)
    note = _write_note(acting, f"{names}: please look at this.")
    HeadsUp.objects.bulk_create(
        [HeadsUp(note=note, case=row, to=one, at=acting.now) for one in told]
    )
    acting.note("case.told", told=[one.pk for one in told])


def _whom(row: Case, key: str) -> list[Responder]:
    people = Responder.objects.filter(is_active=True).order_by("name", "pk")
    if key == OWNER:
        return list(people.filter(pk=row.owner_id or 0))
    if key == LEADS:
        leads = list(people.filter(role=Role.LEAD))
        return leads or list(people.filter(role=Role.ADMINISTRATOR))
    return list(people.filter(pk=int(key)))
