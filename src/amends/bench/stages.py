"""What each stage of the cluster costs, from the kernel's own account."""

import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

_TICK: Final = os.sysconf("SC_CLK_TCK")


@dataclass(slots=True)
class Meter:
    """Seconds of CPU by stage, of all processes that were ever named for it.

    ``look`` must be called now and then: what a process did after the last look is not counted.
    """

    _seen: dict[str, dict[int, float]] = field(default_factory=dict)
    _before: dict[str, float] = field(default_factory=dict)

    def look(self, stage: str, processes: Iterable[int], *, families: bool = False) -> None:
        """Note what processes have used; with ``families`` their children too."""
        there = set(processes)
        if families:
            there |= _children(there)
        seen = self._seen.setdefault(stage, {})
        for pid in there:
            used = _cpu_s(pid)
            if used is not None:
                seen[pid] = used

    def start(self) -> None:
        """Count from here: what was used until now was for starting."""
        self._before = {stage: sum(seen.values()) for stage, seen in self._seen.items()}

    def used(self) -> dict[str, float]:
        return {
            stage: sum(seen.values()) - self._before.get(stage, 0.0)
            for stage, seen in self._seen.items()
        }


def _cpu_s(pid: int) -> float | None:
    fields = _stat(pid)
    return None if fields is None else (int(fields[11]) + int(fields[12])) / _TICK


def _stat(pid: int) -> list[str] | None:
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except OSError:  # it has ended
        return None
    return text.rpartition(")")[2].split()


def _children(parents: set[int]) -> set[int]:
    found = set()
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            fields = _stat(int(entry.name))
            if fields is not None and int(fields[1]) in parents:
                found.add(int(entry.name))
    return found
