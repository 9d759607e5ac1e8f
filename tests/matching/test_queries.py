"""Queries made from lists, and the words that a search is asked for (R01)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amends.matching import QueryError, compile, parse, phrases_of, query_of  # noqa: A004
from amends.terms import BadInput
from amends.text import tokens

SEARCHED = {
    'acme OR "acme" OR @acme': ["acme", "@acme"],
    "the acme": ["acme"],
    'acme ("lost bag" OR refund) -from:acme': ["acme"],
    "(late OR delayed) airline": ["airline"],
    "acme -refund": ["acme"],
    "acme OR from:beta": ["acme"],
    "from:beta lang:en": [],
    '"acme refund"~3': ["refund"],
    'acme OR refund* OR fuzzy:halcyon OR case:"US"': ["acme", "refund", "halcyon", "US"],
    "refund* acme": ["acme"],
    "lookalike:Acme OR refund": ["Acme", "refund"],
    "#AcmeFail is:reply": ["#AcmeFail"],
}


def test_compiling_names_the_query_in_error() -> None:
    with pytest.raises(BadInput, match=r"Query brand: OR needs a term after it.*position 5"):
        compile({"brand": "acme OR"})


def test_query_of_what_a_form_holds() -> None:
    query = query_of(
        ["acme", " acme air ", "OR", "NOT", ""], ["@acmeair", "acme.example.com"], ["AcmeAir"]
    )
    assert query == (
        'acme OR "acme air" OR "OR" OR "NOT" OR @acmeair OR @acme.example.com OR #AcmeAir'
    )


@pytest.mark.parametrize(("query", "phrases"), SEARCHED.items())
def test_a_search_asks_for_words_that_every_match_holds(query: str, phrases: list[str]) -> None:
    assert phrases_of(query) == phrases


def test_a_form_with_nothing_in_it_is_refused() -> None:
    with pytest.raises(QueryError, match="empty"):
        query_of([" "], ["@"], ["#"])


@pytest.mark.parametrize("handle", ["a b", "a OR b", "a) OR (b", "acme!", 'a"b'])
def test_a_handle_of_a_form_is_one_handle(handle: str) -> None:
    with pytest.raises(QueryError, match="no handle"):
        query_of([], [handle])


@given(st.text().filter(lambda text: bool(tokens(text))))
def test_any_phrase_survives_quoting(phrase: str) -> None:
    assert phrases_of(query_of([phrase])) == [phrase.strip()]


def place_of_error(query: str) -> int | None:
    try:
        parse(query)
    except QueryError as error:
        return error.position
    return None


@given(st.text(alphabet=st.sampled_from('acmeOR "\\@#$-():*~>_\u201c\U0001f621\u624b\n')))
def test_any_query_is_read_or_refused_with_a_place_in_it(query: str) -> None:
    place = place_of_error(query)
    assert place is None or 0 <= place < max(len(query), 1)
