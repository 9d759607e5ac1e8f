"""Slices: cut at the same places whenever a file is read, removals apart."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from pathlib import Path

import pytest

from amends.listening.cluster import Slice, Slicer, sliced
from amends.listening.cluster.layout import REMOVALS
from amends.listening.cluster.slices import FRAMES, LONGEST_LINE, TOGETHER
from amends.listening.lines import files
from amends.listening.lines.files import file_lines
from amends.listening.lines.lines import Lines
from amends.terms import BadInput
from tests.listening.cluster.fakes import hardly
from tests.listening.fakes import Clock


def line(number: int) -> bytes:
    return b'{"id":"%d","text":"Where is my parcel?"}' % number


async def read(path: Path, place: str | None = None) -> list[Slice]:
    clock = Clock()
    lines = file_lines(path, path.name, place, tell=lambda _: None)
    slicer = Slicer("1-posts")
    return [one async for one in sliced(lines, slicer, live=False, clock=clock, sleep=clock.sleep)]


def frames(slices: list[Slice]) -> list[tuple[bytes, ...]]:
    return [packet.lines for one in slices for _, packet in one.messages]


async def test_file_is_cut_alike_from_any_of_its_places(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "CHUNK", 1 << 19)  # a place for each
    path = tmp_path / "posts.jsonl"
    path.write_bytes(b"\n".join(line(n) for n in range(30_000)))
    whole = await read(path)
    places = [one.cursor for one in whole if one.cursor]
    again = await read(path, places[len(places) // 2])
    assert 0 < len(frames(again)) < len(frames(whole))
    assert set(frames(again)) - set(frames(whole)) <= {frames(again)[0]}
    assert sum(map(len, frames(whole))) == 30_000


async def test_place_is_had_only_with_every_line_before_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "CHUNK", 1 << 19)
    path = tmp_path / "posts.jsonl"
    path.write_bytes(b"\n".join(line(n) for n in range(30_000)))
    slices = await read(path)
    for at, one in enumerate(slices):
        if one.cursor is not None:
            stored = sum(map(len, frames(slices[: at + 1])))
            assert int(one.cursor.split(":")[1]) <= stored


def test_frames_that_may_remove_posts_have_a_message_of_their_own() -> None:
    gone = b'{"kind":"commit","commit":{"operation":"delete"}}'
    said = b'{"id":"2","text":"Please \\"delete\\" it"}'
    slicer = Slicer("1-posts", "jetstream")
    assert list(slicer.add(Lines(source="x", data=[line(1), gone, said], numbers=[1, 2, 3]))) == []
    lanes = {lane: packet.lines for lane, packet in slicer.cut(whole=True).messages}
    assert lanes == {"": (line(1), said), REMOVALS: (gone,)}


def test_removals_share_a_message_and_the_place_waits_with_them() -> None:
    slicer = Slicer("1-posts", "jetstream")
    data = [b'{"operation":"delete"}', *map(line, range(1, FRAMES * TOGETHER))]
    lines = Lines(source="x", data=data, numbers=range(1, len(data) + 1), place="end")
    made = [*slicer.add(lines), slicer.cut()]
    assert [len(one.messages) for one in made] == [1] * 15 + [2, 0]
    assert [one.cursor for one in made] == [None] * 16 + ["end"]
    assert sum(one.frames for one in made) == len(data)


async def test_quiet_source_keeps_back_no_removal() -> None:
    ends = asyncio.Event()

    async def lines() -> AsyncGenerator[Lines]:
        yield Lines(source="x", data=[b'{"operation":"delete"}'], numbers=[1], place="here")
        await ends.wait()

    slicer = Slicer("1-posts", "jetstream")
    clock = Clock()
    found = sliced(lines(), slicer, live=True, clock=clock, sleep=hardly)
    async with asyncio.timeout(5), aclosing(found):
        async for one in found:
            if one.messages:
                break
    assert (one.cursor, [lane for lane, _ in one.messages]) == ("here", [REMOVALS])


def test_line_too_long_for_a_message_becomes_a_dead_letter() -> None:
    slicer = Slicer("1-posts", "posts")
    list(slicer.add(Lines(source="x", data=[b"x" * (LONGEST_LINE + 1)], numbers=[7])))
    ((_, packet),) = slicer.cut().messages
    (letter,) = packet.dead
    assert (packet.lines, letter.line) == ((), 7)
    assert letter.reason == "The line is longer than 256 KB, too long for one message."


def test_slice_never_outgrows_a_message() -> None:
    slicer = Slicer("1-posts", "posts")
    data = [b"x" * (LONGEST_LINE - 1)] * 5
    made = [*slicer.add(Lines(source="x", data=data, numbers=range(1, 6))), slicer.cut()]
    assert [one.frames for one in made] == [2, 2, 1]


def test_unknown_kind_is_asked_for() -> None:
    with pytest.raises(BadInput, match="say which with --kind"):
        list(Slicer("1-posts").add(Lines(source="x", data=[b"text"], numbers=[FRAMES])))
