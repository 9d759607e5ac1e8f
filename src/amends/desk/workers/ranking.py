"""Looks up each day where complaints stand in searches for the brand."""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from amends.casework.ranking import place_of
from amends.connectors.websearch import HOST, LATER, MOST_PAGES, WebSearch
from amends.desk.actions.ranking import (
    claim_rank_watch,
    postpone_rank,
    search_in_force,
    settle_rank,
    spend_call,
)
from amends.desk.models import RankWatch, SearchAccess
from amends.desk.workers.database import DatabaseThread
from amends.outbound import Outbound
from amends.terms import AmendsError, Clock

log = logging.getLogger(__name__)

_SPENT = "The calls for this month are used up; it goes on next month, or with a larger budget."


@dataclass(slots=True)
class RankSeeker:
    """One search at a time, as many pages as it takes to find the address, three at most."""

    outbound: Outbound
    clock: Clock
    database: DatabaseThread
    host: str = HOST

    async def tick(self) -> None:
        now = self.clock.now()
        access = await self.database(search_in_force)
        if access is None:
            return
        watch = await self.database(lambda: claim_rank_watch(now=now))
        if watch is not None:
            await self._look(watch, *access)

    async def _look(self, watch: RankWatch, access: SearchAccess, key: str) -> None:
        search = WebSearch(key, self.outbound, self.clock, host=self.host)
        try:
            found = await self._found(search, watch, access)
        except AmendsError as error:
            until = getattr(error, "retry_at", None) or self.clock.now() + LATER
            await self._later(watch, str(error), until)
            return
        except Exception as error:
            log.exception("Looking up rank watch %s went wrong", watch.pk)
            reason = f"Searching went wrong ({type(error).__name__}); it is tried again."
            await self._later(watch, reason, self.clock.now() + LATER)
            return
        if found is None:
            await self._later(watch, _SPENT, next_month(self.clock.now()))
            return
        await self.database(lambda: settle_rank(watch, found, now=self.clock.now()))

    async def _found(
        self, search: WebSearch, watch: RankWatch, access: SearchAccess
    ) -> list[str] | None:
        """What the search brings; None where the budget is used up before the first page."""
        found: list[str] = []
        for number in range(MOST_PAGES):
            may = await self.database(lambda: spend_call(access, now=self.clock.now()))
            if not may:
                return found or None
            page, more = await search.page(watch.query, number, country=access.country)
            found += page
            if not more or place_of(watch.address, found) is not None:
                break
        return found

    async def _later(self, watch: RankWatch, reason: str, until: datetime) -> None:
        await self.database(lambda: postpone_rank(watch, reason, until=until, now=self.clock.now()))


def next_month(now: datetime) -> datetime:
    """When the next month begins."""
    first = now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return (first + timedelta(days=32)).replace(day=1)
