"""What the customer made of it, and the one invitation to say so in public (R45)."""

from datetime import datetime, timedelta
from typing import Final

from amends.casework.closing import Matters, still_open
from amends.casework.states import CaseState, Outcome
from amends.terms import BadInput, NotAllowed

SILENCE: Final = timedelta(days=7)
"""Who says nothing for so long after the end, or after the invitation, is silent."""
FRIENDLY: Final = frozenset({Outcome.THANKED, Outcome.RETRACTED})
INVITATION: Final = "If you like, tell others here how it went. Only if you want to."
"""A first wording, to be made one's own."""


def silent_from(last_word: datetime) -> datetime:
    """When silence becomes the outcome, after our last word."""
    return last_word + SILENCE


def outcome_awaited(outcome: Outcome | None) -> bool:
    """Whether a case that ends now waits for what the customer makes of it.

    That they were unhappy, or silent, before it was settled anew says nothing of the end; thanks and what
    was taken back stay.
    """
    return outcome not in FRIENDLY


def check_invitation(*, state: CaseState, invited: bool, on_its_way: bool, owed: Matters) -> None:
    """Raise ``NotAllowed`` unless the customer may be invited to speak again in public.

    Once for each case; never before all that we give is delivered, so that nothing can depend on it.
    """
    if invited:
        raise NotAllowed("The customer was invited once, and once is all.")
    if on_its_way:
        raise NotAllowed("An invitation of this case is on its way already.")
    if said := still_open(owed):
        raise NotAllowed(f"{said} Deliver before you invite, so that nothing depends on it.")
    if state is not CaseState.RESOLVED:
        raise NotAllowed("Settle the matter first; invite once it is resolved.")


def check_correction(old: Outcome | None, new: Outcome | None) -> None:
    """Raise ``BadInput`` where nothing would be corrected."""
    if old is new:
        raise BadInput("That is what stands there already.")
