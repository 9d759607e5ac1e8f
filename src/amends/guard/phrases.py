"""Set phrases by what they mean, in several languages: one reading of a reply finds all of them.

``phrases/*.toml`` holds one language each. ``[words]`` names sets of words; ``[find]`` lists, for each
meaning, what says so; ``[unless]`` lists what, standing shortly before in the same sentence, takes
it back ("nobody should be told that ..."), and for some meanings what takes it back inside. A line is a row of words with blanks between:

- ``<we>`` is any word of that set, ``(a|b)`` either, ``word*`` whatever begins so;
- ``word?`` may be absent; ``~`` is up to three words between, ``~~`` up to eight;
- ``^`` in front is the beginning of a sentence.

Blanks also stand for commas and dashes, never for the end of a sentence. All quantifiers are
bounded, so the time grows with the text alone.
"""

import re
import tomllib
from collections.abc import Iterator
from functools import cache
from importlib import resources
from typing import Any

from amends.guard.page import Page

LANGUAGES = ("en", "es", "de", "fr", "pt", "it", "nl")
_GAP = r"[^\w\n\x1f]{1,4}"
_WORD = r"\w++(?:'\w++)?+"
_BEFORE = 120  # code points in which ``unless`` is looked for
_MOST_HITS = 50  # of one line in one text
_MOST_KNOWN = 100_000  # words of texts whose sets are remembered
_PART = re.compile(r"[^\W_]+")
_BARE = re.compile(r"\((?:[^\W_]+\*?\|)*[^\W_]+\*?\)")
_SET = re.compile(r"<(\w+)>")
_REST = r"\w*+"
_SENTENCE_ENDS = r"(?=[^\w\n]*+(?:\n|\Z))"

_COMMON_WORDS = (
    "a about all an and any are as at be but by can did do don for from get had has have "
    "how i if in is it ll m me more my no not of on one or our out please re s so t that "
    "the their them then there they this to up us ve was we were what when which who will "
    "with would you your de que la le el un en es no se per di che die der das und sie ist "
)
_COMMON = frozenset(_COMMON_WORDS.split())
# Meanings of which it matters whether they are there, and not where; looked for when asked.
_SIGNS_WORDS = (
    "sorry empathy thanks next_step route reason_given benefit bargain privacy own "
    "warm_praise weather no_language asks_public "
)
SIGNS = frozenset(_SIGNS_WORDS.split())

Spans = dict[str, list[tuple[int, int]]]


class Line:
    """One line of a file; compiled when a text first needs it, as few ever are.

    ``needs`` are numbers of sets of words, each of which the text must hold a word of.
    """

    __slots__ = ("_pattern", "_source", "begins", "language", "meaning", "needs")

    def __init__(self, meaning: str, source: str, language: str, needs: frozenset[int]) -> None:
        self.meaning = meaning
        self.language = language
        self.needs = needs
        self.begins = False  # it stands at the beginning of a sentence
        self._source = source
        self._pattern: re.Pattern[str] | None = None

    @property
    def pattern(self) -> re.Pattern[str]:
        if self._pattern is None:
            self._pattern = re.compile(self._source)
        return self._pattern


class _Words:
    """Numbered sets of words and beginnings of words, and which of them a word belongs to."""

    def __init__(self) -> None:
        self._numbers: dict[frozenset[str], int] = {}
        self._exact: dict[str, set[int]] = {}
        self._beginnings: dict[int, dict[str, set[int]]] = {}
        self._known: dict[str, frozenset[int]] = {}

    def number(self, words: frozenset[str]) -> int:
        """The number of a set; ``word*`` is a beginning."""
        number = self._numbers.setdefault(words, len(self._numbers))
        for word in words:
            if word.endswith("*"):
                beginning = word[:-1]
                sized = self._beginnings.setdefault(len(beginning), {})
                sized.setdefault(beginning, set()).add(number)
            else:
                self._exact.setdefault(word, set()).add(number)
        return number

    def sets_of(self, word: str) -> frozenset[int]:
        known = self._known.get(word)
        if known is None:
            found = set(self._exact.get(word, ()))
            for size, sized in self._beginnings.items():
                found |= sized.get(word[:size], set())
            known = frozenset(found)
            if len(self._known) < _MOST_KNOWN:
                self._known[word] = known
        return known


