"""How each network counts a reply, and what it costs there."""

import re
from typing import Literal, NamedTuple

from amends.guard.facts import CaseFacts
from amends.terms import Traits
from amends.text import length

_LINK = re.compile(r"https?://[^\s<>\"]+|\b(?:www\.)[^\s<>\"]+")
_FAR_HANDLE = re.compile(r"(@\w{1,64})@[\w.-]{1,200}")
# X counts these as one and everything else as two (its "weighted length").
_LIGHT = re.compile(r"[\u0000-\u10ff\u2000-\u200d\u2010-\u201f\u2032-\u2037]")
_EMOJI = re.compile(
    r"[\U0001f000-\U0001faff\u2600-\u27bf\u2b00-\u2bff][\ufe0f\U0001f3fb-\U0001f3ff]?(?:\u200d[\U0001f000-\U0001faff\u2600-\u27bf]\ufe0f?)*"
)


class Manners(NamedTuple):
    """``link`` is what any link counts, None where it counts as written. ``near`` says that of
    ``@name@server`` only ``@name`` counts. ``dear_link`` is what a link adds to a post's price."""

    limit: int
    private_limit: int
    unit: Literal["graphemes", "characters", "bytes", "weighted"] = "characters"
    link: int | None = None
    near: bool = False
    dear_link: str = ""


NETWORKS: dict[str, Manners] = {
    "x": Manners(280, 10_000, "weighted", link=23, dear_link="$0.20 instead of $0.015"),
    "bluesky": Manners(300, 1000, "graphemes"),
    "mastodon": Manners(500, 500, "characters", link=23, near=True),
    "threads": Manners(500, 1000),
    "facebook": Manners(8000, 20_000),
    "instagram": Manners(2200, 1000),
    "linkedin": Manners(1250, 8000),
    "reddit": Manners(10_000, 10_000),
    "youtube": Manners(10_000, 10_000),
    "googleplay": Manners(350, 350),
}
_ALIASES = {
    "twitter": "x",
    "bsky": "bluesky",
    "fediverse": "mastodon",
    "google_play": "googleplay",
    "meta": "facebook",
}


def manners_of(network: str) -> Manners | None:
    """How a network counts, by its name; None for one not known here."""
    name = network.strip().casefold().replace(" ", "").removesuffix(".com")
    return NETWORKS.get(_ALIASES.get(name, name))


def counted_length(text: str, manners: Manners) -> int:
    """The length of a text as the network counts."""
    links = 0
    if manners.link is not None:
        text, number = _LINK.subn("", text)
        links = number * manners.link
    if manners.near:
        text = _FAR_HANDLE.sub(r"\1", text)
    if manners.unit == "weighted":
        return links + _weighted(text)
    return links + length(text, manners.unit)


def _weighted(text: str) -> int:
    if text.isascii():
        return len(text)
    plain, emoji = _EMOJI.subn("", text)
    light = len(_LIGHT.findall(plain))
    return 2 * emoji + light + 2 * (len(plain) - light)


def over_limit(text: str, facts: CaseFacts, traits: Traits | None) -> tuple[int, int] | None:
    """``(length, limit)`` where a reply is longer than its network takes. Traits go before what is
    known of the network by name."""
    known = manners_of(facts.network)
    if traits is not None:
        limit = traits.limit if facts.public else traits.message_limit
        unit = known.unit if known is not None and known.unit == "weighted" else traits.unit
        manners = (known or Manners(limit, limit))._replace(unit=unit)
    elif known is not None:
        manners, limit = known, known.limit if facts.public else known.private_limit
    else:
        return None
    counted = counted_length(text, manners)
    return (counted, limit) if counted > limit else None
