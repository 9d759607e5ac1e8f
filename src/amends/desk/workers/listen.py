"""Listeners: one task for each source of each channel, started and stopped as the set-up says."""

import asyncio
import contextlib
import logging
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from django.db.models import QuerySet

from amends.connectors.protocol import Connector, ListensByQuery, Metered, Revisits, Spending
from amends.connectors.registry import make
from amends.desk.actions.hearing import seen
from amends.desk.actions.reading import desk_reader, reads_items
from amends.desk.actions.secrets import unseal
from amends.desk.models import ChannelRow, Cursor, PostRow, WatchRow
from amends.desk.queries.lookups import LookUp
from amends.desk.queries.prepared import prepared
from amends.desk.queries.threads import ANSWERS, by_network
from amends.desk.workers.database import DatabaseThread
from amends.desk.workers.metering import attach, keep_spending
from amends.desk.workers.revisit import revisit
from amends.desk.workers.sink import DeskSink, gathered_at_once
from amends.desk.workers.standing import Standings
from amends.listening import HealthState, Step, Surroundings, follow, poll
from amends.listening.asking import Watches
from amends.listening.gathering import Sleep
from amends.listening.steps import (
    Key,
    drop_empty,
    drop_no_watch,
    drop_repost,
    drop_seen_before,
    mark_known_thread,
    mark_own_posts,
    mark_to_us,
    put_clean_text,
    put_language,
    put_readings,
    put_watches,
)
from amends.matching import QueryError, parse, phrases_of
from amends.outbound import Outbound
from amends.terms import AmendsError, AuthError, Author, Channel, Clock, Credentials
from amends.text import storable
from amends.text.language import language_detector
from amends.understanding import Reader

log = logging.getLogger(__name__)

CHECK_AGAIN_S = 5.0


def channel_of(row: ChannelRow) -> Channel:
    """The row as connectors know it."""
    return Channel(
        network=row.network,
        handle=row.handle,
        account_id=row.account_id or None,
        settings={str(k): str(v) for k, v in row.settings.items()},
    )


_IN_CASES: Final = PostRow.objects.filter(place__isnull=False)
_ANSWERED: Final = LookUp(
    lambda _network, ids: _IN_CASES.filter(ANSWERS, conversation__among=ids).values_list(
        "network", "conversation"
    )
)
_HELD: Final = LookUp(
    lambda network, ids: _IN_CASES.filter(network=network, native_id__among=ids).values_list(
        "native_id"
    )
)


def threads_known(keys: Sequence[Key]) -> set[Key]:
    """Those of the conversations (or posts) that a case holds.

    A conversation is asked for by its id alone, which narrows most: given the network too, SQLite
    would go through all of that network's posts.
    """
    networks = by_network(keys)
    known = set(_ANSWERED("", set().union(*networks.values())))
    for network, ids in networks.items():
        known.update((network, native) for (native,) in _HELD(network, ids))
    return known & set(keys)


def queries_for(channel: ChannelRow) -> tuple[dict[str, str], dict[str, str]]:
    """The queries of the channel's watches by their keys; and what is wrong, by the names of their
    watches, with those that cannot be read, such as after an update. The others are heard."""
    queries, faults = {}, {}
    for watch in WatchRow.objects.filter(brand=channel.brand_id, active=True):
        try:
            parse(watch.query)
        except QueryError as error:
            faults[watch.name] = str(error)
        else:
            queries[str(watch.pk)] = watch.query
    return queries, faults


def steps_for(channel: ChannelRow, reader: Reader) -> list[Step]:
    """The life of a post between the network and the store, to be read aloud."""
    ours = [channel_of(row) for row in ChannelRow.objects.filter(network=channel.network)]
    queries, _ = queries_for(channel)
    detect = language_detector()
    return [
        put_clean_text(),
        drop_repost(),
        drop_empty(),
        drop_seen_before(seen),
        mark_own_posts(ours),
        mark_to_us(ours),
        mark_known_thread(threads_known),
        put_watches(Watches(queries, detect)),
        drop_no_watch(),
        put_language(detect),
        put_readings(reads_items(desk_reader(reader, channel.brand_id))),
    ]


