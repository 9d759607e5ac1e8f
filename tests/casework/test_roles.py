"""Who may do what."""

import pytest

from amends.casework import Action, Role, check_may, may, permitted
from amends.terms import NotAllowed

SPEAKERS = {Role.ADMINISTRATOR, Role.LEAD, Role.RESPONDER}


def test_only_authorised_people_speak_for_the_company() -> None:
    """R50."""
    assert {role for role in Role if may(role, Action.REPLY)} == SPEAKERS


def test_sales_sees_no_private_case() -> None:
    """R13."""
    assert not may(Role.SALES, Action.SEE_PRIVATE)
    assert may(Role.SALES, Action.SEE_HEARD)


def test_viewer_changes_nothing() -> None:
    assert permitted(Role.VIEWER) == {Action.SEE_CASES, Action.SEE_PRIVATE, Action.SEE_HEARD}


def test_refusal_names_role_and_remedy() -> None:
    sentence = r"The role analyst may not speak for the company\. Ask an administrator\."
    with pytest.raises(NotAllowed, match=sentence):
        check_may(Role.ANALYST, Action.REPLY)
