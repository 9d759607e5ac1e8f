"""Every address of the desk against every role: none is left out, and none forgets to ask."""

import itertools
from datetime import date, time
from typing import TYPE_CHECKING, Any

import pytest
from django.urls import get_resolver, reverse

from amends.casework import Action, Role, may
from amends.casework.automation import Act, Do, Rule, Trigger
from amends.casework.macros import Do as MacroDo
from amends.casework.macros import Macro, Step
from amends.desk.actions.macros import save_macro
from amends.desk.actions.roles import mark_accounts
from amends.desk.actions.rules import save_rule
from amends.desk.actions.snippets import save_snippet
from amends.desk.actions.speaking import publish_policy
from amends.desk.models import (
    Budget,
    CaseBatch,
    Correction,
    HoursRow,
    OwnModule,
    PictureRow,
    PostRow,
    RoleMark,
    RotaAbsence,
    RotaTurn,
    SendingStop,
    Skill,
    SlaPolicyRow,
    Snippet,
    SnippetPicture,
    Team,
)
from amends.terms import AuthorRole
from amends.web.views.acts import ACTS, DECISIONS
from amends.web.views.claims import DEEDS
from tests import factories, people
from tests.casework.test_training import LESSON, QUIZ
from tests.web.support import HTMX, Asking, undone

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.database

FOR_ALL_WHO_ARE_IN = {"home", "account", "sign-out", "palette", "stops"}
PUBLIC = {"healthz", "sign-in", "enter", "hook", "hook-x", "robots"}
PUBLIC |= {"survey"}  # by a link: test_surveys
PUBLIC |= {
    "page",
    "page-thread",
    "page-back",
    "page-call",
    "page-letter",
}  # by a link: test_handoff
# Role by role and case by case in test_doors; the stream in test_live.
ELSEWHERE = {
    "case",
    "case-trail",
    "case-presence",
    "case-write",
    "case-draft",
    "case-guard",
    "case-link",
    "call-file",
    "letter",
    "letter-file",
    "case-help",
    "case-snippets",
    "case-insert",
    "case-attach-snippet",
    "case-translate",
    "reply-refuse",
    "reply-time",
    "attach",
    "detach",
    "picture",
    "rank-csv",
    "post-take-down",
    "live",
}
ELSEWHERE |= {"claim", "claim-evidence"} | {f"claim-{verb}" for verb in DEEDS}  # test_claims
ELSEWHERE |= {f"case-{verb}" for verb in ACTS} | {f"reply-{verb}" for verb in DECISIONS}
NEEDS = {
    "inbox": Action.SEE_CASES,
    "enter-complaint": Action.WORK,
    "owed": Action.WORK,
    "outbox": Action.SEE_CASES,
    "claims": Action.SEE_CASES,
    "friends": Action.RESULTS,
    "surveys": Action.RESULTS,
    "holds": Action.LEGAL,
    "stop": Action.STOP,
    "stop-lift": Action.STOP,
    "release": Action.REPLY,
    "heard": Action.SEE_HEARD,
    "heard-csv": Action.SEE_HEARD,
    "heard-open": Action.WORK,
    "post-correct": Action.WORK,
    "correction-undo": Action.WORK,
    "heads-ups": Action.SEE_CASES,
    "heads-ups-seen": Action.SEE_CASES,
    "heads-ups-count": Action.SEE_CASES,
    "break": Action.WORK,
    "author-role": Action.WORK,
    "many": Action.WORK,
    "undo-many": Action.WORK,
    "listening": Action.SEE_HEARD,
    "listening-cluster": Action.SEE_HEARD,
    **dict.fromkeys(
        (
            "training", "training-module", "policy", "policy-text", "policy-version",
            "policy-acknowledge",
        ),
        Action.SEE_CASES,
    ),
    "speakers": Action.OVERSEE,
    "people": Action.PEOPLE,
    "invite": Action.PEOPLE,
    "person": Action.PEOPLE,
    "person-link": Action.PEOPLE,
    **dict.fromkeys(
        (
            "load", "teams", "team-new", "team", "team-remove", "skill-new", "skill",
            "skill-remove", "seat",
        ),
        Action.TEAMS,
    ),
    **dict.fromkeys(
        (
            "setup", "brand-new", "brand", "threshold-sample", "channels", "channel-new", "channel",
            "channel-switch", "channel-try", "channel-sign-in", "watches", "watch-new", "watch-sample", "watch", "watch-remove", "watches-paste",
            "authors", "author-forget", "guard", "reading", "reading-force", "drafts", "search",
            "clocks", "sla-new", "sla-sample", "sla", "sla-remove", "hours-new", "hours-sample", "hours",
            "hours-remove", "remedies", "macros", "macro-new", "macro-sample", "macro", "macro-remove",
            "rules", "rule-new", "rule-sample", "rule", "rule-switch", "rule-grant", "rule-move", "rule-remove",
            "snippets", "snippet-new", "snippet-sample", "snippet", "snippet-remove", "snippet-attach", "snippet-picture", "rota", "turn-remove", "absence-remove",
            "private-pages", "private-page", "speaking", "policy-new", "own-module-new", "own-module",
            "own-module-remove", "channel-keepers",
            "budgets", "budget-remove",
        ),
        Action.SET_UP,
    ),
}  # fmt: skip
READ_ONLY = {
    "heads-ups",
    "heads-ups-count",
    "training",
    "policy",
    "policy-text",
    "policy-version",
    "speakers",
    "teams",
    "claims",
    "friends",
    "surveys",
    "holds",
    "inbox",
    "outbox",
    "heard",
    "heard-csv",
    "listening",
    "listening-cluster",
    "people",
    "setup",
    "threshold-sample",
    "channels",
    "watches",
    "clocks",
    "sla-sample",
    "hours-sample",
    "macros",
    "macro-sample",
    "rules",
    "rule-sample",
    "snippets",
    "snippet-sample",
    "private-pages",
    "owed",
}


