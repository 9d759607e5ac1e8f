"""Pictures beside replies: putting one there, taking it away, and showing it to those who may see
the case."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from amends.connectors.pictures import MOST_BYTES
from amends.desk.actions import channel_for
from amends.desk.actions.pictures import attach, content_of, describe, detach
from amends.desk.models import Attachment, Case, Responder
from amends.desk.queries import get_case_for
from amends.desk.queries.doors import NotThere, may_see
from amends.terms import AmendsError, BadInput
from amends.web.asking import is_fragment, me
from amends.web.composer import described
from amends.web.middleware import status_of
from amends.web.views.acts import keep, typed_of
from amends.web.views.cases import draw

_ENDINGS = {"image/jpeg": "jpg", "image/png": "png"}


@require_POST
def add(request: HttpRequest, ref: str) -> HttpResponse:
    """Put a picture beside what is being written."""
    person = me(request)
    case = get_case_for(person, ref)
    mode = request.POST.get("attaching", "")

    def act() -> None:
        _keep_typed(case, request.POST, person)
        channel = channel_for(case, private=mode == "private")
        network = channel.network if channel else case.network
        raw = _sent(request, mode)
        attach(case, mode=mode, raw=raw, network=network, by=person, now=timezone.now())

    return _answer(request, case, act)


def _sent(request: HttpRequest, mode: str) -> bytes:
    """The file of a mode. Raises ``BadInput``."""
    file = request.FILES.get(f"picture_{mode}")
    if file is None:
        raise BadInput("Choose a picture first.")
    if file.size is None or file.size > MOST_BYTES:
        raise BadInput(
            f"The picture is larger than {MOST_BYTES // 1_000_000} MB. Take a smaller one."
        )
    return bytes(file.read())


@require_POST
def remove(request: HttpRequest, ref: str, pk: int) -> HttpResponse:
    """Take a picture away from what is being written."""
    person = me(request)
    case = get_case_for(person, ref)

    def act() -> None:
        _keep_typed(case, request.POST, person)
        detach(case, pk, by=person)

    return _answer(request, case, act)


def _keep_typed(case: Case, sent: QueryDict, person: Responder) -> None:
    """Nothing that was typed is lost by a file."""
    describe(case, described(typed_of(sent)), by=person)
    for mode in ("public", "private", "note"):
        if f"text_{mode}" in sent:
            text = str(sent[f"text_{mode}"]).replace("\r\n", "\n").replace("\0", "")
            keep(case, mode, text, person, timezone.now())


def _answer(request: HttpRequest, case: Case, act: Callable[[], None]) -> HttpResponse:
    try:
        act()
    except AmendsError as error:
        fresh = get_case_for(me(request), case.ref)
        typed = typed_of(request.POST)
        return draw(request, fresh, typed=typed, error=str(error), status=status_of(error))
    if is_fragment(request):
        return draw(request, get_case_for(me(request), case.ref))
    return redirect("case", case.ref)


@require_GET
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """A picture, for those who may see its case; one that was not handed in, for its writer.

    Drawn anew by us when it came, it is served as what it is and nothing else.
    """
    person = me(request)
    found = Attachment.objects.select_related("picture").filter(pk=pk, case__in=may_see(person))
    one = found.first()
    if one is None or (one.reply_id is None and one.by_id != person.pk):
        raise NotThere("There is no such picture.")
    answer = HttpResponse(content_of(one.picture), content_type=one.picture.kind)
    ending = _ENDINGS.get(one.picture.kind, "bin")
    answer["Content-Disposition"] = f'inline; filename="picture-{one.pk}.{ending}"'
    answer["Cache-Control"] = "private, max-age=3600"
    return answer
