"""Real history, where the shared folder lies beside the project. None of its text stands here."""

import json
from collections import Counter
from pathlib import Path

import pytest

from amends.listening.history import History, open_history
from tests.support.require import need

pytestmark = pytest.mark.shared

SHARED = Path(__file__).parents[4] / "shared"


def shared(path: str) -> Path:
    """The file, or a skip that names it."""
    missing = None if (SHARED / path).exists() else f"There is no ../shared/{path}."
    need("shared", missing)
    return SHARED / path


def counted(history: History) -> Counter[str]:
    return Counter(
        "post" if line.post else "dead" if line.dead else "deleted" if line.deleted else "skipped"
        for line in history.lines()
    )


def test_every_row_of_the_threads_is_read() -> None:
    history = open_history(shared("data/twcs-threads/tweets.csv.gz"))
    lines = list(history.lines())
    assert (history.format, history.container) == ("twcs", "csv")
    assert (len(lines), sum(line.post is not None for line in lines)) == (4_117, 4_117)
    # One row of the collection is broken at its source: another's id, three letters, nothing else.
    assert len({line.post.id for line in lines if line.post}) == 4_116
    assert sum(bool(line.post and line.post.in_reply_to) for line in lines) > 2_000
    assert lines[-1].position == history.size


def test_every_conversation_of_the_airlines_is_read() -> None:
    history = open_history(shared("data/twcs-airlines/conversations.jsonl.gz"))
    numbers, ids, ours = Counter[int](), set[str](), set[bool | None]()
    for line in history.lines():  # all at once, they would be a matter for the collector
        numbers[line.number] += 1
        ours.add(line.ours)
        if line.post:
            ids.add(line.post.id)
    assert (history.format, history.container) == ("airlines", "jsonl")
    # 586 conversations stand in the file twice or three times, word for word.
    assert (len(numbers), numbers.total(), len(ids)) == (34_347, 92_278, 90_606)
    assert ours == {True, False}


def test_the_samples_of_x_are_read_as_lines_and_as_documents(tmp_path: Path) -> None:
    samples = json.loads(shared("specs/x-samples.json").read_text())["samples"]
    names = [name for name in samples if name.startswith(("search", "mentions", "tweet_", "filt"))]
    names += ["dm_events_page", "xaa_post_mention_create", "xaa_post_delete", "xaa_oauth_revoke"]
    bodies = [samples[name]["body"] for name in names]
    lines = tmp_path / "lines"
    lines.write_text("".join(json.dumps(body) + "\n" for body in bodies))
    assert open_history(lines).format == "x"
    assert counted(open_history(lines)) == {"post": 8, "deleted": 1, "skipped": 3}
    document = tmp_path / "document"
    document.write_text(json.dumps(bodies, indent=1))
    assert counted(open_history(document)) == counted(open_history(lines))
