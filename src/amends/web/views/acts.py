"""What a person does on a case. Each verb is one address, one action; a refusal keeps the text."""

import secrets
from collections.abc import Callable, Sequence
from datetime import datetime

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from amends.casework import Action, Priority, Role, may
from amends.casework.scheduling import moment_of
from amends.casework.typed import span_typed
from amends.desk import actions
from amends.desk.actions.merging import TwoCustomers
from amends.desk.actions.pictures import describe
from amends.desk.actions.routing import hand_over_case
from amends.desk.actions.snoozing import snooze_case, wake_case
from amends.desk.actions.together import be_at, leave
from amends.desk.models import Case, OutgoingReply, Responder, Team
from amends.desk.queries import get_case_for, get_reply_for, owners, uppers
from amends.desk.queries.choices import teams
from amends.desk.queries.doors import NotThere, get_post_in
from amends.terms import AmendsError, BadInput
from amends.web.asking import is_fragment, me, require
from amends.web.composer import chosen_mode, described, signed
from amends.web.middleware import status_of
from amends.web.views import (
    amending,
    calling,
    claims,
    joining,
    letters,
    macros,
    outcomes,
    privately,
    ranking,
    surveys,
)
from amends.web.views.cases import draw

Act = Callable[[Case, QueryDict, Responder, datetime], object]
View = Callable[..., HttpResponse]


def acting(act: Act, needs: Action | None = Action.WORK) -> View:
    """A view that does one thing to a case and shows the case again.

    ``needs`` is asked before what was typed is looked at; None: the act itself asks.
    """

    @require_POST
    def view(request: HttpRequest, ref: str) -> HttpResponse:
        case = get_case_for(me(request), ref)
        if needs is not None:
            require(request, needs)
        return _answer(request, case, lambda: act(case, request.POST, me(request), timezone.now()))

    return view


def _answer(request: HttpRequest, case: Case, do: Callable[[], object]) -> HttpResponse:
    try:
        done = do()
    except NotThere:
        raise
    except AmendsError as error:
        fresh = get_case_for(me(request), case.ref)
        typed = typed_of(request.POST)
        if isinstance(error, TwoCustomers):
            typed["asked_of"] = error.ref
        return draw(request, fresh, typed=typed, error=str(error), status=status_of(error))
    beside = done if isinstance(done, macros.Beside) else None
    if beside is None and not is_fragment(request):
        return redirect("case", case.ref)
    fresh = get_case_for(me(request), case.ref)
    if beside is not None:
        return draw(request, fresh, typed=beside.typed, offer=beside.offer)
    return draw(request, fresh)


def typed_of(sent: QueryDict) -> dict[str, str]:
    """What a form held, one text for each name."""
    return {name: str(sent.get(name, "")) for name in sent}


def write(case: Case, typed: QueryDict, by: Responder, now: datetime) -> object:
    """Send what the composer holds, in the mode that is chosen."""
    mode = chosen_mode(typed_of(typed))
    text = typed.get(f"text_{mode}", "").replace("\r\n", "\n").replace("\0", "")
    try:
        sent = _sent(case, mode, text, typed, by, now)
    except AmendsError:
        keep(case, mode, text, by, now)
        raise
    leave(case, by=by, mode=mode)
    return sent


def keep(case: Case, mode: str, text: str, by: Responder, now: datetime) -> None:
    """What was refused stays a draft: a page that refreshes itself shows that, and no other."""
    if may(Role(by.role), Action.NOTE if mode == "note" else Action.REPLY):
        actions.save_draft(case, mode=mode, text=text, by=by, now=now)


def _sent(
    case: Case, mode: str, text: str, typed: QueryDict, by: Responder, now: datetime
) -> object:
    if mode == "note":
        told = [int(one) for one in typed.getlist("heads_up") if one.isascii() and one.isdecimal()]
        return actions.add_note(case, text=text, by=by, now=now, heads_up=told)
    describe(case, described(typed_of(typed)), by=by)
    chosen = typed.get(f"picture_{mode}", "")
    if chosen and not chosen.startswith("[object "):  # as a browser without JavaScript names a file
        raise BadInput("A picture is chosen and not added. Press “Add it” first, or take it out.")
    seen, later = typed.get("seen_replies", ""), typed.get("goes_at", "").strip()
    return actions.queue_reply(
        case,
        text=signed(text, by) if typed.get("sign") else text,
        private=mode == "private",
        closes_out=mode == "public" and bool(typed.get("closes_out")),
        invites=bool(typed.get("invites")),
        by=by,
        now=now,
        attempt=secrets.token_hex(16),
        seen_replies=int(seen) if seen.isdecimal() and len(seen) < 9 else None,
        anyway=typed.get(f"anyway_{mode}", "").replace("\0", ""),
        goes_at=moment_of(later, by.zone) if later else None,
        with_pictures=True,
    )


