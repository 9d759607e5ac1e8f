"""From lines to mentions: every line is accounted for."""

import json
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from amends.listening.asking import Watches
from amends.listening.frames.registry import KINDS, frame_kind
from amends.listening.lines.hearing import Ear
from amends.listening.lines.lines import Lines
from amends.terms import DeadLetter
from tests.listening.fakes import START, Clock

PAGE = (Path(__file__).parents[2] / "payloads" / "x" / "page.jsonl").read_bytes()


def ear(**queries: str) -> Ear:
    return Ear(Watches(queries, lambda text: "de" if "nicht" in text else None), Clock())


def lines(*data: bytes, source: str = "f") -> Lines:
    return Lines(source=source, data=data, numbers=range(11, 11 + len(data)))


def post(native_id: str, text: str) -> bytes:
    return json.dumps({"id": native_id, "text": text}).encode()


def test_every_line_is_accounted_for() -> None:
    """R06: bad input loses nothing, and is told with its line."""
    hearing = ear(brand="acme")
    given = lines(
        post("1", "acme late"), b"", b'{"id": 1', post("2", "x"), b'{"id":3}', b'{"id":3}'
    )
    mentions, dead = hearing.hear(given)
    assert [(one.post.id, dict(one.watches)) for one in mentions] == [("1", {"brand": ("acme",)})]
    assert [(one.source, one.line, one.at) for one in dead] == [
        ("f", 13, START),
        ("f", 15, START),
        ("f", 16, START),
    ]
    tally = hearing.tally
    assert (tally.lines, tally.posts, tally.mentions, tally.dead) == (6, 2, 1, 3)
    assert tally.dropped == {"no_watch": 1, "blank": 1}


LINE = st.binary(max_size=12) | st.sampled_from(
    [post("1", "acme late"), post("2", "x"), b"", b" \r", b'{"id":""}', b'{"id":"1","text":5}']
)


@given(data=st.lists(LINE, max_size=12), kind=st.sampled_from([None, *KINDS]))
def test_whatever_comes_adds_up(data: list[bytes], kind: str | None) -> None:
    """R06: no line is lost, and each dead one has its own number."""
    hearing = ear(brand="acme")
    if kind:
        hearing.kinds = {"f": KINDS[kind]}
    mentions, dead = hearing.hear(lines(*data))
    tally = hearing.tally
    assert len(mentions) + tally.gone + len(dead) + tally.dropped.total() == len(data)
    numbers = [letter.line for letter in dead]
    assert None not in numbers
    assert len(set(numbers)) == len(numbers)


def test_what_a_source_sends_is_found_out_by_its_first_line_that_tells() -> None:
    hearing = ear(brand="parcel")
    assert [letter.line for letter in hearing.hear(lines(b"\xff", b"", b"[]"))[1]] == [11, 13]
    assert "say it with --kind (posts, x" in hearing.hear(lines(b"x"))[1][0].reason
    status = b'{"id":"1","content":"<p>my parcel</p>","account":{"id":"7"}}'
    assert len(hearing.hear(lines(b"?", status))[0]) == 1
    assert (hearing.kinds["f"].name, hearing.tally.dead) == ("mastodon", 4)


def test_kind_that_is_said_is_not_looked_for() -> None:
    hearing = ear(brand="parcel")
    hearing.kinds = {"f": frame_kind("x")}
    assert hearing.hear(lines(b'{"id":"1","text":"parcel"}'))[0][0].post.network == "x"


def test_pages_of_x_count_as_their_posts() -> None:
    hearing = ear(brand="parcel", sorry="sorry")
    mentions, dead = hearing.hear(lines(*PAGE.splitlines()))
    assert ([one.post.id for one in mentions], dead) == (["1990200", "1990100", "1990100"], [])


def test_language_is_told_where_a_watch_asks_for_it() -> None:
    hearing = ear(german="paket lang:de")
    mentions, _ = hearing.hear(lines(post("1", "paket nicht da"), post("2", "paket?")))
    assert [one.post.id for one in mentions] == ["1"]
    assert (hearing.tally.mentions, hearing.tally.dropped) == (1, {"no_watch": 1})


def test_what_could_not_be_had_as_a_line_is_dead_too() -> None:
    hearing = ear(brand="acme")
    letter = DeadLetter(source="f", reason="too long", raw="x", line=3)
    _, dead = hearing.hear(Lines(source="f", dead=(letter,)))
    assert [(one.line, one.at) for one in dead] == [(3, START)]
