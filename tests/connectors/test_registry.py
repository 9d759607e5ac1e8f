"""Connectors are found by entry point, loaded when asked for, and may be broken."""

import subprocess
import sys
from importlib.metadata import EntryPoint

import pytest

from amends.connectors import registry
from amends.connectors.demo import DemoConnector
from amends.outbound import Outbound
from amends.terms import Channel, ConnectorError, Credentials
from tests.connectors.demo.worlds import HandClock


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch) -> dict[str, EntryPoint]:
    """Entry points as if others had been installed beside ours."""
    found = dict(registry._found())
    monkeypatch.setattr(registry, "_found", lambda: found)
    return found


def point(name: str, value: str) -> EntryPoint:
    return EntryPoint(name=name, value=value, group=registry.GROUP)


def test_networks_are_the_entry_points() -> None:
    assert registry.networks() == [
        "appstore", "bluesky", "demo", "feeds", "filedrop", "googlebusiness", "googleplay",
        "mail", "mastodon", "reddit", "webhook", "x",
    ]  # fmt: skip


def test_importing_the_registry_loads_no_connector() -> None:
    program = (
        "import sys; from amends.connectors import registry; registry.networks(); "
        "print([m for m in sys.modules if m.startswith(('amends.connectors.', 'httpx', 'atproto'))])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    assert (done.stdout.strip(), done.stderr) == ("['amends.connectors.registry']", "")


def test_the_class_of_a_network_is_loaded() -> None:
    assert registry.connector_class("demo") is DemoConnector


def test_an_unknown_network_is_one_sentence() -> None:
    with pytest.raises(ConnectorError) as refused:
        registry.connector_class("myspace")
    assert str(refused.value) == (
        f"There is no connector for myspace; there are {', '.join(registry.networks())}."
    )


def test_a_connector_that_cannot_be_imported_is_one_sentence(
    installed: dict[str, EntryPoint],
) -> None:
    installed["gone"] = point("gone", "amends_gone:Gone")
    with pytest.raises(ConnectorError) as refused:
        registry.connector_class("gone")
    assert str(refused.value) == (
        "The connector for gone (amends_gone:Gone) cannot be loaded, mend or remove it: "
        "ModuleNotFoundError: No module named 'amends_gone'"
    )


@pytest.mark.parametrize("value", ["json:loads", "json:JSONDecoder", "amends.terms:Post"])
def test_something_that_is_no_connector_is_one_sentence(
    installed: dict[str, EntryPoint], value: str
) -> None:
    installed["odd"] = point("odd", value)
    with pytest.raises(ConnectorError, match="is not a connector class of that name"):
        registry.connector_class("odd")


def test_make_hands_the_channel_to_its_connector() -> None:
    channel = Channel(network="demo", handle="brindlewing", settings={"path": "unused"})
    made = registry.make(channel, Credentials(values={}), Outbound(), HandClock())
    assert (type(made), made.network) == (DemoConnector, "demo")
