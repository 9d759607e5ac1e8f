"""Which queries are looked at closely, as the stream shows how common their words are (R02)."""

import pytest

from amends.matching import compile  # noqa: A004 (the word of the field)
from amends.matching.engine.block import Block
from amends.matching.engine.index import Index
from amends.matching.engine.probes import clauses_of
from amends.matching.matcher import TooBroad
from amends.matching.parser import parse
from amends.terms import Post


def near(queries: list[str], texts: list[str], *, often: int = 1) -> list[list[tuple[int, int]]]:
    index = Index([clauses_of(parse(query)) for query in queries])
    found = []
    for _ in range(often):
        pairs = index.pairs(Block(texts))
        found.append(list(zip(pairs.texts.tolist(), pairs.queries.tolist(), strict=True)))
    return found


TEXTS = ["acme is late", "the late air", "acme refunds the air", "of the air", "the", "air the of"]
QUERIES = ["acme (late OR refund*)", "the air", '"of the"', "late OR acme -the"]
EXPECTED = [(0, 0), (0, 3), (1, 1), (1, 3), (2, 0), (2, 1), (2, 3), (3, 1), (3, 2), (5, 1)]


def test_only_what_a_clause_lets_through_is_near() -> None:
    assert near(QUERIES, TEXTS)[0] == EXPECTED


def test_plans_change_nothing_in_what_is_near() -> None:
    """The first plan knows nothing, later ones have counted; batches are learned from or not."""
    assert near(QUERIES, TEXTS * 300, often=40) == [near(QUERIES, TEXTS * 300)[0]] * 40


def test_what_leads_to_queries_is_counted_between_plans_and_after() -> None:
    """One that a query was just added beside goes on from what was counted by then."""
    index = Index([clauses_of(parse("zebra"))])
    (probe,) = index.experience().counts
    expected = []
    for often in (1, 299, 300):
        for _ in range(often):
            index.pairs(Block(["a zebra", "zebra zebra", "a", "b", "c"]))
        expected.append(index.experience().counts[probe])
    thought = 500 * probe.share
    assert expected == [
        pytest.approx((thought + 3 * often, 500 + 5 * often)) for often in (1, 300, 600)
    ]


@pytest.mark.parametrize("query", ["from:acme", "from:acme OR late", "followers>5 from:acme"])
def test_query_without_a_word_that_must_be_there_is_unbounded(query: str) -> None:
    assert Index([clauses_of(parse(query))]).unbounded == [0]


def test_too_broad_queries_are_told_with_a_reason() -> None:
    matcher = compile({"word": "zebra", "common": "air lines", "none": "from:acme url:x"})
    matcher.batch([Post(id="1", text="the air lines")] * 3000)
    assert matcher.too_broad() == [
        TooBroad("common", "Its rarest words stand in about 86% of all posts."),
        TooBroad(
            "none", "It names no word that every match must hold, so each post is read whole."
        ),
    ]
