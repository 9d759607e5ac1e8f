"""Hypothesis: the matcher against one that is slow and obvious; printing against reading (R01, R08)."""

from typing import Any

import msgspec
from hypothesis import assume, given
from hypothesis import strategies as st

from amends.matching import (
    Facts,
    QueryError,
    compile,  # noqa: A004 (the word of the field)
    compile_x,
    evaluate,
    parse,
    phrases_of,
    render,
    why,
)
from amends.matching.xrules import NotOnX
from amends.terms import Author, Media, Post, Ref
from tests.matching.obvious import Tree, holds, said

WORDS = [
    "acme",
    "Acme",
    "air",
    "AIR",
    "refund",
    "refnud",
    "refunds",
    "late",
    "caf\u00e9",
    "cafe",
    "US",
]
WORDS += [
    "us",
    "B2B",
    "s",
    "\u624b\u673a",
    "\u624b",
    "\u0e01\u0e48",
    "or",
    "ma\u00f1ana",
    "\u0645\u0631\u062d\u0628\u0627",
]
WORDS += [
    "\u0430cme",
    "\u0410\u0421\u041c\u0395",
    "acrne",
    "a1r",
    "A\u0399R",
    "1a7e",
    "2024",
    "l\u00f8w",
    "lovv",
]
MARKS = [
    " ",
    " ",
    "  ",
    "-",
    ", ",
    "'",
    "\u2019",
    "_",
    ".",
    "\u200b",
    "\u00ad",
    "\U0001f621",
    "@",
    "#",
    "$",
    "/",
    "\n",
]
HANDLES = ["ben", "acme", "acme.example.com"]
TEXTS = st.lists(st.sampled_from(WORDS + MARKS + MARKS), max_size=14).map("".join)
LINKS = ["https://acme.example/refund", "https://x.example/a_b", "http://airline.example"]


def refs(text: st.SearchStrategy[str | None]) -> st.SearchStrategy[Ref | None]:
    author = st.none() | st.sampled_from(HANDLES).map(lambda name: Author(handle=name))
    return st.none() | st.builds(Ref, id=st.sampled_from("12"), author=author, text=text)


POSTS = st.builds(
    Post,
    id=st.sampled_from("12"),
    text=TEXTS,
    network=st.sampled_from(["x", "bluesky"]),
    author=st.none()
    | st.builds(
        Author,
        handle=st.sampled_from(HANDLES),
        followers=st.none() | st.integers(8, 12),
        bio=st.none() | TEXTS,
    ),
    lang=st.sampled_from([None, "en", "en-GB", "de"]),
    conversation=st.sampled_from([None, "1"]),
    in_reply_to=refs(st.none()),
    repost_of=refs(st.none()),
    quote_of=refs(st.none() | TEXTS),
    links=st.lists(st.sampled_from(LINKS), max_size=1).map(tuple),
    media=st.lists(st.sampled_from(["image", "video", "audio"]), max_size=1).map(
        lambda kinds: tuple(Media(kind=kind) for kind in kinds)
    ),
)


def leaf(kind: str, *values: st.SearchStrategy[Any]) -> st.SearchStrategy[Tree]:
    return st.tuples(st.just(kind), *values)


PHRASES = st.lists(st.sampled_from(WORDS), min_size=1, max_size=3).map(" ".join)
TERMS = st.one_of(
    leaf("word", st.sampled_from([word for word in WORDS if word != "OR"])),
    leaf("word", st.sampled_from(["wi-fi", "acme_air", "\u624b\u673aAIR", "Acme's"])),
    leaf("phrase", PHRASES, st.none()),
    leaf("phrase", PHRASES, st.integers(0, 6)),
    leaf("prefix", st.sampled_from(["ref", "ac", "Caf", "\u624b"])),
    leaf("fuzzy", st.sampled_from(["refund", "ma\u00f1ana"])),
    leaf(
        "lookalike", st.sampled_from(["acme", "AIR", "\u0430cm\u0435", "low", "late", "c\u00e4fe"])
    ),
    leaf("case", st.sampled_from(["US", "Acme", "AIR late", "caf\u00e9"])),
    leaf("tag", st.sampled_from(["@acme", "#air", "#acme_air", "$air", "@ben"])),
)
OPERATORS = st.one_of(
    leaf("op", st.sampled_from(["from", "to", "retweets_of"]), st.sampled_from(HANDLES)),
    leaf("op", st.just("network"), st.sampled_from(["x", "bluesky"])),
    leaf("op", st.just("lang"), st.sampled_from(["en", "de", "und"])),
    leaf("op", st.just("is"), st.sampled_from(["repost", "reply", "quote"])),
    leaf(
        "op",
        st.just("has"),
        st.sampled_from(["links", "media", "images", "videos", "mentions", "hashtags"]),
    ),
    leaf("op", st.just("url"), st.sampled_from(["acme", "acme.example", "b"])),
    leaf("op", st.just("url_contains"), st.sampled_from(["air", "E/REF"])),
    leaf("op", st.just("bio"), st.sampled_from(["acme", "late refund"])),
    leaf("op", st.sampled_from(["conversation_id", "in_reply_to_tweet_id"]), st.sampled_from("12")),
    leaf("followers", st.sampled_from([">", ">=", "<", "<=", "="]), st.integers(9, 11)),
)


