"""The threshold in sight (R07): what it catches of corrected posts and what it costs, as a chart."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from amends.casework.correcting import LEAST_OF_EACH
from amends.casework.threshold import Point, curve, point_at
from amends.desk.models import Responder
from amends.desk.queries.corrections import judged, work_at

WEEKS: Final = timedelta(days=28)
MOST: Final = 20_000
_LEFT, _TOP, _WIDE, _HIGH = 44, 12, 512, 168


@dataclass(frozen=True, slots=True)
class Chart:
    """Lines of the chart as SVG takes them; ``at`` is where the threshold stands."""

    caught: str
    work: str
    at: int
    most: float
    marks: Sequence[tuple[int, str]]
    shares: Sequence[tuple[int, str]]


def sight_of(person: Responder, line: float, *, now: datetime) -> dict[str, Any]:
    """What the page shows beside the count: the point at ``line``, the curve, and how many posts it
    rests on."""
    posts = [(one.complaint, one.probability) for one in judged(person)]
    heard, days = work_at(since=now - WEEKS, until=now, most=MOST)
    points = curve(posts, heard, days=days)
    complaints = sum(complaint for complaint, _ in posts)
    return {
        "here": point_at(line, posts, heard, days=days),
        "points": points,
        "judged": len(posts),
        "complaints": complaints,
        "few": complaints < LEAST_OF_EACH,
        "chart": _chart(points, line),
    }


def _chart(points: Sequence[Point], line: float) -> Chart:
    days = [point.a_day for point in points if point.a_day is not None]
    most = max(days, default=0.0)
    caught = [(point.line, point.share) for point in points if point.share is not None]
    work = [(p.line, p.a_day / most) for p in points if p.a_day is not None and most]
    return Chart(
        caught=_line(caught),
        work=_line(work),
        at=_x(line),
        most=most,
        marks=[(_x(one / 10), f"{one / 10:.1f}") for one in range(0, 11, 2)],
        shares=[(_y(share / 100), f"{share} %") for share in (0, 50, 100)],
    )


def _line(points: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{_x(at)},{_y(share)}" for at, share in points)


def _x(share: float) -> int:
    return round(_LEFT + _WIDE * share)


def _y(share: float) -> int:
    return round(_TOP + _HIGH * (1 - share))