def _seen(typed: QueryDict) -> str | None:
    return typed.get("seen_state") or None


def take_up(case: Case, typed: QueryDict, by: Responder, now: datetime) -> object:  # noqa: ARG001
    return actions.take_up(case, by=by, now=now)


def assign(case: Case, typed: QueryDict, by: Responder, now: datetime) -> object:
    wanted = typed.get("to", "")
    to = next((one for one in owners() if str(one.pk) == wanted), None)
    if wanted and to is None:
        raise BadInput("Choose a colleague from the list.")
    return actions.assign_case(case, to=to, by=by, now=now, seen_owner=_seen_owner(typed))


def hand_over(case: Case, typed: QueryDict, by: Responder, now: datetime) -> object:
    """To a colleague, ``person-3``, or back to a team, ``team-1``."""
    kind, _, pk = typed.get("to", "").partition("-")
    among: Sequence[Responder | Team] = owners() if kind == "person" else teams()
    to = next((one for one in among if str(one.pk) == pk), None)
    if to is None or kind not in {"person", "team"}:
        raise BadInput("Choose a colleague, or a team that gives it to somebody else.")
    note = typed.get("note", "").replace("\0", "").replace("\r\n", "\n")
    return hand_over_case(case, to=to, note=note, by=by, now=now, seen_owner=_seen_owner(typed))


def _seen_owner(typed: QueryDict) -> int | None:
    seen = typed.get("seen_owner", "")
    return int(seen) if seen.isascii() and seen.isdecimal() and len(seen) < 18 else None


def hand_up(case: Case, typed: QueryDict, by: Responder, now: datetime) -> object:
    wanted = typed.get("to", "")
    to = next((one for one in uppers() if str(one.pk) == wanted), None)
    if to is None:
        raise BadInput("Choose a lead or an administrator from the list.")
    return actions.escalate_case(case, to=to, by=by, now=now)


def prioritise(case: Case, typed: QueryDict, by: Responder, now: datetime) -> object:
    known = {str(p.value): p for p in Priority}
    priority = known.get(typed.get("priority", ""))
    if priority is None:
        raise BadInput("A priority is low, normal, high or urgent.")
    seen = known.get(typed.get("seen_priority", ""))
    return actions.prioritise_case(case, priority=priority, by=by, now=now, seen=seen)


def label(case: Case, typed: QueryDict, by: Responder, now: datetime) -> object:
    return actions.label_case(case, name=typed.get("label", ""), by=by, now=now)


def unlabel(case: Case, typed: QueryDict, by: Responder, now: datetime) -> object:
    return actions.unlabel_case(case, name=typed.get("label", ""), by=by, now=now)


def snooze(case: Case, typed: QueryDict, by: Responder, now: datetime) -> object:
    """For a length of time, or until a moment where one was chosen."""
    chosen = typed.get("until", "").strip()
    until = moment_of(chosen, by.zone) if chosen else now + span_typed(typed.get("span", ""))
    return snooze_case(case, until=until, by=by, now=now)


def wake(case: Case, typed: QueryDict, by: Responder, now: datetime) -> object:  # noqa: ARG001
    return wake_case(case, by=by, now=now)


def resolve(case: Case, typed: QueryDict, by: Responder, now: datetime) -> object:
    return actions.resolve_case(case, by=by, now=now, seen=_seen(typed))


def wait(case: Case, typed: QueryDict, by: Responder, now: datetime) -> object:
    return actions.wait_for_customer(case, by=by, now=now, seen=_seen(typed))


def dismiss(case: Case, typed: QueryDict, by: Responder, now: datetime) -> object:
    return actions.dismiss_case(case, by=by, now=now, seen=_seen(typed))


def reopen(case: Case, typed: QueryDict, by: Responder, now: datetime) -> object:
    return actions.reopen_case(case, by=by, now=now, seen=_seen(typed))


def close(case: Case, typed: QueryDict, by: Responder, now: datetime) -> object:
    reason = typed.get("reason", "")[:2000]
    return actions.close_case(case, reason=reason, by=by, now=now, seen=_seen(typed))


