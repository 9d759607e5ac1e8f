"""The way in and out."""

import secrets
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from amends.desk.actions import make_sign_in_link, set_password
from amends.desk.models import Case, Responder
from tests.factories import heard
from tests.people import PASSWORD, mina, omar
from tests.web.support import signed_in

pytestmark = pytest.mark.database


@pytest.fixture(autouse=True)
def _fresh_counts() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


def _with_password(person: Responder) -> Responder:
    set_password(person, password=PASSWORD)
    return person


def _try(client: Client, email: str, password: str, **more: str) -> int:
    data = {"email": email, "password": password, **more}
    return client.post("/sign-in/", data).status_code


def _link(person: Responder, *, age: timedelta = timedelta()) -> str:
    token = make_sign_in_link(
        person, now=timezone.now() - age, new_token=lambda: secrets.token_urlsafe(32)
    )
    return f"/enter/{token}/"


def test_right_password_leads_to_the_inbox() -> None:
    _with_password(mina())
    answer = Client().post("/sign-in/", {"email": "MINA@desk.example", "password": PASSWORD})
    assert (answer.status_code, answer["Location"]) == (302, "/inbox/")


def test_wrong_password_and_unknown_address_get_one_answer() -> None:
    _with_password(mina())
    pages = [
        Client().post("/sign-in/", {"email": email, "password": "wrong"})
        for email in ("mina@desk.example", "nobody@desk.example")
    ]
    assert [page.status_code for page in pages] == [403, 403]
    assert all("do not match" in page.content.decode() for page in pages)


def test_sixth_attempt_on_one_address_is_refused_even_with_the_right_password() -> None:
    _with_password(mina())
    client = Client()
    statuses = [_try(client, "mina@desk.example", "wrong") for _ in range(5)]
    assert [*statuses, _try(client, "mina@desk.example", PASSWORD)] == [403] * 5 + [429]


def test_forged_forwarding_header_does_not_make_a_new_peer() -> None:
    _with_password(mina())
    data = {"email": "mina@desk.example", "password": "wrong"}
    statuses = [
        Client().post("/sign-in/", data, headers={"X-Forwarded-For": f"192.0.2.{n}"}).status_code
        for n in range(6)
    ]
    assert statuses[-1] == 429


def test_one_peer_cannot_try_many_addresses() -> None:
    client = Client()
    statuses = [_try(client, f"person{n}@desk.example", "wrong") for n in range(41)]
    assert statuses == [403] * 40 + [429]


def test_sign_in_goes_on_only_inside_the_desk() -> None:
    _with_password(mina())
    data = {"email": "mina@desk.example", "password": PASSWORD}
    inside = Client().post("/sign-in/", {**data, "next": "/account/"})
    outside = Client().post("/sign-in/", {**data, "next": "https://evil.example/"})
    assert (inside["Location"], outside["Location"]) == ("/account/", "/inbox/")


def test_session_key_rotates_at_sign_in() -> None:
    _with_password(mina())
    client = Client()
    client.session.save()
    planted = client.session
    planted["mark"] = "fixed"
    planted.save()
    client.cookies["sessionid"] = planted.session_key or ""
    client.post("/sign-in/", {"email": "mina@desk.example", "password": PASSWORD})
    assert client.cookies["sessionid"].value != planted.session_key


def test_looking_at_a_link_does_not_use_it() -> None:
    person, client = mina(), Client()
    url = _link(person)
    assert [client.get(url).status_code, client.get(url).status_code] == [200, 200]
    assert client.post(url).status_code == 302


def test_link_works_once() -> None:
    url = _link(mina())
    first, second = Client().post(url), Client().post(url)
    assert (first["Location"], second.status_code) == ("/account/", 403)


def test_link_expires() -> None:
    assert Client().post(_link(mina(), age=timedelta(hours=25))).status_code == 403


def test_newer_link_ends_the_older() -> None:
    older = _link(mina())
    _link(mina())
    assert Client().post(older).status_code == 403


def test_link_of_somebody_with_a_password_leads_to_the_inbox() -> None:
    assert Client().post(_link(_with_password(mina())))["Location"] == "/inbox/"


def test_signing_out_needs_a_post_and_ends_the_session() -> None:
    client = signed_in(mina())
    assert client.get("/sign-out/").status_code == 405
    assert client.post("/sign-out/")["Location"] == "/sign-in/"
    assert client.get("/inbox/").status_code == 302


def test_first_password_is_set_and_works() -> None:
    client = signed_in(mina())
    answer = client.post("/account/", {"name": "Mina Kaya", "password": PASSWORD})
    assert answer["Location"] == "/inbox/"
    assert _try(Client(), "mina@desk.example", PASSWORD) == 302


def test_first_password_is_confirmed_on_the_next_page_and_no_later_one() -> None:
    client, sentence = signed_in(mina()), "Your password is set."
    client.post("/account/", {"name": "Mina Kaya", "password": PASSWORD})
    pages = [client.get(url).content.decode() for url in ("/inbox/", "/account/")]
    assert [sentence in page for page in pages] == [True, False]
    assert "devices are signed out." not in pages[0]


def test_what_was_done_is_said_on_the_case_it_leads_to() -> None:
    person, post = mina(), heard("Halcyon, where are you?", complaint=0.1)
    client = signed_in(person)
    page = client.post(f"/heard/{post.pk}/open-case/", follow=True)
    ref = Case.objects.get().ref
    assert f"Case {ref} is open." in page.content.decode()
    assert f"Case {ref} is open." not in client.get("/inbox/").content.decode()


def test_new_password_ends_other_sessions_but_not_this_one() -> None:
    person = _with_password(mina())
    here, elsewhere = signed_in(person), signed_in(person)
    new = {"name": person.name, "current": PASSWORD, "password": "another-long-phrase"}
    here.post("/account/", new)
    assert (here.get("/inbox/").status_code, elsewhere.get("/inbox/").status_code) == (200, 302)


def test_new_password_needs_the_old_one() -> None:
    client = signed_in(_with_password(mina()))
    new = {"name": "Mina", "current": "wrong", "password": "another-long-phrase"}
    answer = client.post("/account/", new)
    assert answer.status_code == 400
    assert mina().check_password(PASSWORD)


def test_short_password_is_refused_and_the_name_typed_is_kept() -> None:
    answer = signed_in(mina()).post("/account/", {"name": "Mina K.", "password": "short"})
    assert answer.status_code == 400
    assert 'value="Mina K."' in answer.content.decode()


def test_theme_and_keys_are_remembered_by_the_browser() -> None:
    client = signed_in(mina())
    client.post("/account/", {"name": "Mina Kaya", "theme": "dark"})
    page = client.get("/account/").content.decode()
    assert 'data-theme="dark"' in page
    assert 'data-keys="off"' in page


def test_somebody_switched_off_is_out_at_once() -> None:
    client = signed_in(omar())
    Responder.objects.filter(email="omar@desk.example").update(is_active=False)
    assert client.get("/inbox/").status_code == 302


def test_health_is_public_and_says_only_ok() -> None:
    assert Client().get("/healthz").content == b"ok"
