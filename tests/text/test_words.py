"""Tokens and first words."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amends.text import initial_words, normalise, token_spans, tokens, tokens_of

CASES = {
    "Acme\u2019s": ["acme", "s"],
    "wi-fi, AT&T": ["wi", "fi", "at", "t"],
    "3G a_b B2B": ["3g", "a", "b", "b2b"],
    "na\u00efve cafe\u0301": ["na\u00efve", "caf\u00e9"],
    "a\U0001f621b": ["a", "b"],
    "\u6211\u4e70iPhone\u624b\u673a": ["\u6211", "\u4e70", "iphone", "\u624b", "\u673a"],
    "\u0e44\u0e01\u0e48": ["\u0e44", "\u0e01", "\u0e48"],
    "\ud55c\uad6d \ucd5c\uace0": ["\ud55c\uad6d", "\ucd5c\uace0"],
    "\u0645\u0631\u062d\u0628\u0627 \u05e9\u05dc\u05d5\u05dd": [
        "\u0645\u0631\u062d\u0628\u0627",
        "\u05e9\u05dc\u05d5\u05dd",
    ],
    "... !? \U0001f642": [],
}


@pytest.mark.parametrize(("text", "expected"), CASES.items())
def test_tokens_split_at_everything_that_is_no_letter_or_digit(
    text: str, expected: list[str]
) -> None:
    assert tokens(text) == expected


def test_token_spans_are_places_in_the_normal_form() -> None:
    form = normalise("Hi  ACME!")
    assert [(word.text, form[word.start : word.end]) for word in token_spans(form)] == [
        ("hi", "hi"),
        ("acme", "acme"),
    ]


@given(st.text() | st.text(alphabet="aZ09 _-'"))
def test_tokens_are_those_of_their_spans(text: str) -> None:
    form = normalise(text)
    assert tokens_of(form) == [word.text for word in token_spans(form)] == tokens(text)


def test_initial_words_keep_their_form() -> None:
    assert initial_words("  Why\n is  it?  Late", 3) == "Why is it?"
    assert initial_words("one", 3) == "one"
    assert initial_words("one two", 0) == ""


def test_long_hostile_text_is_read_in_time() -> None:
    started = time.perf_counter()
    for piece in ("a", "a.", "\u0301", "_", "\u6211"):
        assert isinstance(tokens(piece * 100_000), list)
    assert time.perf_counter() - started < 10
