"""Who may speak: the policy and who read it, training, what is asked, and who keeps an account."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils.text import slugify

from amends.casework import Action, ReplyStatus, Role, check_delivery, check_may
from amends.casework.speaking import check_keepers
from amends.casework.training import (
    Module,
    edition_of,
    expires_at,
    lesson_typed,
    mark,
    quiz_typed,
    shipped,
)
from amends.desk.actions.cases import held, write
from amends.desk.actions.chronicle import make_event
from amends.desk.models import (
    Acknowledgement,
    ChannelRow,
    OutgoingReply,
    OwnModule,
    Responder,
    SocialPolicy,
    SpeakingRules,
    TrainingAttempt,
)
from amends.desk.queries.prepared import prepared
from amends.desk.queries.speaking import keeper_of, modules, newest_policy, why_silent
from amends.terms import BadInput, Stale

LONGEST_POLICY = 40_000


def publish_policy(
    *, text: str, changes: str = "", asked_from: datetime, by: Responder, now: datetime
) -> SocialPolicy:
    """Put a new version of the social media policy in force; everybody is asked to read it (R49).

    From ``asked_from`` on nobody speaks who has not acknowledged it.
    """
    check_may(Role(by.role), Action.SET_UP)
    text, changes = text.replace("\r\n", "\n").strip(), changes.strip()
    if not text:
        raise BadInput("The policy is empty. Write what everybody is to keep to.")
    if len(text) > LONGEST_POLICY or len(changes) > 2000:
        raise BadInput(f"A policy has {LONGEST_POLICY:,} characters at most, its changes 2,000.")
    with transaction.atomic():
        last = SocialPolicy.objects.select_for_update().order_by("-number").first()
        if last is not None and last.text == text:
            raise BadInput("Not a word of the policy has changed, so nobody is asked again.")
        return SocialPolicy.objects.create(
            number=last.number + 1 if last else 1,
            text=text, changes=changes, asked_from=max(asked_from, now), by=by, at=now,
        )  # fmt: skip


def acknowledge_policy(*, number: int, by: Responder, now: datetime) -> Acknowledgement:
    """Say that one has read the newest version and keeps to it; saying it again changes nothing.

    Raises ``Stale`` where ``number`` is no longer the newest.
    """
    policy = newest_policy()
    if policy is None or policy.number != number:
        raise Stale("There is a newer version of the policy. Read that one, please.")
    made, _ = Acknowledgement.objects.get_or_create(policy=policy, person=by, defaults={"at": now})
    return made


def save_speaking_rules(
    *,
    trained_from: datetime | None,
    names: Sequence[str],
    must_sign: bool,
    by: Responder,
    now: datetime,
) -> SpeakingRules:
    """Decide what is asked of whoever speaks; what was decided before is kept."""
    check_may(Role(by.role), Action.SET_UP)
    known = modules()
    wanted = [name for name in known if name in set(names)]
    if trained_from is not None and not wanted:
        raise BadInput("Choose at least one training, or do not ask for training at all.")
    return SpeakingRules.objects.create(
        trained_from=trained_from, modules=wanted, must_sign=must_sign, by=by, at=now
    )


def take_quiz(
    module: Module, *, answers: Sequence[int | None], by: Responder, now: datetime
) -> TrainingAttempt:
    """Hand in a quiz; every try is kept. Raises ``BadInput`` where a question has no answer."""
    marked = mark(module, answers)
    return TrainingAttempt.objects.create(
        person=by,
        module=module.name,
        edition=edition_of(module),
        answers=list(answers),
        right=marked.right,
        asked=len(module.questions),
        at=now,
        expires_at=expires_at(module, passed_at=now) if marked.passed else None,
    )


def save_own_module(
    row: OwnModule | None,
    *,
    title: str,
    about: str,
    lesson: str,
    quiz: str,
    pass_percent: int,
    valid_days: int,
    by: Responder,
    now: datetime,
) -> OwnModule:
    """Write a training of the company's own, or change it. Raises ``BadInput`` with the line."""
    check_may(Role(by.role), Action.SET_UP)
    title, about = " ".join(title.split()), " ".join(about.split())
    if not 0 < len(title) <= 120 or len(about) > 300:
        raise BadInput("A training's title has 1 to 120 characters, what it is about 300 at most.")
    if not 1 <= pass_percent <= 100 or not 1 <= valid_days <= 3650:
        raise BadInput("The pass mark lies between 1 and 100 %, its days between 1 and 3,650.")
    lesson_typed(lesson)
    quiz_typed(quiz)
    with transaction.atomic():
        made = row or OwnModule(name=_free_name(title))
        made.title, made.about, made.lesson, made.quiz = title, about, lesson, quiz
        made.pass_percent, made.valid_days, made.by, made.at = pass_percent, valid_days, by, now
        made.save()
    return made


def _free_name(title: str) -> str:
    base = slugify(title)[:50] or "training"
    taken = set(shipped()) | set(OwnModule.objects.values_list("name", flat=True))
    names = (base if n == 1 else f"{base}-{n}" for n in range(1, len(taken) + 2))
    return next(name for name in names if name not in taken)


def retire_module(row: OwnModule, *, by: Responder) -> None:
    """Take a company's own training away: nobody is asked for it any more; what was passed stays."""
    check_may(Role(by.role), Action.SET_UP)
    OwnModule.objects.filter(pk=row.pk).update(active=False)


def put_in_charge(
    channel: ChannelRow, *, owner: Responder | None, deputy: Responder | None, by: Responder
) -> None:
    """Say who looks after an account, and who does when they are away (R37)."""
    check_may(Role(by.role), Action.SET_UP)
    same = owner is not None and deputy is not None and owner.pk == deputy.pk
    check_keepers(keeper_of(owner), keeper_of(deputy), same=same)
    ChannelRow.objects.filter(pk=channel.pk).update(owner=owner, deputy=deputy)


@prepared
def _due(reply: int) -> QuerySet[OutgoingReply]:
    return OutgoingReply.objects.select_related("case", "by", "approver").filter(pk=reply)


def hold_if_lapsed(reply: int, *, now: datetime) -> bool:
    """Hold a reply that is due where whoever stands for it may no longer speak; whether it did.

    That is its approver, else its writer. It is asked at the last moment before it is sent.
    """
    [row] = _due(reply)
    stands_for_it = row.approver or row.by
    why = why_silent(stands_for_it, now=now)
    if not why:
        return False
    with held(row.case, by=None, action=None) as case:
        fresh = OutgoingReply.objects.select_for_update().get(pk=reply)
        if fresh.status != ReplyStatus.READY:
            return True
        check_delivery(ReplyStatus.READY, ReplyStatus.HELD)
        fresh.status, fresh.lapsed, fresh.claimed_until = ReplyStatus.HELD, True, None
        fresh.reason = (
            f"{stands_for_it.name} may not send now: {why}. It goes out once that is put right and"
            " somebody sends it again, or once a colleague who may approve lets it pass."
        )
        fresh.save(update_fields=["status", "lapsed", "reason", "claimed_until"])
        write(case, [make_event(case, "reply.held", at=now, reply=fresh.pk, why="speaker")])
    return True
