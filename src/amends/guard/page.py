"""A reply as the guard reads it: folded, cut into sentences, and able to point back."""

import re
from functools import cached_property

from amends.text import graphemes, normalise, normalise_aligned

MOST_READ = 20_000  # code points; what comes after is left unread, and said to be

_SENTENCE_END = re.compile(r"([.!?\u2026\u3002\uff01\uff1f][\"')\]]{0,3})\s")
_LINK = re.compile(
    r"(?:https?://|www\.)[^\s<>\"]{1,2000}|\b[a-z0-9-]{1,63}\.[a-z]{2,12}/[^\s<>\"]{0,2000}"
)
_MAIL = re.compile(r"[\w.+%-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}")
_HANDLE = re.compile(r"(?<![\w@.])@\w{1,64}(?:[.@-]\w{1,64}){0,6}")
_HASHTAG = re.compile(r"(?<![\w&/#])#[^\W\d_]\w{1,60}")
_QUOTED = re.compile(
    r"\"([^\"\n]{4,300})\"|[\u201c\u201e\u00ab]([^\u201c\u201d\u00bb\n]{4,300})[\u201d\u201c\u00bb]"
)
_WORDS = re.compile(r"[^\W_]+")
_WHOLE_WORDS = re.compile(r"[^\W_]+(?:['-][^\W_]+)*")
_SENTENCE_BEGINS = re.compile(r"(?:\A|\n)[^\w\n]*+(?=\w)")
_MOST_SENTENCES = 500


class Page:
    """``flat`` is as long as ``normalise(text)``: links, handles, hashtags and quoted words are blank, and each
    sentence ends with a newline. ``words`` are its words, without what follows an apostrophe."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.read = text[:MOST_READ]
        self.folded = normalise(self.read)
        self.links = (
            [found.span() for found in _LINK.finditer(self.folded)]
            if "/" in self.folded or "www." in self.folded
            else []
        )
        self.mails = (
            [found.span() for found in _MAIL.finditer(self.folded)] if "@" in self.folded else []
        )
        self.flat = self._flattened()
        self.words = _WORDS.findall(self.flat)

    def _flattened(self) -> str:
        flat = _blank(self.folded, [*self.links, *self.mails])
        if "#" in flat:
            flat = _blank(flat, [found.span() for found in _HASHTAG.finditer(flat)])
        if "@" in flat:
            flat = _blank(flat, [found.span() for found in _HANDLE.finditer(flat)])
        quoted = [
            found.span()
            for found in _QUOTED.finditer(flat)
            if " " in found.group().strip() and len(found.group()) < 0.7 * len(flat.strip())
        ]
        return _SENTENCE_END.sub("\\1\n", _blank(flat, quoted))

    @cached_property
    def starts(self) -> list[int]:
        """Where in ``flat`` the first words of its sentences begin."""
        return [found.end() for found in _SENTENCE_BEGINS.finditer(self.flat)][:_MOST_SENTENCES]

    @cached_property
    def whole_words(self) -> list[str]:
        """The words of ``flat`` as a reader counts them: "don't" is one."""
        return _WHOLE_WORDS.findall(self.flat)

    @cached_property
    def _aligned(self) -> list[tuple[int, int]] | None:
        if self.read.isascii():
            return None
        folded, spans = normalise_aligned(self.read)
        return spans if folded == self.folded else []

    def span(self, start: int, end: int) -> tuple[int, int]:
        """From offsets in ``folded`` and ``flat`` to offsets in ``text``."""
        spans = self._aligned
        if spans is None:
            return start, end
        if not spans or start >= len(spans) or end <= start:
            return 0, len(self.text)
        return spans[start][0], spans[end - 1][1]

    @property
    def whole(self) -> tuple[int, int]:
        return 0, len(self.text)

    @cached_property
    def length(self) -> int:
        return graphemes(self.read)


def _blank(text: str, spans: list[tuple[int, int]]) -> str:
    for start, end in spans:
        text = text[:start] + "\x1f" * (end - start) + text[end:]
    return text
