"""The pipeline: a list of steps that can be read aloud, run over batches."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from amends.terms import Mention, Post, Reading


@dataclass(slots=True)
class Item:
    """A post on its way through the steps.

    ``to_us``, ``ours``, ``watches`` and ``reading`` become those of the ``Mention``.
    ``in_thread`` says that it belongs to a conversation already kept. ``dropped`` is the one word
    for why it goes no further.
    """

    post: Post
    to_us: bool = False
    ours: bool = False
    in_thread: bool = False
    watches: dict[str, tuple[str, ...]] = field(default_factory=dict)
    reading: Reading | None = None
    dropped: str | None = None

    def mention(self) -> Mention:
        return Mention(
            post=self.post,
            watches=self.watches,
            reading=self.reading,
            to_us=self.to_us,
            ours=self.ours,
        )


Step = Callable[[list[Item]], None]
"""Sets ``dropped`` to one word, or adds one thing. No step knows its neighbours."""


def run(items: Sequence[Item], steps: Sequence[Step], count: Counter[str]) -> list[Item]:
    """Take the items through the steps; the ones kept come back, in order.

    Each item dropped adds one to its reason in ``count``. What a step raises passes through, and
    then nothing has been counted.
    """
    going, reasons = list(items), Counter[str]()
    for step in steps:
        if not going:
            break
        step(going)
        kept = []
        for item in going:
            if item.dropped is None:
                kept.append(item)
            else:
                reasons[item.dropped] += 1
        going = kept
    count.update(reasons)
    return going
