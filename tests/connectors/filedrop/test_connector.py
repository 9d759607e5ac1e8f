"""Files that grow, move, vanish and are written anew: nothing twice, nothing lost."""

import contextlib
import shutil
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from amends.bench.faults.clock import HandClock
from amends.terms import Author, BadInput, ConnectorError, DeadLetter, Post
from tests.connectors.filedrop.fake import connector, write

PAYLOADS = Path(__file__).parents[2] / "payloads" / "filedrop"


class Reading:
    """One folder, read on and on by connectors that remember nothing but the cursor."""

    def __init__(self, folder: Path, *, limit: int = 100, **settings: str) -> None:
        self.folder, self.clock, self.limit = folder, HandClock(), limit
        self.settings, self.cursor = settings, None
        self.dead: list[DeadLetter] = []

    cursor: str | None

    def put(self, name: str, text: str | bytes) -> Path:
        write(self.folder / name, text, self.clock)
        return self.folder / name

    async def posts(self) -> Sequence[Post]:
        posts = list[Post]()
        while True:
            made = connector(self.folder, self.clock, **self.settings)
            page = await made.fetch("files", self.cursor, limit=self.limit)
            assert len(page.posts) <= self.limit
            posts, self.cursor = [*posts, *page.posts], page.cursor
            self.dead += page.dead
            if page.next_poll is not None:
                return posts

    async def ids(self) -> list[str]:
        return [post.id for post in await self.posts()]


def line(name: object) -> str:
    return f'{{"id": "{name}", "text": "late"}}\n'


async def test_our_own_form_and_anybodys_are_read(tmp_path: Path) -> None:
    shutil.copy(PAYLOADS / "posts.jsonl", tmp_path)
    assert await Reading(tmp_path).posts() == [
        Post(
            id="d1",
            text="Brindlewing lost my suitcase.",
            network="filedrop",
            author=Author(id="maud", handle="maud"),
            created_at=datetime(2026, 3, 1, 9, tzinfo=UTC),
        ),
        Post(
            id="2",
            text="Nobody answers.",
            network="filedrop",
            author=Author(id="Otto", name="Otto"),
            counts={"rating": 1},
        ),
    ]


@pytest.mark.parametrize("limit", [1, 100])
async def test_table_is_read_record_by_record(tmp_path: Path, limit: int) -> None:
    shutil.copy(PAYLOADS / "reviews.csv", tmp_path)
    posts = await Reading(tmp_path, limit=limit).posts()
    assert [(post.id, post.text, post.counts) for post in posts] == [
        ("7", 'Two lines\nand a "quote"', {"rating": 1}),
        ("8", "Late again", {"rating": 2}),
    ]


async def test_file_that_grows_is_read_on(tmp_path: Path) -> None:
    reading = Reading(tmp_path, limit=2)
    reading.put("a.jsonl", line(1) + line(2) + line(3))
    first = await reading.ids()
    reading.put("a.jsonl", line(4))
    reading.put("b.jsonl", line(5))
    assert (first, await reading.ids(), await reading.ids()) == (["1", "2", "3"], ["4", "5"], [])


async def test_half_a_line_is_waited_for(tmp_path: Path) -> None:
    reading = Reading(tmp_path)
    reading.put("a.jsonl", line(1) + line(2)[:12])
    first = await reading.ids()
    reading.clock.move(1e6)
    second = await reading.ids()
    reading.put("a.jsonl", line(2)[12:])
    assert (first, second, await reading.ids(), reading.dead) == (["1"], [], ["2"], [])


async def test_whole_object_without_a_line_end_is_read_once(tmp_path: Path) -> None:
    reading = Reading(tmp_path)
    reading.put("a.jsonl", line(1).rstrip())
    first = await reading.ids()
    reading.put("a.jsonl", "\n" + line(2))
    assert (first, await reading.ids()) == (["1"], ["2"])


async def test_last_record_of_a_table_is_read_once_the_file_is_quiet(tmp_path: Path) -> None:
    reading = Reading(tmp_path)
    reading.put("a.csv", "id,text\n1,late\n2,la")
    first = await reading.ids()
    reading.clock.move(60)
    assert (first, await reading.ids()) == (["1"], ["2"])


async def test_renamed_file_goes_on(tmp_path: Path) -> None:
    reading = Reading(tmp_path)
    path = reading.put("a.jsonl", line(1))
    await reading.ids()
    path.rename(tmp_path / "b.jsonl")
    reading.put("b.jsonl", line(2))
    reading.put("a.jsonl", line(3))
    assert sorted(await reading.ids()) == ["2", "3"]


async def test_file_written_anew_is_read_from_its_start(tmp_path: Path) -> None:
    """As when an export is written over yesterday's: the same inode, the same header, longer."""
    reading = Reading(tmp_path)
    path = reading.put("a.csv", "id,text\n1,late\n2,lost\n")
    await reading.ids()
    path.write_text("id,text\n3,torn\n4,gone\n5,wet\n")
    longer = await reading.ids()
    path.write_text("id,text\n6,x\n")
    assert (longer, await reading.ids()) == (["3", "4", "5"], ["6"])


