"""The guard at the desk (R28 to R34, R38): what passes, what needs a reason, what needs a colleague."""

from decimal import Decimal

import pytest

from amends.casework import Role
from amends.desk.actions import (
    approve_reply,
    cancel_reply,
    erase_customer,
    proof,
    queue_reply,
    refuse_reply,
    save_guard_rules,
)
from amends.desk.actions.amends import set_authority
from amends.desk.actions.delivery import claim_reply
from amends.desk.actions.guarding import Guarded, check_text
from amends.desk.models import Case, CaseEvent, GuardRules, OutgoingReply
from amends.desk.queries.guarding import policy_in_force, try_policy
from amends.guard import Policy
from amends.terms import BadInput, NotAllowed
from tests.factories import NOON, case, mention, store
from tests.people import ada, mina, noor, omar, priya

pytestmark = [pytest.mark.database, pytest.mark.alike]

THREAT = "Delete this tweet and we will refund you."
GOOD = "I'm so sorry your bag is lost, Rosa. I am tracing it now; send me a private message? ^MK"


def queue(row: Case, text: str, **facts: object) -> OutgoingReply:
    wanted: dict[str, object] = {"private": False, "by": mina(), "now": NOON}
    wanted["attempt"] = f"g{OutgoingReply.objects.count()}"
    return queue_reply(row, text=text, **(wanted | facts))  # type: ignore[arg-type]


def held() -> OutgoingReply:
    priya()
    return queue(case(), THREAT, anyway="The author asked for it.")


def kinds(row: Case) -> list[str]:
    return list(row.history.order_by("seq").values_list("kind", flat=True))


def test_good_reply_goes_out_without_a_word() -> None:
    reply = queue(case(), GOOD)
    assert (reply.status, reply.verdict, reply.anyway) == ("ready", "pass", "")


def test_stopped_reply_without_a_reason_is_not_kept() -> None:
    priya()
    row = case()
    with pytest.raises(Guarded, match="hand it to a colleague"):
        queue(row, THREAT)
    assert (OutgoingReply.objects.count(), kinds(row)) == (0, ["case.opened"])


def test_asked_reply_goes_out_with_its_reason() -> None:
    save_guard_rules(Policy(levels={"deletion": "ask"}), reason="Tried.", by=ada(), now=NOON)
    row = case()
    with pytest.raises(Guarded, match="say why it goes out"):
        queue(row, THREAT)
    reply = queue(row, THREAT, anyway="They asked how to take it down.")
    event = CaseEvent.objects.get(case=row, kind="reply.queued")
    assert (reply.status, reply.verdict) == ("ready", "ask")
    assert (event.data["guard"], "deletion" in event.data["codes"]) == ("ask", True)


def test_held_reply_waits_for_somebody_else() -> None:
    reply = held()
    assert (reply.status, reply.verdict) == ("held", "stop")
    assert claim_reply(now=NOON, holder="w") is None
    assert kinds(reply.case)[-1] == "reply.held"


def test_approved_reply_goes_out() -> None:
    reply = held()
    approve_reply(reply, by=priya(), now=NOON)
    claimed = claim_reply(now=NOON, holder="w")
    assert claimed is not None
    assert (claimed.pk, claimed.approver) == (reply.pk, priya())
    row = Case.objects.get(pk=reply.case_id)
    assert (kinds(row)[-1], proof(row).whole) == ("reply.approved", True)


def test_what_was_held_and_approved_is_remembered_and_what_was_refused_is_not() -> None:
    """R29: a copy of what waits for an approver is a copy, whichever of the two goes out first."""
    reply, other = held(), case("Halcyon lost mine too", handle="ben")

    def codes() -> set[str]:
        facts = {"channel": reply.channel, "private": False, "closes_out": False, "by": mina()}
        checked = check_text(other, THREAT, target=other.first_post, **facts)  # type: ignore[arg-type]
        return {one.code for one in checked.findings}

    assert "near_copy" in codes()
    approve_reply(reply, by=priya(), now=NOON)
    assert "near_copy" in codes()
    OutgoingReply.objects.update(status="cancelled")
    assert "near_copy" not in codes()


