"""What the cast does. A plan of dated steps lies in the file; each step may plan later ones.

Every draw is made from the seed and the step's own name, never from a shared generator, and a
step is dated when it was due, not when somebody looked. So what has happened up to a moment does
not depend on how often the network was asked.
"""

import json
import sqlite3
from dataclasses import asdict, dataclass
from random import Random
from typing import Any

from amends.connectors.demo import records
from amends.connectors.demo.cast import (
    BRAND,
    BYSTANDERS,
    COMPETITOR,
    CUSTOMERS,
    Person,
    facts,
    lines,
    newcomer,
    said,
)

FIRST_STORIES = (1.5, 2.5, 5.0, 6.0)
FIRST_CHATTER = (3.0, 8.0)


@dataclass(slots=True)
class Story:
    """One customer's complaint and what has become of it. ``mood`` runs from 0 to 6."""

    number: int
    customer: str
    root: str
    lang: str
    topic: str
    mood: int
    patience: float
    answers: int = 0
    followups: int = 0
    step: int = 0
    over: bool = False


def load(db: sqlite3.Connection, query: str, value: object) -> Story | None:
    """The newest story that the condition fits."""
    row = db.execute(
        f"SELECT data FROM story WHERE {query} = ? ORDER BY number DESC",  # noqa: S608
        (value,),
    ).fetchone()
    return None if row is None else Story(**json.loads(row["data"]))


def save(db: sqlite3.Connection, story: Story) -> None:
    data = json.dumps(asdict(story))
    db.execute(
        "INSERT OR REPLACE INTO story VALUES (?, ?, ?, ?)",
        (story.number, story.customer, story.root, data),
    )


def plan(db: sqlite3.Connection, due: float, kind: str, **data: Any) -> None:
    number = int(records.meta(db, "planned") or 0) + 1
    records.set_meta(db, "planned", number)
    db.execute("INSERT INTO plan VALUES (?, ?, ?, ?)", (int(due), number, kind, json.dumps(data)))


def draw_for(db: sqlite3.Connection, *name: object) -> Random:
    return Random(":".join(map(str, (records.meta(db, "seed"), *name))))  # noqa: S311


def later(draw: Random, at: int, low: float, high: float) -> float:
    """A moment between ``low`` and ``high`` seconds after ``at``."""
    return at + draw.uniform(low, high) * 1000


def join(db: sqlite3.Connection, person: Person, role: str) -> str:
    return records.signup(
        db, person.handle, name=person.name, followers=person.followers, role=role
    )


def start(db: sqlite3.Connection, at: int) -> None:
    """The curtain rises; once in the life of a file."""
    rival = COMPETITOR
    records.signup(
        db, rival.handle or "", name=rival.name or "", followers=rival.followers or 0, role="rival"
    )
    for person in BYSTANDERS:
        join(db, person, "bystander")
    plan(db, at + FIRST_STORIES[0] * 1000, "open", number=0)
    plan(db, at + FIRST_CHATTER[0] * 1000, "chatter", number=0)


def gap(draw: Random, number: int, first: tuple[float, ...], pace: tuple[float, float]) -> float:
    """Seconds from one to the next: brisk for ten minutes, slower for an hour, then at leisure."""
    if number < len(first):
        return first[number]
    low, high = pace
    slower = 1 if number < 24 else 3 if number < 60 else 9
    return draw.uniform(low, high) * slower


