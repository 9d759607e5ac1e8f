"""The case page: one column of posts, messages, notes, replies on their way and events."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from django.db.models import Prefetch, QuerySet

from amends.casework import CaseState, ReplyStatus
from amends.casework.calls import CallStatus
from amends.desk.models import (
    Call,
    Case,
    CaseEvent,
    Draft,
    HeadsUp,
    Note,
    OutgoingReply,
    PostRow,
    Responder,
)
from amends.desk.queries.prepared import of_case, prepared
from amends.desk.queries.there import Part, Parts, parts_of

_KINDS = frozenset(
    {
        "case.joined", "case.parted", "case.split", "case.split_undone", "customer.merged",
        "customer.parted",
        "case.opened", "case.taken_up", "case.reopened", "case.resolved", "case.closed", "case.dismissed",
        "case.merged", "case.told", "rule.left", "macro.run", "case.assigned", "case.routed", "case.handed_over", "case.snoozed", "case.woken", "case.prioritised", "case.labelled", "case.unlabelled",
        "case.taken_private", "case.closed_out", "case.escalated", "sla.breached", "outcome.noted",
        "customer.erased", "fault.determined", "second_chance.asked", "second_chance.answered",
        "remedy.offered", "remedy.approved", "remedy.refused", "remedy.delivered", "remedy.cancelled",
        "promise.made", "promise.moved", "promise.kept", "promise.dropped", "promise.broken",
        "reply.held", "reply.approved", "reply.refused", "reply.rescheduled", "reply.withdrawn",
        "reply.released", "post.take_down", "rank.noted", "rank.watched", "rank.unwatched", "post.taken_down", "post.not_taken_down",
        "reading.corrected", "reading.uncorrected", "outcome.corrected", "customer.invited",
        "survey.asked", "survey.answered", "claim.noted", "claim.decided", "claim.asked",
        "claim.retracted", "copy.found", "copy.dismissed", "evidence.kept", "evidence.missed",
        "evidence.erased", "case.restricted", "case.released", "hold.set", "hold.lifted", "hold.expired",
        "post.blanked",
        "letter.handed_in", "letter.approved", "letter.refused", "letter.sent",
        "letter.withdrawn", "call.planned", "call.moved", "call.missed", "call.cancelled",
        "handoff.made", "handoff.sent", "handoff.taken", "handoff.proven", "handoff.ended",
    }
)  # fmt: skip

# What happened at one instant: the post that caused an event, the event, what was written after.
_ORDER = {"post": 0, "call": 0, "event": 1, "note": 2, "reply": 3}


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a case's column; exactly one of the five is set, as ``kind`` says."""

    kind: Literal["post", "note", "reply", "event", "call"]
    at: datetime
    post: PostRow | None = None
    note: Note | None = None
    reply: OutgoingReply | None = None
    event: CaseEvent | None = None
    call: Call | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """What several parts of a page need of a case: which parts it has, every event and every reply
    in their order."""

    there: Parts
    history: Sequence[CaseEvent]
    replies: Sequence[OutgoingReply]


def known_of(case: Case) -> Known:
    there = parts_of(case)
    replies = of_case(case, _replies(case.pk)) if Part.REPLIES in there else []
    return Known(there, of_case(case, _events(case.pk)), replies)


def trail(case: Case, known: Known | None = None) -> list[Entry]:
    """Everything on a case, oldest first. A reply that went out is its post. What stands in cases
    that were merged into it stands here too."""
    known = known or known_of(case)
    there = known.there
    joined = merged_into(case) if Part.JOINED in there else []
    posts = _posts_of([case, *joined]) if joined else _posts(case.pk)
    entries = [Entry("post", post.created_at, post=post) for post in posts]
    if Part.NOTES in there:
        entries += [Entry("note", n.at, note=n) for n in of_case(case, _notes(case.pk))]
    if Part.CALLS in there:
        calls = case.calls.filter(status=CallStatus.HELD).select_related("by")
        entries += [Entry("call", c.starts_at, call=c) for c in calls]
    waiting = (r for r in known.replies if r.status != ReplyStatus.SENT)
    entries += [Entry("reply", r.queued_at, reply=r) for r in waiting]
    entries += [Entry("event", e.at, event=e) for e in known.history if e.kind in _KINDS]
    return sorted(entries, key=lambda e: (e.at, _ORDER[e.kind]))


def _posts_of(cases: Sequence[Case]) -> QuerySet[PostRow]:
    return _shown(PostRow.objects.filter(place__case__in=cases))


@prepared
def _posts(case: int) -> QuerySet[PostRow]:
    return _shown(PostRow.objects.filter(place__case=case))


def _shown(posts: QuerySet[PostRow]) -> QuerySet[PostRow]:
    posts = posts.select_related("author", "reading", "reply__by", "reply__rule", "place__case")
    return posts.prefetch_related("reply__attachments").order_by("created_at", "pk")


@prepared
def _notes(case: int) -> QuerySet[Note]:
    notes = Note.objects.filter(case=case).select_related("by", "rule")
    return notes.prefetch_related(Prefetch("heads_ups", HeadsUp.objects.select_related("to")))


@prepared
def _replies(case: int) -> QuerySet[OutgoingReply]:
    replies = OutgoingReply.objects.filter(case=case).order_by("pk")
    replies = replies.select_related("by", "rule", "to_post__author")
    return replies.prefetch_related("attachments")


@prepared
def _events(case: int) -> QuerySet[CaseEvent]:
    return CaseEvent.objects.filter(case=case).select_related("actor").order_by("seq")


def replies_stand(case: Case) -> list[tuple[int, str, int]]:
    """Of each reply on a case: its primary key, its status, and how often it was tried."""
    return _replies_stand(case.pk)


@prepared
def _replies_stand(case: int) -> QuerySet[OutgoingReply, tuple[int, str, int]]:
    replies = OutgoingReply.objects.filter(case=case).order_by("pk")
    return replies.values_list("pk", "status", "tries")


def merged_into(case: Case) -> list[Case]:
    """The cases that go on in this one; those that are private, or a legal matter, only where it
    is one too: whoever sees this one may not see those."""
    return [
        row
        for row in _merged_into(case.pk)
        if (case.private or not row.private) and (case.legal or not row.legal)
    ]


@prepared
def _merged_into(case: int) -> QuerySet[Case]:
    return Case.objects.filter(merged_into=case, state=CaseState.MERGED).order_by("pk")


def drafts_of(case: Case, person: Responder) -> dict[str, str]:
    """What the person has typed and not sent, by mode."""
    return dict(_drafts(case.pk, person.pk))


@prepared
def _drafts(case: int, person: int) -> QuerySet[Draft, tuple[str, str]]:
    return Draft.objects.filter(case=case, by=person).values_list("mode", "text")
