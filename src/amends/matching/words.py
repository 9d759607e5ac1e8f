"""One text as terms are looked for in it: its tokens, entities and capitals."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cached_property, lru_cache
from typing import NamedTuple

from amends.text import (
    Entity,
    Token,
    entities,
    normalise,
    normalise_keeping_case,
    token_spans,
    tokens_of,
)

Run = tuple[int, int]
"""Tokens from one index up to, not including, another."""


class Found(NamedTuple):
    """A place in a normalised text, as code-point offsets, the end exclusive."""

    start: int
    end: int


class Words:
    """A text, read as far as somebody asks. ``form`` is what ``normalise`` made of ``text``."""

    def __init__(self, text: str, form: str | None = None) -> None:
        self.text = text
        self.form = normalise(text) if form is None else form
        self._starts: list[int] = []

    @cached_property
    def tokens(self) -> Sequence[str]:
        return tokens_of(self.form)

    @cached_property
    def spans(self) -> Sequence[Token]:
        """The tokens with their places in the form."""
        return token_spans(self.form)

    def start(self, index: int) -> int:
        """Where a token starts in the form; cheaper than ``spans`` for the first few."""
        starts, tokens = self._starts, self.tokens
        while len(starts) <= index:
            behind = starts[-1] + len(tokens[len(starts) - 1]) if starts else 0
            # Between tokens stand borders only, so the next place where it reads so is its own.
            starts.append(self.form.find(tokens[len(starts)], behind))
        return starts[index]

    def place(self, token: str) -> int:
        """Where a token first stands in the form; -1 where it does not.

        In most texts it can be told without reading their tokens.
        """
        form, size = self.form, len(token)
        at = form.find(token)
        while at >= 0:
            before, behind = form[at - 1 : at], form[at + size : at + size + 1]
            if (before in _BORDERS or _is_border(before)) and (
                behind in _BORDERS or _is_border(behind)
            ):
                return at
            if not (token.isascii() and before.isascii() and behind.isascii()):
                return next((self.start(index) for index in self._indexes(token)), -1)
            at = form.find(token, at + 1)
        return -1

    def may_be_tagged(self, place: int) -> bool:
        """Whether what begins there may be a part of a hashtag."""
        before = self.form[place - 1 : place]
        # Behind a letter only what is a token of its own begins, as in scripts without blanks.
        return "#" in self.form and (
            before in ("#", "_") or before.isalnum() or not before.isascii()
        )

    def at(self, token: str) -> Iterator[int]:
        """The indexes of a token, in order."""
        return self._indexes(token) if self.place(token) >= 0 else iter(())

    def _indexes(self, token: str) -> Iterator[int]:
        index = -1
        while True:
            try:
                index = self.tokens.index(token, index + 1)
            except ValueError:
                return
            yield index

    @cached_property
    def entities(self) -> Sequence[Entity]:
        return entities(self.form)

    @cached_property
    def named(self) -> dict[str, list[Entity]]:
        """The entities by each name they answer to, sign included."""
        places: dict[str, list[Entity]] = {}
        for entity in self.entities:
            for name in entity.names:
                places.setdefault(name, []).append(entity)
        return places

    @cached_property
    def hashtags(self) -> dict[int, Run | None]:
        """Of each token that is not a whole hashtag by itself, the tokens that are.

        None where no tokens are, as in ``#late_``.
        """
        if "#" not in self.form:
            return {}
        tags = [entity for entity in self.entities if entity.names[0][0] == "#"]
        starts = [token.start for token in self.spans] if tags else []
        held: dict[int, Run | None] = {}
        for tag in tags:
            run = bisect_left(starts, tag.start), bisect_left(starts, tag.end)
            filled = self._fills(run, tag)
            if run[1] - run[0] > 1 or not filled:
                held.update(dict.fromkeys(range(*run), run if filled else None))
        return held

    def cased(self, index: int) -> str:
        """A token with the capitals of the text."""
        kept, places = self._capitals
        token = self.spans[index]
        return kept[places[token.start] : places[token.end]] if places else kept[_cut(token)]

    def found(self, runs: Sequence[Run]) -> Found | None:
        """The place of tokens found; None where they are only a part of a hashtag."""
        if self.hashtags and self.cuts(runs):
            return None
        last = max(b for _, b in runs) - 1
        return Found(self.start(min(a for a, _ in runs)), self.start(last) + len(self.tokens[last]))

    def cuts(self, runs: Sequence[Run]) -> bool:
        """Whether these tokens are in a hashtag without being all of it."""
        tags = self.hashtags
        touched = Counter(tags[index] for run in runs for index in range(*run) if index in tags)
        return any(run is None or count < run[1] - run[0] for run, count in touched.items())

    def follows(self, index: int) -> bool:
        """Whether nothing stands between a token and the one before it."""
        return self.spans[index - 1].end == self.spans[index].start

    @cached_property
    def _capitals(self) -> tuple[str, Sequence[int]]:
        """The text with its capitals; for each place of the form the place there, if they differ."""
        kept = normalise_keeping_case(self.text)
        if len(kept) == len(self.form):
            return kept, ()
        places = [at for at, char in enumerate(kept) for _ in char.casefold()]
        return kept, [*places, len(kept)]

    def _fills(self, run: Run, tag: Entity) -> bool:
        """Whether tokens reach from a hashtag's sign to its end."""
        first, end = run
        inside = self.spans[first:end]
        return bool(inside) and (inside[0].start, inside[-1].end) == (tag.start + 1, tag.end)


@lru_cache(maxsize=4096)
def _is_border(char: str) -> bool:
    """Whether no token of ASCII reaches over a character, or over the end of a text."""
    return tokens_of(f"a{char}a")[0] == "a" if char else True


_BORDERS = frozenset(filter(_is_border, ("", *map(chr, range(128)))))


def _cut(token: Token) -> slice:
    return slice(token.start, token.end)
