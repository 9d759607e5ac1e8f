"""What people do with a case. One verb, one function, one transaction, one or more events."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from amends.casework import (
    LIVE,
    Action,
    CaseState,
    Outcome,
    Priority,
    Role,
    check_may,
    path_to,
)
from amends.casework.closing import check_ending, check_nothing_open
from amends.casework.outcomes import outcome_awaited, silent_from
from amends.casework.verbs import VERBS, check_verb
from amends.desk.actions.bulk import insert_rows, update_rows
from amends.desk.actions.chronicle import make_event, move_event
from amends.desk.actions.clockwork import WOUND, wind
from amends.desk.actions.intake import reopen_facts
from amends.desk.actions.merging import (
    TwoCustomers,
    end_watches,
    joining,
    parting,
    watch_again,
)
from amends.desk.actions.together import give_heads_ups
from amends.desk.models import Case, CaseEvent, Draft, Note, OutgoingReply, Responder
from amends.desk.queries.ledger import open_matters
from amends.desk.queries.prepared import prepared
from amends.terms import BadInput, NotAllowed, Stale

LONGEST_NOTE = 20_000


@contextmanager
def held(
    case: Case,
    *,
    by: Responder | None,
    action: Action | None = None,
    verb: str = "",
    beside: Case | None = None,
) -> Iterator[Case]:
    """The case's row, locked and fresh, in a transaction; raises ``NotAllowed`` first.

    ``verb`` is what is done, by its row in ``casework.verbs``: that says which permission it takes
    and in which states it may be done. ``action`` is the permission where no verb is named.
    ``beside`` is locked too, in the order in which intake takes cases.
    """
    needed = VERBS[verb].needs if verb else action
    if by is not None and needed is not None:
        check_may(Role(by.role), needed)
    wanted = [case.pk] if beside is None else [case.pk, beside.pk]
    with transaction.atomic():
        found = {row.pk: row for row in locked(wanted)}
        if by is not None and any(row.legal for row in found.values()):
            check_may(Role(by.role), Action.LEGAL)
        if verb:
            row = found[case.pk]
            check_verb(verb, CaseState(row.state), goes_on_in=goes_on_in(row))
        yield found[case.pk]


@prepared
def locked(cases: list[int]) -> QuerySet[Case]:
    """Cases by their primary keys, locked in their order. Runs inside a transaction."""
    rows = Case.objects.select_for_update(of=("self",)).select_related("first_post")
    return rows.filter(id__among=cases).order_by("pk")


def goes_on_in(case: Case) -> str:
    """The reference of the case that this one was merged into; "" where it was not."""
    return case.merged_into.ref if case.merged_into is not None else ""


@prepared
def _now(case: int) -> QuerySet[Case]:
    return Case.objects.filter(pk=case).select_related("merged_into")


def check_now(case: Case, verb: str) -> None:
    """Raise ``NotAllowed`` unless this may be done to the case as it is now: for verbs that change
    customers or another case, and hold those."""
    [row] = _now(case.pk)
    check_verb(verb, CaseState(row.state), goes_on_in=goes_on_in(row))


def write(case: Case, events: list[CaseEvent], *fields: str) -> None:
    """Save the named fields with the chain's head, the clocks wound anew, and the events."""
    wind([case])
    changed = dict.fromkeys((*fields, *WOUND, "events", "head", "touched_at"))
    update_rows([case], list(changed))
    insert_rows(events)


def _seen_state(case: Case, seen: str | None) -> None:
    if seen is not None and case.state != seen:
        raise Stale(f"Somebody moved this case to {case.state} meanwhile. Look again, then decide.")


def check_owner(row: Case, seen: int | None) -> None:
    """Raise ``Stale`` where the case has another owner than was seen; 0 is nobody, None not asked."""
    if seen is not None and (row.owner_id or 0) != seen:
        has = row.owner.name if row.owner else "nobody"
        raise Stale(f"Somebody gave this case on meanwhile: {has} has it now. Look again.")


def assign_case(
    case: Case,
    *,
    to: Responder | None,
    by: Responder,
    now: datetime,
    seen_owner: int | None = None,
) -> Case:
    """Give the case an owner, or none. The new owner must be somebody who may work on it.
    ``seen_owner``: who had it on the page, 0 for nobody; raises ``Stale`` where that changed."""
    with held(case, by=by, verb="assign") as row:
        check_owner(row, seen_owner)
        if to is not None and to.pk != by.pk:
            check_may(Role(by.role), Action.ASSIGN)
        if to is not None and (not to.is_active or Action.WORK not in _allowed(to)):
            raise NotAllowed(f"{to.name} cannot own a case. Choose a responder or a lead.")
        if to is not None and row.legal:
            check_may(Role(to.role), Action.LEGAL)
        if row.owner_id == (to.pk if to else None):
            return row
        row.passed_by = by if to is None and row.owner_id == by.pk else None
        row.owner = to
        event = make_event(row, "case.assigned", at=now, by=by, to=to.pk if to else None)
        write(row, [event], "owner", "passed_by")
    return row


