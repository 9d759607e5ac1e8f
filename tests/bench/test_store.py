"""What ``amends bench store`` is made of."""

import random
from collections import Counter
from pathlib import Path

import pytest

from amends.bench.database import SETTINGS
from amends.bench.figures import percentile
from amends.bench.mentions import Crowd
from amends.bench.store import Report, Waits, lines_of
from amends.bench.storing import Stored, Storing, Task
from amends.desk.actions import proof
from amends.desk.models import Case, PostRow


def mentions(*, by_time: bool = False, number: int = 2000) -> list[object]:
    crowd = Crowd(random.Random(1), ["ours"], ["theirs"], by_time=by_time)
    return list(crowd.mentions(number))


def test_same_seed_gives_the_same_mentions() -> None:
    assert mentions(number=50) == mentions(number=50)


@pytest.mark.parametrize("by_time", [False, True])
def test_hardly_one_mention_in_thirty_is_for_us(by_time: bool) -> None:
    made = mentions(by_time=by_time)
    kinds = Counter(watch for one in made for watch in one.watches)  # type: ignore[attr-defined]
    assert 40 <= kinds["ours"] <= 80
    ids = [one.post.id for one in made]  # type: ignore[attr-defined]
    assert len(set(ids)) == len(made)
    assert (ids == sorted(ids)) is by_time


@pytest.mark.parametrize(("part", "value"), [(0.5, 51), (0.99, 100), (1.0, 100), (0.0, 1)])
def test_percentile_is_one_of_the_values(part: float, value: float) -> None:
    assert percentile(list(range(100, 0, -1)), part) == value


def test_report_names_every_page() -> None:
    alone, meanwhile = Waits(), Waits()
    for waits, seconds in ((alone, 0.01), (meanwhile, 0.02)):
        waits.note("inbox", seconds)
    task = Task(stored=1000, batch=100, watches=2, by_time=True, seed=1)
    stored = Stored(
        mentions=1000, seconds=0.5, client_cpu=0.02, server_cpu=0.03, longest_ms=7.0, cases=3
    )
    assert lines_of(Report("postgres", task, stored, alone, meanwhile)) == [
        "postgres: 1,000 mentions stored before, 2 watches, batches of 100, ids by time",
        "stored 1,000 in 0.5 s: 2,000 a second; longest transaction 7 ms; cases 3",
        "CPU per mention: client 20.0 µs, server 30.0 µs; 20,000 a second of one core",
        "page, ms              alone p50      p99  meanwhile p50      p99",
        "inbox                      10.0     10.0           20.0     20.0",
        "all                        10.0     10.0           20.0     20.0",
    ]


@pytest.mark.database
def test_desk_is_filled_and_filled_further() -> None:
    storing = Storing(Task(stored=150, batch=50, watches=4, by_time=False, seed=1))
    filled = storing.fill()
    assert storing.make_ready(0.001).mentions == 50
    told = storing.run(0.001)
    assert PostRow.objects.count() == 150 + told.mentions
    assert set(filled.refs) <= set(Case.objects.values_list("ref", flat=True))
    assert told.cases == Case.objects.count() > 0
    assert all(proof(case).whole for case in Case.objects.all())


def test_settings_of_the_server_are_those_that_are_named_and_shipped() -> None:
    """Whoever follows the docs has the server that was measured."""
    root = Path(__file__).parents[2]
    docs = (root / "docs/operations.md").read_text("utf-8")
    shipped = (root / "deploy/compose.yaml").read_text("utf-8")
    assert [name for name, value in SETTINGS.items() if f"    {name} = {value}\n" not in docs] == []
    assert [one for one in SETTINGS.items() if f'"-c", "{"=".join(one)}"' not in shipped] == []
    assert not {"fsync", "synchronous_commit", "full_page_writes"} & set(SETTINGS)
