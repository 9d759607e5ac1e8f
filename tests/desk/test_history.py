"""Importing history: whole, resumable, and the same however often."""

import itertools
import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from amends.desk.actions import proof
from amends.desk.actions.history import Counts, Importer
from amends.desk.models import Brand, Case, CaseEvent, DeadLetterRow, ImportRun, PostRow
from amends.listening.history import open_history
from amends.terms import SystemClock
from tests.support.readers import fast_reader
from tests.support.shared import shared
from tests.support.trying import Tried

pytestmark = pytest.mark.database

LINES = [
    # The company's answer stands before what it answers, as in real files.
    {
        "id": "2",
        "text": "@rosa Sorry, Rosa. We look into it.",
        "author": "brindlewing",
        "in_reply_to": "1",
    },
    {"id": "1", "text": "@brindlewing you lost my bag, this is awful service", "author": "rosa"},
    {
        "id": "3",
        "text": "@brindlewing still waiting, worst airline ever",
        "author": "rosa",
        "in_reply_to": "2",
    },
    {"id": "4", "text": "@brindlewing my flight is delayed again, terrible", "author": "ben"},
    {"id": "5", "text": "What a lovely morning in the park", "author": "kim"},
    {"id": "6", "text": "@quorlane you ruined my holiday, terrible", "author": "kim"},
]


def importer(**facts: object) -> Importer:
    refs = (f"H{n}" for n in itertools.count(1))
    made: dict[str, object] = {
        "reader": fast_reader(),
        "clock": SystemClock(),
        "new_ref": lambda: next(refs) + str(Case.objects.count()),
    }
    return Importer(**(made | facts))  # type: ignore[arg-type]


@pytest.fixture
def file(tmp_path: Path) -> Callable[..., Path]:
    def write(*more: str) -> Path:
        path = tmp_path / "history.jsonl"
        lines = [
            json.dumps(
                line
                | {
                    "network": "x",
                    "author": {"id": f"id-{line['author']}", "handle": line["author"]},
                    "created_at": f"2026-02-01T10:0{line['id']}:00Z",
                }
            )
            for line in LINES
        ]
        path.write_text("\n".join([*lines, *more]) + "\n", encoding="utf-8")
        return path

    return write


def state() -> tuple[object, ...]:
    """All that an import writes, without times of day."""
    cases = Case.objects.order_by("first_post__native_id")
    return (
        list(
            PostRow.objects.order_by("native_id").values_list(
                "native_id", "text", "conversation", "ours"
            )
        ),
        list(
            cases.values_list("first_post__native_id", "state", "opened_at", "answered_at", "head")
        ),
        CaseEvent.objects.count(),
        DeadLetterRow.objects.count(),
    )


def test_threads_become_cases_answered_and_unanswered(file: Callable[..., Path]) -> None:
    """R10: who was answered, and who was not."""
    counts = importer().read(open_history(file()), handle="brindlewing")
    assert counts == Counts(read=6, kept=6, dropped=Counter(), dead=0, cases_opened=2)
    first, second = Case.objects.order_by("first_post__native_id")
    assert first.places.count() == 3
    assert {p.post.conversation for p in first.places.select_related("post")} == {"1"}
    assert (first.state, first.answered_at is None) == ("open", False)  # answered, then wrote again
    assert (second.state, second.answered_at) == ("new", None)
    assert all(proof(case).whole for case in (first, second))


@pytest.mark.alike
def test_many_posts_are_taken_in_by_as_many_queries_as_few(tmp_path: Path) -> None:
    """R08: no post of an import is asked for by itself."""
    asked = []
    for name, number in (("few", 2), ("many", 6)):
        path = tmp_path / f"{name}.jsonl"
        lines = [{**LINES[1], "id": f"{name}{one}"} for one in range(number)]
        path.write_text("\n".join(map(json.dumps, lines)) + "\n", encoding="utf-8")
        with CaptureQueriesContext(connection) as queries:
            importer().read(open_history(path), handle="brindlewing")
        asked.append([one["sql"].partition(" ")[0] for one in queries].count("SELECT"))
    assert asked[1] <= asked[0]


