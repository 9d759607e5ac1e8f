"""Calls to the network through the SDK's client, signed in, with errors of ours."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from amends.connectors.bluesky.errors import Expired, answered, lost, translated
from amends.connectors.bluesky.settings import Settings
from amends.connectors.bluesky.shallow import shallow_request
from amends.connectors.calling import Effect, Quota, keep_quota, quota_in
from amends.outbound import Outbound
from amends.terms import AuthError, Clock, Credentials

Json = dict[str, Any]

_TIMEOUT = 30.0  # seconds for one request
_REFUSED_FOR = timedelta(minutes=10)  # 300 sign-ins a day are allowed; a wrong password is one each


class Api:
    """One signed-in account. The session lives in memory; the SDK renews its token.

    Every method raises ``ConnectorError`` and its kin only. Signing in happens with the first call
    and again where the server no longer takes the token.
    """

    def __init__(
        self, settings: Settings, credentials: Credentials, outbound: Outbound, clock: Clock
    ) -> None:
        self._settings = settings
        self._credentials = credentials
        self._outbound = outbound
        self._clock = clock
        self._client: Any = None
        self._signing_in = asyncio.Lock()
        self._refused: tuple[datetime, AuthError] | None = None
        self.quotas: dict[str, Quota] = {}
        self.did = ""
        self.handle = ""

    async def query(
        self, method: str, params: Mapping[str, object], *, proxy: str | None = None
    ) -> Json:
        """Ask for something. ``proxy`` names the service that the PDS forwards to.

        What the AppView answers goes to the one that the settings name.
        """
        from atproto_client.models.dot_dict import DotDict

        given = DotDict({name: value for name, value in params.items() if value is not None})
        appview = self._settings.appview if method.startswith("app.bsky.") else ""
        headers = _proxied(proxy or appview)

        async def call() -> Any:
            return await self._client.invoke_query(method, params=given, headers=headers)

        return await self._signed(call, Effect.SAFE, method)

    async def procedure(
        self, method: str, data: Json, *, effect: Effect, proxy: str | None = None
    ) -> Json:
        """Change something; ``effect`` says what a lost answer means."""
        headers = {**_proxied(proxy), "Content-Type": "application/json"}
        # The SDK leaves null out of what it encodes itself, and ``swapRecord: null`` has a meaning.
        content = json.dumps(data).encode()

        async def call() -> Any:
            return await self._client.invoke_procedure(method, content=content, headers=headers)

        return await self._signed(call, effect, method)

    async def blob(self, method: str, content: bytes, *, kind: str) -> Json:
        """Give the PDS a file; nothing is published by it."""

        async def call() -> Any:
            headers = {"Content-Type": kind}
            return await self._client.invoke_procedure(method, content=content, headers=headers)

        return await self._signed(call, Effect.SAFE, method)

    async def sign_in(self) -> None:
        """Sign in unless that is done."""
        if not self.did:
            await self._sign_in_anew("")

    async def aclose(self) -> None:
        if self._client is not None:
            await self._client.request.close()
            self._client, self.did = None, ""

    async def _signed(
        self, call: Callable[[], Awaitable[Any]], effect: Effect, method: str
    ) -> Json:
        await self.sign_in()
        token = self._token()
        try:
            return await self._called(call, effect, method)
        except Expired:
            await self._sign_in_anew(token)
        return await self._called(call, effect, method)

    async def _called(
        self, call: Callable[[], Awaitable[Any]], effect: Effect, method: str
    ) -> Json:
        try:
            response = await call()
        except Exception as error:
            self._count(method, getattr(error, "response", None))
            raise translated(error, effect=effect, now=self._clock.now()) from error
        self._count(method, response)
        if isinstance(response.content, dict):
            return response.content
        if effect is Effect.SAFE:
            raise answered(502, response.headers, None, effect, self._clock.now())
        raise lost(effect, self._clock.now(), sent=True)

    def _count(self, method: str, response: Any) -> None:
        """Limits are the account's or the address's at its PDS; writing has one of its own."""
        headers = {
            str(n).lower(): str(v) for n, v in (getattr(response, "headers", None) or {}).items()
        }
        quota = quota_in(headers, self._clock.now())
        if quota is not None:
            keep_quota(self.quotas, method, quota)

    async def _sign_in_anew(self, token: str) -> None:
        """Sign in with the password, unless somebody else replaced ``token`` meanwhile."""
        async with self._signing_in:
            if self.did and self._token() != token:
                return
            if self._refused is not None and self._clock.now() < self._refused[0]:
                raise AuthError(self._refused[1].reason)
            try:
                await self._log_in()
            except AuthError as error:
                self._refused = (self._clock.now() + _REFUSED_FOR, error)
                raise

    async def _log_in(self) -> None:
        values = self._credentials.values
        identifier, password = values.get("identifier", ""), values.get("password", "")
        if not identifier or not password:
            msg = "This channel has no handle or no app password; connect the channel again."
            raise AuthError(msg)
        client = self._new_client()
        try:
            await client.login(identifier, password, fetch_bsky_profile=False)
            session = client._session  # noqa: SLF001 (the SDK shows who we are nowhere else)
            self.did, self.handle = session.did, session.handle
        except Exception as error:
            raise translated(error, effect=Effect.SAFE, now=self._clock.now()) from error

    def _new_client(self) -> Any:
        if self._client is None:
            from atproto_client.client.async_client import AsyncClient

            transport = self._outbound.sdk_transport()
            request = shallow_request(transport=transport, trust_env=False, timeout=_TIMEOUT)
            self._client = AsyncClient(base_url=self._settings.pds, request=request)
        return self._client

    def _token(self) -> str:
        session = self._client._session if self._client is not None else None  # noqa: SLF001
        return session.access_jwt if session is not None else ""


def _proxied(service: str | None) -> dict[str, str]:
    return {"atproto-proxy": service} if service else {}
