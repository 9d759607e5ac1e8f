"""The second form of texts holds what each of their words looks like (R02, R05)."""

from hypothesis import given
from hypothesis import strategies as st

from amends.matching import (
    Facts,
    compile,  # noqa: A004 (the word of the field)
    evaluate,
    parse,
)
from amends.matching.engine.alike import alike_form, alike_tokens
from amends.matching.engine.block import Block
from amends.matching.words import Words
from amends.terms import Post
from amends.text import is_number, skeleton

ODD = "\u0301\u0345\u0e33\u624b\uff83\uff9e\u2026\u2122\u00bd\u00df\u0130\u017f\u212a\u00e9\u00e6\u1f80\u0149"
ODD += "\u200b\u00ad\ufe0f\u2764\u2019\u02bc\u1100\u1161\u11a8\ud55c\u0939\u093f\u093c\u03a3\ufb01\u0663\u2167\u3099\u0303\u0323\u1e96\uffa1"
LIKE_LATIN = "\u0430\u0410\u039d\u03bd\u0397\u03b7\u1d0d\u13aa\uab7a\U0001d400\u24b6\uff21"
TEXTS = st.text(
    st.sampled_from(ODD + LIKE_LATIN + "abmwIl10'_-# \n\x1e\0") | st.characters(), max_size=12
)


def rows(form: bytes) -> list[list[str]]:
    return [row.split(" ") for row in form[8:-8].decode().split("\n")[:-1]]


@given(st.lists(TEXTS, min_size=1, max_size=4))
def test_rows_hold_what_the_words_of_their_texts_look_like(texts: list[str]) -> None:
    for text, row in zip(texts, rows(alike_form(texts)), strict=True):
        words = Words(text)
        looks = [skeleton(words.cased(at)) for at in range(len(words.tokens))]
        assert {one for look in looks if len(look) > 2 for one in alike_tokens(look)} <= set(row)


def test_every_letter_stands_as_it_looks() -> None:
    codes = [*range(0xD800), *range(0xE000, 0x20000), *range(0xE0000, 0xE0200)]
    texts = [f"acme{chr(code)}acme" for code in codes[::41]]
    looks = [
        [skeleton(one.cased(at)) for at in range(len(one.tokens))] for one in map(Words, texts)
    ]
    spoken = [" ".join(some) for some in looks]
    pairs = zip(texts, rows(alike_form(texts)), rows(alike_form(spoken)), strict=True)
    assert [text for text, row, wanted in pairs if not _long(wanted) <= set(row)] == []


def _long(words: list[str]) -> set[str]:
    return {word for word in words if len(word) > 2}


@given(st.lists(TEXTS, min_size=1, max_size=3), st.lists(TEXTS, max_size=3))
def test_batches_find_what_a_query_alone_finds(texts: list[str], others: list[str]) -> None:
    names = {word for text in (*texts, *others) for word in Words(text).tokens}
    asked = [word for word in sorted(names) if sum(map(str.isalnum, word)) > 2]
    queries = {word: f"lookalike:{word}" for word in asked if not is_number(word)}
    posts = [Post(id="1", text=text) for text in texts]
    found = [list(one) for one in compile(queries).batch(posts)]
    assert found == [
        [name for name, query in queries.items() if evaluate(parse(query), Facts.of(post))]
        for post in posts
    ]


def test_only_look_alikes_are_looked_at_closely() -> None:
    matcher = compile({"brand": "lookalike:acme"})
    texts = [
        "p\u0430\u0440\u0430 \u0441\u043e\u0440",
        "\u0430cme",
        "acne",
        "ac\u043ce",
        "\u624b\u673a acm\u00e9",
    ]
    near = matcher._state.main.index.pairs(Block(texts))
    assert near.texts.tolist() == [1, 3, 4]
