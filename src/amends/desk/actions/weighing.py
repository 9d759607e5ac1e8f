"""What a customer's post does to its case beside opening it: priority, labels, and handing it up."""

from datetime import datetime

from amends.casework import Action, CaseState, Role, permitted
from amends.casework.weighing import labels_of, priority_of, threat_in
from amends.desk.actions.book import Book
from amends.desk.actions.chronicle import make_event
from amends.desk.models import Case, Label, PostRow, Responder
from amends.desk.queries.clocks import load_policies, policy_for
from amends.desk.queries.reading_rules import rules_in_force
from amends.terms import Reading

_OVER = frozenset({CaseState.CLOSED, CaseState.DISMISSED, CaseState.MERGED})


def weigh(case: Case, row: PostRow, reading: Reading | None, *, book: Book, now: datetime) -> None:
    """Note in the book what the reading of a post means for its case, which the caller holds.

    A case's severity rises with a graver post of its customer, unless a colleague decided it.
    """
    if reading is None or row.ours:
        return
    by_customer = row.author is not None and row.author.customer_id == case.customer_id
    if by_customer:
        _raise(case, row, reading, book, now)
    for name in labels_of(reading, by_customer=by_customer):
        _label(case, row, name, book, now)
    threat = threat_in(reading)
    if threat and not book.quiet and case.state not in _OVER:
        _hand_up(case, row, threat, book, now)


def _raise(case: Case, row: PostRow, reading: Reading, book: Book, now: datetime) -> None:
    wanted = int(priority_of(reading))
    if wanted <= case.priority or _decided_by_hand(case):
        return
    old, case.priority = case.priority, wanted
    event = make_event(
        case, "case.prioritised", at=now, by=None, **{"from": old, "to": wanted, "post": row.pk}
    )
    book.events.append(event)


def _decided_by_hand(case: Case) -> bool:
    if case._state.adding:  # noqa: SLF001 (documented)
        return False
    return case.history.filter(kind="case.prioritised", actor__isnull=False).exists()


def _label(case: Case, row: PostRow, name: str, book: Book, now: datetime) -> None:
    """A label that a colleague took off is not put on again by the same words."""
    label = _label_pk(name)
    worn = book.worn.get(id(case))
    if worn is None:
        worn = book.worn[id(case)] = _worn(case)
    if label not in worn:
        worn.add(label)
        book.labels.append((case, label))
        event = make_event(case, "case.labelled", at=now, label=label, post=row.pk)
        book.events.append(event)


def _label_pk(name: str) -> int:
    return Label.objects.get_or_create(name=name)[0].pk


def _worn(case: Case) -> set[int]:
    """The labels that the case wears or once wore."""
    if case._state.adding:  # noqa: SLF001 (documented)
        return set()
    put_on = case.history.filter(kind="case.labelled").values_list("data__label", flat=True)
    return {*put_on, *case.labels.values_list("pk", flat=True)}


def _hand_up(case: Case, row: PostRow, threat: str, book: Book, now: datetime) -> None:
    """To whom the rules of reading name, else to whom the SLA policy does; once for each case."""
    if case.escalated:
        return
    to = rules_in_force().hand_up_to_id or policy_for(case, load_policies()).escalate_to
    person = Responder.objects.filter(pk=to, is_active=True).first() if to else None
    if person is None or case.owner_id == to or Action.WORK not in permitted(Role(person.role)):
        return
    case.owner, case.escalated = person, case.escalated + 1
    event = make_event(case, "case.escalated", at=now, to=to, why=threat, post=row.pk)
    book.events.append(event)
