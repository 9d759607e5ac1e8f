"""Queries that no word leads to (R02)."""

import pytest

from amends.matching import compile, parse  # noqa: A004 (the word of the field)
from amends.matching.accounts import accounts_of
from amends.terms import Author, Post

ANA = Post(id="1", text="hello", author=Author(id="7", handle="Ana"))
BOB = Post(id="2", text="hello", author=Author(handle="bob"))


@pytest.mark.parametrize(
    ("query", "accounts"),
    [
        ("from:Ana", {("from", "ana")}),
        ("from:ana hello", {("from", "ana")}),
        ("(from:ana OR to:bob) -late", {("from", "ana"), ("to", "bob")}),
        ("(from:ana OR to:bob) retweets_of:eve", {("retweets_of", "eve")}),
        ("from:ana OR hello", None),
        ("hello -from:ana", None),
    ],
)
def test_query_insists_on_accounts(query: str, accounts: set[tuple[str, str]] | None) -> None:
    assert accounts_of(parse(query)) == accounts


def test_author_leads_to_queries_whatever_the_text_is() -> None:
    asked = {"a": "from:ana", "id": "from:7", "b": "from:bob", "or": "from:bob OR zebra"}
    assert [set(found) for found in compile(asked).batch([ANA, BOB])] == [{"a", "id"}, {"b", "or"}]


def test_dropped_query_for_an_account_counts_no_more() -> None:
    matcher = compile({"a": "from:ana", "b": "from:ana hello"})
    matcher.drop("a")
    assert matcher.batch([ANA]) == [{"b": ("hello", "from:ana")}]
