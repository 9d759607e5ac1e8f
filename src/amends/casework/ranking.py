"""Where an address stands among what a search found (R20)."""

from collections.abc import Sequence
from typing import Final
from urllib.parse import parse_qsl, urlencode, urlsplit

from amends.terms import BadInput

LONGEST_QUERY: Final = 200
LONGEST_ADDRESS: Final = 2000
LAST_PLACE: Final = 1000  # farther down nobody looks by hand
_FOLLOWERS: Final = ("utm_", "fbclid", "gclid", "ref", "s", "t", "igsh", "si")


def same_page(address: str) -> str:
    """An address as far as it names a page: without scheme, ``www.``, the mark after ``#``, what
    follows people about, and the slash at the end."""
    try:
        parts = urlsplit(address.strip())
    except ValueError:
        return address.strip().casefold()
    host = (parts.hostname or "").removeprefix("www.").removeprefix("m.").removeprefix("mobile.")
    kept = [
        (name, value)
        for name, value in parse_qsl(parts.query, keep_blank_values=True)
        if not (name in _FOLLOWERS or name.startswith("utm_"))
    ]
    query = f"?{urlencode(sorted(kept))}" if kept else ""
    return f"{host}{parts.path.rstrip('/')}{query}"


def place_of(address: str, found: Sequence[str]) -> int | None:
    """The place of an address among what was found, the first being 1; None where it is not there."""
    wanted = same_page(address)
    places = (place for place, one in enumerate(found, start=1) if same_page(one) == wanted)
    return next(places, None)


def check_ranked(query: str, address: str) -> tuple[str, str]:
    """A query and an address as they are kept. Raises ``BadInput``."""
    query, address = " ".join(query.split()), address.strip()
    if not 0 < len(query) <= LONGEST_QUERY:
        raise BadInput(f"Write what people search for, in 1 to {LONGEST_QUERY} characters.")
    try:
        parts = urlsplit(address)
        right = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        right = False
    if not right or len(address) > LONGEST_ADDRESS or any(one.isspace() for one in address):
        raise BadInput("Write the complaint's address, such as https://example.org/post/1.")
    return query, address


def check_place(typed: str) -> int | None:
    """A place that a person saw; None where it was nowhere to be seen. Raises ``BadInput``."""
    typed = typed.strip()
    if typed in ("", "0", "-"):
        return None
    if not typed.isdecimal() or not 0 < int(typed[:9]) <= LAST_PLACE:
        raise BadInput(
            f"A place is a whole number from 1 to {LAST_PLACE}; leave it empty where it is not found."
        )
    return int(typed)
