"""A desk in which every field that somebody else can fill holds something hostile.

``python -m tests.support.hostile`` fills the desk in ``AMENDS_HOME``.
"""

import itertools
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

MARK = "window.struck=1"
ATTACKS = (
    f"<script>{MARK}</script>",
    f'"><img src=x onerror={MARK}>',
    f"' autofocus onfocus='{MARK}' x='",
    f"</textarea></title></style><script>{MARK}</script>",
    f"<svg/onload={MARK}><animate onbegin={MARK}>",
    f"javascript:{MARK}//https://a.example",
    f'https://a.example/"onmouseover={MARK}',
    f"<iframe srcdoc='<script>parent.{MARK}</script>'></iframe>",
    "<style>*{display:none!important}</style><base href='https://a.example/'>",
    f"<form action=javascript:{MARK}><button autofocus>x",
    "{{ 7|add:7 }}{% csrf_token %}<!--",
    f"<div hx-get='/account/' hx-trigger=load hx-on:load={MARK}>",
    "\u202egnp.exe\u2066\u200b\u00ad\u2028\ufeffA\u0301\u0302\u0303" + "\u0300" * 40,
    "W" * 240,
    "\u0645\u0631\u062d\u0628\u0627 " * 20,
    "\U0001f469\u200d\U0001f469\u200d\U0001f466" * 30,
)
NOW = datetime.now(UTC)


def _posts() -> Sequence[str]:
    from amends.desk.actions.hearing import store_mentions
    from amends.desk.models import ChannelRow, WatchRow
    from amends.terms import Author, Media, Mention, Post, Reading, Ref

    channel, refs = ChannelRow.objects.get(), itertools.count(1)
    watches = list(WatchRow.objects.all())
    made = []
    for number, attack in enumerate(ATTACKS):
        author = Author(id=f"id-{number}", handle=attack, name=attack, followers=2**62)
        read = Reading(
            complaint=0.99, praise=0.9, question=0.9, sentiment="negative",
            sentiment_scores={}, why=(attack, attack), model=attack[:60],
        )  # fmt: skip
        for part in range(2):
            post = Post(
                id=f"{attack} {number}.{part}",
                text=f"Halcyon {attack} https://b.example/?q={attack}",
                network="demo",
                url=attack,
                author=author,
                created_at=NOW - timedelta(minutes=number),
                edited_at=NOW,
                lang=attack,
                conversation=attack,
                in_reply_to=Ref(id=f"{attack} {number}.0") if part else None,
                quote_of=Ref(id="q", author=author, text=attack),
                links=(attack,),
                media=(Media(kind=attack, url=attack, alt=attack),),
                counts={attack: 2**62},
            )
            words: dict[str, tuple[str, ...]] = {str(watch.pk): (attack,) for watch in watches}
            mention = Mention(post=post, watches=words, reading=read, to_us=True)
            made += store_mentions(
                [mention], brand=channel.brand, channel=channel, threshold=0.5, now=NOW,
                new_ref=lambda: f"H{next(refs)}",
            )  # fmt: skip
    return [case.ref for case in made]


def _set_up() -> None:
    from amends.desk.actions import connect_channel, save_brand, save_watch
    from amends.desk.models import ChannelRow, WatchRow
    from amends.terms import WatchKind

    brand = save_brand(None, name=ATTACKS[0], contact_route=" ".join(ATTACKS))
    connect_channel(brand=brand, network="demo", handle="halcyonair", settings={}, secrets={})
    # Connected under a name of its own choosing; off, so that no worker tidies it up.
    ChannelRow.objects.update(
        handle=ATTACKS[1].replace(" ", "/"), enabled=False, health_note=" ".join(ATTACKS)
    )
    for number, attack in enumerate(ATTACKS):
        kind = list(WatchKind)[number % len(WatchKind)]
        watch = save_watch(
            None, brand=brand, kind=kind, name=attack[:120], phrases=["halcyon"], handles=[],
            hashtags=[],
        )  # fmt: skip
        WatchRow.objects.filter(pk=watch.pk).update(phrases=[attack], query='"halcyon"')


