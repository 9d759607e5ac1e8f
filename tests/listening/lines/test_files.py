"""Lines of files: packed or not, taken up again at any place, and read on as they grow."""

import gzip
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from pathlib import Path

import pytest
import zstandard

from amends.listening.lines import files
from amends.listening.lines.files import check_file, file_lines, stdin_lines
from amends.listening.lines.lines import Lines
from amends.terms import BadInput

LINES = [f'{{"id":"{n}","text":"é {n}"}}'.encode() for n in range(9)]
TEXT = b"\n".join(LINES)
PACKED: dict[str, Callable[[bytes], bytes]] = {
    "plain": bytes,
    "gzip": gzip.compress,
    "zstd": zstandard.ZstdCompressor().compress,
    "marked": lambda text: b"\xef\xbb\xbf" + text,
    "utf-16": lambda text: text.decode().encode("utf-16"),
}


async def never(_seconds: float) -> None:
    raise AssertionError("nothing is to be waited for")


def of(
    path: Path, place: str | None = None, *, told: list[str] | None = None
) -> AsyncGenerator[Lines]:
    return file_lines(path, "f", place, tell=(told if told is not None else []).append, sleep=never)


async def read(parts: AsyncGenerator[Lines]) -> tuple[list[tuple[int, bytes]], list[str | None]]:
    found, places = [], []
    async for part in parts:
        found += list(zip(part.numbers, part.data, strict=True))
        found += [(dead.line or 0, dead.reason.encode()) for dead in part.dead]
        places.append(part.place)
    return found, places


@pytest.mark.parametrize("packed", PACKED)
async def test_file_is_read_whole_and_taken_up_at_each_place(
    packed: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R06: stopped anywhere, a file is read on from there."""
    monkeypatch.setattr(files, "CHUNK", 32)
    monkeypatch.setattr("amends.listening.history.raw.CHUNK", 32)
    path = tmp_path / "f"
    path.write_bytes(PACKED[packed](TEXT))
    wanted = list(enumerate(LINES, 1))
    found, places = await read(of(path))
    assert found == wanted
    for place in places:
        done = int((place or "0:0:").split(":")[1])
        assert await read(of(path, place)) is not None
        assert (await read(of(path, place)))[0] == wanted[done:], place


@pytest.mark.parametrize("packed", ["plain", "gzip"])
async def test_other_file_under_the_name_is_read_from_its_start(
    packed: str, tmp_path: Path
) -> None:
    path, told = tmp_path / "f", list[str]()
    path.write_bytes(PACKED[packed](TEXT))
    _, places = await read(of(path))
    path.write_bytes(PACKED[packed](b'{"other": 1}\n' + TEXT))
    found, _ = await read(of(path, places[-1], told=told))
    assert (len(found), len(told)) == (10, 1)
    assert "not the file that the cursor was written for" in told[0]


async def test_packed_file_that_is_cut_off_says_so_after_what_can_be_read(tmp_path: Path) -> None:
    path = tmp_path / "f"
    path.write_bytes(gzip.compress(TEXT)[:-12])
    found, _ = await read(of(path))
    assert found[:1] == [(1, LINES[0])]
    assert found[-1][1] == b"The file ends in the middle: its gzip data is cut off."


def append(path: Path, data: bytes) -> None:
    with path.open("ab") as file:
        file.write(data)


async def test_growing_file_is_read_on_and_its_successor_too(tmp_path: Path) -> None:
    path = tmp_path / "f"
    path.write_bytes(b"one\ntw")
    steps: list[Callable[[], object]] = [
        lambda: append(path, b"o\n"),
        lambda: path.rename(tmp_path / "f.1") and path.write_bytes(b"three\n"),
        lambda: path.write_bytes(b"4\n"),  # cut short in place
    ]

    async def sleep(_seconds: float) -> None:
        if not steps:
            raise EOFError
        steps.pop(0)()

    seen: list[bytes] = []
    parts = file_lines(path, "f", None, tell=seen.append, follow=True, sleep=sleep)  # type: ignore[arg-type]
    async with aclosing(parts):
        with pytest.raises(EOFError):
            await _collect(parts, seen)
    assert seen == [b"one", b"two", b"three", b"4"]


async def _collect(parts: AsyncGenerator[Lines], seen: list[bytes]) -> None:
    async for part in parts:
        seen += part.data


async def test_packed_file_cannot_be_followed(tmp_path: Path) -> None:
    path = tmp_path / "f"
    path.write_bytes(gzip.compress(TEXT))
    parts = file_lines(path, "f", None, tell=print, follow=True)
    with pytest.raises(BadInput, match="only a plain file can be followed"):
        await read(parts)


async def test_standard_input_that_cannot_wait_is_read_to_its_end() -> None:
    """Under pytest it is the null device, for which no event loop waits."""
    assert (await read(stdin_lines("-")))[0] == []


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="is a folder"):
        check_file(tmp_path)
    with pytest.raises(BadInput, match="There is no file"):
        check_file(tmp_path / "none")
