"""What rules wait for is written down with what happened, in the same transaction.

Nothing is written where no rule waits for it. What a rule does writes nothing here, so that it sets
off no rule.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet

from amends.casework import LIVE
from amends.casework.automation import Trigger
from amends.desk.actions.bulk import SKIP, insert_rows
from amends.desk.models import Case, CaseEvent, RuleDue, RuleRow
from amends.desk.queries.prepared import prepared

_OTHERS = frozenset({"ours", "bystander"})
Waits = Sequence[tuple[int, int]]
"""Rules that wait, each with its minutes."""


def note_triggers(events: Sequence[CaseEvent], cases: Iterable[Case] = ()) -> None:
    """Write down for the rules what happened, and from when customers wait. All are stored, and
    their cases held. ``cases``: those that the events may have made wait."""
    if not events:
        return
    wanted = _active()
    happened = [one for event in events if (one := _due(event)) is not None] if wanted else []
    if not happened:
        return
    triggers = {trigger for trigger, _, _ in wanted}
    waits = [(pk, after) for trigger, pk, after in wanted if trigger == Trigger.WAITED]
    dues = [one for one in happened if one.trigger in triggers - {Trigger.WAITED}]
    if waits:
        opened = {one.case_id for one in happened if one.trigger == Trigger.OPENED}
        at = max(one.due_at for one in happened)
        for case in cases:
            dues += _waiting(case, waits, after=None if case.pk in opened else at)
    insert_rows(dues, known=SKIP)


@prepared
def _active() -> QuerySet[RuleRow, tuple[str, int, Any]]:
    active = RuleRow.objects.filter(enabled=True, removed_at=None)
    return active.values_list("trigger", "pk", "after")


def _due(event: CaseEvent) -> RuleDue | None:
    """What an event is to the rules; None where they do not wait for such."""
    case, data = event.case, event.data
    if event.kind == "case.opened":
        trigger, facts = Trigger.OPENED, {"post_id": data.get("post")}
    elif event.kind == "sla.breached":
        trigger, facts = Trigger.BREACHED, {"clock": str(data.get("clock", ""))}
    elif event.kind == "post.attached" and data.get("why") not in _OTHERS:
        # Who writes before anybody spoke answers nobody; they may wait from now on.
        trigger = Trigger.WAITED if case.answered_at is None else Trigger.ANSWERED
        facts = {"post_id": data.get("post")}
    else:
        return None
    return RuleDue(case_id=case.pk, trigger=trigger, key=str(event.seq), due_at=event.at, **facts)


def _waiting(case: Case, waits: Waits, *, after: datetime | None) -> list[RuleDue]:
    """When each rule's time has come for a customer who waits; only those later than ``after``."""
    since = case.unanswered_since
    if since is None or case.state not in LIVE:
        return []
    times = [(rule, since + timedelta(minutes=minutes)) for rule, minutes in waits]
    return [
        RuleDue(
            case_id=case.pk,
            trigger=Trigger.WAITED,
            rule_id=rule,
            key=f"{rule} {since.isoformat()}",
            due_at=due,
        )
        for rule, due in times
        if after is None or due > after
    ]


def note_waits(rule: RuleRow, *, now: datetime) -> None:
    """Write down anew when a rule's time comes for those who wait already; those who have waited as
    long before now are left alone."""
    RuleDue.objects.filter(rule=rule).delete()
    if not rule.enabled or rule.removed_at is not None or rule.trigger != Trigger.WAITED:
        return
    since = now - timedelta(minutes=rule.after)
    waiting = Case.objects.filter(state__in=LIVE, unanswered_since__gt=since)
    dues = [
        one
        for case in waiting.order_by("pk").iterator()
        for one in _waiting(case, [(rule.pk, rule.after)], after=now)
    ]
    insert_rows(dues, known=SKIP)
