"""Connecting an account: what goes to the server, and what the person is shown."""

from collections.abc import AsyncIterator
from urllib.parse import parse_qs, urlsplit

import pytest

from amends.bench.faults.clock import HandClock
from amends.bench.faults.serving import Asked, Fake, Said, running
from amends.connectors.mastodon.oauth import SCOPES, SignIn
from amends.terms import BadInput, ConnectorError

VERIFIER = "v" * 43


class Authority(Fake):
    """Registers, and gives a token for one code."""

    def handle(self, asked: Asked) -> Said:
        if asked.path == "/api/v1/apps":
            return Said(200, {"client_id": "client-1", "client_secret": "hush-hush"})
        told = parse_qs(asked.body.decode())
        if asked.path == "/oauth/revoke":
            return Said(200, {})
        if asked.path == "/oauth/token" and told["code"] == ["right"]:
            return Said(200, {"access_token": "token-1", "token_type": "Bearer"})
        said = f"The code {told['code'][0]} with hush-hush is invalid"
        return Said(400, {"error": "invalid_grant", "error_description": said})


@pytest.fixture
async def fake() -> AsyncIterator[Authority]:
    made = Authority(HandClock())
    async with running(made):
        yield made


async def test_code_becomes_the_secrets_of_a_channel(fake: Authority) -> None:
    flow = SignIn(fake.url, fake.outbound, fake.clock)
    app = await flow.register(redirect_uri="https://desk.example/back", website="https://a.example")
    address = urlsplit(flow.authorisation_url(app, state="s1", verifier=VERIFIER))
    secrets = await flow.exchange(app, " right ", verifier=VERIFIER)
    await flow.revoke(secrets)
    assert address.path == "/oauth/authorize"
    assert parse_qs(address.query) == {
        "response_type": ["code"],
        "client_id": ["client-1"],
        "redirect_uri": ["https://desk.example/back"],
        "scope": [" ".join(SCOPES)],
        "state": ["s1"],
        "code_challenge": ["7w_YNF9DSfIdPf_pRjSq646_kPr-2-o9NAl16JGghdM"],
        "code_challenge_method": ["S256"],
    }
    assert secrets == {
        "access_token": "token-1", "client_id": "client-1", "client_secret": "hush-hush",
    }  # fmt: skip
    assert parse_qs(fake.seen[1].body.decode())["code_verifier"] == [VERIFIER]
    assert parse_qs(fake.seen[2].body.decode())["token"] == ["token-1"]


async def test_wrong_code_is_refused_and_tells_no_secret(fake: Authority) -> None:
    flow = SignIn(fake.url, fake.outbound, fake.clock)
    app = await flow.register()
    with pytest.raises(ConnectorError) as refused:
        await flow.exchange(app, "wrong", verifier=VERIFIER)
    assert str(refused.value) == "Mastodon refused: The code … with … is invalid"
    assert "hush-hush" not in repr(app)


def test_server_is_an_address(fake: Authority) -> None:
    with pytest.raises(BadInput):
        SignIn("near.example/oauth", fake.outbound, fake.clock)
