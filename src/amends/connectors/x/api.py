"""Calls to X, signed, and counted against the budget."""

from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from amends.connectors.calling import Answer, Caller, Effect
from amends.connectors.fields import mapping_of, mappings_of, text_of
from amends.connectors.x.costs import Meter
from amends.connectors.x.settings import Settings
from amends.connectors.x.signing import Signer
from amends.outbound import Outbound
from amends.terms import AuthError, Clock, Credentials

Json = Mapping[str, Any]

POST_FIELDS: Mapping[str, str] = {
    "tweet.fields": (
        "attachments,author_id,conversation_id,created_at,edit_history_tweet_ids,entities,"
        "in_reply_to_user_id,lang,note_tweet,public_metrics,referenced_tweets"
    ),
    "expansions": (
        "author_id,attachments.media_keys,referenced_tweets.id,referenced_tweets.id.author_id"
    ),
    "user.fields": "description,name,public_metrics,username",
    "media.fields": "alt_text,preview_image_url,type,url",
}
USER_FIELDS: Mapping[str, str] = {"user.fields": "description,name,public_metrics,username"}
MESSAGE_FIELDS: Mapping[str, str] = {
    "dm_event.fields": (
        "attachments,created_at,dm_conversation_id,entities,event_type,id,sender_id,text"
    ),
    "expansions": "sender_id,attachments.media_keys",
    **USER_FIELDS,
}
_SKEWED = timedelta(seconds=60)  # more than that may be why a time-stamped signature is refused


class Api:
    """One account on X. Raises ``ConnectorError`` and its kin only."""

    def __init__(
        self, settings: Settings, credentials: Credentials, outbound: Outbound, clock: Clock
    ) -> None:
        self.settings = settings
        self.caller = Caller("X", outbound, clock)
        self.signer = Signer(credentials, self.caller, token_url=f"{settings.api}/2/oauth2/token")
        self.meter = Meter(settings.budget, settings.price_list, clock)

    async def get(self, path: str, params: Mapping[str, object] | None = None) -> Json:
        return mapping_of((await self.ask("GET", path, params=params)).value)

    async def ask(
        self,
        method: str,
        path: str,
        *,
        effect: Effect = Effect.SAFE,
        params: Mapping[str, object] | None = None,
        json: object = None,
        content: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        app: bool = False,
        host: str = "",
    ) -> Answer:
        """One call, for the account, or with ``app`` for the application.

        A token that is refused is renewed, and the call made again: a refused call did nothing.
        """
        url = (host or self.settings.api) + path
        asked = {name: str(value) for name, value in (params or {}).items() if value is not None}

        async def call() -> Answer:
            signed = self.signer.app() if app else self.signer.user(method, url, asked)
            return await self.caller.call(
                method,
                url,
                effect=effect,
                params=asked,
                json=json,
                content=content,
                headers={**signed, **(headers or {})},
            )

        token = self.signer.token
        try:
            return await call()
        except AuthError:
            if self.signer.by_oauth_1 and abs(self.caller.skew) > _SKEWED:
                return await call()
            if app or not self.signer.can_renew:
                raise
        await self.signer.renew(token)
        return await call()

    async def listed(
        self, path: str, params: Mapping[str, object], *, kind: str, app: bool = False
    ) -> AsyncIterator[Json]:
        """The pages of a list, newest first, each paid as ``kind``, as far as anybody asks."""
        token, name = None, "next_token" if path.endswith("/recent") else "pagination_token"
        while True:
            self.meter.check(kind)
            answer = await self.ask("GET", path, params={**params, name: token}, app=app)
            page = mapping_of(answer.value)
            if not isinstance(answer.value, dict):
                raise self.caller.lost(Effect.SAFE, sent=True)
            ids = [text_of(one.get("id")) or "" for one in mappings_of(page.get("data"))]
            self.meter.charge_read(kind, ids)
            yield page
            token = text_of(mapping_of(page.get("meta")).get("next_token"))
            if token is None:
                return


def stamp(time: datetime) -> str:
    """A time as X takes it, to the second before."""
    return time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
