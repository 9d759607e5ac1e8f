"""What authors delete is blanked after a day, unless a legal hold stands."""

from datetime import datetime, timedelta

import pytest

from amends.casework.evidence import Proof
from amends.desk.actions import erase_customer, proof
from amends.desk.actions.claims import note_claim
from amends.desk.actions.evidence import proofs
from amends.desk.actions.hearing import note_deletions
from amends.desk.actions.holds import blank_deleted, lift_hold, set_hold, tell_of_ended_holds
from amends.desk.models import Case, Claim, Evidence, LegalHold, PostRow, ReadingRow
from amends.terms import BadInput, NotAllowed
from tests.factories import NOON, case, heard
from tests.people import ada, mina, priya

pytestmark = pytest.mark.database

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def deleted(at: datetime = NOON) -> Case:
    row = case("Halcyon sells passport data to advertisers", handle="rosa")
    note_deletions("demo", [row.first_post.native_id], now=at)
    return Case.objects.get(pk=row.pk)


def text(row: Case) -> str:
    return PostRow.objects.values_list("text", flat=True).get(pk=row.first_post_id)


def held(row: Case, until: datetime = NOON + 30 * DAY) -> LegalHold:
    return set_hold(row, reason="A court asks for it.", expires_at=until, by=priya(), now=NOON)


def test_deleted_text_is_blanked_after_a_day_and_the_history_stays_whole() -> None:
    """R46: not a moment before; what was read in it goes too, and that it was is in the trail."""
    row = deleted()
    quoting = heard("Look, Halcyon", handle="omid", at=NOON + HOUR)
    said = {"id": row.first_post.native_id, "text": "Halcyon sells passport data"}
    PostRow.objects.filter(pk=quoting.pk).update(quote_of=said)
    assert blank_deleted(now=NOON + DAY - timedelta(microseconds=1)) == 0
    assert [blank_deleted(now=NOON + DAY + hour * HOUR) for hour in (0, 1)] == [1, 0]
    post = PostRow.objects.get(pk=row.first_post_id)
    assert (post.text, post.erased_at, post.deleted_at) == ("", NOON + DAY, NOON)
    quoting.refresh_from_db()
    assert quoting.quote_of == {"id": post.native_id}
    assert ReadingRow.objects.get(post=post).why == []
    last = row.history.order_by("-seq")[0]
    assert (last.kind, last.actor, last.data) == ("post.blanked", None, {"post": post.pk})
    assert proof(Case.objects.get(pk=row.pk)).whole


@pytest.mark.alike
def test_what_was_not_deleted_or_is_ours_is_left() -> None:
    row = case("Halcyon lost my bag")
    ours = heard("We are on it", ours=True, handle="us", watches={})
    note_deletions("demo", [ours.native_id], now=NOON)
    assert blank_deleted(now=NOON + 9 * DAY) == 0
    assert (text(row), PostRow.objects.get(pk=ours.pk).text) == (
        "Halcyon lost my bag", "We are on it",
    )  # fmt: skip


def test_legal_hold_keeps_the_text_until_it_ends() -> None:
    """R46: the worker tells of its end once, and what is due is blanked then."""
    row = deleted()
    hold = held(row, NOON + 5 * DAY)
    assert blank_deleted(now=NOON + 5 * DAY - timedelta(seconds=1)) == 0
    assert text(row) != ""
    assert [tell_of_ended_holds(now=NOON + day * DAY) for day in (4, 5, 6)] == [0, 1, 0]
    assert (blank_deleted(now=NOON + 5 * DAY), text(row)) == (1, "")
    told = list(row.history.order_by("-seq").values_list("kind", "data")[:3])[::-1]
    assert told == [
        ("hold.set", {"hold": hold.pk, "until": hold.expires_at.isoformat()}),
        ("hold.expired", {"hold": hold.pk}),
        ("post.blanked", {"post": row.first_post_id}),
    ]


def test_lifted_hold_keeps_nothing_any_more() -> None:
    """R46."""
    row = deleted()
    hold = held(row)
    lift_hold(hold, by=ada(), now=NOON + 2 * DAY)
    assert (blank_deleted(now=NOON + 2 * DAY), text(row)) == (1, "")
    with pytest.raises(NotAllowed, match="ended already"):
        lift_hold(hold, by=ada(), now=NOON + 3 * DAY)
    assert tell_of_ended_holds(now=NOON + 99 * DAY) == 0


@pytest.mark.alike
def test_hold_is_set_and_lifted_by_those_who_deal_with_legal_matters() -> None:
    """R46."""
    row = deleted()
    hold = held(row)
    with pytest.raises(NotAllowed, match="may not deal with legal matters"):
        set_hold(row, reason="x", expires_at=NOON + DAY, by=mina(), now=NOON)
    with pytest.raises(NotAllowed, match="may not deal with legal matters"):
        lift_hold(hold, by=mina(), now=NOON)
    with pytest.raises(BadInput, match="Say why"):
        set_hold(row, reason=" ", expires_at=NOON + DAY, by=priya(), now=NOON)


@pytest.mark.alike
def test_hold_keeps_the_posts_of_a_claim_and_of_a_case_that_was_merged() -> None:
    row = deleted()
    other = case("Halcyon sells passport data, too", handle="omid")
    note_deletions("demo", [other.first_post.native_id], now=NOON)
    claim = note_claim(other, words="Halcyon", post=other.first_post, by=mina(), now=NOON)
    Claim.objects.filter(pk=claim.pk).update(case=row)
    held(row)
    assert blank_deleted(now=NOON + 2 * DAY) == 0
    into = case("Halcyon, once more", handle="zoe")
    Case.objects.filter(pk=other.pk).update(merged_into=into)
    claim.refresh_from_db()
    Claim.objects.filter(pk=claim.pk).update(post=None)
    Evidence.objects.filter(claim=claim).update(post=None)
    held(into)
    assert blank_deleted(now=NOON + 2 * DAY) == 0


def test_blanking_takes_the_words_and_the_evidence_of_claims_too() -> None:
    """R46: no copy is left beside the post; the hashes are, and prove that it was erased."""
    row = case("Halcyon sells passport data to advertisers", handle="rosa")
    note_claim(row, words="sells passport data", post=row.first_post, by=mina(), now=NOON)
    note_deletions("demo", [row.first_post.native_id], now=NOON)
    blank_deleted(now=NOON + DAY)
    assert Claim.objects.get().words == ""
    verdicts = [
        found for _, found in proofs(Evidence.objects.select_related("claim").order_by("pk"))
    ]
    assert verdicts == [Proof.ERASED, Proof.AWAITED]
    assert proof(Case.objects.get(pk=row.pk)).whole


@pytest.mark.alike
def test_customer_is_not_erased_while_a_hold_stands() -> None:
    """R46: and is, once it is lifted."""
    row = deleted()
    hold = held(row)
    with pytest.raises(NotAllowed, match=f"A legal hold on case {row.ref} keeps these texts"):
        erase_customer(row.customer, by=ada(), now=NOON)
    lift_hold(hold, by=ada(), now=NOON)
    erase_customer(row.customer, by=ada(), now=NOON)
    assert (text(row), LegalHold.objects.get().reason) == ("", "")
