"""How channels stand: last read, lag and quota, written down now and then and shown."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, cast

import pytest
from django.utils import timezone

from amends.bench.faults.clock import HandClock
from amends.bench.faults.fakes.bluesky import BlueskyFaults
from amends.bench.faults.serving import running
from amends.connectors.calling import Quota, quota_in
from amends.desk.models import ChannelStanding
from amends.desk.workers.sink import DeskSink
from amends.desk.workers.standing import Standings, tightest
from amends.listening import Batch
from tests import people
from tests.desk.test_sending import Hands, Inline, run
from tests.factories import NOON, channel, mention
from tests.web.support import Page, signed_in

pytestmark = pytest.mark.database


class Told:
    """A connector that says what is left."""

    def __init__(self, **quotas: Quota) -> None:
        self._quotas = quotas

    @property
    def quotas(self) -> Mapping[str, Quota]:
        return self._quotas


def quota(left: int, minutes: int = 5, at: Any = NOON) -> Quota:
    return Quota(limit=100, remaining=left, reset_at=at + timedelta(minutes=minutes))


@pytest.mark.alike
def test_tightest_limits_come_first_and_those_that_are_over_not_at_all() -> None:
    quotas = {"/2/users/1/mentions": quota(90), "post": quota(3), "old": quota(0, minutes=-1)}
    found = [(one["name"], one["remaining"]) for one in tightest(quotas, NOON)]
    assert found == [("post", 3), ("mentions", 90)]


@pytest.mark.alike
@pytest.mark.parametrize(
    "headers",
    [
        {"ratelimit-limit": "100", "ratelimit-remaining": "7", "ratelimit-reset": "300"},
        {"x-ratelimit-limit": "100", "x-ratelimit-remaining": "7",
         "x-ratelimit-reset": "2026-03-02T12:05:00Z"},
        {"x-rate-limit-limit": "100", "x-rate-limit-remaining": "7",
         "x-rate-limit-reset": str(int((NOON + timedelta(minutes=5)).timestamp()))},
    ],
)  # fmt: skip
def test_quota_is_read_from_the_headers_of_each_network(headers: dict[str, str]) -> None:
    assert quota_in(headers, NOON) == quota(7)
    assert quota_in({}, NOON) is None


@pytest.mark.alike
async def test_bluesky_tells_what_its_pds_leaves_us() -> None:
    world = BlueskyFaults(HandClock(NOON))
    async with running(world.fake):
        made = world.connector()
        headers = {
            "ratelimit-limit": "3000",
            "ratelimit-remaining": "2999",
            "ratelimit-reset": "300",
        }
        handle = world.fake.handle
        world.fake.handle = lambda asked: _with(handle(asked), headers)  # type: ignore[method-assign]
        await made.check()
        await made.aclose()
    assert {one.remaining for one in made.quotas.values()} == {2999}


def _with(said: Any, headers: dict[str, str]) -> Any:
    return type(said)(said.status, said.body, headers)


@pytest.mark.django_db(transaction=True)
def test_read_and_lag_are_written_every_ten_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    row, standings, clock = channel(), Standings(), Hands(NOON)
    sink = DeskSink(
        row, threshold=0.5, clock=clock, new_ref=lambda: "STAND1", noted=standings.noting(row.pk)
    )
    said = mention(at=NOON - timedelta(seconds=3))
    sink.store(Batch(source="s", mentions=(said,), cursor="1"))
    clock.time = NOON + timedelta(seconds=4)
    sink.store(Batch(source="s", mentions=(), cursor="2"))
    database = cast("Any", Inline())

    def keep(seconds: int) -> None:
        at = NOON + timedelta(seconds=seconds)
        run(standings.keep(row.pk, cast("Any", Told(post=quota(3))), database, at))

    keep(5)
    kept = ChannelStanding.objects.get()
    assert (kept.read_at, kept.lag_s, kept.quotas[0]["remaining"]) == (clock.time, 3.0, 3)
    keep(6)
    assert ChannelStanding.objects.get().at == NOON + timedelta(seconds=5)


@pytest.mark.alike
def test_pages_say_when_it_was_read_how_late_and_what_is_left() -> None:
    row, now = channel(), timezone.now()
    quotas = tightest({"/2/tweets": quota(7, at=now)}, now)
    ChannelStanding.objects.create(channel=row, read_at=now, lag_s=4.2, quotas=quotas, at=now)
    for url in ("/set-up/channels/", "/listening/"):
        words = Page(signed_in(people.ada()).get(url).content.decode()).words
        assert "last read under 1 min ago" in words
        assert "posts come under 1 min after they are written" in words
        assert "7 of 100 calls left" in words


@pytest.mark.alike
def test_channel_that_was_not_read_for_long_is_marked() -> None:
    row, now = channel(), timezone.now()
    ChannelStanding.objects.create(channel=row, read_at=now - timedelta(hours=1), at=now)
    source = signed_in(people.ada()).get("/listening/").content.decode()
    assert '<span class="chip warn">' in source.partition('data-test="standing"')[2][:200]
