"""What is heard becomes cases."""

from datetime import datetime, timedelta

import msgspec
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from amends.casework import CaseState, Outcome
from amends.desk.actions import merge_case, proof, resolve_case, take_up
from amends.desk.actions.hearing import note_deletions, store_mentions
from amends.desk.models import AuthorRow, Case, CaseEvent, PostRow
from amends.terms import Author, WatchKind
from tests.factories import NOON, brand, case, heard, mention, store, watch
from tests.people import mina

pytestmark = pytest.mark.database


def later(minutes: int) -> datetime:
    return NOON + timedelta(minutes=minutes)


def kinds(row: Case) -> list[str]:
    return list(row.history.order_by("seq").values_list("kind", flat=True))


def test_untagged_complaint_opens_a_case() -> None:
    """R01, R08."""
    row = case("I hate Halcyon so much")
    assert (row.state, row.unanswered_since, kinds(row)) == (
        "new",
        row.first_post.created_at,
        ["case.opened"],
    )


def test_competitors_complaint_opens_none() -> None:
    """R03."""
    theirs = watch(WatchKind.COMPETITOR, "zephyrline")
    post = heard("Zephyrline lost my bag", watches={str(theirs.pk): ("zephyrline",)})
    assert (Case.objects.count(), post.mentions.count()) == (0, 1)


def test_same_mention_twice_changes_nothing() -> None:
    one = mention()
    assert len(store(one)) == 1
    assert store(one) == []
    assert (PostRow.objects.count(), CaseEvent.objects.count()) == (1, 1)


@pytest.mark.alike
def test_later_posts_of_the_conversation_attach() -> None:
    row = case(native_id="root")
    heard("Same here", handle="ben", conversation="root", complaint=0.9, at=later(1))
    heard("Still waiting", conversation="root", at=later(2))
    assert Case.objects.count() == 1
    assert kinds(row) == ["case.opened", "post.attached", "post.attached"]


def test_forty_posts_of_one_author_make_one_case() -> None:
    """R15: an author storm is one case."""
    store(*[mention(f"Halcyon {n}", at=later(n)) for n in range(40)])
    assert [c.places.count() for c in Case.objects.all()] == [40]


@pytest.mark.alike
def test_many_cases_are_opened_by_as_many_queries_as_few() -> None:
    """R08: what intake asks does not grow with what it opens."""
    store(mention("Halcyon", handle="first"))
    asked = []
    for handles in (("ben", "cat"), ("dan", "eve", "fay", "gus", "hal")):
        said = [mention("Halcyon lost my bag", handle=handle) for handle in handles]
        with CaptureQueriesContext(connection) as queries:
            store(*said)
        asked.append(len(queries))
    assert (asked[0], Case.objects.count()) == (asked[1], 8)


@pytest.mark.alike
def test_storm_split_over_batches_makes_one_case() -> None:
    for n in range(5):
        store(mention(f"Halcyon {n}", at=later(n)))
    assert [c.places.count() for c in Case.objects.all()] == [5]


@pytest.mark.alike
def test_posts_out_of_order_give_the_same_case() -> None:
    answer = mention(
        "@rosa So sorry", handle="halcyonair", ours=True, conversation="root", at=later(5)
    )
    root = mention(native_id="root", at=later(0))
    store(answer)
    store(root)
    assert Case.objects.get().state == CaseState.NEW


@pytest.mark.alike
def test_customers_answer_reopens_a_waiting_case() -> None:
    row = case(native_id="root")
    store(mention("We are on it", handle="halcyonair", ours=True, conversation="root", at=later(1)))
    row.refresh_from_db()
    assert (row.state, row.acknowledged_at, row.unanswered_since) == ("waiting", later(1), None)
    heard("It is AB12", conversation="root", complaint=0.1, at=later(2))
    row.refresh_from_db()
    assert (row.state, row.unanswered_since) == ("open", later(2))


def answered_and_resolved() -> Case:
    row = case(native_id="root")
    store(mention("We are on it", handle="halcyonair", ours=True, conversation="root", at=later(1)))
    resolve_case(row, by=mina(), now=later(2))
    return row


@pytest.mark.alike
def test_thanks_are_an_outcome_and_reopen_nothing() -> None:
    """R45."""
    row = answered_and_resolved()
    heard("Thank you so much!", conversation="root", complaint=0.05, praise=0.9, at=later(3))
    row.refresh_from_db()
    assert (row.state, row.outcome, row.unanswered_since) == ("resolved", Outcome.THANKED, None)


@pytest.mark.alike
def test_customer_post_reopens_resolved_case() -> None:
    row = answered_and_resolved()
    heard("It happened again", conversation="root", complaint=0.9, at=later(3))
    row.refresh_from_db()
    assert (row.state, row.outcome, row.resolved_at) == ("open", Outcome.NEGATIVE, None)
    assert row.unanswered_since == later(3)


