"""In which order the clauses of queries are looked at, as arrays."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from amends.matching.engine.plain import Places

Shares = npt.NDArray[np.float64]

BULK_SHARE = 0.01
"""From here on a query's rarest clause is looked at for all texts at once, as rows of bits."""
_SETTLED = 2e-6  # so few posts left by the clauses before need no further one
_IDLE_SHARE = 0.4  # a clause that so many posts satisfy is not worth looking at


class Clauses(NamedTuple):
    """All clauses of all queries, by query. ``held[starts[c]:starts[c] + sizes[c]]`` are the
    probes of clause ``c``; ``query_of[c]`` is its query."""

    held: Places
    starts: Places
    sizes: Places
    query_of: Places


class Anchors(NamedTuple):
    """Queries by the probes that lead to them: ``queries[starts[p]:starts[p] + sizes[p]]``.

    ``rest[level][query]`` is the next clause to look at, -1 for none.
    """

    queries: Places
    starts: Places
    sizes: Places
    rest: list[Places]


class Bulk(NamedTuple):
    """Queries looked at as bits. ``columns[p]`` is the row of bits of probe ``p``, -1 for none.

    ``rows`` are such rows clause after clause, ``clause_starts`` where each clause begins among
    them, ``query_starts`` where each of ``queries`` begins among the clauses.
    """

    queries: Places
    columns: Places
    width: int
    rows: Places
    clause_starts: Places
    query_starts: Places


class Plan(NamedTuple):
    """``leads`` are the probes to look for in all texts, ``rest`` those to look for where an anchor
    was met. ``best[q]`` is the share of posts that query q's rarest clause lets through, 1 where it
    has none."""

    leads: Places
    rest: Places
    best: Shares
    anchors: Anchors
    bulk: Bulk


def plan(
    clauses: Clauses, shares: Shares, queries: int, liked: npt.NDArray[np.bool_] | None = None
) -> Plan:
    """The plan for probes that stand in ``shares`` of the posts. Clauses of ``liked`` probes alone
    are looked at before others."""
    best = np.ones(queries)
    if not len(clauses.starts):
        none = clauses.held
        return Plan(none, none, best, _anchors(clauses, [], len(shares), queries), _no_bulk())
    share = np.minimum(1.0, np.add.reduceat(shares[clauses.held], clauses.starts))
    order = np.lexsort((share, _disliked(clauses, liked), clauses.query_of))
    ranks = _ranks(clauses.query_of[order])
    first = order[ranks == 0]
    best[clauses.query_of[first]] = share[first]
    common = best[clauses.query_of] >= BULK_SHARE
    useful = (share < _IDLE_SHARE)[order] & _before(share[order], ranks, common[order])
    useful |= ranks == 0
    levels = [order[(ranks == rank) & useful & ~common[order]] for rank in range(ranks.max() + 1)]
    bulky = order[common[order] & useful]
    leads = _probes_of(clauses, np.concatenate((levels[0], bulky)))
    rest = _probes_of(clauses, np.concatenate(levels[1:]) if levels[1:] else levels[0][:0])
    anchors = _anchors(clauses, levels, len(shares), queries)
    return Plan(leads, rest, best, anchors, _bulk(clauses, bulky, len(shares)))


def _disliked(clauses: Clauses, liked: npt.NDArray[np.bool_] | None) -> npt.NDArray[np.bool_]:
    """Whether clauses have a probe that is not liked."""
    if liked is None:
        return np.zeros(len(clauses.starts), dtype=np.bool_)
    return np.logical_or.reduceat(~liked[clauses.held], clauses.starts)


def spread(starts: Places, sizes: Places) -> Places:
    """``[*range(s, s + n)]`` for each start and size, one after the other."""
    ends = np.cumsum(sizes)
    return np.arange(ends[-1] if len(ends) else 0) + np.repeat(starts - ends + sizes, sizes)


def begins(sizes: Places) -> Places:
    """Where runs of these sizes begin when they stand one after the other."""
    return np.cumsum(sizes) - sizes


def _probes_of(clauses: Clauses, chosen: Places) -> Places:
    return np.unique(clauses.held[spread(clauses.starts[chosen], clauses.sizes[chosen])])


def _ranks(groups: Places) -> Places:
    """0, 1, 2 ... within each run of equal numbers."""
    steps = np.arange(len(groups))
    new = np.diff(groups, prepend=-1) != 0
    return steps - np.maximum.accumulate(np.where(new, steps, 0))


def _before(share: Shares, ranks: Places, common: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """Whether enough is left, after the clauses that rank before, for one more to be worth it."""
    sums = np.cumsum(np.log(share)) - np.log(share)
    starts = np.maximum.accumulate(np.where(ranks == 0, np.arange(len(ranks)), 0))
    going: npt.NDArray[np.bool_] = np.exp(sums - sums[starts]) > _SETTLED
    return common | going


def _anchors(clauses: Clauses, levels: list[Places], probes: int, queries: int) -> Anchors:
    first = levels[0] if levels else np.zeros(0, dtype=np.intp)
    held = clauses.held[spread(clauses.starts[first], clauses.sizes[first])]
    owners = np.repeat(clauses.query_of[first], clauses.sizes[first])
    sizes = np.bincount(held, minlength=probes)
    rest = []
    for level in levels[1:]:
        next_clause = np.full(queries, -1, dtype=np.intp)
        next_clause[clauses.query_of[level]] = level
        rest.append(next_clause)
    return Anchors(owners[np.argsort(held, kind="stable")], begins(sizes), sizes, rest)


def _bulk(clauses: Clauses, chosen: Places, probes: int) -> Bulk:
    sizes = clauses.sizes[chosen]
    held = clauses.held[spread(clauses.starts[chosen], sizes)]
    known = np.unique(held)
    columns = np.full(probes, -1, dtype=np.intp)
    columns[known] = np.arange(len(known))
    queries, query_starts = np.unique(clauses.query_of[chosen], return_index=True)
    return Bulk(queries, columns, len(known), columns[held], begins(sizes), query_starts)


def _no_bulk() -> Bulk:
    none = np.zeros(0, dtype=np.intp)
    return Bulk(none, none, 0, none, none, none)
