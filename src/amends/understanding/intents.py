"""Topics and intents, from the lines of the lexicon that nothing takes back."""

from amends.terms import Reading
from amends.understanding.lexicon import Span, Spans
from amends.understanding.negation import denied, reported
from amends.understanding.page import SOMEBODY

TOPICS = tuple(
    f"topics.{name}"
    for name in (
        "delay", "refund", "outage", "billing", "staff", "product_fault", "delivery", "account",
        "safety", "cancellation", "baggage", "booking", "price", "website", "quality", "privacy",
    )
)  # fmt: skip
INTENTS = tuple(
    f"intents.{name}"
    for name in (
        "leaving", "boycott", "wave", "legal", "press", "safety", "vulnerable", "abuse", "spam",
        "job", "question", "request", "praise",
    )
)  # fmt: skip
_PRAISE, _QUESTION, _BOYCOTT = "intents.praise", "intents.question", "intents.boycott"
_PLACES = {name: at for at, name in enumerate((*TOPICS, *INTENTS))}
# What a denial takes back: "no delay today". Not the rest: "no refund yet" is about a refund.
_DENIABLE_TOPICS = frozenset(
    ("topics.delay", "topics.product_fault", "topics.safety", "topics.cancellation")
)
_UNDENIED = frozenset(
    (_QUESTION, "intents.request", "intents.vulnerable", "intents.spam", "intents.job")
)
_REPORTABLE = frozenset(
    (_BOYCOTT, "intents.leaving", "intents.wave", "intents.legal", "intents.press")
)
# What nobody threatens with who is plainly happy, and from which probability that is plain.
_GRIM, _HAPPY = frozenset(("intents.wave",)), 0.6
# The bare English words are news as often as calls; other lines know the calls.
_NEWS = frozenset(("boycott", "boycotts", "boycotted", "boycotting"))
_BORDERS = ("\n", ".", "!", "?", "\x1f", SOMEBODY)

Hits = dict[str, list[Span]]


def topics_of(flat: str, spans: Spans, *, denies: bool) -> Hits:
    """Topics in the order of ``TOPICS``, each with the places that speak of it. ``denies``: the post
    holds a word of denial."""
    found: Hits = {}
    for name, hits in spans.items():
        if name.startswith("topics"):
            deniable = denies and name in _DENIABLE_TOPICS
            kept = [hit for hit in hits if not (deniable and denied(flat, *hit, near=2))]
            if kept:
                found[name] = kept
    return _ordered(found)


def intents_of(
    flat: str, spans: Spans, reading: Reading, *, denies: bool, glad: bool, bitter: bool
) -> Hits:
    """Intents in the order of ``INTENTS``, each with its places, none where the model alone says so.
    ``glad``: nothing in the post speaks against praise; ``bitter``: what praise there is is none."""
    found: Hits = {}
    for name, hits in spans.items():
        if name in _GRIM and reading.sentiment_scores["positive"] >= _HAPPY:
            continue
        if name.startswith("intents"):
            kept = [hit for hit in hits if _meant(name, flat, hit, denies=denies)]
            if kept:
                found[name] = kept
    if bitter or (reading.praise < 0.5 and not glad):
        found.pop(_PRAISE, None)
    elif reading.praise >= 0.5:
        found.setdefault(_PRAISE, [])
    if "?" in flat and _QUESTION not in found:
        asked = _asked(flat)
        if asked:
            found[_QUESTION] = asked
    if reading.question >= 0.5:
        found.setdefault(_QUESTION, [])
    for name in reading.intents:
        found.setdefault(f"intents.{name}", [])
    return _ordered(found)


def _ordered(found: Hits) -> Hits:
    return (
        {name: found[name] for name in sorted(found, key=_PLACES.__getitem__)}
        if len(found) > 1
        else found
    )


def _asked(flat: str) -> list[Span]:
    """The sentences that end with a question mark, three at most, without what names somebody."""
    found: list[Span] = []
    end = flat.find("?")
    while end >= 0 and len(found) < 3:
        first = max(0, end - 300)
        start = max([flat.rfind(sign, first, end) for sign in _BORDERS]) + 1
        said = flat[start:end]
        if any(map(str.isalpha, said)):
            found.append((start + len(said) - len(said.lstrip()), end + 1))
        end = flat.find("?", end + 1)
    return found


def _meant(name: str, flat: str, hit: Span, *, denies: bool) -> bool:
    start, end = hit
    if name in _REPORTABLE:
        if name == _BOYCOTT and flat[start:end] in _NEWS:
            return False
        if reported(flat, start):
            return False
    return not denies or name in _UNDENIED or not denied(flat, start, end, near=5)
