"""Search rank on the case page and in the set-up (R20)."""

from datetime import timedelta

import pytest
from django.utils import timezone

from amends.desk.actions.ranking import note_rank
from amends.desk.models import RankEntry, RankWatch, SearchAccess
from tests import factories, people
from tests.web.support import Page, case_part, signed_in

pytestmark = [pytest.mark.database, pytest.mark.alike]

PAGE = "https://example.org/post/1"
TYPED = {"rank_query": "halcyon", "rank_address": PAGE}


def test_places_stand_on_the_case_with_a_line_and_rows() -> None:
    case, now = factories.case(), timezone.now()
    for days, place in ((3, 9), (2, None), (1, 4), (0, 2)):
        note_rank(
            case, query="halcyon", address=PAGE, place=place, by=people.mina(),
            seen_at=now - timedelta(days=days), now=now,
        )  # fmt: skip
    page = Page(case_part(case))
    paths = [attrs["d"] for tag, attrs in page.tags if tag == "path" and "d" in attrs]
    assert "Place 2, up from place 9." in page.words
    assert len(page.hooks("rank-entry")) == 4
    assert [path.count("M") for path in paths if path] == [2]  # a gap where it was not found


def test_place_is_noted_by_hand_and_a_wrong_one_told() -> None:
    case, client = factories.case(), signed_in(people.mina())
    url = f"/cases/{case.ref}/rank/"
    wrong = client.post(url, TYPED | {"how": "note", "rank_place": "top"})
    right = client.post(url, TYPED | {"how": "note", "rank_place": "7"})
    assert (wrong.status_code, right.status_code) == (400, 302)
    assert f'value="{PAGE}"' in wrong.content.decode()
    assert RankEntry.objects.get().place == 7


def test_key_is_put_in_and_never_shown_again() -> None:
    client = signed_in(people.ada())
    sent = {"enabled": "on", "key": "secret-key", "country": "de", "most": "50"}
    assert client.post("/set-up/search/", sent).status_code == 302
    page = client.get("/set-up/search/").content.decode()
    assert ("secret-key" in page, SearchAccess.objects.get().country) == (False, "DE")
    case = factories.case()
    client.post(f"/cases/{case.ref}/rank/", TYPED | {"how": "watch"})
    client.post(f"/cases/{case.ref}/rank-unwatch/", {"watch": str(RankWatch.objects.get().pk)})
    assert RankWatch.objects.get().due_at is None


def test_rows_are_a_file_in_which_nothing_runs() -> None:
    case, now = factories.case(), timezone.now()
    note_rank(case, query="=1+1", address=PAGE, place=1, by=people.mina(), now=now)
    client = signed_in(people.mina())
    text = client.get(f"/cases/{case.ref}/rank.csv").content.decode()
    assert ",'=1+1,https://example.org/post/1,1,,Mina Kaya" in text
    private = factories.case("Halcyon, in private", handle="priv", private=True, to_us=True)
    sales = signed_in(people.sol())
    assert sales.get(f"/cases/{private.ref}/rank.csv").status_code == 404
