"""Making amends: fault, second chance, remedies, promises, and what keeps a case from closing."""

from collections import Counter
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from amends.casework import Role
from amends.casework.fault import Fault, SecondChance
from amends.casework.remedies import RemedyKind
from amends.desk.actions import (
    close_case,
    dismiss_case,
    erase_customer,
    proof,
    queue_reply,
    reopen_case,
    resolve_case,
)
from amends.desk.actions.amends import (
    approve_remedy,
    cancel_remedy,
    deliver_remedy,
    determine_fault,
    note_second_chance,
    offer_remedy,
    refuse_remedy,
    set_authority,
)
from amends.desk.actions.delivery import claim_reply, settle_sent
from amends.desk.actions.guarding import Guarded
from amends.desk.actions.promises import (
    drop_promise,
    keep_promise,
    make_promise,
    move_promise,
    tell_of_broken,
)
from amends.desk.models import Case, Promise, Remedy
from amends.desk.queries.ledger import limits, open_matters, totals
from amends.terms import Author, BadInput, NotAllowed, Published
from tests.factories import NOON, case
from tests.people import ada, mina, noor, omar, priya
from tests.support.trying import Tried

pytestmark = pytest.mark.database

HOUR = timedelta(hours=1)
DAY = date(2026, 3, 9)


def kinds(row: Case) -> list[str]:
    return list(row.history.order_by("seq").values_list("kind", flat=True))[1:]


def determine(row: Case, fault: Fault = Fault.OURS, **facts: Any) -> None:
    ours = {"fix": "A new scanner", "fix_on": DAY} if fault is Fault.OURS else {}
    asked = {"facts": "The scanner in Oslo was off.", "by": mina(), "now": NOON, **ours, **facts}
    determine_fault(row, fault=fault, **asked)
    row.refresh_from_db()


def send(row: Case, text: str, **facts: Any) -> None:
    """A reply all the way to the network."""
    number = row.replies.count()
    queue_reply(
        row, text=text, private=False, by=mina(), now=NOON, attempt=f"a{row.pk}-{number}",
        anyway="It is right.", **facts,
    )  # fmt: skip
    claimed = claim_reply(now=NOON, holder="w")
    assert claimed is not None
    published = Published(id=f"o{row.pk}-{number}", url=None, at=NOON)
    settle_sent(claimed, published, us=Author(id="us", handle="halcyonair"), now=NOON)
    row.refresh_from_db()


@pytest.mark.alike
def test_fault_says_who_determined_it_when_and_on_what_facts() -> None:
    """R38; the event holds no text, which can be erased."""
    row = case()
    determine(row)
    made = row.determinations.get()
    assert (made.fault, made.by, made.at, made.facts) == (
        "ours", mina(), NOON, "The scanner in Oslo was off.",
    )  # fmt: skip
    event = row.history.get(kind="fault.determined")
    assert (event.actor, event.data) == (mina(), {"fault": "ours", "determination": made.pk})
    assert (row.fault, proof(row).whole) == ("ours", True)


@pytest.mark.alike
def test_what_was_determined_before_stays_in_the_history() -> None:
    row = case()
    determine(row, Fault.UNCLEAR)
    determine(row)
    found = list(row.determinations.order_by("pk").values_list("fault", flat=True))
    assert (found, row.fault) == (["unclear", "ours"], "ours")


APOLOGY = "I am sorry, Rosa, this was our mistake. Your bag is on the van and comes today. ^MK"


@pytest.mark.alike
def test_apology_of_fault_needs_that_it_is_ours() -> None:
    """R38, R40: the guard stops taking on what is another's, and asks where nobody determined it."""
    opened, tried = case().pk, Tried()
    asked: dict[str, Any] = {
        "text": APOLOGY, "private": False, "by": mina(), "now": NOON, "attempt": "a",
    }  # fmt: skip
    for fault in (None, *Fault):
        with tried(fault):
            row = Case.objects.get(pk=opened)
            if fault is not None:
                determine(row, fault)
            if fault is Fault.OURS:
                assert queue_reply(row, **asked).status == "ready"
            else:
                with pytest.raises(Guarded):
                    queue_reply(row, **asked)
    assert not tried.wrong