def test_refused_reply_says_why_and_stays() -> None:
    reply = held()
    with pytest.raises(BadInput, match="Say why"):
        refuse_reply(reply, reason=" ", by=priya(), now=NOON)
    row = refuse_reply(reply, reason="Never as a bargain.", by=priya(), now=NOON)
    assert (row.status, row.reason) == ("cancelled", "Never as a bargain.")


def test_nobody_approves_their_own_words_or_without_the_permission() -> None:
    """R37: a stop needs an approver who is somebody else."""
    own = queue(case(), THREAT, by=priya(), anyway="It must go.")
    for person in (priya(), omar(), noor()):
        with pytest.raises(NotAllowed):
            approve_reply(own, by=person, now=NOON)
    assert OutgoingReply.objects.get().status == "held"


def test_author_calls_a_held_reply_back() -> None:
    reply = held()
    assert cancel_reply(reply, by=mina(), now=NOON).status == "cancelled"
    with pytest.raises(NotAllowed):
        approve_reply(reply, by=priya(), now=NOON)


def test_desk_of_one_is_told_to_invite_somebody() -> None:
    with pytest.raises(Guarded, match="invite a colleague"):
        queue(case(), THREAT)


def test_copy_of_a_reply_sent_lately_is_stopped() -> None:
    """R29."""
    first = queue(case(handle="rosa"), GOOD)
    copy = GOOD.replace("Rosa", "Liam").replace("MK", "OH")
    with pytest.raises(Guarded):
        queue(case(handle="liam", text="Halcyon lost my bag as well"), copy, by=omar())
    OutgoingReply.objects.filter(pk=first.pk).update(text="")
    assert queue(Case.objects.latest("pk"), copy, by=omar()).status == "ready"


def test_what_was_told_in_private_does_not_stand_in_public() -> None:
    """R33."""
    row = case()
    told = mention("My booking is KX48213", private=True, conversation=row.conversation)
    store(told)
    text = "I'm sorry about your bag, Rosa. KX48213 is being traced, I write to you tonight. ^MK"
    with pytest.raises(Guarded):
        queue(row, text)


def test_rules_have_versions_and_a_reason() -> None:
    with pytest.raises(BadInput, match="Say why"):
        save_guard_rules(Policy(), reason="", by=ada(), now=NOON)
    with pytest.raises(NotAllowed):
        save_guard_rules(Policy(), reason="Mine.", by=priya(), now=NOON)
    save_guard_rules(Policy(levels={"hashtags": "stop"}), reason="One.", by=ada(), now=NOON)
    save_guard_rules(Policy(public_turns=4), reason="Two.", by=ada(), now=NOON)
    assert (policy_in_force().public_turns, dict(policy_in_force().levels)) == (4, {})
    assert [one.reason for one in GuardRules.objects.order_by("pk")] == ["One.", "Two."]


def test_policy_is_tried_on_what_was_sent_and_changes_nothing() -> None:
    queue(case(), GOOD)
    reply = held()
    trial = try_policy(Policy(levels={"deletion": "note"}), person=ada())
    assert (trial.looked_at, trial.differ) == (2, 1)
    assert [(one.pk, old, new) for one, old, new in trial.changed] == [(reply.pk, "stop", "ask")]
    assert ("deletion", 1, 0) in trial.codes
    assert GuardRules.objects.count() == 0


def test_erasure_takes_findings_and_reasons_along() -> None:
    reply = held()
    erase_customer(reply.case.customer, by=ada(), now=NOON)
    reply.refresh_from_db()
    assert (reply.status, reply.text, reply.anyway, reply.findings) == ("cancelled", "", "", [])


def test_giving_more_than_ones_role_may_is_stopped() -> None:
    """R41: an amount over authority is stopped, within it asked about in public."""
    set_authority({Role.RESPONDER: Decimal(20)}, by=ada())
    priya()
    text = "I'm sorry your bag is lost, Rosa. We will refund you 500 euros today. ^MK"
    held_one = queue(case(), text, private=True, anyway="She asked for it.")
    assert (held_one.status, "over_authority" in [one[0] for one in held_one.findings]) == (
        "held",
        True,
    )
