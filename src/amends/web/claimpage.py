"""What the pages of claims show."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from amends.casework.claims import BY_HAND, CLAIM_MOVES, OPEN, ClaimState, draft_request
from amends.casework.evidence import Proof, Source
from amends.casework.holds import blank_from
from amends.connectors.registry import traits_of
from amends.desk.actions.evidence import proofs
from amends.desk.actions.replies import ON_THEIR_WAY
from amends.desk.models import Case, Claim, Evidence, PostRow, Responder
from amends.desk.queries.claims import claims_of, copies_of, holds_of, life_of, posts_to_quote
from amends.desk.queries.there import ALL, Part, Parts
from amends.web.composer import signed
from amends.web.words import sentence

CLAIMS = {
    "noted": ("to be examined", "warn"),
    "shown false": ("shown false", "accent"),
    "asked to be corrected": ("correction asked for", "accent"),
    "declined to be corrected": ("not corrected by its author", "bad"),
    "corrected": ("corrected by its author", "good"),
    "retracted": ("taken back", "good"),
    "found true": ("true", ""),
    "dropped": ("dropped", ""),
}
VERBS = {
    ClaimState.NOTED: "Look at it anew",
    ClaimState.FALSE: "It is false",
    ClaimState.TRUE: "It is true",
    ClaimState.DECLINED: "They do not correct it",
    ClaimState.CORRECTED: "They corrected it",
    ClaimState.RETRACTED: "They took it back",
    ClaimState.DROPPED: "Drop it",
}
SOURCES = {
    Source.NETWORK: "as the network gave it",
    Source.DESK: "as the desk stored it",
    Source.FILE: "a file",
}
PROOFS = {
    Proof.WHOLE: ("whole", "good"),
    Proof.CHANGED: ("changed", "bad"),
    Proof.UNPROVED: ("not in the history", "bad"),
    Proof.ERASED: ("erased", ""),
    Proof.AWAITED: ("not there", "warn"),
}
HOWS = {"quote": "quotes it", "repost": "reposts it", "words": "in the same words"}


@dataclass(frozen=True, slots=True)
class ClaimLine:
    row: Claim
    words: str
    tone: str


@dataclass(frozen=True, slots=True)
class EvidenceLine:
    row: Evidence
    source: str
    proof: str
    tone: str
    size: str


def claim_line(row: Claim) -> ClaimLine:
    return ClaimLine(row, *CLAIMS[row.state])


def case_claims(
    case: Case,
    posts: Iterable[PostRow],
    *,
    can: Mapping[str, bool],
    now: datetime,
    there: Parts = ALL,
) -> dict[str, Any]:
    """What the part of the case page about claims and legal matters shows. ``posts``: of the case,
    oldest first."""
    return {
        "rows": [claim_line(row) for row in claims_of(case)] if Part.CLAIMS in there else [],
        "posts": [post for post in posts if not post.ours and post.text][:-51:-1],
        "holds": holds_of(case, now=now) if can["legal"] else [],
    }


def claim_facts(
    claim: Claim, person: Responder, *, now: datetime, typed: Mapping[str, str], error: str = ""
) -> dict[str, Any]:
    """Everything the page of one claim shows. ``typed`` is kept where something was refused."""
    case, state = claim.case, ClaimState(claim.state)
    traits = traits_of(case.network)
    shown = claim.evidence.select_related("claim", "post__author", "by").order_by("pk")
    kept, copies, quotable = {row.post_id for row in shown}, copies_of(claim), posts_to_quote(case)
    return {
        "claim": claim,
        "case": case,
        "line": claim_line(claim),
        "open": state in OPEN,
        "choices": [(str(s), VERBS[s]) for s in ClaimState if s in CLAIM_MOVES[state] & BY_HAND],
        "evidence": [_evidence(row, found) for row, found in proofs(shown)],
        "posts": [one for one in quotable if one.pk not in kept],
        "answers": quotable,
        "copies": [(one, HOWS[one.how]) for one in copies.standing],
        "counts": copies,
        "life": [(event, sentence(event, people={}, labels={})) for event in life_of(claim)],
        "goes": _goes(claim),
        "held": [hold for hold, standing in holds_of(case, now=now) if standing],
        "may_ask": ClaimState.ASKED in CLAIM_MOVES[state],
        "on_its_way": claim.request is not None and claim.request.status in ON_THEIR_WAY,
        "draft": typed.get("text") or signed(draft_request(claim.words, claim.truth), person),
        "message": traits.can_message,
        "limits": (traits.limit, traits.message_limit, traits.unit),
        "typed": typed,
        "error": error,
    }


def _goes(claim: Claim) -> datetime | None:
    """When the text is blanked, where its author deleted the post and it is still there."""
    post = claim.post
    if post is None or post.deleted_at is None or post.erased_at is not None:
        return None
    return blank_from(post.deleted_at)


def _evidence(row: Evidence, found: Proof) -> EvidenceLine:
    words, tone = PROOFS[found]
    if found is Proof.AWAITED and row.ask_at is not None:
        words = "being asked for"
    size = f"{row.size / 1000:,.1f} kB" if row.size >= 1000 else f"{row.size} bytes"
    return EvidenceLine(row, SOURCES[Source(row.source)], words, tone, size)
