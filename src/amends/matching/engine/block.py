"""Some texts as the engine reads them: each form made once, when it is first asked for."""

from collections.abc import Sequence
from functools import cached_property

import numpy as np

from amends.matching.engine.alike import alike_form
from amends.matching.engine.keys import Tokens, tokens_of
from amends.matching.engine.plain import PADDING, Places, Plain, plain

MOST_ROWS = 8192
"""Texts looked through at once; more would leave the cache."""


class Block:
    """Texts, at most ``MOST_ROWS``, shared by all that looks through them."""

    def __init__(self, texts: Sequence[str]) -> None:
        self.texts = texts
        self._tokens: Tokens | None = None

    def __len__(self) -> int:
        return len(self.texts)

    @cached_property
    def plain(self) -> Plain:
        return plain(self.texts)

    @cached_property
    def alike(self) -> Tokens:
        """What the tokens of each row look like."""
        return tokens_of(alike_form([self.texts[at] for at in self.plain.order.tolist()]))

    def tokens(self, *, tails: bool) -> Tokens:
        """The tokens of the plain form, with their ``tails`` where that is asked for."""
        known = self._tokens
        if known is None or (tails and not len(known.tails)):
            known = self._tokens = tokens_of(self.plain.buffer, tails=tails)
        return known

    def tokens_of(self, rows: Places, *, tails: bool) -> Tokens:
        """The tokens of some rows, with the numbers of their rows."""
        if self._tokens is not None:
            return self.tokens(tails=tails).of_rows(rows)
        return tokens_of(self.cut(rows), tails=tails, rows=rows)

    def cut(self, rows: Places) -> bytes:
        """The plain form of some rows."""
        buffer = self.plain.buffer
        bounds = zip(self._begins[rows].tolist(), self._begins[rows + 1].tolist(), strict=True)
        return b"".join((PADDING, *[buffer[begin:end] for begin, end in bounds], PADDING))

    def row(self, number: int) -> bytes:
        """One row of the plain form, with its line end."""
        return self.plain.buffer[self._begins[number] : self._begins[number + 1]]

    @cached_property
    def _begins(self) -> Places:
        """Where each row begins, and where the last one ends."""
        return np.concatenate(([len(PADDING)], self.plain.ends + 1))
