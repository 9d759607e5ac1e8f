"""The deep tier: pieces of words, an encoder made up on the spot, and other people's classifiers."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from onnx import TensorProto, helper, numpy_helper, save

from amends.terms import BadInput
from amends.understanding.deep import WordPieces, load_encoder, plain
from amends.understanding.deep.encoder import GRAPH, VOCABULARY, multiplies_bytes_exactly
from amends.understanding.deep.wordpiece import HANDLE
from amends.understanding.fast import COLUMNS, load_weights
from amends.understanding.reader import SHIPPED, WEIGHTS, load_reader, load_tiers
from amends.understanding.tiers import Policy, Tiers
from tests.understanding.made import tiny_encoder

SHIPPED_PIECES = (SHIPPED / VOCABULARY).read_text("utf-8").splitlines()
PIECES = WordPieces(SHIPPED_PIECES)


def _said(text: str) -> list[str]:
    return [SHIPPED_PIECES[number] for number in PIECES.ids(text, 64)[1:-1]]


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("Where's my parcel?!", ["where", "'", "s", "my", "parcel", "?", "!"]),
        ("unhelpful", ["un", "##hel", "##pf", "##ul"]),
        ("CAFÉ", ["cafe"]),
        ("@acme_help hi", [HANDLE, "hi"]),
        ("see https://t.co/x now", ["see", "now"]),
        ("\u4e0d\u597d", ["\u4e0d", "[UNK]"]),
        ("sooooooo", ["soo", "##o"]),
        ("", []),
    ],
)
def test_words_are_cut_as_an_uncased_bert_cuts_them(text: str, pieces: list[str]) -> None:
    assert _said(text) == pieces


def test_what_means_nothing_is_made_alike() -> None:
    assert plain("\u201cIt\u2019s\u201d broken \U0001f621\U0001f621 &amp; late") == plain(
        '"It\'s" broken \U0001f621 & late https://a.example'
    )


@settings(max_examples=50, deadline=None)
@given(st.text(max_size=200))
def test_any_text_becomes_known_pieces_and_no_more_than_asked(text: str) -> None:
    ids = PIECES.ids(text, 16)
    assert 2 <= len(ids) <= 16
    assert all(0 <= number < len(SHIPPED_PIECES) for number in ids)


@pytest.mark.parametrize(
    ("text", "known"),
    [
        ("my order never came and nobody answers", True),
        ("wo bleibt eigentlich meine versprochene Erstattung", False),
        (
            "\u0623\u064a\u0646 \u0637\u0644\u0628\u064a \u0627\u0644\u0630\u064a \u0644\u0645 \u064a\u0635\u0644",
            False,
        ),
        ("merci beaucoup", True),
    ],
)
def test_language_is_known_by_whole_words(text: str, known: bool) -> None:
    assert PIECES.knows(text) is known


@pytest.mark.parametrize(
    ("processor", "exactly"),
    [
        ("model name\t: one\nflags\t\t: fpu avx2 avx512_vnni aes\n", True),
        ("flags\t: fpu avx_vnni\n", True),
        ("flags\t: fpu avx2 avx512bw\nmodel name\t: one with avx512_vnni\n", False),
        ("Features\t: asimddp\n", False),
        ("", False),
    ],
)
def test_speed_is_taken_only_where_bytes_are_multiplied_exactly(
    processor: str, exactly: bool
) -> None:
    assert multiplies_bytes_exactly(processor) is exactly


def test_encoder_gives_the_same_row_alone_and_in_company(tmp_path: Path) -> None:
    encoder = load_encoder(tiny_encoder(tmp_path))
    texts = ["broken", "my kettle is broken again, thanks", "", "never " * 90, "\U0001f621"]
    rows = encoder.rows(texts)
    assert rows.shape == (5, encoder.width)
    for row, text in zip(rows, texts, strict=True):
        np.testing.assert_allclose(encoder.rows([text])[0], row, atol=1e-6)


@pytest.mark.parametrize("missing", [GRAPH, VOCABULARY])
def test_folder_without_an_encoder_is_refused(tmp_path: Path, missing: str) -> None:
    (tiny_encoder(tmp_path) / missing).unlink()
    with pytest.raises(BadInput, match="amends train"):
        load_encoder(tmp_path)


def test_file_that_is_no_graph_is_refused(tmp_path: Path) -> None:
    (tiny_encoder(tmp_path) / GRAPH).write_bytes(b"nothing of the kind")
    with pytest.raises(BadInput, match="no graph"):
        load_encoder(tmp_path)


class _Counted:
    """Counts what is read, and says nought of it."""

    name = "counted"

    def __init__(self) -> None:
        self.read: list[str] = []

    def knows(self, text: str) -> bool:
        return "oui" not in text

    def rows(self, texts: Any) -> Any:
        self.read += texts
        return np.zeros((len(texts), 1), np.float32)

    def mixed(self, rows: Any, fast: Any) -> Any:
        del rows
        return np.zeros_like(fast)


@pytest.mark.parametrize(
    ("depth", "read"),
    [("none", []), ("unsure", ["is it?"]), ("all", ["Thank you, lovely service!", "is it?"])],
)
def test_deep_tier_reads_what_is_unsure_in_a_language_it_knows(depth: Any, read: list[str]) -> None:
    deep = _Counted()
    policy = Policy(least=0.05, most=0.999, mood=0.0, abuse=0.0)
    tiers = Tiers(load_weights(SHIPPED / WEIGHTS), deep, deep, depth=depth, policy=policy)
    scores = tiers.scores(["Thank you, lovely service!", "", "is it?", "oui, is it?"])
    assert deep.read == read
    assert scores.deep.sum() == len(read)


def _classifier(folder: Path, labels: list[str], **config: Any) -> Path:
    """A graph as Hugging Face lays it out that says its logits by the first word's number."""
    count = len(labels)
    table = np.zeros((40, count), np.float32)
    table[4:, 0], table[5, :] = 4.0, np.eye(count, dtype=np.float32)[-1] * 8
    nodes = [
        helper.make_node("Gather", ["input_ids", "one"], ["first"], axis=1),
        helper.make_node("Gather", ["table", "first"], ["logits"]),
    ]
    feeds = [
        helper.make_tensor_value_info(name, TensorProto.INT64, ["batch", "length"])
        for name in ("input_ids", "attention_mask")
    ]
    out = helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["batch", count])
    kept = [numpy_helper.from_array(table, "table"), numpy_helper.from_array(np.array(1), "one")]
    made = helper.make_graph(nodes, "classifier", feeds, [out], kept)
    opsets = [helper.make_opsetid("", 17)]
    folder.mkdir()
    save(helper.make_model(made, opset_imports=opsets, ir_version=9), str(folder / "model.onnx"))
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "awful", "lovely"]
    (folder / "vocab.txt").write_text("\n".join(words))
    told = {"id2label": dict(enumerate(labels)), "max_position_embeddings": 32, **config}
    (folder / "config.json").write_text(json.dumps(told))
    return folder


