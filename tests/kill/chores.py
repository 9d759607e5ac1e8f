"""What the tests have done on the desk, and ask of it, in the process that forks the workers."""

import uuid
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.core.management import call_command
from django.db.models import Count, Prefetch

from amends.casework import ReplyStatus, Role
from amends.casework.automation import Act, Do, Rule, Trigger
from amends.desk.actions import connect_channel, proof, queue_reply, save_brand, save_watch
from amends.desk.actions.guarding import save_guard_rules
from amends.desk.actions.rules import grant_rule, save_rule, switch_rule
from amends.desk.actions.snippets import save_snippet
from amends.desk.models import (
    Case,
    CaseEvent,
    Cursor,
    DeadLetterRow,
    OutgoingReply,
    PostRow,
    Responder,
    RuleDue,
)
from amends.guard import Policy
from amends.guard.codes import CODES
from amends.terms import SystemClock, WatchKind

A_DAY = timedelta(days=1)


def migrate() -> None:
    call_command("migrate", verbosity=0, interactive=False)


def set_up(url: str, token: str, accounts: dict[str, dict[str, str]]) -> None:
    """A brand and a channel for each account, with the channel's settings; and somebody who answers.

    The guard lets every reply pass, though they are copies of each other.
    """
    Responder.objects.create_user("mina@desk.example", name="Mina Kaya", role=Role.RESPONDER)
    ada = Responder.objects.create_user("ada@desk.example", name="Ada", role=Role.ADMINISTRATOR)
    lenient = Policy(levels=dict.fromkeys(CODES, "note"))
    save_guard_rules(lenient, reason="Tests of sending.", by=ada, now=SystemClock().now())
    for handle, settings in accounts.items():
        brand = save_brand(None, name=f"{handle} Air")
        connect_channel(
            brand=brand,
            network="demo",
            handle=handle,
            settings={"url": url, "poll_seconds": "0.1"} | settings,
            secrets={"token": token},
        )
        save_watch(
            None,
            brand=brand,
            kind=WatchKind.BRAND,
            name=handle,
            phrases=[f"{handle} air"],
            handles=[handle],
            hashtags=[],
        )


def queue(most: int) -> int:
    """Answer cases that have no reply yet, some in private; how many.

    A search finds the public ones, so the listener may hear them before the sender has settled them.
    """
    mina = Responder.objects.get(email="mina@desk.example")
    rows = Case.objects.annotate(answers=Count("replies")).filter(answers=0).order_by("ref")
    cases = rows.select_related("brand")
    for case in cases[:most]:
        queue_reply(
            case,
            text=f"{case.brand.name} is sorry and looks into {case.ref}. ^MK",
            private=case.pk % 4 == 0,
            by=mina,
            now=SystemClock().now(),
            attempt=uuid.uuid4().hex,
        )
    return min(most, len(cases))


def posts() -> dict[str, dict[str, Any]]:
    """Every post the desk holds, by its id on the network."""
    rows = PostRow.objects.values_list(
        "native_id", "text", "deleted_at", "ours", "place__case__ref", "author__handle"
    )
    return {
        native_id: {
            "text": text,
            "deleted": deleted_at is not None,
            "ours": ours,
            "case": case,
            "author": author,
        }
        for native_id, text, deleted_at, ours, case, author in rows
    }


def cases() -> dict[str, dict[str, Any]]:
    """Every case: whose it is, whether its log is whole, and what each event was about."""
    found = {}
    for case, events in histories():
        (author,) = case.customer.authors.all()
        found[case.ref] = {
            "customer": author.handle,
            "whole": bool(proof(case, events).whole),
            "events": [
                [event.kind, event.data.get("reply") or event.data.get("post")]
                for event in events
                if event.kind in ("case.opened", "post.attached", "reply.queued", "reply.sent")
            ],
        }
    return found


def histories() -> Iterator[tuple[Case, list[CaseEvent]]]:
    """Every case with what happened to it, read together."""
    events = Prefetch("history", CaseEvent.objects.order_by("seq"))
    rows = Case.objects.order_by("ref").select_related("customer")
    for case in rows.prefetch_related("customer__authors", "notes", "replies", events):
        yield case, list(case.history.all())


def replies() -> list[dict[str, Any]]:
    """Every reply: who was to send it, what became of it, and its post on the network."""
    rows = OutgoingReply.objects.order_by("pk").select_related("channel", "post")
    return [
        {
            "account": row.channel.handle,
            "text": row.text,
            "private": row.private,
            "status": row.status,
            "reason": row.reason,
            "post": row.post.native_id if row.post else None,
        }
        for row in rows
    ]


def heard() -> int:
    """How many cases there are."""
    return Case.objects.count()


def unsettled() -> int:
    """Replies the desk will still do something about by itself, and cases without a reply."""
    soon = SystemClock().now() + A_DAY
    on_their_way = OutgoingReply.objects.filter(
        status__in=[ReplyStatus.READY, ReplyStatus.SENDING, ReplyStatus.NOT_KNOWN],
        due_at__lt=soon,
    )
    return on_their_way.count() + Case.objects.filter(replies=None).count()


def not_known() -> int:
    """How often a worker died while a reply was on the wire, or the answer was lost."""
    return CaseEvent.objects.filter(kind="reply.not_known").count()


def dead_letters() -> int:
    return DeadLetterRow.objects.count()


def forget_cursors() -> int:
    """Everything will be delivered a second time; how many sources there are."""
    return Cursor.objects.all().delete()[0]


def cursors() -> int:
    return Cursor.objects.count()


def automate() -> None:
    """A rule that labels every case, writes a note on it and answers in private, granted."""
    now = SystemClock().now()
    ada = Responder.objects.get(email="ada@desk.example")
    snippet = save_snippet(
        None, key="read", name="Read", texts={"en": "A person reads this soon."}, by=ada, now=now
    )
    acts = (
        Act(Do.LABEL, "seen"),
        Act(Do.NOTE, "By a rule."),
        Act(Do.REPLY_IN_PRIVATE, str(snippet.pk)),
    )
    made = save_rule(None, name="All", rule=Rule(Trigger.OPENED, acts), by=ada, now=now)
    grant_rule(made, public=False, per_hour=1_000, per_day=1_000, by=ada, now=now)
    switch_rule(made, on=True, by=ada, now=now)


def due() -> int:
    """How often rules have still something to do."""
    return RuleDue.objects.count()


def ruled() -> dict[str, list[Any]]:
    """What rules did on each case: labels, notes, replies, and whether its log is whole."""
    return {
        case.ref: [
            sum(event.kind == "case.labelled" and "rule" in event.data for event in events),
            len(case.notes.all()),
            len(case.replies.all()),
            bool(proof(case, events).whole),
        ]
        for case, events in histories()
    }
