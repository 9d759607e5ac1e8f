"""Every illegal way is closed: each verb in each state by each role, by its address and by its function.

What is allowed is declared once, in ``casework``: ``verbs.VERBS`` (which verb in which states with which
permission), ``delivery.DECIDED_FROM`` (what a person may decide about a reply) and ``roles`` (who has
which permission). Whatever is allowed but not declared fails here, as does what is declared and refused,
an address without a row, and a refusal that is no sentence. Addresses that are not about a case stand in
``test_matrix``, which has a row for each as well.
"""

import itertools
import re
from collections.abc import Callable
from copy import copy
from datetime import datetime, timedelta
from functools import partial

import pytest
from django.contrib.auth import middleware as auth_middleware
from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import get_resolver
from django.utils import timezone

from amends.casework import DECIDED_FROM, Action, CaseState, ReplyDecision, ReplyStatus, Role, may
from amends.casework.calls import CallWay
from amends.casework.macros import Do, Macro, Step
from amends.casework.verbs import VERBS
from amends.desk.actions import (
    calls,
    cases,
    handoffs,
    letters,
    merge_case,
    queue_reply,
    refuse_reply,
    replies,
    take_down,
)
from amends.desk.actions.customers import merge_customers
from amends.desk.actions.guarding import Checked
from amends.desk.actions.macros import save_macro
from amends.desk.actions.scheduling import reschedule_reply
from amends.desk.models import (
    Case,
    CasePost,
    ChannelRow,
    Label,
    LegalHold,
    OutgoingReply,
    PostRow,
    Promise,
    Remedy,
    Responder,
)
from amends.desk.queries import get_case_for
from amends.terms import AmendsError, NotAllowed
from amends.web import middleware
from amends.web.views import acts
from tests import factories, people
from tests.factories import NOON
from tests.ways import LADEN, WRITES, address_of, sent_for
from tests.web.support import Asking, undone
from tests.web.test_matrix import NEEDS

pytestmark = [pytest.mark.database, pytest.mark.alike]

ONE_OF_EACH = (people.ada, people.priya, people.mina, people.noor, people.sol, people.vic)
FAR = NOON + timedelta(days=20_000)
Way = tuple[str, str]  # what is done, and the state or status it is done in
# Below a case, and nothing changes there.
READS = {
    "case",
    "case-trail",
    "case-presence",
    "case-guard",
    "case-help",
    "case-translate",
    "case-snippets",
    "case-insert",
    "case-attach-snippet",
    "rank-csv",
    "call-file",
    "letter-file",
}
# Changes of what is being written, which is nobody else's: each has its tests (test_pictures, test_letters). And
# the address that enters a complaint stands below no case; its row is in test_matrix.
BESIDE = {"attach", "detach", "enter-complaint", "letter"}
SENTENCE = re.compile(r"[A-Z“@][^\n_<>{}]{10,}[.?!]”?")


# Addresses of their own, with no place in ``acts.ACTS``.
ALONE = WRITES | {"draft", "link", "take-down"}
# What an address asks for before it calls the function, where that is not ``WORK``; those of ``WRITES``
# ask for nothing.
DOORS = {"take-down": Action.TAKE_DOWN, "link": Action.REPLY}
# Asked for by a row of another action (``assign``: to others) or by a door (private cases), or by commands.
ELSEWHERE = {Action.ASSIGN, Action.SEE_PRIVATE, Action.ERASE}


def test_every_address_below_a_case_has_its_row() -> None:
    """A new address without a row in ``casework.verbs`` (or ``delivery``) fails here."""
    below = {
        name
        for name, ways in get_resolver().reverse_dict.lists()
        if isinstance(name, str) and ways[0][0][0][0].startswith("cases/")
    }
    verbs = {f"case-{verb}" for verb in VERBS if verb not in WRITES} - {"case-take-down"}
    verbs |= {"case-write", "post-take-down"}
    assert below - BESIDE == READS | verbs | {f"reply-{one}" for one in ReplyDecision}


