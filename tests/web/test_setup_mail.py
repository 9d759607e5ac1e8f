"""A mailbox is connected in the words of mail programs, and tried by a button."""

import pytest

from amends.desk.actions.secrets import unseal
from amends.desk.models import ChannelRow
from tests import people
from tests.factories import brand
from tests.support.trying import Tried
from tests.web.pages import signed_in

pytestmark = [pytest.mark.database, pytest.mark.alike]

RIGHT = {"imap_host": "imap.brindlewing.example", "smtp_host": "smtp.brindlewing.example",
         "password": "app-password"}  # fmt: skip


def connect(**typed: str) -> tuple[int, str]:
    whole = {"brand": str(brand().pk), "handle": "care@brindlewing.example"} | typed
    answer = signed_in(people.ada).post("/set-up/channels/new/mail/", whole)
    return answer.status_code, answer.content.decode()


def test_mailbox_is_connected_and_its_answers_are_signed() -> None:
    assert connect(**RIGHT, stream="idle")[0] == 302
    row = ChannelRow.objects.get()
    secrets = unseal(bytes(row.secret))
    hosts = {name: RIGHT[name] for name in ("imap_host", "smtp_host")}
    assert (row.settings, secrets["password"]) == (hosts | {"stream": "idle"}, "app-password")
    assert len(secrets["reply_key"]) > 40


def test_provider_needs_no_servers() -> None:
    assert connect(provider="gmail", password="app-password")[0] == 302
    assert ChannelRow.objects.get().settings == {"provider": "gmail"}


def test_wrong_entry_is_said_and_nothing_is_lost() -> None:
    tried = Tried()
    brand(), people.ada()
    cases: list[tuple[dict[str, str], str]] = [
        ({"password": ""}, "Password is needed"),
        ({"imap_host": ""}, "write a host such as imap.example.com"),
        ({"smtp_host": "https://x.example"}, "write a host such as imap.example.com"),
        ({"handle": "care"}, "Write an e-mail address, such as care@example.com."),
        ({"reply_address": "care@x.example"}, "write it like care+{token}@example.com"),
        ({"imap_port": "70000"}, "65535"),
    ]
    for wrong, sentence in cases:
        with tried((wrong, sentence)):
            status, page = connect(**(RIGHT | {"name": "Brindlewing Care"} | wrong))
            assert (status, ChannelRow.objects.count()) == (400, 0)
            assert sentence in page
            assert "Brindlewing Care" in page
            assert "app-password" not in page
    assert tried.wrong == []


def test_new_password_keeps_the_key_of_the_answers() -> None:
    connect(**RIGHT)
    row = ChannelRow.objects.get()
    key = unseal(bytes(row.secret))["reply_key"]
    typed = {"brand": str(row.brand_id), **RIGHT, "password": "another"}
    signed_in(people.ada).post(f"/set-up/channels/{row.pk}/", typed)
    assert unseal(bytes(ChannelRow.objects.get().secret)) == {
        "password": "another",
        "reply_key": key,
    }


def test_page_of_a_mailbox_shows_what_was_chosen() -> None:
    connect(**RIGHT, stream="")
    page = signed_in(people.ada).get(f"/set-up/channels/{ChannelRow.objects.get().pk}/")
    assert '<option value="" selected>Looked for</option>' in page.content.decode()
