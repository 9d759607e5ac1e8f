"""The set-up of reading: heads with what they are worth, the rules, and the threshold in sight."""

from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.test import Client

from amends.desk.actions.corrections import correct_reading
from amends.desk.models import LearntHead, PostRow, ReadingRules
from amends.web.views.setup_shared import reader_name
from tests import people
from tests.factories import NOON, brand, heard_at_once, mention
from tests.web.support import HTMX, Page, signed_in

pytestmark = [pytest.mark.database, pytest.mark.alike]


@pytest.fixture
def ada() -> Client:
    return signed_in(people.ada())


def _head(**facts: Any) -> LearntHead:
    kind = {"kind": "complaint", "posts": 48, "called": {"none": 24, "complaint": 24},
            "before": 0.71, "after": 0.84, "change": [0.05, 0.2], "recall": [0.9, 0.95],
            "worse": False}  # fmt: skip
    figures = {"kinds": [kind], "others": 500, "changed": 9, "worse": False} | facts
    return LearntHead.objects.create(
        folder="head-1", digest="d", reader=reader_name(), figures=figures, at=NOON
    )


def test_page_says_what_a_head_is_worth_and_what_is_in_force(ada: Client) -> None:
    _head()
    words = Page(ada.get("/set-up/reading/").text).words
    assert "Complaint or none 48 0.710 0.840 0.050 to 0.200" in words
    assert "Complaints found 90 % 95 %" in words
    assert "Of 500 posts that nobody corrected 9 would change" in words
    assert "The reader alone in force" in words


def test_head_without_its_file_is_refused_in_words(
    ada: Client, settings: LazySettings, tmp_path: Path
) -> None:
    settings.AMENDS_HOME = tmp_path
    _head()
    answer = ada.post("/set-up/reading/force/", {"head": "head-1"})
    assert answer.status_code == 400
    assert "There is no head at" in answer.text
    assert ReadingRules.objects.count() == 0


def test_head_that_reads_worse_asks_why_and_keeps_what_was_typed(ada: Client) -> None:
    _head(worse=True)
    answer = ada.post("/set-up/reading/force/", {"head": "head-1", "reason": ""})
    assert (answer.status_code, "reads worse" in answer.text) == (400, True)
    assert ada.post("/set-up/reading/force/", {"head": "head-9"}).status_code == 400


def test_rules_are_saved_and_stand_in_the_versions(ada: Client) -> None:
    """R16."""
    sent = {"hand_up_to": str(people.priya().pk), "vulnerable": "on"}
    assert ada.post("/set-up/reading/", sent)["Location"] == "/set-up/reading/"
    words = Page(ada.get("/set-up/reading/").text).words
    assert "threats go to Priya Nair; special care is read" in words
    assert ada.post("/set-up/reading/", {"hand_up_to": "999999"}).status_code == 400


def _corrected(complaints: int, others: int) -> None:
    handles = [f"h{n}" for n in range(complaints + others)]
    heard_at_once(
        *[
            mention("Halcyon", handle=one, complaint=0.1 + 0.8 * n / len(handles))
            for n, one in enumerate(handles)
        ]
    )
    for at, row in enumerate(PostRow.objects.order_by("-reading__complaint")):
        said = "complaint" if at < complaints else "none"
        correct_reading(row, what="complaint", said=said, threshold=0.4, by=people.mina(), now=NOON)


def test_threshold_shows_what_it_catches_of_corrected_posts(ada: Client) -> None:
    """R07."""
    _corrected(10, 6)
    page = ada.get("/set-up/brands/sample/?threshold=0.6", headers=HTMX)
    words = Page(page.text).words
    assert "At 0.60 it catches 6 of 10 posts that colleagues called complaints (60 %;" in words
    assert page.text.count("<tr>") == 20
    lower = Page(ada.get("/set-up/brands/sample/?threshold=0.2", headers=HTMX).text).words
    assert "it catches 10 of 10" in lower


def test_too_few_corrections_draw_no_curve(ada: Client) -> None:
    _corrected(2, 1)
    page = Page(ada.get(f"/set-up/brands/{brand().pk}/").text)
    assert "Only 2 of 3 corrected posts are called a complaint: too few for a curve." in page.words
    (slider,) = [attrs for _, attrs in page.tags if "data-mirrors" in attrs]
    assert slider["type"] == "range"
