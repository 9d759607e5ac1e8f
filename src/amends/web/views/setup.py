"""Set-up: the checklist and the brand."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from amends.casework import Action
from amends.desk.actions import save_brand
from amends.desk.models import Brand, Responder
from amends.desk.queries.clocks import rota_gaps
from amends.desk.queries.setup import (
    SamplePost,
    brands_for,
    checklist,
    get_brand_for,
    latest_readings,
)
from amends.desk.queries.speaking import unkept
from amends.web.asking import require
from amends.web.thresholdpage import sight_of
from amends.web.views.setup_forms import BrandForm
from amends.web.views.setup_rota import gap_words
from amends.web.views.setup_shared import accepted, shipped_threshold

NEAREST = 3


@dataclass(frozen=True, slots=True)
class Step:
    """A line of the checklist: ``have`` is what is there, ``todo`` what the button says."""

    name: str
    title: str
    why: str
    have: list[str]
    todo: str
    url: str


_STEPS = (
    ("brand", "Name your brand", "Whose customers this desk looks after.", "Name it"),
    (
        "channel", "Connect an account, or the demo",
        "Where the desk listens and from where it answers.", "Connect one",
    ),
    (
        "watch", "Say what to listen for",
        "Names, products, handles and hashtags, tagged or not.", "Add a watch",
    ),
    ("route", "Give a contact route", "Where customers reach a person in private.", "Write it"),
    ("people", "Invite colleagues", "Responders answer, leads hand out, others read.", "Invite one"),
    (
        "speaking", "Decide who may speak",
        "A policy to acknowledge, and training; until then a role is enough.", "Decide it",
    ),
)  # fmt: skip
"""Name, title, why, and the words of the way there, in the order in which one does them."""


@require_GET
def overview(request: HttpRequest) -> HttpResponse:
    """What is set up and what is missing."""
    person = require(request, Action.SET_UP)
    brands = brands_for(person)
    steps = _steps(request, brands)
    facts = {
        "steps": steps,
        "done": sum(1 for step in steps if step.have),
        "next": next((step.name for step in steps if not step.have), ""),
        "brands": brands,
        "shipped": shipped_threshold(),
        "unkept": unkept(),
        "gaps": [gap_words(gap) for gap in rota_gaps(now=timezone.now())],
    }
    return render(request, "setup/overview.html", facts)


def _steps(request: HttpRequest, brands: list[Brand]) -> list[Step]:
    there = checklist(require(request, Action.SET_UP))
    brand = reverse("brand", args=[brands[0].pk]) if brands else reverse("brand-new")
    have = {
        "brand": (there.brands, reverse("brand-new")),
        "channel": (there.channels, reverse("channels")),
        "watch": (there.watches, reverse("watch-new")),
        "route": (there.routes, brand),
        "people": (there.colleagues, reverse("invite")),
        "speaking": (there.speaking, reverse("speaking")),
    }
    return [
        Step(name, title, why, have[name][0], todo, have[name][1])
        for name, title, why, todo in _STEPS
    ]


@require_http_methods(["GET", "POST"])
def brand_form(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """Create or change a brand; without scripts "Show count" draws the page with the count."""
    person = require(request, Action.SET_UP)
    brand = get_brand_for(person, pk) if pk is not None else None
    form = BrandForm(request.POST or None, initial=_initial(brand))
    counting = "count" in request.POST
    if not counting and accepted(form, lambda: save_brand(brand, by=person, **form.cleaned_data)):
        messages.success(request, f"{form.cleaned_data['name']} is saved.")
        return redirect("setup")
    facts = {"form": form, "brand": brand, "shipped": shipped_threshold()}
    facts |= _count(form, brand, person)
    refused = bool(form.is_bound and form.errors and not counting)
    return render(request, "setup/brand.html", facts, status=400 if refused else 200)


def _initial(brand: Brand | None) -> dict[str, Any]:
    if brand is None:
        return {}
    names = ("name", "contact_route", "threshold")
    return {name: getattr(brand, name) for name in names}


def _count(form: BrandForm, brand: Brand | None, person: Responder) -> dict[str, Any]:
    typed = form.cleaned_data.get("threshold") if form.is_bound and form.is_valid() else None
    kept = brand.threshold if brand and not form.is_bound else None
    return threshold_facts(typed or kept, person)


@require_GET
def threshold_sample(request: HttpRequest) -> HttpResponse:
    """How many stored posts the typed threshold would catch: a part of the brand's page."""
    person = require(request, Action.SET_UP)
    field = BrandForm.base_fields["threshold"]
    try:
        typed = field.clean(request.GET.get("threshold", ""))
    except ValidationError as error:
        return render(request, "setup/_threshold.html", {"error": " ".join(error.messages)})
    return render(request, "setup/_threshold.html", threshold_facts(typed, person))


def threshold_facts(threshold: float | None, person: Responder) -> dict[str, Any]:
    """The count among the newest posts, the nearest posts on both sides of the line, and what the line
    catches of the desk's own corrected posts."""
    line = threshold or shipped_threshold()
    posts = latest_readings()
    caught = sorted((p for p in posts if _score(p) >= line), key=_score)
    missed = sorted((p for p in posts if _score(p) < line), key=_score, reverse=True)
    return {
        "line": line,
        "shipped": shipped_threshold(),
        "sight": sight_of(person, line, now=timezone.now()),
        "looked_at": len(posts),
        "caught": len(caught),
        "share": len(caught) / len(posts) if posts else 0.0,
        "just_in": caught[:NEAREST],
        "just_out": missed[:NEAREST],
    }


def _score(post: SamplePost) -> float:
    return post.complaint or 0.0
