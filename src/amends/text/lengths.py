"""How long a text is, as a network counts."""

from typing import Literal

import regex

Unit = Literal["graphemes", "characters", "bytes"]

_CLUSTER = regex.compile(r"\X")


def graphemes(text: str) -> int:
    """The characters a reader sees: extended grapheme clusters."""
    # In ASCII only the pair \r\n is one cluster of two.
    if text.isascii():
        return len(text) - text.count("\r\n")
    return sum(1 for _ in _CLUSTER.finditer(text))


def length(text: str, unit: Unit) -> int:
    """The length of a text in graphemes, code points or bytes of UTF-8."""
    if unit == "graphemes":
        return graphemes(text)
    return len(text) if unit == "characters" else len(text.encode("utf-8", "surrogatepass"))
