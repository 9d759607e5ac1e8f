"""What rules do (issue 5, item 10): on what happened, once, never in circles, never unasked in public."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from amends.casework.automation import STEPS, Act, Condition, Do, Fact, Rule, Trigger
from amends.desk.actions import proof, queue_reply
from amends.desk.actions.book import arrivals_of
from amends.desk.actions.clockwork import sound_alarms
from amends.desk.actions.delivery import claim_reply, settle_sent
from amends.desk.actions.intake import Circumstances, take_in
from amends.desk.actions.rules import (
    grant_rule,
    move_rule,
    remove_rule,
    save_rule,
    switch_rule,
)
from amends.desk.actions.ruling import run_rules
from amends.desk.actions.snippets import save_snippet
from amends.desk.models import (
    Case,
    HeadsUp,
    PostRow,
    ReadingRow,
    RuleDue,
    RuleRow,
    RuleRun,
    Team,
)
from amends.terms import Author, BadInput, NotAllowed, Published, Stale
from tests.factories import NOON, brand, case, heard, mention, store
from tests.people import ada, mina, omar, priya

pytestmark = pytest.mark.database

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
LATER = NOON + MINUTE


def rule(*acts: Act, on: bool = True, name: str = "German", **facts: Any) -> RuleRow:
    made = Rule(**({"trigger": Trigger.OPENED, "acts": acts} | facts))
    row = save_rule(None, name=name, rule=made, by=ada(), now=NOON - HOUR)
    return switch_rule(row, on=on, by=ada(), now=NOON - HOUR) if on else row


def did(row: Case) -> list[tuple[str, dict[str, Any]]]:
    """What rules wrote in the case's history."""
    events = row.history.order_by("seq")
    return [(one.kind, one.data) for one in events if "rule" in one.data]


def label(name: str = "de") -> Act:
    return Act(Do.LABEL, name)


def test_case_that_opens_is_labelled_handed_on_and_told_of() -> None:
    """The issue's sentence: label it, hand it on, tell the lead; each act names rule and version."""
    lead = priya()
    made = rule(label(), Act(Do.PERSON, str(omar().pk)), Act(Do.TELL, "leads"))
    row = case()
    assert (run_rules(now=LATER), run_rules(now=LATER)) == (1, 0)
    mark = {"rule": made.pk, "version": 1}
    assert did(row) == [
        ("case.labelled", {"label": row.labels.get().pk} | mark),
        ("case.assigned", {"to": omar().pk} | mark),
        ("case.told", {"told": [lead.pk]} | mark),
    ]
    row.refresh_from_db()
    assert (row.owner, row.labels.get().name, proof(row).whole) == (omar(), "de", True)
    assert HeadsUp.objects.get().to == lead
    assert RuleRun.objects.get().did == [
        ["label", "de"],
        ["person", str(omar().pk)],
        ["tell", "leads"],
    ]


def test_rule_sees_network_language_and_how_far_a_complaint_goes() -> None:
    severe = Condition(Fact.SEVERITY, ("accusation",))
    rule(label(), conditions=(Condition(Fact.NETWORK, ("demo",)), severe))
    hot, calm = case(handle="hot"), case(handle="calm")
    ReadingRow.objects.filter(post=hot.first_post).update(severity=STEPS.index("blame"))
    run_rules(now=LATER)
    assert [bool(did(row)) for row in (hot, calm)] == [True, False]


@pytest.mark.alike
def test_rule_that_is_off_or_came_later_does_nothing() -> None:
    """No rule falls upon what happened before it was there."""
    early = case(handle="early")
    rule(label())
    off = rule(label("off"), name="Off", on=False)
    row = case(handle="late")
    assert run_rules(now=LATER) == 1
    assert (did(early), [kind for kind, _ in did(row)]) == ([], ["case.labelled"])
    assert not RuleRun.objects.filter(rule=off).exists()


@pytest.mark.alike
def test_act_of_a_rule_sets_off_no_rule() -> None:
    """Loops are impossible: all rules see the case as it was, and what they do is no trigger."""
    rule(label("a"), name="A", conditions=(Condition(Fact.LABEL, ("b",), but=True),))
    rule(label("b"), name="B", conditions=(Condition(Fact.LABEL, ("a",), but=True),))
    row = case()
    run_rules(now=LATER)
    assert set(row.labels.values_list("name", flat=True)) == {"a", "b"}
    assert (RuleDue.objects.count(), run_rules(now=LATER + HOUR)) == (0, 0)


def test_same_happening_is_never_answered_twice() -> None:
    """At most once per rule, case and what happened, whatever is written down again."""
    made = rule(Act(Do.NOTE, "Look at this"))
    row = case()
    due = RuleDue.objects.get()
    run_rules(now=LATER)
    due.pk = None
    due.save()
    run_rules(now=LATER)
    note = row.notes.get()
    assert (note.text, note.rule.rule if note.rule else None) == ("Look at this", made)


