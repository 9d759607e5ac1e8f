"""Skimming: from the lines of a stream to the mentions in them, most lines hardly read.

What cannot be read becomes a dead letter, and what is passed over is counted by its reason, so
every line is accounted for.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from amends.listening.frames.kind import FrameKind, Gone
from amends.listening.history.rows import excerpt
from amends.matching import Matcher
from amends.terms import BadInput, DeadLetter, Mention, Post


@dataclass(slots=True)
class SkimBatch:
    """What a batch of lines held.

    ``read`` counts its lines; each is one of ``mentions``, ``gone`` or ``dead``, or counted in
    ``dropped`` under ``no_watch``, ``not_a_post`` or ``blank``.
    """

    read: int = 0
    mentions: list[Mention] = field(default_factory=list)
    gone: list[Gone] = field(default_factory=list)
    dead: list[DeadLetter] = field(default_factory=list)
    dropped: Counter[str] = field(default_factory=Counter)


def skim(
    batches: Iterable[Sequence[bytes]], kind: FrameKind, matcher: Matcher
) -> Iterator[SkimBatch]:
    """What each batch of lines holds, one batch at a time; nothing is kept between them."""
    for lines in batches:
        yield skim_lines(lines, kind, matcher)


def skim_lines(lines: Sequence[bytes], kind: FrameKind, matcher: Matcher) -> SkimBatch:
    """What one batch of lines holds."""
    batch = SkimBatch(read=len(lines))
    posts: list[Post] = []
    for line in lines:
        found = _read(line, kind, batch)
        if isinstance(found, Post):
            posts.append(found)
        elif isinstance(found, Gone):
            batch.gone.append(found)
    for post, watches in zip(posts, matcher.batch(posts), strict=True):
        if watches:
            batch.mentions.append(Mention(post=post, watches=watches))
        else:
            batch.dropped["no_watch"] += 1
    return batch


def _read(line: bytes, kind: FrameKind, batch: SkimBatch) -> Post | Gone | None:
    """What a line holds. A line without a post is accounted for in the batch."""
    if not line.strip():
        batch.dropped["blank"] += 1
        return None
    try:
        found = kind.read(line)
    except BadInput as error:
        batch.dead.append(DeadLetter(source=kind.name, reason=str(error), raw=excerpt(line)))
        return None
    if found is None:
        batch.dropped["not_a_post"] += 1
    return found
