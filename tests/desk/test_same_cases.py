"""However history comes in, whole, in pieces or as it happened, the same cases come of it."""

import contextlib
import itertools
import json
import random
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.db import transaction

from amends.desk.actions import proof
from amends.desk.actions.hearing import store_mentions
from amends.desk.actions.history import Importer, Progress, care_of
from amends.desk.models import (
    Brand,
    Case,
    PostRow,
)
from amends.listening import Item, Step, run
from amends.listening.history import History, open_history
from amends.listening.steps import mark_own_posts, mark_to_us, put_reading, put_watches
from amends.matching import compile as compile_queries
from amends.terms import Channel, Reading, SystemClock
from tests.factories import reading

pytestmark = pytest.mark.database

US, THEM = "brindlewing", "quorlane"
# What PostgreSQL may do otherwise, order and types, shows in one history.
SEEDS = (0, pytest.param(1, marks=pytest.mark.alike))
BEGIN = datetime(2026, 2, 1, tzinfo=UTC)
CUSTOMERS = ("rosa", "ben", "kim", "ada", "tom")
SAYINGS = (
    "awful, my bag is lost",
    "@brindlewing awful, my bag is lost",
    "@brindlewing thanks so much",
    "@brindlewing it is AB12",
    "@quorlane awful service",
    "lovely morning",
    "@brindlewing I take it back",
)


class PlainReader:
    """Reads one word at a time, so that a history can be made up."""

    model, threshold = "plain", 0.5

    def read(self, texts: Sequence[str]) -> list[Reading]:
        return [
            reading(0.9 if "awful" in text else 0.1, 0.9 if "thanks" in text else 0.0)
            for text in texts
        ]


def made_up(seed: int, posts: int = 30) -> list[dict[str, object]]:
    """Threads of customers, bystanders, our account and another company's; moments may be shared."""
    rng = random.Random(seed)
    threads: list[list[str]] = []
    lines, minute = [], 0
    for number in range(posts):
        minute += rng.choice((0, 1, 1, 5))
        begins = not threads or rng.random() < 0.25
        thread: list[str] = [] if begins else rng.choice(threads)
        if begins:
            threads.append(thread)
        by = rng.choice(CUSTOMERS if begins else (*CUSTOMERS, US, US, US, THEM))
        line: dict[str, object] = {
            "id": f"p{number}",
            "network": "x",
            "author": {"id": f"id-{by}", "handle": by},
            "text": "Sorry, we look into it" if by in (US, THEM) else rng.choice(SAYINGS),
            "created_at": (BEGIN + timedelta(minutes=minute)).isoformat(),
        }
        if thread:
            line["in_reply_to"] = rng.choice(thread)
        thread.append(f"p{number}")
        lines.append(line)
    return lines


@pytest.fixture
def write(tmp_path: Path) -> Callable[[list[dict[str, object]]], History]:
    def write(lines: list[dict[str, object]]) -> History:
        path = tmp_path / "history.jsonl"
        path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
        return open_history(path)

    return write


def refs() -> Callable[[], str]:
    numbers: Iterator[int] = itertools.count(Case.objects.count())
    return lambda: f"H{next(numbers)}"


def bring_in(history: History, **facts: object) -> None:
    known: dict[str, object] = {
        "reader": PlainReader(), "clock": SystemClock(), "new_ref": refs(),
    }  # fmt: skip
    Importer(**(known | facts)).read(history, handle=US)  # type: ignore[arg-type]


def cases(*, times: bool = True) -> list[object]:
    """Every case with its facts, its posts and its history, in the words of the network."""
    assert all(proof(case).whole for case in Case.objects.all())
    names = dict(PostRow.objects.values_list("pk", "native_id"))
    when = ["opened_at"] if times else []
    facts = ["state", "outcome", "answered_at", "acknowledged_at", "unanswered_since", *when]
    return [
        (
            case.first_post.native_id,
            *(getattr(case, fact) for fact in facts),
            sorted(case.places.values_list("post__native_id", "why")),
            [(e.kind, names[e.data["post"]]) for e in case.history.order_by("seq")],
        )
        for case in Case.objects.select_related("first_post").order_by("first_post__native_id")
    ]


@pytest.fixture
def forget() -> Callable[[], None]:
    """Back to a desk to which nothing was brought in."""
    mark = transaction.savepoint()
    return lambda: transaction.savepoint_rollback(mark)


@pytest.mark.parametrize("seed", SEEDS)
def test_batches_of_any_size_give_the_same_cases(
    write: Callable[[list[dict[str, object]]], History], forget: Callable[[], None], seed: int
) -> None:
    lines = made_up(seed)
    random.Random(seed).shuffle(lines)
    found = []
    for size in (1000, 7, 1):
        bring_in(write(lines), batch=size)
        found.append(cases())
        forget()
    assert found[0]
    assert found[1:] == [found[0], found[0]]


def cut_after(batches: int) -> Progress:
    left = iter(range(batches))

    def cut(_phase: str, _done: int, _whole: int) -> None:
        if next(left, None) is None:
            raise KeyboardInterrupt

    return cut


@pytest.mark.parametrize("seed", SEEDS)
def test_import_cut_off_again_and_again_gives_the_same_cases(
    write: Callable[[list[dict[str, object]]], History], forget: Callable[[], None], seed: int
) -> None:
    rng = random.Random(seed)
    lines = made_up(seed)
    bring_in(write(lines))
    whole = cases()
    forget()
    for _ in range(6):
        with contextlib.suppress(KeyboardInterrupt):
            bring_in(write(lines), batch=5, progress=cut_after(rng.randrange(1, 12)))
    bring_in(write(lines), batch=5)
    assert cases() == whole


def live_steps(brand: Brand) -> list[Step]:
    ours = [Channel(network="x", handle=US)]
    watches = {str(watch.pk): watch.query for watch in brand.watches.all()}
    return [
        mark_own_posts(ours),
        mark_to_us(ours),
        put_watches(compile_queries(watches)),
        put_reading(PlainReader()),
    ]


def listen(history: History, page: int) -> None:
    brand = care_of(US)
    steps, posts = live_steps(brand), [line.post for line in history.lines() if line.post]
    for start in range(0, len(posts), page):
        kept = run([Item(post) for post in posts[start : start + page]], steps, Counter())
        with transaction.atomic():
            store_mentions(
                [item.mention() for item in kept],
                brand=brand,
                channel=None,
                threshold=0.5,
                now=BEGIN + timedelta(days=1),
                new_ref=refs(),
            )


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("page", [1, 6])
def test_import_opens_the_cases_that_listening_would_have(
    write: Callable[[list[dict[str, object]]], History],
    forget: Callable[[], None],
    seed: int,
    page: int,
) -> None:
    history = write(made_up(seed))
    bring_in(history)
    imported = cases(times=False)
    forget()
    listen(history, page)
    assert imported
    assert cases(times=False) == imported
