"""Heads-ups: the notes in which somebody was named."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from amends.casework import Action
from amends.desk.actions.together import see_heads_ups
from amends.desk.queries.together import heads_ups_for, heads_ups_unseen
from amends.web.asking import require


@require_GET
def listing(request: HttpRequest) -> HttpResponse:
    """One's own, the unseen ones first. Opening a case sees those on it."""
    person = require(request, Action.SEE_CASES)
    rows = heads_ups_for(person)
    facts = {"heads_ups": rows, "unseen": sum(row.seen_at is None for row in rows)}
    return render(request, "heads_ups/heads_ups.html", facts)


@require_POST
def seen(request: HttpRequest) -> HttpResponse:
    person = require(request, Action.SEE_CASES)
    see_heads_ups(by=person, now=timezone.now())
    messages.success(request, "All of them are seen.")
    return redirect("heads-ups")


@require_GET
def count(request: HttpRequest) -> HttpResponse:
    """How many are new: a part of the navigation."""
    person = require(request, Action.SEE_CASES)
    return render(request, "parts/_unseen.html", {"unseen": heads_ups_unseen(person)})
