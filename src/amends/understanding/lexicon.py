"""What words say about topics, intents, fault and feeling, in several languages, in one pass.

``lexicon/*.toml`` holds one language each. ``[words]`` names sets of words; ``[common]`` lists the small
words a language is known by; every other table lists, for each of its names, lines that say so, written
as ``amends.text.lines`` tells. A meaning is its table and name: ``topics.delay``. A line is tried where
a post holds one word of each set it needs, and a line that is one set of bare words not even then.
"""

import re
import tomllib
from collections.abc import Callable, Collection
from functools import cache
from importlib import resources
from typing import Any, NamedTuple

from amends.text.lines import Line, singly
from amends.understanding.negation import NEGATORS
from amends.understanding.page import EMOJI, SOMEBODY, Page, fold

LANGUAGES = ("en", "es", "fr", "de", "pt", "it")
ANY = "*"  # the language of what is tried whatever language a post is in
TABLES = ("topics", "intents", "severity", "feeling", "emotion", "orders")
_MOST_KNOWN = 100_000  # words of posts about which all is remembered
_MOST_HITS = 20  # of one line in one post
_BITS = 8  # of the tally, for each language
_CLAUSE = 80  # code points in which its beginning is looked for
_CLAUSE_END = re.compile(r"[\n,;:\u2013\u2014]|\s-+\s|\.{2,}")
_BARE = re.compile(r"[^\W_]+\*?")
_EMOJI = re.compile(rf"[{EMOJI}]")

Span = tuple[int, int]
Spans = dict[str, list[Span]]


class _Known(NamedTuple):
    """What a word brings: the bits of its sets, the lines of which it is the rarest need (each with
    the word where the line begins with it, else with nothing), the meanings (by language) of which
    it is all, one for each language it is common in, and whether it denies."""

    word: str
    mask: int
    lines: tuple[tuple[Line, str], ...]
    bare: dict[str, tuple[str, ...]]
    tally: int


class Found(NamedTuple):
    """What a page says: spans of ``page.flat`` by meaning, in which language its small words are
    (None where they do not tell), and whether it holds a word of denial."""

    spans: Spans
    language: str | None
    denies: bool


class _Memory(dict[str, "_Known | None"]):
    """What words bring, None where that is nothing, looked up once."""

    def __init__(self, look_up: "Callable[[str], _Known | None]") -> None:
        super().__init__()
        self._look_up = look_up

    def __missing__(self, word: str) -> "_Known | None":
        known = self._look_up(word)
        if len(self) < _MOST_KNOWN:
            self[word] = known
        return known


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
        self._tally: dict[str, int] = dict.fromkeys(NEGATORS, _DENIES)
        self._known = _Memory(self._look_up)
        for language, pack in packs.items():
            for word in pack["common"]["words"].split():
                step = 1 << _BITS * LANGUAGES.index(language)
                self._tally[word] = self._tally.get(word, 0) + step
        for language, pack in packs.items():
            words = {name: fold(said) for name, said in pack.get("words", {}).items()}
            for table in tables:
                for name, listed in pack.get(table, {}).items():
                    meaning = f"{table}.{name}"
                    spoken = ANY if table == "orders" else language
                    for line in listed if meaning not in without else ():
                        self._add(spoken, meaning, fold(line), words)

    def find(self, page: Page, hint: str | None = None) -> Found:
        """``hint`` is the language to go by where the small words do not tell."""
        mask = tally = 0
        lines: list[tuple[Line, str]] = []
        bare: list[_Known] = []
        for known in filter(None, map(self._known.__getitem__, set(page.words))):
            _, bits, filed, alone, small = known
            mask |= bits
            tally += small
            if filed:
                lines += filed
            if alone:
                bare.append(known)
        denies = tally >= _DENIES
        language = _told(tally & _DENIES - 1)
        if not lines and not bare:
            return Found({}, language, denies)
        by = language or hint
        only = by if by in LANGUAGES else None
        found: Spans = {}
        flat = page.flat
        tried = {
            one: None
            for one in lines
            if one[0].mask & mask == one[0].mask
            and (only is None or one[0].language in (only, ANY))
        }
        for line, opening in tried:
            spans = _hits(line, opening, flat)
            if spans:
                found.setdefault(line.meaning, []).extend(spans)
        for known in bare:
            _bare_hits(known, flat, only, found)
        for spans in found.values():
            if len(spans) > 1:
                spans.sort()
        return Found(found, language, denies)

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
                made.mask |= self._bit(need)
            if made.bare or _BARE.fullmatch(one):
                self._bare.setdefault(made.needs[0], set()).add((language, meaning))
            else:
                self._filed.setdefault(min(made.needs, key=self._commonness), []).append(made)

    def _commonness(self, words: frozenset[str]) -> tuple[int, int]:
        return sum(word in self._tally or word.startswith(SOMEBODY) for word in words), len(words)

    def _bit(self, words: frozenset[str]) -> int:
        bit = self._bits.get(words)
        if bit is None:
            bit = self._bits[words] = 1 << len(self._bits)
            for word in words:
                if word.endswith("*"):
                    sized = self._beginnings.setdefault(len(word) - 1, {})
                    sized.setdefault(word[:-1], []).append(words)
                else:
                    self._exact.setdefault(word, []).append(words)
        return bit

    def _look_up(self, word: str) -> _Known | None:
        sets = set(self._exact.get(word, ()))
        for size, sized in self._beginnings.items():
            sets.update(sized.get(word[:size], ()))
        tally = self._tally.get(word, 0)
        if not sets and not tally:
            return None
        bare: dict[str, tuple[str, ...]] = {}
        for language, meaning in sorted({pair for one in sets for pair in self._bare.get(one, ())}):
            bare[language] = (*bare.get(language, ()), meaning)
        return _Known(
            word,
            mask=sum(self._bits[one] for one in sets),
            lines=tuple(
                (line, word if _opens(line, one, word) else "")
                for one in sets
                for line in self._filed.get(one, ())
            ),
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


_DENIES = 1 << _BITS * len(LANGUAGES)


def _told(tally: int) -> str | None:
    """The language whose small words are there, where there are two and clearly more than others'."""
    if not tally:
        return None
    best, second, told = 1, 0, None
    for language in LANGUAGES:
        count = tally & 0xFF
        tally >>= _BITS
        if count > best:
            best, second, told = count, best if told else second, language
        elif count > second:
            second = count
    return told if best >= 2 * second + (best < 4) else None


def _bare_hits(known: _Known, flat: str, only: str | None, found: Spans) -> None:
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
