"""Control and threat, deletion, and whom a reply goes to (R30, R31)."""

import pytest

from amends.guard import CaseFacts
from tests.guard.asked import BILL, LATER, PRIVATE, codes

QUOTED = (
    'You wrote that our driver said "shut up, you idiot". That should never happen, and I am sorry.',
    "I'm sorry that our agent told you to calm down.",
    "Nobody should be told that it's their own fault.",
    "We would never threaten legal action over a review.",
    "No need to delete your post, Mia.",
    "You're not stupid: the form is hard to read.",
)
MENACES = [
    ("Our lawyers are reading your posts.", "legal_menace"),
    ("If you post this again we will close your account.", "threat"),
    ("Is this the game you want to play?", "control"),
    ("Calm down, it's only a suitcase.", "belittling"),
    ("Congratulations, you have discovered that planes can be late.", "sarcasm"),
    ("You only have yourself to blame.", "blame"),
    ("Nuestros abogados est\u00e1n leyendo tus mensajes.", "legal_menace"),
    ("Ihre eigene Schuld.", "blame"),
    ("Si vous continuez, nous fermerons votre compte.", "threat"),
    ("Si calmi, \u00e8 solo una valigia.", "belittling"),
    ("Pare de reclamar.", "control"),
    ("U hebt geen recht om dit te posten.", "control"),
]
BARGAINS = [
    "Delete this tweet and we will refund you.",
    "Once your review is gone, the voucher is yours.",
    "We'll waive the fee if you change your rating to five stars.",
    "Please delete your post.",
    "Borra este tuit y te devolvemos el dinero.",
    "L\u00f6schen Sie den Beitrag, dann erstatten wir Ihnen den Betrag.",
    "Delete the tweet with your booking number and we will send you a voucher.",
]
HELP = [
    "Please delete that tweet, it shows your booking number.",
    "Delete the app and install it again, then the list is there.",
    "We've removed the second charge from your account.",
    "If you remove the old card and add the new one, it works.",
]


@pytest.mark.parametrize(("reply", "code"), MENACES)
@pytest.mark.parametrize("facts", [LATER, PRIVATE])
def test_menace_is_stopped_in_public_and_in_private(
    reply: str, code: str, facts: CaseFacts
) -> None:
    assert code in codes(reply, facts)


@pytest.mark.parametrize("reply", QUOTED)
def test_what_others_said_or_what_is_denied_passes(reply: str) -> None:
    assert codes(reply) == []


@pytest.mark.parametrize("reply", BARGAINS)
def test_taking_down_a_post_is_no_bargain(reply: str) -> None:
    assert "deletion" in codes(reply, PRIVATE)


@pytest.mark.parametrize("reply", HELP)
def test_deleting_as_help_passes(reply: str) -> None:
    assert codes(reply) == []


@pytest.mark.parametrize(
    ("recipient", "complainant", "stopped"),
    [
        ("@Mia", "mia", False),
        ("\uff20MIA", "@mia", False),
        ("mia@social.example", "@mia", False),
        ("mia.social.example", "mia", False),
        ("https://social.example/@mia", "mia", False),
        ("ben", "mia", True),
        ("mia@a.example", "mia@b.example", True),
        (None, "mia", False),
        ("mia", None, False),
    ],
)
def test_reply_to_somebody_else_is_stopped(
    recipient: str | None, complainant: str | None, stopped: bool
) -> None:
    facts = CaseFacts(recipient=recipient, complainant=complainant, public_turns=1, post=BILL)
    assert codes("I'm sorry, the charge is gone.", facts) == ["third_party"] * stopped
