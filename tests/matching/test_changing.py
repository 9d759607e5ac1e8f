"""Queries come and go while posts are matched (R02)."""

import threading

import pytest

from amends.matching import QueryError, compile  # noqa: A004 (the word of the field)
from amends.matching.matcher import MOST_FRESH
from amends.terms import Post

POST = Post(id="1", text="acme is late again")


def test_added_query_is_matched_from_the_next_batch_on() -> None:
    matcher = compile({"a": "acme"})
    matcher.add("b", "late -soon")
    assert matcher.batch([POST]) == [{"a": ("acme",), "b": ("late",)}]


def test_query_added_under_a_name_takes_the_place_of_the_other() -> None:
    matcher = compile({"a": "acme", "b": "late"})
    matcher.add("a", "again")
    assert matcher.batch([POST]) == [{"a": ("again",), "b": ("late",)}]


def test_dropped_query_is_matched_no_more() -> None:
    matcher = compile({"a": "acme", "b": "late"})
    matcher.drop("a")
    assert (matcher.batch([POST]), matcher.explain("acme")) == ([{"b": ("late",)}], [])


def test_dropping_what_is_not_there_is_an_error() -> None:
    with pytest.raises(KeyError):
        compile({"a": "acme"}).drop("b")


def test_wrong_query_changes_nothing() -> None:
    matcher = compile({"a": "acme"})
    with pytest.raises(QueryError):
        matcher.add("a", "acme OR")
    assert matcher.batch([POST]) == [{"a": ("acme",)}]


def test_many_added_are_merged_while_another_thread_matches() -> None:
    matcher = compile({"a": "acme", "gone": "late"})
    seen: list[set[str]] = []
    done = threading.Event()

    def match() -> None:
        while not done.is_set():
            seen.append(set(matcher.batch([POST])[0]))

    matching = threading.Thread(target=match)
    matching.start()
    matcher.drop("gone")
    for number in range(MOST_FRESH + 5):
        matcher.add(f"new{number}", "again")
    matcher.settle()
    done.set()
    matching.join()
    new = {f"new{number}" for number in range(MOST_FRESH + 5)}
    assert set(matcher.batch([POST])[0]) == {"a"} | new
    assert all("a" in names and names <= {"a", "gone"} | new for names in seen)
