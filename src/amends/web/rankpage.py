"""Where a complaint stands in searches, as a case shows it: a line over the days and its rows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from amends.desk.actions.ranking import search_in_force
from amends.desk.models import Case, RankEntry, RankWatch
from amends.desk.queries.there import ALL, Part, Parts

WIDTH, HEIGHT, EDGE = 240, 72, 6
SHOWN = 200


@dataclass(frozen=True, slots=True)
class Line:
    """One query and address. ``points`` is an SVG path's, with a gap where it was not found;
    ``dots`` are the places that were seen."""

    query: str
    address: str
    entries: Sequence[RankEntry]
    path: str
    dots: Sequence[tuple[float, float, str]]
    said: str
    deepest: int
    watch: RankWatch | None


def rank_facts(case: Case, *, can: Mapping[str, bool], there: Parts = ALL) -> dict[str, Any]:
    rows, watches = list[RankEntry](), list[RankWatch]()
    if Part.RANKS in there:
        rows = list(case.rank_entries.select_related("by").order_by("-at", "-pk")[:SHOWN])
    if Part.RANK_WATCHES in there:
        watches = list(case.rank_watches.filter(due_at__isnull=False).order_by("pk"))
    pairs = dict.fromkeys(
        [(one.query, one.address) for one in watches] + [(one.query, one.address) for one in rows]
    )
    lines = [_line(pair, rows, watches) for pair in pairs]
    return {
        "lines": lines,
        "searches": can["work"] and Part.SEARCH in there and search_in_force() is not None,
        "query": case.brand.name,
        "address": "" if case.first_post.private else case.first_post.url,
        "width": WIDTH,
        "height": HEIGHT,
    }


def _line(pair: tuple[str, str], rows: Sequence[RankEntry], watches: Sequence[RankWatch]) -> Line:
    mine = [one for one in rows if (one.query, one.address) == pair]
    watch = next((one for one in watches if (one.query, one.address) == pair), None)
    oldest_first = mine[::-1]
    deepest = max((one.place or 0 for one in mine), default=0)
    dots = _dots(oldest_first, max(deepest, 10))
    return Line(*pair, mine, _path(dots), [one for one in dots if one], said(mine), deepest, watch)


def said(entries: Sequence[RankEntry]) -> str:
    """How it went, in a sentence; the newest entry first."""
    if not entries:
        return "Not looked up yet."
    newest, oldest = entries[0], entries[-1]
    now = place_words(newest)
    if len(entries) == 1 or newest.place == oldest.place:
        return f"{now}."
    if newest.place is None or (oldest.place and newest.place > oldest.place):
        return f"{now}, down from {place_words(oldest).lower()}."
    return f"{now}, up from {place_words(oldest).lower()}."


def place_words(entry: RankEntry) -> str:
    if entry.place is not None:
        return f"Place {entry.place}"
    return f"Not among the first {entry.among}" if entry.among else "Not found"


Dot = tuple[float, float, str]


def _dots(entries: Sequence[RankEntry], deepest: int) -> list[Dot | None]:
    """Where each entry stands in the picture: the top of the search is at the top."""
    if not entries:
        return []
    first, last = entries[0].at, entries[-1].at
    span = max((last - first).total_seconds(), 1.0)
    found: list[Dot | None] = []
    for one in entries:
        if one.place is None:
            found.append(None)
            continue
        along = (one.at - first).total_seconds() / span if len(entries) > 1 else 0.5
        x = EDGE + along * (WIDTH - 2 * EDGE)
        y = EDGE + (one.place - 1) / max(deepest - 1, 1) * (HEIGHT - 2 * EDGE)
        found.append((round(x, 1), round(y, 1), f"{place_words(one)}, {_day(one.at)}"))
    return found


def _day(at: datetime) -> str:
    return f"{at:%-d %B %Y}"


def _path(dots: Sequence[Dot | None]) -> str:
    parts, open_line = [], False
    for dot in dots:
        if dot is not None:
            parts.append(f"{'L' if open_line else 'M'}{dot[0]} {dot[1]}")
        open_line = dot is not None
    return " ".join(parts)
