"""One form for texts that are the same to a reader."""

import unicodedata
from itertools import chain

import regex

# Zero-width characters, soft hyphens, bidirectional controls, variation selectors, tags.
_INVISIBLE = regex.compile(r"\p{Default_Ignorable_Code_Point}+")
_APOSTROPHES = "\u2018\u2019\u201b\u02bc"
# No ASCII character composes with what stands before it, so a text may be cut in front of each.
_SAFE_PIECES = regex.compile(r"[\x00-\x7f]?[^\x00-\x7f]*", regex.DOTALL)
_CLUSTERS = regex.compile(r"\X")


def normalise(text: str) -> str:
    """NFKC, then full case folding, then without invisible characters, apostrophes straight."""
    if text.isascii():
        return text.lower()
    return _finish(unicodedata.normalize("NFKC", text))


def normalise_keeping_case(text: str) -> str:
    """``normalise(text)`` but for the case folding: each of its characters folds to those there."""
    if text.isascii():
        return text
    return _shown(unicodedata.normalize("NFKC", text))


def normalise_aligned(text: str) -> tuple[str, list[tuple[int, int]]]:
    """``normalise(text)``, and for each of its code points the span it comes from in ``text``.

    Spans are code-point offsets, the end exclusive.
    """
    if text.isascii():
        return text.lower(), [(at, at + 1) for at in range(len(text))]
    pieces = (_aligned_piece(found.group(), found.start()) for found in _SAFE_PIECES.finditer(text))
    pairs = list(chain.from_iterable(pieces))
    return "".join(part for part, _ in pairs), [span for part, span in pairs for _ in part]


def _aligned_piece(piece: str, at: int) -> list[tuple[str, tuple[int, int]]]:
    parts = [
        (
            _finish(unicodedata.normalize("NFKC", found.group())),
            (at + found.start(), at + found.end()),
        )
        for found in _CLUSTERS.finditer(piece)
    ]
    whole = _finish(unicodedata.normalize("NFKC", piece))
    # Some characters compose across clusters (compatibility jamo); their piece stays whole.
    if "".join(part for part, _ in parts) != whole:
        return [(whole, (at, at + len(piece)))]
    return parts


def _finish(composed: str) -> str:
    return _shown(composed.casefold())


def _shown(text: str) -> str:
    shown = _INVISIBLE.sub("", text)
    # Four searches cost a hundredth of ``str.translate``, which looks up every character.
    for mark in _APOSTROPHES:
        shown = shown.replace(mark, "'")
    return shown
