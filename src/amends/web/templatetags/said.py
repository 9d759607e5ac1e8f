"""Days and times for customers, in the language of their page."""

from datetime import UTC, datetime, timedelta

from django import template
from django.utils.timesince import timesince
from django.utils.translation import gettext as _

from amends.web import languages

register = template.Library()
register.filter("day_said", languages.day_said)
register.filter("moment_said", languages.moment_said)


@register.filter
def ago_said(moment: datetime, now: datetime | None = None) -> str:
    """How long ago, in one unit: ``4 minutes ago``, ``2 Tage her``."""
    now = now or datetime.now(UTC)
    if now - moment < timedelta(minutes=1):
        return _("just now")
    return _("%(span)s ago") % {"span": timesince(moment, now, depth=1)}
