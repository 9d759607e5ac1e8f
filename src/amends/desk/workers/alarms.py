"""Alarms: clocks that ran out are told of, and what is promised anew is computed."""

from collections.abc import Callable
from datetime import datetime
from typing import Final

from amends.desk.actions.claims import look_for_copies
from amends.desk.actions.clockwork import sound_alarms
from amends.desk.actions.holds import blank_deleted, tell_of_ended_holds
from amends.desk.actions.outcomes import note_silence
from amends.desk.actions.promises import tell_of_broken
from amends.desk.actions.routing import route_cases
from amends.desk.actions.ruling import run_rules
from amends.desk.actions.snoozing import wake_cases
from amends.desk.workers.database import DatabaseThread
from amends.terms import Clock

AT_ONCE = 100
"""Cases in one go, so that listening and sending are not kept waiting."""
Rung = tuple[Callable[..., int], ...]
RUNG: Final[Rung] = (
    sound_alarms,
    wake_cases,
    tell_of_broken,
    run_rules,
    route_cases,
    tell_of_ended_holds,
    blank_deleted,
    note_silence,
)
"""What is looked after by the clock. Each takes ``now`` and ``most`` and says how many it looked at."""


async def ring(database: DatabaseThread, clock: Clock) -> None:
    """Do all that is due by now: clocks that ran out, cases snoozed till now, promises not kept, what
    rules say, cases to give to somebody, holds that ended, texts to blank; and look on for copies of claims."""
    now = clock.now()
    left = RUNG
    while left:
        left = await database(lambda left=left: _look_after(left, now))  # type: ignore[misc]
    await database(lambda: look_for_copies(now=now))


def _look_after(left: Rung, now: datetime) -> Rung:
    """Do the first of what is left that finds something to do; what is left then. In between others
    have their turn."""
    for place, look_after in enumerate(left):
        if found := look_after(now=now, most=AT_ONCE):
            return left[place if found == AT_ONCE else place + 1 :]
    return ()
