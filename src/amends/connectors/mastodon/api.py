"""Calls to a Mastodon server, signed with the account's token."""

import re
from collections.abc import AsyncIterator, Mapping
from typing import Any
from urllib.parse import urljoin, urlsplit

from amends.connectors.calling import Answer, Caller, Effect, Params, Refusal
from amends.connectors.fields import mapping_of, text_of
from amends.connectors.mastodon.settings import Settings
from amends.outbound import Outbound
from amends.terms import Clock, ConnectorError, Credentials

Json = Mapping[str, Any]

_LINK = re.compile(r'<([^<>]+)>\s*;[^,]*?rel="?next"?')
# What Mastodon answers with status 403 where the account is the trouble and not what was asked.
_ACCOUNT = re.compile(r"your login|authorized scopes|suspended|account is disabled", re.IGNORECASE)


class Api:
    """One account of a server. Raises ``ConnectorError`` and its kin only."""

    def __init__(
        self, settings: Settings, credentials: Credentials, outbound: Outbound, clock: Clock
    ) -> None:
        self._base = settings.base
        self._token = credentials.values.get("access_token", "").strip()
        self.caller = Caller("Mastodon", outbound, clock)
        self.caller.hidden = [value for value in credentials.values.values() if value]

    @property
    def authorisation(self) -> dict[str, str]:
        """The header that signs a request. Raises ``AuthError`` where there is no token."""
        if not self._token:
            raise self.caller.signed_out("there is no access token")
        return {"Authorization": f"Bearer {self._token}"}

    @property
    def token(self) -> str:
        return self._token

    async def get(self, path: str, params: Params | None = None) -> Any:
        return (await self.ask("GET", path, params=params)).value

    async def ask(
        self,
        method: str,
        path: str,
        *,
        effect: Effect = Effect.SAFE,
        params: Params | None = None,
        json: object = None,
        headers: Mapping[str, str] | None = None,
        content: bytes | None = None,
    ) -> Answer:
        """One call; ``path`` may be a whole address of this server, such as a next page's."""
        try:
            return await self.caller.call(
                method,
                urljoin(f"{self._base}/", path),
                effect=effect,
                params=params,
                json=json,
                content=content,
                headers={**self.authorisation, **(headers or {})},
            )
        except Refusal as refusal:
            if refusal.status == 403 and _ACCOUNT.search(refusal.reason):
                raise self.caller.signed_out(refusal.reason) from refusal
            raise

    async def listed(self, path: str, params: Params) -> AsyncIterator[list[Any]]:
        """The pages of a list, newest first, as far as anybody asks for them."""
        answer = await self.ask("GET", path, params=params)
        while True:
            items = answer.value
            if not isinstance(items, list):
                raise self.caller.lost(Effect.SAFE, sent=True)
            yield items
            following = self._next(answer.headers.get("link", ""))
            if following is None or not items:
                return
            answer = await self.ask("GET", following)

    def _next(self, link: str) -> str | None:
        """The next page's path, at this server whatever host the link names: the token goes along."""
        found = _LINK.search(link)
        if found is None:
            return None
        try:
            parts = urlsplit(found[1])
        except ValueError:
            return None
        return f"{parts.path}?{parts.query}" if parts.path.startswith("/api/") else None


def need_object(value: Any, what: str) -> Json:
    """An object with an id. Raises ``ConnectorError``."""
    fields = mapping_of(value)
    if text_of(fields.get("id")) is None:
        msg = f"Mastodon gave no {what}; try again later."
        raise ConnectorError(msg)
    return fields
