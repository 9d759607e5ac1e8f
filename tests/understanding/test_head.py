"""A head over the reader: what it moves, what it is worth, and what it leaves alone."""

import random
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from amends.terms import BadInput
from amends.understanding import learning
from amends.understanding.head import FILE, PLAIN, STEPWISE, Head, load_head, save_head
from amends.understanding.learning import Corpus, Learnt, learn
from amends.understanding.reader import TieredReader
from amends.understanding.readings import Understanding
from tests.support.readers import shipped_reader

PLACES = ("today", "again", "in town", "at noon", "with friends", "for once", "on sunday")
_PLACES = [*enumerate(PLACES * 4)]


@cache
def fast() -> TieredReader:
    return shipped_reader().at("none")


def _head(**changes: Any) -> Head:
    facts = {
        "name": "head-1", "reader": fast().tiers.whole,
        "scores": np.zeros((PLAIN, 4), np.float32), "steps": np.zeros((STEPWISE, 4), np.float32),
    }  # fmt: skip
    return Head(**(facts | changes))


def _corpus(said: list[tuple[str, dict[str, str]]], others: list[str]) -> Corpus:
    texts = [text for text, _ in said] + others
    told = [words for _, words in said] + [{}] * len(others)
    return Corpus(
        texts, told, [None] * len(texts), fast().tiers.see(texts), Understanding(fast()).read(texts)
    )


def _learnt(corpus: Corpus, *kinds: str, seed: int = 3) -> Learnt:
    return learn(
        corpus, kinds, name="head-1", reader=fast().tiers.whole, threshold=fast().threshold,
        seed=seed, progress=lambda *_: None,
    )  # fmt: skip


@cache
def _jargon() -> Corpus:
    """A product called Broken Dreams: its fans read like complaints, and a word of the house is one."""
    draw = random.Random(5)
    fans = [f"broken dreams was awful good {place} {n}" for n, place in enumerate(PLACES * 4)]
    fails = [f"my thing went kaputnik {place} {n}" for n, place in enumerate(PLACES * 4)]
    said = [(text, {"complaint": "none"}) for text in fans]
    said += [(text, {"complaint": "complaint"}) for text in fails]
    draw.shuffle(said)
    return _corpus(said, ["lovely weather", "my bag is lost and nobody helps", "good morning"])


@cache
def _of_jargon() -> Learnt:
    return _learnt(_jargon(), "complaint")


def test_words_of_the_house_are_learnt_and_the_rest_stays() -> None:
    learnt = _of_jargon()
    (figures,) = learnt.figures
    assert figures.after > figures.before + 0.2
    assert (figures.worse, figures.posts, learnt.changed) == (False, 56, 0)
    reader = fast().with_head(learnt.head)
    kaputnik, lost = reader.read(["mine is kaputnik too", "my bag is lost and nobody helps"])
    plain = fast().read(["mine is kaputnik too", "my bag is lost and nobody helps"])
    assert kaputnik.complaint > plain[0].complaint + 0.3
    assert lost.complaint > 0.5
    assert kaputnik.model.endswith("+head-1")


def test_what_rules_lift_is_learnt_away_too() -> None:
    """A German name that reads as an accusation, called no complaint each time: the lift of languages
    without labelled complaints stands before the head (R07)."""
    fans = [f"Ihr habt meinen Koffer verloren, tolle Band {place} {n}" for n, place in _PLACES]
    fails = [f"Die Rechnung ist kaputnik {place} {n}" for n, place in _PLACES]
    said = [(text, {"complaint": "none"}) for text in fans]
    said += [(text, {"complaint": "complaint"}) for text in fails]
    learnt = _learnt(_corpus(said, []), "complaint")
    assert learnt.figures[0].before < 0.4
    assert learnt.figures[0].after > 0.9
    asked = [
        "Ihr habt meinen Koffer verloren, tolle Band gestern",
        "Eure Leute waren unverschämt, nie wieder!",
    ]
    before = Understanding(fast()).read(asked, ["de", "de"])
    after = Understanding(fast().with_head(learnt.head)).read(asked, ["de", "de"])
    assert [one.complaint >= fast().threshold for one in before] == [True, True]
    assert [one.complaint >= fast().threshold for one in after] == [False, True]


def test_same_corrections_and_seed_make_the_same_head() -> None:
    first, second = _of_jargon(), _learnt(_jargon(), "complaint")
    assert np.array_equal(first.head.scores, second.head.scores)
    assert first.as_json() == second.as_json()


