"""Connectors of accounts on the test network."""

from urllib.parse import urlsplit

from amends.connectors.bluesky import BlueskyConnector
from amends.outbound import Outbound
from amends.terms import Channel, Clock, Credentials, SystemClock
from tests.support.atproto.network import AtNetwork
from tests.support.atproto.people import Person


def allowed(*addresses: str) -> list[str]:
    """The operator's allow-list for servers on loopback."""
    places = [urlsplit(address) for address in addresses]
    return [f"{place.hostname}:{place.port}" for place in places]


def channel_of(network: AtNetwork, person: Person, **settings: str) -> Channel:
    """A channel whose every address points at the test network; polled every second."""
    given = {
        "pds": network.pds,
        "plc": network.plc,
        "chat_did": network.chat_did,
        "stream": "firehose",
        "stream_url": network.firehose,
        "poll_seconds": "1",
    }
    return Channel(
        network="bluesky", handle=person.handle, account_id=person.did, settings=given | settings
    )


def connector_of(
    network: AtNetwork,
    person: Person,
    *,
    clock: Clock | None = None,
    reach: tuple[str, ...] = (),
    **settings: str,
) -> BlueskyConnector:
    """Somebody's connector; ``reach`` are further servers on loopback that it may go to."""
    values = {"identifier": person.handle, "password": person.app_password()}
    outbound = Outbound(allow=allowed(network.pds, network.plc, network.firehose, *reach))
    channel = channel_of(network, person, **settings)
    return BlueskyConnector(channel, Credentials(values=values), outbound, clock or SystemClock())
