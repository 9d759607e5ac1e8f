"""Where listening puts what it heard."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Protocol

from amends.terms import DeadLetter, Mention


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """What one page of a source came to.

    ``cursor`` is where the source goes on once this is stored; None leaves it where it is.
    ``deleted`` are ids of posts whose authors removed them. ``dropped`` counts posts by reason.
    """

    source: str
    cursor: str | None = None
    mentions: tuple[Mention, ...] = ()
    deleted: tuple[str, ...] = ()
    dead: tuple[DeadLetter, ...] = ()
    dropped: Counter[str] = field(default_factory=Counter)


class Sink(Protocol):
    """Stores batches. The desk has one; a list in memory is another."""

    def store(self, batch: Batch) -> None:
        """Store all of the batch in one transaction, or raise and store nothing of it.

        The cursor moves in that transaction. Storing a mention again changes nothing: a page comes
        twice where a process died between the store and the news of it.
        """
        ...
