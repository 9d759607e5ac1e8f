"""Training on a tiny set made up here: reproducible, and honest about what it may learn from."""

import csv
import gzip
import itertools
import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from amends.terms import BadInput
from amends.understanding import load_reader
from amends.understanding.deep import WordPieces
from amends.understanding.fast.model import SENTIMENT
from amends.understanding.reader import SHIPPED
from amends.understanding.training import bert, discover, train_from
from amends.understanding.training.card import card_text
from amends.understanding.training.encoder import (
    Task,
    batches_of,
    moods_of,
    rate_at,
    tasks_of,
    train_encoder,
)
from amends.understanding.training.files import KNOWN_SETS, Row, normalised, rows_of
from amends.understanding.training.lessons import COMPLAINTS
from amends.understanding.training.mixing import Mixing
from tests.understanding.made import tiny_encoder

ROOT = Path(__file__).parents[2]
THINGS = ["kettle", "train", "parcel", "router", "ticket", "sofa"]
DAYS = ["today", "on Monday", "last night"]
BAD = ["my {} is broken {}", "the {} never came {}", "furious about my {} {}"]
CALM = ["a {} was seen {}", "we moved the {} {}", "there is a {} here {}"]
GOOD = ["thanks for the {} {}", "lovely {} {}", "my {} works {}"]
ASKS = ["where is the {} {}?", "which {} was it {}?"]
FEELINGS = {"hooray": 17, "hopefully": 20, "sadly": 25, "please": 27}


def _made(forms: list[str]) -> list[str]:
    return [form.format(thing, day) for form, thing, day in itertools.product(forms, THINGS, DAYS)]


