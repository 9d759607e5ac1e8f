"""Who may speak for the company: the role, the policy that was acknowledged, training that is valid.

Also who keeps an account: each has an owner and a deputy (R37). All of it pure; the desk asks with
what it has stored, in the pages, at any other door and in the workers alike.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from amends.casework.roles import Action, Role, may
from amends.casework.training import State, Trained
from amends.terms import NotAllowed


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of whoever speaks. ``policy`` is the newest version, 0 where none was written;
    ``training`` the titles of the modules by name. Each from its time on, None: not at all."""

    policy: int = 0
    policy_from: datetime | None = None
    training: Mapping[str, str] = field(default_factory=dict)
    trained_from: datetime | None = None

    def policy_now(self, now: datetime) -> bool:
        return bool(self.policy) and self.policy_from is not None and self.policy_from <= now

    def training_now(self, now: datetime) -> bool:
        return self.trained_from is not None and self.trained_from <= now


@dataclass(frozen=True, slots=True)
class Speaker:
    """A person as these rules see them. ``acknowledged`` is the newest version they read."""

    role: Role
    active: bool = True
    acknowledged: int = 0
    training: Mapping[str, Trained] = field(default_factory=dict)


NEVER = Trained(State.NEVER)


def lacks(speaker: Speaker, asked: Asked, *, now: datetime) -> list[str]:
    """What keeps a person from speaking, each a clause after "You may not send, for …"; [] where
    nothing does."""
    if not speaker.active:
        return ["this account no longer signs in"]
    if not may(speaker.role, Action.REPLY):
        return [f"the role {speaker.role} may not speak for the company"]
    found = []
    if asked.policy_now(now) and speaker.acknowledged < asked.policy:
        found.append(
            f"version {asked.policy} of the social media policy is not acknowledged yet"
            if speaker.acknowledged
            else "the social media policy is not acknowledged yet"
        )
    if asked.training_now(now):
        found += [
            _untrained(title, speaker.training.get(name, NEVER))
            for name, title in asked.training.items()
            if not speaker.training.get(name, NEVER).state.counts
        ]
    return found


def _untrained(title: str, trained: Trained) -> str:
    if trained.state is State.LAPSED and trained.until is not None:
        return f"the training “{title}” ran out on {trained.until:%-d %B %Y}"
    if trained.state is State.FAILED:
        return f"the training “{title}” is not passed yet"
    return f"the training “{title}” is not taken yet"


def check_speaker(speaker: Speaker, asked: Asked, *, now: datetime, wrote: bool = True) -> None:
    """Raise ``NotAllowed``, with what to do, unless this person may publish now. ``wrote`` says that
    they typed something, which is kept."""
    found = lacks(speaker, asked, now=now)
    if found:
        kept = " What you wrote is kept as a draft." if wrote and _may_reply(speaker) else ""
        raise NotAllowed(f"You may not send: {listed(found)}. {_remedy(speaker, found)}{kept}")


def _remedy(speaker: Speaker, found: list[str]) -> str:
    if not _may_reply(speaker):
        return "Ask an administrator."
    return "Read it under Training, Policy." if "policy" in found[0] else "Take it under Training."


def _may_reply(speaker: Speaker) -> bool:
    return speaker.active and may(speaker.role, Action.REPLY)


def listed(found: list[str]) -> str:
    """The first two, and how many more."""
    more = len(found) - 2
    return "; ".join(found[:2]) + (f"; and {more} more" if more > 0 else "")


@dataclass(frozen=True, slots=True)
class Keeper:
    """Somebody who is to look after an account. ``able``: they sign in and may speak for us."""

    name: str
    able: bool


def check_keepers(owner: Keeper | None, deputy: Keeper | None, *, same: bool) -> None:
    """Raise ``NotAllowed`` unless these two can keep an account; nobody at all is a gap, not wrong."""
    if same:
        raise NotAllowed("Owner and deputy are two people. Choose somebody else as deputy.")
    for one in (owner, deputy):
        if one is not None and not one.able:
            raise NotAllowed(
                f"{one.name} cannot keep an account: it takes somebody who signs in and may speak for"
                " the company."
            )


def keeper_gaps(owner: Keeper | None, deputy: Keeper | None) -> list[str]:
    """What is missing, each a sentence; [] where an owner and a deputy are there."""
    found = []
    for what, one in (("owner", owner), ("deputy", deputy)):
        if one is None:
            found.append(f"It has no {what}.")
        elif not one.able:
            found.append(f"Its {what} {one.name} has left or may no longer speak for us.")
    return found
