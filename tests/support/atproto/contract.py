"""What the contract test over all connectors needs to drive Bluesky's."""

import asyncio

from amends.connectors.bluesky import BlueskyConnector
from tests.support.atproto.channels import connector_of
from tests.support.atproto.network import AtNetwork
from tests.support.atproto.people import Person


class BlueskyContractWorld:
    """A brand, a customer and a bystander on the real network, each new to it.

    ``aclose`` lets go of every connector that was handed out.
    """

    greeting = ""

    def __init__(self, network: AtNetwork) -> None:
        self._network = network
        self.brand = Person(network, "brand")
        self.customer = Person(network, "customer")
        self.bystander = Person(network, "bystander")
        self._connectors: list[BlueskyConnector] = []

    async def post_as_customer(self, text: str, *, mention: bool) -> str:
        """A post of the customer's, in the AppView's index; its id."""
        if not mention:
            return await asyncio.to_thread(self.customer.post, text)
        said = f"@NAME {text}"
        return await asyncio.to_thread(self.customer.post, said, mention=self.brand)

    async def connector(self) -> BlueskyConnector:
        """The brand's connector, new with every call: nothing is remembered but the cursor."""
        made = await asyncio.to_thread(connector_of, self._network, self.brand)
        self._connectors.append(made)
        return made

    async def posts_in_thread(self, post_id: str) -> list[str]:
        """The texts under a post as a bystander reads them, oldest first."""
        replies = await asyncio.to_thread(self.bystander.replies, post_id)
        return [str(reply["record"]["text"]) for reply in replies]

    async def aclose(self) -> None:
        for connector in self._connectors:
            await connector.aclose()
