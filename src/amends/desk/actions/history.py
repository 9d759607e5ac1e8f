"""Importing history: a file's posts are stored first, then taken in, oldest first.

Two passes, because files hold answers before what they answer. Each batch moves posts, dead letters
and the place reached in one transaction: a killed import goes on where it stood, and a
finished one run again changes nothing.
"""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from amends.desk.actions.accounts import bare, own_accounts
from amends.desk.actions.book import NEEDED, arrivals_of
from amends.desk.actions.hearing import (
    keep_mentions,
    match_again,
    note_deletions,
    seen,
    store_dead,
)
from amends.desk.actions.intake import Circumstances, hold, take_in
from amends.desk.actions.reading import desk_reader, reads_items
from amends.desk.actions.setup import save_brand, save_watch
from amends.desk.models import Brand, ImportRun, PostRow, WatchRow
from amends.desk.queries.prepared import prepared
from amends.desk.queries.threads import Key
from amends.listening import Item, Step, run
from amends.listening.history import History, Line
from amends.listening.steps import (
    drop_empty,
    drop_repost,
    drop_seen_before,
    mark_own_posts,
    mark_to_us,
    put_clean_text,
    put_readings,
    put_watches,
)
from amends.matching import compile as compile_queries
from amends.matching import query_of
from amends.terms import BadInput, Channel, Clock, Mention, Stale, WatchKind
from amends.understanding import Reader

BATCH = 1000


