"""Who may deliver: HMAC-SHA256 over the time and the raw body, within a window."""

import hashlib
import hmac
from datetime import UTC, datetime, timedelta

from amends.terms import NotAllowed

SIGNATURE = "x-amends-signature"
TIMESTAMP = "x-amends-timestamp"
LARGEST = 1_000_000  # bytes of a body
WINDOW = timedelta(minutes=5)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def signature_of(secret: str, timestamp: str, body: bytes) -> str:
    """What belongs into the header ``X-Amends-Signature``: ``sha256=`` and hexadecimal digits."""
    signed = timestamp.encode("utf-8", "surrogatepass") + b"." + body
    return f"sha256={hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()}"


def check_signed(
    secret: str, *, timestamp: str, signature: str, body: bytes, now: datetime
) -> None:
    """Raise ``NotAllowed`` unless whoever knows the secret signed these bytes a moment ago.

    The signature is looked at first and in constant time. Without a secret nothing is let in.
    """
    right = signature_of(secret, timestamp.strip(), body).encode()
    given = signature.strip().encode("ascii", "replace")
    if not hmac.compare_digest(right, given) or not secret:
        msg = (
            "The signature is not right: X-Amends-Signature is sha256= and the HMAC-SHA256, in"
            " hexadecimal, of X-Amends-Timestamp, a full stop and the body as it is sent."
        )
        raise NotAllowed(msg)
    if abs(now - _time(timestamp.strip())) > WINDOW:
        msg = (
            "X-Amends-Timestamp is more than five minutes from our clock: send seconds since 1970,"
            " sign each delivery anew, and set the sender's clock."
        )
        raise NotAllowed(msg)


def _time(timestamp: str) -> datetime:
    if timestamp.isascii() and timestamp.isdecimal() and len(timestamp) < 12:
        return _EPOCH + timedelta(seconds=int(timestamp))
    return _EPOCH
