"""X's webhooks: the challenge, the signature over the raw body, and the cache of what came."""

import base64
import hashlib
import hmac
from collections import OrderedDict
from collections.abc import Callable
from datetime import timedelta

import msgspec

from amends.connectors.x.activity import Event, read_events
from amends.terms import BadInput, Clock, DeadLetter, NotAllowed, Page

SIGNATURE = "x-twitter-webhooks-signature"
LARGEST = 1_000_000  # bytes
_REMEMBERED = 50_000
_KEPT = timedelta(hours=24)


def challenge_answer(consumer_secret: str, crc_token: str) -> dict[str, str]:
    """What a GET with ``crc_token`` is answered with, as JSON."""
    return {"response_token": _signed(consumer_secret, crc_token.encode())}


def is_signed(consumer_secret: str, body: bytes, signature: str) -> bool:
    """Whether X signed exactly these bytes; told in constant time. Never without a secret."""
    right = _signed(consumer_secret, body)
    given = signature.strip().encode("ascii", "replace")
    return bool(consumer_secret) and hmac.compare_digest(right.encode(), given)


class Inbox:
    """Takes what X posts to the webhook of one application; each event once."""

    def __init__(self, consumer_secret: str, clock: Clock) -> None:
        self._secret = consumer_secret
        self._clock = clock
        self._came: OrderedDict[str, float] = OrderedDict()

    def __repr__(self) -> str:
        return f"Inbox({len(self._came)} events)"

    def take(self, body: bytes, signature: str, store: Callable[[Page], object]) -> None:
        """Hand to ``store`` what a delivery says that was not said before, on a page whose cursor is
        empty. It counts as said once ``store`` has taken it.

        Raises ``NotAllowed`` for a delivery that is too large or that X did not sign, before it is
        read; what cannot be read is a dead letter.
        """
        if len(body) > LARGEST:
            raise NotAllowed(f"The delivery is larger than {LARGEST:,} bytes.")
        if not is_signed(self._secret, body, signature):
            raise NotAllowed("The delivery is not signed by X; check the application's secret.")
        try:
            events = list(read_events(msgspec.json.decode(body)))
        except (msgspec.DecodeError, UnicodeError, RecursionError, BadInput) as error:
            shown = body[:2000].decode(errors="replace")
            letter = DeadLetter(
                source="webhook", reason=str(error), raw=shown, at=self._clock.now()
            )
            store(Page(posts=(), cursor="", dead=(letter,)))
            return
        whole = hashlib.sha256(body).hexdigest()
        self._forget()
        new = {event.mark or whole: event for event in events}
        new = {mark: event for mark, event in new.items() if mark not in self._came}
        if new:
            store(page_of(list(new.values())))
            self._came |= dict.fromkeys(new, self._clock.now().timestamp())

    def _forget(self) -> None:
        now = self._clock.now().timestamp()
        while self._came and (
            len(self._came) > _REMEMBERED
            or now - next(iter(self._came.values())) > _KEPT.total_seconds()
        ):
            self._came.popitem(last=False)


def page_of(events: list[Event]) -> Page:
    """Events as a page whose cursor is empty: what comes so has no place."""
    return Page(
        posts=[event.post for event in events if event.post is not None],
        deleted=[event.deleted for event in events if event.deleted is not None],
        to_us=True,
        cursor="",
    )


def _signed(consumer_secret: str, content: bytes) -> str:
    digest = hmac.new(consumer_secret.encode(), content, hashlib.sha256).digest()
    return f"sha256={base64.b64encode(digest).decode()}"
