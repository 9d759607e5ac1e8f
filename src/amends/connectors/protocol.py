"""What every connector promises. ``tests/connectors/test_contract.py`` holds all of them to it."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import ClassVar, Protocol, runtime_checkable

import msgspec

from amends.connectors.calling import Quota
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


@runtime_checkable
class ListensByQuery(Protocol):
    """A connector whose network is asked by queries, not by phrases alone."""

    def sources_for(self, queries: Sequence[str]) -> tuple[Sequence[str], Sequence[str]]:
        """Instead of ``sources``: what is polled for these queries, and sentences about those the
        network cannot be asked for. Its stream brings what they look for."""
        ...


Secrets = Mapping[str, str]


@runtime_checkable
class RenewsSecrets(Protocol):
    """A connector whose network gives new secrets now and then, and takes the old ones once."""

    renewed: Callable[[Secrets], Awaitable[None]] | None
    """Called with all of the channel's secrets; keeps them before it returns."""


@runtime_checkable
class CarriesPictures(Protocol):
    """A connector whose network shows pictures beside a text (``traits.pictures``)."""

    async def upload(self, content: bytes, *, kind: str, alt: str) -> str:
        """Give a picture to the network; its id, for one ``publish`` or ``message`` soon after.

        Nothing is published by it, so that after a lost answer it is done again. ``kind`` is
        ``image/jpeg`` or ``image/png``, ``alt`` describes the picture.
        """
        ...

    async def publish(
        self, text: str, *, target: ReplyTarget, attempt: str, media: Sequence[str] = ()
    ) -> Published:
        """As every connector's, with what ``upload`` gave."""
        ...

    async def message(
        self, text: str, *, target: ReplyTarget, attempt: str, media: Sequence[str] = ()
    ) -> Published:
        """As every connector's, with what ``upload`` gave."""
        ...


@runtime_checkable
class Limited(Protocol):
    """A connector whose network says what is left of its rate limits."""

    @property
    def quotas(self) -> Mapping[str, Quota]:
        """What is left, by address or by name, as the network's answers told."""
        ...


class Spending(msgspec.Struct, frozen=True, kw_only=True):
    """What a month has cost, in US dollars by kind; ``month`` is like 2026-03, in UTC."""

    month: str
    dollars: dict[str, float] = {}

    @property
    def total(self) -> float:
        return sum(self.dollars.values())


@runtime_checkable
class Metered(Protocol):
    """A connector whose network is paid by the call."""

    @property
    def spending(self) -> Spending:
        """What this month has cost so far, as far as calls were counted."""
        ...

    def resume_spending(self, spending: Spending) -> None:
        """Go on from what was counted before."""
        ...


class Delivery(msgspec.Struct, frozen=True, kw_only=True):
    """A body that somebody posted to us and that was let in; ``id`` grows from one to the next."""

    id: int
    body: bytes
    at: datetime


Deliveries = Callable[[int, int], Awaitable[Sequence[Delivery]]]
"""Asked with an id and a number: so many of those that came after it, in order."""


@runtime_checkable
class TakesDeliveries(Protocol):
    """A connector that is not polled from a network but posted to; whoever makes it says where
    what came is kept."""

    deliveries: Deliveries | None


@runtime_checkable
class ReadsSettings(Protocol):
    """A connector class that says before it is made whether it takes a channel's settings."""

    @staticmethod
    def read_settings(channel: Channel) -> object:
        """Raises ``BadInput`` in a sentence that begins with the setting's name and what is wrong
        with it, as in ``poll_seconds is 'often'; write a number above 0.``, or ``… holds …; …``: a
        form puts its own label in the name's place."""
        ...


StandingOf = Callable[[str], Awaitable[str]]
"""Asked with the id of a page's customer: why the page takes no more words; "" where it does."""


@runtime_checkable
class AsksStanding(Protocol):
    """A connector that speaks to the desk's own pages; whoever makes it says how they stand."""

    standing: StandingOf | None


Factory = Callable[[Channel, Credentials, Outbound, Clock], Connector]
"""How the registry makes a connector: ``(channel, credentials, outbound, clock)``."""
