"""Calls to a network's HTTP API over ``outbound``, with errors that say what a lost answer means."""

import enum
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import msgspec

from amends.connectors.fields import mapping_of, text_of
from amends.outbound import Outbound, OutboundError, Response, TooLarge, Unreachable
from amends.terms import AuthError, Clock, ConnectorError, DeliveryUnknown, TryLater

SOON = timedelta(seconds=2)  # after a fault for which the network names no time
_LONGEST = timedelta(days=7)
_ON_ITS_WAY = timedelta(seconds=5)
_RESETS = ("x-ratelimit-reset", "x-rate-limit-reset", "ratelimit-reset")
_KEPT = 500  # addresses whose rate limits are remembered
_BLANKS = re.compile(r"\s+")

Params = Mapping[str, str | int | Sequence[str] | None]


class Effect(enum.Enum):
    """What a call does, and so what a lost answer means."""

    SAFE = "safe"  # nothing is published; asking again is always right
    REPEATABLE = "repeatable"  # sending it twice does it once
    ONCE = "once"  # sending it twice does it twice


class Refusal(ConnectorError):
    """An answer that is no success and will be none: ``status`` and what it said."""

    def __init__(self, reason: str, status: int, value: Any = None) -> None:
        super().__init__(reason)
        self.status = status
        self.value = value


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What a call brought: JSON, and the headers by their names in lower case."""

    value: Any
    status: int
    headers: Mapping[str, str]


class Quota(msgspec.Struct, frozen=True, kw_only=True):
    """What an answer's headers say of the account's rate limit."""

    limit: int
    remaining: int
    reset_at: datetime

    @property
    def low(self) -> bool:
        """Whether what is left should be kept for answering."""
        return self.remaining * 10 <= self.limit


class Caller:
    """Calls of one account. ``name`` is the network's, as people write it.

    Raises ``TryLater`` for rate limits and faults, ``AuthError`` for 401, ``DeliveryUnknown`` where
    what publishes got no answer, ``Refusal`` for every other answer that is no success. What is in
    ``hidden`` is struck out of what the network says.
    """

    def __init__(self, name: str, outbound: Outbound, clock: Clock) -> None:
        self.name = name
        self.outbound = outbound
        self.clock = clock
        self.hidden: list[str] = []
        self.quotas: dict[str, Quota] = {}
        self.skew = timedelta(0)  # how far the server's clock is ahead of ours

    async def call(
        self,
        method: str,
        url: str,
        *,
        effect: Effect = Effect.SAFE,
        headers: Mapping[str, str] | None = None,
        params: Params | None = None,
        json: object = None,
        content: bytes | None = None,
    ) -> Answer:
        """One request, and the JSON of its answer (None where it is empty)."""
        try:
            response = await self.outbound.request(
                method, url, headers=headers, params=params, json=json, content=content
            )
        except OutboundError as error:
            raise self._unanswered(error, effect) from error
        self._count(url, response)
        if not response.ok:
            raise self.refused(response, effect)
        return Answer(
            value=self._read(response, effect), status=response.status, headers=response.headers
        )

    @property
    def there(self) -> datetime:
        """The time by the server's clock, as far as its answers told it."""
        return self.clock.now() + self.skew

    @property
    def latest(self) -> datetime:
        """No time that the server gives is later; one that is, is a mistake or a lie."""
        return self.there + _ON_ITS_WAY

    def quota(self, url: str) -> Quota | None:
        """What is left of the rate limit that a call of this address last told; None after its
        end."""
        found = self.quotas.get(_path(url))
        return found if found and found.reset_at > self.clock.now() else None

    def _count(self, url: str, response: Response) -> None:
        headers, now = response.headers, self.clock.now()
        there = _http_date(headers.get("date", ""))
        if there is not None:
            # It is told in whole seconds, and was on its way.
            self.skew = there - now if abs(there - now) > _ON_ITS_WAY else timedelta(0)
        quota = quota_in(headers, now)
        if quota is not None:
            keep_quota(self.quotas, _path(url), quota)

    def refused(self, response: Response, effect: Effect = Effect.SAFE) -> ConnectorError:
        """The error of ours for an answer that is no success."""
        now, status = self.clock.now(), response.status
        if status == 429:
            msg = f"{self.name} asks us to slow down; it will be tried again."
            return TryLater(msg, wait_until(response.headers, now, timedelta(minutes=1)))
        if status in (408, 425) or status >= 500:
            if effect is Effect.ONCE and status != 503:
                return self.lost(effect, sent=True)
            msg = f"{self.name} has a fault (status {status}); it will be tried again."
            return TryLater(msg, wait_until(response.headers, now, SOON))
        value = _json(response)
        said = self.shown(said_by(value) or f"status {status}")
        if status == 401:
            return self.signed_out(said)
        return Refusal(f"{self.name} refused: {said}", status, value)

    def signed_out(self, said: str) -> AuthError:
        msg = f"{self.name} no longer accepts the sign-in ({said}); connect the channel again."
        return AuthError(msg)

    def lost(self, effect: Effect, *, sent: bool) -> ConnectorError:
        """The error where no answer came, or none that can be read."""
        if sent and effect is not Effect.SAFE:
            msg = f"{self.name} did not answer, so it may have gone out; it will be looked up."
            return DeliveryUnknown(msg)
        msg = f"{self.name} could not be reached; it will be tried again."
        return TryLater(msg, self.clock.now() + SOON)

    def shown(self, said: str) -> str:
        """What a network said, as it may be shown: one line, and none of our secrets."""
        for secret in self.hidden:
            said = said.replace(secret, "…") if secret else said
        return _BLANKS.sub(" ", said)[:300].strip().rstrip(".")

    def _unanswered(self, error: OutboundError, effect: Effect) -> ConnectorError:
        sent = error.sent or isinstance(error, TooLarge)
        if isinstance(error, Unreachable) or (sent and effect is not Effect.SAFE):
            return self.lost(effect, sent=sent)
        return error

    def _read(self, response: Response, effect: Effect) -> Any:
        if not response.body.strip():
            return None
        try:
            return response.json()
        except ConnectorError as error:
            raise self.lost(effect, sent=True) from error


