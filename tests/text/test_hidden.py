"""Hidden characters are shown (hostile world: bidirectional and zero-width text)."""

import pytest
import regex

from amends.text import mark_hidden

MARKED = {
    "pay\u202eevil": "pay[U+202E]evil",
    "ac\u200bme": "ac[U+200B]me",
    "a\u2066b\u2069": "a[U+2066]b[U+2069]",
    "a\x00b\x1b": "a[U+0000]b[U+001B]",
    "a\u200db": "a[U+200D]b",
    "x\ufe0f": "x[U+FE0F]",
    "\ufeffhi\u00ad": "[U+FEFF]hi[U+00AD]",
    "a\ud800": "a[U+D800]",
    "a\U000e0041": "a[U+E0041]",
}
HONEST = [
    "two\nlines\tand a tab",
    "\U0001f469\u200d\U0001f469\u200d\U0001f467 \u2764\ufe0f 1\ufe0f\u20e3",
    "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",
    "\u0915\u094d\u200d\u0937",
    "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
    "\u05e9\u05dc\u05d5\u05dd caf\u00e9 \u6211",
]


@pytest.mark.parametrize(("text", "expected"), MARKED.items())
def test_what_hides_is_marked(text: str, expected: str) -> None:
    assert mark_hidden(text) == expected


@pytest.mark.parametrize("text", HONEST)
def test_honest_writing_stays(text: str) -> None:
    assert mark_hidden(text) == text


def test_no_character_that_hides_passes_for_plain() -> None:
    every = "".join(map(chr, range(0x10000)))
    hides = regex.findall(
        r"[\p{Default_Ignorable_Code_Point}\p{Cf}\p{Cs}\p{Cc}\u2028\u2029]", every
    )
    passed = [one for one in hides if mark_hidden(f"a{one}b") == f"a{one}b"]
    assert passed == ["\t", "\n", "\r"]
