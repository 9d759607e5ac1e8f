"""Signing requests: OAuth 2.0 with refresh, OAuth 1.0a where only that is given, app-only."""

import asyncio
import base64
import hashlib
import hmac
import secrets
from collections.abc import Awaitable, Callable, Mapping
from urllib.parse import quote, urlencode

from amends.connectors.calling import Caller, Effect, Refusal
from amends.connectors.fields import mapping_of, text_of
from amends.terms import Credentials

Renewed = Callable[[Mapping[str, str]], Awaitable[None]]
"""Keeps a channel's secrets, all of them, before they are used: X takes the old ones once."""

_OAUTH_1 = ("consumer_key", "consumer_secret", "oauth_token", "oauth_token_secret")


class Signer:
    """The secrets of one account. Raises ``AuthError`` where what a call needs is not among them.

    Known are ``access_token``, ``refresh_token``, ``client_id`` and ``client_secret`` (OAuth 2.0),
    ``bearer_token`` (the application's own), and the four of OAuth 1.0a.
    """

    def __init__(
        self,
        credentials: Credentials,
        caller: Caller,
        *,
        token_url: str,
        nonce: Callable[[], str] = secrets.token_hex,
    ) -> None:
        self._values = {name: value.strip() for name, value in credentials.values.items()}
        self._caller = caller
        self._token_url = token_url
        self._nonce = nonce
        self._renewing = asyncio.Lock()
        self.renewed: Renewed | None = None
        self._hide()

    @property
    def consumer_secret(self) -> str:
        """The application's secret, which signs webhooks."""
        return self._values.get("consumer_secret", "")

    @property
    def can_renew(self) -> bool:
        return bool(self._values.get("refresh_token") and self._values.get("client_id"))

    @property
    def token(self) -> str:
        """The OAuth 2.0 token in use, to be given to ``renew`` where it was refused."""
        return self._values.get("access_token", "")

    @property
    def by_oauth_1(self) -> bool:
        return not self.token and all(self._values.get(name) for name in _OAUTH_1)

    def app(self) -> dict[str, str]:
        """The header of a call for the application, such as a stream."""
        if bearer := self._values.get("bearer_token") or self.token:
            return {"Authorization": f"Bearer {bearer}"}
        raise self._caller.signed_out("there is no bearer token")

    def user(self, method: str, url: str, params: Mapping[str, str]) -> dict[str, str]:
        """The header of a call for the account. ``params`` are the query's."""
        if self.token:
            return {"Authorization": f"Bearer {self.token}"}
        if self.by_oauth_1:
            return {"Authorization": self._oauth_1(method, url, params)}
        raise self._caller.signed_out("there is no access token")

    async def renew(self, refused: str) -> None:
        """A new token, unless somebody else got one while this call waited.

        X takes a refresh token once: the new one is kept (``renewed``) before it is used.
        """
        async with self._renewing:
            if self.token != refused:
                return
            self._values |= await self._exchange()
            self._hide()
            if self.renewed is not None:
                await self.renewed(dict(self._values))

    async def _exchange(self) -> dict[str, str]:
        client, secret = self._values.get("client_id", ""), self._values.get("client_secret", "")
        told = {
            "grant_type": "refresh_token",
            "refresh_token": self._values.get("refresh_token", ""),
            "client_id": client,
        }
        headers = {"Content-Type": "application/x-www-form-urlencoded", **basic(client, secret)}
        try:
            answer = await self._caller.call(
                "POST",
                self._token_url,
                effect=Effect.SAFE,
                headers=headers,
                content=urlencode(told).encode(),
            )
        except Refusal as refusal:
            raise self._caller.signed_out(refusal.reason) from refusal
        return tokens_of(mapping_of(answer.value), self._caller)

    def _oauth_1(self, method: str, url: str, params: Mapping[str, str]) -> str:
        """RFC 5849 with HMAC-SHA1; the time is the server's, as far as its answers told it."""
        at = self._caller.clock.now() + self._caller.skew
        given = {
            "oauth_consumer_key": self._values["consumer_key"],
            "oauth_nonce": self._nonce(),
            "oauth_signature_method": "HMAC-SHA1",
            "oauth_timestamp": str(int(at.timestamp())),
            "oauth_token": self._values["oauth_token"],
            "oauth_version": "1.0",
        }
        keys = self._values["consumer_secret"], self._values["oauth_token_secret"]
        given["oauth_signature"] = oauth_1_signature(method, url, {**params, **given}, *keys)
        return "OAuth " + ", ".join(
            f'{name}="{_escaped(value)}"' for name, value in sorted(given.items())
        )

    def _hide(self) -> None:
        public = {"client_id", "consumer_key"}
        self._caller.hidden = [
            value for name, value in self._values.items() if value and name not in public
        ]


def tokens_of(told: Mapping[str, object], caller: Caller) -> dict[str, str]:
    """The tokens of a token endpoint's answer. Raises ``AuthError`` where it holds none."""
    token = text_of(told.get("access_token"))
    if token is None:
        raise caller.signed_out("X gave no token")
    found = {"access_token": token}
    if refresh := text_of(told.get("refresh_token")):
        found["refresh_token"] = refresh
    return found


def basic(client: str, secret: str) -> dict[str, str]:
    """The header of a confidential client; nothing for a public one."""
    if not secret:
        return {}
    pair = f"{quote(client, safe='')}:{quote(secret, safe='')}"
    return {"Authorization": f"Basic {base64.b64encode(pair.encode()).decode()}"}


def oauth_1_signature(
    method: str, url: str, params: Mapping[str, str], consumer_secret: str, token_secret: str
) -> str:
    """The signature of a request: ``params`` are those of its query and its header."""
    pairs = sorted((_escaped(name), _escaped(value)) for name, value in params.items())
    said = "&".join(f"{name}={value}" for name, value in pairs)
    text = "&".join(_escaped(part) for part in (method.upper(), url.partition("?")[0], said))
    key = f"{_escaped(consumer_secret)}&{_escaped(token_secret)}"
    return base64.b64encode(hmac.new(key.encode(), text.encode(), hashlib.sha1).digest()).decode()


def _escaped(text: str) -> str:
    return quote(text, safe="~")
