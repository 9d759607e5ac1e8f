"""Claims that may be false: noted, examined, corrected; who repeats them; who may see them (R46)."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import transaction
from django.db.models import Min, QuerySet

from amends.casework import Action, Role, check_may, may
from amends.casework.claims import (
    BY_HAND,
    ClaimState,
    check_claim_move,
    check_decision,
    check_request,
    check_words,
    copy_by,
)
from amends.desk.actions.cases import held, write
from amends.desk.actions.chronicle import make_event
from amends.desk.actions.evidence import keeping
from amends.desk.actions.replies import ON_THEIR_WAY, queue_reply
from amends.desk.models import (
    Case,
    CaseEvent,
    Claim,
    ClaimCopy,
    Note,
    OutgoingReply,
    PostRow,
    Responder,
)
from amends.desk.queries.prepared import prepared
from amends.desk.queries.speaking import signed_where_asked
from amends.terms import BadInput, NotAllowed

AT_ONCE: Final = 2000
"""How many posts are looked through for copies of one claim at a time."""
LOOKED_FOR: Final = timedelta(days=180)
BEFORE: Final = timedelta(days=30)
"""How far back copies are looked for of a claim that no post makes."""


def note_claim(
    case: Case, *, words: str, post: PostRow | None, by: Responder, now: datetime
) -> Claim:
    """Note what somebody claims, in its exact words; the post that does so is kept as evidence.

    Without a post it was said elsewhere, such as by telephone. Raises ``BadInput``.
    """
    words = check_words(words)
    with held(case, by=by, verb="claim") as row:
        if post is not None:
            _check_said(row, words, post)
        made = Claim.objects.create(
            case=row, post=post, words=words, by=by, at=now, looked_to=_before(post, now)
        )
        events = [
            make_event(
                row, "claim.noted", at=now, by=by, claim=made.pk, post=post.pk if post else None
            )
        ]
        if post is not None:
            events += keeping(row, made, post, by=by, now=now)[1]
        write(row, events)
    return made


def _check_said(case: Case, words: str, post: PostRow) -> None:
    if post.ours or not PostRow.objects.filter(pk=post.pk, place__case=case).exists():
        raise BadInput("Choose a post of this case that somebody else wrote.")
    if " ".join(words.split()) not in " ".join(post.text.split()):
        raise BadInput(
            "These words do not stand in that post. Copy them as they are written there."
        )


def _before(post: PostRow | None, now: datetime) -> int:
    """The last post before those among which copies are looked for."""
    since = post.created_at if post is not None else now - BEFORE
    first = PostRow.objects.filter(created_at__gte=since).aggregate(first=Min("pk"))["first"]
    return int(first) - 1 if first is not None else 0


def decide_claim(
    claim: Claim,
    *,
    to: ClaimState,
    because: str = "",
    retraction: PostRow | None = None,
    by: Responder,
    now: datetime,
) -> Claim:
    """Say what became of a claim. ``because`` is what that rests on; ``retraction`` the post in which the
    author took it back or corrected it. Raises ``NotAllowed``, ``BadInput``."""
    because = because.strip()
    with held(claim.case, by=by, action=Action.WORK) as case:
        row = Claim.objects.select_for_update().get(pk=claim.pk)
        old = ClaimState(row.state)
        if to not in BY_HAND:
            raise NotAllowed("A claim is asked to be corrected by a request that goes out.")
        check_claim_move(old, to)
        kept = row.evidence.filter(kept_at__isnull=False, erased_at=None).count()
        check_decision(to, because=because, evidence=kept)
        events = [_decided(case, row, old, to, by=by, now=now)]
        if to in {ClaimState.FALSE, ClaimState.TRUE}:
            row.truth = because
        elif because:
            events.append(_noted(case, because, by=by, now=now))
        row.retraction = _own_post(case, retraction)
        row.save(update_fields=["state", "truth", "retraction", "decided_by", "decided_at"])
        write(case, events)
    return row


def _decided(
    case: Case, row: Claim, old: ClaimState, to: ClaimState, *, by: Responder, now: datetime
) -> CaseEvent:
    row.state, row.decided_by, row.decided_at = to, by, now
    return make_event(
        case, "claim.decided", at=now, by=by, claim=row.pk, was=str(old), became=str(to)
    )


def _noted(case: Case, because: str, *, by: Responder, now: datetime) -> CaseEvent:
    note = Note.objects.create(case=case, by=by, at=now, text=because)
    return make_event(case, "note.added", at=now, by=by, note=note.pk)


def _own_post(case: Case, post: PostRow | None) -> PostRow | None:
    if post is not None and not PostRow.objects.filter(pk=post.pk, place__case=case).exists():
        raise BadInput("Choose a post of this case.")
    return post


def ask_for_correction(
    claim: Claim,
    *,
    text: str,
    private: bool,
    by: Responder,
    now: datetime,
    attempt: str,
    anyway: str = "",
) -> OutgoingReply:
    """Hand in the request to correct a claim; the claim is asked to be corrected once it went out.

    Guarded as every reply is. Raises as ``queue_reply`` does.
    """
    check_may(Role(by.role), Action.REPLY)
    with transaction.atomic():
        # The case first, as everywhere.
        with held(claim.case, by=by, action=Action.REPLY) as case:
            row = (
                Claim.objects.select_for_update(of=("self",))
                .select_related("post__author", "request")
                .get(pk=claim.pk)
            )
            who = row.post.author if row.post is not None else None
            check_request(
                ClaimState(row.state),
                by_customer=who is None or who.customer_id == case.customer_id,
                on_its_way=row.request is not None and row.request.status in ON_THEIR_WAY,
            )
        asks = signed_where_asked(text, by)
        reply = queue_reply(
            case, text=asks, private=private, by=by, now=now, attempt=attempt, anyway=anyway
        )
        row.request = reply
        row.save(update_fields=["request"])
    return reply


def restrict_case(case: Case, *, legal: bool, by: Responder, now: datetime) -> Case:
    """Make a case a legal matter, which only those see and change who deal with such; or no longer.

    An owner who may not goes; whoever restricts it has the case then.
    """
    with held(case, by=by, action=Action.LEGAL) as row:
        if row.legal is legal:
            return row
        row.legal = legal
        events = [make_event(row, "case.restricted" if legal else "case.released", at=now, by=by)]
        if legal and row.owner is not None and not may(Role(row.owner.role), Action.LEGAL):
            row.owner = by
            events.append(make_event(row, "case.assigned", at=now, by=by, to=by.pk))
        write(row, events, "legal", "owner")
    return row


def look_for_copies(*, now: datetime, most: int = 20) -> int:
    """Look through posts that were stored since for such as repeat a claim; how many claims were
    looked for and are not through yet."""
    return sum(_look(claim, now=now) for claim in _looked_for(now - LOOKED_FOR, most=most))


@prepared
def _looked_for(since: datetime, *, most: int) -> QuerySet[Claim]:
    ended = [ClaimState.TRUE, ClaimState.DROPPED]
    claims = Claim.objects.exclude(state__in=ended).exclude(words="")
    claims = claims.filter(looked_to__isnull=False, at__gte=since)
    return claims.select_related("post", "case").order_by("-pk")[:most]


def _look(claim: Claim, *, now: datetime) -> bool:
    posts = PostRow.objects.filter(pk__gt=claim.looked_to or 0).order_by("pk")
    named = ("pk", "text", "quote_of", "repost_of", "ours", "private", "erased_at")
    rows: Sequence[Mapping[str, Any]] = list(posts.values(*named)[:AT_ONCE])
    if not rows:
        return False
    found = [(row["pk"], how) for row in rows if (how := _repeats(claim, row)) is not None]
    if found:
        _keep_copies(claim, found, now=now)
    Claim.objects.filter(pk=claim.pk).update(looked_to=rows[-1]["pk"])
    return len(rows) == AT_ONCE


def _keep_copies(claim: Claim, found: Sequence[tuple[int, str]], *, now: datetime) -> None:
    with held(claim.case, by=None, action=None) as case:
        events = []
        for pk, how in found:
            facts = {"how": how, "at": now}
            _, new = ClaimCopy.objects.get_or_create(claim=claim, post_id=pk, defaults=facts)
            if new:
                events.append(
                    make_event(case, "copy.found", at=now, claim=claim.pk, post=pk, how=how)
                )
        if events:
            write(case, events)


def _repeats(claim: Claim, row: Mapping[str, Any]) -> str | None:
    if row["ours"] or row["private"] or row["erased_at"] or row["pk"] == claim.post_id:
        return None
    return copy_by(
        claim.words,
        claim.post.native_id if claim.post else "",
        text=row["text"],
        quotes=str((row["quote_of"] or {}).get("id", "")),
        reposts=row["repost_of"],
    )


def dismiss_copy(copy: ClaimCopy, *, by: Responder, now: datetime) -> None:
    """It does not repeat the claim after all."""
    with held(copy.claim.case, by=by, action=Action.WORK) as case:
        row = ClaimCopy.objects.select_for_update().get(pk=copy.pk)
        if row.dismissed_by_id is not None:
            return
        row.dismissed_by = by
        row.save(update_fields=["dismissed_by"])
        event = make_event(
            case, "copy.dismissed", at=now, by=by, claim=row.claim_id, post=row.post_id
        )
        write(case, [event])
