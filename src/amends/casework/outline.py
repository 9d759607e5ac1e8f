"""What a reply is made of, for whoever sits before an empty box (R26, R28, R32, R38 to R40)."""

import re
from dataclasses import dataclass

from amends.casework.fault import Fault

_OUTBURST_WORDS = 12
_WHEN = re.compile(
    r"\d|\b(?:today|yesterday|tonight|morning|week|month|hours?|days?|hoy|ayer|heute|gestern|hier"
    r"|hoje|ontem|oggi|ieri|vandaag|gisteren)\b",
    re.IGNORECASE,
)
_WANTED = re.compile(
    r"\b(?:refund|replace\w*|apolog\w*|call me|fix|money back|reembolso|erstatt\w*|rembours\w*)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a reply: its name, and what to write there."""

    name: str
    hint: str


_OWN: dict[Fault | None, str] = {
    Fault.OURS: "Say that it is our fault, and that we are sorry. No if, no but.",
    Fault.THIRD_PARTY: "Show that you feel with them. It was not us, so do not take it on us.",
    Fault.CUSTOMER: "Show that you understand how it came about. Lay no blame.",
    Fault.UNCLEAR: "Say that you are finding out what happened. Take no fault on us yet.",
    None: "Who is at fault is not determined. Say that you are finding out.",
}


def outline(
    *, fault: Fault | None, public: bool, contact_route: str, initials: str
) -> tuple[Part, ...]:
    """The parts of a reply in their order: acknowledge, own, act, route, sign."""
    route = contact_route.strip() or "Say where they reach a person: a private message, a number."
    private = "They have you in private already. Ask for what you need, and say why."
    return (
        Part("Acknowledge", "Name what happened to them, in words close to theirs."),
        Part("Own", _OWN[fault]),
        Part("Act", "Say what you do now, and by when they hear from you."),
        Part("Route", route if public else private),
        Part("Sign", f"^{initials}" if initials else "Your name or initials."),
    )


def open_questions(post: str) -> tuple[str, ...]:
    """What is worth asking about a complaint: one short question to an outburst, else what it
    leaves open."""
    if len(post.split()) <= _OUTBURST_WORDS and not _WHEN.search(post):
        return ("What happened?",)
    asked = []
    if not _WHEN.search(post):
        asked.append("When did this happen?")
    asked.append("What has been tried so far?")
    if not _WANTED.search(post):
        asked.append("What would put it right for you?")
    return tuple(asked)
