"""Watches: what the desk listens for, with a live sample of what a watch would catch."""

from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from amends.casework import Action
from amends.desk.actions import remove_watch, save_watch
from amends.desk.models import Brand, WatchRow
from amends.desk.queries.setup import MANY, brands_for, get_watch_for, heard_by, watches_for
from amends.matching import parse, query_of
from amends.matching import render as print_query
from amends.terms import BadInput, WatchKind
from amends.web.asking import require
from amends.web.sampling import Sample, may_sample, take_sample
from amends.web.views.setup_forms import WatchForm
from amends.web.views.setup_shared import accepted, sentence

MOST_SHOWN = 200
LISTS = ("phrases", "handles", "hashtags")
TOO_OFTEN = "That was tried often in this minute. Wait a moment; saving works all the same."


@require_GET
def listing(request: HttpRequest) -> HttpResponse:
    """The watches, with how much each has heard; of many, those that one searches for."""
    person = require(request, Action.SET_UP)
    words = request.GET.get("words", "").replace("\0", "").strip()[:100]
    found = watches_for(person)
    if words:
        found = found.filter(Q(name__icontains=words) | Q(query__icontains=words))
    order, count = list(WatchKind), found.count()
    watches = sorted(found[:MOST_SHOWN], key=lambda w: (order.index(WatchKind(w.kind)), w.name))
    heard = heard_by(watches)
    facts = {
        "watches": [(watch, heard.get(watch.pk, 0)) for watch in watches],
        "count": count,
        "words": words,
        "many": MANY,
        "most": MOST_SHOWN,
        "brands": brands_for(person),
    }
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
    trying = {"sample", "turn"} & set(request.POST)
    if "turn" in request.POST:
        typed = _turned(typed)
    if not trying and accepted(typed, lambda: save_watch(watch, by=person, **_facts(typed))):
        messages.success(request, f"The desk listens for {typed.cleaned_data['name']}.")
        return redirect("watches")
    facts = {
        "form": typed,
        "watch": watch,
        "brands": brands,
        "sample": _sample_of(person.pk, typed, watch),
        "by_query": typed["how"].value() == "query",
        "competitor": str(WatchKind.COMPETITOR),
    }
    refused = typed.is_bound and not trying
    return render(request, "setup/watch.html", facts, status=400 if refused else 200)


def _turned(typed: WatchForm) -> WatchForm:
    """The same form with its lists written as a query; as it was where they cannot be."""
    typed.is_valid()  # fills cleaned_data with what could be read
    try:
        query = print_query(parse(query_of(*typed.lists())))
    except BadInput as error:
        typed.add_error(None, sentence(error))
        return typed
    data = {name: typed[name].value() for name in typed.fields}
    handles = data["handles"]
    data |= dict.fromkeys(LISTS, "") | {"how": "query", "query": query, "accounts": handles}
    return WatchForm(data)


def _fresh(request: HttpRequest, brands: list[Brand]) -> dict[str, Any]:
    """A new watch as a link may ask for it."""
    kind = request.GET.get("kind", "")
    asked = {"kind": kind} if kind in set(WatchKind) else {}
    return {"brand": brands[0].pk, **asked}


def _facts(typed: WatchForm) -> dict[str, Any]:
    facts = {name: typed.cleaned_data[name] for name in ("brand", "name", *LISTS)}
    facts["kind"] = WatchKind(typed.cleaned_data["kind"])
    if typed.by_query():
        query = typed.cleaned_data["query"]
        if not query.strip():
            raise BadInput("Write the query, such as: halcyon (late OR lost)")
        facts |= {"query": query, "handles": typed.cleaned_data["accounts"]}
    return facts


def _initial(watch: WatchRow | None) -> dict[str, Any]:
    if watch is None:
        return {}
    facts = {"brand": watch.brand_id, "kind": watch.kind, "name": watch.name}
    if watch.by_query:
        accounts = "\n".join(watch.handles)
        return facts | {"how": "query", "query": watch.query, "accounts": accounts}
    return facts | {name: "\n".join(getattr(watch, name)) for name in LISTS}


def _sample_of(person: int, typed: WatchForm, watch: WatchRow | None) -> Sample:
    """The sample of what is typed, else of the watch as it is."""
    if not typed.is_bound:
        return take_sample(watch.query) if watch is not None else Sample(empty=True)
    if not may_sample(person):
        return Sample(error=TOO_OFTEN)
    typed.is_valid()  # fills cleaned_data with what could be read
    if typed.by_query():
        wrong = [str(error) for error in typed.errors.get("query", [])]
        return Sample(error=wrong[0]) if wrong else take_sample(typed.cleaned_data["query"])
    wrong = [str(error) for name in LISTS for error in typed.errors.get(name, [])]
    if wrong or not any(typed.lists()):
        return Sample(error=wrong[0]) if wrong else Sample(empty=True)
    try:
        return take_sample(query_of(*typed.lists()))
    except BadInput as error:
        return Sample(error=sentence(error))


@require_POST
def sample(request: HttpRequest) -> HttpResponse:
    """The sample alone: a part of the form's page, asked for while somebody types."""
    person = require(request, Action.SET_UP)
    shown = _sample_of(person.pk, WatchForm(request.POST), None)
    return render(request, "setup/_sample.html", {"sample": shown})


@require_POST
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Stop listening for it; what it heard stays."""
    person = require(request, Action.SET_UP)
    watch = get_watch_for(person, pk)
    remove_watch(watch, by=person)
    messages.success(request, f"The desk no longer listens for {watch.name}. What it heard stays.")
    return redirect("watches")
