"""Alarms: clocks that ran out are told of, and what is promised anew is computed."""

from amends.desk.actions.clockwork import sound_alarms
from amends.desk.actions.promises import tell_of_broken
from amends.desk.actions.routing import route_cases
from amends.desk.actions.snoozing import wake_cases
from amends.desk.workers.database import DatabaseThread
from amends.terms import Clock

AT_ONCE = 100
"""Cases in one go, so that listening and sending are not kept waiting."""


async def ring(database: DatabaseThread, clock: Clock) -> None:
    """Ring for every clock that ran out by now, every case snoozed till now, and every promise that
    was not kept; then give away what waits to be given to somebody."""
    now = clock.now()
    while await database(lambda: sound_alarms(now=now, most=AT_ONCE)) == AT_ONCE:
        continue
    while await database(lambda: wake_cases(now=now, most=AT_ONCE)) == AT_ONCE:
        continue
    while await database(lambda: tell_of_broken(now=now, most=AT_ONCE)) == AT_ONCE:
        continue
    while await database(lambda: route_cases(now=now, most=AT_ONCE)) == AT_ONCE:
        continue
