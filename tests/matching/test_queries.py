"""Reading queries, and the sentences for those that cannot be read (R01)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amends.matching import QueryError, compile, parse, phrases_of, query_of  # noqa: A004
from amends.terms import BadInput
from amends.text import tokens

WRONG = [
    ("", 0, "empty"),
    ("   ", 0, "empty"),
    ('""', 0, "no letter"),
    ('acme OR ""', 8, "no letter"),
    ('"acme', 0, "not closed"),
    ('acme OR "air', 8, "not closed"),
    ('acme"', 4, "not closed"),
    ("OR acme", 0, "before"),
    ("acme OR", 5, "after"),
    ("acme OR OR air", 8, "before"),
    ("@", 0, "stands alone"),
    ("acme OR #", 8, "stands alone"),
    ("$", 0, "stands alone"),
    ("@acme!", 0, "no handle"),
    ("#a-b", 0, "no handle"),
    ("$20", 0, "no handle"),
    ("acme air", 5, "side by side"),
    ("acme or air", 5, "side by side"),
    ("-acme", 0, "dash"),
    ("(acme)", 0, "Brackets"),
    ("acme)", 4, "Brackets"),
    ("refund*", 0, "with *"),
    ('"a b"~3', 5, "~N"),
    ('"a b"c', 5, "blank"),
    ("from:acme", 0, "from: is not supported yet"),
    ("lang:en", 0, "lang: is not supported yet"),
    ("followers>1000", 0, "followers: is not supported yet"),
    ("sample:10", 0, "other networks cannot answer"),
    ("foo:bar", 0, "foo: is no operator"),
    ("\U0001f621", 0, "no letter"),
]


@pytest.mark.parametrize(("query", "position", "said"), WRONG)
def test_wrong_query_is_told_where_and_why(query: str, position: int, said: str) -> None:
    with pytest.raises(QueryError) as caught:
        parse(query)
    assert caught.value.position == position
    assert said in str(caught.value)


def test_compiling_names_the_query_in_error() -> None:
    with pytest.raises(BadInput, match=r"Query brand: OR needs a term after it.*position 5"):
        compile({"brand": "acme OR"})


def test_query_of_what_a_form_holds() -> None:
    query = query_of(
        ["acme", " acme air ", "OR", ""], ["@acmeair", "acme.example.com"], ["AcmeAir"]
    )
    assert query == 'acme OR "acme air" OR "OR" OR @acmeair OR @acme.example.com OR #AcmeAir'
    assert phrases_of(query) == [
        "acme",
        "acme air",
        "OR",
        "@acmeair",
        "@acme.example.com",
        "#AcmeAir",
    ]


def test_phrases_are_asked_for_once() -> None:
    assert phrases_of('acme OR "acme" OR @acme') == ["acme", "@acme"]


def test_a_form_with_nothing_in_it_is_refused() -> None:
    with pytest.raises(QueryError, match="empty"):
        query_of([" "], ["@"], ["#"])


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
