"""How claims end by what their authors do: for whoever holds the case."""

from datetime import datetime

from amends.casework.claims import CLAIM_MOVES, OPEN, ClaimState, check_claim_move
from amends.desk.actions.chronicle import make_event
from amends.desk.models import Case, CaseEvent, Claim, OutgoingReply, PostRow


def retracted(case: Case, row: PostRow, *, now: datetime, deleted: bool) -> list[CaseEvent]:
    """The author took back what they claimed: by a post that says so, or by deleting the one that claimed it."""
    claims = Claim.objects.filter(case_id=case.pk, state__in=sorted(OPEN))
    claims = claims.filter(post=row) if deleted else claims.filter(post__author=row.author_id)
    events = []
    for claim in claims.select_for_update().order_by("pk"):
        claim.state, claim.retraction = ClaimState.RETRACTED, row
        claim.decided_at, claim.decided_by = now, None
        claim.save(update_fields=["state", "retraction", "decided_at", "decided_by"])
        events.append(make_event(case, "claim.retracted", at=now, claim=claim.pk, post=row.pk))
    return events


def asked(case: Case, reply: OutgoingReply, *, now: datetime) -> list[CaseEvent]:
    """The request to correct a claim went out."""
    events = []
    for claim in Claim.objects.select_for_update().filter(request=reply).order_by("pk"):
        if ClaimState.ASKED not in CLAIM_MOVES[ClaimState(claim.state)]:
            continue  # it was settled while the request was on its way
        check_claim_move(ClaimState(claim.state), ClaimState.ASKED)
        claim.state, claim.asked_at = ClaimState.ASKED, now
        claim.save(update_fields=["state", "asked_at"])
        events.append(
            make_event(case, "claim.asked", at=now, by=reply.by, claim=claim.pk, reply=reply.pk)
        )
    return events