ACTS: dict[str, Act] = {
    "take-up": take_up,
    "assign": assign,
    "hand-over": hand_over,
    "hand-up": hand_up,
    "priority": prioritise,
    "label": label,
    "unlabel": unlabel,
    "macro": macros.macro,
    "snooze": snooze,
    "wake": wake,
    "resolve": resolve,
    "wait": wait,
    "dismiss": dismiss,
    "reopen": reopen,
    "close": close,
    "merge": joining.merge,
    "bring-in": joining.bring_in,
    "give-back": joining.give_back,
    "split": joining.split,
    "split-undo": joining.split_undo,
    "same-person": joining.same_person,
    "other-person": joining.other_person,
    "fault": amending.fault,
    "second-chance": amending.second_chance,
    "remedy": amending.remedy,
    "remedy-decide": amending.remedy_decide,
    "promise": amending.promise,
    "promise-decide": amending.promise_decide,
    "rank": ranking.rank,
    "rank-unwatch": ranking.unwatch,
    "handoff": privately.make,
    "handoff-decide": privately.decide,
    "outcome": outcomes.correct,
    "survey": surveys.ask,
    "claim": claims.note,
    "legal": claims.legal,
    "hold": claims.hold,
    "hold-lift": claims.lift,
    "letter": letters.begin,
    "letter-decide": letters.decide,
    "call": calling.plan,
    "call-log": calling.log,
    "call-decide": calling.decide,
}

Decide = Callable[..., OutgoingReply]
DECISIONS: dict[str, Decide] = {
    "call-back": actions.cancel_reply,
    "send-again": actions.send_again,
    "check-again": actions.check_again,
    "not-out": actions.give_up,
    "approve": actions.approve_reply,
    "release": actions.release_reply,
}


def deciding(decide: Decide) -> View:
    """A view that decides about one reply on its way and shows the case again."""

    @require_POST
    def view(request: HttpRequest, ref: str, pk: int) -> HttpResponse:
        reply = get_reply_for(me(request), ref, pk)
        return _answer(
            request, reply.case, lambda: decide(reply, by=me(request), now=timezone.now())
        )

    return view


@require_POST
def refuse(request: HttpRequest, ref: str, pk: int) -> HttpResponse:
    """Do not let a held reply go out."""
    reply = get_reply_for(me(request), ref, pk)
    reason = request.POST.get("because", "").replace("\0", "")
    return _answer(
        request,
        reply.case,
        lambda: actions.refuse_reply(reply, reason=reason, by=me(request), now=timezone.now()),
    )


@require_POST
def retime(request: HttpRequest, ref: str, pk: int) -> HttpResponse:
    """Another time for a reply that waits for its time; without one it goes out now."""
    person = me(request)
    reply = get_reply_for(person, ref, pk)
    sent = "" if "now" in request.POST else request.POST.get("goes_at", "").strip()

    def act() -> object:
        if not sent and "now" not in request.POST:
            raise BadInput("Choose a date and a time, or send it now.")
        goes_at = moment_of(sent, person.zone) if sent else None
        return actions.reschedule_reply(reply, goes_at=goes_at, by=person, now=timezone.now())

    return _answer(request, reply.case, act)


@require_POST
def take_down(request: HttpRequest, ref: str, pk: int) -> HttpResponse:
    """Have a post of ours removed from its network."""
    person = me(request)
    case = get_case_for(person, ref)
    require(request, Action.TAKE_DOWN)
    post = get_post_in(case, pk)
    reason = request.POST.get("take_down_reason", "").replace("\0", "")
    return _answer(
        request,
        case,
        lambda: actions.take_down(case, post=post, reason=reason, by=person, now=timezone.now()),
    )


@require_POST
def draft(request: HttpRequest, ref: str) -> HttpResponse:
    """Keep what is being typed. Raises ``NotAllowed``, ``NotThere``, ``BadInput``."""
    case = get_case_for(me(request), ref)
    mode = request.POST.get("mode", "")
    person = require(request, Action.NOTE if mode == "note" else Action.REPLY)
    text = request.POST.get("text", "").replace("\0", "")
    actions.save_draft(case, mode=mode, text=text, by=person, now=timezone.now())
    be_at(case, by=person, now=timezone.now(), writing=mode if text.strip() else "")
    return HttpResponse(status=204)