@pytest.mark.alike
def test_customer_who_answers_sets_off_a_rule_but_bystanders_do_not() -> None:
    rule(label("again"), trigger=Trigger.ANSWERED)
    row = case(conversation="c", native_id="first")
    store(mention("More of it", conversation="c"))  # before anybody spoke: no answer
    _answer(row)
    store(mention("Me too!", handle="other", conversation="c", in_reply_to="first"))
    assert run_rules(now=LATER) == 0
    store(mention("No, still nothing", conversation="c", at=NOON + 2 * HOUR))
    assert run_rules(now=NOON + 3 * HOUR) == 1
    assert [kind for kind, _ in did(row)] == ["case.labelled"]


def _answer(row: Case, text: str = "We found it in Oslo. ^MK") -> None:
    queue_reply(row, text=text, private=True, by=mina(), now=LATER, attempt="a" * 32)
    _send(LATER)


def _send(now: datetime) -> None:
    reply = claim_reply(now=now, holder="h")
    assert reply is not None
    us = Author(id="us", handle="halcyonair")
    settle_sent(reply, Published(id=f"r{reply.pk}", url=None, at=now), us=us, now=now)


@pytest.mark.alike
def test_clock_that_runs_out_sets_off_a_rule_that_asks_which() -> None:
    """R35: a breach is an event."""
    missed = Condition(Fact.CLOCK, ("acknowledgement",))
    rule(Act(Do.PRIORITY, "4"), trigger=Trigger.BREACHED, conditions=(missed,))
    row = case()
    sound_alarms(now=NOON + 5 * HOUR)
    run_rules(now=NOON + 5 * HOUR)
    row.refresh_from_db()
    assert (row.priority, [kind for kind, _ in did(row)]) == (4, ["case.prioritised"])


def test_case_that_waits_sets_off_a_rule_once_its_time_has_come() -> None:
    rule(Act(Do.TELL, "owner"), label("slow"), trigger=Trigger.WAITED, after=240)
    row = case(handle="a", at=NOON)
    assert run_rules(now=NOON + 3 * HOUR) == 0
    assert run_rules(now=NOON + 5 * HOUR) == 1
    assert did(row)[0][0] == "rule.left"  # it has no owner who could be told
    assert did(row)[1][0] == "case.labelled"
    assert run_rules(now=NOON + 9 * HOUR) == 0


@pytest.mark.alike
def test_wait_that_ended_or_was_made_longer_sets_off_nothing() -> None:
    made = rule(label("slow"), trigger=Trigger.WAITED, after=240)
    answered, waiting = case(handle="a", at=NOON), case(handle="b", at=NOON)
    _answer(answered)
    longer = Rule(Trigger.WAITED, (label("slow"),), after=480)
    save_rule(made, name="German", rule=longer, by=ada(), now=NOON + HOUR)
    run_rules(now=NOON + 5 * HOUR)
    assert (did(answered), did(waiting)) == ([], [])
    run_rules(now=NOON + 9 * HOUR)
    assert [bool(did(row)) for row in (answered, waiting)] == [False, True]


@pytest.mark.alike
def test_rule_snoozes_and_hands_to_a_team() -> None:
    team = Team.objects.create(name="Berlin")
    rule(Act(Do.TEAM, str(team.pk)), Act(Do.SNOOZE, "60"))
    row = case()
    run_rules(now=LATER)
    row.refresh_from_db()
    assert (row.team, row.snoozed_until) == (team, LATER + HOUR)
    assert [kind for kind, _ in did(row)] == ["case.handed_over", "case.snoozed"]


@pytest.mark.alike
def test_what_cannot_be_done_is_left_with_its_reason_and_the_rest_is_done() -> None:
    somebody = omar()
    made = rule(Act(Do.PERSON, str(somebody.pk)), label())
    somebody.is_active = False
    somebody.save(update_fields=["is_active"])
    row = case()
    run_rules(now=LATER)
    assert [kind for kind, _ in did(row)] == ["rule.left", "case.labelled"]
    (left,) = made.runs.get().left
    assert left[2] == "Whom the rule names can own no case. Choose somebody else in it."


@pytest.mark.alike
def test_every_change_is_kept_with_who_and_when_and_what_was_before() -> None:
    made = rule(label("a"))
    save_rule(made, name="Other", rule=Rule(Trigger.OPENED, (label("b"),)), by=ada(), now=NOON)
    switch_rule(made, on=False, by=ada(), now=NOON)
    remove_rule(made, by=ada(), now=NOON)
    before = [(v.number, v.name, v.data["acts"][0]["value"]) for v in made.versions.order_by("pk")]
    assert before == [(1, "German", "a"), (2, "Other", "b")]
    kinds = [(c.kind, c.number, c.by) for c in made.changes.order_by("pk")]
    assert kinds == [
        ("saved", 1, ada()), ("switched_on", 1, ada()), ("saved", 2, ada()),
        ("switched_off", 2, ada()), ("removed", 2, ada()),
    ]  # fmt: skip


