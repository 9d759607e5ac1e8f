"""Importing history: a file's posts are stored first, then taken in, oldest first.

Two passes, because files hold answers before what they answer. Each batch moves posts, dead letters
and the place reached in one transaction: a killed import goes on where it stood, and a
finished one run again changes nothing.
"""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from django.db import transaction

from amends.desk.actions.hearing import (
    keep_mentions,
    match_again,
    note_deletions,
    seen,
    store_dead,
)
from amends.desk.actions.intake import Arrival, Circumstances, take_in
from amends.desk.actions.setup import save_brand, save_watch
from amends.desk.models import Brand, ImportRun, PostRow, WatchRow
from amends.listening import Item, Step, run
from amends.listening.history import History, Line
from amends.listening.steps import (
    drop_empty,
    drop_repost,
    drop_seen_before,
    mark_own_posts,
    mark_to_us,
    put_clean_text,
    put_reading,
    put_watches,
)
from amends.matching import compile as compile_queries
from amends.matching import query_of
from amends.terms import BadInput, Channel, Clock, Reading, WatchKind
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
        """Import a file; ``handle`` says whose care it is. Raises ``BadInput``."""
        brand = care_of(handle) if handle else _watched_brand()
        run_row, counts = self._begin(history, brand)
        fresh = run_row.read_at is None
        self._store(history, run_row, counts, brand, handle)
        if fresh:
            settle_conversations()
        run_row.read_at = run_row.read_at or self.clock.now()
        run_row.save(update_fields=["read_at"])
        if brand is None:
            PostRow.objects.filter(taken_in=False).update(taken_in=True)
        else:
            self._take_in(run_row, counts, brand)
        run_row.finished_at = self.clock.now()
        run_row.counts = counts.as_json()
        run_row.save(update_fields=["counts", "finished_at"])
        return counts

    def _begin(self, history: History, brand: Brand | None) -> tuple[ImportRun, Counts]:
        """The run of this file and brand: the one that was cut off, or a new reading of it."""
        key = f"{_hash(history.path)}{brand.pk if brand else 0:x}"[-64:]
        row, _ = ImportRun.objects.get_or_create(
            fingerprint=key,
            defaults={
                "name": history.path.name[:255],
                "format": history.format,
                "brand": brand,
                "started_at": self.clock.now(),
            },
        )
        if row.finished_at is None:
            return row, Counts.from_json(row.counts)
        row.position, row.counts = {}, {}
        row.started_at, row.finished_at = self.clock.now(), None
        row.save(update_fields=["position", "counts", "started_at", "finished_at"])
        return row, Counts()

    def _store(
        self,
        history: History,
        run_row: ImportRun,
        counts: Counts,
        brand: Brand | None,
        handle: str | None,
    ) -> None:
        match = _matching(brand)
        steps = _steps(handle, match, self.reader)
        start, part = run_row.position.get("line", 0), run_row.position.get("part")
        again = run_row.read_at is not None
        for lines in _batches(history.lines(start, part), self.batch):
            with transaction.atomic():
                if not again:
                    consider_again([_item(line) for line in lines if line.post], match)
                self._store_batch(lines, history, steps, counts)
                run_row.position = {"line": lines[-1].number, "part": lines[-1].part}
                run_row.counts = counts.as_json()
                run_row.save(update_fields=["position", "counts"])
            self.progress("reading", lines[-1].position, history.size)

    def _store_batch(
        self,
        lines: Sequence[Line],
        history: History,
        steps: Sequence[Step],
        counts: Counts,
    ) -> None:
        now = self.clock.now()
        items = [_item(line) for line in lines if line.post is not None]
        kept = run(items, steps, counts.dropped)
        new = len(keep_mentions([item.mention() for item in kept], now=now))
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
        waiting = PostRow.objects.filter(taken_in=False)
        whole, done = waiting.count(), 0
        around = Circumstances(
            brand=brand,
            channel=None,
            threshold=brand.threshold or self.reader.threshold,
            now=self.clock.now(),
            new_ref=self.new_ref,
            history=True,
        )
        while True:
            rows = list(
                waiting.select_related("author", "reading")
                .prefetch_related("mentions__watch")
                .order_by("created_at", "pk")[: self.batch]
            )
            if not rows:
                return
            with transaction.atomic():
                opened = take_in([_arrival(row) for row in rows], around)
                counts.cases_opened += len(opened)
                run_row.counts = counts.as_json()
                run_row.save(update_fields=["counts"])
            done += len(rows)
            self.progress("opening cases", done, whole)


