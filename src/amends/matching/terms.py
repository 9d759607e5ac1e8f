"""Where a term is found in a text."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache, partial
from heapq import merge
from itertools import groupby, islice, pairwise
from typing import NamedTuple

import regex

from amends.matching.nodes import Cased, Fuzzy, Keyword, Lookalike, Phrase, Prefix, Tag, Term
from amends.matching.words import Found, Run, Words
from amends.text import (
    capitalisations,
    emoji,
    entities,
    is_number,
    normalise,
    normalise_keeping_case,
    skeleton,
)

Finder = Callable[[Words], Iterator[Found]]
Start = Callable[[Words], int]

MOST_WAYS = 200
"""How many ways to spread a phrase over hashtags are tried from one beginning."""


class Pattern(NamedTuple):
    """Tokens in a row; ``glued[i]`` says that tokens i and i+1 have nothing between them."""

    words: tuple[str, ...]
    glued: tuple[bool, ...]


@lru_cache(maxsize=256)
def pattern_of(text: str) -> Pattern:
    """The tokens of a keyword or phrase."""
    found = Words(text).spans
    glued = tuple(left.end == right.start for left, right in pairwise(found))
    return Pattern(tuple(token.text for token in found), glued)


def needle_of(term: Term) -> str:
    """What stands in the form of every text that holds the term; empty where that is not known."""
    match term:
        case Tag(sign, name):
            return _name(sign, name)
        case Keyword(text) | Phrase(text) | Cased(text) | Prefix(text):
            return max(pattern_of(text).words, key=len, default="")
        case _:
            return ""


def word_of(term: Term) -> str:
    """The one token that is all the term asks for; empty where it asks for anything else."""
    match term:
        case Keyword(text) | Phrase(text, None):
            words = pattern_of(text).words
            return words[0] if len(words) == 1 else ""
        case _:
            return ""


def place_of(word: str, words: Words) -> int:
    """Where a text first holds a token that is no part of a longer hashtag; -1 where it does not."""
    at = words.place(word)
    if at >= 0 and words.may_be_tagged(at):
        return next((found.start for found in _phrase(Pattern((word,), ()))(words)), -1)
    return at


def start_of(term: Term) -> Start:
    """Where a text first holds the term, -1 where it does not: what ``finder`` would find first,
    for less."""
    word = word_of(term)
    if word:
        return partial(place_of, word)
    find = finder(term)

    def searched(words: Words) -> int:
        for found in find(words):
            return found.start
        return -1

    pattern = pattern_of(term.text) if isinstance(term, Keyword | Phrase) else None
    if pattern is None or not pattern.words:
        return searched

    def in_a_row(words: Words) -> int:
        for word in pattern.words:
            if words.place(word) < 0:
                return -1
        return searched(words)

    return in_a_row


@lru_cache(maxsize=20_000)
def finder(term: Term) -> Finder:
    """What yields every place of the term in a text, in order."""
    match term:
        case Tag(sign, name):
            return _tag(_name(sign, name))
        case Prefix(text):
            return _prefix(pattern_of(text))
        case Fuzzy(text):
            return _fuzzy(pattern_of(text).words[0])
        case Lookalike(text):
            return _lookalike(text)
        case Cased(text):
            return _cased(text)
        case Phrase(text, within) if within is not None and pattern_of(text).words:
            return _near(_units(pattern_of(text)), within)
        case Keyword(text) | Phrase(text):
            pattern = pattern_of(text)
            return _phrase(pattern) if pattern.words else _emoji(text)


def _name(sign: str, name: str) -> str:
    return entities(normalise(sign + name))[0].names[0]


def _tag(name: str) -> Finder:
    def find(words: Words) -> Iterator[Found]:
        if name in words.form:  # to find the entities takes long
            for entity in words.named.get(name, ()):
                yield Found(entity.start, entity.start + len(name))

    return find


def _phrase(pattern: Pattern) -> Finder:
    first = pattern.words[0]

    def find(words: Words) -> Iterator[Found]:
        return _places(words, _runs(words, pattern, words.at(first)))

    return find


def _cased(text: str) -> Finder:
    wanted = Words(text)
    pattern = pattern_of(text)
    if not pattern.words:
        return _emoji(text)
    capitals = [wanted.cased(index) for index in range(len(wanted.tokens))]

    def find(words: Words) -> Iterator[Found]:
        runs = _runs(words, pattern, words.at(pattern.words[0]))
        return _places(
            words,
            (
                (a, b)
                for a, b in runs
                if all(
                    words.cased(index) == one
                    for index, one in zip(range(a, b), capitals, strict=True)
                )
            ),
        )

    return find


def _prefix(pattern: Pattern) -> Finder:
    stem, whole = pattern.words[-1], Pattern(pattern.words[:-1], pattern.glued)

    def find(words: Words) -> Iterator[Found]:
        if whole.words:
            starts: Iterable[int] = words.at(whole.words[0])
        else:
            starts = range(len(words.tokens))
        runs = (
            (a, b + 1)
            for a, b in _runs(words, whole, starts)
            if b < len(words.tokens)
            and words.tokens[b].startswith(stem)
            and not (whole.words and whole.glued[-1] and not words.follows(b))
        )
        return _places(words, runs)

    return find


def _fuzzy(word: str) -> Finder:
    def find(words: Words) -> Iterator[Found]:
        runs = ((at, at + 1) for at, token in enumerate(words.tokens) if slipped(word, token))
        return _places(words, runs)

    return find


def _lookalike(text: str) -> Finder:
    word = normalise(text)
    written = normalise_keeping_case(text)
    looks = frozenset(map(skeleton, capitalisations(written)))

    def is_alike(words: Words, at: int, token: str) -> bool:
        # Capitals tell only letters beyond ASCII apart.
        form = token if token.isascii() else words.cased(at)
        return token == word or (skeleton(form) in looks and not is_number(token))

    def find(words: Words) -> Iterator[Found]:
        runs = ((at, at + 1) for at, token in enumerate(words.tokens) if is_alike(words, at, token))
        return _places(words, runs)

    return find


def _emoji(text: str) -> Finder:
    pictures = regex.compile(r"\s*".join(map(regex.escape, emoji(normalise(text)))))

    def find(words: Words) -> Iterator[Found]:
        for found in pictures.finditer(words.form):
            yield Found(*found.span())

    return find


def _near(units: Sequence[Pattern], within: int) -> Finder:
    back = tuple(reversed(units)) if within >= 2 and len(units) > 1 else ()

    def find(words: Words) -> Iterator[Found]:
        ways = [_in_order(words, units, within)]
        if back:
            ways.append(_in_order(words, back, within - 2))
        return (place for place, _ in groupby(merge(*ways)))

    return find


def _in_order(words: Words, units: Sequence[Pattern], most: int) -> Iterator[Found]:
    """From each place where the first unit begins, the nearest way to the last one."""
    ways_of = _ways if words.hashtags else _nearest
    for begin in _runs(words, units[0], words.at(units[0].words[0])):
        ways = islice(ways_of(words, units[1:], (begin,), most), MOST_WAYS)
        if place := next(filter(None, map(words.found, ways)), None):
            yield place


def _nearest(
    words: Words, units: Sequence[Pattern], way: tuple[Run, ...], most: int
) -> Iterator[tuple[Run, ...]]:
    """The nearest way: each unit where it next stands, for that leaves most to the others."""
    for unit in units:
        end = way[-1][1]
        run = next(_runs(words, unit, range(end, end + most + 1)), None)
        if run is None:
            return
        most -= run[0] - end
        way = (*way, run)
    yield way


def _ways(
    words: Words, units: Sequence[Pattern], way: tuple[Run, ...], most: int
) -> Iterator[tuple[Run, ...]]:
    """Every way, for the nearest may cut a hashtag where another does not."""
    if not units:
        yield way
        return
    end = way[-1][1]
    for run in _runs(words, units[0], range(end, end + most + 1)):
        yield from _ways(words, units[1:], (*way, run), most - run[0] + end)


def _runs(words: Words, pattern: Pattern, starts: Iterable[int]) -> Iterator[Run]:
    for at in starts:
        end = at + len(pattern.words)
        if end <= len(words.tokens) and all(
            words.tokens[at + step] == word
            and not (step and pattern.glued[step - 1] and not words.follows(at + step))
            for step, word in enumerate(pattern.words)
        ):
            yield at, end


def _places(words: Words, runs: Iterable[Run]) -> Iterator[Found]:
    for run in runs:
        place = words.found([run])
        if place is not None:
            yield place


def _units(pattern: Pattern) -> list[Pattern]:
    """The words of a phrase; in scripts without blanks a word is several tokens."""
    units: list[list[str]] = [[pattern.words[0]]]
    for word, glued in zip(pattern.words[1:], pattern.glued, strict=True):
        if glued:
            units[-1].append(word)
        else:
            units.append([word])
    return [Pattern(tuple(unit), (True,) * (len(unit) - 1)) for unit in units]


def slipped(wanted: str, written: str) -> bool:
    """Whether a word is another with at most one letter added, left out, changed or swapped."""
    if wanted == written:
        return True
    long, short = len(wanted), len(written)
    if abs(long - short) > 1:
        return False
    at = 0
    while at < min(long, short) and wanted[at] == written[at]:
        at += 1
    if long == short:
        swapped = wanted[at : at + 2] == written[at : at + 2][::-1]
        return wanted[at + 1 :] == written[at + 1 :] or (
            swapped and wanted[at + 2 :] == written[at + 2 :]
        )
    if long < short:
        return wanted[at:] == written[at + 1 :]
    return wanted[at + 1 :] == written[at:]
