"""Reading posts as a desk does: whole, by the fast tier at once, and deeper where it matters.

What may open or change a case is read by both tiers before it is stored, so many of a batch; the rest
of what is uncertain or weighs much waits for the worker (``desk.workers.deepen``).
"""

import logging
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Final

from django.conf import settings
from django.db.models import QuerySet
from msgspec.structs import replace

from amends.desk.models import Brand, LearntHead, WatchRow
from amends.desk.queries.prepared import prepared
from amends.desk.queries.reading_rules import rules_in_force
from amends.listening import Item
from amends.terms import US, BadInput, Reading, WatchKind
from amends.understanding import Reader
from amends.understanding.head import FILE, Head, load_head
from amends.understanding.reader import TieredReader
from amends.understanding.readings import Understanding
from amends.understanding.targets import Watched

log = logging.getLogger(__name__)

AT_ONCE: Final = 64
"""Posts of a batch that the deep tier reads before they are stored: some 3 ms each."""
MOST_WAITING: Final = 100
"""Posts of a batch that wait for the deep tier; of more it would never be done."""
_OURS: Final = frozenset({WatchKind.BRAND, WatchKind.PRODUCT, WatchKind.PERSON})
_NAMED: Final = [*_OURS, WatchKind.COMPETITOR]
_WEIGHTY: Final = frozenset({"boycott", "wave", "legal", "press", "safety", "vulnerable"})
_NOTHING: Final = Watched({})
_MOST_REMEMBERED: Final = 10_000


@dataclass(frozen=True, slots=True)
class Asked:
    """A post to be read. ``near``: it is about us, to us or in a thread of ours."""

    text: str
    lang: str | None = None
    watches: Collection[str] = ()
    near: bool = False


@dataclass(slots=True)
class DeskReader:
    """Reads for one brand. ``spelled`` are the terms of its watches by their ids, ``ours`` the ids of
    those that are about us; ``at_once`` None: all that matters is read deep, however many.

    Safe to share between threads if its reader is.
    """

    reader: Reader
    spelled: Mapping[str, Sequence[str]] = field(default_factory=dict)
    ours: frozenset[str] = frozenset()
    vulnerable: bool = False
    at_once: int | None = AT_ONCE
    _fast: Understanding = field(init=False)
    _deep: Understanding | None = field(init=False, default=None)
    _known: dict[tuple[str, ...], Watched] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        fast, deep = self.reader, None
        if isinstance(fast, TieredReader) and fast.tiers.depth == "unsure" and fast.tiers.has_deep:
            fast, deep = fast.at("none"), fast.at("all")
        self._fast = Understanding(fast, vulnerable=self.vulnerable)
        self._deep = Understanding(deep, vulnerable=self.vulnerable) if deep else None

    def read(self, asked: Sequence[Asked]) -> list[Reading]:
        """One reading a post, in order; ``unsure`` are those that shall wait for the deep tier."""
        readings = self._read(self._fast, asked)
        if self._deep is None:
            return readings
        wanted = [at for at, one in enumerate(readings) if one.unsure or is_weighty(one)]
        near = [at for at in wanted if asked[at].near][: self.at_once]
        for at, reading in zip(near, self.deeper([asked[at] for at in near]), strict=True):
            readings[at] = reading
        waits = set([at for at in wanted if at not in set(near)][:MOST_WAITING])
        for at in wanted:
            readings[at] = replace(readings[at], unsure=at in waits)
        return readings

    def deeper(self, asked: Sequence[Asked]) -> list[Reading]:
        """The same by both tiers, posts of like length together."""
        return self._read(self._deep or self._fast, asked) if asked else []

    def is_near(self, watches: Collection[str]) -> bool:
        return not self.ours.isdisjoint(watches)

    def _read(self, by: Understanding, asked: Sequence[Asked]) -> list[Reading]:
        return by.read(
            [one.text for one in asked],
            [one.lang for one in asked],
            [self._watched(one.watches) for one in asked],
        )

    def _watched(self, watches: Collection[str]) -> Watched:
        key = tuple(sorted(watch for watch in watches if watch in self.spelled))
        if not key:
            return _NOTHING
        known = self._known.get(key)
        if known is None:
            terms: dict[str, list[str]] = {}
            for watch in key:
                name = US if watch in self.ours else watch
                terms.setdefault(name, []).extend(self.spelled[watch])
            if len(self._known) >= _MOST_REMEMBERED:
                self._known.clear()
            known = self._known[key] = Watched(terms, named=False)
        return known


def reads_items(reader: DeskReader) -> Callable[[Sequence[Item]], list[Reading]]:
    """The reader as a step of the pipeline calls it."""

    def read(items: Sequence[Item]) -> list[Reading]:
        return reader.read([_asked(item, reader) for item in items])

    return read


def _asked(item: Item, reader: DeskReader) -> Asked:
    near = item.to_us or item.in_thread or reader.is_near(item.watches)
    return Asked(item.post.text, item.post.lang, item.watches, near)


def is_weighty(reading: Reading) -> bool:
    """Whether so much hangs on a reading that the deep tier shall read the post too."""
    grave = reading.severity in {"accusation", "blame"}
    return grave or not _WEIGHTY.isdisjoint(reading.intents)


def desk_reader(reader: Reader, brand: Brand | int | None, *, history: bool = False) -> DeskReader:
    """The reader with what this desk watches for and has decided. ``history``: time is no matter."""
    rules = rules_in_force()
    reader = _under_head(reader, rules.head)
    rows = _that_name(brand if isinstance(brand, int) else brand.pk) if brand else []
    return DeskReader(
        reader,
        spelled={str(row.pk): _spellings(row) for row in rows},
        ours=frozenset(str(row.pk) for row in rows if row.kind in _OURS),
        vulnerable=rules.vulnerable,
        at_once=None if history else AT_ONCE,
    )


@prepared
def _that_name(brand: int) -> QuerySet[WatchRow]:
    return WatchRow.objects.filter(brand=brand, active=True, kind__in=_NAMED)


def _under_head(reader: Reader, head: LearntHead | None) -> Reader:
    """The reader under the head in force; alone, and that is logged, where the head cannot be had here,
    such as on another machine or after a change of reader. The set-up says it too."""
    if head is None or not isinstance(reader, TieredReader):
        return reader
    try:
        return reader.with_head(_head(head.folder, head.digest))
    except BadInput as error:
        log.warning("Reading goes on without %s: %s", head.folder, error)
        return reader


@lru_cache(4)
def _head(folder: str, digest: str) -> Head:
    del digest  # with it a head that was made anew is loaded anew
    return load_head(Path(settings.AMENDS_HOME) / "heads" / folder / FILE)


def _spellings(row: WatchRow) -> list[str]:
    """What names the one whom a watch is about; a typed query may hold any words, so not those."""
    words = [row.name] if row.by_query else [*row.phrases, *row.hashtags]
    return [*words, *row.handles]
