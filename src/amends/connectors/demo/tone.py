"""How a reply of ours lands with the cast: plain rules over its words, in four languages."""

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Tone:
    """What a reader takes from a reply. ``harsh`` and ``canned`` outweigh all the rest."""

    cares: bool = False
    asks: bool = False
    route: bool = False
    solves: bool = False
    closes: bool = False
    canned: bool = False
    harsh: bool = False


def _any(*words: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{'|'.join(words)})", re.IGNORECASE)


CARES = _any(
    r"sorry", r"apolog", r"regret", r"understand", r"that (?:should|must) not", r"frustrat",
    r"you.re right", r"you are right", r"no wonder", r"thank(?:s| you) for telling", r"lo siento",
    r"sentimos", r"disculp", r"perdón", r"tut (?:mir|uns)", r"entschuldig", r"verstehe", r"désol",
    r"excus", r"navr",
)  # fmt: skip
ROUTE = _any(
    r"(?:direct|private) message", r"dms?\b", r"message (?:us|me)", r"send (?:us|me)",
    r"in private", r"privately", r"https?://", r"write to (?:us|me)", r"call (?:us|me)",
    r"mensaje", r"privado", r"nachricht", r"message privé", r"en privé", r"\S+@\S+\.\w",
)  # fmt: skip
SOLVES = _any(
    r"refunded", r"(?:your|the|a) refund (?:is|has|will)", r"voucher", r"rebooked", r"credit",
    r"found your", r"found the", r"on its way",
    r"have (?:booked|arranged|fixed|corrected|sent|paid)", r"reembols",
    r"hemos (?:resuelto|encontrado)", r"erstattet", r"gefunden", r"umgebucht", r"rembours",
    r"retrouvé",
)  # fmt: skip
CLOSES = _any(
    r"(?:all|now|is|has been|been|it) (?:sorted|settled|resolved|fixed|put right)",
    r"put (?:this|it) right", r"glad (?:that )?(?:we|this|you|it)", r"as (?:agreed|promised)",
    r"closed? (?:this )?out", r"back with you", r"we have changed", r"resuelto", r"solucionado",
    r"erledigt", r"geklärt", r"réglé", r"résolu",
)  # fmt: skip
CANNED = _any(
    r"appreciate your (?:business|patience)", r"we value your",
    r"your (?:feedback|call) is important", r"(?:any|the) inconvenience",
    r"look into (?:it|this) right away", r"valued customer",
    r"we take (?:all|every) (?:complaint|feedback)", r"at your earliest convenience",
    r"passed (?:it |this )?(?:on )?to the relevant (?:team|department)",
)  # fmt: skip
HARSH = _any(
    r"your (?:own )?fault", r"you should have", r"you failed to",
    r"read the (?:terms|conditions|rules)", r"rules are rules", r"calm down", r"lawyers?\b",
    r"legal action", r"sue you", r"delete (?:this|your) post", r"take (?:this|it) down",
    r"game you want to play", r"stop (?:lying|complaining)", r"or else",
    r"as (?:we|i) (?:already )?told you",
)  # fmt: skip
ASKS = re.compile("[?\uff1f]")


def read_tone(text: str) -> Tone:
    """The tone of a reply; a question mark asks, whatever stands before it."""
    return Tone(
        cares=bool(CARES.search(text)),
        asks=bool(ASKS.search(text)),
        route=bool(ROUTE.search(text)),
        solves=bool(SOLVES.search(text)),
        closes=bool(CLOSES.search(text)),
        canned=bool(CANNED.search(text)),
        harsh=bool(HARSH.search(text)),
    )
