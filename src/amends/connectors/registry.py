"""Which networks there are: whatever is installed under the entry point group of connectors."""

from collections.abc import Mapping
from contextlib import suppress
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from typing import TYPE_CHECKING, Final, cast

from amends.terms import Channel, Clock, ConnectorError, Credentials, Traits

if TYPE_CHECKING:
    from amends.connectors.protocol import Connector, Factory
    from amends.outbound import Outbound

GROUP = "amends.connectors"
OWN: Final = {"handoff": "amends.connectors.handoff:HandoffConnector"}
"""What the desk carries itself: no network that one connects an account on."""


@cache
def _found() -> Mapping[str, EntryPoint]:
    return {found.name: found for found in entry_points(group=GROUP)}


def networks() -> list[str]:
    """The names of the networks there is a connector for, sorted; no connector is loaded."""
    return sorted(_found())


def connector_class(network: str) -> "type[Connector]":
    """The connector of a network, loaded now. Raises ``ConnectorError`` where it cannot be."""
    found = _found().get(network)
    if found is None and network in OWN:
        found = EntryPoint(network, OWN[network], GROUP)
    if found is None:
        msg = f"There is no connector for {network}; there are {', '.join(networks()) or 'none'}."
        raise ConnectorError(msg)
    try:
        loaded: object = found.load()
    except Exception as error:  # third-party code may raise anything on import
        detail = f"{type(error).__name__}: {' '.join(str(error).split())}"
        msg = f"The connector for {network} ({found.value}) cannot be loaded, mend or remove it: "
        raise ConnectorError(msg + detail) from error
    if not isinstance(loaded, type) or getattr(loaded, "network", None) != network:
        msg = f"The connector for {network} ({found.value}) is not a connector class of that name."
        raise ConnectorError(msg)
    return cast("type[Connector]", loaded)


def make(
    channel: Channel, credentials: Credentials, outbound: "Outbound", clock: Clock
) -> "Connector":
    """The connector of a channel. Raises ``ConnectorError`` where there is none or it refuses."""
    factory = cast("Factory", connector_class(channel.network))
    return factory(channel, credentials, outbound, clock)


def check_settings(channel: Channel) -> None:
    """Raise ``BadInput`` for settings that the connector would not take. One that cannot be loaded,
    or does not say it before it is made, says nothing here."""
    from amends.connectors.protocol import ReadsSettings  # late: it brings the client

    with suppress(ConnectorError):
        found: object = connector_class(channel.network)
        if isinstance(found, ReadsSettings):
            found.read_settings(channel)


def traits_of(network: str) -> Traits:
    """What a network can do; nothing at all where its connector is missing."""
    try:
        return connector_class(network).traits
    except ConnectorError:
        return Traits()
