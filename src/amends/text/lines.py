"""One line of set phrases: how it is written, and the pattern it stands for.

- ``<we>`` is any word of that set, ``(a|b)`` either, ``word*`` whatever begins so;
- ``word?`` may be absent; ``~`` is up to three words between, ``~~`` up to eight;
- ``^`` in front is the beginning of a sentence, ``$`` behind its end.

Blanks also stand for commas and dashes, never for the end of a sentence. All quantifiers are
bounded, so the time grows with the text alone.
"""

import re
from functools import lru_cache
from itertools import pairwise

GAP = r"[^\w\n\x1f]{1,4}"
WORD = r"\w++(?:'\w++)?+"
_PART = re.compile(r"[^\W_]+")
_BARE = re.compile(r"\((?:[^\W_]+\*?\|)*[^\W_]+\*?\)")
_SIGNS = {border: re.compile(f"[(){border}]") for border in (" ", "|")}
_SET = re.compile(r"<(\w+)>")
_REST = r"\w*+"
_KEPT = 1 << 12  # a set stands in many lines, and each line is looked at from several sides
_SENTENCE_ENDS = r"(?=[^\w\n]*+(?:\n|\Z))"


class Line:
    """A line, compiled when a text first needs it, as few ever are.

    ``needs`` are sets of words, of each of which a text must hold one, in this order; ``mask`` has the bit
    of each. ``reaches`` are how many words on the next of them may stand at most (parted by anything but
    letters and digits; where no word holds a "_").
    ``opens`` are those words of the first set at which whatever the line matches through them begins.
    ``begins``: it stands at the beginning of a sentence. ``bare``: one word of the set is all.
    """

    __slots__ = (
        "_pattern", "_written", "bare", "begins", "language", "mask", "meaning", "needs", "opens", "reaches",
    )  # fmt: skip

    def __init__(self, language: str, meaning: str, line: str, words: dict[str, str]) -> None:
        self.language = language
        self.meaning = meaning
        items = _needed(line, words)
        self.needs = [need for _, need in items]
        self.reaches = _reaches(line, words, [at for at, _ in items])
        self.opens = _opening(line, words)
        self.mask = 0
        self.begins = line.startswith("^")
        self.bare = _BARE.fullmatch(line) is not None
        self._written = line, words
        self._pattern: re.Pattern[str] | None = None

    @property
    def pattern(self) -> re.Pattern[str]:
        if self._pattern is None:
            self._pattern = re.compile(regex_of(*self._written))
        return self._pattern


def singly(line: str, words: dict[str, str]) -> list[str]:
    """A line that is one set of alternatives as a line for each, bare words together: then hardly a
    text is tried in vain."""
    begins, ends = "^" * line.startswith("^"), "$" * line.endswith("$")
    bare = line.removeprefix("^").removesuffix("$")
    if len(_split(bare, " ")) > 1 or not bare.startswith(("(", "<")):
        return [line]
    alternatives = [one.strip() for one in _alternatives(bare, words)]
    simple = [one for one in alternatives if _PART.fullmatch(one.removesuffix("*"))]
    longer = [f"{begins}{one}{ends}" for one in alternatives if one not in simple]
    return [*([f"{begins}({'|'.join(simple)}){ends}"] if simple else ()), *longer]


@lru_cache(_KEPT)
def _split(text: str, border: str) -> tuple[str, ...]:
    """The parts of a text between borders that stand outside brackets."""
    if "(" not in text and ")" not in text:
        return tuple(filter(None, text.split(border)))
    parts, depth, start = [], 0, 0
    for found in _SIGNS[border].finditer(text):
        sign = found[0]
        depth += (sign == "(") - (sign == ")")
        if sign == border and depth == 0:
            parts.append(text[start : found.start()])
            start = found.end()
    return tuple(filter(None, (*parts, text[start:])))


def _optional(item: str) -> bool:
    return item.endswith("?") and not item.endswith("\\?")


