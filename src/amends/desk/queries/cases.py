"""The case page: one column of posts, messages, notes, replies on their way and events."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from amends.casework import CaseState, ReplyStatus
from amends.casework.calls import CallStatus
from amends.desk.models import Call, Case, CaseEvent, Draft, Note, OutgoingReply, PostRow, Responder

_SHOWN = frozenset(
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


def trail(case: Case) -> list[Entry]:
    """Everything on a case, oldest first. A reply that went out is its post. What stands in cases
    that were merged into it stands here too."""
    posts = (
        PostRow.objects.filter(place__case__in=[case, *merged_into(case)])
        .select_related("author", "reading", "reply__by", "reply__rule", "place__case")
        .prefetch_related("reply__attachments")
        .order_by("created_at", "pk")
    )
    entries = [Entry("post", post.created_at, post=post) for post in posts]
    notes = case.notes.select_related("by", "rule").prefetch_related("heads_ups__to")
    entries += [Entry("note", n.at, note=n) for n in notes]
    calls = case.calls.filter(status=CallStatus.HELD).select_related("by")
    entries += [Entry("call", c.starts_at, call=c) for c in calls]
    waiting = case.replies.exclude(status=ReplyStatus.SENT).select_related(
        "by", "rule", "to_post__author"
    )
    waiting = waiting.prefetch_related("attachments")
    entries += [Entry("reply", r.queued_at, reply=r) for r in waiting]
    events = case.history.filter(kind__in=_SHOWN).select_related("actor").order_by("seq")
    entries += [Entry("event", e.at, event=e) for e in events]
    return sorted(entries, key=lambda e: (e.at, _ORDER[e.kind]))


def merged_into(case: Case) -> list[Case]:
    """The cases that go on in this one; those that are private, or a legal matter, only where it
    is one too: whoever sees this one may not see those."""
    rows = Case.objects.filter(merged_into=case, state=CaseState.MERGED).order_by("pk")
    return [
        row for row in rows if (case.private or not row.private) and (case.legal or not row.legal)
    ]


def drafts_of(case: Case, person: Responder) -> dict[str, str]:
    """What the person has typed and not sent, by mode."""
    return dict(Draft.objects.filter(case=case, by=person).values_list("mode", "text"))
