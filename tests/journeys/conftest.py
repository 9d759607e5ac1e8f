"""What journeys walk on: networks, a browser, and a desk as a newcomer starts it, one for each file."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.support.atproto.fixtures import at_network
from tests.support.browser import chromium
from tests.support.desk import Desk, running_desk

__all__ = ["at_network"]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as made:
        yield made


@pytest.fixture(scope="module")
def desk(home: Path, browser: Browser) -> Iterator[Desk]:
    """With the demo brand, and its people complaining. The browser starts first, so that a machine
    without one skips before a desk is started."""
    with running_desk(home) as running:
        yield running
