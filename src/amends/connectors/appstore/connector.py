"""Reviews of one application, by the App Store Connect API."""

import re
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any, ClassVar
from urllib.parse import urlsplit

import jwt

from amends.connectors.appstore.translate import NETWORK, answer_ids, read_answer, read_review
from amends.connectors.calling import Caller, Effect, Params, Refusal
from amends.connectors.fields import mapping_of, mappings_of, text_of
from amends.connectors.google import check_private_key
from amends.connectors.reviewing import Answer, Pace, Review, ReviewsConnector, found, read_given
from amends.outbound import Outbound
from amends.terms import Author, BadInput, Channel, Clock, ConnectorError, Credentials, Traits

API = "https://api.appstoreconnect.apple.com"
SOURCE = "reviews"
_VALID_S = 900  # Apple takes no token of more than twenty minutes
_APP, _ID = re.compile(r"\d{1,20}", re.ASCII), re.compile(r"[\w-]{1,100}", re.ASCII)
_KEYS = {"key_id": "key ID", "issuer_id": "issuer ID", "private_key": "private key"}
"""As App Store Connect calls them."""
_TOGETHER = 200  # reviews of a page, the most that is given


class AppStoreConnector(ReviewsConnector):
    """An application's reviews. Setting ``app``; credentials ``key_id``, ``issuer_id`` and
    ``private_key``. Raises ``BadInput`` for settings or keys that make no sense.
    """

    network: ClassVar[str] = NETWORK
    traits: ClassVar[Traits] = Traits(
        can_reply=True, can_delete=True, idempotent=True, looks_up=True, limit=5970,
        unit="characters",
    )  # fmt: skip

    def __init__(
        self, channel: Channel, credentials: Credentials, outbound: Outbound, clock: Clock
    ) -> None:
        given, pace = self.read_settings(channel)
        app = given["app"]
        caller = Caller("The App Store", outbound, clock)
        place = _Place(caller, _keys(credentials), given.get("api", API).rstrip("/"), app)
        us = Author(id=f"{NETWORK}//{app}", handle=channel.handle.lstrip("@"))
        super().__init__(place, us, clock, sources=[SOURCE], pace=pace)

    @staticmethod
    def read_settings(channel: Channel) -> tuple[Mapping[str, str], Pace]:
        """The settings of a channel. Raises ``BadInput`` that names the one to mend."""
        given, pace = read_given(channel, ("app", "api"), "The App Store")
        app = given.get("app", "")
        if not _APP.fullmatch(app):
            raise BadInput(
                f"app is {app!r}; write the number that App Store Connect shows under App Information."
            )
        return given, pace

    def __repr__(self) -> str:
        return f"AppStoreConnector({self._us.id})"


def _keys(credentials: Credentials) -> dict[str, str]:
    keys = {name: credentials.values.get(name, "").strip() for name in _KEYS}
    missing = [name for name, value in keys.items() if not value]
    if missing:
        raise BadInput(
            f"The {_KEYS[missing[0]]} is missing. App Store Connect shows it beside the key."
        )
    check_private_key(keys["private_key"], "ES256", "The private key")
    return keys


class _Place:
    def __init__(self, caller: Caller, keys: dict[str, str], api: str, app: str) -> None:
        self.caller = caller
        self.caller.hidden = [keys["private_key"], keys["issuer_id"]]
        self._keys = keys
        self._api = api
        self._app = app

    async def pages(self, source: str) -> AsyncIterator[Sequence[Any]]:
        del source
        path: str | None = f"/v1/apps/{self._app}/customerReviews"
        asked: Params | None = {"sort": "-createdDate", "limit": _TOGETHER, "include": "response"}
        while path is not None:
            page = await self._call("GET", path, params=asked)
            answers = {text_of(one.get("id")): one for one in mappings_of(page.get("included"))}
            yield [
                {**review, "answer": next((answers.get(one) for one in answer_ids(review)), None)}
                for review in mappings_of(page.get("data"))
            ]
            path, asked = _next(page), None

    def read(self, raw: Any) -> Review:
        return read_review(mapping_of(raw), app=self._app)

    async def one(self, review_id: str) -> Review | None:
        asked = self._call("GET", self._path(review_id), params={"include": "response"})
        return await found(self.caller, asked, self._alone)

    def _alone(self, answer: Mapping[str, Any]) -> Review:
        """A review that came by itself, with what was answered beside it."""
        answers = mappings_of(answer.get("included"))
        return self.read({**mapping_of(answer.get("data")), "answer": next(iter(answers), None)})

    async def say(self, review: Review, text: str) -> Answer:
        told = {
            "type": "customerReviewResponses",
            "attributes": {"responseBody": text},
            "relationships": {"review": {"data": {"type": "customerReviews", "id": review.id}}},
        }
        made = await self._call(
            "POST", "/v1/customerReviewResponses", effect=Effect.REPEATABLE, json={"data": told}
        )
        return read_answer(mapping_of(made.get("data"))) or Answer(text=text, at=None)

    async def unsay(self, review: Review) -> None:
        answer_id = review.answer.id if review.answer else ""
        if not _ID.fullmatch(answer_id):
            return
        try:
            await self._call("DELETE", f"/v1/customerReviewResponses/{answer_id}")
        except Refusal as refusal:
            if refusal.status != 404:
                raise

    async def _call(
        self,
        method: str,
        path: str,
        *,
        effect: Effect = Effect.SAFE,
        params: Params | None = None,
        json: object = None,
    ) -> Mapping[str, Any]:
        headers = {"Authorization": f"Bearer {self._token()}"}
        answer = await self.caller.call(
            method, self._api + path, effect=effect, headers=headers, params=params, json=json
        )
        return mapping_of(answer.value)

    def _token(self) -> str:
        """Signed anew for each call, by the server's clock."""
        at = int(self.caller.there.timestamp())
        told = {"iss": self._keys["issuer_id"], "iat": at, "exp": at + _VALID_S,
                "aud": "appstoreconnect-v1"}  # fmt: skip
        head = {"kid": self._keys["key_id"]}
        return jwt.encode(told, self._keys["private_key"], algorithm="ES256", headers=head)

    def _path(self, review_id: str) -> str:
        if not _ID.fullmatch(review_id):
            raise ConnectorError(f"{review_id[:80]!r} is no id of a review.")
        return f"/v1/customerReviews/{review_id}"


def _next(page: Mapping[str, Any]) -> str | None:
    """The next page's path, at this server whatever host the link names: the token goes along."""
    link = text_of(mapping_of(page.get("links")).get("next"))
    try:
        parts = urlsplit(link or "")
    except ValueError:
        return None
    return f"{parts.path}?{parts.query}" if parts.path.startswith("/v1/apps/") else None
