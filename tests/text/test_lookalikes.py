"""What words look like, as a watch for the protection of a brand needs it (R02, R05)."""

import unicodedata
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amends.text import appearance, skeleton

PAIRS = {
    "acme": "\u0430\u0441m\u0435",
    "ACME": "\u0391\u0421\u039c\u0395",
    "microsoft": "rnicrosoft",
    "walmart": "vvalrnart",
    "facebook": "f\u0430ceb00k",
    "PaypaI": "paypa1",
    "monster": "M\u00f8nst\u00ebr",
    "encyclopaedia": "encyclop\u00e6dia",
    "strasse": "Stra\u00dfe",
    "istanbul": "\u0130st\u03b1nbul",
    "bank": "\u03b2ank",
    "hotel": "\u041d\u043etel",
    "acme air": "\u1d00\u1d04\u1d0d\u1d07 \u1d00\u026a\u0280",
}


@pytest.mark.parametrize(("word", "other"), PAIRS.items())
def test_words_that_look_alike_come_out_the_same(word: str, other: str) -> None:
    assert skeleton(word) == skeleton(other)


def test_letters_that_look_different_come_out_different() -> None:
    apart = "abcdefghjklnopqrstuvxyz"
    assert [two for two in combinations(apart, 2) if skeleton(two[0]) == skeleton(two[1])] == []


@given(
    st.characters(exclude_categories=["Cs"])
    | st.sampled_from([*"m\u00df\u0130\u01f0\ud55c", *"\u00e6\u0153"])
)
def test_what_a_character_looks_like_looks_like_itself(char: str) -> None:
    for one in unicodedata.normalize("NFKC", char):
        assert "".join(map(appearance, appearance(one))) == appearance(one)


LATIN = st.characters(max_codepoint=0x17F, categories=["L", "N"], exclude_characters="\u00b5")


@given(st.text(LATIN))
def test_latin_words_look_the_same_in_any_capitals(word: str) -> None:
    composed = unicodedata.normalize("NFKC", word)
    assert skeleton(composed.upper()) == skeleton(composed.lower())
