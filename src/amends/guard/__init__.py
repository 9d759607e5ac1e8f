"""Guard: what a reply must not say.

``check(reply, facts, recent, traits, policy)`` gives findings; ``verdict_of`` adds them up to pass, ask
or stop. Pure and fast: no network, no clock, no database. ``docs/guard.md`` lists every finding.
"""

from amends.guard.check import check
from amends.guard.codes import CODES, Code
from amends.guard.copies import Copy, RecentReplies
from amends.guard.facts import CaseFacts, Fault, Mode
from amends.guard.findings import LEVELS, Finding, Level, Verdict, redact, verdict_of
from amends.guard.inviting import invites
from amends.guard.policy import DEFAULT_POLICY, Policy
from amends.guard.private import private_words, without_personal_data
from amends.guard.promises import Promise, promises
from amends.guard.times import due_of

__all__ = [
    "CODES",
    "DEFAULT_POLICY",
    "LEVELS",
    "CaseFacts",
    "Code",
    "Copy",
    "Fault",
    "Finding",
    "Level",
    "Mode",
    "Policy",
    "Promise",
    "RecentReplies",
    "Verdict",
    "check",
    "due_of",
    "invites",
    "private_words",
    "promises",
    "redact",
    "verdict_of",
    "without_personal_data",
]
