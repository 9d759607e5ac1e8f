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
STANDING: Final = EVERY - {_S.MERGED}
"""A case that was merged is worked on where it goes on. What stays possible there is undoing the merge
and what protects people: the law, our own posts, private pages, and text that somebody is typing."""
IN_HAND: Final = LIVE | {_S.RESOLVED}


@dataclass(frozen=True, slots=True)
class Verb:
    """``said`` ends the sentence "A case that is closed cannot …"."""

    said: str
    states: frozenset[CaseState] = STANDING
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
    "split": Verb("be split"),
    "split-undo": Verb("go back to where it was split off", LIVE),
    "same-person": Verb("be of somebody else too"),
    "other-person": Verb("be of one person less"),
    # words
    "write-note": Verb("be given a note", needs=Action.NOTE),
    "write-public": Verb("be answered", IN_HAND, Action.REPLY),
    "write-private": Verb("be answered", IN_HAND, Action.REPLY),
    "close-out": Verb("be closed out", frozenset({_S.RESOLVED}), Action.REPLY),
    "draft": Verb("be drafted for", EVERY, Action.REPLY),
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
    "handoff": Verb("be given a page", needs=Action.REPLY),
    "handoff-decide": Verb("have a page decided", EVERY, Action.REPLY),
    "link": Verb("be given a page", needs=Action.REPLY),
    "take-down": Verb("have a post of ours removed", EVERY, Action.TAKE_DOWN),
    "call": Verb("have a call planned", IN_HAND),
    "call-log": Verb("have a call written down"),
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
    "survey": Verb("be asked about", frozenset({_S.RESOLVED, _S.CLOSED}), Action.REPLY),
    "letter": Verb("be given a letter", IN_HAND, Action.REPLY),
    "letter-decide": Verb("have a letter decided", needs=Action.REPLY),
    "claim": Verb("be given a claim", STANDING - {_S.CLOSED}),
    "legal": Verb("be restricted", EVERY, Action.LEGAL),
    "hold": Verb("be held", EVERY, Action.LEGAL),
    "hold-lift": Verb("have a hold lifted", EVERY, Action.LEGAL),
}


def check_verb(verb: str, state: CaseState, *, goes_on_in: str = "") -> None:
    """Raise ``NotAllowed`` unless this may be done to a case that is ``state``. ``goes_on_in`` is the
    reference of the case that it was merged into, where it was."""
    if state in VERBS[verb].states:
        return
    if state is CaseState.MERGED:
        raise NotAllowed(merged_words(goes_on_in))
    raise NotAllowed(f"A case that is {state} cannot {VERBS[verb].said}.")


def merged_words(goes_on_in: str) -> str:
    """Why nothing is done to a case that was merged, and where it is done."""
    where = goes_on_in or "another case"
    return f"This case was merged and goes on in {where}. Do it there, or undo the merge first."
