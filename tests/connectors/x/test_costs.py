"""The budget stops reading first and replying last."""

from datetime import UTC, datetime

import pytest

from amends.bench.faults.clock import HandClock
from amends.bench.faults.fakes.x import MAUD, FakeX, connector
from amends.connectors.protocol import Spending
from amends.connectors.x.costs import PRICES, Meter
from amends.terms import Author, ConnectorError, ReplyTarget, TryLater

KINDS = ("post_read", "message_read", "own_mention", "post", "message")


def meter(spent: float, *, budget: float = 10.0, clock: HandClock | None = None) -> Meter:
    made = Meter(budget, PRICES, clock or HandClock())
    made.resume(Spending(month="2026-03", dollars={"post": spent}))
    return made


def allowed(made: Meter) -> list[str]:
    found = []
    for kind in KINDS:
        try:
            made.check(kind)
        except ConnectorError:
            continue
        found.append(kind)
    return found


@pytest.mark.parametrize(
    ("spent", "still"),
    [
        (7.9, list(KINDS)),
        (8.0, ["message_read", "own_mention", "post", "message"]),
        (9.0, ["post", "message"]),
        (9.99, []),
    ],
)
def test_reading_stops_first_and_replying_last(spent: float, still: list[str]) -> None:
    assert allowed(meter(spent)) == still


def test_reading_goes_on_next_month() -> None:
    clock = HandClock()
    made = meter(10.0, clock=clock)
    with pytest.raises(TryLater) as waits:
        made.check("post_read")
    assert waits.value.retry_at == datetime(2026, 4, 1, tzinfo=UTC)
    clock.time = waits.value.retry_at
    assert allowed(made) == list(KINDS)


def test_without_a_budget_it_only_counts() -> None:
    made = meter(1_000_000.0, budget=0.0)
    made.charge("post")
    assert (allowed(made), made.spending.total) == (list(KINDS), 1_000_000.015)


def test_what_is_read_again_on_one_day_is_paid_once() -> None:
    clock = HandClock()
    made = meter(0.0, clock=clock)
    made.charge_read("post_read", ["1", "2"])
    made.charge_read("post_read", ["2", "3"])
    clock.move(86_400)
    made.charge_read("post_read", ["2"])
    assert made.spending.dollars["post_read"] == pytest.approx(0.020)


def test_another_months_spending_is_forgotten() -> None:
    made = Meter(10.0, PRICES, HandClock())
    made.resume(Spending(month="2026-02", dollars={"post": 10.0}))
    assert made.spending == Spending(month="2026-03")


async def test_each_call_is_counted_by_its_kind(fake: FakeX) -> None:
    ours = connector(fake, prices="post_with_link=0.5")
    target = ReplyTarget(author=Author(id=MAUD["id"]), post_id=fake.add("@brindlewing help"))
    fake.clock.move(60)
    fake.tell("It is order 4711")
    await ours.fetch("notifications", None)
    await ours.fetch("messages", None)
    await ours.publish("Sorry.", target=target, attempt="a1")
    await ours.publish("See https://a.example/1", target=target, attempt="a2")
    await ours.message("Hello.", target=target, attempt="m1")
    assert ours.spending.dollars == {
        "own_mention": 0.001, "message_read": 0.010, "post": 0.015, "post_with_link": 0.5,
        "message": 0.015,
    }  # fmt: skip


async def test_used_up_budget_asks_nothing_of_x(fake: FakeX) -> None:
    ours = connector(fake, budget="1")
    await ours.check()
    ours.resume_spending(Spending(month="2026-03", dollars={"post_read": 1.0}))
    asked = len(fake.seen)
    target = ReplyTarget(author=Author(id=MAUD["id"]), post_id="1")
    with pytest.raises(TryLater, match=r"\$1.00 of \$1.00"):
        await ours.fetch("search:acme", None)
    with pytest.raises(ConnectorError, match="raise it, or answer on X by hand"):
        await ours.publish("Sorry.", target=target, attempt="a1")
    assert len(fake.seen) == asked
