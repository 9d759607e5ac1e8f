"""Watches: what the desk listens for, with a live sample of what a watch would catch."""

from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from amends.casework import Action
from amends.desk.actions import remove_watch, save_watch
from amends.desk.models import Brand, WatchRow
from amends.desk.queries.setup import (
    SamplePost,
    brands_for,
    get_watch_for,
    latest_posts,
    watches_for,
)
from amends.matching import compile as compile_queries
from amends.matching import query_of
from amends.terms import Author, BadInput, Post, WatchKind
from amends.web.asking import require
from amends.web.marks import Piece, marked
from amends.web.views.setup_forms import WatchForm
from amends.web.views.setup_shared import accepted, sentence

SHOWN = 10
LISTS = ("phrases", "handles", "hashtags")


@dataclass(frozen=True, slots=True)
class Sample:
    """What a watch would have caught among the newest ``looked_at`` stored posts."""

    looked_at: int = 0
    found: int = 0
    shown: list[tuple[SamplePost, list[Piece]]] = field(default_factory=list)
    error: str = ""
    empty: bool = False


def take_sample(phrases: list[str], handles: list[str], hashtags: list[str]) -> Sample:
    """Match the newest stored posts. A query that cannot be read is the sample's ``error``."""
    if not (phrases or handles or hashtags):
        return Sample(empty=True)
    try:
        matcher = compile_queries({"watch": query_of(phrases, handles, hashtags)})
    except BadInput as error:
        return Sample(error=sentence(error))
    posts = latest_posts()
    matches = matcher.batch([_post_of(post) for post in posts])
    hits = [post for post, match in zip(posts, matches, strict=True) if match]
    shown = [(post, marked(post.text, matcher)) for post in hits[:SHOWN]]
    return Sample(len(posts), len(hits), shown)


def _post_of(post: SamplePost) -> Post:
    author = Author(handle=post.handle or None)
    return Post(id="stored", text=post.text, network=post.network, author=author)


@require_GET
def listing(request: HttpRequest) -> HttpResponse:
    """All watches, with how much each has heard."""
    person = require(request, Action.SET_UP)
    order = list(WatchKind)
    watches = sorted(watches_for(person), key=lambda w: (order.index(WatchKind(w.kind)), w.name))
    facts = {"watches": watches, "brands": brands_for(person)}
    return render(request, "setup/watches.html", facts)


@require_http_methods(["GET", "POST"])
def form(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """Create or change a watch; without scripts "Show sample" draws the page with the sample."""
    person = require(request, Action.SET_UP)
    watch = get_watch_for(person, pk) if pk is not None else None
    brands = brands_for(person)
    if not brands:
        messages.error(request, "A watch belongs to a brand. Name your brand first.")
        return redirect("brand-new")
    typed = WatchForm(request.POST or None, initial=_initial(watch) or _fresh(request, brands))
    sampling = "sample" in request.POST
    if not sampling and accepted(typed, lambda: save_watch(watch, by=person, **_facts(typed))):
        messages.success(request, f"The desk listens for {typed.cleaned_data['name']}.")
        return redirect("watches")
    facts = {
        "form": typed,
        "watch": watch,
        "brands": brands,
        "sample": _sample_of(typed, watch),
        "competitor": str(WatchKind.COMPETITOR),
    }
    refused = typed.is_bound and not sampling
    return render(request, "setup/watch.html", facts, status=400 if refused else 200)


def _fresh(request: HttpRequest, brands: list[Brand]) -> dict[str, Any]:
    """A new watch as a link may ask for it."""
    kind = request.GET.get("kind", "")
    asked = {"kind": kind} if kind in set(WatchKind) else {}
    return {"brand": brands[0].pk, **asked}


def _facts(typed: WatchForm) -> dict[str, Any]:
    return typed.cleaned_data | {"kind": WatchKind(typed.cleaned_data["kind"])}


def _initial(watch: WatchRow | None) -> dict[str, Any]:
    if watch is None:
        return {}
    lists = {name: "\n".join(getattr(watch, name)) for name in LISTS}
    return {"brand": watch.brand_id, "kind": watch.kind, "name": watch.name, **lists}


def _sample_of(typed: WatchForm, watch: WatchRow | None) -> Sample:
    if typed.is_bound:
        typed.is_valid()  # fills cleaned_data with what could be read
        wrong = [str(error) for name in LISTS for error in typed.errors.get(name, [])]
        return Sample(error=wrong[0]) if wrong else take_sample(*typed.lists())
    if watch is not None:
        return take_sample(watch.phrases, watch.handles, watch.hashtags)
    return Sample(empty=True)


@require_POST
def sample(request: HttpRequest) -> HttpResponse:
    """The sample alone: a part of the form's page, asked for while somebody types."""
    require(request, Action.SET_UP)
    typed = WatchForm(request.POST)
    return render(request, "setup/_sample.html", {"sample": _sample_of(typed, None)})


@require_POST
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Stop listening for it; what it heard stays."""
    person = require(request, Action.SET_UP)
    watch = get_watch_for(person, pk)
    remove_watch(watch, by=person)
    messages.success(request, f"The desk no longer listens for {watch.name}. What it heard stays.")
    return redirect("watches")
