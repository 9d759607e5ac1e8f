"""A progress bar on a terminal, nothing elsewhere."""

from types import TracebackType
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID


class Bar:
    """One bar for each phase, made when the phase is first told."""

    def __init__(self, *, enabled: bool) -> None:
        self._progress = _progress() if enabled else None
        self._phases: dict[str, TaskID] = {}

    def __enter__(self) -> Self:
        if self._progress is not None:
            self._progress.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._progress is not None:
            self._progress.stop()

    def show(self, phase: str, done: int, whole: int) -> None:
        """Move the bar of ``phase`` to ``done`` of ``whole``."""
        if self._progress is None:
            return
        if phase not in self._phases:
            self._phases[phase] = self._progress.add_task(phase, total=whole)
        self._progress.update(self._phases[phase], completed=done, total=whole)


def _progress() -> "Progress":
    """What draws; it takes long to load, and most commands draw nothing."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f} %"),
        TimeRemainingColumn(),
        console=Console(stderr=True),
    )
