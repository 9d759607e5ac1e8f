"""How fast lines become mentions, what each part of it costs, and what peers do in the same run."""

import random
import statistics
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from amends.bench.figures import Figure, Report, for_a_while, held_mb, report, timed
from amends.bench.peers import bare_scan, loop_of_patterns, one_alternation, rarest
from amends.bench.posts import lines, numbered, texts
from amends.bench.queries import baited, queries
from amends.bench.words import VOCABULARY, vocabulary
from amends.listening.frames.posts import PostFrames
from amends.listening.skim import skim_lines
from amends.matching import Matcher, compile  # noqa: A004 (the word of the field)
from amends.terms import decode_post

DISTINCT = 40_000
BATCH = 8192
_WATCHED_S = 2.0
_FEW = 100
_BAITED = 0.007  # of the posts; chance alone makes up for the rest of one in a hundred


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """``queries`` queries, ``common`` of them hanging on common words, and ``posts`` posts.

    At most ``DISTINCT`` posts are made; they come again and again under other ids.
    """

    queries: int = 10_000
    common: float = 0.02
    posts: int = 100_000
    seed: int = 1
    vocabulary: int = VOCABULARY


@dataclass(frozen=True, slots=True)
class Stuff:
    """What a task is done with."""

    words: Sequence[str]
    asked: Mapping[str, str]
    cut: Sequence[tuple[bytes, bytes]]
    batches: Sequence[Sequence[bytes]]
    posts: int
    size: int


def made(task: Task) -> Stuff:
    """The words and posts of a task."""
    words = vocabulary(random.Random(task.seed), task.vocabulary)  # noqa: S311 (play, not secrets)
    distinct = min(task.posts, DISTINCT)
    asked = queries(words, task.queries, task.common, task.seed)
    said = baited(texts(words, distinct, task.seed), asked, _BAITED, task.seed)
    cut = lines(said, task.seed)
    batches = list(numbered(cut, distinct, BATCH))
    size = sum(len(line) for some in batches for line in some)
    written = {name: query.text for name, query in asked.items()}
    return Stuff(words, written, cut, batches, distinct, size)


def bench_decode(task: Task, watched_s: float = _WATCHED_S) -> Report:
    """From JSON to texts, beside reading the posts whole, each for ``watched_s`` seconds."""
    stuff, kind = made(task), PostFrames()
    every = [line for some in stuff.batches for line in some]

    def all_texts() -> None:
        for some in stuff.batches:
            kind.texts(some)

    figures = [
        _timed("texts only", all_texts, stuff),
        for_a_while("read whole, plainly written", kind.read, every, watched_s),
        for_a_while("read whole, leniently", decode_post, every, watched_s),
        _plain_scan(stuff),
    ]
    return report(figures, {"bytes of a post": stuff.size / stuff.posts}, [])


def bench_match(task: Task, watched_s: float = _WATCHED_S) -> Report:
    """From JSON to mentions: with all queries, with few, and what peers and bounds do.

    Slow peers are watched for ``watched_s`` seconds each.
    """
    stuff = made(task)
    asked = stuff.asked
    started = time.process_time()
    matcher = compile(asked)
    compiling = time.process_time() - started
    few = compile(dict(list(asked.items())[:_FEW]))
    mentions = _warmed(matcher, stuff)
    _warmed(few, stuff)
    figures = [
        _timed(f"JSON to mentions, {len(asked):,} queries", lambda: _skim(matcher, stuff), stuff),
        _timed(f"JSON to mentions, {_FEW} queries", lambda: _skim(few, stuff), stuff),
        _timed("of which JSON to texts", lambda: _texts(stuff), stuff),
        *_peers(asked, stuff, watched_s),
    ]
    values = {
        "posts that match, of a hundred": 100 * mentions / stuff.posts,
        f"cost of {len(asked):,} queries against {_FEW}": figures[0].cpu_s / figures[1].cpu_s,
        "seconds to compile": compiling,
        "milliseconds to add one": 1000 * _adding(matcher, stuff.words),
        "queries called too broad": float(len(matcher.too_broad())),
    }
    return report(figures, values, _NOTES)


def bench_listen(task: Task, say: Callable[[str], None], every_s: float = 10.0) -> Report:
    """All posts of a task, one after the other, and what memory is held meanwhile."""
    stuff = made(task)
    matcher = compile(stuff.asked)
    kind = PostFrames()
    posts = mentions = size = 0
    cpu = wall = 0.0
    began = said = time.perf_counter()
    for some in numbered(stuff.cut, task.posts, BATCH):
        before = time.process_time(), time.perf_counter()
        mentions += len(skim_lines(some, kind, matcher).mentions)
        cpu += time.process_time() - before[0]
        wall += time.perf_counter() - before[1]
        posts += len(some)
        size += sum(map(len, some))
        if time.perf_counter() - said > every_s or posts == task.posts:
            said = time.perf_counter()
            say(
                f"{said - began:8.0f} s {posts:14,} posts {posts / cpu:11,.0f} a second of CPU "
                f"{mentions:10,} mentions {held_mb():7.1f} MB held"
            )
    whole = Figure(what="JSON to mentions", posts=posts, size=size, cpu_s=cpu, wall_s=wall)
    return report([whole], {"posts that match, of a hundred": 100 * mentions / posts}, [])


_NOTES = [
    "Posts a second are by CPU time, the best of three rounds; a peer is watched for two seconds.",
    "The loop and the alternation only look for wanted words: no negation, no groups, no phrases.",
]


def _timed(what: str, run: Callable[[], object], stuff: Stuff) -> Figure:
    return timed(what, run, posts=stuff.posts, size=stuff.size)


def _skim(matcher: Matcher, stuff: Stuff) -> int:
    kind = PostFrames()
    return sum(len(skim_lines(some, kind, matcher).mentions) for some in stuff.batches)


def _warmed(matcher: Matcher, stuff: Stuff) -> int:
    """Let a matcher learn which words are common, as it does in its first seconds."""
    return _skim(matcher, stuff)


def _texts(stuff: Stuff) -> None:
    kind = PostFrames()
    for some in stuff.batches:
        kind.texts(some)


def _adding(matcher: Matcher, words: Sequence[str]) -> float:
    """Seconds that adding one query takes, the median of some."""
    spent = []
    for number in range(9):
        started = time.perf_counter()
        matcher.add(
            f"new{number}", f"{words[-1 - number]} ({words[500]} OR {words[600]}) -{words[700]}"
        )
        spent.append(time.perf_counter() - started)
    for number in range(9):
        matcher.drop(f"new{number}")
    return statistics.median(spent)


def _peers(asked: Mapping[str, str], stuff: Stuff, watched_s: float) -> Iterator[Figure]:
    every = [line for some in stuff.batches for line in some]
    yield for_a_while("a loop of one regex a query", loop_of_patterns(asked), every, watched_s)
    yield for_a_while("one alternation of all words", one_alternation(asked), every, watched_s)
    scan = bare_scan(rarest(asked, stuff.words))
    if scan is not None:
        joined = [b"\n".join(some) for some in stuff.batches]
        what = "bound: hyperscan for one word a query"
        yield _timed(what, lambda: [scan(one) for one in joined], stuff)
    yield _plain_scan(stuff)


def _plain_scan(stuff: Stuff) -> Figure:
    joined = [b"\n".join(some) for some in stuff.batches]
    return _timed("bound: plain scan", lambda: [one.count(b"\0") for one in joined], stuff)
