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
_REFUSED = re.compile(
    r"\b(?:not|never|\w+n't|until|unless|if|before|when)\s+(?:\w+\s+){0,2}$", re.IGNORECASE
)
_REPORTED = re.compile(
    r"\b(?:(?:told|tells?|telling|informed|blamed?|blaming) (?:me|us|everyone)"
    r"|sa(?:id|ys?|ying)|claim(?:s|ed|ing)?|impl(?:y|ies|ied|ying)|insist(?:s|ed|ing)?"
    r"|suggest(?:s|ed|ing)?|like|as (?:if|though)|thinks?)\s+(?:that\s+)?$",
    re.IGNORECASE,
)


# No phrase of a kind is without one of its words, and looking for them is far cheaper.


def may_be_bitter(lower: str) -> bool:
    """Whether a text in lower case may hold a phrase of ``BITTER_THANKS``."""
    return ("thank" in lower or "thx" in lower or "cheers" in lower) and (
        " for " in lower or "no thank" in lower
    )


def may_take_back(lower: str) -> bool:
    """Whether a text in lower case may hold a phrase of ``TAKING_BACK``."""
    return (
        "take" in lower
        or "correct" in lower
        or "wrong" in lower
        or "my bad" in lower
        or "apolog" in lower
        or "error" in lower
        or "fault" in lower
        or "retract" in lower
        or "withdraw" in lower
        or "ignore" in lower
        or "disregard" in lower
    )


def takes_back(text: str) -> bool:
    """True where a phrase of ``TAKING_BACK`` stands, and what comes just before it neither refuses
    it nor says that somebody else said so."""
    if not may_take_back(text.lower()):
        return False
    plain = text.replace("\u2019", "'")
    befores = (
        plain[max(0, hit.start() - 40) : hit.start()] for hit in _TAKING_BACK.finditer(plain)
    )
    return any(not (_REFUSED.search(one) or _REPORTED.search(one)) for one in befores)


def bitter_thanks(text: str) -> str | None:
    """The first phrase of ``BITTER_THANKS`` in the text, as written there."""
    if not may_be_bitter(text.lower()):
        return None
    found = _BITTER_THANKS.search(text)
    return found.group() if found else None