def _write(path: Path, rows: list[dict[str, Any]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    start: Any = gzip.open if path.suffix == ".gz" else open
    with start(path, "wt", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def _folder(where: Path) -> Path:
    bad, calm, good, asks = _made(BAD), _made(CALM), _made(GOOD), _made(ASKS)
    complaints = [{"text": text, "label": 1, "domain": "home"} for text in bad[::2]]
    complaints += [{"text": text, "label": 0, "domain": "home"} for text in calm[::2]]
    _write(where / "complaints-acl2019/complaints.csv.gz", complaints)
    moods = [(bad[1::2], 0), (calm[1::2], 1), (good[::2], 2)]
    sentiment = [{"text": text, "label": mood} for texts, mood in moods for text in texts]
    _write(where / "tweeteval/sentiment.train_semeval.csv.gz", sentiment)
    feelings = [(good[1::2], 15), (asks, 7), (["so " + text for text in bad], 2)]
    feelings += [([f"{word} {text}" for text in calm], label) for word, label in FEELINGS.items()]
    emotions = [{"text": text, "labels": label} for texts, label in feelings for text in texts]
    trial = ["well " + text for text in (*bad[::6], *calm[::6], *good[::6])]
    answers = [mood for mood in (0, 1, 2) for _ in bad[::6]]
    _write(
        where / "tweeteval/sentiment.val.csv",
        [{"text": text, "label": mood} for text, mood in zip(trial, answers, strict=True)],
    )
    _write(where / "goemotions/train.csv.gz", emotions)
    held = [{"text": "sir, " + text, "label": "negative", "airline": "A"} for text in bad]
    _write(where / "airline-sentiment/airline.csv.gz", held)
    return where


def _train(
    folder: Path, out: Path, *, permissive: bool = False, encoder: Path | None = None
) -> dict[str, Any]:
    files = discover(folder)
    return train_from(
        files, out, seed=3, permissive=permissive, progress=lambda _: None, encoder=encoder
    )


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with ``data`` and, in ``out``, what training made of it."""
    where = tmp_path_factory.mktemp("trained")
    _train(_folder(where / "data"), where / "out", encoder=tiny_encoder(where / "encoder"))
    return where


def test_same_data_and_seed_give_the_same_bytes_whatever_is_measured_on(
    trained: Path, tmp_path: Path
) -> None:
    folder = _folder(tmp_path / "data")
    (folder / "airline-sentiment/airline.csv.gz").unlink()
    _train(folder, tmp_path / "out", encoder=trained / "encoder")
    for name in ("reader.npz", "heads.npz"):
        assert (tmp_path / "out" / name).read_bytes() == (trained / "out" / name).read_bytes()


def test_trained_reader_has_learnt_its_lesson(trained: Path) -> None:
    card = json.loads((trained / "out" / "card.json").read_text("utf-8"))
    reader = load_reader(trained / "out")
    bad, calm = reader.read(["my toaster is broken today", "we moved the toaster today"])
    assert reader.model == card["model"]
    assert bad.complaint >= reader.threshold > calm.complaint
    uses = {one["name"]: one["use"] for one in card["sets"]}
    assert uses["airline-sentiment"] == "measured only"
    assert {"airline-sentiment", "tweeteval-sentiment-val"} <= set(card["figures"]["trials"])


def test_report_draws_its_figures_and_runs_nothing(trained: Path) -> None:
    page = (trained / "out" / "report.html").read_text("utf-8")
    for wanted in ("Reliability", "Precision against recall", "By length", "By language", "<svg"):
        assert wanted in page
    assert not re.search(r"<script|<style|\son\w+=|\sstyle=|https?://", page)


def test_encoder_is_tuned_without_labels_of_complaints() -> None:
    sets = {name: [Row("broken", frozenset({"complaint"}), "", name)] for name in COMPLAINTS}
    with pytest.raises(BadInput, match="no examples"):
        tasks_of(sets, WordPieces(["[PAD]", "[UNK]", "[CLS]", "[SEP]"]))


def test_batches_hold_one_task_and_every_text_once() -> None:
    tasks = [Task(name, [([1] * (n % 9), n % 2) for n in range(100)], 2) for name in "ab"]
    batches = batches_of(tasks, seed=1)
    assert sum(len(pairs) for _, pairs in batches) == 200
    assert batches == batches_of(tasks, seed=1) != batches_of(tasks, seed=2)
    assert rate_at(0, 100) < rate_at(6, 100) > rate_at(99, 100) > 0


def test_tuned_heads_see_the_last_layer_alone() -> None:
    pair = (np.ones((2, 3), np.float32), np.array([1, 2], np.float32))
    heads = dict.fromkeys(("offensive", "hate", "irony"), pair)
    heads["sentiment"] = (np.full((3, 3), 2, np.float32), np.zeros(3, np.float32))
    heads["emotion"] = (np.full((4, 3), 4, np.float32), np.zeros(4, np.float32))
    weights, biases = moods_of(heads, layers=2)
    assert weights.shape == (6, 15)
    assert not weights[:3].any()
    assert weights[3:, 1:8].all()
    assert biases[9:12].tolist() == [1, 1, 1]


def test_tuning_without_pytorch_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bert, "torch", None)
    with pytest.raises(BadInput, match="needs PyTorch"):
        train_encoder({}, tmp_path, tmp_path, seed=1, epochs=1, progress=lambda _: None)


def test_rare_sentiment_counts_as_much_as_common_where_tiers_are_weighed() -> None:
    chance = np.random.default_rng(1)
    answers = np.array([0] * 20 + [1] * 400 + [2] * 20)
    deep = chance.normal(0, 1, (440, 3)) + 1.5 * np.eye(3)[answers]
    mixing = Mixing.of_fast_alone()
    mixing.learn(SENTIMENT, deep, np.zeros((440, 3)), answers)
    said = mixing.mixed(SENTIMENT, deep, np.zeros((440, 3))).argmax(axis=1)
    recalls = [(said[answers == one] == one).mean() for one in (0, 1, 2)]
    assert min(recalls) > 0.6
    assert max(recalls) - min(recalls) < 0.2


def test_permissive_learns_from_clear_licences_alone(tmp_path: Path) -> None:
    encoder = tiny_encoder(tmp_path / "encoder")
    card = _train(_folder(tmp_path / "data"), tmp_path / "out", permissive=True, encoder=encoder)
    assert not (tmp_path / "out" / "heads.npz").exists()
    learnt = [one["name"] for one in card["sets"] if one["use"] == "learnt from"]
    assert learnt == ["goemotions"]
    assert "What `--permissive` costs" in (tmp_path / "out" / "card.md").read_text()


def test_folder_without_labelled_sets_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="No labelled set was found"):
        discover(tmp_path)


def test_missing_examples_are_refused_in_a_sentence(tmp_path: Path) -> None:
    folder = _folder(tmp_path / "data")
    (folder / "goemotions/train.csv.gz").unlink()
    with pytest.raises(BadInput, match="no examples"):
        _train(folder, tmp_path / "out")


@pytest.mark.parametrize(
    "content", [b"not gzip", gzip.compress(b"a,b\n1,2\n", mtime=0), gzip.compress(b"\xff", mtime=0)]
)
def test_file_of_another_form_is_refused_by_name(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "complaints.csv.gz"
    path.write_bytes(content)
    with pytest.raises(BadInput, match=r"complaints-acl2019"):
        list(rows_of(KNOWN_SETS[0], path))


def test_same_words_are_the_same_text() -> None:
    assert normalised("@acme It's  BROKEN! https://a.example &amp;") == "itsbroken"


def test_no_set_marked_non_commercial_or_from_its_collection_teaches() -> None:
    assert not [known.name for known in KNOWN_SETS if known.name.startswith("twcs")]
    barred = [known.name for known in KNOWN_SETS if known.licence == "non-commercial"]
    assert barred == ["airline-sentiment"]


def test_documented_card_is_the_shipped_models_card() -> None:
    card = json.loads((SHIPPED / "card.json").read_text("utf-8"))
    assert card["model"] == load_reader().model
    assert card["threshold"] == load_reader().threshold
    assert (ROOT / "docs/models/reader-4.md").read_text("utf-8") == card_text(card)


def test_documentation_names_every_known_set() -> None:
    manual = (ROOT / "docs/models/README.md").read_text("utf-8")
    assert [known.file for known in KNOWN_SETS if known.file not in manual] == []
