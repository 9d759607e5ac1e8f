"""Signing in to Google's APIs with OAuth 2.0: by a service account's key, or by a refresh token.

https://developers.google.com/identity/protocols/oauth2/service-account
"""

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

import jwt
import msgspec

from amends.connectors.calling import Caller, Effect, Params, Refusal
from amends.connectors.fields import mapping_of, text_of
from amends.terms import AuthError, BadInput, Credentials

TOKENS = "https://oauth2.googleapis.com/token"
_JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
_VALID = timedelta(minutes=55)  # Google gives tokens for an hour, and takes no longer assertion
_REFRESH = ("client_id", "client_secret", "refresh_token")
_NO_ACCESS = "PERMISSION_DENIED"
_NEVER = datetime.min.replace(tzinfo=UTC)


class Google:
    """Calls of one account, signed. ``tokens`` is the address where tokens are given.

    Raises ``BadInput`` for credentials that are none, ``ConnectorError`` and its kin when calling.
    """

    def __init__(
        self, credentials: Credentials, caller: Caller, *, scope: str, tokens: str = TOKENS
    ) -> None:
        self._caller = caller
        self._scope = scope
        self._tokens = tokens
        self._values = {name: text.strip() for name, text in credentials.values.items()}
        self._key = _service_account(self._values.get("service_account", ""))
        if not self._key and not all(self._values.get(name) for name in _REFRESH):
            raise BadInput(
                "Google wants a service account key, or a client ID, its secret and a refresh token."
            )
        self._token, self._until = "", _NEVER
        self._renewing = asyncio.Lock()
        self._hide()

    def __repr__(self) -> str:
        return "Google(hidden)"

    async def call(
        self,
        method: str,
        url: str,
        *,
        effect: Effect = Effect.SAFE,
        params: Params | None = None,
        json: object = None,
    ) -> Mapping[str, Any]:
        """One signed call, and the object it brought. A token that is refused is renewed once."""
        token = await self._fresh("")
        try:
            answer = await self._signed(token, method, url, effect, params, json)
        except AuthError:
            token = await self._fresh(token)
            answer = await self._signed(token, method, url, effect, params, json)
        except Refusal as refusal:
            # What is not ours to read or answer is a matter of rights, not of this one review.
            status = mapping_of(mapping_of(refusal.value).get("error")).get("status")
            if refusal.status == 403 and status == _NO_ACCESS:
                raise self._caller.signed_out(refusal.reason) from refusal
            raise
        return mapping_of(answer)

    async def _signed(
        self, token: str, method: str, url: str, effect: Effect, params: Params | None, json: object
    ) -> Any:
        headers = {"Authorization": f"Bearer {token}"}
        answer = await self._caller.call(
            method, url, effect=effect, headers=headers, params=params, json=json
        )
        return answer.value

    async def _fresh(self, refused: str) -> str:
        """A token that is not ``refused`` and still holds."""
        async with self._renewing:
            if not self._token or self._token == refused or self._until <= self._caller.clock.now():
                self._token = await self._exchange()
                self._until = self._caller.clock.now() + _VALID
                self._hide()
            return self._token

    async def _exchange(self) -> str:
        if self._key:
            told = {"grant_type": _JWT_BEARER, "assertion": self._assertion()}
        else:
            told = {"grant_type": "refresh_token"}
            told |= {name: self._values[name] for name in _REFRESH}
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        try:
            answer = await self._caller.call(
                "POST", self._tokens, headers=headers, content=urlencode(told).encode()
            )
        except Refusal as refusal:
            raise self._caller.signed_out(refusal.reason) from refusal
        token = text_of(mapping_of(answer.value).get("access_token"))
        if token is None:
            raise self._caller.signed_out("Google gave no token")
        return token

    def _assertion(self) -> str:
        """RFC 7523, signed with the service account's key; times are the server's."""
        at = int(self._caller.there.timestamp())
        told = {"iss": self._key["client_email"], "scope": self._scope, "aud": self._tokens,
                "iat": at, "exp": at + 3600}  # fmt: skip
        return jwt.encode(told, _read_key(self._key["private_key"], "RS256"), algorithm="RS256")

    def _hide(self) -> None:
        self._caller.hidden = [
            *(one for one in self._values.values() if one),
            *(one for one in (self._token, self._key.get("private_key", "")) if one),
        ]


def _service_account(text: str) -> dict[str, str]:
    """The parts of a service account's key file that sign. Raises ``BadInput``."""
    if not text:
        return {}
    try:
        key = mapping_of(msgspec.json.decode(text))
    except (msgspec.DecodeError, UnicodeError) as error:
        raise BadInput(
            "That is no service account key. Paste the whole JSON file, from { to }."
        ) from error
    parts = {name: text_of(key.get(name)) or "" for name in ("client_email", "private_key")}
    if not all(parts.values()):
        raise BadInput(
            "The service account key lacks its e-mail address or its private key. Paste the whole file."
        )
    check_private_key(parts["private_key"], "RS256", "The service account key")
    return parts


@lru_cache(maxsize=16)
def _read_key(pem: str, algorithm: str) -> Any:
    """The key as it signs; reading a new one takes a tenth of a second, as its primes are checked."""
    return jwt.get_algorithm_by_name(algorithm).prepare_key(pem)


def check_private_key(pem: str, algorithm: str, name: str) -> None:
    """Raise ``BadInput`` where a key does not sign; ``name`` begins the sentence."""
    try:
        jwt.encode({}, _read_key(pem, algorithm), algorithm=algorithm)
    except (ValueError, TypeError, jwt.PyJWTError) as error:
        raise BadInput(
            f"{name} holds no private key that signs. Paste the file as it is."
        ) from error
