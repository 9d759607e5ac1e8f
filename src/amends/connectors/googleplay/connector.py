"""Reviews of one application, by version 3 of the Google Play Developer API."""

import re
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any, ClassVar

from amends.connectors.calling import Caller, Effect, Params
from amends.connectors.fields import mapping_of, mappings_of, text_of
from amends.connectors.google import TOKENS, Google
from amends.connectors.googleplay.translate import NETWORK, read_answer, read_review
from amends.connectors.reviewing import Answer, Pace, Review, ReviewsConnector, found, read_given
from amends.outbound import Outbound
from amends.terms import Author, BadInput, Channel, Clock, ConnectorError, Credentials, Traits

API = "https://androidpublisher.googleapis.com"
SCOPE = "https://www.googleapis.com/auth/androidpublisher"
SOURCE = "reviews"
_PACKAGE = re.compile(r"[A-Za-z]\w*(\.[A-Za-z]\w*)+", re.ASCII)
_ID = re.compile(r"[\w:.=+-]{1,200}", re.ASCII)
_TOGETHER = 100  # reviews of a page, the most that is given


class GooglePlayConnector(ReviewsConnector):
    """An application's reviews. Setting ``package``; credentials as ``connectors.google`` says.

    Raises ``BadInput`` for settings or keys that make no sense.
    """

    network: ClassVar[str] = NETWORK
    traits: ClassVar[Traits] = Traits(
        can_reply=True, idempotent=True, looks_up=True, limit=350, unit="characters"
    )

    def __init__(
        self, channel: Channel, credentials: Credentials, outbound: Outbound, clock: Clock
    ) -> None:
        given, pace = self.read_settings(channel)
        package = given["package"]
        caller = Caller("Google Play", outbound, clock)
        google = Google(credentials, caller, scope=SCOPE, tokens=given.get("tokens", TOKENS))
        place = _Place(caller, google, given.get("api", API).rstrip("/"), package)
        us = Author(id=f"{NETWORK}//{package}", handle=channel.handle.lstrip("@"))
        super().__init__(place, us, clock, sources=[SOURCE], pace=pace)

    @staticmethod
    def read_settings(channel: Channel) -> tuple[Mapping[str, str], Pace]:
        """The settings of a channel. Raises ``BadInput`` that names the one to mend."""
        given, pace = read_given(channel, ("package", "api", "tokens"), "Google Play")
        package = given.get("package", "")
        if not _PACKAGE.fullmatch(package):
            raise BadInput(f"package is {package!r}; write it like com.example.app.")
        return given, pace

    def __repr__(self) -> str:
        return f"GooglePlayConnector({self._us.id})"

    async def delete(self, post_id: str) -> None:
        """The API takes no answer away."""
        del post_id
        raise ConnectorError("Google Play takes an answer away in its console alone.")


class _Place:
    def __init__(self, caller: Caller, google: Google, api: str, package: str) -> None:
        self.caller = caller
        self._google = google
        self._package = package
        self._reviews = f"{api}/androidpublisher/v3/applications/{package}/reviews"

    async def pages(self, source: str) -> AsyncIterator[Sequence[Any]]:
        del source
        token: str | None = None
        while True:
            asked: Params = {"maxResults": _TOGETHER, "token": token}
            page = await self._google.call("GET", self._reviews, params=asked)
            # An application without reviews is answered with an empty object.
            yield mappings_of(page.get("reviews"))
            token = text_of(mapping_of(page.get("tokenPagination")).get("nextPageToken"))
            if token is None:
                return

    def read(self, raw: Any) -> Review:
        return read_review(mapping_of(raw), package=self._package)

    async def one(self, review_id: str) -> Review | None:
        asked = self._google.call("GET", self._address(review_id))
        return await found(self.caller, asked, self.read)

    async def say(self, review: Review, text: str) -> Answer:
        made = await self._google.call(
            "POST",
            f"{self._address(review.id)}:reply",
            effect=Effect.REPEATABLE,
            json={"replyText": text},
        )
        return read_answer(_renamed(mapping_of(made.get("result")))) or Answer(text=text, at=None)

    async def unsay(self, review: Review) -> None:
        raise NotImplementedError

    def _address(self, review_id: str) -> str:
        if not _ID.fullmatch(review_id):
            raise ConnectorError(f"{review_id[:80]!r} is no id of a review.")
        return f"{self._reviews}/{review_id}"


def _renamed(result: Mapping[str, Any]) -> dict[str, Any]:
    """What a reply is answered with has other names than what stands at a review."""
    return {"text": result.get("replyText"), "lastModified": result.get("lastEdited")}
