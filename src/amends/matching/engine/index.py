"""Queries compiled together: from many texts to the queries that each may satisfy."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import chain
from typing import NamedTuple

import numpy as np

from amends.matching.engine.beside import Beside, Needed, each_row
from amends.matching.engine.block import Block
from amends.matching.engine.finder import Finder, Hits, together
from amends.matching.engine.plain import Places
from amends.matching.engine.plan import Bulk, Clauses, Plan, Shares, begins, plan, spread
from amends.matching.engine.probes import Clause, Probe
from amends.matching.engine.scanner import Scanner, scanner
from amends.matching.engine.spots import Flags, Spots

_TRUSTED_AFTER = 500.0  # posts after which counting outweighs what was thought before
_FIRST_PLAN, _LAST_PLAN = 1_000, 4_000_000
_LEARNING, _LEARN_EVERY = 65_536, 64  # texts learned from in full first, later one batch of so many
_MOST_HITS = 3.0  # a text; where more is expected, tables are faster than a scanner
_FEW = 64  # texts that tell nothing yet of how many hits there will be
_NEEDLESS = 0.02  # hits a text that cost less than going through it a second time
_SUPERFLUOUS = 0.2  # hits a text of probes that lead nowhere any more, before they are dropped


class Pairs(NamedTuple):
    """``texts[i]`` (a place among the texts given) may satisfy ``queries[i]``; by texts."""

    texts: Places
    queries: Places


class Experience(NamedTuple):
    """How often probes were met in how many posts; ``due`` is when to plan anew."""

    counts: dict[Probe, tuple[float, float]]
    posts: int
    due: int


class _Ready(NamedTuple):
    """A plan with what finds its probes; ``only_rest`` are those that lead to no query,
    ``leading`` tells for each probe whether it does.

    ``scanners`` find the leading probes between them as ``leads`` does, where that pays.
    """

    plan: Plan
    leads: Finder
    rest: Finder
    only_rest: Places
    leading: Flags
    scanners: tuple[Scanner, ...]


class Index:
    """The clauses of many queries, fixed; queries are numbered as they are given.

    A query without a clause is in ``unbounded`` and never found here. Which clause is looked at
    first follows how often probes were met so far, in ``after`` too; it changes the cost, never what
    is found.
    """

    def __init__(self, queries: Sequence[Sequence[Clause]], after: "Index | None" = None) -> None:
        self.size = len(queries)
        self.unbounded = [number for number, clauses in enumerate(queries) if not clauses]
        clauses = list(chain.from_iterable(queries))
        self._probes = _each_once(chain.from_iterable(clauses))
        numbers = {probe: number for number, probe in enumerate(self._probes)}
        held = [numbers[probe] for clause in clauses for probe in clause]
        sizes = np.array([len(clause) for clause in clauses], dtype=np.intp)
        owners = np.repeat(np.arange(self.size), [len(one) for one in queries])
        self._clauses = Clauses(np.array(held, dtype=np.intp), begins(sizes), sizes, owners)
        self._needed = Needed(self._probes)
        self._met = _TRUSTED_AFTER * np.array([probe.share for probe in self._probes])
        self._seen = np.full(len(self._probes), _TRUSTED_AFTER)
        self._posts, self._due, self._looks = 0, _FIRST_PLAN, 0
        self._unplanned = 0  # texts that the leading probes of the plan were looked for in
        if after is not None:
            self._remember(after.experience())
        self._ready = self._planned(())

    def pairs(self, block: Block) -> Pairs:
        """Every pair of a text and a query with clauses that holds for it, and some that do not."""
        if not len(self._probes):
            return Pairs(np.zeros(0, dtype=np.intp), np.zeros(0, dtype=np.intp))
        rows, queries = self._look(block)
        keys = _sorted_once(block.plain.order[rows] * self.size + queries)
        self._posts += len(block)
        if self._posts >= self._due:
            self._due = min(self._due * 4, self._posts + _LAST_PLAN)
            self._seen, self._unplanned = self._seen_by_now(), 0
            # Put in place as one: another thread may be looking.
            self._ready = self._planned(self._ready.scanners)
        return Pairs(keys // self.size, keys % self.size)

    def shares(self) -> Shares:
        """For each query the part of posts that get past its rarest clause; 1 without a clause."""
        return self._ready.plan.best

    def experience(self) -> "Experience":
        """What was learned from the posts so far."""
        counts = zip(self._met.tolist(), self._seen_by_now().tolist(), strict=True)
        return Experience(dict(zip(self._probes, counts, strict=True)), self._posts, self._due)

    def _seen_by_now(self) -> Shares:
        """In how many texts each probe was looked for."""
        seen = self._seen.copy()
        seen[self._ready.plan.leads] += self._unplanned
        return seen

    def _remember(self, past: "Experience") -> None:
        self._posts, self._due = past.posts, past.due
        for number, probe in enumerate(self._probes):
            if probe in past.counts:
                self._met[number], self._seen[number] = past.counts[probe]

    def _planned(self, scanners: tuple[Scanner, ...]) -> _Ready:
        """A plan by what was counted so far; ``scanners`` are those of the plan before."""
        # Old counts weigh half, so that the plan follows a stream that changes.
        ripe = self._seen > _LAST_PLAN
        self._met[ripe] /= 2
        self._seen[ripe] /= 2
        made = self._kept_to(scanners, plan(self._clauses, self._met / self._seen, self.size))
        leading = np.zeros(len(self._probes), dtype=np.bool_)
        leading[made.leads] = True
        return _Ready(
            made,
            Finder(self._probes, made.leads),
            Finder(self._probes, made.rest),
            np.setdiff1d(made.rest, made.leads),
            leading,
            self._scanners(made, scanners),
        )

    def _kept_to(self, scanners: tuple[Scanner, ...], made: Plan) -> Plan:
        """The plan, or another that looks for hardly more and needs no second scanner for it."""
        if not scanners or not len(np.setdiff1d(made.leads, scanners[0].probes)):
            return made
        shares = self._met / self._seen
        liked = np.zeros(len(shares), dtype=np.bool_)
        liked[scanners[0].probes] = True
        other = plan(self._clauses, shares, self.size, liked)
        needless = shares[other.leads].sum() - shares[made.leads].sum()
        return other if needless < _NEEDLESS else made

    def _scanners(self, made: Plan, before: tuple[Scanner, ...]) -> tuple[Scanner, ...]:
        """What scans for the leading probes, unless many of them stand in a text.

        Making one takes as long as it saves in some 100,000 posts, so one that is there is kept, with
        another for the few probes that it lacks, until the plan has settled.
        """
        shares = self._met / self._seen
        expected = shares[made.leads].sum()
        if expected > _MOST_HITS:
            return ()
        for old in before[:1]:
            missing = np.setdiff1d(made.leads, old.probes)
            superfluous = shares[old.probes].sum() - expected
            if not len(missing) and superfluous < _SUPERFLUOUS:
                return (old,)
            if len(missing) < len(made.leads) / 10 and self._posts < _LAST_PLAN:
                more = scanner(self._probes, missing)
                return (old, more) if more is not None else ()
        made_anew = scanner(self._probes, made.leads)
        return (made_anew,) if made_anew is not None else ()

    def _look(self, block: Block) -> tuple[Places, Places]:
        """Rows of the block's plain form, and queries that each may satisfy."""
        ready = self._ready
        leads = self._find_leads(ready, block)
        self._count_leads(ready, leads, len(block))
        rows, queries = _led(ready.plan, leads)
        if len(rows) and ready.plan.anchors.rest:
            beside = self._beside(ready, block, rows)
            for level in ready.plan.anchors.rest:
                going = self._satisfied(level[queries], rows, beside)
                rows, queries = rows[going], queries[going]
        bulk_rows, bulk = _from_bits(ready.plan.bulk, leads, len(block))
        return np.concatenate((rows, bulk_rows)), np.concatenate((queries, bulk))

    def _find_leads(self, ready: _Ready, block: Block) -> Hits:
        if not ready.scanners:
            return ready.leads.find(block)
        leads = together([one.find(block) for one in ready.scanners])
        if len(leads.rows) > 2 * _MOST_HITS * max(len(block), _FEW):
            # More than was thought; the next plan knows it.
            self._ready = ready._replace(scanners=())
        if ready.leads.wants_alike:
            return together([leads, ready.leads.find_alike(block.alike)])
        return leads

    def _count_leads(self, ready: _Ready, hits: Hits, texts: int) -> None:
        """``_count`` of the leading probes, for what their hits cost; a scanner may meet others."""
        np.add.at(self._met, hits.probes[ready.leading[hits.probes]], 1.0)
        self._unplanned += texts

    def _count(self, probes: Places, hits: Hits, texts: int) -> None:
        """Remember how often those probes were met in some more texts."""
        self._met[probes] += np.bincount(hits.probes, minlength=len(self._met))[probes]
        self._seen[probes] += texts

    def _beside(self, ready: _Ready, block: Block, rows: Places) -> Spots | Beside:
        """Which probes stand beside anchors in those rows. Now and then they are looked for in all
        texts, to learn how common they are."""
        self._looks += 1
        if self._posts < _LEARNING or self._looks % _LEARN_EVERY == 0:
            hits = ready.rest.find(block)
            self._count(ready.only_rest, hits, len(block))
        elif ready.scanners:
            return Beside(block, self._needed, ready.rest)
        else:
            hits = ready.rest.find(block, each_row(rows, len(block)))
        return Spots(hits, len(self._probes))

    def _satisfied(self, wanted: Places, rows: Places, beside: Spots | Beside) -> Flags:
        """Whether a probe of each wanted clause was met in its row; True for clause -1."""
        met = wanted < 0
        asked = np.flatnonzero(~met)
        if len(asked):
            which = wanted[asked]
            sizes = self._clauses.sizes[which]
            probes = self._clauses.held[spread(self._clauses.starts[which], sizes)]
            there = beside.hold(np.repeat(rows[asked], sizes), probes)
            met[asked] = np.logical_or.reduceat(there, begins(sizes))
        return met


