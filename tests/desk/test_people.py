"""Responders: invited, let in once, never without an administrator."""

from datetime import timedelta

import pytest
from django.test import override_settings

from amends.casework import Role
from amends.desk.actions import (
    change_role,
    first_administrator,
    invite_responder,
    make_sign_in_link,
    set_password,
    use_sign_in_link,
)
from amends.desk.actions.people import LINK_LASTS
from amends.desk.models import Responder, SignInLink
from amends.terms import BadInput, NotAllowed
from tests.factories import NOON
from tests.people import PASSWORD, ada, mina, priya

pytestmark = pytest.mark.database


def link(person: Responder, token: str = "token-1") -> str:
    return make_sign_in_link(person, now=NOON, new_token=lambda: token)


def test_first_administrator_is_made_once() -> None:
    assert first_administrator(email="Ada@Desk.example") is not None
    assert first_administrator(email="eve@desk.example") is None
    assert Responder.objects.get().role == Role.ADMINISTRATOR


def test_link_lets_in_once() -> None:
    token = link(mina())
    assert use_sign_in_link(token, now=NOON) == mina()
    with pytest.raises(NotAllowed, match="was used or has expired"):
        use_sign_in_link(token, now=NOON)


@pytest.mark.parametrize(
    ("late", "token"),
    [(LINK_LASTS, "token-1"), (timedelta(0), "another"), (timedelta(0), "\ud800")],
)
def test_link_that_is_late_or_unknown_lets_nobody_in(late: timedelta, token: str) -> None:
    link(mina())
    with pytest.raises(NotAllowed):
        use_sign_in_link(token, now=NOON + late)


def test_new_link_ends_the_old_one() -> None:
    old = link(mina())
    link(mina(), "token-2")
    with pytest.raises(NotAllowed):
        use_sign_in_link(old, now=NOON)


def test_token_is_not_kept() -> None:
    link(mina(), "secret-token")
    assert "secret-token" not in str(SignInLink.objects.values())


def test_those_who_left_cannot_come_in() -> None:
    token = link(mina())
    change_role(mina(), role=Role.RESPONDER, may_approve=False, is_active=False, by=ada())
    with pytest.raises(NotAllowed):
        use_sign_in_link(token, now=NOON)


@pytest.mark.alike
def test_only_administrators_invite() -> None:
    with pytest.raises(NotAllowed, match="may not invite people"):
        invite_responder(
            email="x@desk.example", name="X", role=Role.VIEWER, may_approve=False, by=priya()
        )


@pytest.mark.alike
@pytest.mark.parametrize(
    ("email", "name", "sentence"),
    [
        ("no address", "X", "is no e-mail address"),
        ("mina@desk.example", "X", "is here already"),
        ("x@desk.example", "  ", "1 to 120 characters"),
    ],
)
def test_invitation_that_makes_no_sense(email: str, name: str, sentence: str) -> None:
    mina()
    with pytest.raises(BadInput, match=sentence):
        invite_responder(email=email, name=name, role=Role.VIEWER, may_approve=False, by=ada())


def test_last_administrator_stays() -> None:
    with pytest.raises(NotAllowed, match="needs one administrator"):
        change_role(ada(), role=Role.VIEWER, may_approve=False, is_active=True, by=ada())


@pytest.mark.alike
def test_password_is_hashed_by_argon2_and_checked() -> None:
    with pytest.raises(BadInput, match="too short"):
        set_password(mina(), password="short")
    argon2 = "django.contrib.auth.hashers.Argon2PasswordHasher"
    with override_settings(PASSWORD_HASHERS=[argon2]):
        set_password(mina(), password=PASSWORD)
    assert Responder.objects.get(email="mina@desk.example").password.startswith("argon2")


@pytest.mark.alike
def test_initials_sign() -> None:
    """R27."""
    assert (mina().initials, Responder(name="Prince").initials, Responder().initials) == (
        "MK",
        "P",
        "",
    )
