"""Set-up: the checklist, the brand and its threshold."""

import pytest
from django.test import Client

from amends.desk.actions.speaking import publish_policy
from amends.desk.models import Brand, ChannelRow
from tests import factories, people
from tests.factories import brand, channel, heard, watch
from tests.support.trying import Tried
from tests.web.pages import HOSTILE, signed_in, steps_done, unsafe_parts

pytestmark = pytest.mark.database

PAGES = (
    "/set-up/",
    "/set-up/brands/new/",
    "/set-up/brands/sample/?threshold=0.5",
    "/set-up/channels/",
    "/set-up/channels/new/demo/",
    "/set-up/channels/new/bluesky/",
    "/set-up/watches/",
    "/set-up/watches/new/",
)


def test_administrator_sees_the_page() -> None:
    tried = Tried()
    brand()
    client = signed_in(people.ada)
    for page in PAGES:
        with tried(page):
            response = client.get(page)
            assert response.status_code == 200
            assert unsafe_parts(response) == []
    assert tried.wrong == []


def test_others_see_no_set_up() -> None:
    tried = Tried()
    brand()
    for who in [p for p in people.EVERYBODY if p is not people.ada]:
        with tried(who):
            client = signed_in(who)
            assert {page: client.get(page).status_code for page in PAGES} == dict.fromkeys(
                PAGES, 403
            )
            assert client.post("/set-up/brands/new/", {"name": "Mine"}).status_code == 403
            assert [b.name for b in Brand.objects.all()] == ["Halcyon Air"]
    assert tried.wrong == []


def test_nobody_signed_in_is_sent_to_sign_in() -> None:
    for page in PAGES:
        assert Client().get(page).headers["Location"].startswith("/sign-in/")


def test_checklist_of_an_empty_desk_offers_every_step() -> None:
    page = signed_in(people.ada).get("/set-up/")
    assert steps_done(page) == []
    assert b"0 of 6 done" in page.content


def test_checklist_shows_what_is_done() -> None:
    channel()
    watch()
    people.mina()
    now = factories.NOON
    publish_policy(text="Be kind.", asked_from=now, by=people.ada(), now=now)
    page = signed_in(people.ada).get("/set-up/")
    assert steps_done(page) == ["brand", "channel", "watch", "route", "people", "speaking"]
    assert b"Everything is set up" in page.content


def test_switched_off_channel_and_silent_brand_are_not_done() -> None:
    channel()
    ChannelRow.objects.update(enabled=False)
    Brand.objects.update(contact_route="")
    assert steps_done(signed_in(people.ada).get("/set-up/")) == ["brand"]


def test_brand_is_saved() -> None:
    typed = {"name": " Halcyon  Air ", "contact_route": "Write to us.", "threshold": "0.4"}
    response = signed_in(people.ada).post("/set-up/brands/new/", typed)
    assert response.headers["Location"] == "/set-up/"
    facts = Brand.objects.values_list("name", "contact_route", "threshold")
    assert list(facts) == [("Halcyon Air", "Write to us.", 0.4)]


def test_new_threshold_reaches_the_listeners() -> None:
    found = channel()
    typed = {"name": "Halcyon Air", "threshold": "0.4"}
    signed_in(people.ada).post(f"/set-up/brands/{found.brand_id}/", typed)
    assert ChannelRow.objects.get().version == found.version + 1


def test_refused_brand_keeps_what_was_typed() -> None:
    brand()
    typed = {"name": "Halcyon Air", "contact_route": "A long text", "threshold": "0.4"}
    response = signed_in(people.ada).post("/set-up/brands/new/", typed)
    assert response.status_code == 400
    assert "There is a brand called Halcyon Air already." in response.text
    assert "A long text" in response.text
    assert Brand.objects.count() == 1


def test_threshold_out_of_range_is_refused() -> None:
    typed = {"name": "Halcyon", "threshold": "4"}
    response = signed_in(people.ada).post("/set-up/brands/new/", typed)
    assert response.status_code == 400
    assert not Brand.objects.exists()


def test_threshold_sample_counts_stored_posts() -> None:
    """R07: a threshold one can see and move."""
    for number, complaint in enumerate((0.1, 0.3, 0.6, 0.9)):
        heard(f"post {number}", complaint=complaint, handle=f"h{number}")
    heard("a private one", complaint=0.95, private=True, to_us=True)
    client = signed_in(people.ada)
    counts = {
        line: client.get(f"/set-up/brands/sample/?threshold={line}").context["caught"]
        for line in ("0.2", "0.5", "0.95")
    }
    assert counts == {"0.2": 3, "0.5": 2, "0.95": 0}


def test_threshold_sample_shows_the_nearest_posts_escaped() -> None:
    heard(f"caught {HOSTILE}", complaint=0.6)
    heard("missed", complaint=0.4, handle="tom")
    page = signed_in(people.ada).get("/set-up/brands/sample/?threshold=0.5")
    assert [p.text for p in page.context["just_in"]] == [f"caught {HOSTILE}"]
    assert [p.text for p in page.context["just_out"]] == ["missed"]
    assert unsafe_parts(page) == []


def test_threshold_sample_says_what_is_wrong() -> None:
    page = signed_in(people.ada).get("/set-up/brands/sample/?threshold=many")
    assert "Enter a number." in page.text


def test_count_without_scripts_saves_nothing() -> None:
    heard(complaint=0.6)
    row = Brand.objects.get()
    typed = {"name": "Other", "threshold": "0.5", "count": "1"}
    page = signed_in(people.ada).post(f"/set-up/brands/{row.pk}/", typed)
    assert (page.status_code, page.context["caught"]) == (200, 1)
    assert Brand.objects.get().name == "Halcyon Air"


def test_unknown_brand_is_not_there() -> None:
    assert signed_in(people.ada).get("/set-up/brands/99999/").status_code == 404
