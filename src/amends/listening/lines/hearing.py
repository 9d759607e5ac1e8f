"""From lines to mentions."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

import msgspec

from amends.listening.asking import Watches
from amends.listening.frames import FrameKind
from amends.listening.frames.registry import KINDS, detect
from amends.listening.frames.x import may_be_page, unfold
from amends.listening.history.rows import excerpt
from amends.listening.lines.lines import Lines
from amends.listening.skim import skim_lines
from amends.terms import Clock, DeadLetter, Mention


@dataclass(slots=True)
class Tally:
    """What became of the lines. A line holds a mention, a removal, something dropped for a reason,
    or is dead; a page of X counts as its posts."""

    lines: int = 0
    size: int = 0  # bytes
    mentions: int = 0
    gone: int = 0
    dead: int = 0
    dropped: Counter[str] = field(default_factory=Counter)

    @property
    def posts(self) -> int:
        return self.mentions + self.dropped["no_watch"]


@dataclass(slots=True)
class Ear:
    """Hears the lines of many sources through the same watches. ``kinds`` says what frames a source sends; others are found out by their first line."""

    watches: Watches
    clock: Clock
    kinds: dict[str, FrameKind] = field(default_factory=dict)
    tally: Tally = field(default_factory=Tally)

    def hear(self, lines: Lines) -> tuple[list[Mention], list[DeadLetter]]:
        """The mentions that some lines hold, and what cannot be read of them."""
        tally, now = self.tally, self.clock.now()
        tally.lines += len(lines.data)
        tally.size += sum(map(len, lines.data))
        kind = self._kind_of(lines)
        mentions, dead = self._skimmed(kind, lines) if kind else ([], self._unknown(lines))
        dead = [_dated(letter, now) for letter in (*lines.dead, *dead)]
        tally.mentions += len(mentions)
        tally.dead += len(dead)
        return mentions, dead

    def _skimmed(self, kind: FrameKind, lines: Lines) -> tuple[list[Mention], list[DeadLetter]]:
        data, numbers = lines.data, lines.numbers
        if kind.name == "x" and any(map(may_be_page, data)):
            unfolded = [(n, one) for n, d in zip(numbers, data, strict=True) for one in unfold(d)]
            numbers, data = [n for n, _ in unfolded], [one for _, one in unfolded]
        found = skim_lines(data, kind, self.watches.matcher)
        mentions = [one for one in map(self._strict, found.mentions) if one is not None]
        found.dropped["no_watch"] += len(found.mentions) - len(mentions)
        self.tally.dropped += found.dropped
        self.tally.gone += len(found.gone)
        return mentions, _numbered(found.dead, lines.source, data, numbers)

    def _strict(self, mention: Mention) -> Mention | None:
        hits = self.watches.strict(mention.post, mention.watches)
        if hits == mention.watches:
            return mention
        return msgspec.structs.replace(mention, watches=hits) if hits else None

    def _kind_of(self, lines: Lines) -> FrameKind | None:
        """The kind of the source, as soon as one of its lines tells it."""
        if lines.source not in self.kinds:
            for line in lines.data:
                found = detect(line) if line.strip() else None
                if found is not None:
                    self.kinds[lines.source] = found
                    break
        return self.kinds.get(lines.source)

    def _unknown(self, lines: Lines) -> list[DeadLetter]:
        blank = sum(1 for line in lines.data if not line.strip())
        if blank:
            self.tally.dropped["blank"] += blank
        reason = f"What the line is is not known; say it with --kind ({', '.join(KINDS)})."
        return [
            DeadLetter(source=lines.source, reason=reason, raw=excerpt(line), line=number)
            for number, line in zip(lines.numbers, lines.data, strict=True)
            if line.strip()
        ]


def _numbered(
    letters: Sequence[DeadLetter], source: str, data: Sequence[bytes], numbers: Sequence[int]
) -> list[DeadLetter]:
    """The letters with the numbers of their lines, by how the lines begin."""
    if not letters:
        return []
    places: dict[str, list[int]] = {}
    for number, line in zip(reversed(numbers), reversed(data), strict=True):
        places.setdefault(excerpt(line), []).append(number)
    return [
        msgspec.structs.replace(letter, source=source, line=_next(places, letter.raw))
        for letter in letters
    ]


def _next(places: dict[str, list[int]], raw: str) -> int | None:
    numbers = places.get(raw)
    return numbers.pop() if numbers else None


def _dated(letter: DeadLetter, now: datetime) -> DeadLetter:
    return letter if letter.at is not None else msgspec.structs.replace(letter, at=now)
