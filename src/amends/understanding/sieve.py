"""Which lines of the lexicon a post may match, told by its words alone, for many posts at once.

A line is left where the post holds a word of each set that the line needs: one in six of those that a rare
word leads to, for a tenth of what trying them would cost.
"""

import threading
from array import array
from collections.abc import Callable, Mapping, Sequence
from itertools import chain
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from amends.text.lines import Line

LANGUAGES = ("en", "es", "fr", "de", "pt", "it")
ANY = "*"  # the language of what is tried whatever language a post is in
AT_ONCE = 512  # posts, whose words are looked at together
TALLY_BITS = 8  # of a tally, for each language
DENIES = 1 << TALLY_BITS * len(LANGUAGES)
# Words of posts that are remembered, and those of them that bring something.
_MOST_WORDS, _MOST_KNOWN = 100_000, 20_000
_CODES = {name: code for code, name in enumerate((*LANGUAGES, ANY))}

Numbers = NDArray[np.int64]


class Known(NamedTuple):
    """What a word brings: the numbers of its sets, the lines of which it is the rarest need (each with
    the word where the line begins with it, else with nothing), the meanings (by language) of which
    it is all, one for each language it is common in, and ``DENIES`` where it denies."""

    word: str
    sets: list[int]
    lines: list[tuple[Line, str]]
    bare: dict[str, tuple[str, ...]]
    tally: int


class Left(NamedTuple):
    """What is left to be tried, by number of the post: lines, each with a word that it begins with or
    nothing, and bare words. Of each post the language its small words are in, the language of the lines
    to be tried (None for all), and whether it holds a word of denial."""

    lines: list[tuple[int, Line, str]]
    bare: list[tuple[int, Known]]
    told: list[str | None]
    only: list[str | None]
    denies: list[bool]


class _Words(dict[str, int]):
    """Words by their numbers, learnt when first asked for; nought are all that bring nothing."""

    def __init__(
        self, look_up: Callable[[str], Known | None], numbers: Mapping[int, int], sets: int
    ) -> None:
        super().__init__()
        self._look_up, self._numbers = look_up, numbers
        self._wide = sets // 64 + 1
        self.known: list[Known | None] = [None]
        self.tried: list[tuple[Line, str]] = []
        self.lines, self.tries, self.ends = array("q"), array("q"), array("q", [0])
        self._places: dict[tuple[Line, str], int] = {}
        self.masks = np.zeros((1024, self._wide), np.uint64)
        self.tallies, self.bare = np.zeros(1024, np.int64), np.zeros(1024, np.bool_)

    def __missing__(self, word: str) -> int:
        known = self._look_up(word)
        number = self[word] = len(self.known) if known else 0
        if known:
            if number >= len(self.masks):
                self._make_room()
            self.known.append(known)
            mask = sum(1 << one for one in set(known.sets)).to_bytes(8 * self._wide, "little")
            self.masks[number] = np.frombuffer(mask, "<u8")
            self.tallies[number], self.bare[number] = known.tally, bool(known.bare)
            self.tries.extend(sorted({self._place(one) for one in known.lines}))
            self.ends.append(len(self.tries))
        return number

    def _place(self, one: tuple[Line, str]) -> int:
        place = self._places.setdefault(one, len(self.tried))
        if place == len(self.tried):
            self.tried.append(one)
            self.lines.append(self._numbers[id(one[0])])
        return place

    def _make_room(self) -> None:
        more = len(self.masks)
        self.masks = np.pad(self.masks, ((0, more), (0, 0)))
        self.tallies, self.bare = np.pad(self.tallies, (0, more)), np.pad(self.bare, (0, more))

    def tries_of(self, rows: Numbers) -> tuple[Numbers, Numbers]:
        """What those words lead to, one after another, and for each its place in ``rows``."""
        ends, tries = np.array(self.ends, np.int64), np.array(self.tries, np.int64)
        counts = ends[rows] - ends[rows - 1]
        place = np.repeat(np.arange(len(rows)), counts)
        shift = ends[rows - 1] - np.cumsum(counts) + counts
        return tries[np.arange(len(place)) + shift[place]], place


