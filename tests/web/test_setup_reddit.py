"""An account on Reddit is connected with an application's keys, or by signing in there."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client

from amends.bench.faults.clock import HandClock
from amends.bench.faults.fakes.reddit import SECRETS, FakeReddit
from amends.bench.faults.serving import beside
from amends.desk.actions import signing_in
from amends.desk.actions.secrets import unseal
from amends.desk.models import ChannelRow
from tests import people
from tests.factories import brand
from tests.support.trying import Tried
from tests.web.pages import signed_in

pytestmark = [pytest.mark.database, pytest.mark.alike]

SCRIPT = {"client_id": "client-1", "client_secret": "app-secret", "password": "p"}
THERE = "/set-up/channels/sign-in/reddit/"


def connect(**typed: str) -> tuple[int, str]:
    whole = {"brand": str(brand().pk), "handle": "u/brindlewing"} | typed
    answer = signed_in(people.ada).post("/set-up/channels/new/reddit/", whole)
    return answer.status_code, answer.content.decode()


def test_script_application_is_connected() -> None:
    assert connect(**SCRIPT, subreddits="travel, luggage")[0] == 302
    row = ChannelRow.objects.get()
    assert (row.handle, row.settings, unseal(bytes(row.secret))) == (
        "brindlewing", {"subreddits": "travel, luggage"}, SCRIPT,
    )  # fmt: skip


def test_wrong_entry_is_said() -> None:
    tried = Tried()
    brand(), people.ada()
    cases: list[tuple[dict[str, str], str]] = [
        ({"client_id": ""}, "Client ID is needed"),
        ({"client_secret": ""}, "Secret is needed"),
        ({"password": ""}, "or a refresh token"),
        ({"subreddits": "not/a/name"}, "write names such as travel"),
        ({"user_agent": "x"}, "at least 7"),
    ]
    for wrong, sentence in cases:
        with tried((wrong, sentence)):
            status, page = connect(**(SCRIPT | wrong))
            assert (status, sentence in page, "app-secret" in page) == (400, True, False)
    assert tried.wrong == []


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> Iterator[Client]:
    brand()
    fake = FakeReddit(HandClock())
    with beside(fake):
        made, begin = signed_in(people.ada), signing_in.begin_sign_in

        def there(network: str, given: dict[str, str], **told: Any) -> signing_in.Begun:
            own = given | {"reddit_url": fake.url, "oauth_url": fake.url}
            return begin(network, own, **told)

        monkeypatch.setattr("amends.web.views.setup_sign_in.begin_sign_in", there)
        yield made


def test_web_application_signs_in_there(client: Client) -> None:
    typed = {
        "client_id": "client-1",
        "client_secret": "app-secret",
        "redirect_uri": "https://a.example/back",
    }
    page = client.post(THERE, typed).content.decode()
    found = page.partition('data-test="open-network"')[0].rpartition('href="')[2].partition('"')[0]
    asked = parse_qs(urlsplit(found.replace("&amp;", "&")).query)
    assert (asked["duration"], asked["client_id"]) == (["permanent"], ["client-1"])
    back = f"https://a.example/back?state={asked['state'][0]}&code=right"
    assert client.post(THERE, {"code": back}).status_code == 302
    row = ChannelRow.objects.get()
    assert (row.handle, unseal(bytes(row.secret))) == ("brindlewing", SECRETS)
