"""The event log: every change leaves a line in the case's history, in the same transaction."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from amends.casework import LIVE, CaseState, Link, Verdict, check_move, event_hash, verify
from amends.desk.models import Case, CaseEvent, Responder
from amends.desk.models.made import made

KINDS: Final[dict[str, str]] = {
    "case.opened": "A post opened the case.",
    "case.taken_up": "Somebody began to work on it.",
    "case.waiting": "We answered; it is the customer's turn.",
    "case.reopened": "It needs work again.",
    "case.resolved": "The matter is settled.",
    "case.closed": "It is over.",
    "case.dismissed": "It was no complaint for us.",
    "case.merged": "It went on in another case.",
    "case.joined": "Another case was merged into it.",
    "case.parted": "Merging another case into it was undone.",
    "case.split": "Posts of it were split off into another case.",
    "case.split_undone": "Posts that were split off came back.",
    "customer.merged": "Two customers turned out to be one.",
    "customer.parted": "Merging two customers was undone.",
    "case.assigned": "Its owner changed.",
    "case.routed": "Routing decided who is given it, and why.",
    "case.handed_over": "Its owner handed it over, to a colleague or back to the team.",
    "case.prioritised": "Its priority changed.",
    "case.snoozed": "It was put off to a later time.",
    "case.woken": "It is back among the cases that wait.",
    "case.labelled": "A label was put on.",
    "case.unlabelled": "A label was taken off.",
    "case.acknowledged": "Our first public reply went out.",
    "case.taken_private": "The first private message passed.",
    "case.closed_out": "We closed it out in public, where it began.",
    "case.escalated": "It was handed up.",
    "sla.breached": "A clock ran out before what it waits for.",
    "fault.determined": "Whose fault it was, and on what facts.",
    "second_chance.asked": "We asked for a second chance, as it was not our fault.",
    "second_chance.answered": "What became of asking for a second chance.",
    "remedy.offered": "Something is given to put it right.",
    "remedy.approved": "Somebody else approved a remedy.",
    "remedy.refused": "Somebody else refused a remedy.",
    "remedy.delivered": "A remedy reached the customer.",
    "remedy.cancelled": "A remedy is not given after all.",
    "promise.made": "We promised something.",
    "promise.moved": "A promise is due at another time.",
    "promise.kept": "A promise was kept.",
    "promise.dropped": "A promise no longer stands.",
    "promise.broken": "A promise was not kept in time.",
    "handoff.made": "A hand-off link was made.",
    "handoff.sent": "A reply with a hand-off link went out.",
    "handoff.taken": "Somebody began to write on the private page.",
    "handoff.proven": "It was noted that the private page is the customer's.",
    "handoff.ended": "The private page was closed.",
    "reading.corrected": "A colleague said what a post is.",
    "reading.uncorrected": "A colleague took back what they had said a post is.",
    "letter.begun": "A letter was begun.",
    "letter.handed_in": "A letter was handed in; it waits for somebody else's approval.",
    "letter.approved": "Somebody else approved a letter.",
    "letter.refused": "Somebody else gave a letter back.",
    "letter.sent": "A letter went out.",
    "letter.withdrawn": "A letter was withdrawn.",
    "call.planned": "A call or meeting was planned.",
    "call.moved": "A planned call was moved.",
    "call.held": "A call was held and written down.",
    "call.missed": "A planned call did not come about.",
    "call.cancelled": "A planned call was called off.",
    "outcome.noted": "The customer showed what they made of it.",
    "outcome.corrected": "Somebody said otherwise what the customer made of it.",
    "customer.invited": "We invited the customer, once, to speak again in public.",
    "survey.asked": "We asked in private how we did.",
    "survey.answered": "The customer said in private how we did.",
    "claim.noted": "A claim that may be false was noted.",
    "claim.decided": "Somebody decided about a claim.",
    "claim.asked": "The author was asked to correct a claim.",
    "claim.retracted": "The author took a claim back.",
    "copy.found": "Another post repeats a claim.",
    "copy.dismissed": "Somebody said that a post does not repeat a claim.",
    "evidence.kept": "Evidence was kept, with its hash.",
    "evidence.missed": "The network could not be had for evidence.",
    "evidence.erased": "Evidence was erased with the text it shows.",
    "case.restricted": "It became a legal matter, for few to see.",
    "case.released": "It is no legal matter any more.",
    "hold.set": "Texts are kept for legal reasons, until a day.",
    "hold.lifted": "Somebody ended a legal hold.",
    "hold.expired": "A legal hold came to its end.",
    "post.attached": "A further post joined the case.",
    "post.edited": "The author edited a post.",
    "post.deleted": "The author deleted a post.",
    "post.blanked": "The text of a post that its author deleted was blanked.",
    "case.told": "Somebody is to look at it.",
    "macro.run": "A macro was run on it.",
    "rule.left": "A rule could not do something.",
    "note.added": "A colleague wrote a note.",
    "reply.queued": "A reply was handed to the outbox.",
    "reply.held": "A reply waits: the guard stops it, or whoever wrote it may not speak now.",
    "reply.approved": "Somebody else let a held reply pass.",
    "reply.refused": "Somebody else did not let a held reply pass.",
    "reply.sent": "The network published it.",
    "reply.retried": "The network refused for now; it will be tried again.",
    "reply.failed": "The network refused it for good.",
    "reply.not_known": "Whether it went out is not known.",
    "reply.cancelled": "It was called back before it went out.",
    "reply.rescheduled": "A reply for later got another time.",
    "reply.withdrawn": "A reply for later was withdrawn: the customer wrote meanwhile.",
    "reply.paused": "Sending is stopped, so the reply waits for a person.",
    "reply.released": "Somebody confirmed that a reply which was stopped still goes out.",
    "rank.noted": "Somebody noted where the complaint stands in a search.",
    "rank.watched": "Where the complaint stands in a search is looked up each day.",
    "rank.unwatched": "It is no longer looked up where the complaint stands in a search.",
    "post.take_down": "Somebody had a post of ours removed, and said why.",
    "post.taken_down": "A post of ours was removed from the network.",
    "post.not_taken_down": "The network did not remove a post of ours.",
    "customer.erased": "Names and texts of the customer were erased.",
}

GIVEN: Final = frozenset({"case.assigned", "case.routed", "case.handed_over", "case.escalated"})
"""Events whose ``to`` is the owner from then on; None is nobody, but for ``case.routed``, which then
changed nothing."""

_STATE_KINDS: Final[dict[CaseState, str]] = {
    CaseState.WAITING: "case.waiting",
    CaseState.RESOLVED: "case.resolved",
    CaseState.CLOSED: "case.closed",
    CaseState.DISMISSED: "case.dismissed",
    CaseState.MERGED: "case.merged",
}


def make_event(
    case: Case,
    kind: str,
    *,
    at: datetime,
    by: Responder | None = None,
    **data: object,
) -> CaseEvent:
    """The case's next event, unsaved; moves the chain's head on ``case``.

    The caller holds the case's row and saves both. ``data`` are ids and small facts, never a
    name or a text.
    """
    if kind not in KINDS:
        message = f"{kind} is no kind of event"
        raise ValueError(message)
    actor = by.pk if by else None
    mark = event_hash(
        case=case.ref,
        seq=case.events + 1,
        kind=kind,
        actor=actor,
        at=at,
        data=data,
        before=case.head,
    )
    event = made(
        CaseEvent,
        seq=case.events + 1,
        kind=kind,
        actor_id=actor,
        at=at,
        data=data,
        before=case.head,
        hash=mark,
    )
    event.case = case
    if by is not None:
        event.actor = by
    case.events, case.head, case.touched_at = case.events + 1, mark, at
    if kind in GIVEN and data.get("to") is not None:
        case.route_at = None  # somebody has it, whether they are there or not
    return event


def move_event(
    case: Case,
    state: CaseState,
    *,
    at: datetime,
    by: Responder | None = None,
    **data: object,
) -> CaseEvent:
    """Move the case by one declared move; its event, unsaved. Raises ``NotAllowed``."""
    old = CaseState(case.state)
    check_move(old, state)
    case.state = state
    if state not in LIVE:
        case.snoozed_until = None
    _note_pause(case, old, state, at)
    if state is CaseState.OPEN:
        kind = "case.taken_up" if old is CaseState.NEW else "case.reopened"
    else:
        kind = _STATE_KINDS[state]
    return make_event(case, kind, at=at, by=by, **{"from": str(old), **data})


_IN_HAND: Final = frozenset({CaseState.NEW, CaseState.OPEN})


def _note_pause(case: Case, old: CaseState, new: CaseState, at: datetime) -> None:
    """While a case is neither new nor open it is not our turn, and clocks stand still."""
    pauses = list(case.pauses or ())
    if old in _IN_HAND and new not in _IN_HAND:
        since = max(at.isoformat(), pauses[-1][1]) if pauses else at.isoformat()
        case.pauses = [*pauses, [since, None]]
    elif old not in _IN_HAND and new in _IN_HAND and pauses:
        since = pauses[-1][0]
        case.pauses = [*pauses[:-1], [since, max(since, at.isoformat())]]


def proof(case: Case, history: Iterable[CaseEvent] | None = None) -> Verdict:
    """Whether the case's log is whole: nothing missing, changed or cut off. ``history``: every event
    that is stored of it, in their order, where they were read already."""
    events = case.history.order_by("seq").iterator() if history is None else history
    return verify(_links(case, events), count=case.events, head=case.head)


def _links(case: Case, events: Iterable[CaseEvent]) -> Iterable[Link]:
    for event in events:
        yield Link(
            case=case.ref,
            seq=event.seq,
            kind=event.kind,
            actor=event.actor_id,
            at=event.at,
            data=event.data,
            before=event.before,
            hash=event.hash,
        )
