"""What a rule would have done: tried on the newest cases or events before it is saved."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

from django.db.models import Max

from amends.casework.automation import Rule, Trigger, applies
from amends.desk.models import Case, CaseEvent, Responder
from amends.desk.queries.doors import may_see
from amends.desk.queries.ruling import Happening, facts_of

LATEST: Final = 1_000
SHOWN: Final = 12
LOOKED_BACK: Final = 20_000
"""Events, from the newest back, among which those of a kind are looked for: there is no index on
kinds, and a rare one would be looked for in all of them."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A case that the rule would have acted on, the words that it is about, and when."""

    case: Case
    text: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Sample:
    """``looked_at`` cases or events since a moment, of which ``found``; the newest are ``shown``."""

    looked_at: int
    found: int
    since: datetime | None
    shown: Sequence[Hit]


def try_rule(rule: Rule, *, person: Responder, now: datetime, latest: int = LATEST) -> Sample:
    """Try a rule on what happened last, as far as this person may see it; writes nothing.

    Labels, state and owner are as they are now, but for cases that open, which are new then.
    """
    happened = _happened(rule, person, now=now, latest=latest)
    opened = rule.trigger is Trigger.OPENED
    facts = facts_of(happened, as_opened=opened)
    if rule.trigger is Trigger.WAITED:
        waited = timedelta(minutes=rule.after)
        facts = [replace(one, waited=waited) for one in facts]
    pairs = zip(happened, facts, strict=True)
    hits = [one for one, seen in pairs if applies(rule, seen)]
    since = min((one.at for one in happened), default=None)
    return Sample(len(happened), len(hits), since, _shown(hits[:SHOWN]))


def _happened(rule: Rule, person: Responder, *, now: datetime, latest: int) -> list[Happening]:
    cases = may_see(person)
    if rule.trigger is Trigger.OPENED:
        rows = cases.order_by("-pk").values_list("pk", "opened_at")[:latest]
        return [Happening(pk, None, at) for pk, at in rows]
    if rule.trigger is Trigger.WAITED:
        return _waits(rule, person, now=now, latest=latest)
    kind = "sla.breached" if rule.trigger is Trigger.BREACHED else "post.attached"
    found = _events(kind, person, latest=latest)
    if rule.trigger is Trigger.BREACHED:
        return [Happening(c, None, at, str(data.get("clock", ""))) for c, at, data in found]
    theirs = [one for one in found if one[2].get("why") not in {"ours", "bystander"}]
    return [Happening(case, data.get("post"), at) for case, at, data in theirs]


def _waits(rule: Rule, person: Responder, *, now: datetime, latest: int) -> list[Happening]:
    """Cases whose first answer came, or is still to come, after that long."""
    least = timedelta(minutes=rule.after)
    names = ("pk", "opened_at", "answered_at")
    rows = may_see(person).order_by("-pk").values_list(*names)[: 5 * latest]
    waited = [(pk, at) for pk, at, answered in rows if (answered or now) - at >= least]
    return [Happening(pk, None, at + least) for pk, at in waited[:latest]]


def _events(
    kind: str, person: Responder, *, latest: int
) -> list[tuple[int, datetime, dict[str, Any]]]:
    last = CaseEvent.objects.aggregate(last=Max("pk"))["last"] or 0
    rows = CaseEvent.objects.filter(pk__gt=last - LOOKED_BACK, kind=kind)
    rows = rows.filter(case__in=may_see(person)).order_by("-pk")
    return list(rows.values_list("case", "at", "data")[:latest])


def _shown(hits: Sequence[Happening]) -> list[Hit]:
    cases = Case.objects.select_related("first_post__author").in_bulk({one.case for one in hits})
    return [Hit(cases[one.case], cases[one.case].first_post.text, one.at) for one in hits]