def test_every_verb_and_every_permission_is_used() -> None:
    assert set(VERBS) - ALONE == set(acts.ACTS)
    needed = {verb.needs for verb in VERBS.values()} | set(NEEDS.values())
    assert set(Action) - needed == ELSEWHERE


def _case(handle: str) -> Case:
    case = factories.case("Halcyon, where is my pram?", handle=handle)
    case.labels.add(Label.objects.get_or_create(name="late")[0])
    Case.objects.filter(pk=case.pk).update(fault="third_party")
    return case


def _laden(case: Case) -> dict[str, str]:
    """The ids of what stands in a case that something can be decided about."""
    by, soon = people.ada(), NOON + timedelta(days=9)
    root = case.first_post.conversation
    factories.heard("It is AB12", handle="dora", private=True, to_us=True, conversation=root)
    ours = factories.heard("On it.", ours=True, conversation=case.first_post.conversation)
    made = {
        "remedy": Remedy.objects.create(
            case=case, kind="note", what="A card", status="approved", by=by, at=NOON
        ),
        "promise": Promise.objects.create(case=case, words="Call", due_at=soon, by=by, at=NOON),
        "letter": letters.begin_letter(case, by=by, now=NOON),
        "handoff": handoffs.make_handoff(case, by=by, now=NOON),
        "call": calls.plan_call(
            case, way=CallWay.PHONE, starts_at=soon, minutes=15, by=by, now=NOON
        ),
        "hold": LegalHold.objects.create(
            case=case, reason="A court asks.", by=by, at=NOON, expires_at=FAR
        ),
        "ours": ours,
    }
    ChannelRow.objects.filter(network="demo").update(account_id=ours.author.native_id)  # type: ignore[union-attr]
    CasePost.objects.update_or_create(post=ours, defaults={"case": case, "why": "ours", "at": NOON})
    return {name: str(one.pk) for name, one in made.items()}


def _together(plain: Case, laden: Case, other: Case) -> dict[str, str]:
    """What can be merged, split and parted."""
    root = plain.first_post.native_id
    more = factories.heard("And my bag", handle="rosa", conversation=root, in_reply_to=root)
    Case.objects.filter(pk=plain.pk).update(split_from=other)
    joined, second = _case("joan"), _case("dora2")
    merge_case(joined, into=laden, by=people.ada(), now=NOON, two_customers=True)
    merged = merge_customers(laden.customer, second.customer, by=people.ada(), now=NOON)
    return {"more": str(more.pk), "joined": joined.ref, "customers": str(merged.pk)}


def _macro() -> int:
    made = Macro((Step(Do.LABEL, "late"),))
    return save_macro(None, name="Late", key="", macro=made, by=people.ada(), now=NOON).pk


class Scene:
    """One case with nothing open, one with a remedy and a promise, one to merge into."""

    def __init__(self) -> None:
        self.plain, self.laden, other = _case("rosa"), _case("dora"), _case("ines")
        self.names = _laden(self.laden) | _together(self.plain, self.laden, other) | {
            "other": other.ref, "omar": str(people.omar().pk), "priya": str(people.priya().pk),
            "macro": str(_macro()),
            "soon": str(timezone.now().date() + timedelta(days=30)),
        }  # fmt: skip
        self.everybody = [person() for person in ONE_OF_EACH]

    def case_for(self, verb: str) -> Case:
        return self.laden if verb in LADEN else self.plain

    def put_into(self, state: CaseState) -> None:
        Case.objects.filter(pk__in=[self.plain.pk, self.laden.pk]).update(
            state=state,
            resolved_at=NOON if state is CaseState.RESOLVED else None,
            pauses=[] if state in {"new", "open"} else [[NOON.isoformat(), None]],
        )


