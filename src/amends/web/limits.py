"""How often somebody may try to sign in. Counted in Django's cache, which holds no table.

The cache is this process's memory unless an operator configures another, so a restart forgets.
A pair of address and peer is slowed first: a stranger who guesses at an address must not lock its
owner out from elsewhere at once.
"""

import hashlib
from typing import Final

from django.core.cache import cache

WINDOW_S: Final = 15 * 60
PER_PAIR: Final = 5
PER_PEER: Final = 40
PER_ADDRESS: Final = 60


def _keys(email: str, peer: str) -> dict[str, int]:
    def key(*parts: str) -> str:
        joined = "\n".join(parts).encode("utf-8", "surrogatepass")
        return "sign-in:" + hashlib.sha256(joined).hexdigest()

    email = email.strip().lower()
    return {
        key("pair", email, peer): PER_PAIR,
        key("peer", peer): PER_PEER,
        key("address", email): PER_ADDRESS,
    }


def may_try(email: str, peer: str) -> bool:
    """Whether one more attempt is allowed; ``peer`` is the address the connection came from."""
    return all(int(cache.get(key, 0)) < most for key, most in _keys(email, peer).items())


def note_failure(email: str, peer: str) -> None:
    for key in _keys(email, peer):
        cache.add(key, 0, WINDOW_S)
        cache.incr(key)


def forget_failures(email: str, peer: str) -> None:
    """After a success the pair starts anew; the peer's and the address's counts run on."""
    cache.delete(next(iter(_keys(email, peer))))
