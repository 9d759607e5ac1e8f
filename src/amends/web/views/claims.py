"""Claims: the list, the page of one, and what is done about it."""

import secrets
from collections.abc import Callable
from datetime import UTC, datetime, time

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from amends.casework import Action
from amends.casework.claims import ClaimState
from amends.casework.evidence import LARGEST
from amends.desk.actions import claims, evidence, holds
from amends.desk.models import Case, Claim, LegalHold, PostRow, Responder
from amends.desk.queries.claims import (
    claims_for,
    get_claim_for,
    get_copy_for,
    get_evidence_for,
    standing_holds,
)
from amends.desk.queries.doors import NotThere, find_in
from amends.terms import AmendsError, BadInput
from amends.web.asking import me, number_of, require, text_of
from amends.web.claimpage import CLAIMS, claim_facts, claim_line
from amends.web.middleware import status_of

View = Callable[..., HttpResponse]
Do = Callable[[Claim, HttpRequest, Responder, datetime], object]


@require_GET
def listing(request: HttpRequest) -> HttpResponse:
    """The claims this person may see: the open ones first, or all, or those in one state."""
    person = require(request, Action.SEE_CASES)
    chosen = request.GET.get("state", "")
    rows = [claim_line(row) for row in claims_for(person, state=chosen)]
    states = {state: words for state, (words, _) in CLAIMS.items()}
    facts = {"rows": rows, "chosen": chosen, "states": states, "here": "claims"}
    return render(request, "claims/list.html", facts)


@require_GET
def holds_listing(request: HttpRequest) -> HttpResponse:
    """The legal holds that stand, the one that ends first on top."""
    person = require(request, Action.LEGAL)
    facts = {"holds": standing_holds(person, now=timezone.now()), "here": "holds"}
    return render(request, "claims/holds.html", facts)


@require_GET
def show(request: HttpRequest, pk: int) -> HttpResponse:
    return _draw(request, get_claim_for(me(request), pk))


def _draw(
    request: HttpRequest, claim: Claim, *, error: str = "", status: int = 200
) -> HttpResponse:
    typed = {name: str(request.POST.get(name, "")) for name in request.POST}
    facts = claim_facts(claim, me(request), now=timezone.now(), typed=typed, error=error)
    return render(request, "claims/claim.html", facts, status=status)


def acting(do: Do, needs: Action = Action.WORK) -> View:
    """A view that does one thing about a claim and shows it again; a refusal keeps what was typed."""

    @require_POST
    def view(request: HttpRequest, pk: int) -> HttpResponse:
        person = me(request)
        claim = get_claim_for(person, pk)
        require(request, needs)
        try:
            do(claim, request, person, timezone.now())
        except NotThere:
            raise
        except AmendsError as error:
            fresh = get_claim_for(person, pk)
            return _draw(request, fresh, error=str(error), status=status_of(error))
        return redirect("claim", pk)

    return view


def decide(claim: Claim, request: HttpRequest, by: Responder, now: datetime) -> object:
    chosen = request.POST.get("to", "")
    if chosen not in set(ClaimState):
        raise BadInput("Choose what became of the claim.")
    return claims.decide_claim(
        claim,
        to=ClaimState(chosen),
        because=text_of(request.POST, "because"),
        retraction=_post(claim.case, request.POST, "retraction"),
        by=by,
        now=now,
    )


def ask(claim: Claim, request: HttpRequest, by: Responder, now: datetime) -> object:
    return claims.ask_for_correction(
        claim,
        text=text_of(request.POST, "text"),
        private=request.POST.get("mode") == "private",
        by=by,
        now=now,
        attempt=secrets.token_hex(16),
        anyway=text_of(request.POST, "anyway"),
    )


def keep(claim: Claim, request: HttpRequest, by: Responder, now: datetime) -> object:
    post = _post(claim.case, request.POST, "post")
    if post is None:
        raise BadInput("Choose the post to keep.")
    return evidence.keep_post(claim, post, by=by, now=now)


def add_file(claim: Claim, request: HttpRequest, by: Responder, now: datetime) -> object:
    sent = request.FILES.get("file")
    if sent is None or isinstance(sent, list):
        raise BadInput("Choose a file first.")
    data = sent.read(LARGEST + 1)
    return evidence.keep_file(claim, name=sent.name or "", data=data, by=by, now=now)


def ask_again(claim: Claim, request: HttpRequest, by: Responder, now: datetime) -> None:
    row = get_evidence_for(by, claim.pk, number_of(request.POST))
    evidence.ask_again(row, by=by, now=now)


def dismiss(claim: Claim, request: HttpRequest, by: Responder, now: datetime) -> None:
    copy = get_copy_for(by, claim.pk, number_of(request.POST))
    claims.dismiss_copy(copy, by=by, now=now)


DEEDS: dict[str, tuple[Do, Action]] = {
    "decide": (decide, Action.WORK),
    "ask": (ask, Action.REPLY),
    "keep": (keep, Action.WORK),
    "file": (add_file, Action.WORK),
    "ask-again": (ask_again, Action.WORK),
    "dismiss-copy": (dismiss, Action.WORK),
}


@require_GET
def download(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """The bytes as they were kept. They are never shown as a page of ours."""
    row = get_evidence_for(me(request), pk, number)
    if row.kept_at is None or row.erased_at is not None:
        raise NotThere("This evidence is not there, or was erased.")
    response = HttpResponse(bytes(row.data), content_type="application/octet-stream")
    response["Content-Disposition"] = f'attachment; filename="{row.name}"'.encode(
        "ascii", "replace"
    )
    response["Digest"] = f"sha-256={row.sha256}"
    return response


def _post(case: Case, typed: QueryDict, name: str) -> PostRow | None:
    if not typed.get(name, ""):
        return None
    number = number_of(typed, name)
    found = PostRow.objects.select_related("author").filter(place__case=case, pk=number).first()
    if found is None:
        raise BadInput("Choose a post of this case.")
    return found


# What is done on the page of a case, as ``acts.ACTS`` has it.


def note(case: Case, typed: QueryDict, by: Responder, now: datetime) -> object:
    words = text_of(typed, "claim_words")
    post = _post(case, typed, "claim_post")
    return claims.note_claim(case, words=words, post=post, by=by, now=now)


def legal(case: Case, typed: QueryDict, by: Responder, now: datetime) -> object:
    return claims.restrict_case(case, legal=typed.get("legal") == "1", by=by, now=now)


def hold(case: Case, typed: QueryDict, by: Responder, now: datetime) -> object:
    sent = typed.get("until", "").strip()
    try:
        day = datetime.combine(datetime.fromisoformat(sent).date(), time.max, tzinfo=UTC)
    except ValueError as error:
        raise BadInput("Say until which day, such as 2026-12-24.") from error
    reason = text_of(typed, "hold_reason")
    return holds.set_hold(case, reason=reason, expires_at=day, by=by, now=now)


def lift(case: Case, typed: QueryDict, by: Responder, now: datetime) -> object:
    row = find_in(case, LegalHold, number_of(typed))
    if row is None:
        raise BadInput("There is no such hold on this case; look again, then decide.")
    return holds.lift_hold(row, by=by, now=now)