def _names() -> set[str]:
    return {name for name in get_resolver().reverse_dict if isinstance(name, str)}


def test_every_address_has_its_place_in_a_matrix() -> None:
    assert _names() == PUBLIC | FOR_ALL_WHO_ARE_IN | ELSEWHERE | set(NEEDS)


def _address(name: str) -> str:
    """Where there is something: a post, its author, the channel, the watch, a colleague."""
    there: dict[str, Callable[[], object]] = {
        "brand": lambda: factories.brand().pk,
        "private": lambda: factories.brand().pk,
        "budget": lambda: (
            Budget.objects.get_or_create(brand=factories.brand(), currency="EUR", amount=9)[0].pk
        ),
        "channel": lambda: factories.channel().pk,
        "watch": lambda: factories.watch().pk,
        "person": lambda: people.omar().pk,
        "sla": lambda: SlaPolicyRow.objects.create(name=f"p{next(_numbers)}").pk,
        "hours": lambda: HoursRow.objects.create(name=f"h{next(_numbers)}", windows=_WINDOWS).pk,
        "turn": lambda: RotaTurn.objects.create(**_turn()).pk,
        "absence": lambda: RotaAbsence.objects.create(**_absence()).pk,
        "snippet": _snippet,
        "own": _own_module,
        "policy": _policy,
        "rule": _rule,
        "macro": _macro,
        "undo": lambda: (
            CaseBatch.objects.create(
                kind="label", value="x", by=people.mina(), at=factories.NOON
            ).pk
        ),
        "team": lambda: Team.objects.create(name=f"t{next(_numbers)}").pk,
        "skill": lambda: Skill.objects.create(name=f"s{next(_numbers)}").pk,
        "seat": lambda: people.omar().pk,
        "heard": _post,
        "post": _post,
        "correction": _correction,
        "author": lambda: _author() if name == "author-role" else _marked(),
    }
    if name == "snippet-picture":
        return reverse(name, args=[_snippet(), _snippet_picture()])
    if name in {"private-pages", "policy-new", "policy-text", "policy-acknowledge", "policy"}:
        return reverse(name)
    if name == "training-module":
        return reverse(name, args=["listen-first"])
    if name == "channel-new":
        return reverse(name, args=["demo"])
    if name == "stop-lift":
        return reverse(name, args=[_stopped()])
    kind = name.partition("-")[0]
    new = name.endswith(("-new", "-sample", "-csv")) or name == "heard"
    return reverse(name, args=[there[kind]()] if kind in there and not new else [])