def regex_of(line: str, words: dict[str, str]) -> str:
    """The pattern of a line, where its sentence begins or ends aside: ``Line.begins`` says so."""
    items = _split(line.removeprefix("^").removesuffix("$"), " ")
    parts: list[str] = []
    for at, item in enumerate(items):
        if item in ("~", "~~"):
            parts.append(rf"(?:{GAP}{WORD}){{0,{3 if item == '~' else 8}}}?")
            continue
        before = at > 0 and not all(map(_optional, items[:at]))
        said = _said(item[:-1] if _optional(item) else item, words)
        if _optional(item):
            parts.append(rf"(?:{GAP}{said})?" if before else rf"(?:{said}{GAP})?")
        else:
            parts.append((GAP if before and not item.startswith("\\?") else "") + said)
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
    said = (
        _SET.sub(lambda found: f"({words[found[1]]})", one) if "<" in one else one
        for one in _alternatives(item, words)
    )
    return f"(?:{'|'.join(map(_spelled, said))})"


@lru_cache(_KEPT)
def _spelled(alternative: str) -> str:
    return alternative.strip().replace("*", "%").replace(" ", GAP).replace("%", _REST)


def _needed(line: str, words: dict[str, str]) -> list[tuple[int, frozenset[str]]]:
    """Sets of words, of each of which every text that the line can match holds one; each with the number
    of its item."""
    needed = []
    for at, item in enumerate(_split(line.removeprefix("^").removesuffix("$"), " ")):
        if item in ("~", "~~") or _optional(item):
            continue
        first = frozenset(map(_rarest_word, _alternatives(item, words)))
        if "" not in first:
            needed.append((at, first))
    return needed


def _reaches(line: str, words: dict[str, str], needed: list[int]) -> list[int]:
    if len(needed) < 2:
        return []
    items = _split(line.removeprefix("^").removesuffix("$"), " ")
    sizes = [_most_words(item, words) for item in items]
    return [sum(sizes[at : after + 1]) - 1 for at, after in pairwise(needed)]


def _most_words(item: str, words: dict[str, str]) -> int:
    """How many words an item may take up; a word with an apostrophe counts twice."""
    if item in ("~", "~~"):
        return 2 * (3 if item == "~" else 8)
    alternatives = _alternatives(item[:-1] if _optional(item) else item, words)
    return max(_words_in(one, words) for one in alternatives)


def _words_in(alternative: str, words: dict[str, str]) -> int:
    if "<" not in alternative:
        return _count(alternative)
    sets = [max(map(_count, words[name].split("|"))) for name in _SET.findall(alternative)]
    return _count(_SET.sub(" ", alternative)) + sum(sets)


@lru_cache(_KEPT)
def _count(alternative: str) -> int:
    return len(_PART.findall(alternative))


def _opening(line: str, words: dict[str, str]) -> frozenset[str]:
    """Words that a match begins with where it holds them as what is needed of its first item."""
    first = _split(line.removeprefix("^").removesuffix("$"), " ")[0]
    if first in ("~", "~~") or _optional(first):
        return frozenset()
    pairs = [
        (_rarest_word(one), _first_word(one.strip()) if one[:1] != "(" else "")
        for one in _alternatives(first, words)
    ]
    return frozenset(rarest for rarest, _ in pairs) - {
        rarest for rarest, begin in pairs if begin != rarest
    }


@lru_cache(_KEPT)
def _rarest_word(alternative: str) -> str:
    """The word of what may stand there that fewest texts hold, taken to be the longest."""
    alternative = alternative.strip()
    if any(sign in alternative for sign in "(<\\?~"):
        return _first_word(alternative)
    return max(map(_first_word, alternative.split(" ")), key=len, default="")


def _first_word(alternative: str) -> str:
    """The first word of what may stand there, with ``*`` where it goes on; empty if it is no word."""
    found = _PART.match(alternative)
    if found is None:
        return ""
    follows = alternative[found.end() : found.end() + 1]
    if follows in ("", " ", "'", "-", "$"):
        return found.group()
    return f"{found.group()}*" if follows == "*" else ""
