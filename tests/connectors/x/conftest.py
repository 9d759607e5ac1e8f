from collections.abc import AsyncIterator

import pytest

from amends.bench.faults.clock import HandClock
from amends.bench.faults.fakes.x import FakeX, connector
from amends.bench.faults.serving import running
from amends.connectors.x import XConnector


@pytest.fixture
async def fake() -> AsyncIterator[FakeX]:
    made = FakeX(HandClock())
    async with running(made):
        yield made


@pytest.fixture
def ours(fake: FakeX) -> XConnector:
    return connector(fake)
