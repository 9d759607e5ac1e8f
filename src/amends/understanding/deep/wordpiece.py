"""From text to the pieces an encoder knows: cleaned, folded, cut by the longest match.

What may differ without meaning anything is made alike first: links are left out, emoji become their names
and are said once, curly quotes become straight ones. Of handles one piece is left, the same for all and for
several in a row, where the vocabulary has it; else they are left out.
"""

import html
import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

MOST_READ = 2_000  # characters; no more pieces than an encoder takes come from so many
PAD, UNKNOWN, START, END = "[PAD]", "[UNK]", "[CLS]", "[SEP]"
HANDLE = "[HANDLE]"
_SOMEBODY = "\x1a"  # stands for a handle while a text is cut; taken out of what was written
_SEVERAL = re.compile(r"\x1a(?: \x1a)+")
_MOST_KNOWN = 100_000  # words whose pieces are remembered
_FEWEST, _SHREDDED = 4, 1.4  # words, and pieces to each of them
_LONGEST = 100  # characters of a word; a longer one is unknown
_QUOTES = str.maketrans(
    {"\u2018": "'", "\u2019": "'", "\u201c": '"', "\u201d": '"', "\u201e": '"', "\u00b4": "'"}
)
_LINK = re.compile(
    r"https?://\S{0,2000}|(?<![A-Za-z0-9_@\uff20])www\.\S{1,2000}|(?<!@)\bhttp\b", re.IGNORECASE
)
_HANDLE = re.compile(
    r"(?<![\w.+-])[@\uff20]\w{1,64}(?:[.-]\w{1,64}){0,6}(?:@\w{1,64}(?:[.-]\w{1,64}){0,6})?"
)
_REPEATED = re.compile(r"(.)\1{3,}")
_WORD = re.compile(r"[^\W_]+|[^\s\w]|_")


def plain(text: str, handle: str = " ") -> str:
    """What an encoder reads of a text: its first ``MOST_READ`` characters, cleaned as said above, with
    ``handle`` in the place of each."""
    text = html.unescape(html.unescape(text[:MOST_READ]))
    text = unicodedata.normalize("NFKC", text.translate(_QUOTES))
    text = _HANDLE.sub(handle, _LINK.sub(" ", text))
    text = _REPEATED.sub(r"\1\1\1", text if text.isascii() else _named(text))
    return " ".join(text.split())


def without_handles(text: str) -> str:
    """The text with a gap in the place of each handle."""
    return _HANDLE.sub(" ", text)


def _named(text: str) -> str:
    """The text with each run of one emoji as its name, and without invisible characters."""
    out: list[str] = []
    last = ""
    for character in text:
        name = _name(character)
        if name is None:
            out.append(character)
            last = last if character.isspace() else ""
        elif name and character != last:
            out.append(name)
            last = character
    return "".join(out)


@lru_cache(maxsize=4096)
def _name(character: str) -> str | None:
    """An emoji's name; nothing for what is invisible; None for what stays as it is."""
    kind = unicodedata.category(character)
    if kind == "Cf" or "\ufe00" <= character <= "\ufe0f":
        return ""
    if (kind in ("So", "Sk") and ord(character) > 0x2000) or (
        kind == "Sk" and ord(character) > 255
    ):
        name = unicodedata.name(character, "").lower().replace("-", " ")
        return f" {name} "
    return None


class WordPieces:
    """The vocabulary of an uncased BERT and how words are cut by it."""

    def __init__(self, vocabulary: Sequence[str]) -> None:
        self._ids = {piece: number for number, piece in enumerate(vocabulary)}
        self._unknown = self._ids[UNKNOWN]
        self.pad, self._start, self._end = self._ids[PAD], self._ids[START], self._ids[END]
        self._somebody = self._ids.get(HANDLE)
        self._known: dict[str, tuple[int, ...]] = {}

    @property
    def handle(self) -> int | None:
        """The number of the piece that stands for handles; None where they are left out."""
        return self._somebody

    def ids(self, text: str, most: int) -> list[int]:
        """The numbers of a text's pieces, between the marks of start and end, at most ``most``."""
        found = [self._start]
        for word in _WORD.findall(_folded(self._cleaned(text))):
            pieces = self._known.get(word)
            if pieces is None:
                pieces = self._learn(word)
            found.extend(pieces)
            if len(found) >= most:
                break
        return [*found[: most - 1], self._end]

    def _cleaned(self, text: str) -> str:
        text = text.replace(_SOMEBODY, " ")
        if self._somebody is None:
            return plain(text)
        return _SEVERAL.sub(_SOMEBODY, plain(text, f" {_SOMEBODY} "))

    def knows(self, text: str) -> bool:
        """Whether the words of a text are words of the vocabulary, and not shreds: whether it is in a
        language that was learnt. Of fewer than four words nobody can tell, and it is taken to be."""
        words = [word for word in _WORD.findall(_folded(plain(text))) if word.isalpha()]
        pieces = sum(len(self._known.get(word) or self._learn(word)) for word in words)
        return len(words) < _FEWEST or pieces <= _SHREDDED * len(words)

    def _learn(self, word: str) -> tuple[int, ...]:
        if len(self._known) >= _MOST_KNOWN:
            self._known = {}
        self._known[word] = pieces = tuple(self._cut(word))
        return pieces

    def _cut(self, word: str) -> list[int]:
        if word == _SOMEBODY and self._somebody is not None:
            return [self._somebody]
        if len(word) > _LONGEST:
            return [self._unknown]
        found: list[int] = []
        start = 0
        while start < len(word):
            for end in range(len(word), start, -1):
                piece = word[start:end] if not start else f"##{word[start:end]}"
                if (number := self._ids.get(piece)) is not None:
                    found.append(number)
                    start = end
                    break
            else:
                return [self._unknown]
        return found


def _folded(text: str) -> str:
    """Lower case without accents, and a space around each ideograph, as BERT has it."""
    if text.isascii():
        return text.lower()
    bare = unicodedata.normalize("NFD", text.lower())
    kept = (
        f" {character} " if _is_ideograph(character) else character
        for character in bare
        if unicodedata.category(character) != "Mn"
    )
    return "".join(kept)


def _is_ideograph(character: str) -> bool:
    return "\u4e00" <= character <= "\u9fff" or "\u3400" <= character <= "\u4dbf"
