"""Who may see and do what: every case route, for every role, on every kind of object."""

import itertools
import re
from collections.abc import Callable

import pytest
from django.db.models import QuerySet
from django.http import HttpResponse
from django.urls import get_resolver

from amends.casework import Action, Role, may
from amends.desk.actions import assign_case, cases, queue_reply, replies
from amends.desk.actions.guarding import Checked
from amends.desk.models import Case, OutgoingReply, Responder
from amends.desk.queries.prepared import prepared
from amends.web.views import acts
from amends.web.views.acts import ACTS, DECISIONS
from tests import factories, people
from tests.web.support import HTMX, Asking, signed_in, undone

pytestmark = pytest.mark.database

Who = Callable[[], Responder]
PUBLIC = {
    "healthz",
    "sign-in",
    "enter",
    "hook-x",
    "page",
    "survey",
    "page-thread",
    "page-back",
    "page-call",
    "page-letter",
    "robots",
}
READS = ("", "trail/")
# What each verb is sent, so that a role which may do it can.
SENT = {
    "write": {"mode": "note", "text_note": "seen"},
    "priority": {"priority": "3"},
    "label": {"label": "refund"},
    "unlabel": {"label": "refund"},
    "close": {"reason": "settled by phone"},
    "draft": {"mode": "public", "text": "I am"},
    "fault": {"fault": "unclear", "facts": "We are asking the airport."},
    "second-chance": {"chance": "asked"},
    "remedy": {"kind": "note", "what": "A card"},
    "claim": {"claim_words": "By phone"},
    "hold": {"hold_reason": "A court asks.", "until": "2099-01-01"},
    "promise": {"words": "Call back", "due": "2099-01-01T12:00"},
}


def _routes() -> list[tuple[str, str]]:
    """Every named address of the desk, with stand-ins for its parts."""
    parts = {"token": "t", "ref": "T1", "pk": 1}
    found = []
    for name, ways in get_resolver().reverse_dict.lists():
        if isinstance(name, str):
            shape, names = ways[0][0][0]
            found.append((name, "/" + shape % {n: parts.get(n, 1) for n in names}))
    return sorted(found)


def test_every_address_refuses_a_stranger() -> None:
    factories.case("Halcyon lost the suitcase of a stranger")
    stranger, shown = Asking(), []
    for (name, url), method in itertools.product(_routes(), ("get", "post")):
        answer = getattr(stranger, method)(url)
        there = answer.headers.get("Location", "")
        refused = answer.status_code in {403, 405} or there.startswith("/sign-in/?next=")
        assert isinstance(answer, HttpResponse), name
        if name not in PUBLIC and not (refused and b"suitcase" not in answer.content):
            shown.append((name, method, answer.status_code))
    assert shown == []


def _objects() -> dict[str, Case]:
    """One case of Mina's, one of nobody's, one that is private; each with a reply waiting."""
    made = {
        "own": factories.case("Halcyon broke my case", handle="own"),
        "foreign": factories.case("Halcyon broke my pram", handle="foreign"),
        "private": factories.case("Halcyon, in private", handle="priv", private=True, to_us=True),
    }
    assign_case(made["own"], to=people.mina(), by=people.mina(), now=factories.NOON)
    for number, case in enumerate(made.values()):
        queue_reply(
            case,
            text="I am sorry",
            private=case.private,
            by=people.priya(),
            now=factories.NOON,
            attempt=f"matrix-{number}",
        )
    return made


def _sees(person: Responder, case: Case) -> bool:
    role = Role(person.role)
    return may(role, Action.SEE_CASES) and (not case.private or may(role, Action.SEE_PRIVATE))


def _needed(verb: str) -> Action:
    if verb in DECISIONS or verb == "draft":
        return Action.REPLY
    return Action.NOTE if verb == "write" else Action.WORK


def _expected(person: Responder, case: Case, verb: str) -> set[int]:
    if not _sees(person, case):
        return {404}
    if not may(Role(person.role), _needed(verb)):
        return {403}
    return {302, 204, 400, 403, 409}  # as the rules of the case say; never somebody else's


VERBS = ["write", *ACTS, "draft", *DECISIONS]


