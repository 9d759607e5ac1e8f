"""Figures of a bench: taken, and told as a table or as JSON."""

import os
import resource
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec


class Figure(msgspec.Struct, frozen=True, kw_only=True):
    """How fast ``what`` went: ``posts`` posts of ``size`` bytes in all.

    Seconds are of CPU and of the clock, those of the best round.
    """

    what: str
    posts: int
    size: int
    cpu_s: float
    wall_s: float

    @property
    def per_second(self) -> float:
        """Posts a second of CPU."""
        return self.posts / self.cpu_s if self.cpu_s else 0.0

    @property
    def megabytes(self) -> float:
        """Millions of bytes a second of CPU."""
        return self.size / self.cpu_s / 1e6 if self.cpu_s else 0.0


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """What a bench found. ``notes`` are sentences; ``peak_mb`` is the most memory held."""

    figures: list[Figure]
    values: dict[str, float]
    notes: list[str]
    peak_mb: float
    load: float
    cores: int


def timed(
    what: str, run: Callable[[], object], *, posts: int, size: int, rounds: int = 3
) -> Figure:
    """The best of some rounds."""
    best_cpu = best_wall = float("inf")
    for _ in range(rounds):
        cpu, wall = time.process_time(), time.perf_counter()
        run()
        best_cpu = min(best_cpu, time.process_time() - cpu)
        best_wall = min(best_wall, time.perf_counter() - wall)
    return Figure(what=what, posts=posts, size=size, cpu_s=best_cpu, wall_s=best_wall)


def percentile(values: Sequence[float], part: float) -> float:
    """The smallest value that is not below ``part`` (0 to 1) of them."""
    ranked = sorted(values)
    return ranked[min(len(ranked) - 1, int(part * len(ranked)))]


def for_a_while(
    what: str, look: Callable[[bytes], object], lines: Sequence[bytes], seconds: float
) -> Figure:
    """How fast something slow goes through as many lines as it can in that time."""
    cpu, wall = time.process_time(), time.perf_counter()
    posts = size = 0
    for line in lines:
        look(line)
        posts, size = posts + 1, size + len(line)
        if time.perf_counter() - wall > seconds:
            break
    spent = time.process_time() - cpu, time.perf_counter() - wall
    return Figure(what=what, posts=posts, size=size, cpu_s=spent[0], wall_s=spent[1])


def report(figures: list[Figure], values: dict[str, float], notes: list[str]) -> Report:
    """The figures with what the machine was doing besides."""
    load = os.getloadavg()[0]
    cores = os.cpu_count() or 1
    return Report(
        figures=figures, values=values, notes=notes, peak_mb=peak_mb(), load=load, cores=cores
    )


def lines_of(told: Report) -> list[str]:
    """A report as the lines of a table, each figure beside the first of them."""
    first = told.figures[0].per_second
    table = [f"{'':44} {'posts/s':>12} {'MB/s':>8} {'by the clock':>13} {'against':>9}"]
    for one in told.figures:
        clock = one.posts / one.wall_s if one.wall_s else 0.0
        ratio = one.per_second / first if first else 0.0
        table.append(
            f"{one.what:44} {one.per_second:12,.0f} {one.megabytes:8,.1f} {clock:13,.0f} {ratio:9.3g}"
        )
    values = [f"{name:44} {value:12,.3f}" for name, value in told.values.items()]
    machine = (
        f"Load {told.load:.1f} on {told.cores} cores. Most memory held: {told.peak_mb:,.0f} MB."
    )
    return [*table, *values, *told.notes, machine]


def peak_mb() -> float:
    """The most memory this process has held, in millions of bytes."""
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / 1e6 if sys.platform == "darwin" else most * 1024 / 1e6


def held_mb() -> float:
    """The memory this process holds now; where the system does not tell, the most it held."""
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
    except OSError:
        return peak_mb()
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6
