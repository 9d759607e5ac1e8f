"""What every connector promises. ``tests/connectors/test_contract.py`` holds all of them to it."""

from collections.abc import AsyncIterator, Callable, Sequence
from datetime import timedelta
from typing import ClassVar, Protocol, runtime_checkable

from amends.outbound import Outbound
from amends.terms import (
    Author,
    Channel,
    Clock,
    Credentials,
    Page,
    Post,
    Published,
    ReplyTarget,
    Traits,
)


@runtime_checkable
class Connector(Protocol):
    """One channel's way to its network. Made by ``Factory``; closed by ``aclose``.

    Every method raises ``ConnectorError`` and its kin only: ``TryLater`` (with ``retry_at``) for
    rate limits and faults, ``AuthError`` for expired or revoked tokens, ``DeliveryUnknown`` when a
    request that publishes got no answer.
    """

    network: ClassVar[str]
    traits: ClassVar[Traits]

    def sources(self, phrases: Sequence[str]) -> Sequence[str]:
        """Names of what can be polled with ``fetch``, given the phrases that watches look for.

        A source is a stable name such as ``notifications``, ``messages`` or ``search:acme``.
        """
        ...

    async def fetch(self, source: str, cursor: str | None, *, limit: int = 100) -> Page:
        """The page after ``cursor`` (None: from where a new channel should begin).

        Reading in pages of 1 and of 100 gives the same posts; a page resumes after its last post.
        """
        ...

    def stream(self, cursor: str | None) -> AsyncIterator[Page]:
        """The whole public stream from ``cursor``, where ``traits.can_stream``."""
        ...

    async def thread(self, post_id: str) -> Sequence[Post]:
        """The public conversation around a post, oldest first."""
        ...

    async def author(self, author_id: str) -> Author:
        """A profile, by its id or handle."""
        ...

    async def publish(self, text: str, *, target: ReplyTarget, attempt: str) -> Published:
        """A public reply to ``target.post_id``. Twice with one ``attempt`` posts once where
        ``traits.idempotent``."""
        ...

    async def message(self, text: str, *, target: ReplyTarget, attempt: str) -> Published:
        """A private message to ``target.author``."""
        ...

    async def look_up(
        self, attempt: str, *, text: str, target: ReplyTarget, private: bool
    ) -> Published | None:
        """What came of an attempt whose answer was lost; None: it did not go out."""
        ...

    async def delete(self, post_id: str) -> None:
        """Remove a reply of ours. Removing it twice is no error."""
        ...

    async def check(self) -> Author:
        """Sign in and say who we are: the account of the channel."""
        ...

    async def aclose(self) -> None:
        """Let go of connections."""
        ...


@runtime_checkable
class Revisits(Protocol):
    """A connector whose polling does not tell of edits and removals, so it looks again."""

    @property
    def revisit_every(self) -> timedelta:
        """How often the posts of running cases are looked at again."""
        ...

    async def revisit(self, post_ids: Sequence[str]) -> tuple[Sequence[Post], Sequence[str]]:
        """These posts as they are now, and the ids of those that are gone."""
        ...


Factory = Callable[[Channel, Credentials, Outbound, Clock], Connector]
"""How the registry makes a connector: ``(channel, credentials, outbound, clock)``."""
