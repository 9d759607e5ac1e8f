"""Set phrases by what they mean, in several languages: one reading of a reply finds all of them.

``phrases/*.toml`` holds one language each. ``[words]`` names sets of words; ``[find]`` lists, for each
meaning, lines that say so (written as ``amends.text.lines`` tells); ``[unless]`` lists what, standing shortly before in the
same sentence, takes it back ("nobody should be told that ..."), and for some meanings what takes it
back inside. A line is tried where a text holds one word of each set it needs.
"""

import re
import tomllib
from collections.abc import Iterator
from functools import cache
from importlib import resources
from typing import Any, NamedTuple

from amends.guard.page import Page
from amends.text.lines import WORD, Line, regex_of, singly

LANGUAGES = ("en", "es", "de", "fr", "pt", "it", "nl")
_NEAR = r"[^\w\n\x1f,;:]{1,4}"  # a denial ends at a comma
_BEFORE = 120  # code points in which ``unless`` is looked for
_MOST_HITS = 50  # of one line in one text
_MOST_KNOWN = 100_000  # words of texts about which all is remembered

_COMMON_WORDS = (
    "a about all an and any are as at be but by can did do don for from get had has have "
    "how i if in is it ll m me more my no not of on one or our out please re s so t that "
    "the their them then there they this to up us ve was we were what when which who will "
    "with would you your de que la le el un en es no se per di che die der das und sie ist "
)
_COMMON = frozenset(_COMMON_WORDS.split())
# Meanings of which it matters whether they are there, and not where; looked for when asked.
_SIGN_NAMES = (
    "sorry empathy thanks next_step route reason_given benefit bargain privacy own "
    "warm_praise weather no_language asks_public "
)
SIGNS = frozenset(_SIGN_NAMES.split())

Spans = dict[str, list[tuple[int, int]]]


class _Known(NamedTuple):
    """What a word brings: the bits of its sets, the lines and signs for which it is the rarest
    need, and the signs of which it is all."""

    mask: int
    lines: tuple[Line, ...]
    signs: tuple[Line, ...]
    bare: frozenset[str]


class _Sets:
    """Sets of words, each with a bit, and the lines filed under them."""

    def __init__(self) -> None:
        self._bits: dict[frozenset[str], int] = {}
        self._exact: dict[str, set[frozenset[str]]] = {}
        self._beginnings: dict[int, dict[str, set[frozenset[str]]]] = {}
        self._filed: dict[frozenset[str], list[Line]] = {}
        self._known: dict[str, _Known] = {}

    def file(self, line: Line) -> None:
        """File a line under the need that fewest words meet, which is the rarest as a rule."""
        for words in line.needs:
            line.mask |= self._bit(words)
        rarest = min(line.needs, key=lambda words: (len(words & _COMMON), len(words)))
        self._filed.setdefault(rarest, []).append(line)

    def known(self, word: str) -> _Known:
        known = self._known.get(word)
        if known is None:
            known = self._look_up(word)
            if len(self._known) < _MOST_KNOWN:
                self._known[word] = known
        return known

    def lines(self) -> Iterator[Line]:
        for lines in self._filed.values():
            yield from lines

    def _bit(self, words: frozenset[str]) -> int:
        bit = self._bits.get(words)
        if bit is None:
            bit = self._bits[words] = 1 << len(self._bits)
            for word in words:
                if word.endswith("*"):
                    sized = self._beginnings.setdefault(len(word) - 1, {})
                    sized.setdefault(word[:-1], set()).add(words)
                else:
                    self._exact.setdefault(word, set()).add(words)
        return bit

    def _look_up(self, word: str) -> _Known:
        sets = set(self._exact.get(word, ()))
        for size, sized in self._beginnings.items():
            sets |= sized.get(word[:size], set())
        filed = [line for one in sets for line in self._filed.get(one, ())]
        signs = [line for line in filed if line.meaning in SIGNS]
        return _Known(
            mask=sum(self._bits[one] for one in sets),
            lines=tuple(line for line in filed if line.meaning not in SIGNS),
            signs=tuple(line for line in signs if not line.bare),
            bare=frozenset(line.meaning for line in signs if line.bare),
        )


class Held(NamedTuple):
    """The lines and signs whose words a page holds, and the signs of which a word is all."""

    lines: list[Line]
    signs: list[Line]
    bare: set[str]


