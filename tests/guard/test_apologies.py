"""Apologies: of the right thing, for the right fault (R38 to R40)."""

from typing import Literal

import pytest

from amends.guard import CaseFacts, check
from tests.guard.asked import codes

Fault = Literal["ours", "third_party", "customer", "unclear"]
OWNED = "That was our mistake, Tom, and I'm sorry. The second charge went back this morning."
WEATHER = "Sorry to hear about your flight, the snow closed everything. I hope you try us again."


@pytest.mark.parametrize(
    "reply",
    [
        "We're sorry you feel that way.",
        "We apologise if anyone was offended.",
        "Sorry if that upset you.",
        "Lamentamos que se sienta as\u00ed.",
        "Es tut uns leid, falls Sie sich gekr\u00e4nkt f\u00fchlen.",
        "Nous sommes d\u00e9sol\u00e9s si cela vous a choqu\u00e9.",
    ],
)
def test_apology_for_feelings_or_ifs_is_asked_about(reply: str) -> None:
    assert codes(reply) == ["non_apology"]


@pytest.mark.parametrize(
    "reply",
    [
        "I'm sorry that we made you feel unwelcome.",
        "I'm sorry you feel sick after that landing.",
        "I'm sorry you are having trouble with the app.",
        "Siento que te hayan hablado as\u00ed.",
    ],
)
def test_apology_for_what_happened_passes(reply: str) -> None:
    assert codes(reply) == []


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ("ours", []),
        ("third_party", ["false_guilt"]),
        ("customer", ["false_guilt"]),
        ("unclear", ["open_fault"]),
        (None, []),
    ],
)
def test_owning_a_fault_needs_that_it_is_ours(fault: Fault | None, said: list[str]) -> None:
    assert codes(OWNED, CaseFacts(public_turns=1, fault=fault)) == said


@pytest.mark.parametrize("fault", ["third_party", "customer", "unclear", None])
def test_empathy_needs_no_fault(fault: Fault | None) -> None:
    assert codes(WEATHER, CaseFacts(fault=fault)) == []


@pytest.mark.parametrize(
    "reply", ["Sorry for the trouble.", "We lost your bag.", "The bag comes tonight."]
)
def test_fault_of_ours_is_owned_and_mended(reply: str) -> None:
    assert codes(reply, CaseFacts(public_turns=1, fault="ours")) == ["unowned"]


@pytest.mark.parametrize(
    ("reply", "lacks"),
    [
        ("We lost your bag, and we are sorry.", "does not say what is done"),
        ("The bag comes tonight.", "does not own it."),
    ],
)
def test_what_is_missing_of_owning_and_mending_is_said(reply: str, lacks: str) -> None:
    """R39."""
    found = check(reply, CaseFacts(public_turns=1, fault="ours"))
    assert [lacks in one.reason for one in found if one.code == "unowned"] == [True]


def test_question_comes_before_owning() -> None:
    assert codes("What happened at the gate?", CaseFacts(fault="ours")) == []


def test_passive_is_asked_about_but_not_the_storm() -> None:
    assert codes("Mistakes were made.") == ["dodging"]
    assert codes("The storm is out of our control, and I am sorry.") == []
