"""Benches run, from the same seed to the same posts."""

import functools
from dataclasses import replace

import msgspec
import pytest
from click.testing import CliRunner

from amends.bench.figures import Report, lines_of
from amends.bench.listening import Stuff, Task, bench_decode, bench_match, made
from amends.bench.posts import numbered
from amends.cli.bench import bench
from amends.matching import parse
from amends.terms import decode_post

SMALL = Task(queries=50, common=0.1, posts=300, seed=7, vocabulary=25_000)


@pytest.fixture(scope="module")
def stuff() -> Stuff:
    return made(SMALL)


def test_a_seed_draws_the_same_posts_and_queries(stuff: Stuff) -> None:
    one, other = stuff, made(SMALL)
    assert (one.batches, one.asked) == (other.batches, other.asked)
    assert made(replace(SMALL, seed=8)).batches != one.batches


def test_made_posts_are_as_long_as_is_said() -> None:
    stuff = made(replace(SMALL, posts=1000))
    posts = [decode_post(line) for some in stuff.batches for line in some]
    beyond = sum(not post.text.isascii() for post in posts) / len(posts)
    assert 650 < stuff.size / stuff.posts < 750
    assert 150 < sum(len(post.text) for post in posts) / len(posts) < 180
    assert 0.27 < beyond < 0.33


def test_made_queries_can_be_read(stuff: Stuff) -> None:
    assert len([parse(query) for query in stuff.asked.values()]) == 50


def test_posts_come_again_under_other_ids(stuff: Stuff) -> None:
    cut = stuff.cut
    ids = [decode_post(line).id for some in numbered(cut, 700, 128) for line in some]
    assert (len(ids), len(set(ids))) == (700, 700)


def test_listening_tells_its_figures_as_json(monkeypatch: pytest.MonkeyPatch) -> None:
    small = functools.partial(Task, vocabulary=SMALL.vocabulary)
    monkeypatch.setattr("amends.bench.listening.Task", small)
    done = CliRunner().invoke(bench, ["listen", "--queries", "50", "--posts", "300", "--json"])
    told = msgspec.json.decode(done.stdout.splitlines()[-1], type=Report)
    assert [(figure.what, figure.posts) for figure in told.figures] == [("JSON to mentions", 300)]


def test_decoding_tells_a_table() -> None:
    table = lines_of(bench_decode(SMALL, watched_s=0.01))
    assert [line.split("  ")[0] for line in table[1:5]] == [
        "texts only",
        "read whole, plainly written",
        "read whole, leniently",
        "bound: plain scan",
    ]


def test_matching_is_told_beside_peers() -> None:
    table = lines_of(bench_match(SMALL, watched_s=0.01))
    told = [line.split("  ")[0] for line in table[1:]]
    assert told[:5] == [
        "JSON to mentions, 50 queries",
        "JSON to mentions, 100 queries",
        "of which JSON to texts",
        "a loop of one regex a query",
        "one alternation of all words",
    ]
    assert "posts that match, of a hundred" in told