def test_fault_of_ours_is_owned_once_and_not_in_each_reply() -> None:
    """R39: the guard asks the first reply after it was determined to own it."""
    row = case()
    determine(row)
    second = {"text": "Your bag is at the desk in Oslo now, Rosa. ^MK", "private": False}
    with pytest.raises(Guarded):
        queue_reply(row, **second, by=mina(), now=NOON, attempt="b")  # type: ignore[arg-type]
    send(row, APOLOGY)
    assert queue_reply(row, **second, by=mina(), now=NOON, attempt="c").status == "ready"  # type: ignore[arg-type]


def test_second_chance_and_its_outcome_are_tracked() -> None:
    """R40."""
    row = case()
    determine(row, Fault.THIRD_PARTY)
    note_second_chance(row, chance=SecondChance.ASKED, by=mina(), now=NOON)
    note_second_chance(row, chance=SecondChance.GIVEN, by=mina(), now=NOON)
    row.refresh_from_db()
    assert row.second_chance == "given"
    assert kinds(row) == ["fault.determined", "second_chance.asked", "second_chance.answered"]


def credit(row: Case, amount: str = "20", **facts: Any) -> Remedy:
    asked: dict[str, Any] = {
        "kind": RemedyKind.CREDIT,
        "currency": "EUR",
        "by": mina(),
        "now": NOON,
    }
    return offer_remedy(row, amount=Decimal(amount), **(asked | facts))


@pytest.mark.alike
def test_remedy_within_the_limit_is_given_at_once() -> None:
    """R41: amount, currency, delivery."""
    row = case()
    remedy = deliver_remedy(credit(row), by=omar(), now=NOON + HOUR)
    assert (remedy.status, remedy.delivered_at) == ("delivered", NOON + HOUR)
    assert kinds(row) == ["remedy.offered", "remedy.delivered"]
    assert row.history.get(kind="remedy.offered").data == {
        "remedy": remedy.pk, "what": "credit", "waits": False,
    }  # fmt: skip


@pytest.mark.alike
def test_over_the_limit_waits_for_somebody_else_who_may_give_as_much() -> None:
    """R41: approval by someone else."""
    remedy = credit(case(), "80")
    assert remedy.status == "waiting"
    with pytest.raises(NotAllowed, match="A remedy that is waiting cannot become delivered"):
        deliver_remedy(remedy, by=mina(), now=NOON)
    with pytest.raises(NotAllowed, match="You may not approve remedies"):
        approve_remedy(remedy, by=omar(), now=NOON)
    approved = approve_remedy(remedy, by=priya(), now=NOON)
    assert (approved.status, approved.decided_by) == ("approved", priya())


@pytest.mark.alike
def test_nobody_approves_their_own_or_more_than_their_role_may_give() -> None:
    own, large = credit(case(), "900", by=priya()), credit(case(handle="omar"), "900")
    with pytest.raises(NotAllowed, match="Nobody approves their own remedy"):
        approve_remedy(own, by=priya(), now=NOON)
    with pytest.raises(NotAllowed, match=r"900\.00 EUR is more than your role may give"):
        approve_remedy(large, by=priya(), now=NOON)
    assert refuse_remedy(large, by=priya(), now=NOON).status == "refused"


@pytest.mark.alike
def test_administrator_sets_how_much_each_role_may_give() -> None:
    set_authority({Role.RESPONDER: Decimal(5)}, by=ada())
    assert (limits()[Role.RESPONDER], credit(case(), "20").status) == (Decimal(5), "waiting")
    for wrong in ({Role.VIEWER: Decimal(1)}, {Role.LEAD: Decimal("NaN")}, {Role.LEAD: Decimal(-1)}):
        with pytest.raises(BadInput):
            set_authority(wrong, by=ada())
    with pytest.raises(NotAllowed):
        set_authority({Role.RESPONDER: Decimal(10**6)}, by=mina())


def test_totals_by_cause() -> None:
    """R41."""
    row, other = case(), case(handle="omar")
    determine(row)
    for where, amount in ((row, "20"), (row, "5.50"), (other, "1")):
        deliver_remedy(credit(where, amount), by=mina(), now=NOON)
    credit(row, "9")
    found = [(t.fault, t.number, t.amount) for t in totals(ada(), since=NOON, till=NOON)]
    assert found == [("", 1, Decimal("1.00")), ("ours", 2, Decimal("25.50"))]


