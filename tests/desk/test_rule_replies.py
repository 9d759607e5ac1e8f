"""What rules write to customers: granted, capped, signed as what it is, and alike as it is meant to be."""

from typing import TYPE_CHECKING

import pytest

from amends.casework.automation import Act, Do, Rule, Trigger
from amends.desk.actions.delivery import claim_reply
from amends.desk.actions.guarding import check_text
from amends.desk.actions.rules import grant_rule, move_rule, revoke_grant, save_rule, switch_rule
from amends.desk.actions.ruling import run_rules
from amends.desk.actions.snippets import save_snippet
from amends.desk.models import OutgoingReply, RuleRun, Snippet
from tests.desk.test_ruling import HOUR, LATER, _send, did, label, rule, speaking
from tests.factories import NOON, case, heard_at_once, mention, store
from tests.people import ada, mina
from tests.web.support import undone

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.database


@pytest.mark.alike
def test_automatic_reply_is_a_snippets_text_signed_as_what_it_is_and_stops_no_clock() -> None:
    """R27: nobody wrote it, and it says so; a person still owes the first answer (R35)."""
    made, row = speaking(), case()
    run_rules(now=LATER)
    reply = row.replies.get()
    assert reply.text == (
        "Hello Rosa, a person reads this within the hour, and thank you for telling us."
        " (automatic reply)"
    )
    assert reply.rule is not None
    assert (reply.by, reply.rule.rule, reply.status) == (ada(), made, "ready")
    _send(LATER)
    row.refresh_from_db()
    assert (row.state, row.owner, row.answered_at, row.acknowledged_at) == ("new", None, None, None)
    assert row.unanswered_since is not None


@pytest.mark.alike
def test_automatic_reply_that_is_heard_before_it_is_settled_is_no_answer_either() -> None:
    """R35: whichever comes first, a person still owes the first answer."""
    speaking()
    row = case(conversation="c", native_id="first")
    run_rules(now=LATER)
    reply = claim_reply(now=LATER, holder="h")
    assert reply is not None
    store(
        mention(reply.text, ours=True, conversation="c", in_reply_to="first", handle="halcyonair")
    )
    row.refresh_from_db()
    assert (row.state, row.answered_at, row.acknowledged_at) == ("new", None, None)
    assert row.unanswered_since is not None


@pytest.mark.alike
def test_cap_holds_for_all_cases_of_a_rule_together() -> None:
    made = speaking(per_hour=2, per_day=3)
    heard_at_once(*(mention(f"Halcyon lost bag {n}", handle=f"p{n}") for n in range(4)))
    run_rules(now=LATER)
    assert OutgoingReply.objects.count() == 2
    said = {left[2] for run in made.runs.all() for left in run.left}
    assert said == {"The rule has written 2 times this hour, which is its cap."}
    heard_at_once(*(mention(f"Halcyon lost case {n}", handle=f"q{n}") for n in range(3)))
    run_rules(now=LATER + 2 * HOUR)
    assert OutgoingReply.objects.count() == 3


@pytest.mark.alike
def test_stop_of_the_guard_holds_an_automatic_reply() -> None:
    """R29: a blank that nobody filled in waits for somebody's approval."""
    speaking(text="Hello {customer.first_name}, we are on it. Write to us in private: {case.ref}.")
    row = case(handle="9lives")
    run_rules(now=LATER)
    reply = row.replies.get()
    assert (reply.status, "unfilled" in {code for code, *_ in reply.findings}) == ("held", True)
    assert did(row)[0][0] == "reply.held"


@pytest.mark.alike
def test_automatic_replies_may_be_alike_and_a_person_who_pastes_one_is_stopped() -> None:
    """R29: what is meant to be alike was granted so; the guard still looks for it in what people write."""
    speaking(per_hour=5, per_day=5)
    cases = [case(f"Halcyon lost {who}", handle=who) for who in ("rosa", "ben", "kim")]
    run_rules(now=LATER)
    assert [row.replies.get().status for row in cases] == ["ready"] * 3
    pasted, other = cases[0].replies.get().text, case(handle="ines")
    checked = check_text(
        other, pasted, channel=cases[0].replies.get().channel, target=other.first_post,
        private=False, closes_out=False, by=mina(),
    )  # fmt: skip
    assert "near_copy" in {one.code for one in checked.findings}


def test_case_gets_one_automatic_reply_a_day_and_the_rule_says_why_no_second() -> None:
    first = speaking()
    acts = (Act(Do.REPLY_IN_PUBLIC, str(Snippet.objects.get().pk)),)
    second = rule(*acts, on=False, name="Again")
    grant_rule(second, public=True, per_hour=5, per_day=5, by=ada(), now=NOON)
    switch_rule(second, on=True, by=ada(), now=NOON)
    move_rule(second, up=True, by=ada(), now=NOON)
    row = case()
    run_rules(now=LATER)
    assert [one.rule.rule for one in row.replies.all() if one.rule] == [second]
    (left,) = first.runs.get().left
    assert left[2] == "A rule wrote in this case within a day, so now people answer it."


def test_what_changed_since_the_grant_writes_to_nobody() -> None:
    made, row = speaking(), case()
    acts = (Act(Do.REPLY_IN_PUBLIC, made.data["acts"][0]["value"]), label())
    changes: dict[str, Callable[[], object]] = {
        "revoked": lambda: revoke_grant(made, by=ada(), now=NOON),
        "version": lambda: save_rule(
            made, name="Hello", rule=Rule(Trigger.OPENED, acts), by=ada(), now=NOON
        ),
        "snippet": lambda: save_snippet(
            Snippet.objects.get(), key="hello", name="Hello", texts={"en": "Buy now!"}, by=ada(), now=NOON,
        ),
        "off": lambda: switch_rule(made, on=False, by=ada(), now=NOON),
    }  # fmt: skip
    written = {}
    for how, change in changes.items():
        with undone():
            change()
            run_rules(now=LATER)
            written[how] = (row.replies.count(), RuleRun.objects.filter(left=[]).exists())
        made.refresh_from_db()
    assert written == dict.fromkeys(changes, (0, False))
