"""Removes posts of ours that a lead wants removed, on the channels that are signed in."""

import logging
from dataclasses import dataclass

from amends.desk.actions.taking_down import (
    claim_take_down,
    settle_not_taken_down,
    settle_taken_down,
)
from amends.desk.models import TakeDown
from amends.desk.workers.database import DatabaseThread
from amends.desk.workers.listen import Listeners
from amends.terms import Clock, ConnectorError, TryLater

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Remover:
    """One at a time: it is seldom asked for, and networks allow few."""

    listeners: Listeners
    clock: Clock
    database: DatabaseThread

    async def tick(self) -> None:
        channels = list(self.listeners.running)
        if not channels:
            return
        now = self.clock.now()
        row = await self.database(lambda: claim_take_down(now=now, channels=channels))
        if row is not None:
            await self._remove(row)

    async def _remove(self, row: TakeDown) -> None:
        running = self.listeners.running.get(row.channel_id)
        if running is None:
            return  # due again once the claim is over
        try:
            await running.connector.delete(row.post.native_id)
        except ConnectorError as error:
            await self._refused(row, error)
        except Exception as error:
            log.exception("Removing post %s went wrong", row.post_id)
            name = type(error).__name__
            reason = f"Removing it went wrong unexpectedly ({name})."
            await self._refused(row, TryLater(reason, self.clock.now()))
        else:
            await self.database(lambda: settle_taken_down(row, now=self.clock.now()))

    async def _refused(self, row: TakeDown, error: ConnectorError) -> None:
        await self.database(lambda: settle_not_taken_down(row, error, now=self.clock.now()))
