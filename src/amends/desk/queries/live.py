"""What changed, for live pages: the event log is the feed."""

from django.db.models import Max

from amends.desk.models import CaseEvent, Responder
from amends.desk.queries.doors import may_see


def latest_change() -> int:
    """The number of the newest event; 0 before the first."""
    return CaseEvent.objects.aggregate(latest=Max("pk"))["latest"] or 0


def changed_since(person: Responder, number: int, *, most: int = 200) -> list[str]:
    """Refs of cases the person may see that changed after event ``number``, latest first."""
    seen = may_see(person).filter(history__pk__gt=number)
    return list(seen.order_by("-touched_at").values_list("ref", flat=True).distinct()[:most])
