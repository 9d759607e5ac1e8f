"""Etiquette (R25): length, links, mentions, hashtags, shouting, emoji, language and tone."""

import re

from amends.guard.arousal import is_outburst
from amends.guard.control import same_handle
from amends.guard.manners import manners_of, over_limit
from amends.guard.page import MOST_READ
from amends.guard.tongue import mixed_up, tongue
from amends.guard.writing import Writing
from amends.terms import Traits

_EMOJI = re.compile(
    r"[\U0001f300-\U0001faff\u2600-\u26ff\u2702-\u27b0\u2b50\u2b55](?:[\ufe0f\U0001f3fb-\U0001f3ff]|\u200d[\U0001f000-\U0001faff\u2600-\u27bf]\ufe0f?)*"
)
_MERRY = re.compile(
    r"[\U0001f600-\U0001f606\U0001f609-\U0001f60e\U0001f61b-\U0001f61d\U0001f602\U0001f923\U0001f929\U0001f973\U0001f389\U0001f38a\U0001f483\U0001f57a\U0001f60b\U0001f92a\U0001f911\U0001f525\U0001f4af]|:-?D\b|;-?\)|:-?P\b"
)
_HASHTAG = re.compile(r"(?<![\w&/#])#[^\W\d_]\w{1,60}")
_HANDLE = re.compile(r"(?<![\w@./])@(\w{1,64}(?:[.@-]\w{1,64}){0,6})")
_WORD = re.compile(r"[^\W\d_]{2,}")
# A place left to fill by a snippet, a macro or a model; what redaction puts in is meant to stand.
_UNFILLED = re.compile(
    r"\[(?!(?:e-mail address|card number|bank account|telephone number|number|address)\])[^\W\d_][^\[\]\n@]{1,40}\]"
    r"|\{\{?\s*[^\W\d_][\w .-]{0,60}\}?\}"
    r"|<(?:(?:first|last|your|customer|agent|order|insert)[ _-]?)?(?:name|number|date|link|time)>",
    re.IGNORECASE,
)
_MOST_EMOJI = 3
_MOST_OTHERS = 2
_FEWEST_SHOUTED = 5


def check_etiquette(writing: Writing, traits: Traits | None) -> None:
    text = writing.page.text
    if not any(map(str.isalnum, writing.page.read)) and not _EMOJI.search(writing.page.read):
        writing.add("nothing")
        return
    over = over_limit(text, writing.facts, traits)
    if over is not None:
        reason = f"This counts {over[0]:,} on this network, which takes {over[1]:,}."
        writing.add("too_long", reason=reason)
    unfilled = _UNFILLED.search(writing.page.read)
    if unfilled:
        writing.add("unfilled", unfilled.span())
    if len(text) > MOST_READ:
        writing.add("unread", (MOST_READ, len(text)))
    _check_shouting(writing)
    _check_emoji(writing)
    if writing.facts.public:
        _check_links(writing)
        _check_mentions(writing)
        _check_hashtags(writing)
    _check_language(writing)
    _check_tone(writing)


def _check_links(writing: Writing) -> None:
    manners = manners_of(writing.facts.network)
    if manners is not None and manners.dear_link and writing.page.links:
        reason = f"A link makes this post cost {manners.dear_link} on this network."
        writing.add("link_cost", writing.page.span(*writing.page.links[0]), reason=reason)


def _check_mentions(writing: Writing) -> None:
    facts, folded = writing.facts, writing.page.folded
    if "@" not in folded:
        return
    known = [one for one in (facts.recipient, facts.complainant, facts.account) if one]
    posted = {_bare(found[1]) for found in _HANDLE.finditer(writing.post)}
    others = {
        _bare(found[1]): found.span()
        for found in _HANDLE.finditer(folded)
        if _bare(found[1]) not in posted and not any(same_handle(found[1], one) for one in known)
    }
    # Somebody must be the one who is answered, where nobody said who.
    spare = 0 if known else 1
    if len(others) > _MOST_OTHERS + spare:
        first = min(others.values())
        writing.add("mentions", writing.page.span(*first))


def _bare(handle: str) -> str:
    return handle.casefold().rstrip(".")


def _check_hashtags(writing: Writing) -> None:
    if "#" not in writing.page.folded:
        return
    tags = [
        found
        for found in _HASHTAG.finditer(writing.page.folded)
        if found.group() not in writing.post
    ]
    apologises = writing.says("sorry", "fault_ours")
    if tags and (apologises or len(tags) > 3):
        writing.add("hashtags", writing.page.span(tags[0].start(), tags[-1].end()))


def _check_shouting(writing: Writing) -> None:
    read = writing.page.read
    shouted = sum(word.isupper() and len(word) > 1 for word in read.split())
    if shouted < _FEWEST_SHOUTED:
        return
    letters = [sign for sign in read if sign.isalpha()]
    if sum(map(str.isupper, letters)) > 0.6 * len(letters):
        writing.add("capitals")


def _check_emoji(writing: Writing) -> None:
    if writing.page.read.isascii():
        return
    found = list(_EMOJI.finditer(writing.page.read))
    glad = writing.says("warm_praise") and not writing.sorry
    if len(found) > (2 * _MOST_EMOJI if glad else _MOST_EMOJI):
        writing.add("emoji", (found[0].start(), found[-1].end()))


def _check_language(writing: Writing) -> None:
    if not writing.post or len(writing.page.words) < 4 or writing.says("no_language"):
        return
    if mixed_up(tongue(writing.post), writing.language):
        writing.add("language")


def _check_tone(writing: Writing) -> None:
    cheerful = writing.said.get("cheerful")
    read = writing.page.read
    plain = read.isascii() and ":" not in read and ";" not in read
    merry = None if plain else _MERRY.search(read)
    if cheerful is None and merry is None:
        return
    aroused = writing.facts.aroused
    if aroused is None:
        aroused = is_outburst(writing.post) or _shouts(writing.facts.post or "")
    troubled = writing.sorry or not writing.says("warm_praise", "thanks")
    if aroused and troubled:
        span = writing.page.span(*cheerful[0]) if cheerful else None
        writing.add("tone", span or (merry.span() if merry else None))


def _shouts(post: str) -> bool:
    words = [word for word in _WORD.findall(post[:2000]) if len(word) > 2]
    return len(words) > 4 and sum(map(str.isupper, words)) * 2 > len(words)
