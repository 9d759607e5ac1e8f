"""Reviews of places on Google Maps, by version 4.9 of the Business Profile API."""

import re
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any, ClassVar

from amends.connectors.calling import Caller, Effect, Params, Refusal
from amends.connectors.fields import mapping_of, mappings_of, text_of
from amends.connectors.google import TOKENS, Google
from amends.connectors.googlebusiness.translate import NETWORK, read_answer, read_review
from amends.connectors.reviewing import Answer, Pace, Review, ReviewsConnector, found, read_given
from amends.outbound import Outbound
from amends.terms import Author, BadInput, Channel, Clock, ConnectorError, Credentials, Traits

API = "https://mybusiness.googleapis.com"
SCOPE = "https://www.googleapis.com/auth/business.manage"
MOST = 100  # places of one channel
_LOCATION = re.compile(r"accounts/[\w-]{1,60}/locations/[\w-]{1,60}", re.ASCII)
_REVIEW = re.compile(_LOCATION.pattern + r"/reviews/[\w=+-]{1,300}", re.ASCII)
_TOGETHER = 50  # reviews of a page, the most that is given


class GoogleBusinessConnector(ReviewsConnector):
    """Reviews of places. Setting ``locations``; credentials as ``connectors.google`` says.

    Sources: ``reviews:<location>``. Raises ``BadInput`` for settings or keys that make no sense.
    """

    network: ClassVar[str] = NETWORK
    traits: ClassVar[Traits] = Traits(
        can_reply=True, can_delete=True, idempotent=True, looks_up=True, limit=4096, unit="bytes"
    )

    def __init__(
        self, channel: Channel, credentials: Credentials, outbound: Outbound, clock: Clock
    ) -> None:
        given, pace = self.read_settings(channel)
        locations = read_locations(given["locations"])
        caller = Caller("Google Business Profile", outbound, clock)
        google = Google(credentials, caller, scope=SCOPE, tokens=given.get("tokens", TOKENS))
        place = _Place(caller, google, given.get("api", API).rstrip("/"))
        us = Author(id=f"{NETWORK}//{locations[0]}", handle=channel.handle.lstrip("@"))
        sources = [f"reviews:{location}" for location in locations]
        super().__init__(place, us, clock, sources=sources, pace=pace)

    @staticmethod
    def read_settings(channel: Channel) -> tuple[Mapping[str, str], Pace]:
        """The settings of a channel. Raises ``BadInput`` that names the one to mend."""
        given, pace = read_given(channel, ("locations", "api", "tokens"), "Google Business Profile")
        read_locations(given.get("locations", ""))
        return given, pace

    def __repr__(self) -> str:
        return f"GoogleBusinessConnector({len(self._sources)} places)"


def read_locations(told: str) -> list[str]:
    """Names of places, apart by blanks. Raises ``BadInput``."""
    locations = list(dict.fromkeys(told.split()))
    if not locations:
        raise BadInput("locations is empty; write names like accounts/1/locations/2, one a line.")
    if len(locations) > MOST:
        raise BadInput(f"locations holds {len(locations)} places; a channel takes {MOST}.")
    for one in locations:
        if not _LOCATION.fullmatch(one):
            raise BadInput(f"locations holds {one[:80]!r}; write it like accounts/1/locations/2.")
    return locations


class _Place:
    def __init__(self, caller: Caller, google: Google, api: str) -> None:
        self.caller = caller
        self._google = google
        self._base = f"{api}/v4/"

    async def pages(self, source: str) -> AsyncIterator[Sequence[Any]]:
        address = f"{self._base}{source.partition(':')[2]}/reviews"
        token: str | None = None
        while True:
            asked: Params = {
                "pageSize": _TOGETHER,
                "orderBy": "updateTime desc",
                "pageToken": token,
            }
            page = await self._google.call("GET", address, params=asked)
            yield mappings_of(page.get("reviews"))
            token = text_of(page.get("nextPageToken"))
            if token is None:
                return

    def read(self, raw: Any) -> Review:
        return read_review(mapping_of(raw))

    async def one(self, review_id: str) -> Review | None:
        asked = self._google.call("GET", self._address(review_id))
        return await found(self.caller, asked, self.read)

    async def say(self, review: Review, text: str) -> Answer:
        address = f"{self._address(review.id)}/reply"
        made = await self._google.call(
            "PUT", address, effect=Effect.REPEATABLE, json={"comment": text}
        )
        return read_answer(made) or Answer(text=text, at=None)

    async def unsay(self, review: Review) -> None:
        try:
            await self._google.call("DELETE", f"{self._address(review.id)}/reply")
        except Refusal as refusal:
            if refusal.status != 404:
                raise

    def _address(self, review_id: str) -> str:
        if not _REVIEW.fullmatch(review_id):
            raise ConnectorError(f"{review_id[:80]!r} is no id of a review.")
        return self._base + review_id
