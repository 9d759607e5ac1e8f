"""The connector: what was delivered, read in the order in which it came."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import ClassVar

import msgspec

from amends.connectors.mapping import Fields, read_mapping
from amends.connectors.polling import shown
from amends.connectors.protocol import Deliveries, Delivery
from amends.connectors.readonly import ReadOnly, reader
from amends.outbound import Outbound
from amends.terms import (
    Author,
    BadInput,
    Channel,
    Clock,
    ConnectorError,
    Credentials,
    DeadLetter,
    Page,
    Post,
)

NETWORK = "webhook"
SOURCE = "deliveries"
_POLL = timedelta(seconds=2)
_TOGETHER = 50  # deliveries asked for at once
_SETTINGS = ("mapping", "to_us")


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    mapping: Fields
    to_us: bool = False


def read_settings(channel: Channel) -> Settings:
    """The settings of a channel. Raises ``BadInput`` that names the one to mend."""
    given = {name: value for name, value in channel.settings.items() if value.strip()}
    unknown = sorted(set(given) - set(_SETTINGS))
    if unknown:
        raise BadInput(f"A webhook has no setting {unknown[0]!r}; it has {', '.join(_SETTINGS)}.")
    if given.get("to_us", "no") not in ("yes", "no"):
        raise BadInput(f"to_us is {given['to_us']!r}; write yes or no.")
    return Settings(
        mapping=read_mapping(given.get("mapping", "")), to_us=given.get("to_us") == "yes"
    )


class WebhookConnector(ReadOnly):
    """Reads what ``deliveries`` holds, which whoever makes the connector puts there.

    Source: ``deliveries``. Raises ``BadInput`` for a mapping that cannot be read. Takes no replies.
    """

    network: ClassVar[str] = NETWORK
    read_settings = staticmethod(read_settings)
    instead: ClassVar[str] = "A webhook takes no replies; answer where the post was written."

    def __init__(
        self, channel: Channel, credentials: Credentials, outbound: Outbound, clock: Clock
    ) -> None:
        del outbound  # it goes nowhere
        self.deliveries: Deliveries | None = None
        self._us = reader(NETWORK, channel.handle.lstrip("@"))
        self._signs = bool(credentials.values.get("secret"))
        self._settings = read_settings(channel)
        self._clock = clock

    def sources(self, phrases: Sequence[str]) -> Sequence[str]:
        del phrases  # whoever delivers decides what
        return [SOURCE]

    async def fetch(self, source: str, cursor: str | None, *, limit: int = 100) -> Page:
        if source != SOURCE or self.deliveries is None:
            raise ConnectorError(f"A webhook has no source {source!r}; it has {SOURCE}.")
        last, done = _place(cursor)
        posts, dead = list[Post](), list[DeadLetter]()
        while True:
            came = await self.deliveries(last - (done > 0), _TOGETHER)
            for delivery in came:
                before, passed = last, done if delivery.id == last else 0
                last, done = delivery.id, 0
                for number, one in enumerate(self.read(delivery)):
                    if number < passed:
                        continue
                    if len(posts) + len(dead) == limit:
                        place = f"{last}:{number}" if number else f"{before}:0"
                        return self._page(posts, dead, place, None)
                    _put(one, posts, dead)
            if len(came) < _TOGETHER:
                return self._page(posts, dead, f"{last}:0", self._clock.now() + _POLL)

    def read(self, delivery: Delivery) -> Iterator[Post | DeadLetter]:
        """What a delivery holds; a dead letter for each part that cannot be read."""
        fields, latest = self._settings.mapping, delivery.at
        try:
            value = msgspec.json.decode(delivery.body)
            founds = list(fields.posts(value, network=NETWORK, latest=latest))
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            yield self._letter(f"The delivery is no JSON: {error}.", delivery.body, latest)
            return
        except BadInput as error:
            yield self._letter(str(error), delivery.body, latest)
            return
        for raw, post_of in founds:
            try:
                yield post_of()
            except (BadInput, RecursionError) as error:
                yield self._letter(str(error), raw, latest)

    async def author(self, author_id: str) -> Author:
        if author_id in (self._us.id, self._us.handle):
            return self._us
        raise ConnectorError("A webhook tells no more of an author than stands in the delivery.")

    async def check(self) -> Author:
        if not self._signs:
            raise ConnectorError("The webhook has no secret, so nothing is let in; give it one.")
        return self._us

    async def aclose(self) -> None:
        """Nothing is open."""

    def _letter(self, reason: str, raw: object, at: datetime) -> DeadLetter:
        text = raw[:2000].decode(errors="replace") if isinstance(raw, bytes) else shown(raw, 2000)
        source = f"{NETWORK}:{self._us.handle}"
        return DeadLetter(source=source, reason=reason, raw=text, at=at)

    def _page(
        self, posts: list[Post], dead: list[DeadLetter], cursor: str, next_poll: datetime | None
    ) -> Page:
        return Page(
            posts=posts, dead=dead, cursor=cursor, next_poll=next_poll, to_us=self._settings.to_us
        )


def _put(one: Post | DeadLetter, posts: list[Post], dead: list[DeadLetter]) -> None:
    if isinstance(one, Post):
        posts.append(one)
    else:
        dead.append(one)


def place_of(cursor: str | None) -> int:
    """The id of the last delivery that was read to its end."""
    last, done = _place(cursor)
    return last - (done > 0)


def _place(cursor: str | None) -> tuple[int, int]:
    """The delivery last looked at, and how many of its parts were handed out; 0 for all."""
    last, _, done = (cursor or "0:0").partition(":")
    if not (last.isdecimal() and done.isdecimal() and len(last + done) < 30):
        raise ConnectorError("The stored place cannot be read; start the source anew.")
    return int(last), int(done)
