"""What words say about topics, intents, fault and feeling, in several languages, in one pass.

``lexicon/*.toml`` holds one language each. ``[words]`` names sets of words; ``[common]`` lists the small
words a language is known by; every other table lists, for each of its names, lines that say so, written
as ``amends.text.lines`` tells. A meaning is its table and name: ``topics.delay``. A line is tried where
a post holds one word of each set it needs, in their order (see ``sieve``), and a line that is one set of
bare words not even then.
"""

import re
import tomllib
from collections.abc import Collection, Sequence
from functools import cache
from importlib import resources
from typing import Any, NamedTuple

from amends.text.lines import Line, singly
from amends.understanding.negation import NEGATORS
from amends.understanding.page import EMOJI, SOMEBODY, Page, fold
from amends.understanding.sieve import ANY, AT_ONCE, DENIES, LANGUAGES, TALLY_BITS, Known, Sieve

TABLES = ("topics", "intents", "severity", "feeling", "emotion", "orders")
_MOST_HITS = 20  # of one line in one post
_CLAUSE = 80  # code points in which its beginning is looked for
_CLAUSE_END = re.compile(r"[\n,;:\u2013\u2014]|\s-+\s|\.{2,}")
_BARE = re.compile(r"[^\W_]+\*?")
_EMOJI = re.compile(rf"[{EMOJI}]")

Span = tuple[int, int]
Spans = dict[str, list[Span]]


class Found(NamedTuple):
    """What a page says: spans of ``page.flat`` by meaning, in which language its small words are
    (None where they do not tell), and whether it holds a word of denial."""

    spans: Spans
    language: str | None
    denies: bool


class Lexicon:
    """The lines of all languages in some tables. Safe to share between threads: what it learns is
    what it knew."""

    def __init__(
        self, packs: dict[str, dict[str, Any]], tables: Collection[str], without: Collection[str]
    ) -> None:
        self._bits: dict[frozenset[str], int] = {}
        self._exact: dict[str, list[frozenset[str]]] = {}
        self._beginnings: dict[int, dict[str, list[frozenset[str]]]] = {}
        self._filed: dict[frozenset[str], list[Line]] = {}
        self._bare: dict[frozenset[str], set[tuple[str, str]]] = {}
        self._tally: dict[str, int] = dict.fromkeys(NEGATORS, DENIES)
        for language, pack in packs.items():
            for word in pack["common"]["words"].split():
                step = 1 << TALLY_BITS * LANGUAGES.index(language)
                self._tally[word] = self._tally.get(word, 0) + step
        for language, pack in packs.items():
            words = {name: fold(said) for name, said in pack.get("words", {}).items()}
            for table in tables:
                for name, listed in pack.get(table, {}).items():
                    meaning = f"{table}.{name}"
                    spoken = ANY if table == "orders" else language
                    for line in listed if meaning not in without else ():
                        self._add(spoken, meaning, fold(line), words)
        every = [line for lines in self._filed.values() for line in lines]
        self._sieve = Sieve(every, self._bits, self._look_up)

    def find(self, page: Page, hint: str | None = None) -> Found:
        """``hint`` is the language to go by where the small words do not tell."""
        return self.find_all([page], [hint])[0]

    def find_all(self, pages: Sequence[Page], hints: Sequence[str | None]) -> list[Found]:
        """What each page says, with the hint for each; a page says the same alone and in company."""
        found: list[Found] = []
        for start in range(0, len(pages), AT_ONCE):
            some = pages[start : start + AT_ONCE]
            found += self._find(some, hints[start : start + AT_ONCE])
        return found

    def _find(self, pages: Sequence[Page], hints: Sequence[str | None]) -> list[Found]:
        flats = [page.flat for page in pages]
        regular = [page.read.isascii() and "_" not in page.read for page in pages]
        left = self._sieve.left([page.words for page in pages], hints, regular)
        found: list[Spans] = [{} for _ in pages]
        for at, line, opening in left.lines:
            spans = _hits(line, opening, flats[at])
            if spans:
                found[at].setdefault(line.meaning, []).extend(spans)
        for at, known in left.bare:
            _bare_hits(known, flats[at], left.only[at], found[at])
        for each in found:
            for spans in each.values():
                if len(spans) > 1:
                    spans.sort()
        return list(map(Found, found, left.told, left.denies))

    def meanings(self) -> set[tuple[str, str]]:
        """Every language with every meaning it has a line for."""
        filed = {(line.language, line.meaning) for lines in self._filed.values() for line in lines}
        return filed.union(*self._bare.values())

    def patterns(self) -> list[re.Pattern[str]]:
        """The patterns of all lines."""
        return [line.pattern for lines in self._filed.values() for line in lines]

    def _add(self, language: str, meaning: str, line: str, words: dict[str, str]) -> None:
        for one in singly(line, words):
            if _EMOJI.fullmatch(one):
                sign = frozenset(one)
                self._bit(sign)
                self._bare.setdefault(sign, set()).update((each, meaning) for each in LANGUAGES)
                continue
            made = Line(language, meaning, one, words)
            if not made.needs:
                msg = f"{language}.toml: {one!r} holds no plain word that a post can be asked for."
                raise ValueError(msg)
            for need in made.needs:
                self._bit(need)
            if made.bare or _BARE.fullmatch(one):
                self._bare.setdefault(made.needs[0], set()).add((language, meaning))
            else:
                self._filed.setdefault(min(made.needs, key=self._commonness), []).append(made)

    def _commonness(self, words: frozenset[str]) -> tuple[int, int]:
        return sum(word in self._tally or word.startswith(SOMEBODY) for word in words), len(words)

    def _bit(self, words: frozenset[str]) -> None:
        if words not in self._bits:
            self._bits[words] = len(self._bits)
            for word in words:
                if word.endswith("*"):
                    sized = self._beginnings.setdefault(len(word) - 1, {})
                    sized.setdefault(word[:-1], []).append(words)
                else:
                    self._exact.setdefault(word, []).append(words)

    def _look_up(self, word: str) -> Known | None:
        sets = set(self._exact.get(word, ()))
        for size, sized in self._beginnings.items():
            sets.update(sized.get(word[:size], ()))
        tally = self._tally.get(word, 0)
        if not sets and not tally:
            return None
        bare: dict[str, tuple[str, ...]] = {}
        for language, meaning in sorted({pair for one in sets for pair in self._bare.get(one, ())}):
            bare[language] = (*bare.get(language, ()), meaning)
        lines = [(one, line) for one in sets for line in self._filed.get(one, ())]
        return Known(
            word,
            sets=[self._bits[one] for one in sets],
            lines=[(line, word if _opens(line, one, word) else "") for one, line in lines],
            bare=bare,
            tally=tally,
        )


