"""Making amends on a case: fault, second chance, remedies, promises. Each verb is one address."""

from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from django.http import QueryDict

from amends.casework.fault import Fault, SecondChance
from amends.casework.remedies import RemedyKind
from amends.casework.scheduling import moment_of
from amends.desk.actions import amends, promises
from amends.desk.models import Case, Promise, Remedy, Responder
from amends.desk.queries.doors import find_in
from amends.terms import BadInput


def fault(case: Case, typed: QueryDict, by: Responder, now: datetime) -> object:
    chosen = typed.get("fault", "")
    if chosen not in set(Fault):
        raise BadInput(
            "Choose whose fault it was: ours, a third party's, the customer's, or unclear."
        )
    return amends.determine_fault(
        case,
        fault=Fault(chosen),
        facts=_text(typed, "facts"),
        fix=_text(typed, "fix"),
        fix_on=day_of(typed, "fix_on"),
        by=by,
        now=now,
    )


def second_chance(case: Case, typed: QueryDict, by: Responder, now: datetime) -> object:
    chosen = typed.get("chance", "")
    if chosen not in set(SecondChance):
        raise BadInput("A second chance is asked, given, declined or met with silence.")
    return amends.note_second_chance(case, chance=SecondChance(chosen), by=by, now=now)


def remedy(case: Case, typed: QueryDict, by: Responder, now: datetime) -> object:
    kind = typed.get("kind", "")
    if kind not in set(RemedyKind):
        raise BadInput("Choose what is given: a credit, a refund, a replacement or a gesture.")
    return amends.offer_remedy(
        case,
        kind=RemedyKind(kind),
        what=_text(typed, "what"),
        amount=_amount(typed),
        currency=typed.get("currency", "").strip().upper(),
        due_on=day_of(typed, "due_on"),
        by=by,
        now=now,
    )


_DECISIONS = {
    "approve": amends.approve_remedy,
    "refuse": amends.refuse_remedy,
    "deliver": amends.deliver_remedy,
    "cancel": amends.cancel_remedy,
}


def remedy_decide(case: Case, typed: QueryDict, by: Responder, now: datetime) -> object:
    decide = _DECISIONS.get(typed.get("decision", ""))
    row = find_in(case, Remedy, _number(typed))
    if decide is None or row is None:
        raise BadInput("There is no such remedy in this case; look again, then decide.")
    return decide(row, by=by, now=now)


def promise(case: Case, typed: QueryDict, by: Responder, now: datetime) -> object:
    words = _text(typed, "words")
    return promises.make_promise(
        case, words=words, due_at=moment_of(typed.get("due", ""), by.zone), by=by, now=now
    )


def promise_decide(case: Case, typed: QueryDict, by: Responder, now: datetime) -> object:
    row = find_in(case, Promise, _number(typed))
    decision = typed.get("decision", "")
    if row is not None and decision == "keep":
        return promises.keep_promise(row, by=by, now=now)
    if row is not None and decision == "drop":
        return promises.drop_promise(row, by=by, now=now)
    if row is not None and decision == "move":
        due_at = moment_of(typed.get("due", ""), by.zone)
        return promises.move_promise(row, due_at=due_at, by=by, now=now)
    raise BadInput("There is no such promise in this case; look again, then decide.")


def _text(typed: QueryDict, name: str) -> str:
    return typed.get(name, "").replace("\0", "").replace("\r\n", "\n")


def _number(typed: QueryDict) -> int:
    sent = typed.get("pk", "")
    return int(sent) if sent.isascii() and sent.isdecimal() and len(sent) < 18 else 0


def day_of(typed: QueryDict, name: str) -> date | None:
    """The day that a field holds; None where it is empty. Raises ``BadInput``."""
    sent = typed.get(name, "").strip()
    if not sent:
        return None
    try:
        return date.fromisoformat(sent)
    except ValueError as error:
        raise BadInput(f"“{sent[:20]}” is no date. Write one as 2026-12-24.") from error


def _amount(typed: QueryDict) -> Decimal | None:
    sent = typed.get("amount", "").strip().replace(",", ".")
    if not sent:
        return None
    try:
        amount = Decimal(sent)
    except InvalidOperation as error:
        raise BadInput(f"“{sent[:20]}” is no amount. Write one as 49.90.") from error
    exponent = amount.as_tuple().exponent
    if not isinstance(exponent, int) or exponent < -2:
        raise BadInput("An amount has two digits behind the point at most.")
    return amount
