"""Saying what a post is, and taking that back: from a case or from what was heard."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from amends.casework import Action
from amends.desk.actions.corrections import correct_reading, take_back
from amends.desk.models import Brand, PostRow
from amends.desk.queries.corrections import get_correction_for, get_read_post_for
from amends.terms import BadInput
from amends.web.asking import can, is_fragment, require
from amends.web.readingpage import reading_facts, tell
from amends.web.views.setup_shared import threshold_of


@require_POST
def correct(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep what a button or a key said: ``said`` is ``what:word``."""
    person = require(request, Action.WORK)
    post = get_read_post_for(person, pk)
    what, _, said = request.POST.get("said", "").partition(":")
    correct_reading(
        post, what=what, said=said, threshold=_threshold(), by=person, now=timezone.now()
    )
    return _answer(request, post)


@require_POST
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a correction back."""
    person = require(request, Action.WORK)
    correction = get_correction_for(person, pk)
    take_back(correction, by=person, now=timezone.now())
    return _answer(request, get_read_post_for(person, correction.post_id))


def _threshold() -> float:
    return threshold_of(Brand.objects.order_by("pk").first())


def _answer(request: HttpRequest, post: PostRow) -> HttpResponse:
    """The reading as it stands now; without scripts the page one came from."""
    back = request.POST.get("back", "")
    if not is_fragment(request):
        known = url_has_allowed_host_and_scheme(back, allowed_hosts=None)
        return redirect(back if known and back.startswith("/") else "heard")
    care = can(require(request, Action.WORK))["work"]
    told = tell([post], threshold=_threshold(), care=care).get(post.pk)
    if told is None:
        raise BadInput("This post was not read, so there is nothing to correct.")
    place = getattr(post, "place", None)
    folded = bool(place is not None and place.abusive_at)
    return render(request, "parts/_reading.html", reading_facts(told, back=back, folded=folded))
