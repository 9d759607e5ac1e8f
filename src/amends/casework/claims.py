"""The life of a claim that may be false (R46): noted, examined, corrected or taken back."""

from enum import StrEnum
from typing import Final, Literal

from amends.terms import BadInput, NotAllowed
from amends.text import normalise

LONGEST: Final = 2000
_SHOWN: Final = 70  # of the claim's words in a request


class ClaimState(StrEnum):
    """Each value completes the sentence "A claim that is …"."""

    NOTED = "noted"
    FALSE = "shown false"
    ASKED = "asked to be corrected"
    DECLINED = "declined to be corrected"
    CORRECTED = "corrected"
    RETRACTED = "retracted"
    TRUE = "found true"
    DROPPED = "dropped"


_S = ClaimState

CLAIM_MOVES: Final[dict[ClaimState, frozenset[ClaimState]]] = {
    _S.NOTED: frozenset({_S.FALSE, _S.TRUE, _S.RETRACTED, _S.DROPPED}),
    _S.FALSE: frozenset({_S.NOTED, _S.ASKED, _S.CORRECTED, _S.RETRACTED, _S.DROPPED}),
    _S.ASKED: frozenset({_S.DECLINED, _S.CORRECTED, _S.RETRACTED, _S.DROPPED, _S.TRUE}),
    _S.DECLINED: frozenset({_S.ASKED, _S.CORRECTED, _S.RETRACTED, _S.DROPPED, _S.TRUE}),
    _S.CORRECTED: frozenset({_S.NOTED}),  # it is made again
    _S.RETRACTED: frozenset({_S.NOTED}),
    _S.TRUE: frozenset({_S.NOTED}),  # on new facts
    _S.DROPPED: frozenset({_S.NOTED}),
}
OPEN: Final = frozenset({_S.NOTED, _S.FALSE, _S.ASKED, _S.DECLINED})
"""What keeps a case from being closed."""
BY_HAND: Final = frozenset(ClaimState) - {_S.ASKED}
"""What a person decides; a claim is asked to be corrected by a request that went out."""
_NEEDS_REASON: Final = frozenset({_S.FALSE, _S.TRUE, _S.DROPPED})


def check_claim_move(old: ClaimState, new: ClaimState) -> None:
    """Raise ``NotAllowed`` unless a claim that is ``old`` may become ``new``."""
    if new not in CLAIM_MOVES[old]:
        raise NotAllowed(f"A claim that is {old} cannot become {new}.")


def check_words(words: str) -> str:
    """The claim's exact words, without blanks around them. Raises ``BadInput``."""
    words = words.strip()
    if not 0 < len(words) <= LONGEST:
        raise BadInput(f"Write what is claimed in its exact words, in 1 to {LONGEST:,} characters.")
    return words


def check_decision(new: ClaimState, *, because: str, evidence: int) -> None:
    """Raise ``BadInput`` unless what a decision rests on is there: evidence and what is true instead,
    before anything is called false; a reason wherever nobody but us says so."""
    if len(because) > LONGEST:
        raise BadInput(f"That is longer than {LONGEST:,} characters. Shorten it.")
    if new is ClaimState.FALSE and not evidence:
        raise BadInput("Keep evidence first: nothing is shown false by saying so.")
    if new in _NEEDS_REASON and not because.strip():
        raise BadInput(
            "Say on what this rests: what is true, and how we know. One sentence will do."
        )


def check_request(state: ClaimState, *, by_customer: bool, on_its_way: bool) -> None:
    """Raise ``NotAllowed`` unless the author may be asked to correct a claim.

    Only whoever made it is asked, and only where it was shown false (R31, R46).
    """
    if ClaimState.ASKED not in CLAIM_MOVES[state]:
        raise NotAllowed(
            f"A claim that is {state} is not asked to be corrected. Show it false first."
        )
    if not by_customer:
        raise NotAllowed(
            "Somebody else than the customer of this case made the claim. Open a case for their post,"
            " and ask there."
        )
    if on_its_way:
        raise NotAllowed(
            "A request of this claim is on its way already. Wait for it, or call it back."
        )


def draft_request(words: str, truth: str) -> str:
    """A polite first draft of asking for a correction: what was said, what we found, and a question.

    Nothing is asked to be taken down, and nothing is given for it. ``truth`` is what is true, as it
    was determined.
    """
    said = " ".join(words.split())
    if len(said) > _SHOWN:
        said = said[:_SHOWN].rsplit(" ", 1)[0] + " …"
    found = " ".join(truth.split()).rstrip(".")
    lines = [
        f"You wrote “{said}”, so I looked into it.",
        f"What I found: {found}.",
        "Would you mention that too, so that readers know both sides?",
        "Should I have missed something, please tell me.",
    ]
    return " ".join(lines)[:LONGEST]


How = Literal["quote", "repost", "words"]
_FEWEST: Final = 4
"""Fewer words are said by many who have nothing to do with a claim."""


def copy_by(
    words: str, native_id: str, *, text: str, quotes: str = "", reposts: str = ""
) -> How | None:
    """How a post repeats a claim that ``native_id`` made: by reposting it, by quoting it, or in the same words.

    None: it does not. Letter case, accents on their own, and blanks make no difference.
    """
    if native_id and reposts == native_id:
        return "repost"
    if native_id and quotes == native_id:
        return "quote"
    said = " ".join(normalise(words).split())
    if len(said.split()) < _FEWEST:
        return None
    return "words" if said in " ".join(normalise(text).split()) else None
