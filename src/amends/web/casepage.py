"""The case page's facts, put together for its templates."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final

from django.utils import timezone

from amends.casework import MOVES, Action, CaseState, ReplyStatus
from amends.casework.macros import says
from amends.casework.scheduling import on_the_wall
from amends.casework.verbs import STANDING, VERBS
from amends.connectors.registry import traits_of
from amends.desk.actions import proof
from amends.desk.actions.drafting import desk_language
from amends.desk.actions.macros import Ran
from amends.desk.models import (
    AuthorRow,
    Case,
    CaseEvent,
    MacroRow,
    OutgoingReply,
    PostRow,
    Responder,
)
from amends.desk.queries import Entry, context_of, label_names, names_of, owners, trail, uppers
from amends.desk.queries.cases import Known, known_of, replies_stand
from amends.desk.queries.choices import approvers, at_work, macro_names, rule_names, teams
from amends.desk.queries.handoffs import NETWORK
from amends.desk.queries.macros import macros_now, readable_macros
from amends.desk.queries.ruling import names_now
from amends.desk.queries.setup import first_brand
from amends.desk.queries.stops import is_overtaken, is_stopped, reasons_of, stops_in_force
from amends.desk.queries.there import Part, Parts
from amends.desk.queries.together import Beside, colleagues, others_at
from amends.terms import written_handle
from amends.web.asking import can
from amends.web.claimpage import case_claims
from amends.web.clockpage import clock_facts
from amends.web.composer import composer_for
from amends.web.guarding import Said, said_of
from amends.web.heardpage import ROLES
from amends.web.ledgerpage import ledger_facts
from amends.web.marks import Piece
from amends.web.privatepage import private_facts
from amends.web.rankpage import rank_facts
from amends.web.readingpage import Told, marked, tell
from amends.web.surveypage import survey_facts
from amends.web.views.setup_shared import threshold_of
from amends.web.words import CLOCKS, OUTCOMES, PRIORITIES, STATES, sentence, status_words

DEEPEST = 3


class _Nothing(dict[str, str]):
    """Where nothing was typed. A template that asks a plain dictionary for what is not there takes
    longer over it than over many things that are."""

    def __missing__(self, name: str) -> None:
        return None


NOTHING_TYPED: Final[Mapping[str, str]] = _Nothing()


@dataclass(frozen=True, slots=True)
class Line:
    """One entry of the column as it is shown. ``depth`` is how far it is set in; ``answers`` the
    handle of who is answered, "" at the top of a thread."""

    entry: Entry
    words: str = ""
    depth: int = 0
    answers: str = ""
    said: Sequence[Said] = ()
    approvers: Sequence[str] = ()
    may_approve: bool = False
    goes: str = ""  # when a reply for later goes out, for a form
    overtaken: bool = False
    stopped: bool = False
    because: str = ""
    removable: bool = False
    text: Sequence[Piece] = ()
    told: Told | None = None


def case_facts(
    case: Case,
    person: Responder,
    *,
    typed: Mapping[str, str] | None = None,
    error: str = "",
    offer: Ran | None = None,
    listed: Mapping[str, Any] = MappingProxyType({}),
) -> dict[str, Any]:
    """Everything the case's templates need. ``typed`` is kept where a send was refused; ``offer``: a
    macro's text, beside what was typed; ``listed``: the facts of the list beside the case."""
    may, known, people, now = can_here(case, person), known_of(case), at_work(), timezone.now()
    there, shown = known.there, lines(case, person, known)
    posts = [line.entry.post for line in shown if line.entry.post is not None]
    return {
        "case": case,
        "can_here": may,
        "may_part": case.state == CaseState.MERGED and can(person)["work"],
        **_words_of(case),
        **_work_facts(case, posts, people, can=may, there=there),
        "colleagues": {k: v for k, v in colleagues(people).items() if k != person.pk},
        **beside_facts(case, person, now=now, there=listed.get("there")),
        "label_names": listed["labels"] if listed else label_names(),
        "lines": shown,
        "signature": _signature(case, [(r.pk, r.status, r.tries) for r in known.replies]),
        "composer": composer_for(
            case, person, can=may, typed=typed, there=there, replies=len(known.replies)
        ),
        "context": context_of(case, person, there),
        "facts": facts(case),
        "ledger": ledger_facts(case, person, now=now, there=there),
        "private": private_facts(case, now=now, zone=person.zone, there=there),
        "rank": rank_facts(case, can=may, there=there),
        "survey": survey_facts(case, now=now, there=there),
        "claims": case_claims(case, posts, can=may, now=now, there=there),
        "clocks": clock_facts(case, now=now, there=there),
        "clock_words": CLOCKS.get(case.clock, ""),
        "author_roles": ROLES,
        "proof": proof(case, known.history),
        "desk_language": desk_language() if Part.DRAFT_ENDPOINT in there else "",
        "typed": typed or NOTHING_TYPED,
        "error": error,
        "offer": offer,
    }


