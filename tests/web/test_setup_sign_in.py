"""An account is connected by signing in on its network; its secrets stay sealed on the way."""

from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from amends.bench.faults.clock import HandClock
from amends.bench.faults.fakes.mastodon import TOKEN, FakeMastodon
from amends.bench.faults.fakes.x import FakeX
from amends.bench.faults.serving import Asked, Said, beside
from amends.desk.actions import signing_in
from amends.desk.actions.secrets import unseal
from amends.desk.models import ChannelRow
from tests import people
from tests.factories import brand
from tests.support.trying import Tried
from tests.web.pages import signed_in

pytestmark = [pytest.mark.database, pytest.mark.alike]

MASTODON, X = "/set-up/channels/sign-in/mastodon/", "/set-up/channels/sign-in/x/"


class Server(FakeMastodon):
    """A server that registers the desk and gives a token for one code."""

    def handle(self, asked: Asked) -> Said:
        if asked.path == "/api/v1/apps":
            return Said(200, {"client_id": "client-1", "client_secret": "app-secret"})
        if asked.path == "/oauth/token":
            if b"code=right" in asked.body:
                return Said(200, {"access_token": TOKEN})
            return Said(400, {"error": "invalid_grant", "error_description": "That is no code"})
        return super().handle(asked)


@pytest.fixture
def server() -> Iterator[Server]:
    made = Server(HandClock())
    with beside(made):
        yield made


@pytest.fixture
def client() -> Client:
    brand()
    return signed_in(people.ada)


def begin(client: Client, server: Server) -> str:
    """The address that the person is sent to."""
    page = client.post(MASTODON, {"server": f"{server.url}/"}).content.decode()
    found = page.partition('data-test="open-network"')[0].rpartition('href="')[2]
    return found.partition('"')[0].replace("&amp;", "&")


def test_account_on_mastodon_is_connected_by_its_code(client: Client, server: Server) -> None:
    address = urlsplit(begin(client, server))
    response = client.post(MASTODON, {"code": " right "})
    row = ChannelRow.objects.get()
    host = urlsplit(server.url).netloc
    assert (address.netloc, address.path) == (host, "/oauth/authorize")
    assert response.headers["Location"] == "/set-up/channels/"
    assert (row.handle, row.settings) == (f"brindlewing@{host}", {"server": server.url})
    assert unseal(bytes(row.secret)) == {
        "access_token": TOKEN, "client_id": "client-1", "client_secret": "app-secret",
    }  # fmt: skip


def test_wrong_code_may_be_typed_again(client: Client, server: Server) -> None:
    begin(client, server)
    refused = client.post(MASTODON, {"code": "wrong"})
    assert (refused.status_code, "That is no code" in refused.content.decode()) == (400, True)
    client.post(MASTODON, {"code": "right"})
    assert ChannelRow.objects.count() == 1


def test_what_is_no_code_of_this_sign_in_is_refused(client: Client, server: Server) -> None:
    tried = Tried()
    begin(client, server)
    cases: list[tuple[str, str]] = [
        ("https://desk.example/back?code=right&state=other", "belongs to another sign-in"),
        ("", "Paste the code"),
        ("two words", "Paste the code"),
    ]
    for code, said in cases:
        with tried((code, said)):
            response = client.post(MASTODON, {"code": code})
            assert (response.status_code, said in response.content.decode()) == (400, True)
            assert not ChannelRow.objects.exists()
    assert tried.wrong == []


def test_secrets_of_a_sign_in_are_sealed_in_the_session(client: Client, server: Server) -> None:
    begin(client, server)
    kept = str([session.get_decoded() for session in Session.objects.all()])
    assert ("sign-in" in kept, "app-secret" in kept) == (True, False)


def test_code_without_a_beginning_begins_again(client: Client) -> None:
    response = client.post(MASTODON, {"code": "right"})
    assert response.headers["Location"] == MASTODON


def test_server_that_is_none_is_said(client: Client) -> None:
    response = client.post(MASTODON, {"server": "https://192.0.2.1"})
    assert response.status_code == 400
    assert "not an address on the public internet" in response.content.decode()


class XAuthority(FakeX):
    def handle(self, asked: Asked) -> Said:
        if asked.path == "/2/oauth2/token" and b"code=right" in asked.body:
            self.tokens.add("user-token-9")
            return Said(200, {"access_token": "user-token-9", "refresh_token": "r9"})
        return super().handle(asked)


def test_account_on_x_is_connected_by_the_address_it_sends_to(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake = XAuthority(HandClock())
    with beside(fake) as url:
        whole = signing_in.begin_sign_in
        monkeypatch.setattr(
            "amends.web.views.setup_sign_in.begin_sign_in",
            lambda network, given, **more: whole(network, {**given, "api": url}, **more),
        )
        typed = {"client_id": "c", "redirect_uri": "https://desk.example/back"}
        page = client.post(X, typed).content.decode()
        link = page.partition('data-test="open-network"')[0].rpartition('href="')[2]
        query = parse_qs(urlsplit(link.partition('"')[0].replace("&amp;", "&")).query)
        back = f"https://desk.example/back?state={query['state'][0]}&code=right"
        client.post(X, {"code": back})
    row = ChannelRow.objects.get()
    assert (row.network, row.handle) == ("x", "brindlewing")
    assert unseal(bytes(row.secret)) == {
        "access_token": "user-token-9", "refresh_token": "r9", "client_id": "c",
    }  # fmt: skip


def test_page_of_tokens_leads_here(client: Client) -> None:
    page = client.get("/set-up/channels/new/mastodon/").content.decode()
    assert f'href="{MASTODON}"' in page
    assert client.get("/set-up/channels/sign-in/demo/").status_code == 404
