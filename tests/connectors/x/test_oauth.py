"""Connecting an account on X: what goes to X, and what the person is shown."""

from urllib.parse import parse_qs, urlsplit

import pytest

from amends.bench.faults.fakes.x import FakeX
from amends.bench.faults.serving import Asked, Fault, Said
from amends.connectors.x.oauth import SCOPES, SignIn
from amends.terms import ConnectorError

VERIFIER = "v" * 43


def flow(fake: FakeX, secret: str = "hush-hush") -> SignIn:
    return SignIn(
        fake.outbound,
        fake.clock,
        client_id="client-1",
        client_secret=secret,
        redirect_uri="https://desk.example/back",
        api=fake.url,
    )


def answering(fake: FakeX, said: Said) -> None:
    fake.fail(Fault(before=said), when=lambda _: True)


def form(asked: Asked) -> dict[str, list[str]]:
    return parse_qs(asked.body.decode())


def test_person_is_sent_to_x_with_a_challenge(fake: FakeX) -> None:
    address = urlsplit(flow(fake).authorisation_url(state="s1", verifier=VERIFIER))
    assert (address.netloc, address.path) == ("x.com", "/i/oauth2/authorize")
    assert parse_qs(address.query) == {
        "response_type": ["code"],
        "client_id": ["client-1"],
        "redirect_uri": ["https://desk.example/back"],
        "scope": [" ".join(SCOPES)],
        "state": ["s1"],
        "code_challenge": ["7w_YNF9DSfIdPf_pRjSq646_kPr-2-o9NAl16JGghdM"],
        "code_challenge_method": ["S256"],
    }


@pytest.mark.parametrize("secret", ["hush-hush", ""])
async def test_code_becomes_the_secrets_of_a_channel(fake: FakeX, secret: str) -> None:
    answering(fake, Said(200, {"access_token": "t1", "refresh_token": "r1"}))
    found = await flow(fake, secret).exchange(" code-1 ", verifier=VERIFIER)
    tokens = {"access_token": "t1", "refresh_token": "r1", "client_id": "client-1"}
    assert found == tokens | ({"client_secret": secret} if secret else {})
    assert form(fake.seen[0])["code_verifier"] == [VERIFIER]
    assert ("authorization" in fake.seen[0].headers) == bool(secret)


async def test_tokens_are_given_back(fake: FakeX) -> None:
    answering(fake, Said(200, {"revoked": True}))
    answering(fake, Said(400, {"error": "invalid_request"}))
    await flow(fake).revoke({"access_token": "t1", "refresh_token": "r1"})
    assert [form(one)["token"] for one in fake.seen] == [["r1"], ["t1"]]


async def test_wrong_code_is_refused_and_tells_no_secret(fake: FakeX) -> None:
    told = {"error": "invalid_request", "error_description": "code-1 of hush-hush is no code"}
    answering(fake, Said(400, told))
    with pytest.raises(ConnectorError) as refused:
        await flow(fake).exchange("code-1", verifier=VERIFIER)
    assert str(refused.value) == "X refused: … of … is no code"
    assert "hush-hush" not in repr(flow(fake))
