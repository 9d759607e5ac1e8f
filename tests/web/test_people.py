"""People: invitations, roles, and the administrator who must stay."""

import re

import pytest
from django.test import Client

from amends.desk.models import Responder, SignInLink
from tests import people
from tests.support.trying import Tried
from tests.web.pages import HOSTILE, signed_in, unsafe_parts

pytestmark = pytest.mark.database

PAGES = ("/people/", "/people/invite/")


def invitation(**more: str) -> dict[str, str]:
    return {"name": "Kim Oh", "email": "Kim@desk.example", "role": "responder"} | more


def link_in(text: str) -> str:
    found = re.search(r"http://testserver(/enter/[\w-]+/)", text)
    assert found is not None
    return found[1]


def test_list_shows_everybody_with_their_role() -> None:
    for who in (people.ada, people.priya, people.vic):
        who()
    page = signed_in(people.ada).get("/people/")
    assert [p.name for p in page.context["people"]] == ["Ada Berg", "Priya Nair", "Vic Lund"]
    assert "Approves" in page.text
    assert unsafe_parts(page) == []


def test_others_invite_and_change_nobody() -> None:
    tried = Tried()
    ada = people.ada()
    for who in [p for p in people.EVERYBODY if p is not people.ada]:
        with tried(who):
            client = signed_in(who)
            tries = [client.get(page) for page in (*PAGES, f"/people/{ada.pk}/")]
            tries += [
                client.post("/people/invite/", invitation(role="administrator")),
                client.post(f"/people/{ada.pk}/", {"role": "viewer"}),
                client.post(f"/people/{ada.pk}/link/"),
            ]
            assert [t.status_code for t in tries] == [403] * 6
            assert Responder.objects.count() == 2
            assert not SignInLink.objects.exists()
    assert tried.wrong == []


def test_invited_colleague_signs_in_by_the_link() -> None:
    page = signed_in(people.ada).post("/people/invite/", invitation(may_approve="on"))
    kim = Responder.objects.get(email="kim@desk.example")
    assert (page.status_code, kim.name, kim.role, kim.may_approve) == (
        201,
        "Kim Oh",
        "responder",
        True,
    )
    client = Client()
    client.post(link_in(page.text))
    assert client.session["_auth_user_id"] == str(kim.pk)


def test_link_is_shown_once_and_kept_as_a_hash() -> None:
    client = signed_in(people.ada)
    page = client.post("/people/invite/", invitation())
    token = link_in(page.text).split("/")[2]
    assert "no-store" in page.headers["Cache-Control"]
    assert token not in client.get("/people/").text
    assert token not in SignInLink.objects.get().token_hash


def test_new_link_ends_the_older_one() -> None:
    client = signed_in(people.ada)
    kim = people.mina()
    first, second = (link_in(client.post(f"/people/{kim.pk}/link/").text) for _ in range(2))
    assert Client().post(first).status_code == 403
    assert Client().post(second).status_code == 302


def test_refused_invitation_keeps_what_was_typed() -> None:
    people.mina()
    page = signed_in(people.ada).post(
        "/people/invite/", invitation(email="mina@desk.example", name="Another")
    )
    assert page.status_code == 400
    assert "mina@desk.example is here already." in page.text
    assert 'value="Another"' in page.text


def test_hostile_name_is_escaped() -> None:
    client = signed_in(people.ada)
    page = client.post("/people/invite/", invitation(name=f"Kim {HOSTILE[:60]}"))
    kim = Responder.objects.get(email="kim@desk.example")
    shown = [page, client.get("/people/"), client.get(f"/people/{kim.pk}/")]
    assert [unsafe_parts(p) for p in shown] == [[], [], []]


def test_role_is_changed() -> None:
    mina = people.mina()
    typed = {"role": "lead", "may_approve": "on", "is_active": "on"}
    signed_in(people.ada).post(f"/people/{mina.pk}/", typed)
    mina.refresh_from_db()
    assert (mina.role, mina.may_approve, mina.is_active) == ("lead", True, True)


def test_deactivated_person_is_signed_out() -> None:
    client = signed_in(people.mina)
    signed_in(people.ada).post(f"/people/{people.mina().pk}/", {"role": "responder"})
    assert client.get("/inbox/").headers["Location"].startswith("/sign-in/")


def test_last_administrator_stays() -> None:
    tried = Tried()
    ada, client = people.ada(), signed_in(people.ada)
    cases: list[dict[str, str]] = [{"role": "lead", "is_active": "on"}, {"role": "administrator"}]
    for typed in cases:
        with tried(typed):
            page = client.post(f"/people/{ada.pk}/", typed)
            assert page.status_code == 400
            assert "The desk needs one administrator." in page.text
            ada.refresh_from_db()
            assert (ada.role, ada.is_active) == ("administrator", True)
    assert tried.wrong == []


def test_administrator_may_step_down_where_another_stays() -> None:
    other = people.mina()
    Responder.objects.filter(pk=other.pk).update(role="administrator")
    ada = people.ada()
    response = signed_in(people.ada).post(f"/people/{ada.pk}/", {"role": "lead", "is_active": "on"})
    assert response.headers["Location"] == "/inbox/"
    ada.refresh_from_db()
    assert ada.role == "lead"


def test_links_need_a_post() -> None:
    answer = signed_in(people.ada).get(f"/people/{people.mina().pk}/link/")
    assert (answer.status_code, answer.headers["Allow"]) == (405, "POST")
    assert "Go back to the inbox." in answer.text