class Phrases:
    """The lines of all languages, tried where a text holds the words that each of them needs."""

    def __init__(self, packs: dict[str, dict[str, Any]]) -> None:
        self._sets = _Sets()
        self._unless: dict[str, tuple[frozenset[str], re.Pattern[str]]] = {}
        self._inside: dict[tuple[str, str], re.Pattern[str]] = {}
        for language, pack in packs.items():
            words = {name: str(said).casefold() for name, said in pack.get("words", {}).items()}
            for meaning, listed in pack.get("find", {}).items():
                for line in listed:
                    self._add(language, meaning, line.casefold(), words)
            self._take_back(language, pack.get("unless", {}), words)

    def _add(self, language: str, meaning: str, line: str, words: dict[str, str]) -> None:
        for one in singly(line, words):
            made = Line(language, meaning, one, words)
            if not made.needs:
                msg = f"{language}.toml: {one!r} holds no plain word that a text can be asked for."
                raise ValueError(msg)
            self._sets.file(made)

    def _take_back(self, language: str, listed: dict[str, Any], words: dict[str, str]) -> None:
        if listed:
            before = "|".join(regex_of(line.casefold(), words) for line in listed["before"])
            near = rf"(?<![\w'])(?:{before})(?:{_NEAR}{WORD}){{0,5}}+[^\w\n,;:]{{0,4}}\Z"
            self._unless[language] = (frozenset(listed["takes_back"]), re.compile(near))
            for meaning, within in listed.get("inside", {}).items():
                inside = "|".join(regex_of(line.casefold(), words) for line in within)
                self._inside[language, meaning] = re.compile(rf"\b(?:{inside})")

    def lines(self) -> Iterator[Line]:
        """Every line there is."""
        return self._sets.lines()

    def held(self, page: Page) -> Held:
        """What a page's words bring: the lines of which it holds all the words needed."""
        mask = 0
        lines: list[Line] = []
        signs: list[Line] = []
        bare: set[str] = set()
        for word in set(page.words):
            known = self._sets.known(word)
            mask |= known.mask
            lines += known.lines
            signs += known.signs
            bare |= known.bare
        return Held(_met(lines, mask), _met(signs, mask), bare)

    def find(self, page: Page, held: Held) -> Spans:
        """For each meaning found, the spans in ``page.flat`` that say so; ``SIGNS`` aside."""
        found: Spans = {}
        for line in held.lines:
            spans = self._spans(line, page)
            if spans:
                found.setdefault(line.meaning, []).extend(spans)
        return found

    def shows(self, page: Page, held: Held, sign: str) -> bool:
        """A page holds one of ``SIGNS``."""
        return sign in held.bare or any(
            line.meaning == sign and self._spans(line, page, most=1) for line in held.signs
        )

    def _spans(self, line: Line, page: Page, most: int = _MOST_HITS) -> list[tuple[int, int]]:
        found = []
        for hit in _hits(line, page):
            if not self._taken_back(line, page.flat, hit):
                found.append(hit.span())
                if len(found) == most:
                    break
        return found

    def _taken_back(self, line: Line, flat: str, hit: re.Match[str]) -> bool:
        within = self._inside.get((line.language, line.meaning))
        if within is not None and within.search(hit.group()):
            return True
        meanings, near = self._unless.get(line.language, (frozenset(), None))
        if near is None or line.meaning not in meanings:
            return False
        start = hit.start()
        sentence = flat[max(0, start - _BEFORE) : start].rpartition("\n")[2]
        return near.search(sentence) is not None


@cache
def load_phrases() -> Phrases:
    """The shipped phrases of every language in ``LANGUAGES``."""
    folder = resources.files("amends.guard").joinpath("phrases")
    return Phrases(
        {
            language: tomllib.loads(folder.joinpath(f"{language}.toml").read_text("utf-8"))
            for language in LANGUAGES
        }
    )


def _met(lines: list[Line], mask: int) -> list[Line]:
    return [line for line in dict.fromkeys(lines) if line.mask & mask == line.mask]


def _hits(line: Line, page: Page) -> Iterator[re.Match[str]]:
    if line.begins:
        for start in page.starts:
            hit = line.pattern.match(page.flat, start)
            if hit is not None:
                yield hit
        return
    at = 0
    while (hit := line.pattern.search(page.flat, at)) is not None:
        at = max(hit.end(), at + 1)
        # Looked at here: a pattern that began by looking back could not skip to likely places.
        if _in_a_word(page.flat, hit.start()):
            at = hit.start() + 1
        else:
            yield hit


def _in_a_word(flat: str, start: int) -> bool:
    before = flat[start - 1 : start]
    return before.isalnum() or (before in ("'", "_") and before != "")
