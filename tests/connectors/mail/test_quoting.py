"""Only what was written now is kept."""

import pytest

from amends.connectors.mail.quoting import newly_written

QUOTED = "> We are sorry.\n> ^MK"


@pytest.mark.parametrize(
    "history",
    [
        f"On Mon, 2 Mar 2026 at 09:00, Care <care@x.example> wrote:\n{QUOTED}",
        f"On Mon, 2 Mar 2026 at 09:00, A Very Long Name Of A Company\n<care@x.example> wrote:\n\n{QUOTED}",
        f"Am 02.03.2026 um 09:00 schrieb Care:\n{QUOTED}",
        f"Le lun. 2 mars 2026 à 09:00, Care <care@x.example> a écrit :\n{QUOTED}",
        "On 2 Mar 2026, at 09:00, Care <care@x.example> wrote:\n\nWe are sorry.\n^MK",
        "-----Original Message-----\nFrom: Care\nWe are sorry.",
        "-----Ursprüngliche Nachricht-----\nWe are sorry.",
        "________________________________\nFrom: Care <care@x.example>\nSent: Monday\nTo: Maud\nSubject: RE: Bag\n\nWe are sorry.",
        "Von: Care\nGesendet: Montag\nAn: Maud\nBetreff: Koffer\n\nEs tut uns leid.",
        QUOTED,
        "-- \nMaud Alder\nGardener",
    ],
)
def test_what_is_answered_is_cut_off(history: str) -> None:
    assert newly_written(f"It was LH 400.\n\n{history}") == "It was LH 400."


@pytest.mark.parametrize(
    "text",
    [
        "She wrote to you on 2 March and nobody answered.\nThat is a shame.",
        "From: me\nI want my money back.",
        "I waited --- for hours --- in the cold.",
        "Note: see below.\n\nTo: whom it may concern",
    ],
)
def test_what_only_looks_like_it_stays(text: str) -> None:
    assert newly_written(text) == text


def test_answers_between_quotes_are_kept() -> None:
    text = "On 2 Mar 2026 Care wrote:\n> Which flight?\nLH 400\n> And when?\nMonday"
    assert newly_written(text) == "On 2 Mar 2026 Care wrote:\nLH 400\nMonday"


def test_mail_that_only_quotes_is_shown_whole() -> None:
    assert newly_written(QUOTED) == QUOTED


def test_lines_without_end_are_read_to_a_limit() -> None:
    assert len(newly_written("1 wrote to me\n" * 20_000)) < 100_001
