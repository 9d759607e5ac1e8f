"""What a person may do to a case, in which of its states, and which permission it takes: one table.

With ``roles`` (who has which permission), ``states`` (what moves there are) and ``delivery`` (what a
person may decide about a reply) it is the whole of what is allowed. A test tries every verb in every
state by every role against it, through the pages and through the functions; a verb or an address
without a row here fails that test.

To add a verb: one line in ``VERBS``, named as its address below the case; hand its name to ``held``
(``desk/actions/cases.py``), which enforces the row; and what it is sent, in ``tests/ways.py``.
"""

from dataclasses import dataclass
from typing import Final

from amends.casework.roles import Action
from amends.casework.states import LIVE, MOVES, CaseState
from amends.terms import NotAllowed

_S = CaseState
EVERY: Final = frozenset(CaseState)
IN_HAND: Final = LIVE | {_S.RESOLVED}


@dataclass(frozen=True, slots=True)
class Verb:
    """``said`` ends the sentence "A case that is closed cannot …"."""

    said: str
    states: frozenset[CaseState] = EVERY
    needs: Action = Action.WORK


VERBS: Final[dict[str, Verb]] = {
    # moves
    "take-up": Verb("be taken up", IN_HAND),
    "wait": Verb("become waiting", frozenset({_S.NEW, _S.OPEN, _S.RESOLVED})),
    "resolve": Verb("become resolved", LIVE),
    "dismiss": Verb("become dismissed", LIVE),
    "reopen": Verb("become open", frozenset(s for s in EVERY if _S.OPEN in MOVES[s])),
    "close": Verb("become closed", frozenset({_S.RESOLVED})),
    "merge": Verb("become merged", LIVE),
    # what belongs together
    "bring-in": Verb("take in another", LIVE),
    "give-back": Verb("give back another"),
    "split": Verb("be split", EVERY - {_S.MERGED}),
    "split-undo": Verb("go back to where it was split off", LIVE),
    "same-person": Verb("be of somebody else too"),
    "other-person": Verb("be of one person less"),
    # words
    "write-note": Verb("be given a note", needs=Action.NOTE),
    "write-public": Verb("be answered", IN_HAND, Action.REPLY),
    "write-private": Verb("be answered", IN_HAND, Action.REPLY),
    "close-out": Verb("be closed out", frozenset({_S.RESOLVED}), Action.REPLY),
    "draft": Verb("be drafted for", needs=Action.REPLY),
    # facts beside the state
    "assign": Verb("be given to somebody"),
    "hand-up": Verb("be handed up"),
    "hand-over": Verb("be handed over", LIVE),
    "priority": Verb("get another priority"),
    "label": Verb("be labelled"),
    "unlabel": Verb("lose a label"),
    "snooze": Verb("be put off", LIVE),
    "wake": Verb("be brought back"),
    "macro": Verb("be worked on by a macro"),
    "rank": Verb("be looked for in searches"),
    "rank-unwatch": Verb("be looked for no more"),
    # taking it private, taking it back
    "handoff": Verb("be given a page", EVERY - {_S.MERGED}, Action.REPLY),
    "handoff-decide": Verb("have a page decided", needs=Action.REPLY),
    "link": Verb("be given a page", EVERY - {_S.MERGED}, Action.REPLY),
    "take-down": Verb("have a post of ours removed", needs=Action.TAKE_DOWN),
    "call": Verb("have a call planned", IN_HAND),
    "call-log": Verb("have a call written down", EVERY - {_S.MERGED}),
    "call-decide": Verb("have a call decided"),
    # making amends
    "fault": Verb("be given a fault"),
    "second-chance": Verb("be given a second chance", IN_HAND | {_S.CLOSED}),
    "remedy": Verb("be given a remedy", IN_HAND),
    "remedy-decide": Verb("have a remedy decided"),
    "promise": Verb("be given a promise", IN_HAND),
    "promise-decide": Verb("have a promise decided"),
    # what came of it, claims and the law
    "outcome": Verb("have its outcome corrected"),
    "survey": Verb("be asked about", frozenset({_S.RESOLVED}), Action.REPLY),
    "letter": Verb("be given a letter", IN_HAND, Action.REPLY),
    "letter-decide": Verb("have a letter decided", needs=Action.REPLY),
    "claim": Verb("be given a claim", EVERY - {_S.CLOSED, _S.MERGED}),
    "legal": Verb("be restricted", needs=Action.LEGAL),
    "hold": Verb("be held", needs=Action.LEGAL),
    "hold-lift": Verb("have a hold lifted", needs=Action.LEGAL),
}


def check_verb(verb: str, state: CaseState) -> None:
    """Raise ``NotAllowed`` unless this may be done to a case that is ``state``."""
    if state not in VERBS[verb].states:
        raise NotAllowed(f"A case that is {state} cannot {VERBS[verb].said}.")
