"""How fast it goes, on a terminal; sentences anywhere."""

import time
from typing import TYPE_CHECKING

import click

from amends.listening.lines.hearing import Tally

if TYPE_CHECKING:
    from rich.status import Status

_EVERY_S = 0.25


class Rate:
    """One line on standard error that tells what was heard so far, and how much a second."""

    def __init__(self, *, enabled: bool) -> None:
        self._status = _status() if enabled else None
        self._at = time.monotonic()
        self._posts = 0

    def show(self, tally: Tally) -> None:
        """Tell how it stands, a few times a second at most."""
        now = time.monotonic()
        if self._status is None or now - self._at < _EVERY_S:
            return
        speed = (tally.posts - self._posts) / (now - self._at)
        self._at, self._posts = now, tally.posts
        self._status.start()
        self._status.update(
            f"{tally.posts:,} posts, {speed:,.0f} a second; {tally.mentions:,} mentions, "
            f"{tally.dead:,} dead"
        )

    def tell(self, sentence: str) -> None:
        """A line of its own, above what is shown."""
        if self._status is None:
            click.echo(sentence, err=True)
        else:
            self._status.console.print(sentence)

    def stop(self) -> None:
        if self._status is not None:
            self._status.stop()


def _status() -> "Status":
    """What draws; it takes long to load, and is drawn on a terminal alone."""
    from rich.console import Console
    from rich.status import Status

    console = Console(stderr=True, highlight=False, markup=False, soft_wrap=True)
    return Status("Listening.", console=console)
