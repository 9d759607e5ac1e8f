"""A channel's settings; ``README.md`` explains each."""

import base64
import hashlib
from urllib.parse import urlsplit

import msgspec

from amends.terms import BadInput, Channel, Credentials

MOST_FEEDS = 200
_NAMES = ("feeds", "to_us", "poll_seconds", "begin_hours")
_SHOWN = 200  # characters of a source's name


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """``feeds`` are addresses by the names of their sources; times in seconds and hours."""

    feeds: dict[str, str]
    to_us: bool = False
    poll_seconds: float = 300.0
    begin_hours: float = 168.0


def read_settings(channel: Channel) -> Settings:
    """The settings of a channel. Raises ``BadInput`` that names the one to mend."""
    given = {name: value.strip() for name, value in channel.settings.items() if value.strip()}
    unknown = sorted(set(given) - set(_NAMES))
    if unknown:
        raise BadInput(f"Feeds have no setting {unknown[0]!r}; they have {', '.join(_NAMES)}.")
    if given.get("to_us", "no") not in ("yes", "no"):
        raise BadInput(f"to_us is {given['to_us']!r}; write yes or no.")
    return Settings(
        feeds=read_feeds(given.get("feeds", "")),
        to_us=given.get("to_us") == "yes",
        poll_seconds=_above_0(given, "poll_seconds", 300.0),
        begin_hours=_above_0(given, "begin_hours", 168.0),
    )


def sign_in(settings: Settings, credentials: Credentials) -> dict[str, str]:
    """The headers that sign us in; none without ``user`` and ``password``.

    Raises ``BadInput`` where they would go to more than one host.
    """
    user, password = (credentials.values.get(name, "") for name in ("user", "password"))
    if not user and not password:
        return {}
    if len({urlsplit(address).netloc for address in settings.feeds.values()}) > 1:
        msg = "User and password would go to several hosts; connect the feeds of each host apart."
        raise BadInput(msg)
    pair = base64.b64encode(f"{user}:{password}".encode()).decode()
    return {"authorization": f"Basic {pair}"}


def check_feed(address: str) -> None:
    """Raise ``BadInput`` for what is no address of a feed."""
    try:
        parts = urlsplit(address)
        whole = bool(parts.hostname) and not parts.username and not parts.password
    except ValueError:
        whole = False
    if not whole or not address.startswith(("http://", "https://")):
        raise BadInput(f"feeds holds {address[:80]!r}; write it like https://blog.example/feed.")


def read_feeds(told: str) -> dict[str, str]:
    """Addresses, apart by blanks, by the names of their sources. Raises ``BadInput``."""
    addresses = list(dict.fromkeys(told.split()))
    if not addresses:
        raise BadInput("feeds is empty; write the addresses of feeds, one a line.")
    if len(addresses) > MOST_FEEDS:
        raise BadInput(f"feeds holds {len(addresses)} addresses; a channel takes {MOST_FEEDS}.")
    for address in addresses:
        check_feed(address)
    return {_source(address): address for address in addresses}


def _source(address: str) -> str:
    """The name under which a feed's place is stored and its health is shown: without a query,
    which may hold a key."""
    plain = address.partition("://")[2].partition("#")[0]
    shown, _, query = plain.partition("?")
    if query or len(shown) > _SHOWN or address.startswith("http://"):
        digest = hashlib.sha256(address.encode("utf-8", "surrogatepass")).hexdigest()
        shown = f"{shown[:_SHOWN]} {digest[:8]}"
    return f"feed:{shown}"


def _above_0(given: dict[str, str], name: str, otherwise: float) -> float:
    try:
        number = float(given.get(name, otherwise))
    except ValueError:
        number = 0.0
    if not 0 < number < 1e6:
        raise BadInput(f"{name} is {given[name]!r}; write a number above 0.")
    return number
