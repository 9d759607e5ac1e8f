"""A file drop is a folder under the desk's home folder, and of no other place."""

import re
from pathlib import Path

import pytest

from amends.desk.models import ChannelRow
from amends.web.views import setup_filedrop
from tests import people
from tests.factories import brand
from tests.support.trying import Tried
from tests.web.pages import signed_in

pytestmark = [pytest.mark.database, pytest.mark.alike]


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(setup_filedrop, "drops", lambda: tmp_path / "drops")
    return tmp_path


def connect(**typed: str) -> int:
    whole = {"brand": str(brand().pk), "handle": "reviews", "folder": "reviews"} | typed
    return signed_in(people.ada).post("/set-up/channels/new/filedrop/", whole).status_code


def test_folder_is_made(home: Path) -> None:
    assert connect(mapping="text = body") == 302
    folder = home / "drops" / "reviews"
    assert folder.is_dir()
    assert ChannelRow.objects.get().settings == {"folder": str(folder), "mapping": "text = body"}


def test_what_is_no_name_of_a_folder_is_refused(home: Path) -> None:
    tried = Tried()
    brand(), people.ada()
    cases: list[dict[str, str]] = [
        {"folder": "../etc"},
        {"folder": "/etc"},
        {"folder": ""},
        {"mapping": "text"},
    ]
    for wrong in cases:
        with tried(wrong):
            assert (connect(**wrong), list(home.iterdir())) == (400, [])
    assert tried.wrong == []


def test_connection_is_tried_by_the_button(home: Path) -> None:
    connect()
    row, client = ChannelRow.objects.get(), signed_in(people.ada)
    said = client.post(f"/set-up/channels/{row.pk}/try/", follow=True).content.decode()
    (home / "drops" / "reviews").rmdir()
    gone = client.post(f"/set-up/channels/{row.pk}/try/", follow=True).content.decode()
    assert re.search("The connection works. It is reviews", said)
    assert re.search("cannot be read .*make it, or let us read it", gone)