_numbers = itertools.count()
_WINDOWS = [[0, "09:00", "17:00"]]


def _stopped() -> int:
    return SendingStop.objects.create(reason="r", by=people.ada(), at=factories.NOON).pk


def _turn() -> dict[str, Any]:
    return {"person": people.omar(), "duty": "desk", "day": 0, "opens": time(9), "closes": time(17)}


def _absence() -> dict[str, Any]:
    return {"person": people.omar(), "first": date(2026, 3, 2), "last": date(2026, 3, 2)}


def _rule() -> int:
    made = Rule(Trigger.OPENED, (Act(Do.LABEL, "x"),))
    name = f"r{next(_numbers)}"
    return save_rule(None, name=name, rule=made, by=people.ada(), now=factories.NOON).pk


def _macro() -> int:
    made = Macro((Step(MacroDo.LABEL, "x"),))
    name = f"m{next(_numbers)}"
    return save_macro(None, name=name, key="", macro=made, by=people.ada(), now=factories.NOON).pk


def _snippet() -> int:
    key = f"s{next(_numbers)}"
    return save_snippet(
        None, key=key, name=key, texts={"en": "Hi"}, by=people.ada(), now=factories.NOON
    ).pk


def _own_module() -> int:
    return OwnModule.objects.create(
        name=f"m{next(_numbers)}", title="Ours", lesson=LESSON, quiz=QUIZ, by=people.ada(),
        at=factories.NOON,
    ).pk  # fmt: skip


def _policy() -> int:
    number = next(_numbers) + 1
    text, now = f"Be kind, {number}.", factories.NOON
    return publish_policy(text=text, asked_from=now, by=people.ada(), now=now).number


def _snippet_picture() -> int:
    last = Snippet.objects.order_by("-pk")[0]
    facts = {"kind": "image/png", "size": 1, "width": 1, "height": 1, "at": factories.NOON}
    kept = PictureRow.objects.create(digest=f"{next(_numbers):064}", **facts)
    row = SnippetPicture(
        snippet=last, picture=kept, alt="A bag", by=people.ada(), at=factories.NOON
    )
    row.save()
    return row.pk


def _post() -> int:
    return factories.heard("Halcyon, good morning", complaint=0.1).pk


def _correction() -> int:
    return Correction.objects.create(
        post_id=_post(), what="complaint", said="none", was="none", complaint=0.1, model="m",
        by=people.mina(), at=factories.NOON,
    ).pk  # fmt: skip


def _author() -> int:
    return PostRow.objects.values_list("author_id", flat=True).get(pk=_post())


def _marked() -> int:
    _post()
    mark_accounts(["rosa"], role=AuthorRole.PRESS, by=people.ada(), now=factories.NOON)
    return RoleMark.objects.get().pk


@pytest.mark.usefixtures("_undrawn", "_known")
def test_address_asks_for_the_role_before_anything_else() -> None:
    # Omar has Mina's role.
    everybody, refused = [person() for person in people.EVERYBODY if person is not people.omar], {}
    for name in NEEDS:
        url = _address(name)
        for who in everybody:
            with undone():
                refused[who.role, name] = _refused(Asking(WHO=who), name, url)
    assert refused == {
        (who.role, name): {not may(Role(who.role), action)}
        for name, action in NEEDS.items()
        for who in everybody
    }


def _refused(client: Asking, name: str, url: str) -> set[bool]:
    asks: list[Any] = [client.get] if name in READ_ONLY else [client.get, client.post]
    answers = [ask(url, headers=headers).status_code for ask in asks for headers in ({}, HTMX)]
    return {status == 403 for status in answers if status != 405}


@pytest.mark.usefixtures("_undrawn", "_known")
def test_what_is_not_there_is_not_found() -> None:
    client = Asking(WHO=people.ada())
    kinds = ("brand", "channel", "watch", "person", "sla", "hours", "snippet", "rule", "macro")
    urls = [reverse(name, args=[number]) for name in kinds for number in (0, 10**30)]
    found = {url: client.get(url).status_code for url in urls}
    assert found == dict.fromkeys(urls, 404)
