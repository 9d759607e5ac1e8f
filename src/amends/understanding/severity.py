"""How far a complaint goes: none, disapproval, accusation or blame.

The four steps are those of Trosborg as Jin and Aletras label them (NAACL 2021): nobody is reproached;
the author shows that they are displeased; the author asserts that somebody did something wrong; the
author holds somebody responsible. The last is also given where a wrong is asserted and a remedy demanded
or consequences threatened.
"""

from collections.abc import Collection, Mapping

from amends.terms import Reading, Severity
from amends.understanding.lexicon import Span, Spans
from amends.understanding.negation import by_oneself, denied

# Probabilities, of a complaint or of negative sentiment, from which words of displeasure count, and
# (lower) words that assert a fault, hold responsible or threaten; and complaint probabilities from which
# strain counts, and from which no word is needed.
_HEARD, _HEARD_NEGATIVE = 0.12, 0.6
_HINTED, _HINTED_NEGATIVE = 0.08, 0.25
_STRAINED, _SURE = 0.3, 0.75
_THREATS = frozenset(f"intents.{name}" for name in ("legal", "leaving", "boycott", "press", "wave"))
_GRAVE = frozenset(("intents.legal", "intents.boycott"))
_ASKING = frozenset(("intents.question", "intents.request"))
_DEED = "severity.deed"
_FAULTS = frozenset((_DEED, "severity.fault", "severity.wronged"))
_DONE_BY_SOMEBODY = frozenset((_DEED, "severity.fault"))  # and not by the author
_REACH = {"severity.deed": 2, "severity.fault": 2, "severity.held": 4, "severity.displeasure": 3}

Signals = Mapping[str, list[Span]]


def signals(flat: str, spans: Spans, *, denies: bool) -> dict[str, list[Span]]:
    """What speaks for fault, held responsible, demand, displeasure, strain and bitter praise, denials
    aside."""
    found: dict[str, list[Span]] = {}
    for name, hits in spans.items():
        if name.startswith("severity"):
            near = _REACH.get(name, 0) if denies else 0
            kept = [
                hit
                for hit in hits
                if not (name in _DONE_BY_SOMEBODY and by_oneself(flat, hit[0], bare=name == _DEED))
                and not (near and denied(flat, *hit, near=near))
            ]
            if kept:
                found.setdefault("fault" if name in _FAULTS else name[9:], []).extend(kept)
    return found


def severity_of(
    signs: Signals, intents: Collection[str], reading: Reading, *, english: bool
) -> tuple[Severity, list[Span]]:
    """The step, and the places that speak for it. Where a post is not in English the model's
    complaint probability is little use, and the words decide alone."""
    complaint = reading.complaint
    bitter = signs.get("bitter", [])
    glad = not bitter and reading.praise >= max(0.5, complaint)
    if reading.retraction or glad or "intents.spam" in intents:
        return "none", []
    held, fault, demand = signs.get("held", []), signs.get("fault", []), signs.get("demand", [])
    displeasure, strain = signs.get("displeasure", []), signs.get("strain", [])
    negative = reading.sentiment_scores["negative"]
    hinted = complaint >= _HINTED or negative >= _HINTED_NEGATIVE or not english
    if held and hinted:
        return "blame", held
    if signs.get("insistence"):
        return "blame", signs["insistence"]
    if hinted and fault and (demand or not _THREATS.isdisjoint(intents)):
        return "blame", [*fault, *demand]
    likely = complaint >= _HEARD or negative >= _HEARD_NEGATIVE
    heard = bool(bitter) or likely or not english
    if heard and (
        not _GRAVE.isdisjoint(intents) or (demand and (displeasure or complaint >= _STRAINED))
    ):
        return "blame", [*demand, *displeasure]
    if fault and hinted:
        return "accusation", fault
    if (displeasure or bitter) and heard:
        return "disapproval", [*bitter, *displeasure]
    if strain and complaint >= _STRAINED:
        return "disapproval", strain
    if complaint >= _SURE and _ASKING.isdisjoint(intents):
        return "disapproval", []
    return "none", []