@cache
def load_lexicon(
    tables: tuple[str, ...] = TABLES, without: frozenset[str] = frozenset()
) -> Lexicon:
    """The shipped lexicon of every language in ``LANGUAGES``, some meanings left out if asked."""
    folder = resources.files("amends.understanding").joinpath("lexicon")
    packs = {
        language: tomllib.loads(folder.joinpath(f"{language}.toml").read_text("utf-8"))
        for language in LANGUAGES
    }
    return Lexicon(packs, tables, without)


def _bare_hits(known: Known, flat: str, only: str | None, found: Spans) -> None:
    meanings = (
        known.bare.get(only, ()) if only else {one for each in known.bare.values() for one in each}
    )
    if not meanings:
        return
    word, size, at = known.word, len(known.word), -1
    spans: list[Span] = []
    while len(spans) < _MOST_HITS and (at := flat.find(word, at + 1)) >= 0:
        end = at + size
        if (at == 0 or not flat[at - 1].isalnum()) and not flat[end : end + 1].isalnum():
            spans.append((at, end))
    for meaning in meanings:
        known_spans = found.setdefault(meaning, [])
        known_spans += spans


def _opens(line: Line, need: frozenset[str], word: str) -> bool:
    """The line begins wherever it matches with this word of a need of it."""
    through = {
        one for one in need if one == word or (one.endswith("*") and word.startswith(one[:-1]))
    }
    return need == line.needs[0] and through <= line.opens


def _hits(line: Line, opening: str, flat: str) -> list[Span]:
    """Where the line stands. With a word it begins with, only the places of that word are tried."""
    found: list[Span] = []
    pattern, at = line.pattern, 0
    while len(found) < _MOST_HITS:
        if opening:
            at = flat.find(opening, at)
            if at < 0:
                break
            hit = pattern.match(flat, at)
            if hit is None:
                at += 1
                continue
        else:
            hit = pattern.search(flat, at)
            if hit is None:
                break
        start, end = hit.span()
        before = flat[start - 1] if start else "\n"
        at = end if end > start else start + 1
        if before.isalnum() or before in "'_":
            at = start + 1
        elif not line.begins or _begins(flat, start):
            found.append((start, end))
    return found


def _begins(flat: str, start: int) -> bool:
    """Nothing of the clause stands before ``start``; handles and links do not count."""
    before = _CLAUSE_END.split(flat[max(0, start - _CLAUSE) : start])[-1]
    return not any(sign.isalnum() and sign != SOMEBODY for sign in before)