@pytest.fixture
def _only_the_status(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the rules of a case refuse is told on its page, which other tests read, as they do what
    clocks and guard say."""

    def draw(*_: object, status: int = 200, **__: object) -> HttpResponse:
        return HttpResponse(status=status)

    monkeypatch.setattr(acts, "draw", draw)
    monkeypatch.setattr(cases, "wind", lambda _: None)
    monkeypatch.setattr(replies, "ready_guard", lambda _: None)
    monkeypatch.setattr(replies, "check_text", lambda _, text, **__: Checked(text, []))


@pytest.mark.usefixtures("_only_the_status", "_undrawn", "_known")
def test_acting_needs_the_role_and_the_right_to_see() -> None:
    made, wrong = _objects(), {}
    for who in [person() for person in people.EVERYBODY]:
        with undone():
            wrong[who.name] = _wrongly_open(made, who)
    assert wrong == {name: [] for name in wrong}


def _wrongly_open(made: dict[str, Case], who: Responder) -> list[tuple[str, str, int]]:
    client, wrong = Asking(WHO=who), []
    for which, case in made.items():
        reply, head = OutgoingReply.objects.only("pk").get(case=case), _head(case)
        for verb in VERBS:
            place = f"replies/{reply.pk}/{verb}" if verb in DECISIONS else verb
            status = client.post(f"/cases/{case.ref}/{place}/", SENT.get(verb, {})).status_code
            before, head = head, _head(case)
            if status not in _expected(who, case, verb) or (head != before and status >= 400):
                wrong.append((which, verb, status))
    return wrong


def _head(case: Case) -> object:
    return _heads(case.pk)


@prepared
def _heads(case: int) -> QuerySet[Case, str]:
    return Case.objects.filter(pk=case).values_list("head", flat=True)


@pytest.mark.usefixtures("_undrawn", "_known")
def test_reading_needs_the_right_to_see() -> None:
    made, everybody = _objects(), [person() for person in people.EVERYBODY]
    every = list(itertools.product(everybody, made.items(), READS))
    seen = {
        (who.name, which, part): Asking(WHO=who)
        .get(f"/cases/{case.ref}/{part}", headers=HTMX)
        .status_code
        for who, (which, case), part in every
    }
    assert seen == {
        (who.name, which, part): 200 if _sees(who, case) else 404
        for who, (which, case), part in every
    }


def test_sales_is_told_nothing_of_a_private_case() -> None:
    secret = _objects()["private"]
    client = signed_in(people.sol())
    pages = [client.get("/inbox/"), client.get("/inbox/?search=private"), client.get("/palette/")]
    assert [secret.ref in page.content.decode() for page in pages] == [False] * 3
    there, nowhere = client.get(f"/cases/{secret.ref}/"), client.get("/cases/T0/")
    said = [
        re.sub(r'(FToken": |value=)"\w{64}"', "", page.content.decode()).replace(ref, "")
        for page, ref in ((there, secret.ref), (nowhere, "T0"))
    ]
    assert said[0] == said[1]


def test_reply_of_another_case_is_not_reached_through_ones_own() -> None:
    made = _objects()
    theirs = OutgoingReply.objects.get(case=made["foreign"])
    url = f"/cases/{made['own'].ref}/replies/{theirs.pk}/call-back/"
    assert signed_in(people.mina()).post(url).status_code == 404


def test_number_that_no_database_keeps_is_not_found() -> None:
    client, ref = signed_in(people.mina()), _objects()["own"].ref
    for number in (2**63, 10**30):
        assert client.get(f"/claims/{number}/").status_code == 404
        assert client.get(f"/cases/{ref}/letters/{number}/").status_code == 404
        assert client.post(f"/cases/{ref}/replies/{number}/call-back/").status_code == 404


def test_administrator_finds_set_up_in_the_rail_and_a_viewer_does_not() -> None:
    def rail(person: Responder) -> set[str]:
        page = signed_in(person).get("/inbox/").content.decode()
        return {name for name in ("inbox", "setup", "people") if f"nav-{name}" in page}

    assert rail(people.vic()) == {"inbox"}
    assert rail(people.ada()) >= {"inbox"}