class Phrases:
    """The lines of all languages, tried where a text holds the words that each of them needs."""

    def __init__(self, packs: dict[str, dict[str, Any]]) -> None:
        self._words = _Words()
        self._by_need: dict[int, list[Line]] = {}
        self._signs: dict[str, dict[int, list[Line]]] = {sign: {} for sign in SIGNS}
        # Sets of which one word is all that a sign needs.
        self._bare_signs: dict[str, set[int]] = {sign: set() for sign in SIGNS}
        self._unless: dict[str, tuple[frozenset[str], re.Pattern[str]]] = {}
        self._inside: dict[tuple[str, str], re.Pattern[str]] = {}
        for language, pack in packs.items():
            words = {name: str(said).casefold() for name, said in pack.get("words", {}).items()}
            for meaning, listed in pack.get("find", {}).items():
                for line in listed:
                    self._add(language, meaning, line.casefold(), words)
            self._take_back(language, pack.get("unless", {}), words)
        # Sets of their own: two sets meet faster than a set and the keys of a dict.
        self._keys = frozenset(self._by_need)
        self._sign_keys = {sign: frozenset(filed) for sign, filed in self._signs.items()}

    def _add(self, language: str, meaning: str, line: str, words: dict[str, str]) -> None:
        """A line that is one set of alternatives is kept as a line for each, bare words together:
        then hardly a text is tried in vain."""
        begins, ends = "^" * line.startswith("^"), "$" * line.endswith("$")
        bare = line.removeprefix("^").removesuffix("$")
        if len(_split(bare, " ")) > 1 or not bare.startswith(("(", "<")):
            self._add_one(language, meaning, line, words)
            return
        alternatives = [one.strip() for one in _alternatives(bare, words)]
        simple = [one for one in alternatives if _PART.fullmatch(one.removesuffix("*"))]
        if simple:
            self._add_one(language, meaning, f"{begins}({'|'.join(simple)}){ends}", words)
        for one in alternatives:
            if one not in simple:
                self._add_one(language, meaning, f"{begins}{one}{ends}", words)

    def _add_one(self, language: str, meaning: str, line: str, words: dict[str, str]) -> None:
        sets = _needed(line, words)
        needs = [self._words.number(one) for one in sets]
        if not needs:
            msg = f"{language}.toml: {line!r} holds no plain word that a text can be asked for."
            raise ValueError(msg)
        # Filed under the set that fewest words belong to, which is the rarest as a rule.
        rarest = min(range(len(sets)), key=lambda at: (len(sets[at] & _COMMON), len(sets[at])))
        made = Line(meaning, _regex(line, words), language, frozenset(needs))
        made.begins = line.startswith("^")
        if meaning in SIGNS and _BARE.fullmatch(line):
            self._bare_signs[meaning].update(needs)
            return
        filed = self._signs[meaning] if meaning in SIGNS else self._by_need
        filed.setdefault(needs[rarest], []).append(made)

    def _take_back(self, language: str, listed: dict[str, Any], words: dict[str, str]) -> None:
        if listed:
            before = "|".join(_regex(line.casefold(), words) for line in listed["before"])
            before = rf"(?<![\w'])(?:{before})"
            near = rf"{before}(?:{_GAP}{_WORD}){{0,5}}+[^\w\n]{{0,4}}\Z"
            self._unless[language] = (frozenset(listed["takes_back"]), re.compile(near))
            for meaning, within in listed.get("inside", {}).items():
                inside = "|".join(_regex(line.casefold(), words) for line in within)
                self._inside[language, meaning] = re.compile(rf"\b(?:{inside})")

    def find(self, page: Page) -> Spans:
        """For each meaning found, the spans in ``page.flat`` that say so; ``SIGNS`` aside."""
        held = self._held(page)
        found: Spans = {}
        for number in held & self._keys:
            for line in self._by_need[number]:
                if line.needs <= held:
                    spans = self._spans(line, page)
                    if spans:
                        found.setdefault(line.meaning, []).extend(spans)
        return found

    def lines(self) -> Iterator[Line]:
        """Every line that is tried as a pattern."""
        for filed in (self._by_need, *self._signs.values()):
            for lines in filed.values():
                yield from lines

    def shows(self, page: Page, sign: str) -> bool:
        """A page holds one of ``SIGNS``."""
        held = self._held(page)
        if not held.isdisjoint(self._bare_signs[sign]):
            return True
        by_need, keys = self._signs[sign], self._sign_keys[sign]
        for number in held & keys:
            for line in by_need[number]:
                if line.needs <= held and self._spans(line, page, most=1):
                    return True
        return False

    def _held(self, page: Page) -> frozenset[int]:
        if page.held is None:
            page.held = frozenset().union(*map(self._words.sets_of, set(page.words)))
        return page.held

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