def care_of(handle: str) -> Brand:
    """The brand of that handle, with a watch for it; both are made where they are missing."""
    name = handle.strip().removeprefix("@")
    brand = Brand.objects.filter(name__iexact=name).first() or save_brand(None, name=name)
    if not WatchRow.objects.filter(brand=brand, active=True).exists():
        _watch_for(brand, name)
    return brand


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


def _steps(handle: str | None, match: Sequence[Step], reader: Reader) -> list[Step]:
    ours = [Channel(network="", handle=handle)] if handle else []
    return [
        put_clean_text(),
        drop_repost(),
        drop_empty(),
        drop_seen_before(seen),
        mark_own_posts(ours),
        mark_to_us(ours),
        *match,
        put_reading(reader),
    ]


def consider_again(items: Sequence[Item], match: Sequence[Step]) -> None:
    """Posts stored before, in no case so far, are matched and taken in anew: for another brand."""
    known = seen([(item.post.network, item.post.id) for item in items])
    stored = [Item(item.post) for item in items if (item.post.network, item.post.id) in known]
    match_again([item.mention() for item in run(stored, match, Counter())])


def _item(line: Line) -> Item:
    """A source that says who spoke for the company says of the rest that it was said to it."""
    assert line.post is not None  # noqa: S101 (chosen so by the caller; for the type checker)
    return Item(line.post, ours=line.ours is True, to_us=line.ours is False)


def _network(history: History) -> str:
    return "bluesky" if history.format == "jetstream" else history.format


def _arrival(row: PostRow) -> Arrival:
    reading = None
    if hasattr(row, "reading"):
        read = row.reading
        reading = Reading(
            complaint=read.complaint,
            praise=read.praise,
            question=read.question,
            sentiment=read.sentiment,  # type: ignore[arg-type]
            sentiment_scores={},
            retraction=read.retraction,
        )
    return Arrival(row, reading, frozenset(m.watch.kind for m in row.mentions.all()))


def settle_conversations() -> int:
    """Give history's posts the first post of their thread, where the file named only the parent.

    Answers may stand before what they answer, so this is done once all is read. Returns how
    many changed.
    """
    rows = PostRow.objects.filter(taken_in=False).only(
        "pk", "network", "native_id", "in_reply_to", "conversation"
    )
    posts = {(row.network, row.native_id): row for row in rows.iterator()}
    roots: dict[tuple[str, str], str] = {}
    changed = []
    for key, row in posts.items():
        root = _root(key, posts, roots)
        if root != row.conversation:
            row.conversation = root
            changed.append(row)
    with transaction.atomic():
        PostRow.objects.bulk_update(changed, ["conversation"], batch_size=400)
    return len(changed)


def _root(
    key: tuple[str, str],
    posts: Mapping[tuple[str, str], PostRow],
    roots: dict[tuple[str, str], str],
) -> str:
    path: list[tuple[str, str]] = []
    while key in posts and key not in roots and key not in path:
        row = posts[key]
        path.append(key)
        if row.conversation not in {row.native_id, row.in_reply_to} or not row.in_reply_to:
            roots[key] = row.conversation  # the file said which thread, or the thread begins here
            break
        key = (key[0], row.in_reply_to)
    root = roots.get(key, key[1])
    roots.update((one, root) for one in path)
    return root


def _batches(lines: Iterator[Line], size: int) -> Iterable[list[Line]]:
    while batch := list(islice(lines, size)):
        yield batch


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
