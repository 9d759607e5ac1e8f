"""What a reading means for a case: how grave it is, which labels it gets, whether it is handed up,
and whether a complaint in it is about us."""

from collections.abc import Mapping
from typing import Final

from amends.casework.states import Priority
from amends.terms import US, Reading

CERTAIN: Final = 0.9
"""A complaint so likely is grave whatever its words."""
LABELS: Final[Mapping[str, str]] = {
    "boycott": "boycott",
    "wave": "wave threat",
    "leaving": "leaving",
    "legal": "legal",
    "press": "press",
    "safety": "safety",
}
"""The label of each intent that gives one."""
THREATS: Final = ("boycott", "wave")
"""Intents that hand a case up (R16), whoever in the conversation says so."""
_GRAVE: Final = frozenset({"boycott", "wave", "legal", "press"})


def priority_of(reading: Reading | None) -> Priority:
    """How grave a case is by what was read in a post of its customer.

    Urgent where somebody is said to have been hurt, or where we are blamed and others are called upon;
    high where we are held responsible, threatened, or the complaint is beyond doubt.
    """
    if reading is None:
        return Priority.NORMAL
    intents, reproached = set(reading.intents), reading.severity != "none"
    blamed = reading.severity == "blame"
    if (reproached and "safety" in intents) or (blamed and intents.intersection(THREATS)):
        return Priority.URGENT
    if blamed or (reproached and intents & _GRAVE) or reading.complaint >= CERTAIN:
        return Priority.HIGH
    return Priority.NORMAL


def labels_of(reading: Reading | None, *, by_customer: bool = True) -> tuple[str, ...]:
    """The labels that a post puts on its case. Of bystanders only calls on others count."""
    if reading is None:
        return ()
    wanted = LABELS if by_customer else THREATS
    return tuple(LABELS[name] for name in reading.intents if name in wanted)


def threat_in(reading: Reading | None) -> str:
    """The first call on others in a reading, "" where there is none."""
    if reading is None:
        return ""
    return next((name for name in THREATS if name in reading.intents), "")


def blames_others(reading: Reading, *, to_us: bool) -> bool:
    """Whether a post that names us complains of somebody else: "Acme saved me after Zenith ruined my
    day". What was written to us must praise us to count so; otherwise it is enough that nothing in it
    is directed at us."""
    ours = reading.targets.get(US)
    others = any(one == "negative" for name, one in reading.targets.items() if name != US)
    return others and (ours == "positive" or (ours is None and not to_us))
