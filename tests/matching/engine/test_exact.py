"""The engine leaves out no query that a post satisfies, in any script (R02)."""

import json
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amends.listening.frames.posts import PostFrames
from amends.matching import Facts, Matcher, Node, evaluate
from amends.matching.engine import plain as plain_module
from amends.matching.nodes import (
    And,
    Cased,
    Compare,
    Fuzzy,
    Keyword,
    Not,
    Operator,
    Or,
    Phrase,
    Prefix,
    Tag,
)
from amends.terms import Author, Post, Ref
from amends.terms.schema import encode_post

WORDS = [
    *(
        "acme",
        "air",
        "late",
        "the",
        "refund",
        "refunds",
        "reefund",
        "refnud",
        "efund",
        "refun",
        "xefund",
        "refunx",
        "rexund",
        "internationalization",
    ),
    *("internationalisation", "stra\u00dfe", "STRASSE", "caf\u00e9", "cafe\u0301", "\u0130stanbul"),
    *("\u624b\u673a", "\u624b", "\u673a\u574f", "\u30c6\u30b9\u30c8", "\uff83\uff7d\uff84"),
    *("\uff21cme", "ac\u200bme", "ac\u00adme", "\u0e1a\u0e34\u0e19", "\u0e19\u0e49\u0e33"),
    *(
        "\u0939\u093f\u0928\u094d\u0926\u0940",
        "\ud55c\uad6d",
        "\u1112\u1161\u11ab",
        "A\u0327\u0301",
    ),
    *("e-mail", "acme's", "acme\u2019s", "x2", "\ufb01n", "\u02bcn", "\U0001d400cme", "\u0301a"),
]
SIGNS = [
    " ",
    " ",
    " ",
    "",
    "\n",
    ", ",
    "-",
    "_",
    "#",
    " #",
    " @",
    "@",
    " $",
    ".",
    "\u2026",
    "\u2014",
]
SIGNS += [
    "\U0001f621",
    "\u2764\ufe0f",
    "\x1e",
    "\\",
    '"',
    "\u00bd",
    "\u2122",
    "\0",
    "https://a.example/",
]
TEXTS = st.lists(st.sampled_from(WORDS) | st.sampled_from(SIGNS), max_size=12).map("".join)
TEXTS |= st.lists(st.sampled_from(WORDS), max_size=8).map(" ".join)
KEYWORDS = st.sampled_from([word for word in WORDS if word[0] != "\u0301"])
LEAVES = st.one_of(
    KEYWORDS.map(Keyword),
    KEYWORDS.map(Cased),
    st.tuples(KEYWORDS, KEYWORDS).map(" ".join).map(Phrase),
    st.builds(Phrase, st.tuples(KEYWORDS, KEYWORDS).map(" ".join), st.integers(1, 3)),
    st.sampled_from(["re", "refund", "internationali", "caf\u00e9", "\u624b", "a"]).map(Prefix),
    st.sampled_from(["refund", "internationalization", "\u0130stanbul"]).map(Fuzzy),
    st.builds(
        Tag,
        st.sampled_from("#@$"),
        st.sampled_from(["acme", "acme_air", "caf\u00e9", "acme.example"]),
    ),
    st.sampled_from(
        [
            Operator("from", "ana"),
            Operator("to", "Bob"),
            Operator("has", "hashtags"),
            Compare("followers", ">", 5),
        ]
    ),
    st.just(Keyword("\U0001f621")),
)
NODES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.lists(inner, min_size=2, max_size=4).map(lambda parts: And(tuple(parts))),
        st.lists(inner, min_size=2, max_size=4).map(lambda parts: Or(tuple(parts))),
        inner.map(Not),
    ),
    max_leaves=6,
)
POSTS = st.builds(
    Post,
    id=st.just("1"),
    text=TEXTS,
    author=st.none() | st.just(Author(handle="ana", followers=9)),
    in_reply_to=st.none() | st.just(Ref(id="3", author=Author(handle="bob"))),
    quote_of=st.none() | st.builds(Ref, id=st.just("2"), text=TEXTS),
)


def satisfied(nodes: Sequence[Node], post: Post) -> set[str]:
    return {str(at) for at, node in enumerate(nodes) if evaluate(node, Facts.of(post))}


@pytest.fixture(autouse=True)
def tables_from_the_first_text(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plain_module, "_FEW", 0)


@given(
    st.lists(NODES, min_size=1, max_size=6), st.lists(POSTS, min_size=1, max_size=4), st.booleans()
)
def test_one_by_one_and_batch_and_lines_agree(
    nodes: list[Node], posts: list[Post], escaped: bool
) -> None:
    matcher = Matcher({str(at): node for at, node in enumerate(nodes)})
    expected = [satisfied(nodes, post) for post in posts]
    assert [set(found) for found in matcher.batch(posts)] == expected
    lines = [
        json.dumps(json.loads(encode_post(post)), ensure_ascii=escaped).encode() for post in posts
    ]
    looked = matcher.lines(lines, PostFrames())
    found = {one.at: set(one.queries) for one in looked.matches}
    assert [found.get(at, set()) for at in range(len(posts))] == expected
    assert (looked.others, looked.dead) == ([], [])