def _words_of(case: Case) -> dict[str, Any]:
    """Where the case stands and where it may go, in words."""
    return {
        "state_words": STATES[case.state],
        "outcome_words": OUTCOMES.get(case.outcome, ""),
        "outcomes": OUTCOMES,
        "priority_words": PRIORITIES[case.priority],
        "priorities": PRIORITIES,
        "moves": {str(state) for state in MOVES[CaseState(case.state)]},
    }


def _work_facts(
    case: Case,
    posts: Sequence[PostRow],
    people: Sequence[Responder],
    *,
    can: Mapping[str, bool],
    there: Parts,
) -> dict[str, Any]:
    """What whoever works on the case chooses from; nothing where they may not."""
    works = can["work"]
    colleagues = owners(people) if can["assign"] else []
    return {
        "owners": colleagues,
        "others": [one for one in colleagues if one.pk != case.owner_id],
        "uppers": [one for one in uppers(people) if one.pk != case.owner_id] if works else [],
        "teams": teams() if works and Part.TEAMS in there else [],
        "splittable": splittable(case, posts) if works else [],
        "macros": macros_shown() if works and Part.MACROS in there else [],
    }


def can_here(case: Case, person: Responder) -> dict[str, bool]:
    """What a person may do on this case: on one that was merged, what protects people and no more."""
    may = can(person)
    if case.state != CaseState.MERGED:
        return may
    return {name: allowed and name not in _WORKED for name, allowed in may.items()}


_WORKED = {verb.needs.name.lower() for verb in VERBS.values() if verb.states is STANDING}
"""Permissions whose verbs a case that was merged refuses."""


def splittable(case: Case, posts: Sequence[PostRow]) -> list[PostRow]:
    """What can be split off a case: its own posts but the one that it began with."""
    own = [post for post in posts if post.place.case_id == case.pk]
    return [post for post in own if post.pk != case.first_post_id and not post.erased_at]


def beside_facts(
    case: Case,
    person: Responder,
    *,
    now: datetime,
    there: Mapping[int, Sequence[Beside]] | None = None,
) -> dict[str, Any]:
    """Who else is at the case now, and a word for it that changes when they do. ``there``: who is at
    which cases, where that is known."""
    there = others_at([case.pk], now=now, besides=person) if there is None else there
    beside = there.get(case.pk, ())
    seen = ".".join(f"{one.person}{one.writing}" for one in beside)
    return {"beside": beside, "beside_seen": seen}


def macros_shown() -> list[tuple[MacroRow, str]]:
    """The macros with what they do, in the order of their keys."""
    rows = readable_macros(macros_now())
    names = names_now() if rows else None
    return [(row, says(macro, names)) for row, macro in rows if names is not None]


