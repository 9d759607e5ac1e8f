"""Whatever address a person, or a server, gives a connector: it goes to none inside the house."""

import pytest

from amends.bench.faults.clock import HandClock
from amends.bench.faults.fakes.mastodon import FakeMastodon, connector
from amends.bench.faults.serving import Asked, Fault, Said, running
from amends.connectors.registry import make
from amends.outbound import Outbound, Refused
from amends.terms import Channel, ConnectorError, Credentials

INSIDE = (
    "127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "10.0.0.8", "169.254.169.254",
    "2130706433", "0x7f000001", "127.1", "0.0.0.0", "[fd00:ec2::254]", "metadata.test",
)  # fmt: skip


async def resolve(host: str, port: int) -> list[str]:
    """Names that lie about where they lead."""
    return ["127.0.0.1"] if host == "localhost" else ["169.254.169.254"]


@pytest.mark.parametrize("host", INSIDE)
@pytest.mark.parametrize(("network", "setting"), [("mastodon", "server"), ("x", "api")])
async def test_address_inside_the_house_is_refused(network: str, setting: str, host: str) -> None:
    channel = Channel(network=network, handle="a", settings={setting: f"https://{host}"})
    secrets = Credentials(values={"access_token": "t"})
    made = make(channel, secrets, Outbound(resolve=resolve), HandClock())
    with pytest.raises(Refused):
        await made.check()


async def test_stream_that_a_server_names_inside_the_house_is_not_opened() -> None:
    fake = FakeMastodon(HandClock())

    def told(one: Asked) -> bool:
        return one.path == "/api/v2/instance"

    urls = {"configuration": {"urls": {"streaming": "wss://169.254.169.254"}}}
    fake.fail(Fault(before=Said(200, urls)), when=told)
    async with running(fake):
        made = connector(fake, stream="public")
        with pytest.raises(ConnectorError, match=r"169\.254\.169\.254"):
            await anext(made._follower._by_socket("public"))
