"""A post as the lexicon reads it: folded, cut into sentences, able to point back."""

import re
from collections.abc import Sequence

from amends.text import normalise, normalise_aligned

MOST_READ = 10_000  # code points; what comes after is left unread
SOMEBODY = "\ua66e"  # a letter of no living language; a handle is a word of these
EMOJI = "\u2600-\u27bf\U0001f300-\U0001faff"

_SHARP = "\ue0df"  # stands for "\u00df" where folding would make two letters of it
_HANDLE = re.compile(r"@\w{1,64}(?:[.@-]\w{1,64}){0,6}")
_LINK = re.compile(r"https?://\S{1,2000}")
_SITE = re.compile(r"www\.\S{1,2000}")
_QUOTED = re.compile(
    r"\"([^\"\n]{4,300})\"|[\u201c\u201e\u00ab]([^\u201c\u201d\u00bb\n]{4,300})[\u201d\u201c\u00bb]"
)
_WORDS = re.compile(rf"[^\W_]+|[{EMOJI}]")
# Bytes as words of ASCII keep them, the stand-in for ``SOMEBODY`` among them: the same as by ``_WORDS``.
_STAND_IN = "\xff"
_KEPT = bytes(
    at if chr(at) in _STAND_IN or (at < 128 and chr(at).isalnum()) else 32 for at in range(256)
)
# What normalising makes longer, shorter or another letter inside a word; nothing else moves.
_ALWAYS_MOVING = "\u0130\u0300-\u036f\u1e9e\u2100-\u218f\u2460-\u24ff\u3099\u309a\uff00-\uffef\U0001d400-\U0001d7ff"
_INSIDE = "\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff"
_MOVING = re.compile(
    rf"[{_ALWAYS_MOVING}{_INSIDE}](?:(?<=[{_ALWAYS_MOVING}])|(?<=\w.)(?=\w))", re.DOTALL
)


class Page:
    """``flat`` is the text folded, as long as ``folded``: links and what is quoted are blank, a handle
    is a word of ``SOMEBODY``, and each sentence ends with a newline. ``words`` are its words; what
    follows an apostrophe is a word of its own, and so is an emoji. Spans are code points of ``flat``,
    the end exclusive.
    """

    __slots__ = ("_spans", "flat", "folded", "read", "words")

    def __init__(self, text: str) -> None:
        self.read = read = text[:MOST_READ]
        self._spans: list[tuple[int, int]] | None = None
        self.folded = flat = read.lower() if read.isascii() else self._fold(read)
        if "://" in flat:
            flat = _LINK.sub(_blank, flat)
        if "www." in flat:
            flat = _SITE.sub(_blank, flat)
        if "@" in flat:
            flat = _HANDLE.sub(_put_away, flat)
        if '"' in flat or "\u201c" in flat or "\u201e" in flat or "\u00ab" in flat:
            most = 0.7 * len(flat.strip())
            flat = _QUOTED.sub(lambda hit: _blank(hit) if _quoted(hit, most) else hit.group(), flat)
        self.flat = flat.replace(". ", ".\n").replace("! ", "!\n").replace("? ", "?\n")
        self.words = self._words()

    def put_away(self, spans: Sequence[tuple[int, int]]) -> None:
        """Make words of ``SOMEBODY`` of what stands there."""
        parts: list[str] = []
        at = 0
        for start, end in spans:
            parts += (self.flat[at:start], SOMEBODY * (end - start))
            at = end
        self.flat = "".join((*parts, self.flat[at:]))
        self.words = self._words()

    def _words(self) -> list[str]:
        if not self.read.isascii():
            return _WORDS.findall(self.flat)
        if self.flat.isascii():
            return self.flat.encode().translate(_KEPT).decode().split()
        plain = self.flat.replace(SOMEBODY, _STAND_IN).encode("latin-1").translate(_KEPT)
        return plain.decode("latin-1").replace(_STAND_IN, SOMEBODY).split()

    def said(self, start: int, end: int) -> str:
        """What stands there, as it was written."""
        if self._spans is None:
            return self.read[start:end]
        first, last = self.span(start, end)
        return self.read[first:last]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """From code points of ``flat`` to those of the text."""
        spans = self._spans
        if spans is None:
            return start, end
        if end <= start or end > len(spans):
            return 0, len(self.read)
        return spans[start][0], spans[end - 1][1]

    def _fold(self, read: str) -> str:
        """Folded code point by code point where that is all there is to do; slower where not."""
        if _MOVING.search(read) is None:
            lower = read.lower().replace("\u2019", "'").replace("\u2018", "'")
            if len(lower) == len(read):
                return lower.replace("\u2026 ", "\u2026\n")
        folded, self._spans = normalise_aligned(read.replace("\u00df", _SHARP))
        return folded.replace(_SHARP, "\u00df")


def fold(text: str) -> str:
    """Words as pages hold them: normalised, but "\u00df" stays one letter."""
    if text.isascii():
        return text.lower()
    return normalise(text.replace("\u00df", _SHARP)).replace(_SHARP, "\u00df")


def _put_away(found: re.Match[str]) -> str:
    return SOMEBODY * (found.end() - found.start())


def _blank(found: re.Match[str]) -> str:
    return "\x1f" * (found.end() - found.start())


def _quoted(found: re.Match[str], most: float) -> bool:
    """Words of somebody else, and not the whole post."""
    return " " in found.group().strip() and found.end() - found.start() < most