def _sorted_once(keys: Places) -> Places:
    """Keys in order, each once. ``np.unique`` takes longer for as few."""
    ordered: Places = np.sort(keys)
    new: Flags = np.diff(ordered, prepend=-1) != 0
    return ordered[new]


def _led(made: Plan, leads: Hits) -> tuple[Places, Places]:
    """Rows and the queries whose rarest clause has a probe there."""
    sizes = made.anchors.sizes[leads.probes]
    at = np.flatnonzero(sizes)
    probes, sizes = leads.probes[at], sizes[at]
    rows = np.repeat(leads.rows[at].astype(np.intp), sizes)
    return rows, made.anchors.queries[spread(made.anchors.starts[probes], sizes)]


def _from_bits(bulk: Bulk, hits: Hits, texts: int) -> tuple[Places, Places]:
    """Rows and queries by AND and OR of one bit a text."""
    if not len(bulk.queries):
        return np.zeros(0, dtype=np.intp), np.zeros(0, dtype=np.intp)
    columns = bulk.columns[hits.probes]
    used = np.flatnonzero(columns >= 0)
    grid = np.zeros((bulk.width, -(-texts // 64) * 64), dtype=np.bool_)
    grid[columns[used], hits.rows[used]] = True
    bits = np.packbits(grid, axis=1, bitorder="little").view(np.uint64)
    clauses = np.bitwise_or.reduceat(bits[bulk.rows], bulk.clause_starts, axis=0)
    met = np.bitwise_and.reduceat(clauses, bulk.query_starts, axis=0)
    at, word = np.nonzero(met)
    held = met[at, word].view(np.uint8).reshape(-1, 8)
    which, bit = np.nonzero(np.unpackbits(held, axis=1, bitorder="little"))
    return word[which] * 64 + bit, bulk.queries[at[which]]


def _each_once(probes: Iterable[Probe]) -> list[Probe]:
    """Probes in order. Of those that share a key and differ, all stand under one, whose words then
    tell nothing."""
    found: dict[Probe, Probe] = {}
    for probe in probes:
        kept = found.setdefault(probe, probe)
        if kept is not probe and kept.words != probe.words:
            found[probe] = replace(kept, words=())
    return list(found.values())
