"""Personal data stay out of public replies (R33)."""

import pytest

from amends.guard import CaseFacts, Policy, check, redact, without_personal_data
from amends.guard.personal import is_card, is_iban
from tests.guard.asked import LATER, PRIVATE, codes

SHOWN = [
    ("I wrote to mia.kowalska@example.org.", "email"),
    ("We called you on +44 7700 900123.", "phone"),
    ("We will ring you at (202) 555-0143 tonight.", "phone"),
    ("Your number is still 0171 2345678.", "phone"),
    ("Card 4111 1111 1111 1111 was refunded.", "card"),
    ("The money went to DE89 3704 0044 0532 0130 00 today.", "iban"),
    ("Your booking reference is K7XM2P.", "booking"),
    ("Order #99281734 is in Leeds.", "booking"),
    ("Ihre Kundennummer 4471882 ist gesperrt.", "booking"),
    ("The parcel lies at 14 Maple Street.", "address"),
    ("Er kommt in die Lindenstra\u00dfe 12.", "address"),
    ("El paquete est\u00e1 en Calle Mayor 5.", "address"),
]
NOT_PERSONAL = [
    "Call us on 0800 123 4567.",
    "Write to us at care@acme.example or info@other.example.",
    "Flight AC1203 leaves gate B22 at 19:45 on 2026-01-31.",
    "Version 12.4.2018 fixes error 50013.",
    "Our shop is at 200 Harbour Road.",
    "See https://acme.example/orders/99281734?id=4111111111111111.",
    "The fare is 1,234.50 euros for 2 people.",
    "You can reach us on +1 800 555 0199.",
]
ASKED = [
    ("What's your booking reference?", "asks_personal_data"),
    ("Please reply here with your phone number.", "asks_here"),
    ("Please send us your password.", "asks_secret"),
    ("\u00bfCu\u00e1l es su n\u00famero de reserva?", "asks_personal_data"),
    ("Wie lautet Ihre Kundennummer?", "asks_personal_data"),
]


@pytest.mark.parametrize(("reply", "code"), SHOWN)
def test_personal_data_are_stopped_in_public(reply: str, code: str) -> None:
    assert codes(reply) == [code]


@pytest.mark.parametrize(("reply", "code"), SHOWN)
def test_personal_data_may_stand_in_private_but_for_cards(reply: str, code: str) -> None:
    assert codes(reply, PRIVATE) == ["card"] * (code == "card")


@pytest.mark.parametrize("reply", NOT_PERSONAL)
def test_contact_routes_and_figures_are_not_personal(reply: str) -> None:
    assert codes(reply) == []


@pytest.mark.parametrize(("reply", "code"), ASKED)
def test_asking_for_personal_data_in_public_is_found(reply: str, code: str) -> None:
    assert code in codes(reply)


@pytest.mark.parametrize(
    "reply",
    [
        "DM me your booking reference, Mia.",
        "Please don't post your booking number here; send it by private message.",
        "We will never ask for your password.",
    ],
)
def test_private_way_may_be_asked_for(reply: str) -> None:
    assert codes(reply) == []


def test_secrets_are_asked_for_nowhere() -> None:
    assert codes("Please send me the full card number.", PRIVATE) == ["asks_secret"]


def test_private_words_of_the_case_are_stopped() -> None:
    facts = CaseFacts(public_turns=1, private_words=("Kowalska-Brandt",))
    assert codes("Good morning, Mrs KOWALSKA-BRANDT.", facts) == ["private_words"]


def test_own_contacts_are_known() -> None:
    policy = Policy(contacts=("example.org", "+1 202 555 0143"))
    reply = "Rosa is at rosa@example.org; your number for me is 202-555-0143."
    assert codes(reply, policy=policy) == []


def test_redaction_takes_them_out() -> None:
    reply = "\U0001f44b Caf\u00e9: your booking K7XM2P and jana.w@example.org are fine."
    assert redact(reply, check(reply, LATER)) == (
        "\U0001f44b Caf\u00e9: your booking [number] and [e-mail address] are fine."
    )


@pytest.mark.parametrize(
    ("number", "valid"),
    [("4111111111111111", True), ("4111111111111112", False), ("0000000000000000", False)],
)
def test_card_numbers_are_summed(number: str, valid: bool) -> None:
    assert is_card(number) is valid


@pytest.mark.parametrize(
    ("number", "valid"),
    [
        ("GB82 WEST 1234 5698 7654 32", True),
        ("GB82 WEST 1234 5698 7654 33", False),
        ("DL75DEPARTEDAMSTERDAM", False),
    ],
)
def test_ibans_are_summed(number: str, valid: bool) -> None:
    assert is_iban(number) is valid


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Call me on +49 171 2345678 or 0171/2345678", "Call me on [number] or [number]"),
        ("Rosa here, @rosa_m: my booking KX48213", "[name] here, [name]: my booking [number]"),
        ("support@acme.example never wrote to rosa@example.org", None),
        ("Flight 117 was 4 hours late on 3 May", "Flight 117 was 4 hours late on 3 May"),
    ],
)
def test_what_leaves_the_house_holds_nothing_personal(text: str, left: str | None) -> None:
    """R33: before a text goes to a model that is not local."""
    said = without_personal_data(text, names=["Rosa", "rosa_m"], own=["support@acme.example"])
    assert said == (left or "support@acme.example never wrote to [e-mail address]")
