"""Queries compiled together: from many texts to the queries that each may satisfy."""

from collections.abc import Sequence
from itertools import chain
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from amends.matching.engine.alike import alike_form
from amends.matching.engine.finder import Finder, Hits
from amends.matching.engine.keys import Tokens, tokens_of
from amends.matching.engine.plain import Places, plain
from amends.matching.engine.plan import Bulk, Clauses, Plan, Shares, begins, plan, spread
from amends.matching.engine.probes import Clause, Probe

Flags = npt.NDArray[np.bool_]

MOST_ROWS = 4096
"""Texts looked through at once; more would leave the cache."""
_TRUSTED_AFTER = 500.0  # posts after which counting outweighs what was thought before
_FIRST_PLAN, _LAST_PLAN = 1_000, 4_000_000
_LEARNING = 16  # batches that are learned from in full at first; later one of so many
_SPOT_BITS = 18
_SPOT_MIX = np.uint64(0x9E3779B97F4A7C15)


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
    """A plan with what finds its probes; ``only_rest`` are those that lead to no query."""

    plan: Plan
    leads: Finder
    rest: Finder
    only_rest: Places


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
        self._probes = list(dict.fromkeys(chain.from_iterable(clauses)))
        numbers = {probe: number for number, probe in enumerate(self._probes)}
        held = [numbers[probe] for clause in clauses for probe in clause]
        sizes = np.array([len(clause) for clause in clauses], dtype=np.intp)
        owners = np.repeat(np.arange(self.size), [len(one) for one in queries])
        self._clauses = Clauses(np.array(held, dtype=np.intp), begins(sizes), sizes, owners)
        self._met = _TRUSTED_AFTER * np.array([probe.share for probe in self._probes])
        self._seen = np.full(len(self._probes), _TRUSTED_AFTER)
        self._posts, self._due, self._looks = 0, _FIRST_PLAN, 0
        if after is not None:
            self._remember(after.experience())
        self._replan()

    def pairs(self, texts: Sequence[str]) -> Pairs:
        """Every pair of a text and a query with clauses that holds for it, and some that do not."""
        found = []
        for start in range(0, len(texts), MOST_ROWS):
            part = texts[start : start + MOST_ROWS]
            rows, queries, order = self._look(part)
            keys = np.unique(order[rows] * self.size + queries)
            found.append((keys // self.size + start, keys % self.size))
            self._posts += len(part)
            if self._posts >= self._due:
                self._due = min(self._due * 4, self._posts + _LAST_PLAN)
                self._replan()
        if not found:
            return Pairs(np.zeros(0, dtype=np.intp), np.zeros(0, dtype=np.intp))
        return Pairs(*(np.concatenate(parts) for parts in zip(*found, strict=True)))

    def shares(self) -> Shares:
        """For each query the part of posts that get past its rarest clause; 1 without a clause."""
        return self._ready.plan.best

    def experience(self) -> "Experience":
        """What was learned from the posts so far."""
        counts = zip(self._met.tolist(), self._seen.tolist(), strict=True)
        return Experience(dict(zip(self._probes, counts, strict=True)), self._posts, self._due)

    def _remember(self, past: "Experience") -> None:
        self._posts, self._due = past.posts, past.due
        for number, probe in enumerate(self._probes):
            if probe in past.counts:
                self._met[number], self._seen[number] = past.counts[probe]

    def _replan(self) -> None:
        # Old counts weigh half, so that the plan follows a stream that changes.
        ripe = self._seen > _LAST_PLAN
        self._met[ripe] /= 2
        self._seen[ripe] /= 2
        made = plan(self._clauses, self._met / self._seen, self.size)
        # Put in place as one: another thread may be looking.
        self._ready = _Ready(
            made,
            Finder(self._probes, made.leads),
            Finder(self._probes, made.rest),
            np.setdiff1d(made.rest, made.leads),
        )

    def _look(self, texts: Sequence[str]) -> tuple[Places, Places, Places]:
        ready = self._ready
        form = plain(texts)
        tails = ready.leads.wants_tails or ready.rest.wants_tails
        tokens = tokens_of(form.buffer, tails=tails)
        if ready.leads.wants_alike or ready.rest.wants_alike:
            rows = [texts[at] for at in form.order.tolist()]
            tokens = tokens._replace(alike=tokens_of(alike_form(rows)))
        leads = ready.leads.find(tokens)
        self._met += np.bincount(leads.probes, minlength=len(self._met))
        self._seen[ready.plan.leads] += len(texts)
        few_rows, few = self._from_anchors(ready, leads, tokens, len(texts))
        bulk_rows, bulk = _from_bits(ready.plan.bulk, leads, len(texts))
        return np.concatenate((few_rows, bulk_rows)), np.concatenate((few, bulk)), form.order

    def _from_anchors(
        self, ready: "_Ready", leads: Hits, tokens: Tokens, texts: int
    ) -> tuple[Places, Places]:
        anchors = ready.plan.anchors
        sizes = anchors.sizes[leads.probes]
        at = np.flatnonzero(sizes)
        probes, sizes = leads.probes[at], sizes[at]
        rows = np.repeat(leads.rows[at].astype(np.intp), sizes)
        queries = anchors.queries[spread(anchors.starts[probes], sizes)]
        if not len(rows) or not anchors.rest:
            return rows, queries
        spots = Spots(self._find_rest(ready, tokens, rows, texts), len(self._probes))
        for level in anchors.rest:
            going = self._satisfied(level[queries], rows, spots)
            rows, queries = rows[going], queries[going]
        return rows, queries

    def _find_rest(self, ready: "_Ready", tokens: Tokens, rows: Places, texts: int) -> Hits:
        """The probes that stand beside anchors. Now and then they are looked for in all texts, to
        learn how common they are."""
        if not ready.rest.wants_alike:
            tokens = tokens._replace(alike=None)
        self._looks += 1
        if self._looks <= _LEARNING or self._looks % _LEARNING == 0:
            hits = ready.rest.find(tokens)
            counts = np.bincount(hits.probes, minlength=len(self._met))
            self._met[ready.only_rest] += counts[ready.only_rest]
            self._seen[ready.only_rest] += texts
            return hits
        asked = np.zeros(texts, dtype=np.bool_)
        asked[rows] = True
        return ready.rest.find(tokens.of_rows(np.flatnonzero(asked)))

    def _satisfied(self, wanted: Places, rows: Places, spots: "Spots") -> Flags:
        """Whether a probe of each wanted clause was met in its row; True for clause -1."""
        met = wanted < 0
        asked = np.flatnonzero(~met)
        if len(asked):
            which = wanted[asked]
            sizes = self._clauses.sizes[which]
            probes = self._clauses.held[spread(self._clauses.starts[which], sizes)]
            there = spots.holds(np.repeat(rows[asked], sizes), probes)
            met[asked] = np.logical_or.reduceat(there, begins(sizes))
        return met


class Spots:
    """Which probes were met in which rows. A small table of bits, which stays in the cache, answers
    most questions with no; the others are looked up in order."""

    def __init__(self, hits: Hits, probes: int) -> None:
        self._probes = probes
        # Narrow keys are sorted in half the time.
        self._type: type[np.unsignedinteger[Any]] = (
            np.uint32 if MOST_ROWS * probes < 1 << 32 else np.uint64
        )
        self._keys = (hits.rows.astype(np.intp) * probes + hits.probes).astype(self._type)
        self._table = np.zeros(1 << _SPOT_BITS, dtype=np.bool_)
        self._table[_spot(self._keys)] = True
        self._sorted = False

    def holds(self, rows: Places, probes: Places) -> Flags:
        """Whether each probe was met in the row given with it."""
        keys = (rows * self._probes + probes).astype(self._type)
        there: Flags = self._table.take(_spot(keys), mode="clip")
        maybe = np.flatnonzero(there)
        if len(maybe):
            if not self._sorted:
                self._keys.sort()
                self._sorted = True
            wanted = keys[maybe]
            found = self._keys.take(np.searchsorted(self._keys, wanted), mode="clip")
            there[maybe] = found == wanted
        return there


def _spot(keys: npt.NDArray[Any]) -> Places:
    return ((keys * _SPOT_MIX) >> np.uint64(64 - _SPOT_BITS)).view(np.intp)


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
