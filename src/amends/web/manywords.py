"""What was done to many cases, in words, and what stands above the inbox while it can be undone."""

from typing import Any

from amends.casework import Priority
from amends.casework.bulk import Bulk
from amends.casework.saying import span_words
from amends.desk.models import CaseBatch
from amends.desk.queries import owners


def said(kind: Bulk, value: str) -> str:
    """What is done, as words."""
    match kind:
        case Bulk.LABEL:
            return f"labelled “{value}”"
        case Bulk.UNLABEL:
            return f"freed of the label “{value}”"
        case Bulk.ASSIGN:
            names = {str(one.pk): one.name for one in owners()}
            return f"given to {names.get(value, 'nobody')}"
        case Bulk.PRIORITY:
            return f"set to {Priority(int(value)).name.lower()} priority"
        case Bulk.SNOOZE:
            return f"snoozed for {span_words(int(value))}"
        case _:
            return {"resolve": "resolved", "dismiss": "dismissed", "close": "closed"}[kind]


def banner(batch: CaseBatch | None) -> dict[str, Any]:
    """What stands above the inbox while something can be undone."""
    if batch is None:
        return {}
    return {
        "batch": batch,
        "number": batch.items.count(),
        "says": said(Bulk(batch.kind), batch.value),
    }
