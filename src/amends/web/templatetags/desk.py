"""Filters and tags: icons, times, and text that strangers wrote."""

from datetime import UTC, datetime

from django import template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

from amends.text import mark_hidden

register = template.Library()


@register.simple_tag
def icon(name: str) -> SafeString:
    """A picture from the sprite; hidden from screen readers, so a word must stand beside it."""
    return format_html(
        '<svg class="icon" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>',
        static("icons.svg"),
        name,
    )


@register.filter
def hostile(text: str | None) -> str:
    """Text a stranger wrote, with what is invisible shown as marks. Escaped like any other."""
    return mark_hidden(text or "")


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
    seconds = max(0, int(((now or datetime.now(UTC)) - moment).total_seconds()))
    if seconds < 60:
        return "under a minute"
    if seconds < 3600:
        return f"{seconds // 60} min"
    if seconds < 172_800:
        return f"{seconds // 3600} h"
    return f"{seconds // 86_400} d"
