"""What changed, for live pages: the event log is the feed."""

from typing import Final

from django.db.models import Max

from amends.desk.models import CaseEvent

WINDOW: Final = 500


def latest_change() -> int:
    """A number that is another one after each new event; 0 before the first.

    Two events that are written at once may become visible in either order, so the newest id alone
    would hide the slower one: how many there are near it counts too.
    """
    newest = CaseEvent.objects.aggregate(latest=Max("pk"))["latest"]
    if newest is None:
        return 0
    near = CaseEvent.objects.filter(pk__gt=newest - WINDOW).count()
    return int(newest) * 2 * WINDOW + near
