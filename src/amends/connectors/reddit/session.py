"""asyncpraw, with every request of it made by ``outbound``.

asyncpraw signs in, renews tokens and signs requests. What else it would do is ours: it repeats
requests that write when an answer is lost, which would say a thing twice, and it sleeps where we
tell when to ask again. So its requestor raises our errors, which it passes on untouched, and shows it
no headers of rate limits.
"""

import base64
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlencode, urlsplit

import asyncpraw
from asyncprawcore import Requestor
from asyncprawcore.exceptions import AsyncPrawcoreException, OAuthException

from amends.connectors.calling import Caller, Effect, Quota, Refusal, wait_until
from amends.connectors.reddit.settings import Settings
from amends.terms import AuthError, Credentials

SCOPES = ("identity", "read", "history", "submit", "edit", "privatemessages")
_TOKEN = "/api/v1/access_token"  # noqa: S105 (an address)
_ONCE = ("/api/comment", "/api/compose")


class Said:
    """An answer in the shape that asyncprawcore reads."""

    def __init__(self, status: int, value: Any) -> None:
        self.status = status
        self.headers: dict[str, str] = {}
        self._value = value

    async def json(self, **_: Any) -> Any:
        return self._value

    async def text(self) -> str:
        return ""


class Through(Requestor):
    """Requests of asyncpraw, made by our own client."""

    def __init__(self, *, caller: Caller, **told: Any) -> None:
        super().__init__(**told)
        self._caller = caller

    @asynccontextmanager
    async def request(self, method: str, url: str, **told: Any) -> AsyncIterator[Said]:  # type: ignore[override]
        """One request. Raises our errors; 401 of the API is an answer, upon which the token is renewed."""
        yield await self._asked(method, url, **told)

    async def close(self) -> None:
        """Connections belong to ``outbound``."""

    async def _asked(self, method: str, url: str, **told: Any) -> Said:
        headers = {**self.headers, **_strings(told.get("headers"))}
        headers.pop("Connection", None)
        auth = told.get("auth")
        if auth is not None:
            packed = base64.b64encode(f"{auth.login}:{auth.password}".encode()).decode()
            headers["Authorization"] = f"Basic {packed}"
        content = _form(told.get("data"))
        if content is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        try:
            answer = await self._caller.call(
                method,
                url,
                effect=_effect(method, url),
                headers=headers,
                params=_strings(told.get("params")),
                content=content,
            )
        except AuthError:
            if url.endswith(_TOKEN):
                raise
            return Said(401, {})
        self._count(answer.headers)
        return Said(200, answer.value)

    def _count(self, headers: Mapping[str, str]) -> None:
        """Reddit tells what was used and what is left, for all calls together."""
        try:
            left = int(float(headers["x-ratelimit-remaining"]))
            limit = left + int(float(headers["x-ratelimit-used"]))
        except (KeyError, ValueError, OverflowError):
            return
        now = self._caller.clock.now()
        reset = wait_until(headers, now, now - now)
        self._caller.quotas["all"] = Quota(limit=limit, remaining=left, reset_at=reset)


class Session:
    """One account. Raises ``ConnectorError`` and its kin only."""

    def __init__(self, settings: Settings, credentials: Credentials, caller: Caller) -> None:
        values = credentials.values
        self._caller = caller
        caller.hidden = [value for value in values.values() if len(value) > 3]
        self.reddit = reddit(
            settings,
            caller,
            client_id=values.get("client_id", ""),
            client_secret=values.get("client_secret", ""),
            username=settings.handle if values.get("password") else None,
            password=values.get("password") or None,
            refresh_token=values.get("refresh_token") or None,
        )
        self._signs_in = bool(values.get("password") or values.get("refresh_token"))

    async def ask(
        self, method: str, path: str, *, params: Mapping[str, Any] | None = None, data: Any = None
    ) -> Any:
        """What the API answers, as JSON."""
        if not self._signs_in:
            raise self._caller.signed_out("there is no password and no token")
        told = {"raw_json": "1", **(params or {})}
        async with own_errors(self._caller, _effect(method, path)):
            return await self.reddit.request(method=method, path=path, params=told, data=data)

    async def aclose(self) -> None:
        await self.reddit.close()


def reddit(settings: Settings, caller: Caller, **told: Any) -> asyncpraw.Reddit:
    """asyncpraw's own object. Everything it would look for in the environment or in a file is given."""
    named = {"redirect_uri": None, "username": None, "password": None, "refresh_token": None} | told
    return asyncpraw.Reddit(
        "DEFAULT",
        requestor_class=Through,
        requestor_kwargs={"caller": caller},
        user_agent=settings.agent,
        oauth_url=settings.oauth_url,
        reddit_url=settings.reddit_url,
        check_for_updates=False,
        **named,
    )


@asynccontextmanager
async def own_errors(caller: Caller, effect: Effect) -> AsyncIterator[None]:
    """asyncpraw's errors, and what it stumbles over, as ours."""
    try:
        yield
    except OAuthException as error:
        raise caller.signed_out(caller.shown(str(error))) from error
    except AsyncPrawcoreException as error:
        if getattr(getattr(error, "response", None), "status", 0) in (401, 403):
            raise caller.signed_out("the token is not accepted") from error
        raise caller.lost(effect, sent=True) from error
    except Refusal as refusal:
        if refusal.status == 400 and "invalid_grant" in refusal.reason:
            raise caller.signed_out(refusal.reason) from refusal
        raise
    except (
        KeyError,
        TypeError,
        ValueError,
        AttributeError,
        asyncpraw.exceptions.AsyncPRAWException,
    ) as error:
        # What is no token is asked for before anything is said.
        raise caller.lost(effect, sent=True) from error


def _effect(method: str, url: str) -> Effect:
    path = urlsplit(url).path.rstrip("/")
    return Effect.ONCE if method == "POST" and path.endswith(_ONCE) else Effect.SAFE


def _form(data: Any) -> bytes | None:
    if data is None:
        return None
    pairs: Iterable[tuple[Any, Any]] = data.items() if isinstance(data, Mapping) else data
    return urlencode([(str(name), str(value)) for name, value in pairs]).encode()


def _strings(given: Any) -> dict[str, str]:
    return {str(name): str(value) for name, value in (given or {}).items()}
