"""Who an author is to us: by hand, by a list, as a competitor's account; and what comes of it."""

import importlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.apps import apps
from django.db import connection

from amends.desk.actions import erase_customer, save_watch
from amends.desk.actions.manual import open_case_by_hand
from amends.desk.actions.roles import mark_accounts, mark_author
from amends.desk.models import AuthorRow, Case, MentionRow, Responder, RoleMark
from amends.desk.queries.roles import accounts_said, roles_of
from amends.terms import AuthorRole, BadInput, NotAllowed, WatchKind
from tests import people
from tests.factories import NOON, brand, case, heard, watch

pytestmark = pytest.mark.database

EMPLOYEE, PRESS, COMPETITOR = AuthorRole.EMPLOYEE, AuthorRole.PRESS, AuthorRole.COMPETITOR


def role_of(handle: str) -> str | None:
    return AuthorRow.objects.get(handle=handle).role


def said(handle: str) -> list[tuple[str, str, str | None]]:
    marks = RoleMark.objects.filter(handle=handle).order_by("pk").select_related("by")
    return [(m.role, m.how, m.by.name if m.by else None) for m in marks]


def rival(*handles: str) -> None:
    save_watch(
        None,
        brand=brand(),
        kind=WatchKind.COMPETITOR,
        name="Meridian",
        phrases=["meridian"],
        handles=handles,
        hashtags=[],
        now=NOON,
    )


def test_role_by_hand_is_kept_with_who_said_so_and_when() -> None:
    """R05: an author role."""
    author = heard(handle="rosa").author
    assert author is not None
    mark_author(author, role=PRESS, by=people.mina(), now=NOON)
    mark_author(author, role=PRESS, by=people.omar(), now=NOON)  # the same again: no second line
    mark_author(author, role=None, by=people.omar(), now=NOON + timedelta(1))
    assert said("rosa") == [("press", "hand", "Mina Kaya"), ("", "hand", "Omar Haddad")]
    assert [m.at for m in RoleMark.objects.order_by("pk")] == [NOON, NOON + timedelta(1)]
    assert role_of("rosa") is None


def test_list_holds_for_profiles_known_and_to_come() -> None:
    heard(handle="Rosa")
    changed = mark_accounts(["@rosa", "", "TOM ", "rosa"], role=EMPLOYEE, by=people.ada(), now=NOON)
    heard(handle="Tom", complaint=0.1)
    heard(handle="zoe", complaint=0.1)
    assert (changed, role_of("Rosa"), role_of("Tom"), role_of("zoe")) == (
        2,
        "employee",
        "employee",
        None,
    )
    assert mark_accounts(["tom"], role=EMPLOYEE, by=people.ada(), now=NOON) == 0


@pytest.mark.parametrize("few", [0, 200])
def test_list_for_one_network_leaves_the_others(few: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("amends.desk.queries.roles.FEW", few)
    mark_accounts(["rosa"], role=PRESS, network="bluesky", by=people.ada(), now=NOON)
    assert roles_of([("bluesky", "@Rosa"), ("demo", "rosa"), ("demo", "")]) == {
        ("bluesky", "@Rosa"): "press"
    }


def test_last_mark_holds() -> None:
    for role in (PRESS, EMPLOYEE, None):
        mark_accounts(["rosa"], role=role, by=people.ada(), now=NOON)
    mark_accounts(["tom"], role=PRESS, by=people.ada(), now=NOON)
    shown, count = accounts_said(people.ada())
    assert [(one.handle, one.role, one.how, one.by) for one in shown] == [
        ("tom", "press", "list", "Ada Berg")
    ]
    assert (count, roles_of([("demo", "rosa")])) == (1, {})


@pytest.mark.alike
@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        (["rosa", "two words"], "Line 2 is no handle: two words"),
        ([" ", "@"], "Write at least one handle"),
        ([f"h{n}" for n in range(10_001)], "10001 handles; a list has 10000 at most"),
    ],
)
def test_list_that_cannot_be_read_changes_nothing(lines: list[str], reason: str) -> None:
    with pytest.raises(BadInput, match=reason):
        mark_accounts(lines, role=PRESS, by=people.ada(), now=NOON)
    assert not RoleMark.objects.exists()