def grown(kids: st.SearchStrategy[Tree]) -> st.SearchStrategy[Tree]:
    unwanted = st.lists(kids.map(lambda tree: ("not", tree)), max_size=2)
    some = st.lists(kids, min_size=1, max_size=3)
    both = st.tuples(some, unwanted).flatmap(lambda parts: st.permutations(parts[0] + parts[1]))
    return st.one_of(
        st.tuples(st.just("and"), both), st.tuples(st.just("or"), st.lists(kids, min_size=2, max_size=3))
    )  # fmt: skip


QUERIES = st.recursive(TERMS | TERMS | OPERATORS, grown, max_leaves=6)


def readable(tree: Tree) -> str:
    query = said(tree)
    try:
        parse(query)
    except QueryError as error:
        assert "alone match too much" in error.reason, (query, error)  # noqa: PT017
        assume(False)
    return query


@given(QUERIES, st.lists(POSTS, min_size=1, max_size=4))
def test_matcher_agrees_with_an_obvious_one(tree: Tree, posts: list[Post]) -> None:
    node = parse(readable(tree))
    facts = [Facts.of(post) for post in posts]
    expected = [holds(tree, post) for post in posts]
    assert [evaluate(node, one) for one in facts] == expected
    assert [bool(why(node, one)) for one in facts] == expected


@given(st.lists(QUERIES, max_size=3), st.lists(POSTS, max_size=3))
def test_batch_agrees_with_one_query_and_one_post(trees: list[Tree], posts: list[Post]) -> None:
    queries = {str(number): readable(tree) for number, tree in enumerate(trees)}
    alone = {name: parse(query) for name, query in queries.items()}
    assert compile(queries).batch(posts) == [
        {
            name: tuple(why(node, Facts.of(post)))
            for name, node in alone.items()
            if evaluate(node, Facts.of(post))
        }
        for post in posts
    ]


@given(QUERIES)
def test_a_query_prints_and_reads_back_as_itself(tree: Tree) -> None:
    query = readable(tree)
    node = parse(query)
    assert parse(render(node)) == node
    assert render(parse(render(node))) == render(node)
    assert all(phrase.strip() for phrase in phrases_of(query))


@given(
    st.text(
        alphabet=st.sampled_from('acmeOR "\\@#$-():*~>=16_.\u201c\uff08\u200b\U0001f621\u624b\n')
    )
)
def test_whatever_is_read_prints_and_reads_back_as_itself(query: str) -> None:
    try:
        node = parse(query)
    except QueryError as error:
        assert 0 <= error.position < max(len(query), 1)  # noqa: PT017
        return
    assert parse(render(node)) == node


@given(QUERIES, POSTS)
def test_a_rule_for_x_loses_nothing(tree: Tree, post: Post) -> None:
    node, on_x = parse(readable(tree)), msgspec.structs.replace(post, network="x")
    writers = [post.author, *(ref and ref.author for ref in (post.in_reply_to, post.repost_of))]
    assume(not any(one and "." in (one.handle or "") for one in writers))  # X has no such names
    try:
        rule = parse(compile_x(node))
    except NotOnX:
        return
    assert evaluate(rule, Facts.of(on_x)) or not evaluate(node, Facts.of(on_x))
