"""Teaching an encoder complaints fold by fold: what it sees, what it keeps, what it is measured on."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from amends.terms import BadInput
from amends.understanding.deep import WordPieces, load_encoder
from amends.understanding.deep.encoder import GRAPH, VOCABULARY
from amends.understanding.deep.wordpiece import HANDLE
from amends.understanding.training import Tuning, bert, train_from
from amends.understanding.training.complaint import ACL, CONTROLS, Origin, across
from amends.understanding.training.encoder import SPARE, train_encoder
from amends.understanding.training.export import LAYER, export, read_back
from amends.understanding.training.files import Row, TrainingFiles
from amends.understanding.training.heads import ComplaintData, Rows, Space
from amends.understanding.training.lessons import Lesson
from amends.understanding.training.reach import MET, reaches
from amends.understanding.training.rows import load_deep
from amends.understanding.training.tuning import Tuner
from tests.support.require import need
from tests.understanding.made import tiny_encoder

BASIC = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "hi", "@"]
TEXTS = [f"@acme my {thing} is {how}" for thing in "abcdefgh" for how in ("broken", "lovely")]
ANSWERS = [1, 0] * 8
SAMPLE = [[2, 5, 9, 3], [2, 7, 4, 8, 6, 3]]  # texts as pieces


@pytest.fixture
def _torch() -> None:
    need("encoder", None if bert.can_run() else "PyTorch is not installed")


@pytest.mark.parametrize(
    "text",
    ["@acme hi", "@somebody.else hi", "@a @b.example@c.org hi", "@x https://a.example @y hi"],
)
def test_handles_are_one_piece_and_the_same_for_all(text: str) -> None:
    pieces = WordPieces([*BASIC, HANDLE])
    assert pieces.ids(text, 9) == [2, 6, 4, 3]
    assert pieces.knows(text)


@pytest.mark.parametrize("text", ["hi", "\x1a hi", "hi \x1a\x1a"])
def test_nothing_written_passes_for_a_handle(text: str) -> None:
    assert WordPieces([*BASIC, HANDLE]).ids(text, 9) == [2, 4, 3]


def test_vocabulary_without_the_piece_leaves_handles_out() -> None:
    assert WordPieces(BASIC).ids("@acme hi", 9) == [2, 4, 3]
    assert WordPieces(BASIC).handle is None


def test_graph_is_read_back_as_it_was_written_but_for_eight_bits(tmp_path: Path) -> None:
    folder = tiny_encoder(tmp_path)
    before = load_encoder(folder).rows(TEXTS)
    embeddings, layers, shape = read_back(folder / GRAPH)
    pieces = WordPieces((folder / VOCABULARY).read_text("utf-8").splitlines())
    export(folder / GRAPH, embeddings, layers, shape, [pieces.ids(text, 64) for text in TEXTS])
    others, again, same = read_back(folder / GRAPH)
    assert same == shape
    for name, array in embeddings.items():
        np.testing.assert_allclose(others[name], array, atol=np.abs(array).max() / 100)
    for name in LAYER:
        assert again[0][name].shape == layers[0][name].shape
    near = load_encoder(folder).rows(TEXTS)
    assert (near * before).sum() > 0.98 * np.linalg.norm(near) * np.linalg.norm(before)


def test_reach_is_the_most_that_a_sample_brings(tmp_path: Path) -> None:
    embeddings, layers, shape = read_back(tiny_encoder(tmp_path) / GRAPH)
    wide = [reaches(embeddings, layers, shape.heads, shape.epsilon, some)[0]
            for some in ([SAMPLE[0]], [SAMPLE[1]], SAMPLE)]  # fmt: skip
    assert set(wide[0]) == set(MET)
    for name in MET:
        np.testing.assert_array_equal(wide[2][name], np.maximum(wide[0][name], wide[1][name]))


def test_what_reaches_further_than_the_sample_is_cut_there(tmp_path: Path) -> None:
    folder = tiny_encoder(tmp_path)
    embeddings, layers, shape = read_back(folder / GRAPH)
    export(folder / GRAPH, embeddings, layers, shape, [[2, 3]])
    row = load_encoder(folder).rows(["broken, never lovely; where is my happy user?"])
    assert np.isfinite(row).all()
    assert row.any()


def _data(judge: Any) -> tuple[ComplaintData, list[Origin]]:
    texts = [f"{text} {part}" for part in ("cars", "food", "shoes", CONTROLS[0]) for text in TEXTS]
    origin = [(ACL, text.split()[-1], "") for text in texts]
    rows = np.zeros((len(texts), 2), np.float32)
    lesson = Lesson(texts, ANSWERS * 4)
    pool = (["none"], rows[:1])
    return ComplaintData(Space(texts), lesson, (), 1, Rows(rows, rows), pool, judge), origin


@pytest.mark.parametrize(("goes", "each"), [(None, 1), (9, 1), (2, 2)])
def test_domains_are_tried_by_encoders_that_saw_none_of_them(goes: int | None, each: int) -> None:
    asked: list[tuple[set[str], set[str]]] = []

    def judge(learn: Any, trial: Any) -> Any:
        names = [{origin[row][1] for row in rows} for rows in (learn, trial)]
        assert not set(learn) & set(trial)
        asked.append((names[0], names[1] - names[0]))
        return np.array([[data.answers[row] * 2.0 - 1] * 2 for row in trial])

    data, origin = _data(judge)
    found = across(data, origin, 1, goes)
    assert sorted(found["domains"]) == ["cars", "food", "shoes"]
    assert [one[1]["value"] for one in found["domains"].values()] == [100.0] * 3
    assert found["left_out"] == each
    assert all(CONTROLS[0] in learnt and len(tried) <= each for learnt, tried in asked)
    assert set.union(*(tried for _, tried in asked)) == {"cars", "food", "shoes"}


def test_judge_speaks_for_the_deep_tier_and_never_of_what_it_learnt() -> None:
    data, _ = _data(lambda learn, trial: np.full((len(trial), 2), 1000.0 + len(learn)))
    rows = np.arange(len(data.answers))
    scores = data.out_of_fold(rows, [str(answer) for answer in data.answers])
    assert set(scores[:, 1]) <= {1051.0, 1052.0}


def test_encoder_that_has_seen_complaints_is_not_tuned_again(tmp_path: Path) -> None:
    folder = tiny_encoder(tmp_path)
    with np.load(folder / "moods.npz") as stored:
        np.savez(folder / "moods.npz", **stored, complaints=np.array(1))
    assert load_deep(folder).tuned
    with pytest.raises(BadInput, match="tuned on complaints already"):
        _train(folder, tmp_path / "out")


@pytest.mark.skipif(bert.can_run(), reason="PyTorch is installed")
def test_tuning_asks_for_pytorch(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="needs PyTorch"):
        Tuner(tiny_encoder(tmp_path), TEXTS, ANSWERS, Tuning(), 1, print)


def _train(encoder: Path, out: Path) -> None:
    files = TrainingFiles(out)
    train_from(
        files, out, seed=1, permissive=False, progress=print, encoder=encoder, tuning=Tuning()
    )


def _tuner(folder: Path, seed: int = 1, rounds: int = 40) -> Tuner:
    how = Tuning(rounds, gait=bert.Gait(rate=1e-2, still=1))
    return Tuner(tiny_encoder(folder, SPARE), TEXTS, ANSWERS, how, seed, lambda _: None, folder)


@pytest.mark.encoder
@pytest.mark.usefixtures("_torch")
def test_tuned_encoder_tells_complaints_it_never_saw(tmp_path: Path) -> None:
    some, others = np.arange(12), np.arange(12, 16)
    said = _tuner(tmp_path).judge(some, others)
    assert (said > 0).tolist() == [[True, True], [False, False]] * 2
    assert said.tolist() == _tuner(tmp_path).judge(some, others).tolist()


@pytest.mark.encoder
@pytest.mark.usefixtures("_torch")
def test_what_a_copy_said_is_not_worked_out_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    some, others = np.arange(12), np.arange(12, 16)
    said = _tuner(tmp_path).judge(some, others)
    monkeypatch.setattr(Tuner, "_judged", None)
    assert _tuner(tmp_path).judge(some, others).tolist() == said.tolist()
    with pytest.raises(TypeError):
        _tuner(tmp_path).judge(others, some)


@pytest.mark.encoder
@pytest.mark.usefixtures("_torch")
def test_encoder_written_here_is_tuned_further_and_learns_the_sign_for_handles(
    tmp_path: Path,
) -> None:
    start = tiny_encoder(tmp_path / "start", SPARE)
    before = load_deep(start)
    sets = {name: [Row(text, tags, "", name) for text, tags in _tagged(name)] for name in TAUGHT}
    kwargs: dict[str, Any] = {"seed": 1, "epochs": 1, "progress": lambda _: None, "most": 8}
    for out in ("a", "b"):
        train_encoder(sets, start, tmp_path / out, **kwargs)
    assert (tmp_path / "a" / GRAPH).read_bytes() == (tmp_path / "b" / GRAPH).read_bytes()
    after = load_deep(tmp_path / "a")
    assert (after.handles, before.handles, after.tuned) == (True, False, False)
    assert np.abs(after.weights[-16:, 1:4] - before.weights[-16:, 1:4]).max() < 0.01


TAUGHT = {
    "tweeteval-sentiment": ("negative", "positive"),
    "tweeteval-emotion": ("anger", "joy"),
    "tweeteval-offensive": ("offensive", "none"),
    "tweeteval-hate": ("hate", "none"),
    "tweeteval-irony": ("ironic", "none"),
    "goemotions": ("anger", "joy"),
}


def _tagged(name: str) -> list[tuple[str, frozenset[str]]]:
    return [(text, frozenset({TAUGHT[name][number % 2]})) for number, text in enumerate(TEXTS)]


@pytest.mark.encoder
@pytest.mark.usefixtures("_torch")
def test_finished_encoder_reads_with_and_without_a_handle_and_keeps_moods(tmp_path: Path) -> None:
    before = load_deep(tiny_encoder(tmp_path / "start", SPARE))
    tuner = _tuner(tmp_path / "start")
    line = tuner.finish(tmp_path / "out")
    after = load_deep(tmp_path / "out")
    assert (after.tuned, after.handles, before.handles) == (True, True, False)
    for texts in (TEXTS, [text.removeprefix("@acme ") for text in TEXTS]):
        rows = load_encoder(tmp_path / "out").rows(texts)
        assert ((line.scores(rows) > 0).astype(int)).tolist() == ANSWERS
        moods = [deep.scores(deep.rows(texts))[:, 1:4].argmax(1) for deep in (before, after)]
        assert (moods[0] == moods[1]).mean() > 0.8
