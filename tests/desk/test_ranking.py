"""Search rank (R20): dated entries by hand, and by a search each day within its budget."""

import asyncio
from datetime import timedelta
from typing import Any, cast

import pytest

from amends.bench.faults.clock import HandClock
from amends.bench.faults.serving import Asked, Fake, Said, running
from amends.desk.actions import erase_customer, merge_case, proof, reopen_case
from amends.desk.actions.ranking import (
    claim_rank_watch,
    note_rank,
    save_search,
    search_in_force,
    spend_call,
    unwatch_rank,
    watch_rank,
)
from amends.desk.models import Case, RankEntry, RankWatch, SearchAccess
from amends.desk.workers.ranking import RankSeeker
from amends.terms import BadInput, NotAllowed, Stale
from tests import people
from tests.desk.test_sending import Inline
from tests.factories import NOON, case

pytestmark = pytest.mark.database

PAGE = "https://example.org/post/1"
DAY = timedelta(days=1)
SOUGHT: dict[str, Any] = {"query": "halcyon air", "address": PAGE}


def access(most: int = 100) -> SearchAccess:
    return save_search(enabled=True, key="secret-key", country="de", most=most, by=people.ada())


class FakeSearch(Fake):
    """Answers as Brave's documentation shows; ``addresses`` are what it finds, 20 at a time."""

    addresses: list[str] = []  # noqa: RUF012 (set by each test)
    key = "secret-key"

    def handle(self, asked: Asked) -> Said:
        if asked.headers.get("x-subscription-token") != self.key:
            error = {"code": "SUBSCRIPTION_TOKEN_INVALID", "detail": "The token is invalid."}
            return Said(422, {"type": "ErrorResponse", "error": error})
        start = 20 * int(asked.one("offset"))
        page = self.addresses[start : start + 20]
        more = len(self.addresses) > start + 20
        return Said(
            200,
            {
                "type": "search",
                "query": {"original": asked.one("q"), "more_results_available": more},
                "web": {"type": "search", "results": [{"url": url, "title": "t"} for url in page]},
            },
        )


def look(fake: FakeSearch, clock: HandClock, ticks: int = 1) -> None:
    async def whole() -> None:
        async with running(fake) as url:
            seeker = RankSeeker(fake.outbound, clock, cast("Any", Inline()), host=url)
            for _ in range(ticks):
                await seeker.tick()

    asyncio.run(whole())


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> HandClock:
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    return HandClock(NOON)


def places(row: Case) -> list[int | None]:
    return list(row.rank_entries.order_by("at", "pk").values_list("place", flat=True))


@pytest.mark.alike
def test_place_that_a_person_saw_is_a_dated_entry() -> None:
    row = case()
    note_rank(row, place=3, seen_at=NOON - DAY, by=people.mina(), now=NOON, **SOUGHT)
    note_rank(row, place=None, by=people.mina(), now=NOON, **SOUGHT)
    assert [(one.place, one.at) for one in row.rank_entries.order_by("at")] == [
        (3, NOON - DAY),
        (None, NOON),
    ]
    assert proof(Case.objects.get(pk=row.pk)).whole


@pytest.mark.alike
def test_day_to_come_is_refused_and_so_is_who_may_not_work() -> None:
    with pytest.raises(BadInput):
        note_rank(case(), place=1, seen_at=NOON + DAY, by=people.mina(), now=NOON, **SOUGHT)
    with pytest.raises(NotAllowed):
        note_rank(case(), place=1, by=people.vic(), now=NOON, **SOUGHT)


@pytest.mark.alike
def test_nothing_is_looked_up_without_a_key() -> None:
    with pytest.raises(NotAllowed, match="No web search is set up"):
        watch_rank(case(), by=people.mina(), now=NOON, **SOUGHT)
    with pytest.raises(BadInput, match="Put the key in"):
        save_search(enabled=True, key="", country="", most=1, by=people.ada())


def test_key_is_sealed_and_kept_where_none_is_typed() -> None:
    access()
    save_search(enabled=True, key="", country="", most=5, by=people.ada())
    row = SearchAccess.objects.get()
    found = search_in_force()
    assert found is not None
    assert (b"secret-key" in bytes(row.sealed), found[1]) == (False, "secret-key")


@pytest.mark.alike
@pytest.mark.django_db(transaction=True)
def test_address_is_looked_up_each_day_as_far_down_as_it_takes(clock: HandClock) -> None:
    row, fake = case(), FakeSearch(clock)
    access()
    watch_rank(row, by=people.mina(), now=NOON, **SOUGHT)
    fake.addresses = [f"https://other.example/{n}" for n in range(24)] + [
        "http://example.org/post/1/"
    ]
    look(fake, clock, ticks=2)
    clock.move(86_401)
    fake.addresses = fake.addresses[-1:]
    look(fake, clock)
    assert places(row) == [25, 1]
    assert [one.one("country") for one in fake.seen] == ["DE"] * 3
    assert SearchAccess.objects.get().calls == 3