def quota_in(headers: Mapping[str, str], now: datetime) -> Quota | None:
    """What an answer's headers say of the rate limit; None where they say nothing."""
    for prefix in ("x-ratelimit", "x-rate-limit", "ratelimit"):
        limit, left = headers.get(f"{prefix}-limit", ""), headers.get(f"{prefix}-remaining", "")
        if limit.isdecimal() and left.isdecimal() and len(limit + left) < 20:
            until = wait_until(headers, now, timedelta(0))
            return Quota(limit=int(limit), remaining=int(left), reset_at=until)
    return None


def keep_quota(quotas: dict[str, Quota], name: str, quota: Quota) -> None:
    """Remember a quota under a name; the oldest names are forgotten."""
    quotas[name] = quota
    while len(quotas) > _KEPT:
        quotas.pop(next(iter(quotas)))


def said_by(value: Any) -> str:
    """What an error's body says, by the names that networks use for it."""
    fields = mapping_of(value)
    listed = fields.get("errors")
    first = mapping_of(listed[0]) if isinstance(listed, list) and listed else {}
    for holder in (fields, first, mapping_of(fields.get("error"))):
        for name in ("error_description", "detail", "message", "error", "title"):
            said = text_of(holder.get(name))
            if said:
                return said
    return ""


def wait_until(headers: Mapping[str, str], now: datetime, fallback: timedelta) -> datetime:
    """When to ask again, by an answer's own headers; ``fallback`` from now where they say nothing.

    Times are the server's: they are measured against its own ``Date``, as clocks differ.
    """
    there = _http_date(headers.get("date", "")) or now
    waits = [_length(headers.get("retry-after", ""), there)]
    waits += [_length(headers.get(name, ""), there, absolute=True) for name in _RESETS]
    wait = next((one for one in waits if one is not None), fallback)
    return now + min(max(wait, timedelta(0)), _LONGEST)


def _length(text: str, there: datetime, *, absolute: bool = False) -> timedelta | None:
    """How long until the time that a header names: seconds, seconds since 1970, or a date."""
    text = text.strip()
    try:
        if text.isdecimal() and len(text) < 12:
            at = datetime.fromtimestamp(int(text), UTC)
            return at - there if absolute and int(text) > 1e9 else timedelta(seconds=int(text))
        found = _http_date(text) or datetime.fromisoformat(text)
        return (found if found.tzinfo else found.replace(tzinfo=UTC)) - there
    except (ValueError, OverflowError):
        return None


def _http_date(text: str) -> datetime | None:
    try:
        return parsedate_to_datetime(text).astimezone(UTC) if text else None
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _path(url: str) -> str:
    return url.partition("?")[0]


def _json(response: Response) -> Any:
    try:
        return response.json()
    except ConnectorError:
        return None


def multipart(parts: Sequence[tuple[str, str | None, str, bytes]], boundary: str) -> bytes:
    """A ``multipart/form-data`` body; a part is its name, file name, content type and content."""
    body = bytearray()
    for name, filename, kind, content in parts:
        file = f'; filename="{filename}"' if filename else ""
        typed = f"Content-Type: {kind}\r\n" if kind else ""
        head = f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"{file}\r\n{typed}\r\n'
        body += head.encode() + content + b"\r\n"
    return bytes(body) + f"--{boundary}--\r\n".encode()