@dataclass(slots=True)
class Counts:
    """What became of a file: ``read`` = ``kept`` + everything ``dropped`` + ``dead``."""

    read: int = 0
    kept: int = 0
    dropped: Counter[str] = field(default_factory=Counter)
    dead: int = 0
    cases_opened: int = 0

    def as_json(self) -> dict[str, object]:
        return {
            "read": self.read,
            "kept": self.kept,
            "dropped": dict(sorted(self.dropped.items())),
            "dead": self.dead,
            "cases_opened": self.cases_opened,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Counts":
        return cls(**{**data, "dropped": Counter(data.get("dropped", {}))})


Progress = Callable[[str, int, int], None]
"""Told the phase ("reading", "opening cases"), how far it is and of how much."""


def _quiet(_phase: str, _done: int, _whole: int) -> None:
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Importer:
    """Imports one file after another. ``brand`` None: whatever the desk watches for already."""

    reader: Reader
    clock: Clock
    new_ref: Callable[[], str]
    progress: Progress = _quiet
    batch: int = BATCH

    def read(self, history: History, *, handle: str | None = None) -> Counts:
        """Import a file; ``handle`` says whose care it is. Raises ``BadInput``, and ``Stale``
        where another import began meanwhile."""
        brand = care_of(handle) if handle else _watched_brand()
        run_row, counts = self._begin(history, brand)
        self._store(history, run_row, counts, brand, handle)
        run_row.read_at = run_row.read_at or self.clock.now()
        run_row.save(update_fields=["read_at"])
        if brand is None:
            _let_go()
        else:
            self._take_in(run_row, counts, brand)
        run_row.finished_at = self.clock.now()
        run_row.counts = counts.as_json()
        run_row.save(update_fields=["counts", "finished_at"])
        return counts

    def _begin(self, history: History, brand: Brand | None) -> tuple[ImportRun, Counts]:
        """The run of this file and brand: the one that was cut off, or a new reading of it.

        A run that was cut off begins anew where another began since, for that one let go of what
        waited for intake.
        """
        key = f"{_hash(history.path)}{brand.pk if brand else 0:x}"[-64:]
        now = self.clock.now()
        with transaction.atomic():
            row, made = ImportRun.objects.get_or_create(
                fingerprint=key,
                defaults={
                    "name": history.path.name[:255],
                    "format": history.format,
                    "brand": brand,
                    "started_at": now,
                },
            )
            cut_off = row.finished_at is None and not made
            if cut_off and not _overtaken(row):
                return row, Counts.from_json(row.counts)
            _let_go()
            row.read_at = None if cut_off else row.read_at
            row.position, row.counts = {}, {}
            row.started_at, row.finished_at = now, None
            row.save()
        return row, Counts()

    def _store(
        self,
        history: History,
        run_row: ImportRun,
        counts: Counts,
        brand: Brand | None,
        handle: str | None,
    ) -> None:
        pipeline = _Pipeline.of(brand, handle, self.reader)
        start, part = run_row.position.get("line", 0), run_row.position.get("part")
        again = run_row.read_at is not None
        for lines in _batches(history.lines(start, part), self.batch):
            with transaction.atomic():
                _check_newest(run_row)
                pipeline.look_at(lines)
                if not again:
                    match_again(pipeline.stored(lines))
                self._store_batch(lines, history, pipeline, counts)
                run_row.position = {"line": lines[-1].number, "part": lines[-1].part}
                run_row.counts = counts.as_json()
                run_row.save(update_fields=["position", "counts"])
            self.progress("reading", lines[-1].position, history.size)

    def _store_batch(
        self,
        lines: Sequence[Line],
        history: History,
        pipeline: "_Pipeline",
        counts: Counts,
    ) -> None:
        now = self.clock.now()
        kept = pipeline.new(lines, counts.dropped)
        new = keep_mentions(kept, now=now)
        dead = [line.dead for line in lines if line.dead is not None]
        store_dead(dead, now=now)
        gone = [line.deleted for line in lines if line.deleted is not None]
        note_deletions(_network(history), gone, now=now)
        counts.read += len(lines)
        counts.kept += new
        counts.dropped["edited" if new < len(kept) else "seen_before"] += len(kept) - new
        counts.dead += len(dead)
        counts.dropped.update("deletion" for _ in gone)
        counts.dropped.update(line.skipped for line in lines if line.skipped)
        counts.dropped = +counts.dropped

    def _take_in(self, run_row: ImportRun, counts: Counts, brand: Brand) -> None:
        whole, done = PostRow.objects.filter(taken_in=False).count(), 0
        around = Circumstances(
            brand=brand,
            channel=None,
            threshold=brand.threshold or self.reader.threshold,
            now=self.clock.now(),
            new_ref=self.new_ref,
            history=True,
        )
        while True:
            rows = _waiting(most=self.batch)
            if not rows:
                return
            with transaction.atomic():
                _check_newest(run_row)
                hold(brand)
                opened = take_in(arrivals_of(rows, brand), around)
                counts.cases_opened += len(opened)
                run_row.counts = counts.as_json()
                run_row.save(update_fields=["counts"])
            done += len(rows)
            self.progress("opening cases", done, whole)


@prepared
def _waiting(*, most: int) -> QuerySet[PostRow]:
    rows = PostRow.objects.filter(taken_in=False).only(*NEEDED)
    return rows.order_by("created_at", "pk")[:most]


def _overtaken(run_row: ImportRun) -> bool:
    return bool(_later(run_row.started_at, run_row.pk))


@prepared
def _later(began: datetime, run: int) -> QuerySet[ImportRun, int]:
    later = ImportRun.objects.filter(started_at__gt=began).exclude(pk=run)
    return later.values_list("pk", flat=True)[:1]


def _check_newest(run_row: ImportRun) -> None:
    """One import at a time, for what waits for intake is one heap. Raises ``Stale``."""
    if _overtaken(run_row):
        raise Stale(
            f"Another import began, so this one of {run_row.name} stopped; "
            "run it again when the other is through."
        )


def _let_go() -> None:
    PostRow.objects.filter(taken_in=False).update(taken_in=True)


def care_of(handle: str) -> Brand:
    """The brand of that name or account, with a watch for it; made where they are missing."""
    name = handle.strip().removeprefix("@")
    brand = Brand.objects.filter(name__iexact=name).first() or _speaks_for(name)
    brand = brand or save_brand(None, name=name)
    if not WatchRow.objects.filter(brand=brand, active=True).exists():
        _watch_for(brand, name)
    return brand


def _speaks_for(handle: str) -> Brand | None:
    for brand in Brand.objects.order_by("pk"):
        if any(bare(channel.handle) == bare(handle) for channel in own_accounts(brand)):
            return brand
    return None


def _watch_for(brand: Brand, name: str) -> None:
    try:
        query_of([], [name], [])
        phrases, handles = [], [name]
    except BadInput:  # a name that is no handle, such as one with a blank
        phrases, handles = [name], []
    save_watch(
        None,
        brand=brand,
        kind=WatchKind.BRAND,
        name=name,
        phrases=phrases,
        handles=handles,
        hashtags=[],
    )


def _watched_brand() -> Brand | None:
    watch = WatchRow.objects.filter(active=True).select_related("brand").order_by("pk").first()
    return watch.brand if watch else None


def _matching(brand: Brand | None) -> list[Step]:
    watches = WatchRow.objects.filter(brand=brand, active=True) if brand else []
    queries = {str(watch.pk): watch.query for watch in watches}
    return [put_watches(compile_queries(queries))] if queries else []


@dataclass(slots=True)
class _Pipeline:
    """The steps of an import, and what is known of the batch on its way through them."""

    mark: list[Step]
    rest: list[Step]
    known: set[Key] = field(default_factory=set)
    companies: set[Key] = field(default_factory=set)

    @classmethod
    def of(cls, brand: Brand | None, handle: str | None, reader: Reader) -> "_Pipeline":
        ours = own_accounts(brand) if brand else []
        if handle:
            ours.append(Channel(network="", handle=handle))
        made = cls([mark_own_posts(ours), mark_to_us(ours), *_matching(brand)], [])
        made.rest = [
            put_clean_text(),
            drop_repost(),
            drop_empty(),
            drop_seen_before(lambda keys: made.known & set(keys)),
            *made.mark,
            put_readings(reads_items(desk_reader(reader, brand, history=True))),
        ]
        return made

    def look_at(self, lines: Sequence[Line]) -> None:
        posts = [line.post for line in lines if line.post is not None]
        self.known = seen([(post.network, post.id) for post in posts])
        spoken = [line.post for line in lines if line.post is not None and line.company]
        self.companies = {(post.network, post.id) for post in spoken}

    def stored(self, lines: Sequence[Line]) -> list[Mention]:
        """Posts stored before, marked and matched anew: it may be another brand that asks."""
        items = [item for item in _items(lines) if _key(item) in self.known]
        return [item.mention() for item in run(items, self.mark, Counter())]

    def new(self, lines: Sequence[Line], dropped: Counter[str]) -> list[Mention]:
        """The posts to keep; what another company wrote stays unread, for it complains of nothing."""
        items = run(_items(lines), self.rest, dropped)
        for item in items:
            if _key(item) in self.companies:
                item.reading = None
        return [item.mention() for item in items]


def _items(lines: Sequence[Line]) -> list[Item]:
    """A source that says who spoke for the company says of the rest that it was said to it."""
    return [
        Item(line.post, ours=line.ours is True, to_us=line.ours is False)
        for line in lines
        if line.post is not None
    ]


def _key(item: Item) -> Key:
    return item.post.network, item.post.id


def _network(history: History) -> str:
    return "bluesky" if history.format == "jetstream" else history.format


def _batches(lines: Iterator[Line], size: int) -> Iterable[list[Line]]:
    while batch := list(islice(lines, size)):
        yield batch


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
