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
from amends.terms import BadInput, DeadLetter, Mention


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
    looked = matcher.lines(lines, kind)
    batch = SkimBatch(read=len(lines))
    batch.mentions = [Mention(post=one.post, watches=one.queries) for one in looked.matches]
    batch.gone = [other for _, other in looked.others if other is not None]
    for at, error in looked.dead:
        _bury(lines[at], error, kind, batch)
    not_a_post = len(looked.others) - len(batch.gone)
    met = len(looked.matches) + len(looked.others) + len(looked.dead)
    for reason, count in (("not_a_post", not_a_post), ("no_watch", len(lines) - met)):
        if count:
            batch.dropped[reason] = count
    return batch


def _bury(line: bytes, error: BadInput, kind: FrameKind, batch: SkimBatch) -> None:
    if line.strip():
        batch.dead.append(DeadLetter(source=kind.name, reason=str(error), raw=excerpt(line)))
    else:
        batch.dropped["blank"] += 1
