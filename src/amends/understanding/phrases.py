"""What set phrases settle, where learnt weights fail: taking something back, and thanks for nothing.

These are rules, not models, so that anyone can see why they fired. They read English alone and
miss whatever is worded differently.
"""

import re

TAKING_BACK = (
    r"i (?:hereby )?take (?:it|that|this|everything|what i said|my (?:complaint|words)) back",
    r"i take back (?:what|everything|all|my|that)\b",
    r"i stand corrected",
    r"i (?:was|am) mistaken",
    r"i'm mistaken",
    r"i was wrong about",
    r"my (?:bad|mistake|apologies),? (?:it|that|this|the|they|you|i)\b",
    r"(?:it|that) was my (?:own )?(?:mistake|fault|error)",
    r"i (?:retract|withdraw) (?:my|that|what|the)\b",
    r"(?:please )?(?:ignore|disregard) my (?:last|earlier|previous) (?:post|tweet|message|complaint)",
)
BITTER_THANKS = (
    r"(?:thanks|thank you|thx|cheers)(?: so much| a lot| very much)? for nothing\b",
    r"(?:thanks|thank you|thx|cheers) for (?:ruining|wasting|losing|ignoring|cancel?ling)\b",
    r"(?:thanks|thank you) but no thanks",
    r"no thanks to (?:you|your)\b",
)
_TAKING_BACK = re.compile("|".join(rf"\b(?:{one})" for one in TAKING_BACK), re.IGNORECASE)
_BITTER_THANKS = re.compile("|".join(rf"\b(?:{one})" for one in BITTER_THANKS), re.IGNORECASE)
# No phrase of those kinds is without one of these, and looking for them is far cheaper.
_THANKING = ("thank", "thx", "cheers")
_RETRACTING = (
    "take", "correct", "mistake", "wrong", "my bad", "apolog", "error", "fault", "retract", "withdraw",
    "ignore", "disregard",
)  # fmt: skip
_REFUSED = re.compile(
    r"\b(?:not|never|\w+n't|until|unless|if|before|when)\s+(?:\w+\s+){0,2}$", re.IGNORECASE
)
_REPORTED = re.compile(
    r"\b(?:(?:told|tells?|telling|informed|blamed?|blaming) (?:me|us|everyone)"
    r"|sa(?:id|ys?|ying)|claim(?:s|ed|ing)?|impl(?:y|ies|ied|ying)|insist(?:s|ed|ing)?"
    r"|suggest(?:s|ed|ing)?|like|as (?:if|though)|thinks?)\s+(?:that\s+)?$",
    re.IGNORECASE,
)


def takes_back(text: str) -> bool:
    """True where a phrase of ``TAKING_BACK`` stands, and what comes just before it neither refuses
    it nor says that somebody else said so."""
    lower = text.lower()
    if not any(map(lower.__contains__, _RETRACTING)):
        return False
    plain = text.replace("\u2019", "'")
    befores = (
        plain[max(0, hit.start() - 40) : hit.start()] for hit in _TAKING_BACK.finditer(plain)
    )
    return any(not (_REFUSED.search(one) or _REPORTED.search(one)) for one in befores)


def bitter_thanks(text: str) -> str | None:
    """The first phrase of ``BITTER_THANKS`` in the text, as written there."""
    lower = text.lower()
    if not any(map(lower.__contains__, _THANKING)):
        return None
    found = _BITTER_THANKS.search(text)
    return found.group() if found else None