@pytest.mark.django_db(transaction=True)
def test_budget_stops_the_search_till_next_month(clock: HandClock) -> None:
    row, fake = case(), FakeSearch(clock)
    access(most=1)
    watch_rank(row, by=people.mina(), now=NOON, **SOUGHT)
    look(fake, clock)
    clock.move(86_401)
    look(fake, clock)
    watch, told = RankWatch.objects.get(), SearchAccess.objects.get()
    assert (places(row), len(fake.seen)) == ([None], 1)
    assert (f"{watch.due_at:%Y-%m-%d}", "used up" in told.note) == ("2026-04-01", True)
    assert spend_call(told, now=NOON + 31 * DAY)


@pytest.mark.alike
@pytest.mark.django_db(transaction=True)
def test_key_that_is_not_taken_is_said_and_tried_again(clock: HandClock) -> None:
    row, fake = case(), FakeSearch(clock)
    access()
    fake.key = "another"
    watch_rank(row, by=people.mina(), now=NOON, **SOUGHT)
    look(fake, clock)
    told = SearchAccess.objects.get()
    assert (places(row), "does not take the key" in told.note) == ([], True)
    assert "secret-key" not in told.note
    assert RankWatch.objects.get().due_at == NOON + timedelta(hours=1)


def test_watch_is_claimed_once_and_by_another_after_ten_minutes() -> None:
    row = case()
    access()
    watch_rank(row, by=people.mina(), now=NOON, **SOUGHT)
    found = [claim_rank_watch(now=NOON + timedelta(minutes=m)) is not None for m in (0, 1, 11)]
    assert found == [True, False, True]


@pytest.mark.alike
def test_same_is_watched_once_and_ended_for_good() -> None:
    row, mina = case(), people.mina()
    access()
    made = watch_rank(row, by=mina, now=NOON, **SOUGHT)
    with pytest.raises(Stale):
        watch_rank(row, by=mina, now=NOON, **SOUGHT)
    unwatch_rank(row, made.pk, by=mina, now=NOON)
    unwatch_rank(row, made.pk, by=mina, now=NOON)
    kinds = [one.kind for one in row.history.filter(kind__startswith="rank.").order_by("seq")]
    assert (claim_rank_watch(now=NOON + DAY), kinds) == (None, ["rank.watched", "rank.unwatched"])


def test_merged_case_is_looked_for_no_more_until_the_merge_is_undone() -> None:
    """Only what the merge ended begins again."""
    row, other, mina = case(handle="rosa"), case(handle="ben"), people.mina()
    access()
    kept = watch_rank(row, by=mina, now=NOON, **SOUGHT)
    ended = watch_rank(row, by=mina, now=NOON, query="halcyon", address=PAGE)
    unwatch_rank(row, ended.pk, by=mina, now=NOON)
    merge_case(row, into=other, by=mina, now=NOON, two_customers=True)
    assert claim_rank_watch(now=NOON + DAY) is None
    row = reopen_case(Case.objects.get(pk=row.pk), by=mina, now=NOON + DAY)
    found = [claim_rank_watch(now=NOON + DAY) for _ in range(2)]
    assert found == [kept, None]
    told = row.history.filter(kind__startswith="rank.").order_by("seq")
    assert [(one.kind, one.data["watch"]) for one in told][2:] == [
        ("rank.unwatched", ended.pk), ("rank.unwatched", kept.pk), ("rank.watched", kept.pk),
    ]  # fmt: skip
    assert (proof(row).whole, proof(Case.objects.get(pk=other.pk)).whole) == (True, True)


def test_watch_of_a_case_that_was_merged_by_an_earlier_release_rests() -> None:
    row, other = case(handle="rosa"), case(handle="ben")
    access()
    watch_rank(row, by=people.mina(), now=NOON, **SOUGHT)
    Case.objects.filter(pk=row.pk).update(state="merged", merged_into=other)
    assert claim_rank_watch(now=NOON + DAY) is None


@pytest.mark.alike
def test_erased_customer_leaves_places_and_no_address() -> None:
    row = case()
    access()
    watch_rank(row, by=people.mina(), now=NOON, **SOUGHT)
    note_rank(row, place=2, by=people.mina(), now=NOON, **SOUGHT)
    erase_customer(row.customer, by=people.priya(), now=NOON)
    entry = RankEntry.objects.get()
    assert (entry.place, entry.query, entry.address) == (2, "", "")
    assert RankWatch.objects.count() == 0