def test_history_is_dated_when_it_was_written(file: Callable[..., Path]) -> None:
    importer().read(open_history(file()), handle="brindlewing")
    first = Case.objects.order_by("first_post__native_id")[0]
    assert first.opened_at == first.first_post.created_at


def test_second_import_changes_nothing(file: Callable[..., Path]) -> None:
    path = file()
    importer().read(open_history(path), handle="brindlewing")
    before = state()
    counts = importer().read(open_history(path), handle="brindlewing")
    assert state() == before
    assert counts.as_json() == {
        "read": 6, "kept": 0, "dropped": {"seen_before": 6}, "dead": 0, "cases_opened": 0,
    }  # fmt: skip


def _cut_off(stop_at: int) -> Callable[[str, int, int], None]:
    steps = itertools.count()

    def cut(_phase: str, _done: int, _whole: int) -> None:
        if next(steps) == stop_at:
            raise KeyboardInterrupt

    return cut


def test_import_that_was_cut_off_goes_on(file: Callable[..., Path]) -> None:
    path, tried = file("{broken"), Tried()
    for stop_at in range(8) if connection.vendor == "sqlite" else (3,):
        with tried(stop_at):
            cut = importer(progress=_cut_off(stop_at), batch=1)
            with pytest.raises(KeyboardInterrupt):
                cut.read(open_history(path), handle="brindlewing")
            counts = importer(batch=1).read(open_history(path), handle="brindlewing")
            assert (counts.read, counts.kept, counts.dead, counts.cases_opened) == (7, 6, 1, 2)
            assert DeadLetterRow.objects.get().line == 7
    assert not tried.wrong


@pytest.mark.alike
def test_without_brand_or_watch_posts_are_kept_and_no_case_opens(file: Callable[..., Path]) -> None:
    counts = importer().read(open_history(file()))
    assert (counts.kept, counts.cases_opened, Brand.objects.count()) == (6, 0, 0)


@pytest.mark.alike
def test_brand_named_later_gets_its_cases(file: Callable[..., Path]) -> None:
    path = file()
    importer().read(open_history(path))
    assert importer().read(open_history(path), handle="brindlewing").cases_opened == 2
    assert importer().read(open_history(path), handle="quorlane").cases_opened == 1


def test_what_cannot_be_read_is_kept_with_line_and_reason(file: Callable[..., Path]) -> None:
    path = file("{broken", '{"id": "7"}', '{"id": "8", "text": "hi", "created_at": "yesterday"}')
    counts = importer().read(open_history(path), handle="brindlewing")
    assert (counts.read, counts.kept, counts.dead) == (9, 6, 3)
    letters = DeadLetterRow.objects.order_by("line").values_list("line", "source")
    assert list(letters) == [(7, path.name), (8, path.name), (9, path.name)]
    assert all(letter.reason and letter.raw for letter in DeadLetterRow.objects.all())


@pytest.mark.alike
def test_counts_add_up(file: Callable[..., Path]) -> None:
    again = json.dumps(LINES[0] | {"network": "x"})
    repost = json.dumps({"id": "9", "text": "", "network": "x", "repost_of": "1"})
    empty = json.dumps({"id": "10", "text": "  ", "network": "x"})
    path = file("{broken", again, repost, empty)
    counts = importer().read(open_history(path), handle="brindlewing")
    assert counts.read == counts.kept + sum(counts.dropped.values()) + counts.dead == 10
    assert counts.dropped == {"seen_before": 1, "repost": 1, "empty": 1}


@pytest.mark.shared
@pytest.mark.alike
def test_real_customer_service_tweets() -> None:
    """R10: real threads become cases, answered and unanswered; again changes nothing."""
    path = shared("data/twcs-threads/tweets.csv.gz")
    counts = importer().read(open_history(path), handle="sprintcare")
    assert (counts.read, counts.kept, counts.dead) == (4117, 4116, 0)
    assert counts.cases_opened == Case.objects.count() >= 5
    assert Case.objects.filter(answered_at__isnull=False).exists()
    assert all(proof(case).whole for case in Case.objects.all())
    before = state()
    again = importer().read(open_history(path), handle="sprintcare")
    assert state() == before
    assert (again.kept, again.cases_opened) == (0, 0)
    assert ImportRun.objects.count() == 1
