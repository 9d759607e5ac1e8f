"""How this desk reads: the rules in force, and those before."""

from django.db.models import QuerySet

from amends.casework import Action, Role, check_may
from amends.desk.models import LearntHead, ReadingRules, Responder
from amends.desk.queries.prepared import prepared


def rules_in_force() -> ReadingRules:
    """The last version, or an unsaved one that says what is shipped."""
    return next(iter(_newest()), None) or ReadingRules()


@prepared
def _newest() -> QuerySet[ReadingRules]:
    rows = ReadingRules.objects.select_related("head", "hand_up_to")
    return rows.order_by("-pk")[:1]


def rules_before(person: Responder, *, most: int = 20) -> list[ReadingRules]:
    """The versions, the newest first."""
    check_may(Role(person.role), Action.SET_UP)
    rows = ReadingRules.objects.select_related("head", "hand_up_to", "by")
    return list(rows.order_by("-pk")[:most])


def heads_for(person: Responder, *, most: int = 20) -> list[LearntHead]:
    """What was learnt, the newest first."""
    check_may(Role(person.role), Action.SET_UP)
    return list(LearntHead.objects.order_by("-pk")[:most])
