"""Complaints in languages that no labelled complaint is in (R07, R09)."""

import csv
from collections import Counter

import pytest

from amends.terms import Reading
from tests.support.shared import shared
from tests.understanding.readings import shipped

TAGS = {"french": "fr", "german": "de", "italian": "it", "portuguese": "pt", "spanish": "es"}


def _read(text: str, lang: str) -> Reading:
    return shipped().read([text], [lang])[0]


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        ("de", "@acme Ihr habt meinen Koffer verloren. Unverschämt, nie wieder!"),
        ("es", "@acme Han perdido mi maleta. Una vergüenza, nunca más!"),
        ("fr", "@acme Vous avez perdu ma valise. Inadmissible, plus jamais !"),
        ("it", "@acme Avete perso la mia valigia. Vergognoso, mai più!"),
        ("pt", "@acme Perderam a minha mala. Uma vergonha, nunca mais!"),
    ],
)
def test_plain_complaint_is_heard_in_the_languages_of_the_lexicon(lang: str, text: str) -> None:
    assert _read(text, lang).complaint >= shipped().threshold


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        ("de", "@acme Vielen Dank, das war ein toller Flug!"),
        ("de", "@acme Wann öffnet morgen der Schalter?"),
        ("es", "@acme Muchas gracias, un vuelo estupendo"),
        ("fr", "@acme Bonjour, à quelle heure ouvre le comptoir ?"),
        ("it", "@acme Grazie mille, volo perfetto"),
        ("pt", "@acme Obrigada, adorei a viagem"),
    ],
)
def test_thanks_and_questions_abroad_are_no_complaints(lang: str, text: str) -> None:
    assert _read(text, lang).complaint < shipped().threshold


def test_taking_it_back_is_no_complaint_abroad() -> None:
    read = _read("@acme Ihr habt meinen Koffer gefunden, alles gut, danke!", "de")
    assert read.complaint < shipped().threshold


def test_negative_posts_pass_as_often_as_in_english_and_others_seldom() -> None:
    """On validation posts; the bounds were chosen on training posts, read by heads that had not seen them."""
    path = shared("data/umsab-multilingual/val.csv")
    with path.open(encoding="utf-8") as lines:
        rows = [row for row in csv.DictReader(lines) if row["lang"] in TAGS]
    read = shipped().read([row["text"] for row in rows], [TAGS[row["lang"]] for row in rows])
    all_of = Counter(row["label"] for row in rows)
    passed = Counter(
        row["label"]
        for row, one in zip(rows, read, strict=True)
        if one.complaint >= shipped().threshold
    )
    share = {label: passed[label] / all_of[label] for label in all_of}
    assert share["0"] >= 0.28  # negative; in English 0.46
    assert share["1"] <= 0.12  # neutral; in English 0.15
    assert share["2"] <= 0.06  # positive; in English 0.06
