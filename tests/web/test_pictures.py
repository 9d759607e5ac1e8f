"""Adding pictures on the case page, and who may look at them."""

from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from amends.desk.models import Attachment, Case, Draft, OutgoingReply, Responder
from tests import factories, people
from tests.desk.test_pictures import picture
from tests.web.support import HTMX, Page, case_part, signed_in, write

pytestmark = [pytest.mark.database, pytest.mark.alike]


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, settings: Any) -> None:
    settings.AMENDS_HOME = tmp_path


def add(case: Case, person: Responder, raw: bytes | None = None, **more: str) -> Any:
    # The name and the kind that a browser tells are believed by nobody.
    file = SimpleUploadedFile("x.svg", picture() if raw is None else raw, "image/svg+xml")
    data = {"attaching": "public", "picture_public": file, "text_public": "Here it is", **more}
    return signed_in(person).post(f"/cases/{case.ref}/attach/", data)


def test_picture_stands_beside_the_text_and_nothing_typed_is_lost() -> None:
    case = factories.case()
    assert add(case, people.mina()).status_code == 302
    page = Page(case_part(case))
    assert (len(page.hooks("beside")), Draft.objects.get().text) == (1, "Here it is")
    assert not Page(case_part(case, "omar")).hooks("beside")


def test_file_that_is_no_picture_is_told_and_the_text_stays() -> None:
    case = factories.case()
    answer = add(case, people.mina(), b"<svg onload=alert(1)>")
    page = answer.content.decode()
    assert answer.status_code == 400
    assert "That is no picture." in page
    assert "Here it is</textarea>" in page


def test_picture_without_words_asks_for_them_and_goes_with_them() -> None:
    case, client = factories.case(), signed_in(people.mina())
    add(case, people.mina())
    one = Attachment.objects.get()
    refused = write(client, case, "public", "So sorry", **{f"alt_{one.pk}": ""})
    sent = write(client, case, "public", "So sorry", **{f"alt_{one.pk}": "A map"})
    reply = OutgoingReply.objects.get()
    assert (refused.status_code, sent.status_code) == (400, 302)
    assert [one.alt for one in reply.attachments.all()] == ["A map"]
    assert len(Page(case_part(case)).hooks("shown")) == 1


def test_picture_that_was_chosen_and_not_added_is_not_forgotten_silently() -> None:
    """As a browser without JavaScript sends the form."""
    case = factories.case()
    answer = write(signed_in(people.mina()), case, "public", "So sorry", picture_public="map.png")
    assert answer.status_code == 400
    assert "not added" in answer.content.decode()


def test_picture_is_taken_away_again() -> None:
    case, client = factories.case(), signed_in(people.mina())
    add(case, people.mina())
    url = f"/cases/{case.ref}/pictures/{Attachment.objects.get().pk}/remove/"
    assert client.post(url, headers=HTMX).status_code == 200
    assert Attachment.objects.count() == 0


def test_picture_is_shown_as_what_it_is_to_those_who_may_see_the_case() -> None:
    case = factories.case("Halcyon, my booking", private=True, to_us=True)
    add(case, people.mina())
    one = Attachment.objects.get()
    url = f"/pictures/{one.pk}/"
    mine = signed_in(people.mina()).get(url)
    before = signed_in(people.omar()).get(url).status_code
    write(signed_in(people.mina()), case, "public", "So sorry", **{f"alt_{one.pk}": "A map"})
    Attachment.objects.update(reply=_reply(case))
    after = [signed_in(who()).get(url).status_code for who in (people.omar, people.sol)]
    assert (mine["Content-Type"], mine["X-Content-Type-Options"]) == ("image/jpeg", "nosniff")
    assert mine["Content-Disposition"] == f'inline; filename="picture-{one.pk}.jpg"'
    assert (before, after) == (404, [200, 404])


def _reply(case: Case) -> OutgoingReply:
    from tests.desk.test_replies import queue

    return queue(case, "Sorry, Rosa. ^MK", private=True)
