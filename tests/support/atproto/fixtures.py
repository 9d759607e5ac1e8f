"""The fixture to import into a ``conftest.py``; the network starts once per run."""

from contextlib import ExitStack

import pytest

from tests.support.atproto.network import AtNetwork, at_protocol_network

_RUNNING = pytest.StashKey[AtNetwork]()


@pytest.fixture(scope="session")
def at_network(request: pytest.FixtureRequest) -> AtNetwork:
    """The running network; stopped when pytest ends."""
    stash = request.config.stash
    if _RUNNING not in stash:
        stack = ExitStack()
        stash[_RUNNING] = stack.enter_context(at_protocol_network())
        request.config.add_cleanup(stack.close)
    return stash[_RUNNING]
