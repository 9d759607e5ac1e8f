"""Where listeners put what they heard: the desk's tables, one transaction a batch."""

from collections.abc import Callable
from datetime import datetime

from django.db import connection, transaction

from amends.desk.actions.hearing import (
    count_drops,
    move_cursor,
    note_deletions,
    prepare,
    store_dead,
    store_prepared,
)
from amends.desk.actions.intake import Circumstances
from amends.desk.actions.memory import store_by_the_thousand, uncollected
from amends.desk.models import ChannelRow
from amends.listening import Batch
from amends.listening.gathering import ROOMY, Limits
from amends.terms import Clock

Noted = Callable[[datetime, float | None], None]
"""Told when something was read, and with what lag where there was a post."""


class DeskSink:
    """The ``listening.Sink`` of one channel. ``threshold`` is the reader's, unless the brand has
    one of its own."""

    def __init__(
        self,
        channel: ChannelRow,
        *,
        threshold: float,
        clock: Clock,
        new_ref: Callable[[], str],
        noted: Noted | None = None,
    ) -> None:
        self._channel = channel
        self._threshold = channel.brand.threshold or threshold
        self._clock = clock
        self._new_ref = new_ref
        self._noted = noted

    def store(self, batch: Batch) -> None:
        """Store all of the batch, or raise and store nothing of it."""
        now, channel = self._clock.now(), self._channel
        around = Circumstances(
            brand=channel.brand,
            channel=channel,
            threshold=self._threshold,
            now=now,
            new_ref=self._new_ref,
        )
        store_by_the_thousand()
        with uncollected():
            self._store(batch, around)  # what it made is gone before anything is collected
        if self._noted is not None:
            self._noted(now, lag_of(batch, now))

    def _store(self, batch: Batch, around: Circumstances) -> None:
        now, channel = around.now, self._channel
        prepared = prepare(batch.mentions, now=now)
        with transaction.atomic():
            store_prepared(prepared, around)
            if batch.deleted:
                note_deletions(channel.network, batch.deleted, now=now)
            store_dead(batch.dead, now=now)
            count_drops(f"{channel.network}:{channel.handle}", batch.dropped, now=now)
            if batch.cursor is not None:
                move_cursor(channel, batch.source, batch.cursor, now=now)


def gathered_at_once() -> Limits:
    """How much of a stream one transaction stores. On SQLite whoever writes waits for its end."""
    return ROOMY if connection.vendor == "postgresql" else Limits()


def lag_of(batch: Batch, now: datetime) -> float | None:
    """How long after it was written the newest post came, in seconds; None without a post."""
    times = [one.post.created_at for one in batch.mentions if one.post.created_at]
    return max(0.0, (now - max(times)).total_seconds()) if times else None