async def test_what_is_not_for_us_is_left_alone(tmp_path: Path) -> None:
    reading = Reading(tmp_path)
    secret = tmp_path / "inner"
    secret.mkdir()
    write(secret / "secret.jsonl", line("secret"), reading.clock)
    (tmp_path / "link.jsonl").symlink_to(secret / "secret.jsonl")
    (tmp_path / "folder.jsonl").mkdir()
    reading.put(".hidden.jsonl", line(1))
    reading.put("notes.txt", line(2))
    assert await reading.ids() == []


async def test_each_line_that_cannot_be_read_is_a_dead_letter(tmp_path: Path) -> None:
    reading = Reading(tmp_path)
    reading.put("a.jsonl", '{"half\n\n[1]\nnull\n{"id": 1}\n' + "x" * 1_200_000 + "\n" + line(1))
    ids = await reading.ids()
    told = [(letter.source, letter.line, letter.reason.split(":")[0]) for letter in reading.dead]
    assert (ids, told) == (
        ["1"],
        [
            ("a.jsonl", 1, "The line is no JSON"),
            ("a.jsonl", 3, "The line is JSON, but no object."),
            ("a.jsonl", 4, "The line is JSON, but no object."),
            ("a.jsonl", 5, "No text is to be found in the sample; say where it lies"),
            ("a.jsonl", 6, "The line is longer than 1,000,000 bytes."),
        ],
    )


async def test_each_record_that_cannot_be_read_is_a_dead_letter(tmp_path: Path) -> None:
    reading = Reading(tmp_path)
    reading.put("a.csv", b'id,text\n1\n2,\xff\n3,late\n4,"open\n')
    first = await reading.ids()
    reading.clock.move(60)
    await reading.ids()
    assert (first, [(one.line, one.reason.partition(";")[0]) for one in reading.dead]) == (
        ["3"],
        [
            (2, "The line has 1 columns where the header names 2."),
            (3, "The line is no UTF-8"),
            (5, "A quote is opened on this line and never closed."),
        ],
    )


async def test_quote_that_never_closes_costs_its_line_alone(tmp_path: Path) -> None:
    reading = Reading(tmp_path, limit=7)
    rows = "".join(f"{n},late\n" for n in range(300))
    reading.put("a.csv", f'id,text\nx,"open\n{rows}')
    ids = await reading.ids()
    assert (ids, [one.line for one in reading.dead]) == ([str(n) for n in range(300)], [2])


async def test_quote_inside_a_field_is_a_quote(tmp_path: Path) -> None:
    reading = Reading(tmp_path)
    reading.put("a.csv", 'id,text\n1,a 5" wheel broke\n2,late\n')
    assert [post.text for post in await reading.posts()] == ['a 5" wheel broke', "late"]


async def test_record_of_several_lines_is_waited_for(tmp_path: Path) -> None:
    reading = Reading(tmp_path)
    reading.put("a.csv", 'id,text\n1,"one\n')
    first = await reading.ids()
    reading.put("a.csv", 'two"\n')
    assert (first, [post.text for post in await reading.posts()]) == ([], ["one\ntwo"])


async def test_mapping_takes_other_names(tmp_path: Path) -> None:
    reading = Reading(tmp_path, mapping="id = nr\ntext = said.text", to_us="yes")
    reading.put("a.jsonl", '{"nr": 7, "said": {"text": "late"}}\n')
    assert [(post.id, post.text) for post in await reading.posts()] == [("7", "late")]


async def test_missing_folder_is_said(tmp_path: Path) -> None:
    made = connector(tmp_path / "gone")
    for asked in (made.check(), made.fetch("files", None)):
        with pytest.raises(ConnectorError, match="make it, or let us read it"):
            await asked


@pytest.mark.parametrize(
    "wrong",
    [{"folder": "drops"}, {"folder": ""}, {"to_us": "maybe"}, {"poll_seconds": "0"}, {"x": "y"},
     {"mapping": "colour = red"}],
)  # fmt: skip
def test_settings_that_make_no_sense_are_refused(tmp_path: Path, wrong: dict[str, str]) -> None:
    with pytest.raises(BadInput):
        connector(tmp_path, None, **wrong) if "folder" not in wrong else connector(
            Path(wrong["folder"])
        )


PIECES = st.sampled_from([b"\n", b'"', b",", b"{", b"}", b'{"id":1,"text":"x"}', b"\xff", b"\0",
                          b"\r\n", b"id,text", b"[" * 3000, b"\xef\xbb\xbf"])  # fmt: skip


@settings(
    max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(PIECES | st.binary(max_size=8), max_size=12), st.sampled_from(["jsonl", "csv"]))
async def test_anything_is_read_or_buried(tmp_path: Path, pieces: list[bytes], kind: str) -> None:
    path = tmp_path / f"a.{kind}"
    with contextlib.suppress(FileNotFoundError):
        path.unlink()
    reading = Reading(tmp_path)
    reading.put(path.name, b"".join(pieces))
    await reading.posts()
    reading.clock.move(100)
    await reading.posts()
    assert await reading.posts() == []