@pytest.mark.alike
def test_bystanders_complaint_under_a_settled_case_gets_its_own() -> None:
    answered_and_resolved()
    heard("Mine is lost too", handle="ben", conversation="root", at=later(3))
    assert [c.state for c in Case.objects.order_by("pk")] == ["resolved", "new"]


@pytest.mark.alike
def test_private_message_attaches_to_the_authors_case() -> None:
    """R32: the private thread belongs to the case."""
    row = case()
    heard(
        "My booking is X",
        private=True,
        conversation="convo",
        complaint=0.2,
        to_us=True,
        at=later(4),
    )
    row.refresh_from_db()
    assert (row.private, row.taken_private_at, row.places.count()) == (True, later(4), 2)


def test_deleting_the_complaint_is_a_retraction() -> None:
    row = case(native_id="root")
    assert note_deletions("demo", ["root", "unheard"], now=later(1)) == 1
    row.refresh_from_db()
    assert (row.outcome, kinds(row)[1:]) == (Outcome.RETRACTED, ["post.deleted", "outcome.noted"])


def test_edit_is_kept_and_told_once() -> None:
    row = case("Halcyon lost my bag", native_id="root")
    edited = mention("Halcyon lost my bags", native_id="root", edited_at=later(1))
    store(edited)
    store(edited)
    row.first_post.refresh_from_db()
    assert row.first_post.text == "Halcyon lost my bags"
    assert kinds(row) == ["case.opened", "post.edited"]


@pytest.mark.alike
def test_merged_case_hands_what_follows_on() -> None:
    old, new = case(native_id="one"), case(handle="ben", native_id="two")
    merge_case(old, into=new, by=mina(), now=later(1), two_customers=True)
    heard("More of it", conversation="one", at=later(2))
    assert (old.places.count(), new.places.count()) == (1, 2)


def test_history_is_proved_whole() -> None:
    row = answered_and_resolved()
    heard("Thank you!", conversation="root", complaint=0.0, praise=0.9, at=later(3))
    take_up(case(handle="ben"), by=mina(), now=later(4))
    for one in Case.objects.all():
        assert proof(one).whole
    CaseEvent.objects.filter(case=row, seq=2).update(kind="case.resolved")
    row.refresh_from_db()
    assert not proof(row).whole


def test_profile_without_an_id_is_known_by_its_handle() -> None:
    one = mention()
    bare = msgspec.structs.replace(one.post, author=Author(handle="Rosa"))
    store(msgspec.structs.replace(one, post=bare))
    assert list(AuthorRow.objects.values_list("native_id", flat=True)) == ["@rosa"]


def test_name_that_a_case_has_is_drawn_again() -> None:
    """Names are short and drawn by chance: among many cases two are the same."""
    case()
    taken = Case.objects.get().ref
    names = ["AAAA", "AAAA", "BBBB", "AAAA", "BBBB", "CCCC", "DDDD", "EEEE"]
    drawn = iter([taken, *names[:3], taken, *names[3:]])
    more = [mention(handle=name) for name in ("ben", "kim", "ada")]
    store_mentions(
        more, brand=brand(), channel=None, threshold=0.5, now=NOON, new_ref=lambda: next(drawn)
    )
    assert set(Case.objects.values_list("ref", flat=True)) == {taken, "AAAA", "BBBB", "CCCC"}
    assert all(proof(row).whole for row in Case.objects.all())


@pytest.mark.alike
def test_late_older_post_does_not_turn_back_when_the_customer_wrote() -> None:
    row = case(native_id="root")
    store(mention("hello?", conversation="root", in_reply_to="root", at=later(10)))
    store(mention("so?", conversation="root", in_reply_to="root", at=later(5)))
    row.refresh_from_db()
    assert row.customer_wrote_at == later(10)


@pytest.mark.alike
def test_our_older_post_heard_late_does_not_answer_what_came_after_it() -> None:
    row = case(native_id="root", at=later(10))
    store(mention("we are here", handle="us", ours=True, conversation="root", at=NOON))
    row.refresh_from_db()
    assert (row.state, row.unanswered_since) == ("new", later(10))


@pytest.mark.alike
def test_post_dated_in_the_future_is_dated_when_it_was_heard() -> None:
    store(mention(at=later(600_000)), now=later(1))
    assert PostRow.objects.get().created_at == later(1)


@pytest.mark.alike
def test_edit_dated_in_the_future_does_not_shut_out_the_next() -> None:
    case(native_id="root")
    store(mention("first", native_id="root", edited_at=later(600_000)), now=later(1))
    store(mention("second", native_id="root", edited_at=later(2)), now=later(2))
    assert PostRow.objects.get().text == "second"


@pytest.mark.alike
def test_post_removed_by_its_author_is_not_rewritten_by_a_late_edit() -> None:
    case("Halcyon lost my bag", native_id="root")
    note_deletions("demo", ["root"], now=later(1))
    store(mention("never mind", native_id="root", edited_at=later(2)))
    assert PostRow.objects.get().text == "Halcyon lost my bag"
