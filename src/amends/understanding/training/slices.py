"""Slices of posts by how they are written: language, and dialects known by their words.

Who wrote a post is not known; how it is written is a stand-in, and a rough one.
"""

import re
from collections.abc import Sequence

from amends.text.language import language_detector

_DIALECTS = {
    "African-American English (by its words)": re.compile(
        r"\b(?:ain'?t|finna|gon|tryna|y'?all|yall|bruh|dey|dis|dat|wit|nah|smh|ima|imma|deadass|"
        r"af|lowkey|shid|bout|errbody|nuffin|ion|niggas?|wassup|cuz|thang)\b",
        re.IGNORECASE,
    ),
    "British English (by its words)": re.compile(
        r"\b(?:whilst|queue\w*|rubbish|quid|mate|cheers|bloody|shite|bloke|lorry|gutted|sorted|"
        r"favourite|colour|cancelled|apologise\w*|disgraceful|parcel|postcode|fortnight|shambles)\b",
        re.IGNORECASE,
    ),
}


def slices_of(texts: Sequence[str]) -> dict[str, list[str]]:
    """For each kind of slice, the slice of each text."""
    detect = language_detector()
    return {
        "language": [detect(text) or "not told" for text in texts],
        "dialect": [
            next((name for name, words in _DIALECTS.items() if words.search(text)), "no marker")
            for text in texts
        ],
    }
