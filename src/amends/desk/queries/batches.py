"""Many cases at once: which they are, what would become of each, and what can be undone."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from amends.casework import CaseState, ReplyStatus
from amends.casework.bulk import MOST, UNDO_WITHIN, Bulk, Seen, would
from amends.casework.closing import check_nothing_open
from amends.desk.models import Case, CaseBatch, Label, OutgoingReply, Responder
from amends.desk.queries.doors import NotThere, may_see
from amends.desk.queries.inbox import InboxFilter, filtered
from amends.desk.queries.ledger import open_matters
from amends.desk.queries.prepared import prepared
from amends.terms import BadInput, NotAllowed

_ON_THEIR_WAY = (ReplyStatus.READY, ReplyStatus.SENDING, ReplyStatus.NOT_KNOWN)


def chosen_cases(
    person: Responder, *, refs: Collection[str] = (), wanted: InboxFilter | None = None
) -> list[Case]:
    """The cases by name, or all under a filter, as far as the person may see them, in the order in
    which rows are held. Raises ``BadInput`` for none and for more than ``MOST``."""
    if wanted is not None:
        rows = filtered(person, wanted)
    else:
        rows = may_see(person).filter(ref__in=list(refs)[: MOST + 1])
    pks = list(rows.order_by().values_list("pk", flat=True)[: MOST + 1])
    if not pks:
        raise BadInput("Choose some cases first.")
    if len(pks) > MOST:
        raise BadInput(f"At most {MOST} cases are changed at once. Narrow the filter.")
    found = Case.objects.filter(pk__in=pks).select_related("first_post__author", "owner")
    return list(found.order_by("pk"))


@dataclass(frozen=True, slots=True)
class Preview:
    """``changed``: cases that would be; ``same``: so already; ``refused``: the others, by why."""

    changed: list[Case]
    same: int
    refused: list[tuple[str, int]]


def preview_of(kind: Bulk, value: str, cases: Iterable[Case]) -> Preview:
    """What would become of each case; writes nothing."""
    rows = list(cases)
    pks = [case.pk for case in rows]
    labels: dict[int, set[str]] = defaultdict(set)
    for pk, name in Label.objects.filter(cases__in=pks).values_list("cases", "name"):
        labels[pk].add(name)
    sending = OutgoingReply.objects.filter(case__in=pks, status__in=_ON_THEIR_WAY)
    busy = set(sending.values_list("case", flat=True))
    changed, same, refused = [], 0, Counter[str]()
    for case in rows:
        seen = Seen(
            state=CaseState(case.state),
            owner=case.owner_id,
            priority=case.priority,
            labels=frozenset(labels[case.pk]),
            snoozed=case.snoozed_until is not None,
            on_its_way=case.pk in busy,
            still_open=_still_open(case) if kind is Bulk.CLOSE else "",
        )
        why = would(kind, value, seen)
        if why is None:
            changed.append(case)
        elif why:
            refused[why] += 1
        else:
            same += 1
    return Preview(changed, same, refused.most_common())


def _still_open(case: Case) -> str:
    if case.state != CaseState.RESOLVED:
        return ""
    try:
        check_nothing_open(open_matters(case))
    except NotAllowed as error:
        return str(error)
    return ""


def undoable(person: Responder, *, now: datetime) -> CaseBatch | None:
    """What this person did last to many cases, while it can be undone."""
    mine = next(iter(_latest(person.pk, now - UNDO_WITHIN)), None)
    return mine if mine is not None and mine.undone_at is None else None


@prepared
def _latest(person: int, after: datetime) -> QuerySet[CaseBatch]:
    return CaseBatch.objects.filter(by=person, at__gt=after).order_by("-pk")[:1]


def get_batch_for(person: Responder, pk: int) -> CaseBatch:
    """Raises ``NotThere``: others' are nobody's to undo."""
    found = CaseBatch.objects.filter(pk=pk, by=person).first()
    if found is None:
        raise NotThere("There is nothing of yours to undo there.")
    return found
