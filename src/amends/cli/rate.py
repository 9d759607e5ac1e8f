"""How fast it goes, on a terminal; sentences anywhere."""

import time

from rich.console import Console
from rich.status import Status

from amends.listening.lines.hearing import Tally

_EVERY_S = 0.25


class Rate:
    """One line on standard error that tells what was heard so far, and how much a second."""

    def __init__(self, *, enabled: bool) -> None:
        self._console = Console(stderr=True, highlight=False, markup=False, soft_wrap=True)
        self._status = Status("Listening.", console=self._console) if enabled else None
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
        self._console.print(sentence)

    def stop(self) -> None:
        if self._status is not None:
            self._status.stop()
