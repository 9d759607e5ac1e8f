"""Plays what the plan says is due."""

import json
import sqlite3
from typing import Any

from amends.connectors.demo import records, script
from amends.connectors.demo.cast import said


def perform(db: sqlite3.Connection, until: int) -> int:
    """All steps due by ``until``, in order, those they plan meanwhile too. How many there were."""
    done = 0
    while True:
        row = db.execute(
            "SELECT * FROM plan WHERE due <= ? ORDER BY due, number LIMIT 1", (until,)
        ).fetchone()
        if row is None:
            return done
        db.execute("DELETE FROM plan WHERE due = ? AND number = ?", (row["due"], row["number"]))
        play(db, row["due"], row["kind"], json.loads(row["data"]))
        done += 1


def play(db: sqlite3.Connection, at: int, kind: str, data: dict[str, Any]) -> None:
    """One step, dated when it was due."""
    if kind == "open":
        script.open_story(db, at, data["number"])
    elif kind == "chatter":
        script.chatter(db, at, data["number"])
    elif kind in ("bystander", "reshare", "rival_quote"):
        script.around(db, at, kind, data)
    else:
        story = script.load(db, "number", data["story"])
        if story is not None:
            play_story(db, at, story, kind, data)


def play_story(
    db: sqlite3.Connection, at: int, story: script.Story, kind: str, data: dict[str, Any]
) -> None:
    if kind == "impatient":
        script.impatient(db, at, story, data)
    elif kind == "delete":
        records.delete_post(db, story.root, at)
    elif kind == "edit":
        add_to_post(db, at, story)
    elif kind == "say":
        draw = script.draw_for(db, "say", story.number, story.step)
        private = bool(data.get("private"))
        parent = data.get("reply_to")
        script.speak(db, draw, at, story, data["lines"], reply_to=parent, private=private)
        script.save(db, story)


def add_to_post(db: sqlite3.Connection, at: int, story: script.Story) -> None:
    row = records.find(db, story.root)
    if row is None or row["deleted_at"] is not None:
        return
    more = said(script.draw_for(db, "edit", story.number), story.lang, "edited") or ""
    records.edit_post(db, story.root, f"{row['text']} {more}"[:300], at)
