"""What a reading means for a case."""

import pytest

from amends.casework import Intake, Priority, decide
from amends.casework.weighing import blames_others, labels_of, priority_of, threat_in
from amends.terms import Reading


def reading(**facts: object) -> Reading:
    plain: dict[str, object] = {
        "complaint": 0.7, "praise": 0.0, "question": 0.0, "sentiment": "negative",
        "sentiment_scores": {},
    }  # fmt: skip
    return Reading(**(plain | facts))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("facts", "priority"),
    [
        ({}, Priority.NORMAL),
        ({"complaint": 0.95}, Priority.HIGH),
        ({"severity": "accusation"}, Priority.NORMAL),
        ({"severity": "blame"}, Priority.HIGH),
        ({"severity": "accusation", "intents": ("legal",)}, Priority.HIGH),
        ({"intents": ("legal",)}, Priority.NORMAL),
        ({"severity": "disapproval", "intents": ("safety",)}, Priority.URGENT),
        ({"severity": "blame", "intents": ("boycott",)}, Priority.URGENT),
    ],
)
def test_severity_and_threats_decide_the_priority(
    facts: dict[str, object], priority: Priority
) -> None:
    assert priority_of(reading(**facts)) == priority


def test_intents_become_labels_and_calls_on_others_hand_a_case_up() -> None:
    """R16."""
    said = reading(intents=("leaving", "wave", "question"))
    assert labels_of(said) == ("leaving", "wave threat")
    assert labels_of(said, by_customer=False) == ("wave threat",)
    assert (threat_in(said), threat_in(reading(intents=("legal",)))) == ("wave", "")


def test_person_who_may_need_care_gets_no_label() -> None:
    assert labels_of(reading(intents=("vulnerable",))) == ()


@pytest.mark.parametrize(
    ("targets", "to_us", "others"),
    [
        ({"us": "positive", "7": "negative"}, True, True),
        ({"7": "negative"}, False, True),
        ({"7": "negative"}, True, False),
        ({"us": "negative", "7": "negative"}, False, False),
        ({"us": "negative"}, False, False),
        ({}, False, False),
    ],
)
def test_complaint_is_about_whom_the_feeling_is_directed_at(
    targets: dict[str, str], to_us: bool, others: bool
) -> None:
    said = reading(targets=targets)
    assert blames_others(said, to_us=to_us) is others
    decision = decide(
        said, case=None, about_us=True, ours=False, private=False, threshold=0.3, to_us=to_us
    )
    assert (decision.intake is Intake.NOTHING) is others
