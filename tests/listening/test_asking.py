"""``lang:`` on posts of networks that say no language."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amends.listening.asking import Watches, loose
from amends.matching import Facts, QueryError, evaluate
from amends.matching.nodes import And, Keyword, Node, Not, Operator, Or
from amends.terms import Post


class Guess:
    """Tells the language by the first word; ``asked`` are the texts it was given."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def __call__(self, text: str) -> str | None:
        self.asked.append(text)
        return {"das": "de", "the": "en"}.get(text.split(maxsplit=1)[0])


def said(text: str, lang: str | None = None) -> Post:
    return Post(id="1", text=text, lang=lang)


def test_language_is_told_only_of_posts_that_would_match_in_the_right_one() -> None:
    """R01: a watch for one language hears networks that name none."""
    guess = Guess()
    watches = Watches({"german": "paket lang:de", "any": "paket OR parcel"}, guess)
    posts = [said("das paket"), said("the paket"), said("das auto"), said("the parcel")]
    known = said("the paket", "de")
    assert watches.batch([*posts, known]) == [
        {"german": ("paket", "lang:de"), "any": ("paket",)},
        {"any": ("paket",)},
        {},
        {"any": ("parcel",)},
        {"german": ("paket", "lang:de"), "any": ("paket",)},
    ]
    assert guess.asked == ["das paket", "the paket"]


@pytest.mark.parametrize(
    ("query", "matches"),
    [
        ("paket -lang:de", False),
        ("paket -lang:en", True),
        ("paket (lang:de OR late)", True),
        ("paket (lang:en OR lang:fr)", False),
        ("paket -(lang:de late)", True),
    ],
)
def test_language_counts_wherever_it_stands(query: str, matches: bool) -> None:
    found = Watches({"w": query}, Guess()).batch([said("das paket")])
    assert ("w" in found[0]) is matches


def test_queries_come_and_go_one_by_one_or_all_at_once() -> None:
    """R01: queries are added and dropped while it listens."""
    watches = Watches({"a": "paket lang:de", "b": "auto", "c": "late"}, Guess())
    posts = [said("das paket"), said("das auto late")]
    kept = watches.matcher
    watches.change({"a": "paket", "b": "auto lang:en", "d": "das"})
    assert [list(hits) for hits in watches.batch(posts)] == [["a", "d"], ["d"]]
    assert watches.matcher is kept
    watches.change({f"n{n}": f"word{n}" for n in range(200)} | {"d": "das lang:de"})
    assert [list(hits) for hits in watches.batch([*posts, said("the das word7")])] == [
        ["d"],
        ["d"],
        ["n7"],
    ]
    with pytest.raises(QueryError):
        watches.change({"d": "OR"})
    assert list(watches.batch(posts)[0]) == ["d"]


LEAF: st.SearchStrategy[Node] = st.sampled_from(
    [Keyword("das"), Keyword("paket"), Operator("lang", "de"), Operator("lang", "en")]
)
NODES: st.SearchStrategy[Node] = st.recursive(
    LEAF,
    lambda inner: (
        st.builds(Not, inner)
        | st.lists(inner, min_size=2, max_size=3).map(lambda parts: And(tuple(parts)))
        | st.lists(inner, min_size=2, max_size=3).map(lambda parts: Or(tuple(parts)))
    ),
    max_leaves=6,
)


@given(node=NODES, text=st.sampled_from(["das paket", "das", "the paket", "paket", "x"]))
def test_no_post_that_may_match_in_some_language_is_missed(node: Node, text: str) -> None:
    known, unknown = said(text, Guess()(text)), said(text)
    matches = evaluate(node, Facts.of(known))
    assert not matches or evaluate(loose(node), Facts.of(unknown))
