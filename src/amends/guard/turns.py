"""Acknowledge, act, route (R26, R28, R32), signing (R27) and the budget of public turns (R34)."""

import re

from amends.guard.apologies import is_open_question
from amends.guard.arousal import is_outburst
from amends.guard.writing import Writing

_SIGNED = re.compile(
    r"(?:[\^*~/\u2014\u2013-]\s?[^\W\d_][\w .'-]{0,30}|,\s[^\W\d_]{2,20}\.?|[.!?\n]\s*[^\W\d_]{2,20}\.?)\s*(?:https?://\S+)?\W*$"
)
_GENERIC_LANGUAGES = ("en", "es", "de", "fr", "pt", "it", "nl")
_FEW_WORDS = 16  # of a reply that is hardly more than its request
_PRAISE = re.compile(
    r"\b(?:thank\w*|thx|love\w*|great|awesome|amazing|best|excellent|wonderful|excited|can't wait|happy|glad|perfect|proud|birthday|kudos"
    r"|shout ?out|gracias|danke|merci|obrigad[oa]|grazie|bedankt|genial|super|toll)\b|[\u2764\U0001f44f\U0001f60d\U0001f618\U0001f49b\U0001f499]"
)


def check_turn(writing: Writing) -> None:
    if not _SIGNED.search(writing.page.read.rstrip()[-80:]) and writing.page.words:
        writing.add("signature")
    facts = writing.facts
    if not facts.public:
        return
    if (facts.public_turns or 0) >= writing.policy.public_turns and not facts.closes_out:
        writing.add("public_turns")
    if facts.first_turn:
        _check_first(writing)


def _check_first(writing: Writing) -> None:
    said = writing.said
    few = len(writing.page.words) <= _FEW_WORDS
    if "bare_ask" in said and few and not _gives_something(writing):
        writing.add_said("bare_request", "bare_ask")
        return
    if is_open_question(writing):
        return
    acknowledged = writing.says("sorry", "empathy", "thanks", "warm_praise", "own", "fault_ours")
    acts = bool(writing.page.links) or writing.says("next_step", "route")
    if not acknowledged and not acts and not _readable(writing):
        return
    if not acknowledged and not acts and not writing.shared and not _answers(writing):
        writing.add("no_acknowledgement")
        return
    if not acknowledged and not writing.shared:
        writing.add("acknowledge")
    if not acts and not writing.says("warm_praise"):
        writing.add("next_step")
    if not writing.says("route") and not writing.page.links and not writing.page.mails:
        writing.add("contact_route")
    if not writing.says("thanks"):
        writing.add("thanks")


def _gives_something(writing: Writing) -> bool:
    """A request for details gives something where it feels with the customer or says what the details
    are for."""
    return writing.says("empathy", "own", "fault_ours", "sorry", "reason_given")


def _answers(writing: Writing) -> bool:
    """The post is a question, or nothing that a reply would have to acknowledge is known."""
    post = writing.post
    if not post or "?" in post:
        return True
    return _PRAISE.search(post) is not None and not is_outburst(post)


def _readable(writing: Writing) -> bool:
    """The reply is in a language that there are phrases for."""
    if writing.page.flat.isascii():
        return writing.language in (None, *_GENERIC_LANGUAGES)
    letters = [sign for sign in writing.page.flat if sign.isalpha()]
    latin = sum(ord(sign) < 0x250 for sign in letters)
    return (
        bool(letters)
        and latin * 2 > len(letters)
        and writing.language in (None, *_GENERIC_LANGUAGES)
    )
