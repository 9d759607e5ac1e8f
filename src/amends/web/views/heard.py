"""Heard: public posts that a watch matched, in views, whether a case came of them or not."""

import csv
import io
import time
from dataclasses import replace
from typing import Any, Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from amends.casework import Action
from amends.desk.actions.manual import open_case_by_hand
from amends.desk.models import AuthorRow, PostRow, Responder
from amends.desk.models.signs import STEPS, topics_in
from amends.desk.queries.heard import (
    KINDS_OF,
    MOOD_OF,
    HeardFilter,
    HeardPage,
    View,
    cases_of,
    competitors_heard,
    first_watches,
    get_heard_for,
    heard_of_late,
    heard_page,
    watches_heard,
)
from amends.desk.queries.setup import first_brand
from amends.terms import network_name
from amends.web.asking import is_fragment, require
from amends.web.heardpage import (
    MOODS,
    ROLES,
    SENTIMENTS,
    VIEWS,
    lang_name,
    narrowed,
    query_of,
    read_filter,
    rows_of,
    tabs_of,
)
from amends.web.readingpage import INTENTS, LABELS, TOPICS
from amends.web.views.setup_shared import threshold_of

SIZE: Final = 40
FURTHER: Final = (
    "kind", "network", "lang", "role", "sentiment", "topic", "intent", "severity", "since", "until",
)  # fmt: skip
MOST_WATCHES: Final = 300
MOST_SAVED: Final = 5000
SAVING_S: Final = 3.0


@require_GET
def listing(request: HttpRequest) -> HttpResponse:
    """A view of what was heard; for htmx its rows, or with ``after`` only further ones."""
    person = require(request, Action.SEE_HEARD)
    wanted = _known(person, read_filter(request.GET))
    facts = _list_facts(person, wanted)
    if not is_fragment(request):
        return render(request, "heard/heard.html", facts | _choices(person, wanted))
    if wanted.after:
        return render(request, "heard/_rows.html", facts)
    answer = render(request, "heard/_list.html", facts | {"part": True})
    answer["HX-Replace-Url"] = reverse("heard") + query_of(wanted)
    return answer


def _known(person: Responder, wanted: HeardFilter) -> HeardFilter:
    """Without a watch or an author that is not there."""
    watch, who = wanted.watch, wanted.who
    if watch is not None and not watches_heard(person).filter(pk=watch).exists():
        watch = None
    if who is not None and not AuthorRow.objects.filter(pk=who).exists():
        who = None
    return replace(wanted, watch=watch, who=who)


def _list_facts(person: Responder, wanted: HeardFilter) -> dict[str, Any]:
    threshold = threshold_of(first_brand())
    page = heard_page(wanted, threshold=threshold, tick=time.monotonic, size=SIZE)
    return {
        "rows": rows_of(person, page.posts, threshold),
        "page": page,
        "next": query_of(wanted, after=page.next) if page.next else "",
        "wanted": wanted,
        "tabs": tabs_of(wanted),
        "view": str(wanted.view),
        "title": VIEWS[wanted.view][0],
        "narrowed": narrowed(wanted),
        "query": query_of(wanted, after=""),
        "whole": query_of(HeardFilter(view=wanted.view, about_us=wanted.about_us)),
        "roles": ROLES,
        "unset": _unset(person, wanted, page),
    }


def _unset(person: Responder, wanted: HeardFilter, page: HeardPage) -> bool:
    """Whether a view is empty because nobody has said yet what it should hold."""
    if page.posts or wanted.view is View.ALL:
        return False
    if wanted.view is View.COMPETITORS:
        return not competitors_heard(person, most=1)
    return not watches_heard(person, wanted.view).filter(active=True).exists()


def _choices(person: Responder, wanted: HeardFilter) -> dict[str, Any]:
    watches = first_watches(person, wanted.view, most=MOST_WATCHES)
    if wanted.watch is not None and wanted.watch not in {watch.pk for watch in watches}:
        watches += watches_heard(person).filter(pk=wanted.watch)
    networks, spoken = heard_of_late()
    langs = {*spoken, wanted.lang} - {""}
    return {
        "further": any(getattr(wanted, name) for name in FURTHER),
        "without_who": query_of(wanted, who=None, after=""),
        "lead": VIEWS[wanted.view][1],
        "watches": watches,
        "kinds": {str(kind): kind.capitalize() for kind in KINDS_OF[wanted.view]},
        "competitors": competitors_heard(person) if wanted.view is View.COMPETITORS else [],
        "author": AuthorRow.objects.filter(pk=wanted.who).first() if wanted.who else None,
        "moods": {} if wanted.view in MOOD_OF else MOODS,
        "sentiments": SENTIMENTS,
        "topics": TOPICS,
        "intents": INTENTS,
        "severities": LABELS["severity"],
        "networks": {name: network_name(name) for name in networks},
        "langs": {code: lang_name(code) for code in sorted(langs, key=lang_name)},
    }


@require_GET
def save(request: HttpRequest) -> HttpResponse:
    """The newest posts of a view as a table for other programs."""
    person = require(request, Action.SEE_HEARD)
    wanted = _known(person, read_filter(request.GET))
    threshold = threshold_of(first_brand())
    page = heard_page(
        wanted, threshold=threshold, tick=time.monotonic, size=MOST_SAVED, budget=SAVING_S
    )
    cases = cases_of(person, page.posts)
    table = io.StringIO()
    writer = csv.writer(table)
    writer.writerow(COLUMNS)
    for post in page.posts:
        writer.writerow([_cell(value) for value in _line(post, cases.get(post.pk, ""))])
    answer = HttpResponse(table.getvalue(), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="heard-{wanted.view}.csv"'
    return answer


COLUMNS: Final = (
    "written_at", "network", "handle", "author_role", "language", "text", "address", "sentiment",
    "complaint", "praise", "question", "severity", "topics", "watches", "case",
)  # fmt: skip


def _line(post: PostRow, case: str) -> list[object]:
    author, reading = post.author, getattr(post, "reading", None)
    read = ("sentiment", "complaint", "praise", "question")
    return [
        post.created_at.isoformat(),
        post.network,
        author.handle if author else "",
        (author.role or "") if author else "",
        post.lang,
        post.text,
        post.url,
        *(getattr(reading, name, "") for name in read),
        STEPS[reading.severity or 0] if reading else "",
        "; ".join(topics_in(reading.signs)) if reading else "",
        "; ".join(mention.watch.name for mention in post.mentions.all()),
        case,
    ]


def _cell(value: object) -> object:
    """A stranger's text must not become a formula in the program that opens the table."""
    risky = isinstance(value, str) and value[:1] in {"=", "+", "-", "@", "\t", "\r"}
    return f"'{value}" if risky else value


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