@prepared
def _enabled() -> QuerySet[ChannelRow]:
    return ChannelRow.objects.select_related("brand").filter(enabled=True)


@dataclass(slots=True)
class Running:
    """A channel that is being listened to."""

    version: int
    connector: Connector
    account: Author


@dataclass(slots=True)
class Listeners:
    """All channels' listeners. ``tend`` brings them in line with the set-up."""

    reader: Reader
    outbound: Outbound
    clock: Clock
    rng: random.Random
    database: DatabaseThread
    new_ref: Callable[[], str]
    sleep: Sleep = asyncio.sleep
    limit: int = 100
    running: dict[int, Running] = field(default_factory=dict)
    starting: dict[int, tuple[int, asyncio.Task[None]]] = field(default_factory=dict)
    _health: dict[int, dict[str, tuple[HealthState, str]]] = field(default_factory=dict)
    _told: dict[int, tuple[str, str]] = field(default_factory=dict)
    _spent: dict[int, Spending] = field(default_factory=dict)
    standings: Standings = field(default_factory=Standings)

    async def tend(self) -> None:
        """Start what is new, stop what is gone, begin anew what changed; write health down."""
        rows = await self.database(_enabled)
        wanted = {row.pk: row for row in rows}
        for pk, (version, _) in list(self.starting.items()):
            if pk not in wanted or wanted[pk].version != version:
                await self._stop(pk)
        for pk, row in wanted.items():
            if pk not in self.starting:
                task = asyncio.create_task(self._channel(row), name=f"channel {row}")
                self.starting[pk] = (row.version, task)
        await self._write_health()

    async def close(self) -> None:
        for pk in list(self.starting):
            await self._stop(pk)

    async def _stop(self, pk: int) -> None:
        _, task = self.starting.pop(pk)
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
        self._health.pop(pk, None)
        self._told.pop(pk, None)

    async def _channel(self, row: ChannelRow) -> None:
        """Listen until cancelled or told that a person is needed; what is ours to mend is tried
        again, such as a database that was gone for a minute."""
        while True:
            try:
                await self._listen_to_all(row)
            except AmendsError as error:
                self._tell(row.pk, "", "stopped", str(error))
                return
            except Exception as error:
                log.exception("Listening to %s broke off; it is begun again", row)
                name = type(error).__name__
                self._tell(row.pk, "", "waiting", f"Listening broke off ({name}); it begins again.")
                await self.sleep(CHECK_AGAIN_S)
            else:
                return  # every source waits for a person, and has said so

    async def _listen_to_all(self, row: ChannelRow) -> None:
        connector = None
        try:
            channel, credentials = await self.database(
                lambda: (channel_of(row), Credentials(values=unseal(bytes(row.secret))))
            )
            connector = make(channel, credentials, self.outbound, self.clock)
            await attach(row, connector, self.database)
            account = await self._sign_in(row, connector)
            steps = await self.database(lambda: steps_for(row, self.reader))
            self.running[row.pk] = Running(row.version, connector, account)
            await self._all_sources(row, connector, steps)
        finally:
            self.running.pop(row.pk, None)
            if connector is not None:
                await connector.aclose()

    async def _all_sources(
        self, row: ChannelRow, connector: Connector, steps: Sequence[Step]
    ) -> None:
        try:
            async with asyncio.TaskGroup() as group:
                for source in await self._sources(row, connector):
                    group.create_task(self._listen(row, connector, source, steps))
                if isinstance(connector, Revisits):
                    group.create_task(self._revisit(row, connector))
        except ExceptionGroup as group_of_errors:
            raise group_of_errors.exceptions[0] from group_of_errors

    async def _revisit(self, row: ChannelRow, connector: Revisits) -> None:
        while True:
            await self.sleep(connector.revisit_every.total_seconds())
            sink = self._sink(row)
            try:
                await revisit(
                    row,
                    connector,
                    sink=sink,
                    clock=self.clock,
                    database=self.database,
                    reader=self.reader,
                )
            except Exception:  # listening, which stands beside it, goes on
                log.exception("Posts on %s could not be looked at again", row)

    def _sink(self, row: ChannelRow) -> DeskSink:
        return DeskSink(
            row,
            threshold=self.reader.threshold,
            clock=self.clock,
            new_ref=self.new_ref,
            noted=self.standings.noting(row.pk),
        )

    async def _sign_in(self, row: ChannelRow, connector: Connector) -> Author:
        while True:
            try:
                account = await connector.check()
            except AuthError:
                raise
            except AmendsError as error:
                self._tell(row.pk, "", "waiting", str(error))
                told = getattr(error, "retry_at", None)
                wait_s = (told - self.clock.now()).total_seconds() if told else 0.0
                await self.sleep(max(CHECK_AGAIN_S, wait_s))
                continue
            self._tell(row.pk, "", "well", "Signed in.")
            if account.id and account.id != row.account_id:
                row.account_id = account.id
                await self.database(lambda: row.save(update_fields=["account_id"]))
            return account

    async def _sources(self, row: ChannelRow, connector: Connector) -> list[str]:
        queries, faults = await self.database(lambda: queries_for(row))
        for name, fault in faults.items():
            sentence = f"The watch {name} hears nothing, for its query cannot be read: {fault}."
            self._tell(row.pk, f"watch {name}", "waiting", sentence)
        phrases = [phrase for query in queries.values() for phrase in phrases_of(query)]
        if isinstance(connector, ListensByQuery):
            found, notes = connector.sources_for(list(queries.values()))
            for note in notes:
                self._tell(row.pk, note[:80], "waiting", note)
        else:
            found = connector.sources(list(dict.fromkeys(phrases)))
        sources = list(found)
        if connector.traits.can_stream and row.settings.get("stream"):
            sources.append("stream")
        return sources

    async def _listen(
        self, row: ChannelRow, connector: Connector, source: str, steps: Sequence[Step]
    ) -> None:
        cursor = await self.database(
            lambda: (
                Cursor.objects.filter(channel=row, source=source[:255])
                .values_list("value", flat=True)
                .first()
            )
        )
        sink = self._sink(row)

        def tell(state: HealthState, sentence: str) -> None:
            self._tell(row.pk, source, state, sentence)

        around = Surroundings(
            clock=self.clock,
            rng=self.rng,
            sleep=self.sleep,
            aside=self.database,
            health=tell,
            limit=self.limit,
            gather=gathered_at_once(),
        )
        if source == "stream":
            await follow(connector, source, cursor=cursor, pipeline=steps, sink=sink, around=around)
        else:
            await poll(connector, source, cursor=cursor, pipeline=steps, sink=sink, around=around)

    def _tell(self, pk: int, source: str, state: HealthState, sentence: str) -> None:
        self._health.setdefault(pk, {})[source] = (state, sentence)

    async def _write_health(self) -> None:
        now = self.clock.now()
        for pk, running in list(self.running.items()):
            if isinstance(running.connector, Metered):
                spent = running.connector.spending
                if spent != self._spent.get(pk):
                    await self.database(lambda pk=pk, spent=spent: keep_spending(pk, spent, now))  # type: ignore[misc]
                    self._spent[pk] = spent
            await self.standings.keep(pk, running.connector, self.database, now)
        for pk, states in list(self._health.items()):
            health = _worst(states)
            if self._told.get(pk) != health:
                await self.database(lambda pk=pk, health=health: _save_health(pk, health, now))  # type: ignore[misc]
                self._told[pk] = health


def _worst(states: dict[str, tuple[HealthState, str]]) -> tuple[str, str]:
    """The worst of the sources' states, with the sentences of all in that state."""
    for state in ("stopped", "waiting"):
        sentences = [
            f"{s}: {text}" if s else text for s, (st, text) in sorted(states.items()) if st == state
        ]
        if sentences:
            return state, "\n".join(sentences)
    return "well", "Listening."


def _save_health(pk: int, health: tuple[str, str], now: datetime) -> None:
    note = storable(health[1])  # may quote what a network said
    ChannelRow.objects.filter(pk=pk).update(health=health[0], health_note=note, health_at=now)