def escalate_case(case: Case, *, to: Responder, by: Responder, now: datetime) -> Case:
    """Hand a case up to a lead or an administrator, who owns it from now on."""
    with held(case, by=by, verb="hand-up") as row:
        if not to.is_active or to.role not in {Role.LEAD, Role.ADMINISTRATOR}:
            raise NotAllowed(
                f"A case is handed up to a lead or an administrator; {to.name} is none."
            )
        if row.owner_id == to.pk:
            raise BadInput(f"{to.name} has this case already.")
        row.owner, row.escalated = to, row.escalated + 1
        event = make_event(row, "case.escalated", at=now, by=by, to=to.pk, why="by_hand")
        write(row, [event], "owner", "escalated")
    return row


def _allowed(responder: Responder) -> frozenset[Action]:
    from amends.casework import permitted

    return permitted(Role(responder.role))


def take_up(case: Case, *, by: Responder, now: datetime) -> Case:
    """Begin to work on a new case: it becomes open and, if nobody's, mine."""
    with held(case, by=by, verb="take-up") as row:
        events = taking_up(row, by=by, now=now)
        if events:
            write(row, events, "owner", "state")
    return row


def taking_up(row: Case, *, by: Responder, now: datetime) -> list[CaseEvent]:
    """The events of taking a case up, for whoever holds its row; none where it is taken."""
    events = []
    if row.owner_id is None:
        row.owner = by
        events.append(make_event(row, "case.assigned", at=now, by=by, to=by.pk))
    if row.state == CaseState.NEW:
        events.append(move_event(row, CaseState.OPEN, at=now, by=by))
    return events


def prioritise_case(
    case: Case,
    *,
    priority: Priority,
    by: Responder,
    now: datetime,
    seen: Priority | None = None,
) -> Case:
    """``seen``: what it was on the page; raises ``Stale`` where somebody changed it since."""
    with held(case, by=by, verb="priority") as row:
        if seen is not None and row.priority not in {seen, priority}:
            now_is = Priority(row.priority).name.lower()
            raise Stale(f"Somebody made this case {now_is} meanwhile. Look again, then decide.")
        if row.priority != priority:
            old, row.priority = row.priority, int(priority)
            event = make_event(
                row, "case.prioritised", at=now, by=by, **{"from": old, "to": int(priority)}
            )
            write(row, [event], "priority")
    return row


def drop_draft(case: Case, *, mode: str, by: Responder | None) -> None:
    """What a person typed in a mode is used, or no longer wanted."""
    if by is not None and _drafts(case.pk, by.pk, mode):
        Draft.objects.filter(case=case, by=by, mode=mode).delete()


@prepared
def _drafts(case: int, by: int, mode: str) -> QuerySet[Draft, int]:
    return Draft.objects.filter(case=case, by=by, mode=mode).values_list("pk", flat=True)


def add_note(
    case: Case, *, text: str, by: Responder, now: datetime, heads_up: Collection[int] = ()
) -> Note:
    """A note for colleagues; it never leaves the building. Whoever it names with an @, and whoever
    is among ``heads_up``, gets a heads-up."""
    if not text.strip():
        raise BadInput("The note is empty. Write something first.")
    if len(text) > LONGEST_NOTE:
        raise BadInput(f"The note has {len(text):,} characters; {LONGEST_NOTE:,} is the most.")
    with held(case, by=by, verb="write-note") as row:
        note = Note.objects.create(case=row, by=by, at=now, text=text.strip())
        drop_draft(row, mode="note", by=by)
        told = give_heads_ups(note, by=by, now=now, besides=heads_up)
        facts = {"told": told} if told else {}
        write(row, [make_event(row, "note.added", at=now, by=by, note=note.pk, **facts)])
    return note


def _move(
    case: Case,
    state: CaseState,
    verb: str,
    *,
    by: Responder,
    now: datetime,
    seen: str | None,
    **data: object,
) -> Case:
    merged_into = case.merged_into if state is CaseState.OPEN else None
    with held(case, by=by, verb=verb, beside=merged_into) as row:
        _seen_state(row, seen)
        if state in {CaseState.RESOLVED, CaseState.DISMISSED}:
            nothing_on_its_way(row)
        if state is CaseState.DISMISSED:
            check_nothing_open(open_matters(row), before="dismissed")
        path = path_to(CaseState(row.state), state) or (state,)
        events = [
            move_event(row, step, at=now, by=by, **(data if step is state else {})) for step in path
        ]
        if CaseState.OPEN in path:
            reopen_facts(row)
            events += _part(row, by=by, now=now)
        _stamp(row, state, now)
        write(
            row,
            events,
            "state", "merged_into", "unanswered_since", "customer_wrote_at", "resolved_at", "closed_at",
            "close_reason",
        )  # fmt: skip
    return row


