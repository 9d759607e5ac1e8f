"""Bulk actions with a preview count and undo (issue 5, item 10; what people expect of any desk)."""

from datetime import timedelta
from itertools import product

import pytest

from amends.casework import CaseState
from amends.casework.bulk import Bulk, Seen, back_to, check_bulk, would
from amends.casework.verbs import VERBS
from amends.desk.actions import add_note, label_case, proof, resolve_case
from amends.desk.actions.batches import Done, do_to_many, undo_batch
from amends.desk.actions.promises import make_promise
from amends.desk.models import Case, CaseBatch
from amends.desk.queries import InboxFilter, Tab
from amends.desk.queries.batches import chosen_cases, preview_of, undoable
from amends.terms import BadInput, NotAllowed
from tests.factories import NOON, case, channel, mention, store
from tests.people import ada, mina, noor, omar, sol
from tests.support.trying import Tried

pytestmark = [pytest.mark.database, pytest.mark.alike]

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


def cases(number: int = 3) -> list[Case]:
    channel()
    return store(*(mention(f"Halcyon lost bag {n}", handle=f"p{n}") for n in range(number)))


def fresh(rows: list[Case]) -> list[Case]:
    return list(Case.objects.filter(pk__in=[row.pk for row in rows]).order_by("pk"))


def do(rows: list[Case], kind: Bulk, value: str = "") -> Done:
    return do_to_many(rows, kind=kind, value=value, by=mina(), now=NOON)


def undo(done: Done) -> Done:
    return undo_batch(done.batch, by=mina(), now=NOON + MINUTE)


def standing(rows: list[Case]) -> list[tuple[str, int | None, int, bool, list[str]]]:
    return [
        (r.state, r.owner_id, r.priority, r.snoozed_until is not None,
         sorted(r.labels.values_list("name", flat=True)))
        for r in fresh(rows)
    ]  # fmt: skip


CHANGES = (
    (Bulk.LABEL, " Storm "), (Bulk.UNLABEL, "old"), (Bulk.ASSIGN, "omar"), (Bulk.ASSIGN, "0"),
    (Bulk.PRIORITY, "4"), (Bulk.SNOOZE, "60"), (Bulk.RESOLVE, ""), (Bulk.DISMISS, ""),
)  # fmt: skip


def test_what_is_done_to_many_is_previewed_done_and_undone() -> None:
    made, tried = cases(), Tried()
    for row in made:
        label_case(row, name="old", by=mina(), now=NOON)
    do(made, Bulk.PRIORITY, "2")
    for kind, value in CHANGES:
        with tried(f"{kind} {value}"):
            rows = fresh(made)
            if value == "0":
                do(rows, Bulk.ASSIGN, str(mina().pk))
            _there_and_back(rows, kind, str(omar().pk) if value == "omar" else value)
    assert not tried.wrong


def _there_and_back(rows: list[Case], kind: Bulk, value: str) -> None:
    before = standing(rows)
    shown = preview_of(kind, check_bulk(kind, value), fresh(rows))
    done = do(rows, kind, value)
    assert (done.changed, done.left) == (len(shown.changed), []) == (3, [])
    assert standing(rows) != before
    back = undo(done)
    open_again = [("open" if kind in {"resolve", "dismiss"} else s, *rest) for s, *rest in before]
    assert (back.changed, standing(rows)) == (3, open_again)
    assert all(proof(row).whole for row in fresh(rows))


def test_closing_needs_a_reason_and_closes_over_nothing_open() -> None:
    """R44, R42: the preview says how many and why not the others."""
    settled, laden, live = cases()
    for row in (settled, laden):
        resolve_case(row, by=mina(), now=NOON)
    make_promise(laden, words="Call", due_at=NOON + HOUR, by=mina(), now=NOON)
    with pytest.raises(BadInput, match="Closing many cases needs a reason"):
        check_bulk(Bulk.CLOSE, " ")
    shown = preview_of(Bulk.CLOSE, "x", fresh([settled, laden, live]))
    assert ([c.pk for c in shown.changed], len(shown.refused)) == ([settled.pk], 2)
    done = do([settled, laden, live], Bulk.CLOSE, "Answered in the press.")
    assert (done.changed, sorted(why for why, _ in done.left)) == (
        1, sorted(why for why, _ in shown.refused),
    )  # fmt: skip
    settled.refresh_from_db()
    assert (settled.state, settled.close_reason) == ("closed", "Answered in the press.")
    undo(done)
    assert [row.state for row in fresh([settled])] == ["resolved"]