def _split(text: str, border: str) -> list[str]:
    """The parts of a text between borders that stand outside brackets."""
    parts, depth, start = [], 0, 0
    for at, sign in enumerate(text):
        depth += (sign == "(") - (sign == ")")
        if sign == border and depth == 0:
            parts.append(text[start:at])
            start = at + 1
    return [part for part in (*parts, text[start:]) if part]


def _optional(item: str) -> bool:
    return item.endswith("?") and not item.endswith("\\?")


def _regex(line: str, words: dict[str, str]) -> str:
    items = _split(line.removeprefix("^").removesuffix("$"), " ")
    parts: list[str] = []
    for at, item in enumerate(items):
        if item in ("~", "~~"):
            parts.append(rf"(?:{_GAP}{_WORD}){{0,{3 if item == '~' else 8}}}?")
            continue
        before = at > 0 and not all(map(_optional, items[:at]))
        said = _said(item[:-1] if _optional(item) else item, words)
        if _optional(item):
            parts.append(rf"(?:{_GAP}{said})?" if before else rf"(?:{said}{_GAP})?")
        else:
            parts.append((_GAP if before and not item.startswith("\\?") else "") + said)
    ends = _SENTENCE_ENDS if line.endswith("$") else r"(?!\w)"
    return "".join(parts) + ends


def _alternatives(item: str, words: dict[str, str]) -> list[str]:
    if item.startswith("<"):
        return words[item[1:-1]].split("|")
    if item.startswith("(") and item.endswith(")"):
        listed = _split(item[1:-1], "|")
        return [
            one
            for part in listed
            for one in (words[part[1:-1]].split("|") if part.startswith("<") else [part])
        ]
    return [item]


def _said(item: str, words: dict[str, str]) -> str:
    spelled = (
        _SET.sub(lambda found: f"({words[found[1]]})", one).strip()
        for one in _alternatives(item, words)
    )
    return f"(?:{'|'.join(one.replace('*', '%').replace(' ', _GAP).replace('%', _REST) for one in spelled)})"


def _needed(line: str, words: dict[str, str]) -> list[frozenset[str]]:
    """Sets of words, of each of which every text that the line can match holds one."""
    needed = []
    for item in _split(line.removeprefix("^").removesuffix("$"), " "):
        if item in ("~", "~~") or _optional(item):
            continue
        first = frozenset(_first_word(one.strip()) for one in _alternatives(item, words))
        if "" not in first:
            needed.append(first)
    return needed


def _first_word(alternative: str) -> str:
    """The first word of what may stand there, with ``*`` where it goes on; empty if it is no word."""
    found = _PART.match(alternative)
    if found is None:
        return ""
    follows = alternative[found.end() : found.end() + 1]
    if follows in ("", " ", "'", "-", "$"):
        return found.group()
    return f"{found.group()}*" if follows == "*" else ""
