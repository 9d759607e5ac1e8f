"""The ledger of a case in words: fault, second chance, remedies, promises."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from amends.casework import Action, Role
from amends.casework.fault import NEXT, Fault, SecondChance
from amends.casework.letters import LetterStatus
from amends.casework.remedies import GESTURES, RemedyKind, RemedyStatus
from amends.desk.models import Case, Letter, Promise, Remedy, Responder
from amends.desk.queries.budgets import budgets_of
from amends.desk.queries.choices import approvers
from amends.desk.queries.ledger import ledger_of, limits, remedy_approvers
from amends.desk.queries.there import ALL, Part, Parts

FAULTS = {
    "ours": "Ours",
    "third_party": "A third party's",
    "customer": "The customer's",
    "unclear": "Unclear so far",
}
CHANCES = {
    "asked": "asked for",
    "given": "given",
    "declined": "declined",
    "silent": "met with silence",
}
KINDS = {
    "credit": "Credit",
    "refund": "Refund",
    "replacement": "Replacement",
    "note": "Note by hand",
    "delivery": "Something delivered",
    "letter": "Letter of apology",
}
STATUSES = {
    "waiting": ("waits for approval", "warn"),
    "approved": ("to be delivered", "accent"),
    "delivered": ("delivered", "good"),
    "refused": ("refused", ""),
    "cancelled": ("not given", ""),
}


@dataclass(frozen=True, slots=True)
class RemedyLine:
    """A remedy with how it stands. ``may_decide``: this person may refuse it, and may approve it
    where they are one of the ``approvers``, who are named while it waits."""

    row: Remedy
    name: str
    words: str
    tone: str
    may_decide: bool
    may_grant: bool
    approvers: Sequence[str]
    gesture: bool


@dataclass(frozen=True, slots=True)
class PromiseLine:
    row: Promise
    words: str
    tone: str
    open: bool


LETTERS = {
    "draft": ("being written", ""),
    "waiting": ("waits for approval", "warn"),
    "approved": ("to be sent", "accent"),
    "sent": ("sent", "good"),
    "withdrawn": ("withdrawn", ""),
}


@dataclass(frozen=True, slots=True)
class LetterLine:
    """A letter with how it stands; ``may_decide``: this person may approve it."""

    row: Letter
    words: str
    tone: str
    may_decide: bool
    approvers: Sequence[str]


@dataclass(frozen=True, slots=True)
class OwedLine:
    """Something open, in whose case it is, and whether its day is over."""

    row: Remedy
    name: str
    words: str
    tone: str
    late: bool


def owed_lines(rows: Sequence[Remedy], *, today: date) -> list[OwedLine]:
    found = []
    for row in rows:
        words, tone = STATUSES[row.status]
        letter = getattr(row, "letter", None)
        words, tone = LETTERS[letter.status] if letter is not None else (words, tone)
        late = row.due_on is not None and row.due_on < today
        found.append(OwedLine(row, _name(row), words, tone, late))
    return found


def _letters(rows: Iterable[Letter], person: Responder) -> list[LetterLine]:
    found = []
    for row in rows:
        words, tone = LETTERS[row.status]
        waits = row.status == LetterStatus.WAITING
        able = approvers(row.by, Action.REPLY) if waits else []
        names = [one.name for one in able]
        found.append(LetterLine(row, words, tone, person in able, names))
    return found


def _name(row: Remedy) -> str:
    name = KINDS[row.kind]
    return name if row.amount is None else f"{name}, {row.amount:,.2f} {row.currency}"


def ledger_facts(
    case: Case, person: Responder, *, now: datetime, there: Parts = ALL
) -> dict[str, Any]:
    """What the ledger's part of the case page shows."""
    ledger = ledger_of(case, there)
    chance = SecondChance(case.second_chance) if case.second_chance else None
    return {
        "fault_words": FAULTS.get(case.fault, ""),
        "faults": FAULTS,
        "determination": next(iter(ledger.determinations), None),
        "chance_words": CHANCES.get(case.second_chance, ""),
        "chances": _chances(case, chance),
        "kinds": [
            ("To put it right", [(str(k), KINDS[k]) for k in RemedyKind if k not in GESTURES]),
            ("A gesture beyond", [(str(k), KINDS[k]) for k in RemedyKind if k in GESTURES]),
        ],
        "remedies": [  # letters have lines of their own
            _remedy(row, person) for row in ledger.remedies if not hasattr(row, "letter")
        ],
        "letters": _letters(ledger.letters, person),
        "budgets": budgets_of(case.brand, now=now) if Part.BUDGETS in there else [],
        "promises": [_promise(row, now) for row in ledger.promises],
        "limit": limits(there).get(Role(person.role), 0),
    }


def _chances(case: Case, chance: SecondChance | None) -> list[tuple[str, str]]:
    if not case.fault or (case.fault == Fault.OURS and chance is None):
        return []
    verbs = {
        SecondChance.ASKED: "We asked for a second chance",
        SecondChance.GIVEN: "They give it",
        SecondChance.DECLINED: "They decline",
        SecondChance.SILENT: "They stay silent",
    }
    return [(str(one), verbs[one]) for one in SecondChance if one in NEXT[chance]]


def _remedy(row: Remedy, person: Responder) -> RemedyLine:
    words, tone = STATUSES[row.status]
    name = _name(row)
    waits = row.status == RemedyStatus.WAITING
    decides = waits and person.may_approve and row.by_id != person.pk
    able = remedy_approvers(row) if waits else []
    names, gesture = [one.name for one in able], RemedyKind(row.kind) in GESTURES
    return RemedyLine(row, name, words, tone, decides, person in able, names, gesture)


def _promise(row: Promise, now: datetime) -> PromiseLine:
    if row.kept_at:
        late = row.kept_at > row.due_at
        return PromiseLine(row, "kept late" if late else "kept", "warn" if late else "good", False)
    if row.dropped_at:
        return PromiseLine(row, "no longer stands", "", False)
    return PromiseLine(row, "", "bad" if row.due_at <= now else "", True)
