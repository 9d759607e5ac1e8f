"""Where words are rare a scanner finds them; what is found does not depend on it (R02)."""

import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from amends.matching.engine import index as index_module
from amends.matching.engine import plain as plain_module
from amends.matching.engine import scanner as scanner_module
from amends.matching.engine.block import Block
from amends.matching.engine.index import Index
from amends.matching.engine.probes import Kind, Probe, clauses_of
from amends.matching.nodes import Node
from amends.matching.parser import parse
from amends.text import tokens
from tests.matching.engine.test_exact import NODES, TEXTS
from tests.matching.engine.test_plain import rows_of

pytest.importorskip("hyperscan")

Near = list[tuple[int, int]]


@pytest.fixture(autouse=True)
def scanning_from_the_first_text(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plain_module, "_FEW", 0)
    monkeypatch.setattr(index_module, "_LEARNING", 0)
    monkeypatch.setattr(index_module, "_LEARN_EVERY", 1 << 30)


def near(index: Index, texts: list[str]) -> Near:
    pairs = index.pairs(Block(texts))
    return list(zip(pairs.texts.tolist(), pairs.queries.tolist(), strict=True))


def index_of(*queries: str) -> Index:
    return Index([clauses_of(parse(query)) for query in queries])


def without_scanner(index: Index) -> Index:
    index._ready = index._ready._replace(scanners=())
    return index


@settings(max_examples=60, deadline=None)
@given(st.lists(NODES, min_size=1, max_size=5), st.lists(TEXTS, min_size=1, max_size=4))
def test_scanner_leaves_out_nothing_and_adds_nothing(nodes: list[Node], texts: list[str]) -> None:
    clauses = [clauses_of(node) for node in nodes]
    index_module._MOST_HITS, most = 1e9, index_module._MOST_HITS
    try:
        scanned = near(Index(clauses), texts)
    finally:
        index_module._MOST_HITS = most
    # Row by row, for tables take words at an end and a beginning for neighbours.
    looked_up = [
        (at, query)
        for at, text in enumerate(texts)
        for _, query in near(without_scanner(Index(clauses)), [text])
    ]
    assert scanned == looked_up


def test_first_and_last_words_of_rows_are_found() -> None:
    texts = ["zebra", "a zebra", "zebra a", "\u00e9 zebra", "zebra\U0001f621", "zebras", "xzebra"]
    found = near(index_of("zebra"), texts)
    assert found == [(at, 0) for at in range(5)]


def test_what_stands_beside_is_asked_of_the_rows_found() -> None:
    texts = ["zebra late", "zebra", "late", "late \u624b\u673a zebra", "\u624b \u673a", "okapi now"]
    index = index_of('zebra (late OR "very soon")', "\u624b\u673a", "fuzzy:okapis zebra OR okap*")
    assert index._ready.scanners
    assert near(index, texts) == [(0, 0), (3, 0), (3, 1), (4, 1), (5, 2)]


def test_many_hits_turn_the_scanner_off() -> None:
    index = index_of("zebra", "okapi")
    before = index._ready.scanners
    found = near(index, ["zebra " * 20] * 40)
    assert before
    assert (index._ready.scanners, found) == ((), [(at, 0) for at in range(40)])


def test_common_words_are_not_scanned_for() -> None:
    assert index_of("zebra", "the of")._ready.scanners
    many = index_of("the OR of OR is OR and OR you OR to OR in OR for OR my OR on OR it")
    assert not many._ready.scanners


def test_plan_that_changes_keeps_its_scanner_and_adds_what_it_lacks() -> None:
    """Names that prove common no longer lead; the words beside them do."""
    queries = [f"zebra{number} okapis{number}" for number in range(20)]
    index = index_of(*queries)
    first = index._ready.scanners
    texts = [queries[3], *["okapis3"] * 1199]
    found = [near(index, texts), near(index, texts)]
    later = index._ready.scanners
    assert found == [[(0, 3)]] * 2
    assert (later[:1] == first, len(later)) == (True, 2)


def test_plan_keeps_its_scanner_where_another_word_is_hardly_rarer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What was thought common proves rare, and would spare nothing worth a second scanner."""
    monkeypatch.setattr(index_module, "_LEARNING", 16)
    index = index_of(*[f"zebra{number} okapis{number}" for number in range(20)], "zq giraffes")
    first = index._ready.scanners
    texts = ["zq giraffes", *["giraffes"] * 9, *["air"] * 4000]
    found = [near(index, texts), near(index, texts)]
    assert (found, index._ready.scanners) == ([[(0, 20)]] * 2, first)


def test_without_hyperscan_tables_are_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scanner_module, "_hyperscan", None)
    index = index_of("zebra late")
    assert not index._ready.scanners
    assert near(index, ["late zebra"]) == [(0, 0)]


def test_words_that_share_a_key_are_not_scanned_for() -> None:
    one, other = (Probe(Kind.TOKEN, 5, share=1e-4, words=(word,)) for word in (b"a", b"b"))
    index = Index([(frozenset((one,)),), (frozenset((other,)),)])
    assert not index._ready.scanners


def test_word_too_long_for_hyperscan_is_found() -> None:
    word = "zebra" * 10_000
    assert near(index_of(word), [f"a {word} b", "zebra"]) == [(0, 0)]


def test_every_character_is_written_as_the_tokeniser_has_it() -> None:
    codes = [*range(0x80, 0xD800), *range(0xE000, 0x1F000), *range(0x2F800, 0x2FA20)]
    some = [*range(0x1F000, 0x2F800, 997), *range(0x2FA20, sys.maxunicode, 4999), 0xE0041]
    texts = [f"a{chr(code)}b" for code in (*codes[:0x3400], *codes[0x3400::5], *some)]
    wrong = [text for text, row in zip(texts, rows_of(texts), strict=True) if row != tokens(text)]
    assert wrong == []


def test_surrogates_and_borders_of_rows_stay_apart() -> None:
    texts = ["a\ud800b", "\u624b", "c\x1ed", "stra\u00dfe", "\u2764\ufe0fe\u0301"]
    assert rows_of(texts) == [["a", "b"], ["\u624b"], ["c", "d"], ["strasse"], ["\u00e9"]]
    assert rows_of(["\u00e9\x1eb", "a\x80c", "d"]) == [["\u00e9", "b"], ["a", "c"], ["d"]]


def test_blocks_tell_the_tokens_of_some_rows() -> None:
    block = Block(["a b", "c", "d e f"])
    whole = Block(["a b", "c", "d e f"])
    whole.tokens(tails=False)
    rows = np.array([0, 2])
    some, same = (one.tokens_of(rows, tails=False) for one in (block, whole))
    held = [
        [(row, key) for row, key in zip(one.rows.tolist(), one.keys.tolist(), strict=True) if key]
        for one in (some, same)
    ]
    assert held[0] == held[1]
    assert [row for row, _ in held[0]] == [0, 0, 2, 2, 2]