def lines(case: Case, person: Responder, known: Known) -> list[Line]:
    entries = _without_echoes(trail(case, known))
    events = [entry.event for entry in entries if entry.event is not None]
    people, labels = names_of(people=_people(events), labels=_ids(events, "label"))
    reasons = reasons_of(case, events)
    removable = traits_of(case.network).can_delete
    rules, macros = rule_names(_ids(events, "rule")), macro_names(_ids(events, "macro"))
    posts = {entry.post.native_id: entry.post for entry in entries if entry.post is not None}
    told = _told(list(posts.values()), known.there, may_care=can_here(case, person)["work"])
    depths: dict[str, int] = {}
    shown = []
    for entry in entries:
        if entry.event is not None:
            names = {"people": people, "labels": labels, "rules": rules, "macros": macros}
            said = sentence(entry.event, zone=person.zone, **names)
            shown.append(Line(entry, said, because=reasons.get(entry.event.pk, "")))
        elif entry.reply is not None:
            shown.append(_reply_line(entry, entry.reply, person))
        elif entry.post is not None:
            parent = posts.get(entry.post.in_reply_to)
            depth = depths.get(entry.post.in_reply_to, -1) + 1
            depths[entry.post.native_id] = depth
            author = parent.author if parent is not None else None
            answers = _written(author, case) if author else ""
            read = told.get(entry.post.pk)
            text = marked(entry.post.text, read)
            shown.append(
                Line(
                    entry,
                    "",
                    min(depth, DEEPEST),
                    answers,
                    removable=removable,
                    text=text,
                    told=read,
                )
            )
        else:
            shown.append(Line(entry))
    return shown


def _written(author: AuthorRow, case: Case) -> str:
    """Who is answered. On a private page we stand as the brand: its account there has no name."""
    if author.network == NETWORK and author.customer_id != case.customer_id:
        return case.brand.name
    return written_handle(author.handle, author.network)


def _told(posts: list[PostRow], there: Parts, *, may_care: bool) -> dict[int, Told]:
    """How the posts read, for those who may see that at all."""
    return tell(
        posts,
        threshold=threshold_of(first_brand()),
        care=may_care and Part.CARE in there,
        corrected=Part.CORRECTIONS in there,
    )


def _reply_line(entry: Entry, reply: OutgoingReply, person: Responder) -> Line:
    """``said`` only while it matters: the guard's findings of a reply that is held."""
    words = status_words(reply, zone=person.zone)
    goes = ""
    if reply.goes_at is not None and reply.status in {ReplyStatus.READY, ReplyStatus.HELD}:
        goes = on_the_wall(reply.goes_at, person.zone)
    if reply.status == ReplyStatus.PAUSED:
        stopped = is_stopped(reply.channel_id)
        return Line(entry, words, overtaken=is_overtaken(reply), stopped=stopped)
    if reply.status != ReplyStatus.HELD:
        return Line(entry, words, goes=goes)
    able = approvers(reply.by, Action.REPLY)
    names = [one.name for one in able]
    return Line(
        entry, words, goes=goes, said=said_of(reply), approvers=names, may_approve=person in able
    )


def _without_echoes(entries: list[Entry]) -> list[Entry]:
    """Taking a case up makes its owner too: one line says both."""
    taken = {
        (e.at, e.event.actor_id) for e in entries if e.event and e.event.kind == "case.taken_up"
    }
    return [
        entry
        for entry in entries
        if entry.event is None
        or entry.event.kind != "case.assigned"
        or entry.event.data.get("to") != entry.event.actor_id
        or (entry.at, entry.event.actor_id) not in taken
    ]


def _ids(events: list[CaseEvent], name: str) -> set[int]:
    return {event.data[name] for event in events if event.data.get(name) is not None}


def _people(events: list[CaseEvent]) -> set[int]:
    """Who was given the case, who was passed over, and who was told of it."""
    passed = (who for event in events for who in event.data.get("passed", {}).values())
    told = (event.data.get("told", ()) for event in events)
    return _ids(events, "to").union(*passed, *told)


def signature(case: Case) -> str:
    """What the page has seen of a case: its events, how its replies stand, and which stops keep
    those back that are held back."""
    return _signature(case, replies_stand(case))


def _signature(case: Case, replies: Sequence[tuple[int, str, int]]) -> str:
    marks = [f"{pk}{status[0:2]}{tries}" for pk, status, tries in replies]
    if any(status == ReplyStatus.PAUSED for _, status, _ in replies):
        marks += [f"s{stop.pk}" for stop in stops_in_force()]
    return "-".join([str(case.events), *marks])


def facts(case: Case) -> list[tuple[str, datetime]]:
    """The dated facts of a case that have happened, in their order."""
    dated = [
        ("Opened", case.opened_at),
        ("Acknowledged in public", case.acknowledged_at),
        ("Taken private", case.taken_private_at),
        ("Resolved", case.resolved_at),
        ("Closed out in public", case.closed_out_at),
        ("Closed", case.closed_at),
    ]
    return [(name, at) for name, at in dated if at is not None]
