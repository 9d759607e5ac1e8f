"""Two ways to the demo network, in the process or over HTTP, and what their answers mean."""

import asyncio
import math
import re
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import quote

import msgspec

from amends.connectors.calling import wait_until
from amends.connectors.demo.api import Answer, Request, answer
from amends.connectors.demo.network import DemoNetwork
from amends.outbound.recording import note_exchange
from amends.terms import (
    AuthError,
    Channel,
    Clock,
    ConnectorError,
    Credentials,
    DeliveryUnknown,
    TryLater,
)

if TYPE_CHECKING:
    from amends.outbound import Outbound

TOKEN = re.compile(r"[\x21-\x7e]+")
AFTER_FAULT = timedelta(seconds=2)
PUBLISHING = frozenset({("POST", "/posts"), ("POST", "/messages")})


class Way(Protocol):
    """How a request gets to the network. A publishing request without an answer is not known."""

    base_url: str | None

    async def ask(self, request: Request) -> Answer: ...


class InProcess:
    """Opens the network's file in this process."""

    base_url: str | None = None

    def __init__(self, channel: Channel, clock: Clock) -> None:
        self._settings = channel.settings
        self._clock = clock

    @cached_property
    def _network(self) -> DemoNetwork:
        path = Path(self._settings["path"])
        cast = self._settings.get("cast", "on") == "on"
        seed = int(self._settings.get("seed", "1"))
        return DemoNetwork(path, seed=seed, clock=self._clock, cast=cast)

    def _answer(self, request: Request) -> Answer:
        return answer(self._network, request)

    async def ask(self, request: Request) -> Answer:
        try:
            found = await asyncio.to_thread(self._answer, request)
        except (sqlite3.Error, OSError) as error:
            msg = f"The file of the demo network cannot be used ({error}); it is tried again."
            raise TryLater(msg, self._clock.now() + AFTER_FAULT) from error
        if found.lost:
            raise _lost(request, self._clock)
        note_exchange(request.method, request.path, found.status, found.body)
        return found


class OverHttp:
    """Talks to ``amends demo serve``."""

    def __init__(
        self, channel: Channel, credentials: Credentials, outbound: "Outbound", clock: Clock
    ) -> None:
        self.base_url: str | None = channel.settings["url"].rstrip("/")
        self._token = credentials.values.get("token", "")
        self._outbound = outbound
        self._clock = clock

    async def ask(self, request: Request) -> Answer:
        from amends.outbound import OutboundError, Unreachable

        if not TOKEN.fullmatch(self._token):
            msg = "The token is empty or has characters that no token has; enter it again."
            raise AuthError(msg)
        account = quote(request.account)
        headers = {"authorization": f"Bearer {self._token}", "x-account": account}
        try:
            response = await self._outbound.request(
                request.method,
                f"{self.base_url}{request.path}",
                headers=headers,
                params=dict(request.params),
                json=dict(request.body) if request.method == "POST" else None,
            )
        except OutboundError as error:
            if error.sent:
                raise _lost(request, self._clock) from error
            if isinstance(error, Unreachable):
                raise TryLater(str(error), self._clock.now() + AFTER_FAULT) from error
            raise
        now = self._clock.now()
        wait = (wait_until(response.headers, now, timedelta(0)) - now).total_seconds()
        return Answer(
            status=response.status, body=response.body, retry_after=math.ceil(wait) or None
        )


def _lost(request: Request, clock: Clock) -> ConnectorError:
    if (request.method, request.path) in PUBLISHING:
        msg = "The demo network did not answer; look up whether it went out before sending again."
        return DeliveryUnknown(msg)
    msg = "The demo network did not answer; it is asked again."
    return TryLater(msg, clock.now() + AFTER_FAULT)


class Client:
    """Asks the network on behalf of a channel; its errors are ``ConnectorError`` and kin."""

    def __init__(self, way: Way, handle: str, clock: Clock) -> None:
        self._way = way
        self._handle = handle
        self._clock = clock

    @property
    def base_url(self) -> str | None:
        return self._way.base_url

    async def get(self, path: str, **params: str) -> Any:
        return await self._ask("GET", path, params=params)

    async def post(self, path: str, body: Mapping[str, Any]) -> Any:
        return await self._ask("POST", path, body=body)

    async def delete(self, path: str) -> None:
        await self._ask("DELETE", path)

    async def _ask(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, str] | None = None,
        body: Mapping[str, Any] | None = None,
    ) -> Any:
        request = Request(
            method=method, path=path, account=self._handle, params=params or {}, body=body or {}
        )
        found = await self._way.ask(request)
        self._check(found)
        try:
            return msgspec.json.decode(found.body)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            lost = _lost(request, self._clock)
            if isinstance(lost, DeliveryUnknown):
                raise lost from error
            msg = "The demo network answered with a web page instead of data; it is asked again."
            raise TryLater(msg, self._clock.now() + AFTER_FAULT) from error

    def _check(self, found: Answer) -> None:
        if found.status < 400:
            return
        reason = _reason(found)
        if found.status == 401:
            msg = f"The demo network refused the account: {reason} Connect the channel again."
            raise AuthError(msg)
        if found.status == 429 or found.status >= 500:
            wait = timedelta(seconds=found.retry_after) if found.retry_after else AFTER_FAULT
            msg = f"The demo network cannot answer now: {reason}"
            raise TryLater(msg, self._clock.now() + wait)
        if found.status == 404:
            raise NotThere(reason)
        raise ConnectorError(reason)


@contextmanager
def read_as_promised(clock: Clock, *, published: bool = False) -> Iterator[None]:
    """For reading an answer: one of another shape raises ``TryLater``, or ``DeliveryUnknown`` where
    something may have been ``published``."""
    try:
        yield
    except (KeyError, TypeError, ValueError, OverflowError, AttributeError) as error:
        if published:
            msg = "The demo network's answer cannot be read; look up whether it went out."
            raise DeliveryUnknown(msg) from error
        msg = "The demo network answered something else than was asked; it is asked again."
        raise TryLater(msg, clock.now() + AFTER_FAULT) from error


class NotThere(ConnectorError):
    """The network has no such thing."""


def _reason(found: Answer) -> str:
    try:
        return str(msgspec.json.decode(found.body, type=dict[str, str])["error"])
    except (msgspec.DecodeError, KeyError, UnicodeDecodeError):
        return f"it answered {found.status}."
