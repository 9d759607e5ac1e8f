"""Marking words in texts."""

from hypothesis import given
from hypothesis import strategies as st

from amends.matching import compile as compile_queries
from amends.text import mark_hidden
from amends.web.marks import Piece, marked, pieces


def test_overlapping_spans_become_one() -> None:
    found = pieces("halcyon air lost it", [(0, 7), (0, 11), (17, 19)])
    assert found == [
        Piece("halcyon air", True),
        Piece(" lost ", False),
        Piece("it", True),
    ]


def test_text_without_finds_is_one_piece() -> None:
    assert pieces("plain", []) == [Piece("plain", False)]
    assert pieces("", []) == []


def test_hidden_characters_are_shown_inside_and_outside() -> None:
    found = pieces("a\u202eb\u200bc", [(2, 5)])
    assert found == [Piece("a[U+202E]", False), Piece("b[U+200B]c", True)]


def test_marked_takes_the_matchers_offsets() -> None:
    matcher = compile_queries({"w": "halcyon OR #fail"})
    found = marked("Oh HALCYON, #fail", matcher)
    assert [p.text for p in found if p.hit] == ["HALCYON", "#fail"]


@given(st.text(alphabet="ab \u0301é"), st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9))))
def test_pieces_together_are_the_text(text: str, spans: list[tuple[int, int]]) -> None:
    inside = [(a, b) for a, b in spans if a <= b <= len(text)]
    assert "".join(p.text for p in pieces(text, inside)) == mark_hidden(text)
