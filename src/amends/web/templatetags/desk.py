"""Filters and tags: icons, times, and text that strangers wrote."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import cache, lru_cache
from typing import Final
from urllib.parse import urlsplit

from django import template
from django.templatetags.static import static
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from amends.casework.hours import zone_named
from amends.casework.scheduling import on_the_wall, said_there
from amends.desk.models import Case, ChannelRow, PostRow
from amends.desk.queries.handoffs import NETWORK
from amends.terms import network_name, written_handle
from amends.text import mark_hidden
from amends.web.words import span

register = template.Library()


@register.simple_tag
@lru_cache(256)
def icon(name: str) -> SafeString:
    """A picture from the sprite; hidden from screen readers, so a word must stand beside it."""
    return format_html(
        '<svg class="icon" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>',
        static("icons.svg"),
        name,
    )


@register.simple_tag(name="static")
@cache
def address_of_file(name: str) -> str:
    """As Django's own tag; but each address is put together once, and a page has a dozen."""
    return static(name)


@register.filter
def hostile(text: str | None) -> str:
    """Text a stranger wrote, with what is invisible shown as marks. Escaped like any other."""
    return mark_hidden(text or "")


@register.filter
def at(handle: str, network: str) -> str:
    """A handle as it is written on its network: with an @ where that has handles."""
    return written_handle(handle, network)


@register.filter
def network(slug: str | None) -> str:
    """What a network is called."""
    return network_name(slug or "")


@register.filter
def account(channel: ChannelRow) -> str:
    """Our account as people know it: its handle, or whose private pages it writes on."""
    if channel.network == NETWORK:
        return f"the private pages of {channel.brand.name}"
    return written_handle(channel.handle, channel.network)


@register.filter
def writer(post: PostRow, case: Case) -> str:
    """Who wrote a post of a case, "" where that was erased. On a private page we stand as the brand:
    the account behind it is a name that nobody knows."""
    if post.ours and post.network == NETWORK:
        return hostile(case.brand.name)
    return written_handle(hostile(post.author.handle), post.network) if post.author else ""


_LINK: Final = re.compile(r"https?://[^\s<>\"']+", re.IGNORECASE)
_TAIL: Final = ".,;:!?)]}…"


@register.filter
def wall(moment: datetime | None, zone: str) -> str:
    """A moment by the clock of a zone, as a field for date and time holds it."""
    return on_the_wall(moment, zone) if moment else ""


@register.filter
def there(moment: datetime | None, zone: str) -> str:
    """A moment in words by the clock of a zone: ``Sunday 29 March, 09:30 (UTC+2)``."""
    return said_there(moment, zone) if moment else ""


@register.filter
def shortly(moment: datetime | None, zone: str) -> str:
    """The same where there is little room: ``29 Mar, 09:30``."""
    return f"{moment.astimezone(zone_named(zone)):%-d %b, %H:%M}" if moment else ""


@register.filter
def typed_again(pk: int | str, typed: Mapping[str, str]) -> Mapping[str, str]:
    """What was typed into the form of one row that was refused, "" being a new one; nothing for its
    likes."""
    return typed if typed.get("pk", "") == str(pk) else {}


@register.filter
def of(name: str, number: object) -> str:
    """The id of one field among its likes: ``promise-due-3``."""
    return f"{name}{number}"


@register.filter
def linked(text: str | None) -> SafeString:
    """Text a stranger wrote, with its web addresses as links that carry nothing with them."""
    shown, parts, at = hostile(text), list[tuple[str, SafeString]](), 0
    for found in _LINK.finditer(shown):
        address = found.group().rstrip(_TAIL)
        parts.append((shown[at : found.start()], _anchor(address)))
        at = found.start() + len(address)
    return format_html_join("", "{}{}", [*parts, (shown[at:], SafeString(""))])


def _anchor(address: str) -> SafeString:
    if not weburl(address):
        return format_html("{}", address)
    return format_html(
        '<a href="{}" rel="noopener noreferrer nofollow ugc" target="_blank">{}</a>',
        address,
        address,
    )


@register.filter
def weburl(address: str | None) -> str:
    """The address where it is a web address, else nothing: no other kind becomes a link."""
    try:
        parts = urlsplit(address or "")
    except ValueError:
        return ""
    return address or "" if parts.scheme in {"http", "https"} and parts.hostname else ""


@register.filter
def percent(share: float | None) -> str:
    return "" if share is None else f"{share:.0%}".replace("%", " %")


@register.filter
def iso(moment: datetime | None) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds") if moment else ""


@register.filter
def exact(moment: datetime | None) -> str:
    return moment.astimezone(UTC).strftime("%-d %B %Y, %H:%M:%S UTC") if moment else ""


@register.filter
def since(moment: datetime | None, now: datetime | None = None) -> str:
    """How long ago, in one unit: ``4 min``, ``3 h``, ``2 d``."""
    if moment is None:
        return ""
    return span((now or datetime.now(UTC)) - moment)


@register.filter
def due(moment: datetime | None, what: str, now: datetime | None = None) -> str:
    """A clock in words: ``answer due in 12 min``, ``answer late by 3 h``."""
    if moment is None:
        return ""
    left = moment - (now or datetime.now(UTC))
    said = f"due in {span(left)}" if left > timedelta(0) else f"late by {span(-left)}"
    return f"{what} {said}".strip()


@register.filter
def late(moment: datetime | None, now: datetime | None = None) -> bool:
    return moment is not None and moment <= (now or datetime.now(UTC))