def test_accounts_of_a_competitors_watch_are_competitors() -> None:
    """R02: the author is the competitor's account."""
    heard(handle="meridianair", complaint=0.1)
    mark_accounts(["meridian_ceo"], role=PRESS, by=people.ada(), now=NOON)
    rival("MeridianAir", "meridian_ceo")
    assert role_of("meridianair") == "competitor"
    assert said("meridianair") == [("competitor", "watch", None)]
    assert said("meridian_ceo") == [("press", "list", "Ada Berg")]  # a person has spoken


@pytest.mark.alike
@pytest.mark.parametrize("role", [EMPLOYEE, COMPETITOR])
def test_employees_and_competitors_open_no_case(role: AuthorRole) -> None:
    mark_accounts(["rosa"], role=role, by=people.ada(), now=NOON)
    heard("Halcyon lost my bag", handle="rosa")
    assert not Case.objects.exists()


@pytest.mark.alike
@pytest.mark.parametrize("role", [AuthorRole.CUSTOMER, PRESS, AuthorRole.INDUSTRY])
def test_others_open_one(role: AuthorRole) -> None:
    mark_accounts(["rosa"], role=role, by=people.ada(), now=NOON)
    heard("Halcyon lost my bag", handle="rosa")
    assert Case.objects.count() == 1


@pytest.mark.alike
def test_role_leaves_a_running_case_as_it_is() -> None:
    """Whoever has a case with us is its customer, whatever else they are."""
    found = case(handle="rosa")
    mark_author(found.first_post.author, role=EMPLOYEE, by=people.mina(), now=NOON)  # type: ignore[arg-type]
    root = found.first_post.native_id
    heard("Still no bag", handle="rosa", conversation=root, in_reply_to=root)
    assert Case.objects.get().places.count() == 2


@pytest.mark.alike
def test_no_case_is_opened_by_hand_for_a_competitor() -> None:
    """R14: nothing of a competitor's is answered in passing; an employee may be looked after."""
    mark_accounts(["rival"], role=COMPETITOR, by=people.ada(), now=NOON)
    mark_accounts(["colleague"], role=EMPLOYEE, by=people.ada(), now=NOON)
    theirs, ours = heard(handle="rival"), heard(handle="colleague")
    with pytest.raises(NotAllowed, match="A competitor wrote this"):
        open_case_by_hand(theirs, by=people.mina(), now=NOON, new_ref=lambda: "R1")
    assert open_case_by_hand(ours, by=people.mina(), now=NOON, new_ref=lambda: "R1")[1]


def test_erasure_takes_the_name_out_of_what_was_said() -> None:
    found = case(handle="rosa")
    author = found.first_post.author
    assert author is not None
    mark_author(author, role=PRESS, by=people.mina(), now=NOON)
    mark_accounts(["rosa", "tom"], role=EMPLOYEE, by=people.ada(), now=NOON)
    erase_customer(found.customer, by=people.priya(), now=NOON)
    assert sorted(RoleMark.objects.values_list("handle", flat=True)) == ["", "", "tom"]
    assert not RoleMark.objects.filter(author__isnull=False).exists()
    assert AuthorRow.objects.get().role is None


@pytest.mark.alike
@pytest.mark.parametrize("who", [people.noor, people.sol, people.vic])
def test_who_works_no_case_says_nothing_of_authors(who: Callable[[], Responder]) -> None:
    author = heard().author
    assert author is not None
    with pytest.raises(NotAllowed):
        mark_author(author, role=PRESS, by=who(), now=NOON)
    with pytest.raises(NotAllowed):
        mark_accounts(["rosa"], role=PRESS, by=people.mina(), now=NOON)


def test_migration_dates_mentions_and_marks_competitors_twice_the_same() -> None:
    """What was stored before there were roles and dated mentions."""
    post = heard(handle="meridianair", complaint=0.1)
    rival("MeridianAir")
    RoleMark.objects.all().delete()
    AuthorRow.objects.update(role=None)
    MentionRow.objects.update(at=datetime(1970, 1, 1, tzinfo=UTC))
    steps = importlib.import_module("amends.desk.migrations.0002_author_roles")
    for _ in range(2):
        steps.date_mentions(apps, connection.schema_editor())
        steps.mark_competitors(apps, connection.schema_editor())
    assert [m.at for m in MentionRow.objects.all()] == [post.created_at]
    assert (said("meridianair"), role_of("meridianair")) == (
        [("competitor", "watch", None)],
        "competitor",
    )


@pytest.mark.alike
def test_watch_of_a_topic_names_nobody() -> None:
    watch(WatchKind.TOPIC, "lost luggage")
    assert not RoleMark.objects.exists()