def deck(db: sqlite3.Connection, name: str, size: int, number: int) -> int:
    """A card from a shuffled deck: no repeats before it is used up, then shuffled anew."""
    cards = list(range(size))
    draw_for(db, name, number // size).shuffle(cards)
    return cards[number % size]


def open_story(db: sqlite3.Connection, at: int, number: int) -> None:
    draw = draw_for(db, "story", number)
    options = lines()["complaint"]
    chosen = options[deck(db, "complaints", len(options), number)]
    lang = chosen.get("lang", "en")
    person = pick_customer(db, draw, lang)
    text = chosen["text"].format_map(facts(draw_for(db, "facts", number)))
    root = records.add_post(db, person.handle, text, at, lang=lang)
    tagged = f"@{BRAND.handle}" in text
    story = Story(
        number, person.handle, root, lang, chosen["topic"], 2 + person.temper, person.patience
    )
    save(db, story)
    if tagged or draw.random() < 0.5:
        plan_impatience(db, draw, at, story)
    plan_crowd(db, draw, at, story, root)
    if lang == "en" and draw.random() < 0.07:
        plan(db, later(draw, at, 60, 150), "edit", story=number)
    wait = gap(draw, number + 1, FIRST_STORIES, (20, 40))
    plan(db, at + wait * 1000, "open", number=number + 1)


def pick_customer(db: sqlite3.Connection, draw: Random, lang: str) -> Person:
    """The next of the cast who speaks the language; then newcomers, and a few who come back."""
    pool = [person for person in CUSTOMERS if person.lang == lang]
    turn = int(records.meta(db, f"turn:{lang}") or 0)
    records.set_meta(db, f"turn:{lang}", turn + 1)
    if turn < len(pool):
        person = pool[deck(db, f"customers:{lang}", len(pool), turn)]
    elif draw.random() < 0.15:
        person = draw.choice(pool)
    else:
        person = newcomer(turn, lang)
    join(db, person, "customer")
    return person


def plan_impatience(db: sqlite3.Connection, draw: Random, at: int, story: Story) -> None:
    wait = draw.uniform(90, 240) * story.patience * 1.6**story.followups
    plan(db, at + wait * 1000, "impatient", story=story.number, answers=story.answers)


def plan_crowd(db: sqlite3.Connection, draw: Random, at: int, story: Story, post: str) -> None:
    """Others take notice, the more so the angrier it is."""
    heat = 0.1 * story.mood
    if draw.random() < 0.1 + heat:
        plan(db, later(draw, at, 20, 160), "bystander", post=post, lines="bystander")
    for _ in range(2):
        if draw.random() < heat:
            plan(db, later(draw, at, 30, 240), "reshare", post=post)
    if story.mood >= 4 and draw.random() < 0.3:
        plan(db, later(draw, at, 60, 300), "rival_quote", post=post)


def impatient(db: sqlite3.Connection, at: int, story: Story, data: dict[str, Any]) -> None:
    """Nobody answered (or not again): the next turn of the screw, three at most."""
    if story.over or story.answers != data["answers"]:
        return
    draw = draw_for(db, "impatient", story.number, story.step)
    story.followups += 1
    story.mood = min(6, story.mood + 1)
    kind = "furious" if story.followups >= 3 else "nudge" if story.answers else "angrier"
    root = records.find(db, story.root)
    waited = max(2, (at - root["at"]) // 60_000) if root else 2
    post = speak(db, draw, at, story, kind, waited=waited)
    plan_crowd(db, draw, at, story, post or story.root)
    if story.followups < 3:
        plan_impatience(db, draw, at, story)
    elif draw.random() < 0.2:
        plan(db, later(draw, at, 300, 900), "delete", story=story.number)
    save(db, story)


def speak(
    db: sqlite3.Connection,
    draw: Random,
    at: int,
    story: Story,
    kind: str,
    *,
    reply_to: str | None = None,
    private: bool = False,
    waited: int = 0,
) -> str | None:
    """The customer says a line of a kind, in the thread or in private; the new post's id."""
    text = said(draw, story.lang, kind) or draw.choice(
        lines()["topic"][story.topic][{"answer": "answers"}.get(kind, kind)]
    )
    text = text.format_map(facts(draw_for(db, "facts", story.number)) | {"waited": str(waited)})
    story.step += 1
    if private:
        return records.add_post(
            db, story.customer, text, at, lang=story.lang, recipient=BRAND.handle
        )
    parent = reply_to or story.root
    gone = records.find(db, parent)
    if gone is None or gone["deleted_at"] is not None:
        return None
    return records.add_post(db, story.customer, text, at, lang=story.lang, reply_to=parent)


def chatter(db: sqlite3.Connection, at: int, number: int) -> None:
    """Praise, questions, noise, job talk, and the competitor's own troubles."""
    draw = draw_for(db, "chatter", number)
    kinds = {"praise": 5, "question": 4, "noise": 6, "jobs": 1, "rival_complaint": 3}
    kind = draw.choices([*kinds, "rival_promo"], [*kinds.values(), 1])[0]
    options = lines()["chatter"][kind]
    turn = int(records.meta(db, f"turn:{kind}") or 0)
    records.set_meta(db, f"turn:{kind}", turn + 1)
    text = options[deck(db, kind, len(options), turn)].format_map(facts(draw))
    author = COMPETITOR.handle or ""
    if kind != "rival_promo":
        author = join(db, newcomer(draw.randint(1000, 1400), "en"), "bystander")
    records.add_post(db, author, text, at)
    wait = gap(draw, number + 1, FIRST_CHATTER, (25, 50))
    plan(db, at + wait * 1000, "chatter", number=number + 1)


def around(db: sqlite3.Connection, at: int, kind: str, data: dict[str, Any]) -> None:
    """A bystander answers or reshares, or the competitor quotes; unless the post has gone."""
    row = records.find(db, data["post"])
    if row is None or row["deleted_at"] is not None:
        return
    draw = draw_for(db, kind, data["post"], at)
    someone = draw.choice(BYSTANDERS).handle
    if kind == "bystander":
        records.add_post(db, someone, said(draw, "en", data["lines"]) or "", at, reply_to=row["id"])
    elif kind == "reshare":
        records.add_post(db, someone, "", at, repost_of=row["id"])
    else:
        text = said(draw, "en", "rival_quote") or ""
        records.add_post(db, COMPETITOR.handle or "", text, at, quote_of=row["id"])
