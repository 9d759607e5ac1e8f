"""How each channel stands beside its health: when it was last read, how late posts come, and what is
left of its network's rate limits."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from amends.connectors.calling import Quota
from amends.connectors.protocol import Connector, Limited
from amends.desk.models import ChannelStanding
from amends.desk.workers.database import DatabaseThread
from amends.desk.workers.sink import Noted

EVERY: Final = timedelta(seconds=10)  # it is for people, who look now and then
MOST: Final = 4


@dataclass(slots=True)
class Standing:
    """What was noted since the worker started; ``kept_at`` is when it was written down last."""

    read_at: datetime | None = None
    lag_s: float | None = None
    kept_at: datetime | None = None


@dataclass(slots=True)
class Standings:
    """Of all channels, by their ids."""

    known: dict[int, Standing] = field(default_factory=dict)

    def noting(self, channel: int) -> Noted:
        """What a sink tells when it stored something."""
        standing = self.known.setdefault(channel, Standing())

        def note(now: datetime, lag_s: float | None) -> None:
            standing.read_at = now
            standing.lag_s = standing.lag_s if lag_s is None else lag_s

        return note

    async def keep(
        self, channel: int, connector: Connector, database: DatabaseThread, now: datetime
    ) -> None:
        """Write it down, every ten seconds at most."""
        standing = self.known.setdefault(channel, Standing())
        if standing.kept_at is not None and now - standing.kept_at < EVERY:
            return
        standing.kept_at = now
        quotas = tightest(connector.quotas, now) if isinstance(connector, Limited) else []
        facts = {"quotas": quotas, "at": now}
        if standing.read_at is not None:
            facts |= {"read_at": standing.read_at}
        if standing.lag_s is not None:
            facts |= {"lag_s": standing.lag_s}
        await database(
            lambda: ChannelStanding.objects.update_or_create(channel_id=channel, defaults=facts)
        )


def tightest(quotas: Mapping[str, Quota], now: datetime) -> list[dict[str, Any]]:
    """The limits of which least is left, as rows for the page; those whose time is over are left
    out."""
    live = [(name, one) for name, one in quotas.items() if one.reset_at > now and one.limit]
    live.sort(key=lambda pair: (pair[1].remaining / pair[1].limit, pair[0]))
    return [
        {
            "name": name.rpartition("/")[2] or name,
            "limit": one.limit,
            "remaining": one.remaining,
            "reset_at": one.reset_at.isoformat(),
        }
        for name, one in live[:MOST]
    ]
