"""Whose fault it was, and what follows from that (R38 to R40)."""

from datetime import date
from enum import StrEnum

from amends.terms import BadInput


class Fault(StrEnum):
    """As the guard calls them too."""

    OURS = "ours"
    THIRD_PARTY = "third_party"
    CUSTOMER = "customer"
    UNCLEAR = "unclear"


class SecondChance(StrEnum):
    """What became of asking for one, where it was not our fault (R40)."""

    ASKED = "asked"
    GIVEN = "given"
    DECLINED = "declined"
    SILENT = "silent"


NEXT: dict[SecondChance | None, frozenset[SecondChance]] = {
    None: frozenset({SecondChance.ASKED}),
    SecondChance.ASKED: frozenset(SecondChance) - {SecondChance.ASKED},
    SecondChance.SILENT: frozenset({SecondChance.GIVEN, SecondChance.DECLINED}),
    SecondChance.GIVEN: frozenset(),
    SecondChance.DECLINED: frozenset({SecondChance.GIVEN}),
}


def check_fault(fault: Fault, *, facts: str, fix: str, fix_on: date | None) -> None:
    """Raise ``BadInput`` unless what a determination needs is there: facts always; where it is
    ours, also the fix and its date (R39)."""
    if not facts.strip():
        raise BadInput("Say on what facts this rests. One sentence is enough.")
    if fault is Fault.OURS and not (fix.strip() and fix_on):
        raise BadInput("The fault is ours: say what is fixed or will be, and by which day.")
    if fault is not Fault.OURS and (fix.strip() or fix_on):
        raise BadInput("Only what is our fault has a fix of ours. Leave the fix and its date out.")


def check_second_chance(
    old: SecondChance | None, new: SecondChance, *, fault: Fault | None
) -> None:
    """Raise ``BadInput`` unless a second chance that is ``old`` may become ``new``."""
    if fault is None:
        raise BadInput("Determine the fault first. Where it is ours, make amends before you ask.")
    if fault is Fault.OURS and new is SecondChance.ASKED:
        raise BadInput(
            "The fault is ours: own it and put it right, before a second chance is asked."
        )
    if new not in NEXT[old]:
        said = f"is {old}" if old else "was not asked for"
        raise BadInput(f"A second chance that {said} cannot become {new}.")
