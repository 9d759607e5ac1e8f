"""The signature that reply addresses and our Message-IDs carry: whose thread a mail belongs to.

What a mail says in From, In-Reply-To or References is no proof of anything, for anybody can write
it. What proves is a token that we made: it names a thread, until when it holds, and for whom it
was made, and only the channel's key makes one. Base 32, for mail servers change upper and lower
case.
"""

import base64
import hashlib
import hmac
import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

_THREAD, _UNTIL, _MAC, _WHO = 10, 2, 8, 3  # bytes
_PERIOD = timedelta(days=30)  # tokens made in one period are alike, so that they can be made again
_EPOCH = datetime(2020, 1, 1, tzinfo=UTC)
_TOKEN = re.compile(r"(?<![a-z2-7])[a-z2-7]{37}(?![a-z2-7])", re.IGNORECASE)
_MOST = 50  # tokens of one mail that are looked at


class Signed(NamedTuple):
    """What a token says. ``theirs``: it was made for the address that used it."""

    thread: str
    theirs: bool


class Signer:
    """Makes and reads the tokens of one channel."""

    def __init__(self, key: str, address: str) -> None:
        self._key = hashlib.sha256(f"amends mail {address.lower()} {key}".encode()).digest()

    def token(self, thread: str, who: str, until: datetime) -> str:
        """37 letters and digits. ``thread`` is what ``thread_of`` gave."""
        body = unpacked(thread) + _period(until).to_bytes(_UNTIL)
        return packed(body + self._mac(b"thread", body)[:_MAC] + self._who(thread, who))

    def tokens(self, thread: str, who: str, now: datetime, days: int) -> list[str]:
        """The token of now, and the one that an attempt of the last days may have used."""
        until = now + timedelta(days=days)
        return list(
            dict.fromkeys(self.token(thread, who, at) for at in (until, until - timedelta(days=3)))
        )

    def attempt(self, key: str) -> str:
        """A name for an attempt key that tells nothing of it."""
        return packed(self._mac(b"attempt", key.encode())[:10])

    def read(self, texts: Iterable[str], who: str, now: datetime) -> Signed | None:
        """The best token in these texts that holds: one made for ``who`` before any other."""
        found = [one for one in self._held(texts, who, now) if one is not None]
        return next((one for one in found if one.theirs), found[0] if found else None)

    def made(self, texts: Iterable[str]) -> bool:
        """Whether a token of ours is in these texts, whoever it was for and however old."""
        return any(one is not None for one in self._held(texts, "", None))

    def _held(
        self, texts: Iterable[str], who: str, now: datetime | None
    ) -> "Iterator[Signed | None]":
        for token in _tokens(texts):
            raw = unpacked(token)
            body, mac = raw[: _THREAD + _UNTIL], raw[_THREAD + _UNTIL : -_WHO]
            if not hmac.compare_digest(mac, self._mac(b"thread", body)[:_MAC]):
                continue
            thread, until = packed(body[:_THREAD]), int.from_bytes(body[_THREAD:])
            if now is None or _period(now) <= until:
                theirs = hmac.compare_digest(raw[-_WHO:], self._who(thread, who))
                yield Signed(thread, theirs)

    def _who(self, thread: str, who: str) -> bytes:
        return self._mac(b"who", f"{thread} {who.lower()}".encode("utf-8", "replace"))[:_WHO]

    def _mac(self, purpose: bytes, content: bytes) -> bytes:
        return hmac.digest(self._key, purpose + b" " + content, "sha256")


def thread_of(post_id: str) -> str:
    """The thread that a mail begins which is no answer to ours: 16 letters and digits."""
    return packed(hashlib.sha256(post_id.encode("utf-8", "surrogatepass")).digest()[:_THREAD])


def packed(raw: bytes) -> str:
    return base64.b32encode(raw).decode().rstrip("=").lower()


def unpacked(text: str) -> bytes:
    """Raises ``ValueError`` for what is no base 32."""
    return base64.b32decode(text.upper() + "=" * (-len(text) % 8))


def _tokens(texts: Iterable[str]) -> list[str]:
    found: dict[str, None] = {}
    for text in texts:
        for match in _TOKEN.finditer(text):
            found[match[0].lower()] = None
            if len(found) >= _MOST:
                break
    return [token for token in found if _whole(token)]


def _whole(token: str) -> bool:
    """Whether the letters spell whole bytes: the last of 37 letters holds one bit that is none."""
    return packed(unpacked(token)) == token


def _period(at: datetime) -> int:
    return min(max((at - _EPOCH) // _PERIOD, 0), 0xFFFF)