def _part(row: Case, *, by: Responder, now: datetime) -> list[CaseEvent]:
    """Undo a merge: the case that went on is told, and gives back what came to it since. What
    follows for this one."""
    if row.merged_into_id is None:
        return []
    rows = Case.objects.select_for_update(of=("self",)).select_related("first_post")
    target = rows.get(pk=row.merged_into_id)
    row.merged_into = None
    write(target, parting(row, target, by=by, now=now), "unanswered_since", "customer_wrote_at")
    return watch_again(row, by=by, now=now)


def nothing_on_its_way(row: Case) -> None:
    """Asked with the row held: whoever queues a reply holds it too."""
    if _on_their_way(row.pk):
        raise NotAllowed("A reply of this case is still on its way. Wait for it, or call it back.")


@prepared
def _on_their_way(case: int) -> QuerySet[OutgoingReply, int]:
    waiting = ["ready", "sending", "not known", "paused"]
    rows = OutgoingReply.objects.filter(case=case, status__in=waiting)
    return rows.values_list("pk", flat=True)


def _stamp(row: Case, state: CaseState, now: datetime) -> None:
    if state not in LIVE:
        row.unanswered_since = None
    if state is CaseState.RESOLVED:
        row.resolved_at = now
    if state is CaseState.CLOSED:
        row.closed_at = now


def resolve_case(case: Case, *, by: Responder, now: datetime, seen: str | None = None) -> Case:
    """The matter is settled. It still awaits its public close-out (R44)."""
    return _move(case, CaseState.RESOLVED, "resolve", by=by, now=now, seen=seen)


def wait_for_customer(case: Case, *, by: Responder, now: datetime, seen: str | None = None) -> Case:
    return _move(case, CaseState.WAITING, "wait", by=by, now=now, seen=seen)


def reopen_case(case: Case, *, by: Responder, now: datetime, seen: str | None = None) -> Case:
    return _move(case, CaseState.OPEN, "reopen", by=by, now=now, seen=seen)


def dismiss_case(case: Case, *, by: Responder, now: datetime, seen: str | None = None) -> Case:
    """No complaint for us. It can be reopened."""
    return _move(case, CaseState.DISMISSED, "dismiss", by=by, now=now, seen=seen)


def is_closed_out(case: Case) -> bool:
    """Whether what was settled last was closed out in public: a case can come back after it."""
    closed_out, resolved = case.closed_out_at, case.resolved_at
    return closed_out is not None and (resolved is None or closed_out >= resolved)


def close_case(
    case: Case, *, reason: str, by: Responder, now: datetime, seen: str | None = None
) -> Case:
    """Close a resolved case without a public close-out: that needs a reason (R44). Nothing closes it
    over remedies, gestures, promises or claims that are open (R42)."""
    check_ending(closed_out=is_closed_out(case), reason=reason)
    with held(case, by=by, verb="close") as row:
        _seen_state(row, seen)
        nothing_on_its_way(row)
        check_nothing_open(open_matters(row))
        facts = {"closed_out": is_closed_out(row)}
        event = move_event(row, CaseState.CLOSED, at=now, by=by, **facts)
        _stamp(row, CaseState.CLOSED, now)
        row.close_reason = reason.strip()
        await_outcome(row, now)
        write(row, [event], "state", "unanswered_since", "closed_at", "close_reason", *AWAITED)
    return row


AWAITED = ("outcome", "outcome_at", "silent_at")


def await_outcome(row: Case, now: datetime) -> None:
    """From our last word on it shows what the customer made of it; who says nothing is silent."""
    if outcome_awaited(Outcome(row.outcome) if row.outcome else None):
        row.outcome, row.outcome_at, row.silent_at = "", None, silent_from(now)


def merge_case(
    case: Case,
    *,
    into: Case,
    by: Responder,
    now: datetime,
    brought: bool = False,
    two_customers: bool = False,
) -> Case:
    """Go on in another case: posts heard later go there, and what waits for an answer waits there.
    Reopening undoes the merge. ``brought``: it is done from the other case, into which this one is
    brought. Raises ``TwoCustomers`` for cases of two customers unless ``two_customers`` says so."""
    with held(case, by=by, verb="merge", beside=into) as row:
        [target] = locked([into.pk])
        if row.pk == target.pk or target.state == CaseState.MERGED:
            raise BadInput("Choose another case to merge into, one that is not merged itself.")
        if row.brand_id != target.brand_id:
            raise BadInput("Both cases must belong to one brand.")
        nothing_on_its_way(row)
        check_nothing_open(open_matters(row), before="merged")
        if brought:
            check_verb("bring-in", CaseState(target.state))
        joined = joining(row, target, by=by, now=now)
        if row.customer_id != target.customer_id and not two_customers:
            raise TwoCustomers(*((target, row) if brought else (row, target)))
        event = move_event(row, CaseState.MERGED, at=now, by=by, into=target.ref)
        events = [event, *end_watches(row, by=by, now=now)]
        row.merged_into, row.unanswered_since = target, None
        write(row, events, "state", "merged_into", "unanswered_since")
        write(target, joined, "unanswered_since")
    return row
