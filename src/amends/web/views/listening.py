"""Listening: how the channels are, how far they were read, and what did not become a mention."""

from collections.abc import Mapping
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from amends.casework import Action
from amends.desk.models import ImportRun
from amends.desk.queries.listened import (
    cursors_for,
    days_before,
    dead_letters_for,
    drops_for,
    imports_for,
)
from amends.web.asking import require
from amends.web.views.setup_channels import health_rows

REASONS: Final[Mapping[str, str]] = {
    "seen_before": "Stored already: a network sends some posts more than once.",
    "own_post": "Written by our own account.",
    "repost": "A bare repost; the post itself is heard where it stands.",
    "empty": "No text to read.",
    "no_watch": "No watch matched, and it was not written to us.",
}
COUNTS: Final = ("read", "kept", "dropped", "dead", "cases_opened")
RAW = 400


@require_GET
def show(request: HttpRequest) -> HttpResponse:
    """Everything about listening on one page."""
    person = require(request, Action.SEE_HEARD)
    days = days_before(timezone.now().date())
    letters, letters_all = dead_letters_for(person)
    facts = {
        "rows": health_rows(person),
        "has_cluster": bool(settings.AMENDS_NATS),
        "cursors": cursors_for(person),
        "days": days,
        "drops": [(row, REASONS.get(row.reason, "")) for row in drops_for(person, days=days)],
        "letters": [(letter, letter.raw[:RAW]) for letter in letters],
        "letters_all": letters_all,
        "imports": [(run, counts_of(run)) for run in imports_for(person)],
    }
    return render(request, "listening/listening.html", facts)


@require_GET
def cluster(request: HttpRequest) -> HttpResponse:
    """How the cluster stands: a part of that page, which does not wait for it."""
    require(request, Action.SEE_HEARD)
    if not settings.AMENDS_NATS:
        return HttpResponse(status=204)
    from amends.web import clusterpage  # whoever has no cluster need not load what speaks to one

    facts = {"standing": clusterpage.standing(now=timezone.now())}
    return render(request, "listening/_cluster.html", facts)


def counts_of(run: ImportRun) -> list[tuple[str, int]]:
    """What became of the lines, by name; reasons for dropping stand behind "dropped"."""
    counts: list[tuple[str, int]] = []
    # A database may give the names in an order of its own.
    for name, value in sorted(run.counts.items(), key=lambda pair: (_place(pair[0]), pair[0])):
        if isinstance(value, int):
            counts.append((name.replace("_", " "), value))
        elif isinstance(value, dict):
            dropped = sorted(value.items())
            counts += [(f"dropped: {reason.replace('_', ' ')}", n) for reason, n in dropped]
    return counts


def _place(name: str) -> int:
    return COUNTS.index(name) if name in COUNTS else len(COUNTS)
