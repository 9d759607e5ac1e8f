"""The guard at the desk: what a reply is checked against, and who lets a stopped one pass."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from msgspec.structs import replace

from amends.casework import (
    Action,
    ReplyDecision,
    ReplyStatus,
    Role,
    check_approver,
    check_decision,
    check_may,
)
from amends.casework.remedies import OPEN
from amends.connectors.registry import traits_of
from amends.desk.actions.cases import held, write
from amends.desk.actions.chronicle import make_event
from amends.desk.models import (
    Call,
    Case,
    ChannelRow,
    GuardRules,
    OutgoingReply,
    PostRow,
    Remedy,
    Responder,
)
from amends.desk.queries.choices import approvers
from amends.desk.queries.guarding import case_facts, contacts_of, policy_in_force
from amends.desk.queries.ledger import limits
from amends.desk.queries.prepared import prepared, prepared_counts
from amends.desk.queries.recent import recent_replies
from amends.desk.queries.speaking import check_may_speak
from amends.guard import CaseFacts, Finding, Policy, Verdict, check, private_words, verdict_of
from amends.terms import BadInput

LONGEST_REASON = 2000


class Guarded(BadInput):
    """The guard does not let a reply pass, and nobody said why it should go out all the same."""


@dataclass(frozen=True, slots=True)
class Checked:
    """What the guard said of a text."""

    text: str
    findings: list[Finding]

    @property
    def verdict(self) -> Verdict:
        return verdict_of(self.findings)


def ready_guard(text: str) -> None:
    """Have this process read what the guard compares with, before a write lock is held: the first
    check of a process takes a third of a second, all later ones less than a thousandth."""
    check(text, recent=recent_replies(text))


def check_text(
    case: Case,
    text: str,
    *,
    channel: ChannelRow,
    target: PostRow,
    private: bool,
    closes_out: bool,
    by: Responder,
    invites: bool = False,
    form: bool = False,
) -> Checked:
    """What the guard says of a reply by this person to ``target``, by the policy in force. ``form``: it is
    asked of all in about the same words, so that none of those sent lately is looked up."""
    facts = facts_of(
        case, channel=channel, target=target, private=private, closes_out=closes_out, by=by
    )
    facts = replace(facts, invites=invites)
    policy = policy_in_force(contacts=contacts_of(case.brand))
    traits = traits_of(channel.network)
    recent = None if form else recent_replies(text)
    return Checked(text, check(text, facts, recent, traits, policy))


def facts_of(
    case: Case,
    *,
    channel: ChannelRow,
    target: PostRow,
    private: bool,
    closes_out: bool,
    by: Responder,
) -> CaseFacts:
    """The facts of a case as the guard wants them."""
    sent, heard, inviting, owed = _counts(case.pk)
    facts = case_facts(
        case,
        channel=channel,
        target=target,
        private=private,
        closes_out=closes_out,
        public_turns=sent + heard,
    )
    return replace(
        facts,
        private_words=private_words([*_written(case.pk), *_spoken(case.pk)]),
        authority=float(limits().get(Role(by.role), 0)),
        invited=case.invited_at is not None or inviting > 0,
        owed=owed > 0,
    )


@prepared
def _written(case: int) -> QuerySet[PostRow, str]:
    told = PostRow.objects.filter(place__case=case, private=True, ours=False)
    return told.order_by("pk").values_list("text", flat=True)[:100]


@prepared
def _spoken(case: int) -> QuerySet[Call, str]:
    calls = Call.objects.filter(case=case).exclude(said="")
    return calls.order_by("pk").values_list("said", flat=True)[:100]


@prepared_counts
def _counts(case: int) -> list[QuerySet[Any]]:
    """Our public replies: those sent or on their way, and those that were only heard; invitations
    on their way or sent; what is still to be given."""
    replies = OutgoingReply.objects.filter(case=case)
    never = (ReplyStatus.CANCELLED, ReplyStatus.FAILED)
    return [
        replies.filter(private=False).exclude(status__in=[*never, ReplyStatus.HELD]),
        PostRow.objects.filter(place__case=case, ours=True, private=False, reply=None),
        replies.filter(invites=True).exclude(status__in=never),
        Remedy.objects.filter(case=case, status__in=sorted(OPEN)),
    ]


def why_anyway(checked: Checked, anyway: str, *, by: Responder) -> str:
    """The reason for sending what the guard does not let pass; "" where it passes.

    Raises ``Guarded`` with what to do, ``BadInput`` where the reason is too long.
    """
    anyway = anyway.strip()
    if len(anyway) > LONGEST_REASON:
        raise BadInput(f"The reason is longer than {LONGEST_REASON:,} characters. Shorten it.")
    if checked.verdict == "pass":
        return ""
    if anyway:
        return anyway
    if checked.verdict == "ask":
        raise Guarded(
            "The guard asks about this reply. Change it, or say why it goes out as it is."
        )
    if approvers(by, Action.REPLY):
        raise Guarded(
            "The guard stops this reply. Change it, or say why and hand it to a colleague to approve."
        )
    raise Guarded(
        "The guard stops this reply, and nobody else at this desk may approve it. Change it, or invite"
        " a colleague who may approve."
    )


def approve_reply(reply: OutgoingReply, *, by: Responder, now: datetime) -> OutgoingReply:
    """Let a held reply go out. Raises ``NotAllowed`` for whoever wrote it or may not approve."""
    with held(reply.case, by=by, action=Action.REPLY) as case:
        row = _judged(reply, ReplyDecision.APPROVE, by)
        check_may_speak(by, now=now)
        row.status, row.approver = ReplyStatus.READY, by
        row.due_at = max(now, row.goes_at or now)
        row.lapsed, row.reason = False, ""
        row.save(update_fields=["status", "approver", "due_at", "lapsed", "reason"])
        write(case, [make_event(case, "reply.approved", at=now, by=by, reply=row.pk)])
    return row


def refuse_reply(
    reply: OutgoingReply, *, reason: str, by: Responder, now: datetime
) -> OutgoingReply:
    """Do not let a held reply go out, and say why to whoever wrote it."""
    reason = reason.strip()[:LONGEST_REASON]
    if not reason:
        raise BadInput("Say why it shall not go out: whoever wrote it will want to know.")
    with held(reply.case, by=by, action=Action.REPLY) as case:
        row = _judged(reply, ReplyDecision.REFUSE, by)
        row.status, row.approver, row.reason = ReplyStatus.CANCELLED, by, reason
        row.save(update_fields=["status", "approver", "reason"])
        write(case, [make_event(case, "reply.refused", at=now, by=by, reply=row.pk)])
    return row


def _judged(reply: OutgoingReply, decision: ReplyDecision, by: Responder) -> OutgoingReply:
    row = OutgoingReply.objects.select_for_update().get(pk=reply.pk)
    check_approver(Role(by.role), may_approve=by.may_approve, wrote_it=row.by_id == by.pk)
    check_decision(decision, ReplyStatus(row.status))
    return row


def save_guard_rules(policy: Policy, *, reason: str, by: Responder, now: datetime) -> GuardRules:
    """Put another policy in force; the one before is kept. Raises ``NotAllowed``, ``BadInput``."""
    check_may(Role(by.role), Action.SET_UP)
    reason = reason.strip()
    if not reason:
        raise BadInput("Say why the rules change: colleagues will ask.")
    if len(reason) > LONGEST_REASON:
        raise BadInput(f"The reason is longer than {LONGEST_REASON:,} characters. Shorten it.")
    with transaction.atomic():
        return GuardRules.objects.create(
            levels=dict(policy.levels),
            public_turns=policy.public_turns,
            similarity=policy.similarity,
            contacts=list(policy.contacts),
            reason=reason,
            by=by,
            at=now,
        )