class _Standing(NamedTuple):
    """Words that bring something, as they stand: the numbers of their posts, their own, their places in the
    posts; where each post's begin; and how many words each post has in all."""

    owner: Numbers
    numbers: Numbers
    places: Numbers
    starts: Numbers
    lengths: Numbers


class Sieve:
    """For lines, the numbers of the sets they need, and what tells what a word brings.

    Safe to share between threads: what it learns is what it knew.
    """

    def __init__(
        self,
        lines: Sequence[Line],
        numbers: Mapping[frozenset[str], int],
        look_up: Callable[[str], Known | None],
    ) -> None:
        most = max((2, *(len(line.needs) for line in lines)))
        self._always = len(numbers)  # a set that every post holds, for lines that need fewer
        self._needs = np.full((len(lines), most), self._always, np.int64)
        for place, line in enumerate(lines):
            self._needs[place, : len(line.needs)] = [numbers[need] for need in line.needs]
        self._reaches = np.zeros((len(lines), most - 1), np.int64)
        for place, line in enumerate(lines):
            self._reaches[place, : len(line.reaches)] = line.reaches
        self._codes = np.array([_CODES[line.language] for line in lines], np.int64)
        self._numbers = {id(line): place for place, line in enumerate(lines)}
        self._look_up = look_up
        self._words = _Words(look_up, self._numbers, self._always)
        self._turn = threading.Lock()

    def left(
        self,
        posts: Sequence[Sequence[str]],
        hints: Sequence[str | None],
        regular: Sequence[bool],
    ) -> Left:
        """What is left of the lines for the words of posts; ``hints`` are the languages to go by where
        small words do not tell; ``regular`` are posts in which nothing but words counts as a word, and
        none holds a "_"."""
        hinted = np.array([_CODES.get(hint or ANY, -1) for hint in hints], np.int64)
        hinted[hinted == _CODES[ANY]] = -1
        with self._turn:
            if len(self._words) > _MOST_WORDS or len(self._words.known) > _MOST_KNOWN:
                self._words = _Words(self._look_up, self._numbers, self._always)
            words = self._words
            stand = _standing(posts, words)
            most = len(words.known)
            pairs = _once(stand.owner * most + stand.numbers)
            owners, kinds = pairs // most, pairs % most
            tally = np.zeros(len(posts), np.int64)
            np.add.at(tally, owners, words.tallies[kinds])
            codes = _told(tally)
            by = np.where(codes < 0, hinted, codes)
            whole = np.array([not even for even in regular], np.bool_) | (stand.lengths > 64)
            lines = self._needed(owners, kinds, by, stand, whole)
            alone = words.bare[kinds]
            numbered = zip(owners[alone].tolist(), kinds[alone].tolist(), strict=True)
            bare = [(at, one) for at, number in numbered if (one := words.known[number])]
        return Left(lines, bare, _named(codes), _named(by), (tally >= DENIES).tolist())

    def _needed(
        self,
        owners: Numbers,
        kinds: Numbers,
        by: Numbers,
        stand: _Standing,
        whole: NDArray[np.bool_],
    ) -> list[tuple[int, Line, str]]:
        """The lines of whose sets the posts hold a word each, one not too far behind the other except in
        posts of ``whole``. ``owners`` and ``kinds`` are the posts' words, none twice; ``by`` the language of
        each post's lines, -1 for all."""
        if not len(owners):
            return []
        words = self._words
        starts = np.nonzero(np.diff(owners, prepend=-1))[0]
        held = np.zeros((len(by), words.masks.shape[1]), np.uint64)
        held[owners[starts]] = np.bitwise_or.reduceat(words.masks[kinds], starts, axis=0)
        held[:, self._always >> 6] |= np.uint64(1 << (self._always & 63))
        tries, place = words.tries_of(kinds)
        posts = owners[place]
        lines = np.array(words.lines, np.int64)[tries]
        codes, only = self._codes[lines], by[posts]
        kept = (only < 0) | (codes == only) | (codes == _CODES[ANY])
        for column in range(self._needs.shape[1]):
            posts, tries, lines = posts[kept], tries[kept], lines[kept]
            needs = self._needs[lines, column]
            shifted = held[posts, needs >> 6] >> (needs & 63).astype(np.uint64)
            kept = (shifted & np.uint64(1)).astype(np.bool_)
        posts, tries, lines = posts[kept], tries[kept], lines[kept]
        kept = whole[posts]
        near = np.nonzero(~kept)[0]
        kept[near] = self._near(posts[near], lines[near], stand)
        most = len(words.tried)
        pairs = _once(posts[kept] * most + tries[kept]).tolist()
        return [(pair // most, *words.tried[pair % most]) for pair in pairs]

    def _near(self, posts: Numbers, lines: Numbers, stand: _Standing) -> NDArray[np.bool_]:
        """Whether the words of each set that a line needs stand in their order, and near enough."""
        near = np.ones(len(posts), np.bool_)
        left = np.nonzero(self._needs[lines, 1] != self._always)[0]
        behind = self._places(posts[left], self._needs[lines[left], 0], stand)
        for column in range(1, self._needs.shape[1]):
            reach = self._reaches[lines[left], column - 1]
            there = self._places(posts[left], self._needs[lines[left], column], stand)
            behind = there & _within(behind, reach)
            near[left] = behind != 0
            if column + 1 == self._needs.shape[1]:
                break
            more = near[left] & (self._needs[lines[left], column + 1] != self._always)
            left, behind = left[more], behind[more]
        return near

    def _places(self, posts: Numbers, sets: Numbers, stand: _Standing) -> NDArray[np.uint64]:
        """Where in each of those posts words of a set stand, as bits."""
        if not len(posts):
            return np.zeros(0, np.uint64)
        counts = stand.starts[posts + 1] - stand.starts[posts]
        firsts = np.cumsum(counts) - counts
        at = np.arange(counts.sum()) + np.repeat(stand.starts[posts] - firsts, counts)
        bits = self._words.masks[stand.numbers[at], np.repeat(sets >> 6, counts)]
        bits >>= np.repeat((sets & 63).astype(np.uint64), counts)
        bits &= np.uint64(1)
        bits <<= stand.places[at].astype(np.uint64)
        found: NDArray[np.uint64] = np.bitwise_or.reduceat(bits, firsts)
        return found


def _standing(posts: Sequence[Sequence[str]], words: _Words) -> _Standing:
    numbers = np.array(list(map(words.__getitem__, chain.from_iterable(posts))), np.int64)
    lengths = np.array(list(map(len, posts)), np.int64)
    owner = np.repeat(np.arange(len(posts)), lengths)
    places = np.arange(len(numbers)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    used = numbers > 0
    owner = owner[used]
    ends = np.searchsorted(owner, np.arange(len(posts) + 1))
    return _Standing(owner, numbers[used], places[used], ends, lengths)


def _within(places: NDArray[np.uint64], reach: Numbers) -> NDArray[np.uint64]:
    """Places as bits: all that lie behind one of these by ``reach`` or less."""
    behind = places << np.uint64(1)
    covered = np.minimum(reach, 1)
    while (covered < reach).any():
        step = np.minimum(covered, reach - covered)
        behind |= behind << step.astype(np.uint64)
        covered += step
    return behind


def _once(numbers: Numbers) -> Numbers:
    """The numbers in order, each once."""
    ranked: Numbers = np.sort(numbers)
    once: Numbers = ranked[np.diff(ranked, prepend=-1) != 0]
    return once


def _named(codes: Numbers) -> list[str | None]:
    return [LANGUAGES[code] if code >= 0 else None for code in codes.tolist()]


def _told(tally: Numbers) -> Numbers:
    """The language whose small words are there, where there are two and clearly more than others'; as
    a number, -1 for none."""
    shifts = TALLY_BITS * np.arange(len(LANGUAGES))
    counts = (tally[:, None] >> shifts) & ((1 << TALLY_BITS) - 1)
    ranked = np.sort(counts, axis=1)
    best, second = ranked[:, -1], ranked[:, -2]
    clear = (best > 1) & (best >= 2 * second + (best < 4))
    return np.where(clear, counts.argmax(axis=1), -1)
