from collections.abc import AsyncIterator

import pytest

from amends.connectors.x import XConnector
from tests.connectors.x.fake import FakeX, connector
from tests.support.clocks import HandClock
from tests.support.fakes import running


@pytest.fixture
async def fake() -> AsyncIterator[FakeX]:
    made = FakeX(HandClock())
    async with running(made):
        yield made


@pytest.fixture
def ours(fake: FakeX) -> XConnector:
    return connector(fake)
