"""Two tiers: a fast one for every text, and a deep one for what is uncertain or weighs much.

Which texts go deep depends on each text alone, so a text scores the same alone and in company.
"""

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from amends.terms import BadInput
from amends.understanding.fast.model import COLUMNS, EMOTION, SENTIMENT, Weights
from amends.understanding.fast.tier import FastTier
from amends.understanding.head import Head
from amends.understanding.scores import SENTIMENTS, SINGLES, Scores

Numbers = NDArray[np.float32]
Depth = Literal["none", "unsure", "all"]
# How far below the threshold, in log-odds, a text's words are looked at: where the deep tier or a head has
# its say yet, and where rounding alone does.
_MAY_RISE, _NEAR = 1.0, 0.01
_NEUTRAL = SENTIMENTS.index("neutral")


class Encodes(Protocol):
    """Makes a row of numbers of each text; ``knows`` says whether it knows a text's language."""

    def knows(self, text: str) -> bool: ...
    def rows(self, texts: Sequence[str]) -> Numbers: ...


class Mixes(Protocol):
    """Scores of both tiers together, shape (n, 15), from rows and from the fast tier's scores."""

    @property
    def name(self) -> str: ...
    def mixed(self, rows: Numbers, fast: Numbers) -> Numbers: ...


@dataclass(frozen=True, slots=True)
class Policy:
    """Which texts go deep: those whose complaint is likelier than ``least`` and less likely than
    ``most``, whose likeliest sentiment is less likely than ``mood``, whose likeliest emotion is less
    likely than ``emotion``, or who are as likely abusive as not, by no more than ``abuse``."""

    least: float = 0.18
    most: float = 0.5
    mood: float = 0.56
    emotion: float = 0.0
    abuse: float = 0.0


@dataclass(frozen=True, slots=True)
class Seen:
    """What tiers see in n texts. ``raw``: their scores, (n, 15), before they are shares; ``rows``: the
    encoder's, (n, width), noughts where it did not read; the rest as in ``Scores``."""

    raw: Numbers
    rows: Numbers
    silent: NDArray[np.bool_]
    deep: NDArray[np.bool_]
    unsure: NDArray[np.bool_]
    why: list[tuple[str, ...]]


