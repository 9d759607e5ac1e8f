"""The one invitation to speak again in public: never a condition, never with a remedy, never early (R45)."""

import pytest

from amends.guard import CaseFacts, check, invites

FACTS = CaseFacts(mode="private", public_turns=1)
INVITES = [
    "Your bag is home again, Rosa. If you like, tell others how it went. ^MK",
    "The fee is back on your card. You are welcome to share publicly how it ended. ^MK",
    "All done now, Rosa. Feel free to leave us a review, whatever it says. ^MK",
    "Der Koffer ist wieder da. Erzählen Sie gern auch anderen, wie es ausging. ^MK",
    "La maleta ya está en casa. Si quieres, cuéntalo en público. ^MK",
    "La valise est revenue. Si vous voulez, dites aux autres comment cela s'est terminé. ^MK",
    "A mala já está em casa. Se quiser, conte aos outros como terminou. ^MK",
    "La valigia è tornata. Se vuole, racconti agli altri com'è andata. ^MK",
    "De koffer is weer thuis. Vertel gerust ook anderen hoe het afliep. ^MK",
]
CONDITIONS = [
    "If you post a good word about us, we will send the voucher. ^MK",
    "We will refund you as soon as you have left a positive review. ^MK",
    "In return we would be glad of a kind word in public. ^MK",
    "A voucher for a nice review, how about that? ^MK",
    "Leave us a five-star review and we will send a replacement. ^MK",
    "Wenn Sie eine gute Bewertung schreiben, erstatten wir die Gebühr. ^MK",
    "Si publicas una reseña buena, te enviamos el bono. ^MK",
    "Si vous laissez un avis positif, nous vous remboursons. ^MK",
    "Se deixar uma avaliação positiva, enviamos o vale. ^MK",
    "Se lascia una recensione positiva, inviamo il buono. ^MK",
    "Als u een goede recensie schrijft, sturen we de tegoedbon. ^MK",
]
HARMLESS = [
    "Please share your booking number in a private message, and I will look at it now. ^MK",
    "If you send us the photo, we will refund the fee today. ^MK",
    "We will post an update here as soon as the crew has landed. ^MK",
    "Tell me what happened at the gate, Rosa, and I will ask the crew. ^MK",
    "We never ask for a review in return for a refund. The 35 euros are on their way. ^MK",
    "Bitte schreiben Sie mir die Nummer, dann erstatten wir die Gebühr. ^MK",
]


def codes(text: str, **facts: bool) -> set[str]:
    asked = CaseFacts(mode="private", public_turns=1, **facts)  # type: ignore[arg-type]
    return {one.code for one in check(text, asked) if one.code.startswith("invitation")}


@pytest.mark.parametrize("text", INVITES)
def test_invitation_is_heard_in_seven_languages_and_may_be_made_once(text: str) -> None:
    assert (invites(text), codes(text)) == (True, set())
    assert codes(text, invited=True) == {"invitation_again"}
    assert codes(text, owed=True) == {"invitation_early"}


@pytest.mark.parametrize("text", CONDITIONS)
def test_wording_that_makes_the_remedy_a_condition_is_stopped(text: str) -> None:
    found = [one for one in check(text, FACTS) if one.code == "invitation_condition"]
    assert found
    assert {one.level for one in found} == {"stop"}


@pytest.mark.parametrize("text", HARMLESS)
def test_what_invites_nobody_is_let_be(text: str) -> None:
    assert codes(text, invited=True, owed=True) == set()


def test_nothing_is_given_and_asked_for_in_one_reply() -> None:
    both = "We will send you a voucher of 50 euros. Feel free to tell others how it went. ^MK"
    assert codes(both) == {"invitation_with_remedy"}
    assert codes("We will send you a voucher of 50 euros. ^MK", invites=True) == {
        "invitation_with_remedy"
    }
