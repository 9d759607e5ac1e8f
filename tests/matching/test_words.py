"""A term is found where its finder first finds it, by whatever way is shorter (R01)."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from amends.matching.nodes import Cased, Keyword, Phrase, Prefix, Tag, Term
from amends.matching.terms import finder, needle_of, start_of
from amends.matching.words import Words

PIECES = ["acme", "air", "Acme", "1", "caf\u00e9", "\u624b", "\u673a", "\u0e19\u0e49", "e\u0301"]
SIGNS = [" ", " ", "#", "_", "-", "\u0301", "\U0001f621", "\u200b", "\u2019", "@", "\u00df"]
TEXTS = st.lists(st.sampled_from(PIECES + SIGNS), max_size=10).map("".join)
TERMS = st.sampled_from(PIECES).map(Keyword) | st.lists(
    st.sampled_from(PIECES), min_size=1, max_size=2
).map(lambda words: Phrase(" ".join(words)))


@settings(max_examples=150)
@given(TERMS, TEXTS)
@example(Keyword("\u624b"), "#acme\u624b")
def test_a_term_starts_where_its_finder_first_finds_it(term: Keyword | Phrase, text: str) -> None:
    found = next(finder(term)(Words(text)), None)
    assert start_of(term)(Words(text)) == (-1 if found is None else found.start)


NAMED = st.sampled_from(["acme", "acme.example.com", "ca"]).map(lambda name: Tag("@", name))
ODD_TERMS = st.sampled_from(PIECES).map(Cased) | st.sampled_from(PIECES).map(Prefix) | NAMED


@settings(max_examples=150)
@given(TERMS | ODD_TERMS, TEXTS)
@example(Tag("@", "acme.example.com"), "@acme.example.com")
@example(Tag("@", "acme"), "@acme.then")
@example(Prefix("caf\u00e9 ai"), "cafe\u0301 air")
def test_a_needle_stands_in_each_text_that_holds_its_term(term: Term, text: str) -> None:
    words = Words(text)
    assert next(finder(term)(words), None) is None or needle_of(term) in words.form


@pytest.mark.parametrize(
    ("text", "place"),
    [("acmes acme", 6), ("\u00e9acme", -1), ("acme\u624b", 0), ("#acme_x acme", 1), ("", -1)],
)
def test_a_token_is_told_from_letters_in_a_longer_one(text: str, place: int) -> None:
    assert Words(text).place("acme") == place
