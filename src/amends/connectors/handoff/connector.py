"""The connector: a reply on a private page is there once the desk has it."""

from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, ClassVar

from amends.connectors.readonly import reader
from amends.outbound import Outbound
from amends.terms import (
    Author,
    Channel,
    Clock,
    ConnectorError,
    Credentials,
    Page,
    Post,
    Published,
    ReplyTarget,
    Traits,
)

if TYPE_CHECKING:
    from amends.connectors.protocol import StandingOf

NETWORK = "handoff"
SOURCE = "pages"
_POLL = timedelta(days=1)


class HandoffConnector:
    """Speaks to the desk's own pages, and goes nowhere else.

    What customers write comes through the page itself, so nothing is polled. ``standing`` says
    why a page takes no more words; whoever makes the connector puts it there.
    """

    network: ClassVar[str] = NETWORK
    traits: ClassVar[Traits] = Traits(
        can_message=True, idempotent_messages=True, message_limit=5_000, unit="characters"
    )

    def __init__(
        self, channel: Channel, credentials: Credentials, outbound: Outbound, clock: Clock
    ) -> None:
        del credentials, outbound
        self.standing: StandingOf | None = None
        self._us = reader(NETWORK, channel.handle)
        self._clock = clock

    def sources(self, phrases: Sequence[str]) -> Sequence[str]:
        del phrases
        return [SOURCE]

    async def fetch(self, source: str, cursor: str | None, *, limit: int = 100) -> Page:
        del limit
        if source != SOURCE:
            raise ConnectorError(f"Private pages have no source {source!r}; they have {SOURCE}.")
        return Page(posts=[], cursor=cursor or "", next_poll=self._clock.now() + _POLL)

    def stream(self, cursor: str | None) -> AsyncIterator[Page]:
        del cursor
        raise ConnectorError("Private pages have no stream.")

    async def thread(self, post_id: str) -> Sequence[Post]:
        del post_id
        raise ConnectorError("What stands on a private page is in its case.")

    async def author(self, author_id: str) -> Author:
        if author_id in (self._us.id, self._us.handle):
            return self._us
        raise ConnectorError("Private pages have no profiles.")

    async def publish(self, text: str, *, target: ReplyTarget, attempt: str) -> Published:
        del text, target, attempt
        raise ConnectorError("A private page is no public place. Send a private message instead.")

    async def message(self, text: str, *, target: ReplyTarget, attempt: str) -> Published:
        """Twice with one ``attempt`` is one message: its id is made of the attempt."""
        del text
        if self.standing is None:
            raise ConnectorError("The desk's pages are not at hand; start the desk anew.")
        closed = await self.standing(target.author.id or "")
        if closed:
            raise ConnectorError(closed)
        return Published(id=f"out-{attempt}", url=None, at=self._clock.now())

    async def look_up(
        self, attempt: str, *, text: str, target: ReplyTarget, private: bool
    ) -> Published | None:
        del attempt, text, target, private
        return None  # sending it again is the same message

    async def delete(self, post_id: str) -> None:
        del post_id
        raise ConnectorError("What a customer has read on their page is not taken back.")

    async def check(self) -> Author:
        return self._us

    async def aclose(self) -> None:
        """Nothing is open."""
