"""Telephone numbers and e-mail addresses."""

import pytest

from amends.casework.contacts import mail_address, phone_number
from amends.terms import BadInput


@pytest.mark.parametrize(
    ("typed", "country", "kept"),
    [
        ("+4930901820", "", "+49 30 901820"),
        ("030 901820", "de", "+49 30 901820"),
        (" +44 (0)20 7946 0958 ", "", "+44 20 7946 0958"),
        ("", "", ""),
    ],
)
def test_number_is_kept_as_dialled_from_abroad(typed: str, country: str, kept: str) -> None:
    assert phone_number(typed, country) == kept


@pytest.mark.parametrize(
    "typed", ["030 901820", "call me", "+49", "+1 555", "+99999999999999999", "٠١٢"]
)
def test_what_is_no_number_is_refused(typed: str) -> None:
    with pytest.raises(BadInput, match="telephone number"):
        phone_number(typed)


@pytest.mark.parametrize(
    "typed", ["care@halcyon.example", "a.b+c@mail.halcyon.example", "", " x@y.de "]
)
def test_address_is_kept(typed: str) -> None:
    assert mail_address(typed) == typed.strip()


@pytest.mark.parametrize(
    "typed",
    [
        "care",
        "a@b",
        "a b@c.de",
        "a@c.de, d@e.fr",
        "<a@b.de>",
        f"{'a' * 300}@b.de",
        "a@b.de\nBcc: x@y.de",
    ],
)
def test_what_is_no_address_is_refused(typed: str) -> None:
    with pytest.raises(BadInput, match="is no e-mail address"):
        mail_address(typed)