def _people() -> None:
    from amends.casework import Role
    from amends.desk.models import Responder

    for number, attack in enumerate(ATTACKS):
        role = Role.ADMINISTRATOR if number == 0 else Role.RESPONDER
        Responder.objects.create_user(f"p{number}@desk.example", name=attack[:120], role=role)


def _work(refs: Sequence[str]) -> None:
    from amends.casework import ReplyStatus
    from amends.desk import actions
    from amends.desk.models import Case, ChannelRow, OutgoingReply, Responder

    channel = ChannelRow.objects.get()
    people = list(Responder.objects.order_by("pk"))
    for ref, attack, by in zip(refs, ATTACKS, people, strict=True):
        case = Case.objects.get(ref=ref)
        actions.label_case(case, name=attack[:40], by=by, now=NOW)
        actions.add_note(case, text=attack, by=by, now=NOW)
        actions.save_draft(case, mode="public", text=attack, by=people[0], now=NOW)
        for status in (ReplyStatus.FAILED, ReplyStatus.NOT_KNOWN, ReplyStatus.CANCELLED):
            OutgoingReply.objects.create(
                case=case, channel=channel, by=by, text=attack, to_post=case.first_post,
                attempt=f"{ref} {status}", queued_at=NOW, due_at=NOW + timedelta(days=9),
                status=status, reason=attack,
            )  # fmt: skip
    closed = Case.objects.get(ref=refs[0])
    OutgoingReply.objects.filter(case=closed).update(status=ReplyStatus.CANCELLED)
    actions.resolve_case(closed, by=people[0], now=NOW)
    actions.close_case(closed, reason=" ".join(ATTACKS), by=people[0], now=NOW)


def _listening() -> None:
    from collections import Counter

    from amends.desk.actions.hearing import count_drops, move_cursor, store_dead
    from amends.desk.models import Brand, ChannelRow, ImportRun
    from amends.terms import DeadLetter

    channel = ChannelRow.objects.get()
    for number, attack in enumerate(ATTACKS):
        store_dead([DeadLetter(source=attack, reason=attack, raw=attack * 3, line=7)], now=NOW)
        count_drops(attack, Counter({attack[:64]: 2**40}), now=NOW)
        move_cursor(channel, f"search:{attack}", attack, now=NOW)
        ImportRun.objects.create(
            fingerprint=str(number), name=attack[:255], format="jsonl", brand=Brand.objects.get(),
            counts={"read": 1, attack: 2, "dropped": {attack: 3}}, started_at=NOW,
        )  # fmt: skip


def _in_private(refs: Sequence[str]) -> None:
    """What a customer leaves on a private page, and what is written of calls and letters."""
    from amends.casework.calls import CallWay
    from amends.desk.actions.calls import log_call, plan_call
    from amends.desk.actions.handoffs import Left, make_handoff, take_seat
    from amends.desk.actions.letters import begin_letter, save_letter
    from amends.desk.models import Case, Responder
    from amends.terms import Reading

    read = Reading(
        complaint=0.1, praise=0.1, question=0.1, sentiment="neutral", sentiment_scores={}
    )
    by, soon = Responder.objects.order_by("pk")[0], NOW + timedelta(days=9)
    for number, (ref, attack) in enumerate(zip(refs[1:], ATTACKS[1:], strict=True)):
        case = Case.objects.get(ref=ref)
        told = Left(attack, read, 0.5, str(number), {"Your name": attack, attack: attack})
        take_seat(make_handoff(case, by=by, now=NOW), told, secret="s", now=NOW)
        plan_call(
            case, way=CallWay.MEETING, starts_at=soon, minutes=9, place=attack[:300], about=attack,
            by=by, now=NOW,
        )  # fmt: skip
        log_call(case, said=attack, at=NOW, minutes=9, by=by, now=NOW)
        letter = begin_letter(case, recipient=attack[:120], by=by, now=NOW)
        names = ("recipient", "address", "subject", "body", "signer")
        save_letter(letter, dict.fromkeys(names, attack[:120]), by=by, now=NOW)


def fill() -> None:
    _set_up()
    _people()
    refs = _posts()
    _work(refs)
    _listening()
    _in_private(refs)


if __name__ == "__main__":
    from amends.cli.start import bring_up_to_date, prepare

    prepare()
    bring_up_to_date()
    fill()
