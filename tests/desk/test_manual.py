"""Opening a case by hand."""

import itertools
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections

from amends.casework import CaseState, Priority
from amends.desk.actions import proof
from amends.desk.actions.manual import open_case_by_hand
from amends.desk.models import Case, CasePost, Customer, PostRow, Responder
from amends.terms import BadInput, NotAllowed, WatchKind
from tests import people
from tests.factories import NOON, channel, heard, watch

pytestmark = pytest.mark.database


def by_hand(post: PostRow, by: Responder | None = None) -> tuple[Case, bool]:
    refs = (f"H{n}" for n in itertools.count(1))
    return open_case_by_hand(post, by=by or people.mina(), now=NOON, new_ref=lambda: next(refs))


@pytest.mark.alike
def test_mention_without_case_gets_one() -> None:
    found = channel()
    post = heard("Halcyon, is this normal?", complaint=0.1)
    case, opened = by_hand(post)
    case.refresh_from_db()
    assert opened
    assert (case.ref, case.state, case.priority) == ("H1", CaseState.NEW, Priority.NORMAL)
    assert (case.channel, case.first_post, case.unanswered_since) == (found, post, post.created_at)
    assert [p.post for p in case.places.all()] == [post]


def test_history_says_that_a_person_opened_it() -> None:
    post = heard(complaint=0.1)
    case, _ = by_hand(post)
    lines = case.history.values_list("kind", "actor__name", "data")
    assert list(lines) == [("case.opened", "Mina Kaya", {"post": post.pk, "why": "by_hand"})]
    assert proof(Case.objects.get(pk=case.pk)).whole


def test_opening_twice_gives_the_same_case() -> None:
    post = heard(complaint=0.1)
    first, _ = by_hand(post)
    second, opened = by_hand(post, people.omar())
    assert (second.pk, opened) == (first.pk, False)
    assert (Case.objects.count(), CasePost.objects.count()) == (1, 1)
    assert first.history.count() == 1


def test_post_of_a_customer_with_a_live_case_joins_it() -> None:
    early = heard("Halcyon again", handle="rosa", complaint=0.1)
    heard("Halcyon lost my bag", handle="rosa")
    case, opened = by_hand(early)
    assert (Case.objects.get(), opened) == (case, False)
    assert {p.post_id for p in case.places.all()} == set(
        PostRow.objects.values_list("pk", flat=True)
    )
    assert case.history.get(kind="post.attached").data == {"post": early.pk, "why": "by_hand"}
    assert proof(Case.objects.get()).whole


@pytest.mark.alike
def test_bystander_in_a_live_thread_gets_a_case_of_their_own() -> None:
    bystander = heard("Same with Halcyon", handle="tom", complaint=0.1, conversation="thread")
    theirs = heard("Halcyon lost my bag", handle="rosa", conversation="thread")
    case, opened = by_hand(bystander)
    assert opened
    assert case.customer != theirs.place.case.customer
    assert Customer.objects.count() == 2


@pytest.mark.alike
def test_later_post_of_the_customer_joins_the_case() -> None:
    case, _ = by_hand(heard("Halcyon?", handle="rosa", complaint=0.1, conversation="c"))
    later = heard("Still nothing", handle="rosa", complaint=0.1, conversation="c")
    assert later.place.case == case


@pytest.mark.alike
def test_competitors_post_opens_nothing() -> None:
    """R14: nothing of a competitor's is answered in passing."""
    rival = watch(WatchKind.COMPETITOR, "meridian")
    post = heard("Meridian lost my bag", watches={str(rival.pk): ("meridian",)})
    with pytest.raises(NotAllowed, match="about a competitor"):
        by_hand(post)
    assert not Case.objects.exists()


@pytest.mark.alike
def test_post_about_both_may_be_opened() -> None:
    rival = watch(WatchKind.COMPETITOR, "meridian")
    both = {str(rival.pk): ("meridian",), str(watch().pk): ("halcyon",)}
    _, opened = by_hand(heard("Meridian beats Halcyon", complaint=0.1, watches=both))
    assert opened


@pytest.mark.alike
@pytest.mark.parametrize("role", [people.noor, people.sol, people.vic])
def test_roles_that_change_no_case_open_none(role: Callable[[], Responder]) -> None:
    with pytest.raises(NotAllowed, match="change a case"):
        by_hand(heard(complaint=0.1), role())
    assert not Case.objects.exists()


@pytest.mark.alike
def test_our_own_post_opens_nothing() -> None:
    with pytest.raises(NotAllowed, match="our own"):
        by_hand(heard("We at Halcyon are sorry", ours=True))


@pytest.mark.alike
@pytest.mark.parametrize("gone", ["deleted_at", "erased_at"])
def test_removed_post_opens_nothing(gone: str) -> None:
    post = heard(complaint=0.1)
    PostRow.objects.filter(pk=post.pk).update(**{gone: NOON})
    with pytest.raises(BadInput, match="nothing left to answer"):
        by_hand(post)


@pytest.mark.alike
def test_post_without_author_opens_nothing() -> None:
    post = heard(complaint=0.1)
    PostRow.objects.filter(pk=post.pk).update(author=None)
    with pytest.raises(BadInput, match="not known"):
        by_hand(post)


@pytest.mark.two_writers
@pytest.mark.django_db(transaction=True)
def test_two_openings_at_once_make_one_case() -> None:
    channel()
    post, who = heard(complaint=0.1), [people.mina(), people.omar()]
    begin = threading.Barrier(len(who))

    def open_it(person: Responder) -> tuple[str, bool]:
        begin.wait(timeout=10)
        try:
            case, opened = open_case_by_hand(
                post, by=person, now=NOON, new_ref=lambda: f"H{person.pk}"
            )
            return case.ref, opened
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(who)) as pool:
        found = list(pool.map(open_it, who))
    assert sorted(opened for _, opened in found) == [False, True]
    assert {ref for ref, _ in found} == {Case.objects.get().ref}
