"""What we write: lengths, links and names found in a text, and the key a reply is stored under."""

import hashlib
from collections.abc import Awaitable, Callable
from typing import Any

from amends.terms import ConnectorError
from amends.text import graphemes

LIMIT = 300  # graphemes of a post
MESSAGE_LIMIT = 1000  # graphemes of a private message
_BYTES = {LIMIT: 3_000, MESSAGE_LIMIT: 10_000}

_ALPHABET = "234567abcdefghijklmnopqrstuvwxyz"
_FIRST_MICROSECOND = 1_672_531_200_000_000  # 2023-01-01
_SPAN = 1 << 45  # microseconds: 407 days

Resolve = Callable[[str], Awaitable[str | None]]
"""From a handle to its DID; None where there is no such account."""


def check_length(text: str, limit: int) -> None:
    """Raise ``ConnectorError`` where Bluesky would not take the text, or has none."""
    if not text.strip():
        msg = "The reply is empty; write something."
        raise ConnectorError(msg)
    if (count := graphemes(text)) > limit:
        msg = f"Bluesky takes {limit} characters; this has {count}. Shorten it."
        raise ConnectorError(msg)
    try:
        size = len(text.encode())
    except UnicodeEncodeError as error:
        msg = "The reply holds half a character; write that place anew."
        raise ConnectorError(msg) from error
    if size > _BYTES[limit]:
        msg = f"Bluesky takes {_BYTES[limit]:,} bytes; this has more. Use fewer emoji or accents."
        raise ConnectorError(msg)


def record_key(account_id: str, attempt: str) -> str:
    """The record key of an attempt: the same for the same account and attempt, always.

    It has the form of a TID, which Bluesky demands of posts: 13 letters for 53 bits of microseconds
    and 10 bits of a clock's number. The time is taken from the hash too, and lies within 407 days
    from 2023 on, because servers may refuse a key that lies in the future. That leaves 55 bits:
    among a million replies of one account two share a key with odds of 1 in 70,000.
    """
    digest = hashlib.sha256(f"{account_id}\n{attempt}".encode("utf-8", "surrogatepass")).digest()
    number = int.from_bytes(digest[:8])
    micros = _FIRST_MICROSECOND + (number >> 10) % _SPAN
    return "".join(_ALPHABET[(micros << 10 | number & 1023) >> n & 31] for n in range(60, -1, -5))


async def find_facets(text: str, resolve: Resolve) -> list[dict[str, Any]]:
    """Links, tags and mentions of a text as facets, sorted; offsets count bytes of UTF-8."""
    from atproto_client.utils.facet_detection import detect_facets, detect_mentions

    facets = [facet.model_dump(by_alias=True, exclude_none=True) for facet in detect_facets(text)]
    for mention in detect_mentions(text):
        did = await resolve(mention.handle.lower())
        if did is not None:
            facets.append(
                {
                    "$type": "app.bsky.richtext.facet",
                    "index": {"byteStart": mention.byte_start, "byteEnd": mention.byte_end},
                    "features": [{"$type": "app.bsky.richtext.facet#mention", "did": did}],
                }
            )
    return sorted(facets, key=lambda facet: int(facet["index"]["byteStart"]))