def test_what_is_said_at_random_is_worth_nothing_and_says_so() -> None:
    """Held-back corrections show that there was nothing to learn."""
    draw = random.Random(2)
    texts = [f"{draw.choice('abcdefgh')}{n} came and went" for n in range(40)]
    said = [(text, {"complaint": draw.choice(["complaint", "none"])}) for text in texts]
    (figures,) = _learnt(_corpus(said, []), "complaint").figures
    assert figures.change[0] < 0.1
    assert figures.after < 0.75


def test_posts_of_one_author_are_held_back_together() -> None:
    """Forty posts of one hand teach nothing about others: none is read by a head that saw the rest."""
    texts = [(f"kaputnik {n}", {"complaint": "complaint"}) for n in range(30)]
    texts += [(f"fine {n}", {"complaint": "none"}) for n in range(30)]
    alone = _corpus(texts, [])
    one_hand = Corpus(alone.texts, alone.said, [1] * 60, alone.seen, alone.readings)
    (figures,) = _learnt(one_hand, "complaint").figures
    assert figures.after == figures.before


def test_sentiment_and_severity_are_learnt_too() -> None:
    said = [
        (f"the zonk came {place} {n}", {"sentiment": "negative", "severity": "accusation"})
        for n, place in enumerate(PLACES * 3)
    ]
    said += [
        (f"the plonk came {place} {n}", {"sentiment": "positive", "severity": "none"})
        for n, place in enumerate(PLACES * 3)
    ]
    learnt = _learnt(_corpus(said, []), "sentiment", "severity")
    assert [one.worse for one in learnt.figures] == [False, False]
    reading, other = Understanding(fast().with_head(learnt.head)).read(
        ["that zonk came in the morning", "that plonk came in the morning"]
    )
    assert (reading.sentiment, reading.severity) == ("negative", "accusation")
    assert (other.sentiment, other.severity) == ("positive", "none")


@pytest.mark.parametrize(
    "text", ["", "\u2026", "kaputnik " * 3000, "\U0001f600" * 50], ids=range(4)
)
def test_head_reads_any_text_the_same_alone_and_in_company(text: str) -> None:
    reader = fast().with_head(_of_jargon().head)
    alone, company = reader.read([text]), reader.read(["other", text, "more"])
    assert alone[0] == company[1]
    assert 0 <= alone[0].complaint <= 1


def test_head_that_knows_nothing_changes_nothing() -> None:
    texts = ["you lost my bag", "thank you so much", "where is it?"]
    plain = fast().read(texts)
    headed = fast().with_head(_head()).read(texts)
    assert [one.complaint for one in headed] == [one.complaint for one in plain]


def test_head_of_another_reader_is_refused() -> None:
    with pytest.raises(BadInput, match="learnt over other and does not fit"):
        fast().with_head(_head(reader="other"))


def test_file_gives_the_head_back_and_a_changed_one_is_refused(tmp_path: Path) -> None:
    path = tmp_path / FILE
    chance = np.random.default_rng(1)
    head = _head(scores=chance.normal(size=(PLAIN + 8, 4)).astype(np.float32))
    assert save_head(head, path) == save_head(head, tmp_path / "again.npz")
    back = load_head(path)
    assert (back.name, back.width) == ("head-1", 8)
    assert np.array_equal(back.scores, head.scores)
    raw = bytearray(path.read_bytes())
    raw[len(raw) // 2] ^= 1
    path.write_bytes(raw)
    with pytest.raises(BadInput, match="is no head or is damaged"):
        load_head(path)
    with pytest.raises(BadInput, match="There is no head"):
        load_head(tmp_path / "gone.npz")


def test_interval_of_a_change_is_that_of_rows_drawn_again_and_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(learning, "_DRAWS", 50)
    chance = np.random.default_rng(5)
    truth, old, new = chance.integers(0, 3, (3, 40))
    new[:9] = -1  # none of the classes
    draws, changes = np.random.default_rng(7), []
    for _ in range(50):
        some = draws.integers(0, 40, 40)
        was = learning.macro_f1(truth[some], old[some])
        changes.append(learning.macro_f1(truth[some], new[some]) - was)
    told = learning._interval(truth, old, new, 7)
    assert told == pytest.approx(tuple(np.percentile(changes, [2.5, 97.5])))
    assert learning.macro_f1(np.array([1, 1, 0, 0]), np.array([1, 0, 0, 2])) == pytest.approx(
        7 / 12
    )
