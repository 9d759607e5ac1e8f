"""How the cast takes our answers: care calms, phrases and blame anger, a close-out ends a story."""

import sqlite3
from random import Random

from amends.connectors.demo import records
from amends.connectors.demo.script import (
    Story,
    draw_for,
    later,
    load,
    plan,
    plan_crowd,
    plan_impatience,
    save,
)
from amends.connectors.demo.tone import Tone, read_tone


def hear_reply(db: sqlite3.Connection, reply: records.Row) -> None:
    """A public reply of the brand's lies in a thread; its customer makes something of it."""
    story = load(db, "root", reply["root"])
    if story is None or story.over:
        return
    story.answers += 1
    draw = draw_for(db, "reply", story.number, story.answers)
    at = reply["at"]
    tone = read_tone(reply["text"])
    if tone.harsh or tone.canned:
        take_offence(db, draw, at, story, reply["id"], harsh=tone.harsh)
    elif tone.closes:
        end(db, draw, at, story, reply["id"])
    else:
        go_along(db, draw, at, story, reply["id"], tone)
    save(db, story)


def take_offence(
    db: sqlite3.Connection, draw: Random, at: int, story: Story, reply: str, *, harsh: bool
) -> None:
    story.mood = min(6, story.mood + (2 if harsh else 1))
    kind = "at_blame" if harsh else "at_canned"
    plan(db, later(draw, at, 12, 50), "say", story=story.number, lines=kind, reply_to=reply)
    if harsh or draw.random() < 0.4:
        when = later(draw, at, 30, 120)
        plan(db, when, "bystander", post=reply, lines="bystander_angry")
    plan_crowd(db, draw, at, story, story.root)
    plan_impatience(db, draw, at, story)


def go_along(
    db: sqlite3.Connection, draw: Random, at: int, story: Story, reply: str, tone: Tone
) -> None:
    """They answer what was asked, write in private when asked to, and wait a while longer."""
    calmed = tone.cares or tone.asks or tone.route
    story.mood = max(0, story.mood - 1) if calmed else story.mood
    if story.mood >= 5 and draw.random() < 0.3:
        return
    number, soon = story.number, later(draw, at, 10, 45)
    if tone.route:
        plan(db, soon, "say", story=number, lines="details", private=True)
        if draw.random() < 0.6:
            when = soon + 2000
            plan(db, when, "say", story=number, lines="sent_message", reply_to=reply)
    elif tone.asks:
        plan(db, soon, "say", story=number, lines="answer", reply_to=reply)
    elif not calmed:
        plan(db, soon, "say", story=number, lines="what_now", reply_to=reply)
    elif draw.random() < 0.7:
        plan(db, soon, "say", story=number, lines="calmer", reply_to=reply)
    if not tone.solves:
        story.followups = max(1, story.followups)
        plan_impatience(db, draw, at + 120_000, story)


def end(db: sqlite3.Connection, draw: Random, at: int, story: Story, reply: str) -> None:
    """The close-out: thanks, silence, a grumble, or taking it back in words or by deleting."""
    story.over = True
    calm, cross = (62, 16, 8, 8, 6), (25, 25, 45, 3, 2)
    outcomes = ["thanks", "silence", "grumble", "retract", "delete"]
    outcome = draw.choices(outcomes, calm if story.mood <= 3 else cross)[0]
    when = later(draw, at, 15, 60)
    if outcome == "delete":
        plan(db, when, "delete", story=story.number)
    elif outcome != "silence":
        plan(db, when, "say", story=story.number, lines=outcome, reply_to=reply)


def hear_message(db: sqlite3.Connection, message: records.Row) -> None:
    """A private message of the brand's; nobody is obliged to answer one out of the blue."""
    story = load(db, "customer", message["recipient"])
    if story is None:
        return
    story.answers += 1
    draw = draw_for(db, "message", story.number, story.answers)
    at = message["at"]
    tone = read_tone(message["text"])
    number, soon = story.number, later(draw, at, 10, 50)
    if tone.harsh:
        story.mood = min(6, story.mood + 2)
        plan(db, soon, "say", story=number, lines="at_blame", private=True)
        plan(db, soon + 5000, "say", story=number, lines="furious")
    elif tone.solves or tone.closes:
        story.mood = max(0, story.mood - 2)
        plan(db, soon, "say", story=number, lines="private_thanks", private=True)
        if not story.over and draw.random() < 0.25:
            plan(db, later(draw, at, 240, 600), "say", story=number, lines="thanks")
    else:
        kind = "details" if tone.asks else "private_reply"
        plan(db, soon, "say", story=number, lines=kind, private=True)
    save(db, story)