@pytest.mark.alike
def test_rule_is_set_up_by_those_who_may_and_by_one_at_a_time() -> None:
    made = rule(label())
    with pytest.raises(NotAllowed):
        save_rule(made, name="x", rule=Rule(Trigger.OPENED, (label(),)), by=mina(), now=NOON)
    with pytest.raises(Stale, match="Somebody changed this rule meanwhile"):
        save_rule(made, name="x", rule=Rule(Trigger.OPENED, (label(),)), by=ada(), now=NOON, seen=7)
    gone = Rule(Trigger.OPENED, (Act(Do.REPLY_IN_PRIVATE, "99"),))
    with pytest.raises(BadInput, match="a snippet who or that is gone"):
        save_rule(None, name="y", rule=gone, by=ada(), now=NOON)


SAYS = "Hello {customer.first_name}, a person reads this within the hour, and thank you for telling us."


def speaking(
    *, public: bool = True, per_hour: int = 2, per_day: int = 3, text: str = SAYS
) -> RuleRow:
    snippet = save_snippet(
        None, key="hello", name="Hello", texts={"en": text}, by=ada(), now=NOON - 2 * HOUR
    )
    do = Do.REPLY_IN_PUBLIC if public else Do.REPLY_IN_PRIVATE
    made = rule(Act(do, str(snippet.pk)), on=False, name="Hello")
    grant_rule(made, public=public, per_hour=per_hour, per_day=per_day, by=ada(), now=NOON - HOUR)
    return switch_rule(made, on=True, by=ada(), now=NOON - HOUR)


@pytest.mark.alike
def test_rule_writes_in_public_only_by_an_administrators_grant() -> None:
    """The issue: "cannot post in public without an explicit grant and a rate cap"."""
    snippet = save_snippet(None, key="x", name="x", texts={"en": "Hi"}, by=ada(), now=NOON)
    made = rule(Act(Do.REPLY_IN_PUBLIC, str(snippet.pk)), on=False)
    with pytest.raises(NotAllowed, match="Grant it that first, with a cap"):
        switch_rule(made, on=True, by=ada(), now=NOON)
    with pytest.raises(NotAllowed):
        grant_rule(made, public=True, per_hour=1, per_day=1, by=priya(), now=NOON)
    with pytest.raises(BadInput, match="This rule replies in public"):
        grant_rule(made, public=False, per_hour=1, per_day=1, by=ada(), now=NOON)
    for hour, day in ((0, 5), (6, 5), (1, 10_000)):
        with pytest.raises(BadInput, match="Choose a cap"):
            grant_rule(made, public=True, per_hour=hour, per_day=day, by=ada(), now=NOON)


@pytest.mark.alike
def test_worker_that_dies_midway_has_done_nothing_and_the_next_one_does_all(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Exactly once over a crash: what a rule does and the note that it has to are one transaction."""
    speaking(public=False)
    row = case()

    def die(*_: object, **__: object) -> None:
        raise SystemExit

    with monkeypatch.context() as patch:
        patch.setattr("amends.desk.actions.ruling.RuleRun.objects.create", die)
        with pytest.raises(SystemExit):
            run_rules(now=LATER)
    assert (row.replies.count(), did(row), RuleDue.objects.count()) == (0, [], 1)
    run_rules(now=LATER)
    assert (row.replies.count(), RuleDue.objects.count()) == (1, 0)


@pytest.mark.alike
def test_rule_that_stumbles_is_tried_again_and_given_up_in_the_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rule(label())
    case()
    monkeypatch.setattr("amends.desk.actions.ruling._follow", lambda *_: 1 / 0)
    tries = [run_rules(now=NOON + n * HOUR) for n in range(1, 9)]
    assert (tries, RuleDue.objects.count()) == ([1, 1, 1, 1, 1, 0, 0, 0], 0)


@pytest.mark.alike
def test_history_that_is_read_in_sets_off_no_rule() -> None:
    """Old posts are no news."""
    rule(label())
    post = heard("Halcyon, hello", complaint=0.1)
    PostRow.objects.filter(pk=post.pk).update(to_us=True)
    around = Circumstances(
        brand=brand(), channel=None, threshold=0.05, now=NOON, new_ref=lambda: "H1", history=True
    )
    opened = take_in(arrivals_of([PostRow.objects.get(pk=post.pk)]), around)
    assert (len(opened), RuleDue.objects.count()) == (1, 0)


@pytest.mark.alike
def test_rules_run_in_their_order_and_the_last_has_the_last_word() -> None:
    to_omar = rule(Act(Do.PERSON, str(omar().pk)), name="To Omar")
    rule(Act(Do.PERSON, str(mina().pk)), name="To Mina")
    move_rule(to_omar, up=False, by=ada(), now=NOON)
    row = case()
    run_rules(now=LATER)
    row.refresh_from_db()
    assert ([data["to"] for _, data in did(row)], row.owner) == ([mina().pk, omar().pk], omar())
