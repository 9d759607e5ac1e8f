"""Any text, any facts: no error, spans that fit, and a bounded time."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amends.guard import CODES, LEVELS, CaseFacts, Fault, Mode, Policy, check, redact
from amends.guard.asking import answer, read_question
from amends.guard.phrases import LANGUAGES, load_phrases
from amends.terms import AmendsError, BadInput

WORDS = st.sampled_from(
    ["delete", "your", "tweet", "and", "we", "will", "refund", "you", "our", "lawyers", "@mia", "#fail", "sorry", "if", "you", "feel", "ß", "İ", "^Dan", "+44", "7700", "900123", "a@b.example", "K7XM2P", "booking", "4111111111111111", "https://a.example/x", "😂", ".", "?", "\n"]
)  # fmt: skip
TEXTS = st.one_of(st.text(), st.lists(WORDS).map(" ".join), st.text(st.characters(codec=None)))
MODES: list[Mode] = ["public", "private"]
FAULTS: list[Fault | None] = ["ours", "third_party", "customer", "unclear", None]


@given(TEXTS, TEXTS, st.sampled_from(MODES), st.sampled_from(FAULTS), st.lists(TEXTS, max_size=3))
def test_any_reply_is_checked(
    reply: str, post: str, mode: Mode, fault: Fault | None, history: list[str]
) -> None:
    facts = CaseFacts(mode=mode, post=post, fault=fault, recipient=reply, complainant=post)
    findings = check(reply, facts, history)
    assert all(0 <= one.span[0] <= one.span[1] <= len(reply) for one in findings)
    assert {one.code for one in findings} <= set(CODES)
    redact(reply, findings)


@given(st.binary())
def test_any_bytes_are_answered_or_refused(raw: bytes) -> None:
    try:
        question = read_question(raw)
    except AmendsError:
        return
    assert answer(question)["verdict"] in ("pass", "ask", "stop")


@given(
    st.dictionaries(
        st.sampled_from(["post", "mode", "fault", "history", "thread", "recipient", "account", "private", "authority"]),
        st.recursive(
            st.none() | st.booleans() | st.floats(allow_nan=False) | st.text(),
            lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["text", "handle", "ours", "author"]), inner),
        ),
    )
)  # fmt: skip
def test_unknown_facts_are_left_aside(fields: dict[str, object]) -> None:
    assert answer(read_question({"reply": "I'm on it.", **fields}))["verdict"] != ""


@pytest.mark.parametrize(
    "piece",
    ["a", "@", "you ", "sorry if ", "we will ", "1 ", "1-", "a@a.", "\u00df\u0301", "delete your ", "\" ", "\n", "https://a.b/", "Calle A ", "#a "],
)  # fmt: skip
def test_hundred_thousand_characters_take_bounded_time(piece: str) -> None:
    text = (piece * 100_000)[:100_000]
    began = time.process_time()
    check(text, CaseFacts(post=text, network="x"), [text])
    assert time.process_time() - began < 5


def test_policy_moves_levels() -> None:
    policy = Policy(levels={"control": "note", "bare_request": "stop"})
    levels = {one.code: one.level for one in check("Stop tweeting. DM us.", policy=policy)}
    assert (levels["control"], levels["bare_request"]) == ("note", "stop")


@pytest.mark.parametrize("levels", [{"controll": "note"}, {"control": "loud"}])
def test_policy_refuses_what_it_does_not_know(levels: dict[str, str]) -> None:
    with pytest.raises(BadInput):
        Policy(levels=levels)  # type: ignore[arg-type]


def test_gravest_comes_first() -> None:
    found = check("We will refund you. Delete this tweet and we will refund you.")
    order = [LEVELS.index(one.level) for one in found]
    assert (order, order[0]) == (sorted(order), 0)


def test_spans_are_code_points_of_the_text_as_given() -> None:
    reply = "\U0001f44b\U0001f3fd \ufb01ne, \uff2d\uff49\uff41: our LAWYERS are reading your posts."
    found = [one for one in check(reply) if one.code == "legal_menace"]
    assert [reply[slice(*one.span)] for one in found] == ["our LAWYERS are reading"]


def test_every_line_of_every_language_compiles() -> None:
    phrases = load_phrases()
    meanings = {(line.language, line.meaning) for line in phrases.lines() if line.pattern.pattern}
    assert {language for language, _ in meanings} == set(LANGUAGES)
    plain = ("threat", "legal_menace", "control", "belittling", "blame", "deletion_bare")
    assert {(language, one) for language in LANGUAGES for one in plain} - meanings == set()