def test_classifier_of_hugging_face_takes_the_deep_place(tmp_path: Path) -> None:
    folder = _classifier(tmp_path / "moods", ["NEGATIVE", "POSITIVE"])
    scores = load_tiers(folder, depth="all").scores(["awful", "lovely"])
    assert scores.sentiment.argmax(axis=1).tolist() == [0, 2]
    assert load_reader(folder).model.endswith("+moods")


def test_graph_of_another_name_is_found_alone_and_named_among_others(tmp_path: Path) -> None:
    folder = _classifier(tmp_path / "moods", ["NEGATIVE", "POSITIVE"])
    named = (folder / "model.onnx").rename(folder / "model_quantized.onnx")
    alone = load_tiers(folder, depth="all").scores(["awful", "lovely"])
    assert alone.sentiment.argmax(axis=1).tolist() == [0, 2]
    (folder / "model_fp16.onnx").write_bytes(b"another")
    with pytest.raises(BadInput, match="name one of several"):
        load_tiers(folder)
    scores = load_tiers(named, depth="all").scores(["awful", "lovely"])
    assert scores.sentiment.argmax(axis=1).tolist() == [0, 2]


def test_tokenizer_json_is_read_where_there_is_one(tmp_path: Path) -> None:
    tokenizers = pytest.importorskip("tokenizers")
    folder = _classifier(tmp_path / "moods", ["negative", "positive"])
    model = tokenizers.models.WordLevel({"[UNK]": 1, "[CLS]": 2, "awful": 4, "lovely": 5}, "[UNK]")
    tokenizer = tokenizers.Tokenizer(model)
    tokenizer.pre_tokenizer = tokenizers.pre_tokenizers.Whitespace()
    tokenizer.post_processor = tokenizers.processors.TemplateProcessing(
        single="[CLS] $A", special_tokens=[("[CLS]", 2)]
    )
    tokenizer.save(str(folder / "tokenizer.json"))
    scores = load_tiers(folder, depth="all").scores(["lovely awful", "awful lovely"])
    assert scores.sentiment.argmax(axis=1).tolist() == [2, 0]


def test_labels_can_be_named_beside_the_model(tmp_path: Path) -> None:
    folder = _classifier(
        tmp_path / "abuse", ["LABEL_0", "LABEL_1"], problem_type="multi_label_classification"
    )
    with pytest.raises(BadInput, match=r"LABEL_0, LABEL_1 is known; say in amends.json"):
        load_tiers(folder)
    (folder / "amends.json").write_text('{"labels": {"LABEL_1": "offensive"}}')
    scores = load_tiers(folder, depth="all").scores(["awful", "lovely"])
    assert (scores.offensive > 0.9).tolist() == [False, True]


@pytest.mark.parametrize(
    ("gone", "sentence"),
    [("model.onnx", "has no model.onnx"), ("vocab.txt", "not laid out as a text classifier")],
)
def test_incomplete_classifier_is_refused_by_what_it_lacks(
    tmp_path: Path, gone: str, sentence: str
) -> None:
    folder = _classifier(tmp_path / "moods", ["negative", "positive"])
    (folder / gone).unlink()
    with pytest.raises(BadInput, match=sentence):
        load_tiers(folder)


def test_classifier_with_other_labels_than_numbers_is_refused(tmp_path: Path) -> None:
    folder = _classifier(tmp_path / "moods", ["negative", "positive"])
    told = {"id2label": {0: "negative", 1: "neutral", 2: "positive"}}
    (folder / "config.json").write_text(json.dumps(told))
    with pytest.raises(BadInput, match="gives 2 numbers"):
        load_tiers(folder)


def test_columns_are_the_same_for_both_tiers() -> None:
    with np.load(SHIPPED / "heads.npz") as stored:
        assert stored["weights"].shape[1] == len(COLUMNS)
