"""Who may speak: role, policy and training; who keeps an account; how a reply is signed."""

from datetime import UTC, datetime, timedelta

import pytest

from amends.casework import Role
from amends.casework.signing import Signs, check_signed, sign, signature_of
from amends.casework.speaking import (
    Asked,
    Keeper,
    Speaker,
    check_keepers,
    check_speaker,
    keeper_gaps,
    lacks,
)
from amends.casework.training import State, Trained
from amends.terms import NotAllowed

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)
ASKED = Asked(2, NOW - DAY, {"listen": "Listen first"}, NOW - DAY)
WELL = Speaker(
    Role.RESPONDER, acknowledged=2, training={"listen": Trained(State.VALID, NOW + 90 * DAY)}
)


def _but(**more: object) -> Speaker:
    facts = {"role": Role.RESPONDER, "acknowledged": 2, "training": WELL.training}
    return Speaker(**(facts | more))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("speaker", "said"),
    [
        (WELL, []),
        (_but(role=Role.ANALYST), ["the role analyst may not speak for the company"]),
        (_but(active=False), ["this account no longer signs in"]),
        (_but(acknowledged=0), ["the social media policy is not acknowledged yet"]),
        (
            _but(acknowledged=1),
            ["version 2 of the social media policy is not acknowledged yet"],
        ),
        (_but(training={}), ["the training “Listen first” is not taken yet"]),
        (
            _but(training={"listen": Trained(State.FAILED, None, 1)}),
            ["the training “Listen first” is not passed yet"],
        ),
        (
            _but(training={"listen": Trained(State.LAPSED, NOW - DAY)}),
            ["the training “Listen first” ran out on 1 March 2026"],
        ),
        (_but(training={"listen": Trained(State.ENDING, NOW + DAY)}), []),
    ],
)
def test_permission_hangs_on_role_acknowledgement_and_valid_training(
    speaker: Speaker, said: list[str]
) -> None:
    """R49, R50, R51."""
    assert lacks(speaker, ASKED, now=NOW) == said


def test_nothing_is_asked_before_its_time_nor_where_nobody_asks() -> None:
    later = Asked(1, NOW + DAY, {"listen": "Listen first"}, NOW + DAY)
    stranger = Speaker(Role.RESPONDER)
    assert [lacks(stranger, one, now=NOW) for one in (Asked(), later)] == [[], []]
    assert len(lacks(stranger, later, now=NOW + DAY)) == 2


def test_refusal_says_what_to_do_and_that_nothing_is_lost() -> None:
    with pytest.raises(NotAllowed, match=r"ran out on 1 March 2026.*under Training.*draft"):
        check_speaker(_but(training={"listen": Trained(State.LAPSED, NOW - DAY)}), ASKED, now=NOW)


def test_refusal_speaks_of_no_draft_where_nothing_was_written() -> None:
    with pytest.raises(NotAllowed) as refused:
        check_speaker(
            _but(training={"listen": Trained(State.LAPSED, NOW - DAY)}), ASKED, now=NOW, wrote=False
        )
    assert str(refused.value).endswith("Take it under Training.")


def test_account_without_owner_or_deputy_or_whose_people_left_has_gaps() -> None:
    """R37."""
    mina, gone = Keeper("Mina Kaya", True), Keeper("Omar Haddad", False)
    assert keeper_gaps(mina, Keeper("Priya Nair", True)) == []
    assert keeper_gaps(None, mina) == ["It has no owner."]
    assert keeper_gaps(mina, gone) == [
        "Its deputy Omar Haddad has left or may no longer speak for us."
    ]


def test_owner_and_deputy_are_two_people_who_may_speak() -> None:
    mina = Keeper("Mina Kaya", True)
    check_keepers(mina, None, same=False)
    with pytest.raises(NotAllowed, match="two people"):
        check_keepers(mina, mina, same=True)
    with pytest.raises(NotAllowed, match="Vic Lund cannot keep"):
        check_keepers(mina, Keeper("Vic Lund", False), same=False)


def test_reply_is_signed_once_in_the_way_its_writer_chose() -> None:
    """R27."""
    names = [signature_of("Mina Ada Kaya", one) for one in Signs]
    assert names == ["^MK", "^Mina", "^Mina Ada Kaya"]
    assert sign(sign("I am on it. ", "^MK"), "^MK") == "I am on it. ^MK"
    assert (sign("", "^MK"), signature_of("  ", Signs.NAME)) == ("", "")


@pytest.mark.parametrize("end", ["^MK", "MK", "Mina", "^Mina Kaya", "Mina Kaya."])
def test_initials_or_name_at_the_end_count_as_a_signature(end: str) -> None:
    check_signed(f"I am on it. {end}", "Mina Kaya")


@pytest.mark.parametrize("text", ["I am on it.", "^MK I am on it", "I am on it. ^OH", "from OMK"])
def test_a_text_that_nobody_signed_is_refused(text: str) -> None:
    with pytest.raises(NotAllowed, match=r"Sign it \^MK"):
        check_signed(text, "Mina Kaya")
