"""Length as a network counts it."""

from amends.text import graphemes, length

FAMILY = "\U0001f469\u200d\U0001f469\u200d\U0001f467"


def test_graphemes_are_what_a_reader_sees() -> None:
    assert graphemes(f"e\u0301{FAMILY}\U0001f1e9\U0001f1ea\r\n") == 4
    assert graphemes("a\r\nb") == 3
    assert graphemes("") == 0


def test_length_in_each_unit() -> None:
    assert [length(f"a{FAMILY}", unit) for unit in ("graphemes", "characters", "bytes")] == [
        2,
        6,
        19,
    ]