def _declared(role: Role, verb: str) -> set[Way]:
    row = VERBS[verb]
    return {(verb, str(state)) for state in row.states} if may(role, row.needs) else set()


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What refusals said, one after another; pages are not drawn, which other tests read."""
    heard: list[str] = []

    def draw(*_: object, error: str = "", status: int = 200, **__: object) -> HttpResponse:
        if status >= 400:
            heard.append(error)
        return HttpResponse(status=status)

    def refusal(_: HttpRequest, sentence: str, *, status: int) -> HttpResponse:
        heard.append(sentence)
        return HttpResponse(status=status)

    seen: dict[tuple[int, str], Case] = {}
    here = {str(one.pk): one for one in (person() for person in ONE_OF_EACH)}

    def door(person: Responder, ref: str) -> Case:
        if (person.pk, ref) not in seen:
            seen[person.pk, ref] = get_case_for(person, ref)
        return copy(seen[person.pk, ref])

    def reply_door(person: Responder, ref: str, pk: int) -> OutgoingReply:
        return OutgoingReply(pk=pk, case=door(person, ref))

    # Sign-in, doors, clocks and the guard are half of the time, and tested elsewhere.
    monkeypatch.setattr(auth_middleware, "get_user", lambda request: here[request.META["WHO"]])
    monkeypatch.setattr(cases, "wind", lambda _: None)
    monkeypatch.setattr(replies, "ready_guard", lambda _: None)
    monkeypatch.setattr(acts, "get_case_for", door)
    monkeypatch.setattr(acts, "get_reply_for", reply_door)
    monkeypatch.setattr(replies, "check_text", lambda _, text, **__: Checked(text, []))
    monkeypatch.setattr(acts, "draw", draw)
    monkeypatch.setattr(middleware, "refusal", refusal)
    return heard


def _unreadable(said: list[str]) -> list[str]:
    return sorted({one for one in said if not SENTENCE.fullmatch(one)})


def _try_everything(
    scene: Scene, person: Responder, attempt: Callable[[Responder, str, Case], bool]
) -> set[Way]:
    """The ways that were open to this person."""
    found: set[Way] = set()
    for state, verb in itertools.product(CaseState, VERBS):
        scene.put_into(state) if verb == next(iter(VERBS)) else None
        with undone():
            if attempt(person, verb, scene.case_for(verb)):
                found.add((verb, str(state)))
    return found


def _wrong(scene: Scene, attempt: Callable[[Responder, str, Case], bool]) -> dict[str, set[Way]]:
    """By role: what is allowed and not declared, or declared and refused."""
    wrong = {}
    for person in scene.everybody:
        declared = {way for verb in VERBS for way in _declared(Role(person.role), verb)}
        if differs := declared ^ _try_everything(scene, person, attempt):
            wrong[person.role] = differs
    return wrong


def test_addresses_allow_what_is_declared_and_nothing_else(said: list[str]) -> None:
    scene = Scene()
    clients = {person.pk: Asking(WHO=str(person.pk)) for person in scene.everybody}

    def ask(person: Responder, verb: str, case: Case) -> bool:
        sent, before = sent_for(verb, scene.names), len(said)
        answer = clients[person.pk].post(address_of(verb, case, scene.names), sent)
        assert (answer.status_code >= 400) == (len(said) > before), (verb, answer.status_code)
        return answer.status_code < 400

    assert _wrong(scene, ask) == {}
    assert _unreadable(said) == []


@pytest.mark.usefixtures("said")
def test_functions_allow_what_is_declared_and_nothing_else() -> None:
    """Behind the doors of the addresses. Whoever gets through one makes this very call there, so here
    are those who do not, who by what is declared may do it in no state."""
    scene, wrong, said = Scene(), set[tuple[str, str, str]](), list[str]()
    functions = acts.ACTS | {
        "link": acts.ACTS["handoff"],
        "take-down": partial(_take_down, scene.names),
    }
    stopped = [
        (person, verb)
        for person, verb in itertools.product(scene.everybody, functions)
        if not may(Role(person.role), DOORS.get(verb, Action.WORK))
    ]
    assert [way for person, verb in stopped for way in _declared(Role(person.role), verb)] == []
    for state in CaseState:
        scene.put_into(state)
        for person, verb in stopped:
            if not _refused(functions[verb], scene, person, verb, said):
                wrong.add((person.role, verb, state))
    assert wrong == set()
    assert _unreadable(said) == []


def _refused(
    act: Callable[..., object], scene: Scene, person: Responder, verb: str, said: list[str]
) -> bool:
    typed = QueryDict(mutable=True)
    typed.update(sent_for(verb, scene.names))
    with undone():
        try:
            act(scene.case_for(verb), typed, person, timezone.now())
        except NotAllowed as error:
            said.append(str(error))
            return True
    return False


def _take_down(
    names: dict[str, str], case: Case, typed: QueryDict, by: Responder, now: datetime
) -> object:
    post = PostRow.objects.get(pk=names["ours"])
    return take_down(case, post=post, reason=str(typed["take_down_reason"]), by=by, now=now)


def _queued(case: Case) -> OutgoingReply:
    """As it stands when somebody else than those who try wrote it, stopped by the guard."""
    author = people.omar()
    reply = queue_reply(
        case, text="What did they say at the gate?", private=False, by=author, now=NOON, attempt="a"
    )
    reply.verdict, reply.goes_at = "stop", NOON + timedelta(days=1)
    reply.save(update_fields=["verdict", "goes_at"])
    return reply


_DECIDES: dict[str, Callable[..., object]] = {
    **acts.DECISIONS,
    "refuse": partial(refuse_reply, reason="Too cold."),
    "time": partial(reschedule_reply, goes_at=None),
}


# A reply's status, and whether it is held for nothing but that its writer could not speak.
STANDS = [(str(status), False) for status in ReplyStatus] + [("held", True)]


def test_replies_are_decided_only_from_where_it_is_declared(said: list[str]) -> None:
    """A reply that the guard stopped is not sent again past its approver, nor one on the wire."""
    case, wrong = factories.case(), {}
    reply = _queued(case)
    for person in [one() for one in ONE_OF_EACH]:
        client, found = Asking(WHO=str(person.pk)), set[tuple[str, str, bool]]()
        for (status, lapsed), decision in itertools.product(STANDS, ReplyDecision):
            OutgoingReply.objects.filter(pk=reply.pk).update(status=status, lapsed=lapsed)
            by_address = _asked(client, reply, decision)
            if not may(Role(person.role), Action.REPLY):  # for the others it is this very call
                assert by_address == _called(reply, decision, person, said), (decision, status)
            if by_address:
                found.add((str(decision), status, lapsed))
        wrong[person.role] = found ^ _decisions_declared(person)
    assert wrong == {role: set() for role in wrong}
    assert _unreadable(said) == []


def _decisions_declared(person: Responder) -> set[tuple[str, str, bool]]:
    if not may(Role(person.role), Action.REPLY):
        return set()
    judging = set() if person.may_approve else {ReplyDecision.APPROVE, ReplyDecision.REFUSE}
    return {
        (str(decision), status, lapsed)
        for decision in set(ReplyDecision) - judging
        for status, lapsed in STANDS
        if status in DECIDED_FROM[decision] or (decision == "send-again" and lapsed)
    }


def _asked(client: Asking, reply: OutgoingReply, decision: str) -> bool:
    with undone():
        url = f"/cases/{reply.case.ref}/replies/{reply.pk}/{decision}/"
        return client.post(url, {"because": "Too cold.", "now": "1"}).status_code < 400


def _called(reply: OutgoingReply, decision: str, by: Responder, said: list[str]) -> bool:
    with undone():
        try:
            _DECIDES[decision](reply, by=by, now=NOON)
        except AmendsError as error:
            said.append(str(error))
            return False
        return True
