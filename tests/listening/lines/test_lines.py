"""Bytes are cut into lines, however they come in pieces."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amends.listening.history import raw
from amends.listening.lines import lines as lines_
from amends.listening.lines.lines import Cutter, Events, Lines, weight


def cut(
    pieces: list[bytes],
) -> tuple[list[tuple[int, bytes]], Cutter, list[tuple[int | None, str]]]:
    cutter = Cutter("f")
    parts = [*map(cutter.cut, pieces), cutter.rest()]
    found = [pair for part in parts for pair in zip(part.numbers, part.data, strict=True)]
    return found, cutter, [(dead.line, dead.raw) for part in parts for dead in part.dead]


@given(st.lists(st.binary(max_size=6).map(lambda b: b.replace(b"\x00", b"\n")), max_size=8))
def test_pieces_make_no_difference(pieces: list[bytes]) -> None:
    whole = b"".join(pieces)
    wanted = whole.split(b"\n")
    if not wanted[-1]:
        wanted.pop()
    found, cutter, _ = cut(pieces)
    assert found == list(enumerate(wanted, 1))
    assert (cutter.offset, cutter.number) == (len(whole), len(wanted))


@pytest.mark.parametrize("size", [1, 7, 100])
def test_line_without_end_is_buried_and_the_next_ones_are_read(
    size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R06: bad input loses nothing else, and memory is bounded."""
    monkeypatch.setattr(lines_, "LINE_LIMIT", 20)
    monkeypatch.setattr(lines_, "RAW_LIMIT", 5)
    text = b"one\n" + b"x" * 150 + b"\ntwo\n"
    found, cutter, dead = cut([text[at : at + size] for at in range(0, len(text), size)])
    assert found == [(1, b"one"), (3, b"two")]
    assert dead == [(2, "xxxxx")]
    assert (cutter.offset, cutter.number) == (len(text), 3)
    assert raw.LINE_LIMIT == 4_000_000


def test_last_line_without_end_may_be_too_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lines_, "LINE_LIMIT", 20)
    found, _, dead = cut([b"one\n" + b"x" * 30])
    assert (found, [line for line, _ in dead]) == ([(1, b"one")], [2])


def sent(*data: bytes) -> Lines:
    return Lines(source="s", data=data, numbers=range(1, len(data) + 1), place="p")


def test_server_sent_events_are_one_frame_each() -> None:
    events = Events()
    first = events.join(
        sent(b":)", b"event: update\r", b'data: {"a":', b"data: 1}", b"", b"data: 2")
    )
    second = events.join(sent(b"event: delete", b"\r", b":thump", b""))
    assert (list(first.data), list(first.numbers), first.place) == (
        [b'event: update\ndata: {"a":\ndata: 1}'],
        [2],
        "p",
    )
    assert list(second.data) == [b"event: delete\ndata: 2"]
    third = events.join(sent(b"id: 7", b'data: {"id":', b'data:"1"}', b"", b""))
    assert list(third.data) == [b'{"id":\n"1"}']


def test_event_without_end_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lines_, "LINE_LIMIT", 20)
    events = Events()
    found = [len(one) for _ in range(9) for one in events.join(sent(b"data: 12345")).data]
    assert (found, events._size) == ([11] * 4, 11)


def test_lines_that_are_no_events_pass_as_they_are() -> None:
    given_ = sent(b"", b'{"event": 1}', b"data: not here")
    assert Events().join(given_) is given_


def test_part_without_lines_still_weighs_something() -> None:
    assert (weight(Lines(source="s")), weight(sent(b"abc", b"d"))) == ((1, 0), (2, 4))
