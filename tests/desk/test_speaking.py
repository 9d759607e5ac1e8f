"""Who may speak: the policy in versions, training, owners and deputies, held at every door."""

from datetime import timedelta

import pytest

from amends.casework import Role
from amends.casework.training import shipped
from amends.desk.actions import approve_reply, change_role, queue_reply, send_again
from amends.desk.actions.delivery import claim_reply
from amends.desk.actions.people import rename_responder
from amends.desk.actions.speaking import (
    acknowledge_policy,
    publish_policy,
    put_in_charge,
    retire_module,
    save_own_module,
    save_speaking_rules,
    take_quiz,
)
from amends.desk.models import (
    CaseEvent,
    ChannelRow,
    OutgoingReply,
    OwnModule,
    Responder,
    SpeakingRules,
    TrainingAttempt,
)
from amends.desk.queries.speaking import (
    check_may_speak,
    get_module,
    overview_for,
    policies_for,
    signed_where_asked,
    standing_for,
    unkept,
)
from amends.terms import BadInput, NotAllowed, Stale
from tests import factories, people
from tests.casework.test_training import LESSON, QUIZ
from tests.factories import NOON

pytestmark = [pytest.mark.database, pytest.mark.alike]

DAY = timedelta(days=1)
LISTEN = shipped()["listen-first"]
RIGHT = [question.right for question in LISTEN.questions]
_keys = iter(range(10_000))


def _reply(by: Responder, **more: object) -> OutgoingReply:
    return queue_reply(
        factories.case(handle=f"rosa{next(_keys)}"),
        text=f"I am asking the gate about the pram, number {next(_keys)}.",
        private=False, by=by, now=NOON, attempt=f"try-{next(_keys)}", **more,  # type: ignore[arg-type]
    )  # fmt: skip


def _ask_training() -> SpeakingRules:
    return save_speaking_rules(
        trained_from=NOON, names=["listen-first"], must_sign=False, by=people.ada(), now=NOON
    )


def _train(person: Responder, *, ago: timedelta = timedelta(0)) -> TrainingAttempt:
    return take_quiz(LISTEN, answers=RIGHT, by=person, now=NOON - ago)


def test_fresh_desk_lets_its_administrator_answer_at_once() -> None:
    assert _reply(people.ada()).status == "ready"


def test_new_version_of_the_policy_asks_again() -> None:
    """R49: in versions, acknowledged per person."""
    ada, mina = people.ada(), people.mina()
    first = publish_policy(text="Be kind.", asked_from=NOON, by=ada, now=NOON)
    with pytest.raises(NotAllowed, match="social media policy is not acknowledged yet"):
        check_may_speak(mina, now=NOON)
    acknowledge_policy(number=1, by=mina, now=NOON)
    acknowledge_policy(number=1, by=mina, now=NOON + DAY)
    check_may_speak(mina, now=NOON)
    publish_policy(text="Be kinder.", changes="Kinder.", asked_from=NOON + DAY, by=ada, now=NOON)
    check_may_speak(mina, now=NOON)
    assert [one.until for one in standing_for(mina, now=NOON).reminders] == [NOON + DAY]
    with pytest.raises(NotAllowed, match="version 2"):
        check_may_speak(mina, now=NOON + DAY)
    assert [(p.number, [a.person for a in p.acknowledgements.all()]) for p in policies_for(ada)] == [
        (2, []), (1, [mina]),
    ]  # fmt: skip
    assert first.acknowledgements.get().at == NOON


def test_policy_is_not_published_empty_unchanged_or_by_others() -> None:
    publish_policy(text="Be kind.", asked_from=NOON, by=people.ada(), now=NOON)
    for text, said in (("  ", "empty"), ("Be kind.\r\n", "Not a word"), ("x" * 40_001, "at most")):
        with pytest.raises(BadInput, match=said):
            publish_policy(text=text, asked_from=NOON, by=people.ada(), now=NOON)
    with pytest.raises(NotAllowed):
        publish_policy(text="Obey.", asked_from=NOON, by=people.priya(), now=NOON)
    with pytest.raises(Stale, match="newer version"):
        acknowledge_policy(number=7, by=people.mina(), now=NOON)


def test_expired_training_leaves_drafting_only() -> None:
    """R51."""
    mina = people.mina()
    _ask_training()
    with pytest.raises(NotAllowed, match="“Listen first” is not taken yet"):
        _reply(mina)
    take_quiz(LISTEN, answers=[0] * len(RIGHT), by=mina, now=NOON - DAY)
    with pytest.raises(NotAllowed, match="not passed yet"):
        _reply(mina)
    _train(mina, ago=365 * DAY)
    with pytest.raises(NotAllowed, match="ran out on 2 March 2026"):
        _reply(mina)
    _train(mina)
    assert _reply(mina).status == "ready"
    tries = TrainingAttempt.objects.filter(person=mina).order_by("pk")
    assert [(t.right, t.expires_at is not None) for t in tries] == [
        (1, False),
        (6, True),
        (6, True),
    ]


def test_training_that_ends_soon_is_told_in_advance() -> None:
    _ask_training()
    _train(people.mina(), ago=340 * DAY)
    assert [(one.what, one.until) for one in standing_for(people.mina(), now=NOON).reminders] == [
        ("listen-first", NOON + 25 * DAY)
    ]
    assert standing_for(people.vic(), now=NOON).reminders == []


def _lapsed() -> OutgoingReply:
    """Queued by somebody whose training ran out before a worker came to it."""
    reply = _reply(people.mina())
    _ask_training()
    assert claim_reply(now=NOON, holder="w") is None
    reply.refresh_from_db()
    return reply


