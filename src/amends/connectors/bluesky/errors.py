"""What goes wrong at the SDK, as errors of ours. Nothing of the SDK leaks out."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from amends.connectors.calling import SOON, Effect, wait_until
from amends.outbound import OutboundError, TooLarge, Unreachable
from amends.terms import AuthError, ConnectorError, DeliveryUnknown, TryLater

# The names XRPC gives to a sign-in that no longer holds.
EXPIRED = frozenset({"ExpiredToken", "InvalidToken"})
_SIGN_IN = EXPIRED | {
    "AccountDeactivated",
    "AccountTakedown",
    "AuthFactorTokenRequired",
    "AuthMissing",
    "AuthenticationRequired",
}
# The HTTP library's errors of a request that never left.
_NOT_SENT = frozenset({"ConnectError", "ConnectTimeout", "PoolTimeout", "UnsupportedProtocol"})


class Refusal(ConnectorError):
    """An answer with an error of the network's own: ``name`` as in its lexicon."""

    def __init__(self, reason: str, name: str) -> None:
        super().__init__(reason)
        self.name = name


def translated(error: Exception, *, effect: Effect, now: datetime) -> ConnectorError:
    """The error of ours for whatever a call through the SDK raised."""
    if isinstance(error, OutboundError):
        return _outbound(error, effect, now)
    if isinstance(error, ConnectorError):
        return error
    response = getattr(error, "response", None)
    if response is not None:
        return answered(response.status_code, response.headers, response.content, effect, now)
    cause = error.__cause__ or error
    unsent = any(kind.__name__ in _NOT_SENT for kind in type(cause).__mro__)
    return lost(effect, now, sent=not unsent)


def answered(
    status: int, headers: Mapping[str, str], content: Any, effect: Effect, now: datetime
) -> ConnectorError:
    """The error of ours for an answer that is no success."""
    name = str(getattr(content, "error", None) or "")
    said = str(getattr(content, "message", None) or name or f"status {status}")
    if status == 429:
        wait = wait_until(headers, now, timedelta(minutes=1))
        return TryLater("Bluesky asks us to slow down; it will be tried again.", wait)
    if name in _SIGN_IN or status == 401:
        return Expired(said) if name in EXPIRED else signed_out(said)
    if status >= 500 or not name:
        if effect is Effect.ONCE and status != 503:
            return lost(effect, now, sent=True)
        wait = wait_until(headers, now, SOON)
        return TryLater(f"Bluesky has a fault (status {status}); it will be tried again.", wait)
    return Refusal(f"Bluesky refused: {said[:300]}", name)


class Expired(AuthError):
    """The token, not the account, is refused: signing in again may help."""

    def __init__(self, said: str) -> None:
        super().__init__(_sentence(said))


def signed_out(said: str) -> AuthError:
    return AuthError(_sentence(said))


def lost(effect: Effect, now: datetime, *, sent: bool) -> ConnectorError:
    """No answer came, or none that can be read."""
    if sent and effect is not Effect.SAFE:
        msg = "Bluesky did not answer, so the reply may have gone out; it will be looked up."
        return DeliveryUnknown(msg)
    return TryLater("Bluesky could not be reached; it will be tried again.", now + SOON)


def _outbound(error: OutboundError, effect: Effect, now: datetime) -> ConnectorError:
    sent = error.sent or isinstance(error, TooLarge)
    if isinstance(error, Unreachable) or (sent and effect is not Effect.SAFE):
        return lost(effect, now, sent=sent)
    return error


def _sentence(said: str) -> str:
    return f"Bluesky no longer accepts the sign-in ({said[:200]}); connect the channel again."
