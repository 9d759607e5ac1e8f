"""Claims as pages show them: one, those of a case, and all that a person may see."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q, QuerySet

from amends.casework import Action, Role, check_may
from amends.casework.claims import OPEN, ClaimState
from amends.casework.holds import stands
from amends.desk.models import (
    Case,
    CaseEvent,
    Claim,
    ClaimCopy,
    Evidence,
    LegalHold,
    PostRow,
    Responder,
)
from amends.desk.queries.doors import NotThere, may_see, seen_by, sees_cases
from amends.desk.queries.prepared import of_case, prepared

MOST = 200
_KINDS = ("claim.", "evidence.", "copy.")


def get_claim_for(person: Responder, pk: int) -> Claim:
    """Raises ``NotThere``."""
    for claim in _claim(pk, role=Role(person.role)) if sees_cases(person) else ():
        return claim
    raise NotThere("There is no such claim that you may see.")


@prepared
def _claim(pk: int, *, role: Role) -> QuerySet[Claim]:
    claims = Claim.objects.filter(pk=pk, case__in=seen_by(role))
    return claims.select_related(
        "case__brand", "case__customer", "case__first_post", "post__author", "by", "decided_by",
        "request", "retraction__author",
    )  # fmt: skip


def get_evidence_for(person: Responder, claim: int, pk: int) -> Evidence:
    """Raises ``NotThere``."""
    of = get_claim_for(person, claim)
    found = of.evidence.select_related("claim__case", "post").filter(pk=pk).first()
    if found is None:
        raise NotThere("There is no such evidence that you may see.")
    return found


def get_copy_for(person: Responder, claim: int, pk: int) -> ClaimCopy:
    """Raises ``NotThere``."""
    of = get_claim_for(person, claim)
    found = of.copies.select_related("claim__case").filter(pk=pk).first()
    if found is None:
        raise NotThere("There is no such copy that you may see.")
    return found


def claims_of(case: Case) -> Sequence[Claim]:
    """A case's claims, the oldest first."""
    return of_case(case, _claims(case.pk))


@prepared
def _claims(case: int) -> QuerySet[Claim]:
    return Claim.objects.filter(case=case).select_related("post").order_by("pk")


def claims_for(person: Responder, *, state: str = "") -> Sequence[Claim]:
    """The claims a person may see, the latest first: those in a state, the open ones, or all."""
    known = state == "all" or state in set(ClaimState)
    if not sees_cases(person):
        return []
    return _claims_seen(role=Role(person.role), state=state if known else "")


@prepared
def _claims_seen(*, role: Role, state: str) -> QuerySet[Claim]:
    claims: QuerySet[Claim] = Claim.objects.filter(case__in=seen_by(role))
    if state != "all":
        claims = claims.filter(state__in=[state] if state else sorted(OPEN))
    standing = Count("copies", filter=Q(copies__dismissed_by=None, copies__post__deleted_at=None))
    claims = claims.annotate(standing=standing)
    return claims.select_related("case", "post__author").order_by("-at", "-pk")[:MOST]


def posts_to_quote(case: Case, *, most: int = 50) -> Sequence[PostRow]:
    """Posts of a case by others that still have a text, the latest first."""
    return _quotable(case.pk, most=most)


@prepared
def _quotable(case: int, *, most: int) -> QuerySet[PostRow]:
    posts = PostRow.objects.filter(place__case=case, ours=False, erased_at=None).exclude(text="")
    return posts.select_related("author", "place").order_by("-created_at", "-pk")[:most]


@dataclass(frozen=True, slots=True)
class Copies:
    """Posts that repeat a claim: those that stand, and how many are gone or were no copies.

    ``reposts`` is how often the network says that the claim's own post was passed on.
    """

    standing: Sequence[ClaimCopy]
    gone: int
    dismissed: int
    reposts: int


def copies_of(claim: Claim) -> Copies:
    rows = list(claim.copies.select_related("post__author").order_by("-post__created_at", "-pk"))
    counts = claim.post.counts if claim.post is not None else {}
    number = counts.get("reposts", 0)
    return Copies(
        [one for one in rows if one.dismissed_by_id is None and one.post.deleted_at is None],
        sum(one.dismissed_by_id is None and one.post.deleted_at is not None for one in rows),
        sum(one.dismissed_by_id is not None for one in rows),
        number if isinstance(number, int) else 0,
    )


def life_of(claim: Claim) -> Sequence[CaseEvent]:
    """What happened to a claim, the oldest first, from its case's history."""
    which = Q(kind__startswith=_KINDS[0])
    for kind in _KINDS[1:]:
        which |= Q(kind__startswith=kind)
    events = claim.case.history.filter(which).select_related("actor").order_by("seq")
    kept = set(claim.evidence.values_list("pk", flat=True))
    return [
        event
        for event in events
        if event.data.get("claim") == claim.pk or event.data.get("evidence") in kept
    ]


def standing_holds(person: Responder, *, now: datetime) -> Sequence[LegalHold]:
    """The holds that stand on cases this person may see, the one that ends first on top."""
    check_may(Role(person.role), Action.LEGAL)
    rows = LegalHold.objects.filter(lifted_at=None, expires_at__gt=now, case__in=may_see(person))
    return list(rows.select_related("case", "by").order_by("expires_at", "pk")[:MOST])


def holds_of(case: Case, *, now: datetime) -> Sequence[tuple[LegalHold, bool]]:
    """A case's legal holds with whether each stands, the latest first."""
    return [
        (row, stands(expires_at=row.expires_at, lifted_at=row.lifted_at, now=now))
        for row in of_case(case, _holds(case.pk))
    ]


@prepared
def _holds(case: int) -> QuerySet[LegalHold]:
    return LegalHold.objects.filter(case=case).select_related("by", "lifted_by").order_by("-pk")
