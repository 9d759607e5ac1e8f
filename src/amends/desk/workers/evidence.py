"""Asking networks for posts that are to be kept as evidence, as they stand there, byte for byte."""

import asyncio
import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from django.db.models import QuerySet

from amends.connectors.protocol import Connector, Revisits
from amends.desk.actions.evidence import settle_kept, settle_missed
from amends.desk.models import Evidence
from amends.desk.queries.prepared import prepared
from amends.desk.workers.database import DatabaseThread
from amends.desk.workers.listen import Listeners
from amends.outbound import Exchange, recorded
from amends.terms import Clock, ConnectorError, network_name

log = logging.getLogger(__name__)

MOST: Final = 5
LATER: Final = timedelta(minutes=5)
TIMEOUT_S: Final = 60


async def gather_evidence(listeners: Listeners, database: DatabaseThread, clock: Clock) -> None:
    """Ask for what is due. Where no account of ours is connected on the network it is asked for later,
    for a day."""
    for row in await database(lambda: due_evidence(now=clock.now())):
        connector = await database(lambda row=row: _connector(listeners, row))  # type: ignore[misc]
        try:
            answer, reason, again = await _ask(connector, row, clock)
        except Exception as error:
            log.exception("Evidence %s could not be asked for", row.pk)
            answer, reason, again = None, f"Asking went wrong ({type(error).__name__}).", None
        now = clock.now()
        if answer is not None:
            await database(
                lambda row=row, answer=answer, now=now: settle_kept(  # type: ignore[misc]
                    row, data=answer.body, origin=answer.url, now=now
                )
            )
        else:
            await database(
                lambda row=row, reason=reason, now=now, again=again: settle_missed(  # type: ignore[misc]
                    row, reason=reason, now=now, again=again
                )
            )


def due_evidence(*, now: datetime) -> list[Evidence]:
    """What networks are to be asked for now."""
    return _due(now)


@prepared
def _due(now: datetime) -> QuerySet[Evidence]:
    rows = Evidence.objects.filter(ask_at__lte=now, post__isnull=False)
    return rows.select_related("post", "claim__case").order_by("ask_at", "pk")[:MOST]


def _connector(listeners: Listeners, row: Evidence) -> Connector | None:
    from amends.desk.models import ChannelRow

    assert row.post is not None  # noqa: S101 (asked for above; for the type checker)
    there = ChannelRow.objects.filter(network=row.post.network, pk__in=list(listeners.running))
    ours = there.filter(brand=row.claim.case.brand_id)
    found = ours.first() or there.first()
    running = listeners.running.get(found.pk) if found is not None else None
    return running.connector if running is not None else None


async def _ask(
    connector: Connector | None, row: Evidence, clock: Clock
) -> tuple[Exchange | None, str, datetime | None]:
    """The answer that holds the post, or why there is none and when to ask again."""
    assert row.post is not None  # noqa: S101 (as above)
    native = row.post.native_id
    if connector is None:
        return (
            None,
            f"No account is connected on {network_name(row.post.network)}.",
            clock.now() + LATER,
        )
    try:
        with recorded() as answers:
            async with asyncio.timeout(TIMEOUT_S):
                if isinstance(connector, Revisits):
                    await connector.revisit([native])
                else:
                    await connector.thread(native)
    except TimeoutError:
        return None, "The network did not answer in time.", clock.now() + LATER
    except ConnectorError as error:
        return None, error.reason, error.retry_at
    found = holding(answers, native)
    if found is None:
        return None, f"{row.post.network.capitalize()} no longer shows this post.", None
    return found, "", None


def holding(answers: Sequence[Exchange], native_id: str) -> Exchange | None:
    """The last answer that was read, not written, and that names the post. Sign-ins are no such."""
    name = native_id.rpartition("/")[2].encode()
    read = [one for one in answers if one.method == "GET" and 200 <= one.status < 300]
    return next((one for one in reversed(read) if name in one.body), None)
