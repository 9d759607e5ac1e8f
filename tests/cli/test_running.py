"""What is said while it runs, and how it ends when asked to."""

import logging
import re
import signal
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from amends.cli.logs import quiet
from amends.outbound.transports import trust
from tests.support.desk import running_desk

CLIENT = logging.getLogger("httpx2")


def test_little_is_said_from_the_first_start_to_ctrl_c(tmp_path: Path) -> None:
    with (
        running_desk(tmp_path, reader_depth="none") as desk,
        httpx.Client(base_url=desk.address, verify=trust()) as client,
    ):
        page = client.get(desk.link).text
        found = re.search(r'csrfmiddlewaretoken" value="(\w+)"', page)
        assert found is not None
        client.post(desk.link, data={"csrfmiddlewaretoken": found[1]})
        with client.stream("GET", "/live/") as live:  # as any open page has one
            assert live.status_code == 200
            desk.process.send_signal(signal.SIGINT)
            assert desk.process.wait(20) == 0
    assert desk.said == [
        f"Amends is at {desk.address}\n",
        f"Sign in, once and within a day: {desk.link}\n",
        "Ctrl+C stops it.\n",
    ]


@pytest.fixture
def level_kept() -> Iterator[None]:
    before = CLIENT.level
    yield
    CLIENT.setLevel(before)


@pytest.mark.usefixtures("level_kept")
def test_libraries_speak_up_only_for_those_who_debug() -> None:
    levels = {}
    for level in ("DEBUG", "INFO", "WARNING", "ERROR"):
        CLIENT.setLevel(logging.NOTSET)
        quiet(level)
        levels[level] = logging.getLevelName(CLIENT.level)
    assert levels == {"DEBUG": "NOTSET", "INFO": "WARNING", "WARNING": "WARNING", "ERROR": "ERROR"}
