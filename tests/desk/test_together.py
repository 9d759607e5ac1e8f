"""Together at a case: who is there, who is given a heads-up, and that nothing is overwritten."""

from datetime import timedelta

import pytest

from amends.casework import Priority
from amends.casework.together import STAYS
from amends.desk.actions import add_note, assign_case, prioritise_case, queue_reply
from amends.desk.actions.routing import hand_over_case
from amends.desk.actions.together import be_at, leave, see_heads_ups
from amends.desk.models import HeadsUp, Presence
from amends.desk.queries.together import Beside, heads_ups_for, heads_ups_unseen, others_at
from amends.terms import Stale
from tests.factories import NOON, case
from tests.people import mina, noor, omar, priya, sol, vic

pytestmark = pytest.mark.database

SECOND = timedelta(seconds=1)


def test_colleague_who_has_the_case_open_or_writes_is_seen_until_they_go() -> None:
    """Before: the second of two is told."""
    row = case()
    be_at(row, by=omar(), now=NOON)
    be_at(row, by=mina(), now=NOON, writing="public")
    be_at(row, by=vic(), now=NOON)  # changes nothing, so is in nobody's way
    seen = others_at([row.pk], now=NOON + SECOND, besides=priya())
    both = [Beside(mina().pk, "Mina Kaya", "public"), Beside(omar().pk, "Omar Haddad", "")]
    assert seen == {row.pk: both}
    leave(row, by=mina(), mode="public")
    beside = others_at([row.pk], now=NOON + SECOND, besides=omar())
    assert beside == {row.pk: [Beside(mina().pk, "Mina Kaya", "")]}
    assert others_at([row.pk], now=NOON + STAYS, besides=omar()) == {}


def test_being_there_is_written_now_and_then_only() -> None:
    row = case()
    for seconds in (0, 1, 2, 30):
        be_at(row, by=mina(), now=NOON + seconds * SECOND)
    assert Presence.objects.get().seen_at == NOON + 30 * SECOND
    be_at(row, by=mina(), now=NOON + 31 * SECOND)
    assert Presence.objects.get().seen_at == NOON + 30 * SECOND


def test_second_of_two_who_answer_is_told_at_sending_and_loses_nothing() -> None:
    """At sending: what was answered meanwhile is read first."""
    row = case()
    queue_reply(row, text="Sorry", private=False, by=mina(), now=NOON, attempt="a", seen_replies=0)
    with pytest.raises(Stale, match="answered this case meanwhile"):
        queue_reply(
            row, text="So sorry", private=False, by=omar(), now=NOON, attempt="b", seen_replies=0
        )
    assert [(one.by, one.text) for one in row.replies.all()] == [(mina(), "Sorry")]


@pytest.mark.alike
def test_owner_and_priority_that_a_colleague_changed_are_not_overwritten() -> None:
    row = case(complaint=0.6)
    assign_case(row, to=mina(), by=mina(), now=NOON, seen_owner=0)
    with pytest.raises(Stale, match="Mina Kaya has it now"):
        assign_case(row, to=omar(), by=omar(), now=NOON, seen_owner=0)
    prioritise_case(row, priority=Priority.URGENT, by=mina(), now=NOON, seen=Priority.NORMAL)
    with pytest.raises(Stale, match="made this case urgent meanwhile"):
        prioritise_case(row, priority=Priority.LOW, by=omar(), now=NOON, seen=Priority.NORMAL)
    row.refresh_from_db()
    assert (row.owner, row.priority) == (mina(), Priority.URGENT)


def test_colleagues_named_in_a_note_get_a_heads_up() -> None:
    row = case()
    omar(), priya(), noor()
    note = add_note(
        row, text="@Omar, @mina: do you know this? @nobody", by=mina(), now=NOON,
        heads_up=[priya().pk, 0],
    )  # fmt: skip
    assert set(note.heads_ups.values_list("to", flat=True)) == {omar().pk, priya().pk}
    assert row.history.latest("seq").data == {"note": note.pk, "told": [omar().pk, priya().pk]}
    assert [one.note for one in heads_ups_for(omar())] == [note]
    assert (heads_ups_unseen(omar()), heads_ups_unseen(noor())) == (1, 0)
    assert (see_heads_ups(by=omar(), now=NOON, case=row), heads_ups_unseen(omar())) == (1, 0)


def test_nobody_gets_a_heads_up_on_a_case_that_they_may_not_see() -> None:
    row = case(private=True, to_us=True)
    sol()
    add_note(row, text="@Sol and @Omar", by=mina(), now=NOON)
    assert not HeadsUp.objects.exists()
    omar()
    add_note(row, text="@Sol and @Omar", by=mina(), now=NOON)
    assert list(HeadsUp.objects.values_list("to", flat=True)) == [omar().pk]


@pytest.mark.alike
def test_note_of_a_hand_over_gives_heads_ups_too() -> None:
    row = case()
    priya()
    hand_over_case(row, to=omar(), note="@Priya knows them.", by=mina(), now=NOON)
    assert heads_ups_unseen(priya()) == 1
