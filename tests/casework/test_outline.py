"""The parts of a reply (R26, R28, R32, R38 to R40)."""

import pytest

from amends.casework import open_questions, outline
from amends.casework.fault import Fault


def hints(fault: Fault | None = None, *, public: bool = True) -> dict[str, str]:
    parts = outline(
        fault=fault, public=public, contact_route="Write to care@example.com.", initials="MK"
    )
    return {part.name: part.hint for part in parts}


def test_reply_has_five_parts_in_their_order() -> None:
    assert list(hints()) == ["Acknowledge", "Own", "Act", "Route", "Sign"]
    assert (hints()["Route"], hints()["Sign"]) == ("Write to care@example.com.", "^MK")


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (Fault.OURS, "our fault"),
        (Fault.THIRD_PARTY, "do not take it on us"),
        (Fault.CUSTOMER, "no blame"),
        (Fault.UNCLEAR, "finding out"),
        (None, "not determined"),
    ],
)
def test_only_fault_of_ours_is_owned(fault: Fault | None, said: str) -> None:
    assert said in hints(fault)["Own"]


def test_outburst_gets_one_short_question() -> None:
    assert open_questions("I HATE you, Acme!!!") == ("What happened?",)


def test_what_the_complaint_says_is_not_asked_again() -> None:
    told = "My order came broken on Monday, 3 days late, and I want a refund from you people now"
    assert open_questions(told) == ("What has been tried so far?",)
