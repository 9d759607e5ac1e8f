"""Networks that are asked by queries get the watches' own, and what they cannot be asked is told."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, cast

import pytest

from amends.desk.actions import save_watch
from amends.desk.models import ChannelRow
from amends.desk.workers.listen import Listeners
from amends.terms import Author, Traits, TryLater, WatchKind
from tests.desk.test_sending import Hands, Inline, inline, run
from tests.factories import brand, channel

__all__ = ["inline"]

pytestmark = [
    pytest.mark.database, pytest.mark.alike, pytest.mark.django_db(transaction=True),
]  # fmt: skip


@dataclass
class Asked:
    """A connector that takes queries; ``busy`` is how often it cannot say who it is."""

    traits = Traits(can_stream=True)
    clock: Hands = field(default_factory=Hands)
    queries: list[str] = field(default_factory=list)
    busy: int = 0

    def sources_for(self, queries: Sequence[str]) -> tuple[Sequence[str], Sequence[str]]:
        self.queries = list(queries)
        return ["notifications"], ["X is not asked for 'this'."]

    async def check(self) -> Author:
        if self.busy:
            self.busy -= 1
            raise TryLater("Slow down.", self.clock.now() + timedelta(minutes=15))
        return Author(id="7")


def listeners(clock: Hands, slept: list[float]) -> Listeners:
    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    return Listeners(
        reader=cast("Any", None),
        outbound=cast("Any", None),
        clock=clock,
        rng=random.Random(1),
        database=cast("Any", Inline()),
        new_ref=str,
        sleep=sleep,
    )


def test_watches_queries_are_handed_over_and_the_stream_is_followed() -> None:
    row, asked, made = channel(), Asked(), listeners(Hands(), [])
    ChannelRow.objects.filter(pk=row.pk).update(settings={"stream": "filtered"})
    row.refresh_from_db()
    watched: dict[str, Any] = {"phrases": [], "handles": [], "hashtags": []}
    kind = WatchKind.BRAND
    save_watch(None, brand=brand(), kind=kind, name="Bags", query='"late bag" -lost', **watched)
    sources = run(made._sources(row, cast("Any", asked)))
    assert (sources, asked.queries) == (["notifications", "stream"], ['"late bag" -lost'])
    assert ("waiting", "X is not asked for 'this'.") in made._health[row.pk].values()


def test_signing_in_waits_as_long_as_the_network_says() -> None:
    slept: list[float] = []
    row, asked = channel(), Asked(busy=1)
    us = run(listeners(asked.clock, slept)._sign_in(row, cast("Any", asked)))
    assert (us.id, slept) == ("7", [900.0])
