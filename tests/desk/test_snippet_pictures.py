"""Pictures of snippets go beside the reply with the words."""

from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse
from PIL import Image

from amends.desk.actions.pictures import beside
from amends.desk.actions.snippet_pictures import (
    add_snippet_picture,
    attach_pictures_of,
    remove_snippet_picture,
)
from amends.desk.actions.snippets import save_snippet
from amends.desk.models import PictureRow, Snippet
from amends.terms import BadInput, NotAllowed
from tests.factories import NOON, case
from tests.people import ada, mina
from tests.web.support import HTMX, Page, signed_in

pytestmark = [pytest.mark.database, pytest.mark.alike]


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, settings: Any) -> None:
    settings.AMENDS_HOME = tmp_path


def png(colour: str = "red") -> bytes:
    made = BytesIO()
    Image.new("RGB", (3, 2), colour).save(made, "PNG")
    return made.getvalue()


def snippet() -> Snippet:
    row = save_snippet(
        None, key="form", name="Form", texts={"en": "It is here."}, by=ada(), now=NOON
    )
    add_snippet_picture(row, raw=png(), alt="Where the form is", by=ada(), now=NOON)
    return row


def test_picture_of_a_snippet_goes_beside_the_reply_once() -> None:
    """The issue: "snippets as parts with variables and attachments"."""
    row, made = snippet(), case()
    for _ in range(2):
        attach_pictures_of(row, made, mode="public", by=mina(), now=NOON)
    assert [one.alt for one in beside(made, "public", mina())] == ["Where the form is"]


def test_picture_has_to_be_described_and_four_are_most() -> None:
    row = snippet()
    with pytest.raises(BadInput, match="Say what the picture shows"):
        add_snippet_picture(row, raw=png("blue"), alt=" ", by=ada(), now=NOON)
    for colour in ("blue", "green", "white"):
        add_snippet_picture(row, raw=png(colour), alt=colour, by=ada(), now=NOON)
    with pytest.raises(BadInput, match="4 pictures at most"):
        add_snippet_picture(row, raw=png("black"), alt="x", by=ada(), now=NOON)
    with pytest.raises(NotAllowed):
        add_snippet_picture(row, raw=png("black"), alt="x", by=mina(), now=NOON)


def test_picture_that_is_taken_away_is_forgotten_unless_a_reply_shows_it() -> None:
    row, made = snippet(), case()
    attach_pictures_of(row, made, mode="public", by=mina(), now=NOON)
    remove_snippet_picture(row.pictures.get(), by=ada())
    assert PictureRow.objects.count() == 1
    other = add_snippet_picture(row, raw=png("blue"), alt="Blue", by=ada(), now=NOON)
    remove_snippet_picture(other, by=ada())
    assert PictureRow.objects.count() == 1


def test_composer_gets_words_and_picture_and_keeps_what_was_typed() -> None:
    row, made = snippet(), case()
    client = signed_in(mina())
    box = reverse("case-snippets", args=[made.ref])
    page = Page(client.post(box, {"mode": "public"}, headers=HTMX).content.decode())
    (button,) = page.hooks("snippet")
    assert button["hx-post"] == f"/cases/{made.ref}/snippets/{row.pk}/attach/"
    sent = {"mode": "public", "text_public": "I was writing"}
    drawn = Page(client.post(button["hx-post"], sent, headers=HTMX).content.decode())
    assert (len(drawn.hooks("beside")), "I was writing" in drawn.text) == (1, True)


def test_picture_is_added_and_shown_on_the_snippets_page() -> None:
    row, client = snippet(), signed_in(ada())
    file = BytesIO(png("blue"))
    file.name = "blue.png"
    url = reverse("snippet-attach", args=[row.pk])
    client.post(url, {"picture": file, "alt": "A blue form"})
    refused = client.post(url, {"alt": "nothing"}, follow=True)
    assert "Choose a picture of 10 MB at most." in refused.content.decode()
    last = row.pictures.order_by("-pk")[0]
    shown = client.get(reverse("snippet-picture", args=[row.pk, last.pk]))
    assert (last.alt, shown["Content-Type"]) == ("A blue form", last.picture.kind)
    client.post(reverse("snippet-picture", args=[row.pk, last.pk]))
    assert row.pictures.count() == 1
