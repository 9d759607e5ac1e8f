"""Plain form holds the tokens of every text (R02)."""

import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amends.matching.engine import plain as plain_module
from amends.matching.engine.keys import KeyTable, key_of, pair_key, pair_keys, tokens_of
from amends.matching.engine.plain import plain
from amends.text import tokens

ODD = "\u0301\u0e33\u0e01\u0e49\u624b\uff83\uff7d\uff9e\u2026\u2122\u00bd\u00df\u0130\u017f\u212a\u00e9"
ODD += "\u200b\u00ad\ufe0f\u2764\u2019\u02bc\u1100\u1161\u11a8\u0939\u093f\u093c\u03a3\ufb01\u0663\u2167"
TEXTS = st.text(st.sampled_from(ODD + "abcXYZ019'_-#@$ \n\x1e\0") | st.characters(), max_size=14)


@pytest.fixture(autouse=True)
def tables_from_the_first_text(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plain_module, "_FEW", 0)


def rows_of(texts: list[str]) -> list[list[str]]:
    form = plain(texts)
    rows = form.buffer[8:-8].decode().split("\n")[:-1]
    found = {place: row.split(" ") for place, row in zip(form.order.tolist(), rows, strict=True)}
    return [[word for word in found[place] if word] for place in range(len(texts))]


@given(st.lists(TEXTS, min_size=1, max_size=6))
def test_rows_hold_the_tokens_of_their_texts(texts: list[str]) -> None:
    assert rows_of(texts) == [tokens(text) for text in texts]


def test_every_character_of_ascii_is_folded_in_any_piece(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plain_module, "_AT_ONCE", 5)
    texts = [f"a{chr(code)}B1" for code in range(128)]
    assert rows_of(texts) == [tokens(text) for text in texts]


def test_every_letter_that_folds_or_joins_stands_as_the_tokeniser_has_it() -> None:
    codes = [
        *range(0xD800),
        *range(0xE000, 0x3400),
        *range(0xF900, 0x11000),
        *range(0x1D000, 0x20000),
    ]
    texts = [
        f"a{chr(code)}b"
        for code in sorted({*codes, *range(0, sys.maxunicode, 997)} - {*range(0xD800, 0xE000)})
    ][::7]
    assert [
        pair for pair in zip(texts, rows_of(texts), strict=True) if pair[1] != tokens(pair[0])
    ] == []


def test_keys_of_a_batch_are_those_of_its_tokens() -> None:
    texts = ["Acme internationalization x", "stra\u00dfe 12345678 123456789 \u624b\u673a"]
    found = tokens_of(plain(texts).buffer)
    held = [(int(row), int(key)) for row, key in zip(found.rows, found.keys, strict=True) if key]
    assert held == [(row, key_of(word)) for row in (0, 1) for word in tokens(texts[row])]


def test_what_is_no_token_is_never_found() -> None:
    """This key shares the first place of the table of bits with zero."""
    import numpy as np

    table = KeyTable(np.array([key_of("lmu")], dtype=np.uint64), np.zeros(1, dtype=np.int32))
    asked = np.array([0, key_of("lmu"), 0], dtype=np.uint64)
    assert [found.tolist() for found in table.find(asked)] == [[1], [0]]


@given(st.sets(st.integers(1, 2**64 - 1), min_size=1, max_size=60))
def test_table_finds_each_key_and_no_other(known: set[int]) -> None:
    import numpy as np

    keys = np.array(sorted(known), dtype=np.uint64)
    table = KeyTable(keys, np.arange(len(keys), dtype=np.int32))
    asked = np.concatenate((keys, keys + np.uint64(1), np.zeros(1, dtype=np.uint64)))
    places, values = table.find(asked)
    found = dict(zip(places.tolist(), values.tolist(), strict=True))
    ordered = keys.tolist()
    assert found == {
        at: ordered.index(key) for at, key in enumerate(asked.tolist()) if key in known
    }


def test_pairs_are_keyed_alike_one_by_one_and_together() -> None:
    import numpy as np

    first, second = np.array([5, 2**63], dtype=np.uint64), np.array([9, 7], dtype=np.uint64)
    assert pair_keys(first, second).tolist() == [pair_key(5, 9), pair_key(2**63, 7)]
