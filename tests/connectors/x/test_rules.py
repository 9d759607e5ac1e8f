"""Watches become rules; rules there and rules wanted are brought together by their difference."""

import pytest

from amends.bench.faults.fakes.x import FakeX, connector
from amends.bench.faults.serving import Fault, Said
from amends.connectors.x.rules import compile_rules, pack, sync
from amends.terms import ConnectorError


def test_queries_become_rules_each_once() -> None:
    found = compile_rules(["acme bag", "acme bag", '"late bag" OR #acme'], most=1000)
    assert (found.rules, found.notes) == (("acme bag", '"late bag" OR #acme'), ())


def test_rule_that_is_too_long_is_split_at_its_ors() -> None:
    words = [f"word{number:04}" for number in range(300)]
    found = compile_rules([" OR ".join(words)], most=1000)
    assert sorted(found.rules) == words


def test_query_that_x_cannot_be_asked_for_is_told() -> None:
    found = compile_rules(["-acme", "fine", "network:bluesky acme"], most=1000)
    assert found.rules == ("fine",)
    (note,) = found.notes  # what is meant for another network is nothing to tell
    assert note.startswith("X is not asked for '-acme': ")


def test_more_rules_than_x_takes_are_joined() -> None:
    found = compile_rules([f"word{number:04} bag" for number in range(2_000)], most=100)
    assert len(found.rules) <= 100
    assert all(len(rule) <= 1024 for rule in found.rules)
    assert sum(rule.count(" OR ") + 1 for rule in found.rules) == 2_000
    assert found.notes == ()


def test_rules_beyond_all_room_are_told() -> None:
    found = compile_rules([f"word{number:04}{'x' * 90}" for number in range(30)], most=1)
    assert len(found.rules) == 1
    assert found.notes == ("X takes 1 rules; the last 2 are left out.",)


def test_packed_rules_fit() -> None:
    assert pack(["late bag", "acme", "x" * 30], 24) == ["acme OR (late bag)", "x" * 30]


async def test_only_the_difference_is_sent_and_others_rules_are_left_alone(fake: FakeX) -> None:
    api = connector(fake)._api
    fake.rules = {"7": {"id": "7", "value": "theirs", "tag": "other"}}
    await sync(api, ["one", "two"])
    asked = len(fake.seen)
    await sync(api, ["two", "three"])
    await sync(api, ["two", "three"])
    values = sorted(rule["value"] for rule in fake.rules.values())
    changes = [one.json for one in fake.seen[asked:] if one.method == "POST"]
    assert values == ["theirs", "three", "two"]
    assert [list(one) for one in changes] == [["delete"], ["add"]]


async def test_rule_that_x_refuses_is_named(fake: FakeX) -> None:
    error = {"title": "UnprocessableEntity", "value": "bad rule", "detail": "no viable word"}
    said = Said(200, {"meta": {"sent": ""}, "errors": [error]})
    fake.fail(Fault(before=said), when=lambda asked: asked.method == "POST")
    with pytest.raises(ConnectorError, match=r"X refused the rule 'bad rule' \(no viable word\)"):
        await sync(connector(fake)._api, ["bad rule"])


def test_watches_are_searched_for_where_there_is_no_stream(fake: FakeX) -> None:
    ours = connector(fake)
    sources, notes = ours.sources_for([f"word{number:03} bag" for number in range(80)])
    searches = list(ours._searches.values())
    assert sources[:2] == ["notifications", "messages"]
    assert list(sources[2:]) == list(ours._searches)
    assert (len(searches), max(map(len, searches)) <= 512, notes) == (3, True, [])


async def test_many_searches_are_asked_less_often(fake: FakeX) -> None:
    ours = connector(fake)
    ours.sources([f"word{number}" for number in range(48)])
    page = await ours.fetch("search:word1", None)
    assert page.next_poll is not None
    assert (page.next_poll - fake.clock.now()).total_seconds() == 200


def test_streamed_watches_are_not_searched_for(fake: FakeX) -> None:
    ours = connector(fake, stream="filtered")
    sources, _ = ours.sources_for(["acme"])
    assert (sources, ours._compiled.rules) == (["notifications", "messages"], ("acme",))
