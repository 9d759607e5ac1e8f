"""Every address of the desk against every role: none is left out, and none forgets to ask."""

from collections.abc import Callable
from typing import Any

import pytest
from django.urls import get_resolver, reverse

from amends.casework import Action, Role, may
from amends.desk.actions.roles import mark_accounts
from amends.desk.models import Responder, RoleMark
from amends.terms import AuthorRole
from amends.web.views.acts import ACTS, DECISIONS
from tests import factories, people
from tests.web.support import HTMX, signed_in

pytestmark = pytest.mark.database

PUBLIC = {"healthz", "sign-in", "enter"}
FOR_ALL_WHO_ARE_IN = {"home", "account", "sign-out", "palette"}
# Role by role and case by case in test_doors; the stream in test_live.
ELSEWHERE = {"case", "case-trail", "case-write", "case-draft", "live"}
ELSEWHERE |= {f"case-{verb}" for verb in ACTS} | {f"reply-{verb}" for verb in DECISIONS}
NEEDS = {
    "inbox": Action.SEE_CASES,
    "heard": Action.SEE_HEARD,
    "heard-csv": Action.SEE_HEARD,
    "heard-open": Action.WORK,
    "author-role": Action.WORK,
    "listening": Action.SEE_HEARD,
    "people": Action.PEOPLE,
    "invite": Action.PEOPLE,
    "person": Action.PEOPLE,
    "person-link": Action.PEOPLE,
    **dict.fromkeys(
        (
            "setup", "brand-new", "brand", "threshold-sample", "channels", "channel-new", "channel",
            "channel-switch", "watches", "watch-new", "watch-sample", "watch", "watch-remove",
            "authors", "author-forget",
        ),
        Action.SET_UP,
    ),
}  # fmt: skip
READ_ONLY = {
    "inbox",
    "heard",
    "heard-csv",
    "listening",
    "people",
    "setup",
    "threshold-sample",
    "channels",
    "watches",
}


def _names() -> set[str]:
    return {name for name in get_resolver().reverse_dict if isinstance(name, str)}


def test_every_address_has_its_place_in_a_matrix() -> None:
    assert _names() == PUBLIC | FOR_ALL_WHO_ARE_IN | ELSEWHERE | set(NEEDS)


def _address(name: str) -> str:
    """Where there is something: the newest post, the channel, the watch, a colleague."""
    post = factories.heard("Halcyon, good morning", complaint=0.1)
    mark_accounts(["rosa"], role=AuthorRole.PRESS, by=people.ada(), now=factories.NOON)
    there = {
        "brand": factories.brand().pk,
        "channel": factories.channel().pk,
        "watch": factories.watch().pk,
        "person": people.omar().pk,
        "heard": post.pk,
        "author": post.author_id if name == "author-role" else RoleMark.objects.get().pk,
    }
    if name == "channel-new":
        return reverse(name, args=["demo"])
    kind = name.partition("-")[0]
    new = name.endswith(("-new", "-sample", "-csv")) or name == "heard"
    return reverse(name, args=[there[kind]] if kind in there and not new else [])


@pytest.mark.parametrize("name", NEEDS)
@pytest.mark.parametrize("person", people.EVERYBODY, ids=lambda one: one.__name__)
def test_address_asks_for_the_role_before_anything_else(
    name: str, person: Callable[[], Responder]
) -> None:
    who, url = person(), _address(name)
    allowed = may(Role(who.role), NEEDS[name])
    client = signed_in(who)
    asks: list[Any] = [client.get] if name in READ_ONLY else [client.get, client.post]
    answers = [ask(url, headers=headers).status_code for ask in asks for headers in ({}, HTMX)]
    refused = [status == 403 for status in answers if status != 405]
    assert refused == [not allowed] * len(refused)
    assert refused


@pytest.mark.parametrize("name", [n for n in NEEDS if n in {"brand", "channel", "watch", "person"}])
@pytest.mark.parametrize("number", [0, 10**30])
def test_what_is_not_there_is_not_found(name: str, number: int) -> None:
    assert signed_in(people.ada()).get(reverse(name, args=[number])).status_code == 404