def test_worker_holds_a_reply_whose_writer_lapsed_meanwhile() -> None:
    """R50, R51: in the workers alike."""
    reply = _lapsed()
    assert (reply.status, reply.lapsed) == ("held", True)
    assert reply.reason.startswith(
        "Mina Kaya may not send now: the training “Listen first” is not taken yet."
    )
    last = CaseEvent.objects.filter(case=reply.case).order_by("-seq")[0]
    assert (last.kind, last.data["why"], last.actor) == ("reply.held", "speaker", None)


def test_held_reply_goes_out_once_its_writer_has_renewed() -> None:
    reply, mina = _lapsed(), people.mina()
    with pytest.raises(NotAllowed, match="You may not send"):
        send_again(reply, by=mina, now=NOON)
    _train(people.omar())
    with pytest.raises(NotAllowed, match="Mina Kaya may not send yet"):
        send_again(reply, by=people.omar(), now=NOON)
    _train(mina)
    assert send_again(reply, by=mina, now=NOON).status == "ready"
    claimed = claim_reply(now=NOON, holder="w")
    assert claimed is not None


def test_held_reply_goes_out_where_a_colleague_who_may_speak_approves() -> None:
    reply, priya = _lapsed(), people.priya()
    with pytest.raises(NotAllowed, match="You may not send"):
        approve_reply(reply, by=priya, now=NOON)
    _train(priya)
    approved = approve_reply(reply, by=priya, now=NOON)
    assert (approved.status, approved.reason) == ("ready", "")
    claimed = claim_reply(now=NOON, holder="w")
    assert (claimed is not None, claimed and claimed.approver) == (True, priya)


def test_worker_holds_what_somebody_wrote_who_left_the_desk() -> None:
    reply = _reply(people.mina())
    change_role(
        people.mina(), role=Role.RESPONDER, may_approve=False, is_active=False, by=people.ada()
    )
    assert claim_reply(now=NOON, holder="w") is None
    reply.refresh_from_db()
    assert "no longer signs in" in reply.reason


def test_every_reply_is_signed_where_the_desk_asks_for_it() -> None:
    """R27."""
    case, mina = factories.case(), people.mina()
    save_speaking_rules(trained_from=None, names=[], must_sign=True, by=people.ada(), now=NOON)
    facts = {"private": False, "by": mina, "now": NOON}
    with pytest.raises(NotAllowed, match=r"Sign it \^MK"):
        queue_reply(case, text="The pram is found.", attempt="a", **facts)  # type: ignore[arg-type]
    rename_responder(mina, name="Mina Kaya")
    sent = queue_reply(case, text="The pram is found. Mina", attempt="a", **facts)  # type: ignore[arg-type]
    assert sent.text == "The pram is found. Mina"


@pytest.fixture
def _own() -> None:
    save_own_module(
        None, title="Listen First!", about="", lesson=LESSON, quiz=QUIZ, pass_percent=100,
        valid_days=30, by=people.ada(), now=NOON,
    )  # fmt: skip


@pytest.mark.usefixtures("_own")
def test_company_writes_a_training_of_its_own() -> None:
    module = get_module("listen-first-2")
    save_speaking_rules(
        trained_from=NOON, names=[module.name], must_sign=False, by=people.ada(), now=NOON
    )
    with pytest.raises(NotAllowed, match="“Listen First!”"):
        check_may_speak(people.mina(), now=NOON)
    passed = take_quiz(module, answers=[1, 1, 1], by=people.mina(), now=NOON)
    assert passed.expires_at == NOON + 30 * DAY
    check_may_speak(people.mina(), now=NOON)
    retire_module(OwnModule.objects.get(name=module.name), by=people.ada())
    check_may_speak(people.omar(), now=NOON)


def test_overview_says_who_may_speak_and_who_read_what() -> None:
    publish_policy(text="Be kind.", asked_from=NOON, by=people.ada(), now=NOON)
    acknowledge_policy(number=1, by=people.mina(), now=NOON)
    _ask_training()
    _train(people.mina())
    rows = {row.person.name: row for row in overview_for(people.priya(), now=NOON)}
    mina, priya = rows["Mina Kaya"], rows["Priya Nair"]
    assert (mina.lacks, mina.training["listen-first"].state) == ([], "valid")
    assert mina.acknowledged is not None
    assert (len(priya.lacks), priya.acknowledged, priya.training) == (2, None, {})
    with pytest.raises(NotAllowed, match="see who may speak"):
        overview_for(people.mina(), now=NOON)


def test_account_is_kept_by_an_owner_and_a_deputy_and_a_gap_is_flagged() -> None:
    """R37: an account without one raises an alert; so does one whose people left."""
    row, ada, mina = factories.channel(), people.ada(), people.mina()
    assert [gaps for _, gaps in unkept()] == [["It has no owner.", "It has no deputy."]]
    put_in_charge(row, owner=mina, deputy=ada, by=ada)
    assert unkept() == []
    change_role(mina, role=Role.VIEWER, may_approve=False, is_active=True, by=ada)
    assert [gaps for _, gaps in unkept()] == [
        ["Its owner Mina Kaya has left or may no longer speak for us."]
    ]
    with pytest.raises(NotAllowed):
        put_in_charge(row, owner=None, deputy=None, by=people.priya())
    assert ChannelRow.objects.get(pk=row.pk).owner == mina


def test_questions_without_a_box_to_sign_are_signed_where_the_desk_asks_for_it() -> None:
    """R27."""
    mina = people.mina()
    assert signed_where_asked("How did we do?", mina) == "How did we do?"
    save_speaking_rules(trained_from=None, names=[], must_sign=True, by=people.ada(), now=NOON)
    once = signed_where_asked("How did we do?", mina)
    assert (once, signed_where_asked(once, mina)) == ("How did we do? ^MK", once)
