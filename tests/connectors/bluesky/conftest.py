from collections.abc import AsyncIterator

import pytest

from tests.support.atproto.contract import BlueskyContractWorld
from tests.support.atproto.fixtures import at_network
from tests.support.atproto.network import AtNetwork

__all__ = ["at_network", "world"]


@pytest.fixture
async def world(at_network: AtNetwork) -> AsyncIterator[BlueskyContractWorld]:
    """A brand, a customer and a bystander, new for each test."""
    made = BlueskyContractWorld(at_network)
    yield made
    await made.aclose()
