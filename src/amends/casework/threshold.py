"""What a threshold catches and what it costs: on posts that colleagues judged, and on all that is heard."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Final

LINES: Final = tuple(round(0.05 * step, 2) for step in range(1, 20))
_Z: Final = 1.96


@dataclass(frozen=True, slots=True)
class Point:
    """At the threshold ``line``: of the ``complaints`` judged so, ``caught`` reach it, and of all judged
    posts that reach it ``wrong`` are none. ``a_day``: posts about us that reach it, None where too short
    a time was looked at."""

    line: float
    complaints: int
    caught: int
    wrong: int
    a_day: float | None

    @property
    def share(self) -> float | None:
        """Of the complaints, those caught."""
        return self.caught / self.complaints if self.complaints else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """The share's 95 % interval, by Wilson."""
        return wilson(self.caught, self.complaints) if self.complaints else None

    @property
    def in_vain(self) -> float | None:
        """Of what reaches it, the share that is no complaint."""
        reached = self.caught + self.wrong
        return self.wrong / reached if reached else None


def point_at(
    line: float, judged: Sequence[tuple[bool, float]], heard: Sequence[float], *, days: float
) -> Point:
    """``judged``: whether a post is a complaint, and how likely the reader says so; ``heard``: how likely
    for all that was heard about us in so many ``days``."""
    complaints = [likely for complaint, likely in judged if complaint]
    others = [likely for complaint, likely in judged if not complaint]
    reached = sum(1 for likely in heard if likely >= line)
    return Point(
        line=line,
        complaints=len(complaints),
        caught=sum(1 for likely in complaints if likely >= line),
        wrong=sum(1 for likely in others if likely >= line),
        a_day=reached / days if days >= SHORTEST_DAYS else None,
    )


SHORTEST_DAYS: Final = 1 / 24
"""Of a shorter time nothing is said for a day."""


def curve(
    judged: Sequence[tuple[bool, float]], heard: Sequence[float], *, days: float
) -> list[Point]:
    """The thresholds from 0.05 to 0.95."""
    return [point_at(line, judged, heard, days=days) for line in LINES]


def wilson(hits: int, of: int) -> tuple[float, float]:
    """The 95 % interval of a share of ``of`` things, of which there is one at least."""
    share, square = hits / of, _Z * _Z
    middle = share + square / (2 * of)
    half = _Z * sqrt(share * (1 - share) / of + square / (4 * of * of))
    whole = 1 + square / of
    return max(0.0, (middle - half) / whole), min(1.0, (middle + half) / whole)
