"""What paid networks cost, kept beside the cursors so that a restart forgets nothing."""

import logging
from collections.abc import Sequence
from datetime import datetime

import msgspec

from amends.connectors.protocol import (
    AsksStanding,
    Connector,
    Delivery,
    Metered,
    RenewsSecrets,
    Secrets,
    Spending,
    TakesDeliveries,
)
from amends.desk.actions.deliveries import deliveries_after
from amends.desk.actions.secrets import keep_renewed
from amends.desk.models import ChannelRow, Cursor
from amends.desk.queries.handoffs import why_closed
from amends.desk.queries.listened import SPENDING
from amends.desk.workers.database import DatabaseThread

log = logging.getLogger(__name__)


async def attach(row: ChannelRow, connector: Connector, database: DatabaseThread) -> None:
    """Give a new connector what it needs of the desk: where to keep renewed secrets, what was
    posted to it, and what the month has cost so far."""
    if isinstance(connector, RenewsSecrets):

        async def keep(secrets: Secrets) -> None:
            await database(lambda: keep_renewed(row, secrets))

        connector.renewed = keep
    if isinstance(connector, TakesDeliveries):

        async def read(after: int, most: int) -> Sequence[Delivery]:
            return await database(lambda: deliveries_after(row, after, most))

        connector.deliveries = read
    if isinstance(connector, AsksStanding):

        async def ask(author: str) -> str:
            return await database(lambda: why_closed(author))

        connector.standing = ask
    if isinstance(connector, Metered):
        spent = await database(lambda: spending_of(row))
        if spent is not None:
            connector.resume_spending(spent)


def spending_of(row: ChannelRow) -> Spending | None:
    """What a channel has cost in the month last counted; None where nothing was."""
    kept = Cursor.objects.filter(channel=row, source=SPENDING).values_list("value", flat=True)
    try:
        return msgspec.json.decode(kept[0], type=Spending) if kept else None
    except msgspec.DecodeError:
        log.warning("What %s has cost cannot be read; it is counted anew", row)
        return None


def keep_spending(channel: int, spending: Spending, now: datetime) -> None:
    value = msgspec.json.encode(spending).decode()
    Cursor.objects.update_or_create(
        channel_id=channel, source=SPENDING, defaults={"value": value, "moved_at": now}
    )
