"""Faults on demand: the next calls of a verb go wrong, in a way real networks do.

Verbs: ``fetch``, ``thread``, ``author``, ``publish``, ``message``, ``look_up``, ``delete``,
``check``, or ``*`` for any. Kinds: ``ratelimit`` (429, with seconds to wait), ``error`` (500,
nothing done), ``html`` (a page instead of data, nothing done), ``lost`` (done, but the answer
never comes), ``expired`` (401).
"""

import sqlite3
from typing import Literal, get_args

import msgspec

FaultKind = Literal["ratelimit", "error", "html", "lost", "expired"]
VERBS = ("fetch", "thread", "author", "publish", "message", "look_up", "delete", "check", "*")


class Fault(msgspec.Struct, frozen=True, kw_only=True):
    """``times`` calls of ``verb`` go wrong; ``seconds`` is how long a rate limit lasts."""

    verb: str
    kind: FaultKind
    times: int = 1
    seconds: int = 30


def add_fault(db: sqlite3.Connection, fault: Fault) -> None:
    """Raises ValueError where nobody would ever meet the fault."""
    if fault.verb not in VERBS or fault.kind not in get_args(FaultKind):
        msg = f"There is no fault {fault.kind} of {fault.verb}; verbs are {', '.join(VERBS)}."
        raise ValueError(msg)
    values = (fault.verb, fault.kind, fault.times, fault.seconds)
    db.execute("INSERT INTO fault (verb, kind, times, seconds) VALUES (?, ?, ?, ?)", values)


def clear_faults(db: sqlite3.Connection) -> None:
    db.execute("DELETE FROM fault")


def take_fault(db: sqlite3.Connection, verb: str) -> Fault | None:
    """The oldest fault that fits, used up by one."""
    row = db.execute(
        "SELECT * FROM fault WHERE verb IN (?, '*') ORDER BY number LIMIT 1", (verb,)
    ).fetchone()
    if row is None:
        return None
    db.execute("UPDATE fault SET times = times - 1 WHERE number = ?", (row["number"],))
    db.execute("DELETE FROM fault WHERE times <= 0")
    return Fault(verb=verb, kind=row["kind"], times=row["times"], seconds=row["seconds"])
