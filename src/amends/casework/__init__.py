"""Casework: the rules of a case, pure and without a database.

States and their moves, who may do what, what a newly heard post means for a case, how the
event log is chained and when a reply is tried again. The desk asks here and does as told.

What is done by itself or at once has modules of its own: ``automation`` (rules) and ``saying`` (rules
as sentences), ``macros``, ``snippets`` and ``bulk``.

Time has modules of its own: ``hours`` (windows, zones, holidays), ``clocks`` (due, used, left,
late, paused), ``sla`` (what is promised to whom), ``rota`` (who is there) and ``waiting`` (the
order of the inbox).
"""

from amends.casework.chain import GENESIS, Link, Verdict, event_hash, verify
from amends.casework.delivery import (
    DECIDED_FROM,
    REPLY_MOVES,
    ReplyDecision,
    ReplyStatus,
    check_decision,
    check_delivery,
    next_try,
)
from amends.casework.intake import Decision, Facts, Intake, decide
from amends.casework.outline import Part, open_questions, outline
from amends.casework.roles import Action, Role, check_approver, check_may, may, permitted
from amends.casework.states import LIVE, MOVES, CaseState, Outcome, Priority, check_move, path_to

__all__ = [
    "DECIDED_FROM",
    "GENESIS",
    "LIVE",
    "MOVES",
    "REPLY_MOVES",
    "Action",
    "CaseState",
    "Decision",
    "Facts",
    "Intake",
    "Link",
    "Outcome",
    "Part",
    "Priority",
    "ReplyDecision",
    "ReplyStatus",
    "Role",
    "Verdict",
    "check_approver",
    "check_decision",
    "check_delivery",
    "check_may",
    "check_move",
    "decide",
    "event_hash",
    "may",
    "next_try",
    "open_questions",
    "outline",
    "path_to",
    "permitted",
    "verify",
]