@pytest.mark.alike
def test_promise_in_a_reply_is_kept_with_a_due_date_once_it_went_out() -> None:
    """Promises made in replies are kept as promises."""
    row = case()
    send(row, "So sorry, Rosa. We will call you tomorrow about the black suitcase. ^MK")
    (promise,) = row.promises.all()
    assert ("tomorrow" in promise.words, promise.due_at) == (
        True,
        NOON.replace(day=NOON.day + 1, hour=23, minute=59),
    )
    assert (promise.by, promise.reply) == (mina(), row.replies.get())
    assert "promise.made" in kinds(row)


def promise(row: Case) -> Promise:
    return make_promise(row, words="Call back", due_at=NOON + HOUR, by=mina(), now=NOON)


def test_broken_promise_alarms_once() -> None:
    row = case()
    made = promise(row)
    assert [tell_of_broken(now=NOON + n * HOUR) for n in (0.5, 1, 2)] == [0, 1, 0]
    move_promise(made, due_at=NOON + 5 * HOUR, by=mina(), now=NOON + 2 * HOUR)
    assert [tell_of_broken(now=NOON + n * HOUR) for n in (4, 6)] == [0, 1]
    told = row.history.filter(kind="promise.broken")
    assert [(event.actor, event.data) for event in told] == [(None, {"promise": made.pk})] * 2
    row.refresh_from_db()
    assert proof(row).whole


def test_promise_that_was_kept_or_dropped_alarms_nobody() -> None:
    row = case()
    keep_promise(promise(row), by=omar(), now=NOON)
    gone = drop_promise(promise(row), by=omar(), now=NOON)
    assert tell_of_broken(now=NOON + 9 * HOUR) == 0
    with pytest.raises(NotAllowed, match="settled already"):
        keep_promise(gone, by=omar(), now=NOON)


def test_case_closes_over_nothing_that_is_open() -> None:
    """R42, R44: neither in public nor by hand, nor is it dismissed; a reason does not help."""
    row = case()
    credit(row)
    offer_remedy(
        row, kind=RemedyKind.LETTER, what="A letter", amount=Decimal(80), currency="EUR",
        by=mina(), now=NOON,
    )  # fmt: skip
    promise(row)
    words = "Still open: a credit that is not delivered, a letter that waits for approval and a promise."
    row = resolve_case(row, by=mina(), now=NOON)
    with pytest.raises(NotAllowed, match=words):
        send(row, "Your black suitcase is home again, Rosa. ^MK", closes_out=True)
    Case.objects.filter(pk=row.pk).update(closed_out_at=NOON)
    row.refresh_from_db()
    with pytest.raises(NotAllowed, match=words):
        close_case(row, reason="She moved away.", by=mina(), now=NOON)
    reopen_case(row, by=mina(), now=NOON)
    with pytest.raises(NotAllowed, match=words):
        dismiss_case(row, by=mina(), now=NOON)
    assert "case.closed" not in kinds(row)


@pytest.mark.alike
def test_case_closes_once_all_is_settled() -> None:
    row = case()
    cancel_remedy(credit(row), by=mina(), now=NOON)
    keep_promise(promise(row), by=mina(), now=NOON)
    assert open_matters(row) == Counter()
    row = resolve_case(row, by=mina(), now=NOON)
    send(row, "Your black suitcase is home again, Rosa. ^MK", closes_out=True)
    assert (row.state, row.closed_out_at) == ("closed", NOON)


@pytest.mark.alike
def test_roles_that_change_no_case_make_no_amends() -> None:
    row, who = case(), noor()
    remedy, made = credit(row), promise(row)
    for act in (
        lambda: determine(row, by=who),
        lambda: note_second_chance(row, chance=SecondChance.ASKED, by=who, now=NOON),
        lambda: credit(row, by=who),
        lambda: deliver_remedy(remedy, by=who, now=NOON),
        lambda: make_promise(row, words="x", due_at=NOON + HOUR, by=who, now=NOON),
        lambda: keep_promise(made, by=who, now=NOON),
    ):
        with pytest.raises(NotAllowed, match="The role analyst may not change a case"):
            act()


@pytest.mark.alike
def test_erasing_a_customer_erases_the_words_of_the_ledger() -> None:
    row = case()
    determine(row)
    offer_remedy(row, kind=RemedyKind.NOTE, what="Dear Rosa", by=mina(), now=NOON)
    promise(row)
    erase_customer(row.customer, by=ada(), now=NOON)
    words = [
        *row.determinations.values_list("facts", "fix"),
        *row.remedies.values_list("what"),
        *row.promises.values_list("words"),
    ]
    row.refresh_from_db()
    assert ({text for one in words for text in one}, proof(row).whole) == ({""}, True)
