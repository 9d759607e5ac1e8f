"""What a case's history says, in words a person would use."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from amends.casework import Priority, ReplyStatus
from amends.casework.routing import explain
from amends.casework.saying import LANGUAGES
from amends.casework.scheduling import said_there
from amends.desk.models import CaseEvent, OutgoingReply
from amends.web import words_claims, words_private, words_rules

STATES = {
    "new": "New",
    "open": "Open",
    "waiting": "Waiting on the customer",
    "resolved": "Resolved",
    "closed": "Closed",
    "dismissed": "Dismissed",
    "merged": "Merged",
}
PRIORITIES = {p.value: p.name.capitalize() for p in sorted(Priority, reverse=True)}
OUTCOMES = {
    "thanked": "The customer said thank you",
    "silent": "The customer has not come back to it",
    "negative": "The customer is still unhappy",
    "retracted": "The customer took it back",
}
_OPENED = {
    "split": "The case was split off from another",
    "complaint": "A complaint opened the case",
    "private_question": "A private question opened the case",
    "by_hand": "The case was opened by hand",
    "phone": "A complaint by telephone opened the case",
    "counter": "A complaint made face to face opened the case",
    "letter": "A complaint by letter opened the case",
    "email": "A complaint by e-mail opened the case",
}
_ALONE = {
    "case.waiting": "It is the customer's turn",
    "case.taken_private": "The conversation went private",
    "case.closed_out": "Closed out in public, where it began",
    "customer.erased": "The customer's names and texts were erased",
    "promise.broken": "A promise was not kept in time",
    "reply.held": "A reply was held, as whoever wrote it may not speak for the company now",
    "reply.withdrawn": "A reply for later was withdrawn, as the customer wrote meanwhile; its text is a draft again",
    "post.taken_down": "Our post was removed from the network; the copy here stays",
    "post.not_taken_down": "The network did not remove our post",
}
_BY_SOMEBODY = {
    "case.taken_up": "took the case up",
    "case.reopened": "reopened the case",
    "case.resolved": "resolved the case",
    "case.dismissed": "dismissed the case: no complaint for us",
    "reply.held": "handed in a reply that the guard stops; it waits for approval",
    "reply.approved": "approved the reply, so it goes out",
    "reply.refused": "did not approve the reply",
    "reply.released": "confirmed that the reply still goes out",
    "reply.rescheduled": "gave the reply another time",
    "rank.watched": "has it looked up each day where the complaint stands in a search",
    "rank.unwatched": "ended looking up where the complaint stands in a search",
    "case.waiting": "is waiting for the customer",
}
_BY_SOMEBODY |= {
    "customer.merged": "found that two customers are one, and merged them",
    "customer.parted": "found that these customers are two, and parted them",
    "second_chance.asked": "asked for a second chance",
    "remedy.approved": "approved a remedy",
    "remedy.refused": "refused a remedy",
    "remedy.delivered": "noted that a remedy was delivered",
    "remedy.cancelled": "took a remedy back",
    "promise.made": "made a promise",
    "promise.moved": "moved a promise",
    "promise.kept": "kept a promise",
    "promise.dropped": "noted that a promise no longer stands",
}
_BY_ITSELF = {
    "case.taken_up": "The case is being worked on",
    "case.reopened": "The customer wrote again, so the case is open",
    "case.resolved": "The case was resolved",
    "case.dismissed": "The case was dismissed",
}
_ALONE |= words_claims.ALONE | words_private.ALONE
_BY_SOMEBODY |= words_claims.BY_SOMEBODY | words_private.BY_SOMEBODY
CLOCKS = {
    "acknowledgement": "acknowledgement",
    "first_reply": "first answer",
    "next_reply": "answer",
    "resolution": "solution",
    "close_out": "close-out",
}
Names = Mapping[int, str]


def sentence(
    event: CaseEvent,
    *,
    people: Names,
    labels: Names,
    rules: Names | None = None,
    macros: Names | None = None,
    zone: str = "UTC",
) -> str:
    """One event as a sentence. ``people``, ``labels``, ``rules`` and ``macros`` are names by id;
    ``zone`` is whose clock tells the times."""
    who = event.actor.name if event.actor else words_rules.rule_of(event.data, rules or {})
    if event.kind == "macro.run":
        return f"{who} ran the macro “{(macros or {}).get(event.data.get('macro', 0), 'removed')}”"
    if event.kind in _TIMED:
        does, name = _TIMED[event.kind]
        at = said_there(datetime.fromisoformat(event.data[name]), zone)
        return f"{who or 'The desk'} {does(event.data)} {at}"
    special = (
        _SPECIAL.get(event.kind)
        or words_claims.SPECIAL.get(event.kind)
        or words_private.SPECIAL.get(event.kind)
        or words_rules.SPECIAL.get(event.kind)
    )
    if special is not None:
        return special(who or "The desk", event.data, people, labels)
    if who and event.kind in _BY_SOMEBODY and "post" not in event.data:
        return f"{who} {_BY_SOMEBODY[event.kind]}"
    return _ALONE.get(event.kind) or _BY_ITSELF.get(event.kind) or event.kind


def _assigned(who: str, data: dict[str, Any], people: Names, labels: Names) -> str:  # noqa: ARG001
    to = data.get("to")
    name = people.get(to, "a colleague") if to is not None else ""
    if not name:
        return f"{who} gave the case back: it has no owner"
    return f"{who} took the case" if name == who else f"{who} gave the case to {name}"


def _routed(who: str, data: dict[str, Any], people: Names, labels: Names) -> str:  # noqa: ARG001
    return explain(data, people, LANGUAGES)


def _handed_over(who: str, data: dict[str, Any], people: Names, labels: Names) -> str:  # noqa: ARG001
    if data.get("to") is None:
        return f"{who} gave the case back to {data.get('team', 'the team')}"
    return f"{who} handed the case over to {people.get(data['to'], 'a colleague')}"


def _prioritised(who: str, data: dict[str, Any], people: Names, labels: Names) -> str:  # noqa: ARG001
    old, new = (PRIORITIES.get(data.get(end, 0), "?").lower() for end in ("from", "to"))
    return f"{who} changed the priority from {old} to {new}"


def _labelled(who: str, data: dict[str, Any], people: Names, labels: Names) -> str:  # noqa: ARG001
    return f"{who} put on the label “{labels.get(data.get('label', 0), '?')}”"


def _unlabelled(who: str, data: dict[str, Any], people: Names, labels: Names) -> str:  # noqa: ARG001
    return f"{who} took off the label “{labels.get(data.get('label', 0), '?')}”"


def _opened(who: str, data: dict[str, Any], people: Names, labels: Names) -> str:  # noqa: ARG001
    said = _OPENED.get(str(data.get("why")), "The case was opened")
    return f"{said} ({data['from']})" if "from" in data else said


def _merged(who: str, data: dict[str, Any], people: Names, labels: Names) -> str:  # noqa: ARG001
    if data.get("why") == "split":
        return f"{who} undid the split: its posts are back in {data.get('into', 'the other case')}"
    return f"{who} merged the case into {data.get('into', 'another')}"


def _joined(who: str, data: dict[str, Any], people: Names, labels: Names) -> str:  # noqa: ARG001
    return f"{who} merged {data.get('ref', 'another case')} into this one"


def _parted(who: str, data: dict[str, Any], people: Names, labels: Names) -> str:  # noqa: ARG001
    return f"{who} undid the merge of {data.get('ref', 'another case')} into this one"


def _split(who: str, data: dict[str, Any], people: Names, labels: Names) -> str:  # noqa: ARG001
    number = len(data.get("posts", ()))
    posts = "a post" if number == 1 else f"{number} posts"
    return f"{who} split off {posts} into {data.get('into', 'another case')}"


def _split_undone(who: str, data: dict[str, Any], people: Names, labels: Names) -> str:  # noqa: ARG001
    return f"{who} brought back what was split off into {data.get('ref', 'another case')}"


def _closed(who: str, data: dict[str, Any], people: Names, labels: Names) -> str:  # noqa: ARG001
    if data.get("open"):
        return f"{who} closed the case over what was still open"
    if data.get("closed_out"):
        return "The case is closed"
    return f"{who} closed the case without a public close-out"


_IS = {
    "complaint": {"complaint": "is a complaint", "none": "is no complaint"},
    "severity": {
        "none": "reproaches nobody",
        "disapproval": "shows displeasure",
        "accusation": "says that something was done wrong",
        "blame": "holds somebody responsible",
    },
    "sentiment": {name: f"is {name}" for name in ("negative", "neutral", "positive")},
}


def is_words(what: str, said: str) -> str:
    """What a correction says of a post: ``is no complaint``."""
    return _IS.get(what, {}).get(said, "is otherwise")


def _corrected(who: str, data: dict[str, Any], people: Names, labels: Names) -> str:  # noqa: ARG001
    what, said = str(data.get("what")), str(data.get("said"))
    agrees = "agreed with the reader" if said == data.get("was") else "corrected the reader"
    return f"{who} {agrees}: the post {is_words(what, said)}"


def _uncorrected(who: str, data: dict[str, Any], people: Names, labels: Names) -> str:  # noqa: ARG001
    said = is_words(str(data.get("what")), str(data.get("said")))
    return f"{who} took back that the post {said}"


def _outcome(who: str, data: dict[str, Any], people: Names, labels: Names) -> str:  # noqa: ARG001
    return OUTCOMES.get(str(data.get("outcome")), "An outcome was noted")


def _breached(who: str, data: dict[str, Any], people: Names, labels: Names) -> str:  # noqa: ARG001
    return f"The {CLOCKS.get(str(data.get('clock')), 'clock')} is late"


_FAULTS = {
    "ours": "it was our fault",
    "third_party": "it was a third party's fault",
    "customer": "it was the customer's own fault",
    "unclear": "it is unclear whose fault it was",
}
_CHANCES = {"given": "was given", "declined": "was declined", "silent": "met with silence"}


def _fault(who: str, data: dict[str, Any], people: Names, labels: Names) -> str:  # noqa: ARG001
    return f"{who} determined that {_FAULTS.get(str(data.get('fault')), 'fault')}"


def _chance(who: str, data: dict[str, Any], people: Names, labels: Names) -> str:  # noqa: ARG001
    return f"{who} noted that a second chance {_CHANCES.get(str(data.get('chance')), 'was met')}"


def _offered(who: str, data: dict[str, Any], people: Names, labels: Names) -> str:  # noqa: ARG001
    beyond = " beyond the month's budget" if data.get("budget") else ""
    waits = ", which waits for somebody else's approval" if data.get("waits") else ""
    return f"{who} gives a {data.get('what', 'remedy')}{beyond}{waits}"


_HANDED_UP = {
    "breach": ", as a clock was missed",
    "boycott": ", as a post calls for a boycott",
    "wave": ", as a post threatens a wave",
}


def _escalated(who: str, data: dict[str, Any], people: Names, labels: Names) -> str:  # noqa: ARG001
    name = people.get(data.get("to", 0), "a colleague")
    because = _HANDED_UP.get(str(data.get("why")), "")
    return f"{who} handed the case up to {name}{because}"


_WOKE = {
    "time": "The time the case was snoozed to has come",
    "customer": "The customer wrote, so the case is no longer snoozed",
    "breach": "A clock ran out, so the case is no longer snoozed",
}


def _woken(who: str, data: dict[str, Any], people: Names, labels: Names) -> str:  # noqa: ARG001
    return _WOKE.get(str(data.get("why")), f"{who} brought the case back")


def _ranked(who: str, data: dict[str, Any], people: Names, labels: Names) -> str:  # noqa: ARG001
    place = data.get("place")
    found = f"in place {place}" if place else "nowhere to be seen"
    return f"{who} noted that the complaint stands {found} in a search"


def _take_down(who: str, data: dict[str, Any], people: Names, labels: Names) -> str:  # noqa: ARG001
    return f"{who} has our post removed from the network"


_SPECIAL: dict[str, Callable[[str, dict[str, Any], Names, Names], str]] = {
    "case.assigned": _assigned,
    "case.joined": _joined,
    "case.parted": _parted,
    "case.split": _split,
    "case.split_undone": _split_undone,
    "case.routed": _routed,
    "case.handed_over": _handed_over,
    "case.prioritised": _prioritised,
    "case.labelled": _labelled,
    "case.unlabelled": _unlabelled,
    "case.opened": _opened,
    "case.merged": _merged,
    "case.closed": _closed,
    "case.escalated": _escalated,
    "case.woken": _woken,
    "sla.breached": _breached,
    "post.take_down": _take_down,
    "rank.noted": _ranked,
    "fault.determined": _fault,
    "second_chance.answered": _chance,
    "remedy.offered": _offered,
    "outcome.noted": _outcome,
    "reading.corrected": _corrected,
    "reading.uncorrected": _uncorrected,
}


_TIMED = words_private.TIMED | {
    "case.snoozed": (lambda _: "snoozed the case until", "until"),
}
"""What says a moment: what was done, and where the event keeps it."""


def span(length: timedelta) -> str:
    """A length of time in one unit: ``4 min``, ``3 h``, ``2 d``."""
    seconds = max(0, int(length.total_seconds()))
    if seconds < 60:
        return "under 1 min"
    if seconds < 3600:
        return f"{seconds // 60} min"
    if seconds < 172_800:
        return f"{seconds // 3600} h"
    return f"{seconds // 86_400} d"


def reasons(row: Mapping[str, Any]) -> str:
    """Why a case stands where it stands in the inbox, beside its clock: severity and spread."""
    grave = {
        Priority.URGENT: "urgent",
        Priority.HIGH: "high priority",
        Priority.LOW: "low priority",
    }
    spread = int(row["spread"])
    times = "once" if spread == 1 else f"{spread:,} times"
    parts = [
        "" if row["clock"] else "no clock runs",
        grave.get(row["priority"], ""),
        f"taken up {times} by others" if spread else "",
    ]
    return ", ".join(part for part in parts if part)


def status_words(reply: OutgoingReply, *, zone: str = "UTC") -> str:
    """How a reply on its way stands; times by the clock of ``zone``."""
    status = ReplyStatus(reply.status)
    if status is ReplyStatus.NOT_KNOWN and reply.by_hand:
        return "To be sent by hand"
    waits = reply.goes_at is not None and reply.due_at <= reply.goes_at
    if status is ReplyStatus.READY and waits and reply.goes_at:
        return f"Goes out on {said_there(reply.goes_at, zone)}"
    words = {
        ReplyStatus.HELD: "Waiting for approval",
        ReplyStatus.READY: "Will be tried again" if reply.tries else "Waiting to be sent",
        ReplyStatus.SENDING: "Being sent",
        ReplyStatus.SENT: "Sent",
        ReplyStatus.FAILED: "Not sent",
        ReplyStatus.NOT_KNOWN: "Not known whether it went out",
        ReplyStatus.PAUSED: "Held back: sending was stopped",
        ReplyStatus.CANCELLED: "Withdrawn" if reply.goes_at and reply.reason else "Called back",
    }
    return words[status]
