"""Heard: every public post that a watch matched, whether a case came of it or not."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from amends.casework import Action
from amends.casework.intake import PRAISE, QUESTION
from amends.desk.actions.manual import may_open, open_case_by_hand
from amends.desk.models import Brand, PostRow, Responder, WatchRow
from amends.desk.queries.heard import (
    HeardFilter,
    cases_of,
    get_heard_for,
    heard_page,
    watches_heard,
)
from amends.matching import Matcher
from amends.matching import compile as compile_queries
from amends.terms import BadInput, WatchKind
from amends.web.asking import can, is_fragment, require
from amends.web.marks import Piece, pieces
from amends.web.views.setup_networks import title_of
from amends.web.views.setup_shared import threshold_of

SIZE = 40
MOODS = {"complaint": "Complaints", "praise": "Praise", "question": "Questions"}


class FilterForm(forms.Form):
    """What the list is narrowed to; every value from a closed list."""

    kind = forms.ChoiceField(required=False, label="Kind of watch")
    watch = forms.ModelChoiceField(
        WatchRow.objects.none(), required=False, label="Watch", empty_label="All watches"
    )
    mood = forms.ChoiceField(
        required=False, label="What it is", choices=[("", "Everything"), *MOODS.items()]
    )
    page = forms.IntegerField(required=False, min_value=1, max_value=10_000)

    def __init__(self, person: Responder, *args: Any) -> None:
        super().__init__(*args)
        kinds = [(str(kind), kind.capitalize()) for kind in WatchKind]
        self.fields["kind"] = forms.ChoiceField(
            required=False, label="Kind of watch", choices=[("", "All kinds"), *kinds]
        )
        watches = self.fields["watch"]
        assert isinstance(watches, forms.ModelChoiceField)  # noqa: S101 (for the type checker)
        watches.queryset = watches_heard(person)

    def wanted(self) -> HeardFilter:
        """The filter; what is on no list filters nothing."""
        self.is_valid()
        typed = self.cleaned_data
        watch = typed.get("watch")
        return HeardFilter(
            kind=typed.get("kind") or "",
            watch=watch.pk if watch else None,
            mood=typed.get("mood") or "",
            page=typed.get("page") or 1,
        )


@dataclass(frozen=True, slots=True)
class Row:
    """A post as the list shows it. ``case`` is a case's ref, empty where the person sees none."""

    post: PostRow
    text: list[Piece]
    watches: list[WatchRow]
    mood: str
    why: str
    network: str
    url: str
    case: str
    may_open: bool
    competitor: bool


@require_GET
def listing(request: HttpRequest) -> HttpResponse:
    """One page of what was heard, newest first."""
    person = require(request, Action.SEE_HEARD)
    form = FilterForm(person, request.GET)
    wanted = form.wanted()
    threshold = threshold_of(Brand.objects.order_by("pk").first())
    posts = heard_page(wanted, threshold=threshold, size=SIZE)
    facts = {
        "form": form,
        "rows": _rows(person, posts[:SIZE], threshold),
        "filtered": bool(wanted.kind or wanted.watch or wanted.mood),
        "page": wanted.page,
        "newer": _link(wanted, wanted.page - 1) if wanted.page > 1 else "",
        "older": _link(wanted, wanted.page + 1) if len(posts) > SIZE else "",
    }
    template = "heard/_rows.html" if is_fragment(request) else "heard/heard.html"
    return render(request, template, facts)


def _link(wanted: HeardFilter, page: int) -> str:
    facts = {"kind": wanted.kind, "watch": wanted.watch, "mood": wanted.mood, "page": page}
    return "?" + urlencode({name: value for name, value in facts.items() if value})


def _rows(person: Responder, posts: list[PostRow], threshold: float) -> list[Row]:
    heard = [mention.watch for post in posts for mention in post.mentions.all()]
    matcher = _matcher(heard)
    cases = cases_of(person, posts)
    works = can(person)["work"]
    return [
        _row(post, matcher, threshold=threshold, case=cases.get(post.pk, ""), works=works)
        for post in posts
    ]


def _row(post: PostRow, matcher: Matcher, *, threshold: float, case: str, works: bool) -> Row:
    watches = [mention.watch for mention in post.mentions.all()]
    kinds = frozenset(watch.kind for watch in watches)
    names = {str(watch.pk) for watch in watches}
    hits = [hit for hit in matcher.explain(post.text) if hit.query in names]
    return Row(
        post=post,
        text=pieces(post.text, ((hit.start, hit.end) for hit in hits)),
        watches=watches,
        mood=_mood(post, threshold),
        why=", ".join(str(word) for word in getattr(getattr(post, "reading", None), "why", [])),
        network=title_of(post.network),
        url=post.url if post.url.lower().startswith(("https://", "http://")) else "",
        case=case,
        may_open=works and not hasattr(post, "place") and may_open(post, kinds),
        competitor=kinds == {WatchKind.COMPETITOR},
    )


def _matcher(watches: Iterable[WatchRow]) -> Matcher:
    queries = {str(watch.pk): watch.query for watch in watches}
    try:
        return compile_queries(queries)
    except BadInput:  # one that an earlier version stored: nothing is marked, nothing is lost
        return compile_queries({})


def _mood(post: PostRow, threshold: float) -> str:
    """complaint, praise, question, neutral; "" where nobody read it."""
    reading = getattr(post, "reading", None)
    if reading is None:
        return ""
    if reading.complaint >= threshold:
        return "complaint"
    if reading.praise >= PRAISE:
        return "praise"
    return "question" if reading.question >= QUESTION else "neutral"


@require_POST
def open_case(request: HttpRequest, pk: int) -> HttpResponse:
    """Open a case by hand for a post that opened none, and go there."""
    person = require(request, Action.WORK)
    post = get_heard_for(person, pk)
    from amends.desk.workers.run import new_ref  # late: it brings the connectors' machinery

    case, opened = open_case_by_hand(post, by=person, now=timezone.now(), new_ref=new_ref)
    if opened:
        messages.success(request, f"Case {case.ref} is open.")
    else:
        messages.info(request, f"This post is in case {case.ref}.")
    return redirect("case", case.ref)