def test_undo_touches_only_what_nobody_changed_since() -> None:
    """The issue: "bulk actions with a preview count and undo"."""
    rows = cases()
    second = rows[1]
    done = do(rows, Bulk.PRIORITY, "4")
    add_note(second, text="I am on this one", by=omar(), now=NOON)
    back = undo(done)
    assert (back.changed, back.left) == (2, [("Somebody changed the case since.", 1)])
    assert [row.priority == 4 for row in fresh(rows)] == [False, True, False]
    with pytest.raises(NotAllowed, match="undone already"):
        undo(done)


def test_undo_is_for_whoever_did_it_and_for_an_hour() -> None:
    done = do(cases(), Bulk.PRIORITY, "4")
    with pytest.raises(NotAllowed, match="Only whoever did it"):
        undo_batch(done.batch, by=omar(), now=NOON)
    assert undoable(mina(), now=NOON + 59 * MINUTE) == done.batch
    assert (undoable(mina(), now=NOON + HOUR), undoable(omar(), now=NOON)) == (None, None)
    with pytest.raises(NotAllowed, match="more than an hour ago"):
        undo_batch(done.batch, by=mina(), now=NOON + 2 * HOUR)


def test_what_is_so_already_is_counted_and_not_touched() -> None:
    rows = cases(2)
    label_case(rows[0], name="storm", by=mina(), now=NOON)
    shown = preview_of(Bulk.LABEL, "storm", fresh(rows))
    done = do(rows, Bulk.LABEL, "storm")
    assert ([c.pk for c in shown.changed], shown.same, done.changed) == ([rows[1].pk], 1, 1)
    undo(done)
    assert [bool(labels) for *_, labels in standing(rows)] == [True, False]


def test_cases_are_chosen_by_name_or_by_filter_as_far_as_one_may_see_them() -> None:
    public, private = case(handle="a"), case(handle="zed", private=True)
    refs = [public.ref, private.ref, "NOPE"]
    assert chosen_cases(ada(), refs=refs) == [public, private]
    assert chosen_cases(sol(), refs=refs) == [public]
    assert chosen_cases(ada(), wanted=InboxFilter(Tab.UNASSIGNED, search="@zed")) == [private]
    with pytest.raises(BadInput, match="Choose some cases first"):
        chosen_cases(sol(), refs=[private.ref])


def test_too_many_at_once_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = cases(3)
    monkeypatch.setattr("amends.desk.queries.batches.MOST", 2)
    with pytest.raises(BadInput, match="At most 2 cases are changed at once"):
        chosen_cases(ada(), wanted=InboxFilter())
    monkeypatch.setattr("amends.desk.actions.batches.MOST", 2)
    with pytest.raises(BadInput, match="Choose 1 to 2 cases"):
        do(rows, Bulk.LABEL, "x")


def test_role_that_changes_no_case_changes_no_hundred() -> None:
    """R50."""
    with pytest.raises(NotAllowed):
        do_to_many(cases(), kind=Bulk.LABEL, value="x", by=noor(), now=NOON)
    assert CaseBatch.objects.count() == 0


def test_preview_refuses_what_the_table_of_verbs_refuses() -> None:
    value = {"label": "y", "unlabel": "x", "assign": "1", "priority": "4", "snooze": "5"}
    for kind, state in product(Bulk, CaseState):
        seen = Seen(state=state, owner=None, priority=2, labels=frozenset({"x"}))
        refused = would(kind, value.get(kind, "why"), seen)
        assert (refused is None) == (state in VERBS[str(kind)].states), (kind, state)


def test_settled_case_comes_back_to_where_it_was() -> None:
    assert [back_to(CaseState(one)) for one in ("new", "open", "waiting", "resolved")] == [
        ("open",), ("open",), ("open", "waiting"), ("open", "resolved"),
    ]  # fmt: skip