class Tiers:
    """Scores texts. ``depth``: which of them the deep tier reads too, none, the unsure or all.

    Safe to share between threads.
    """

    def __init__(
        self,
        weights: Weights,
        encoder: Encodes | None = None,
        heads: Mixes | None = None,
        *,
        depth: Depth = "unsure",
        policy: Policy | None = None,
    ) -> None:
        self.threshold = weights.threshold
        self._name = weights.name
        self._fast = FastTier(weights)
        both = encoder is not None and heads is not None
        self._encoder, self._heads = (encoder, heads) if both else (None, None)
        self._depth, self._policy = depth, policy or Policy()
        self._head: Head | None = None
        self._tipping = float(np.log(self.threshold / (1 - self.threshold)))

    @property
    def model(self) -> str:
        """The names of what reads, one after another."""
        names = [self._name]
        if self._heads is not None and self._depth != "none":
            names.append(self._heads.name)
        if self._head is not None:
            names.append(self._head.name)
        return "+".join(names)

    @property
    def whole(self) -> str:
        """The name of all there is without a head, asked or not: what a head is learnt over."""
        return f"{self._name}+{self._heads.name}" if self._heads is not None else self._name

    @property
    def head(self) -> Head | None:
        return self._head

    @property
    def depth(self) -> Depth:
        return self._depth

    @property
    def has_deep(self) -> bool:
        """Whether there is a deep tier, asked or not."""
        return self._heads is not None

    def at(self, depth: Depth) -> "Tiers":
        """The same tiers, asked otherwise; what they have learnt and remember is shared."""
        other = copy(self)
        other._depth = depth  # noqa: SLF001 (a copy of ourselves)
        return other

    def with_head(self, head: Head | None) -> "Tiers":
        """The same tiers under a head. Raises ``BadInput`` for one that was learnt over others."""
        if head is not None and head.reader != self.whole:
            raise BadInput(
                f"{head.name} was learnt over {head.reader} and does not fit {self.whole};"
                " run `amends learn` again."
            )
        other = copy(self)
        other._head = head  # noqa: SLF001 (a copy of ourselves)
        return other

    def scores(self, texts: Sequence[str]) -> Scores:
        """What the models see in each text, in order."""
        seen = self.see(texts)
        raw, taught = seen.raw, np.zeros(len(texts), np.float32)
        if self._head is not None:
            raw = self._head.moved(raw, texts, seen.rows)
            raw[seen.silent] = 0
            taught = raw[:, 0] - seen.raw[:, 0]
        return _scores(raw, seen, taught, self._tipped(raw, seen.why))

    def see(self, texts: Sequence[str]) -> "Seen":
        """What the tiers see in each text, before a head has its say."""
        final = self._head is None and (self._encoder is None or self._depth == "none")
        raw, why = self._fast.scores(texts, self._tipping - (_NEAR if final else _MAY_RISE))
        silent = np.isneginf(raw[:, 0])
        raw[silent] = 0
        unsure = self._unsure(raw) & ~silent if self.has_deep else np.zeros(len(texts), np.bool_)
        deep = np.zeros(len(texts), np.bool_)
        width = self._head.width if self._head is not None else 0
        seen = np.zeros((len(texts), width), np.float32)
        if self._encoder is not None and self._heads is not None and self._depth != "none":
            wanted = unsure if self._depth == "unsure" else ~silent
            asked = np.nonzero(wanted)[0].tolist()
            rows = [row for row in asked if self._encoder.knows(texts[row])]
            deep[rows] = True
            unsure = np.zeros(len(texts), np.bool_)  # all that the deep tier can say it has said
            if rows:
                found = self._encoder.rows([texts[row] for row in rows])
                if seen.shape[1] != found.shape[1]:
                    seen = np.zeros((len(texts), found.shape[1]), np.float32)
                seen[rows] = found
                raw[rows] = self._heads.mixed(found, raw[rows])
        return Seen(raw, seen, silent, deep, unsure, why)

    def raw(self, texts: Sequence[str]) -> Numbers:
        """The fast tier's scores before they are shares, shape (n, 15); noughts where nothing is said."""
        found, _ = self._fast.scores(texts, np.inf)
        found[np.isneginf(found[:, 0])] = 0
        return found

    def _unsure(self, raw: Numbers) -> NDArray[np.bool_]:
        policy = self._policy
        complaint = sigmoid(raw[:, 0])
        mood = softmax(raw[:, SENTIMENT]).max(axis=1)
        emotion = softmax(raw[:, EMOTION]).max(axis=1)
        abuse = np.abs(sigmoid(raw[:, COLUMNS.index("offensive")]) - 0.5)
        unsure: NDArray[np.bool_] = (complaint > policy.least) & (complaint < policy.most)
        unsure |= (mood < policy.mood) | (emotion < policy.emotion) | (abuse < policy.abuse)
        return unsure

    def _tipped(self, raw: Numbers, why: list[tuple[str, ...]]) -> list[tuple[str, ...]]:
        tipped = sigmoid(raw[:, 0]) >= self.threshold
        return [words if told else () for words, told in zip(why, tipped.tolist(), strict=True)]


def _scores(raw: Numbers, seen: Seen, taught: Numbers, why: list[tuple[str, ...]]) -> Scores:
    sentiment, emotion = softmax(raw[:, SENTIMENT]), softmax(raw[:, EMOTION])
    shares = sigmoid(raw)
    shares[seen.silent] = 0
    sentiment[seen.silent] = np.arange(len(SENTIMENTS)) == _NEUTRAL
    emotion[seen.silent] = 1 / emotion.shape[1]
    singles = {name: shares[:, COLUMNS.index(name)] for name in SINGLES}
    return Scores(
        sentiment=sentiment, emotion=emotion, deep=seen.deep, unsure=seen.unsure, taught=taught, why=why,
        **singles,
    )  # fmt: skip


def sigmoid(raw: Numbers) -> Numbers:
    shares: Numbers = 0.5 * (1 + np.tanh(0.5 * raw))
    return shares


def softmax(raw: Numbers) -> Numbers:
    raised = np.exp(raw - raw.max(axis=1, keepdims=True))
    shares: Numbers = raised / raised.sum(axis=1, keepdims=True)
    return shares
