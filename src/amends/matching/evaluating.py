"""Whether a post satisfies a query, and why."""

from collections.abc import Callable, Sequence
from functools import lru_cache
from operator import itemgetter
from typing import NamedTuple

from amends.matching.facts import Facts
from amends.matching.languages import speaks
from amends.matching.nodes import (
    And,
    Cased,
    Compare,
    Keyword,
    Leaf,
    Node,
    Not,
    Operator,
    Or,
    Phrase,
    Term,
)
from amends.matching.printing import render_leaf
from amends.matching.terms import finder, needle_of, place_of, start_of, word_of
from amends.text import normalise

Test = Callable[[Facts], bool]


Reason = tuple[int, int, str]
"""A leaf that holds, by its label; before it the part of ``Facts`` and the place there where a term
is first found."""


Tells = Callable[[Facts, list[Reason]], bool]


class Judge(NamedTuple):
    """A query as functions of facts. ``reasons`` says the same as ``holds`` and adds to a list
    what satisfied it; nothing where it does not hold. It holds only where the ``needle`` stands in
    the form of the texts. Where that is a word and all that is asked for, ``said`` is its label."""

    holds: Test
    reasons: Tells
    needle: str = ""
    said: str = ""


def evaluate(node: Node, facts: Facts) -> bool:
    """Whether a post satisfies a query."""
    return judge(node).holds(facts)


def why(node: Node, facts: Facts) -> list[str]:
    """What satisfied the query: words in order of the text, then operators; empty without a match.

    Words stand as in the query, without quotes. What must not be is not named. Never empty where
    the post matches, for every query wants something.
    """
    return told(judge(node), facts) or []


def told(judged: Judge, facts: Facts) -> list[str] | None:
    """``why``, or None where the query does not hold."""
    found: list[Reason] = []
    if not judged.reasons(facts, found):
        return None
    found.sort(key=_order)
    return list(dict.fromkeys([label for _, _, label in found]))


def label(leaf: Leaf) -> str:
    """A leaf as a reason is told: terms without their quotes."""
    return leaf.text if isinstance(leaf, Keyword | Phrase | Cased) else render_leaf(leaf)


@lru_cache(maxsize=20_000)
def judge(node: Node) -> Judge:
    """The query as functions of facts."""
    match node:
        case And(parts):
            return _every([judge(part) for part in parts])
        case Or(parts):
            return _any([judge(part) for part in parts])
        case Not(part):
            return _not(judge(part))
        case Operator(name, value):
            return _fact(_OPERATORS[name](value), label(node))
        case Compare():
            return _fact(_compare(node), label(node))
        case _:
            return _term(node)


def _every(parts: Sequence[Judge]) -> Judge:
    tests = [part.holds for part in parts]

    def holds(facts: Facts) -> bool:
        for test in tests:  # noqa: SIM110 (a generator costs more than a test)
            if not test(facts):
                return False
        return True

    legs = [_leg(part) for part in parts]

    def reasons(facts: Facts, found: list[Reason]) -> bool:
        form, before = facts.form, len(found)
        for needle, said, tell in legs:
            if not (
                needle in form
                and (_says(needle, said, facts, found) if said else tell(facts, found))
            ):
                del found[before:]
                return False
        return True

    return Judge(holds, reasons, max((part.needle for part in parts), key=len))


def _not(part: Judge) -> Judge:
    unwanted, needle = part.holds, part.needle

    def holds(facts: Facts) -> bool:
        return needle not in facts.form or not unwanted(facts)

    return Judge(holds, lambda facts, _: holds(facts))


def _any(parts: Sequence[Judge]) -> Judge:
    tests = [(part.needle, part.holds) for part in parts]

    def holds(facts: Facts) -> bool:
        form = facts.form
        for needle, test in tests:  # noqa: SIM110 (a generator costs more than a test)
            if needle in form and test(facts):
                return True
        return False

    legs = [_leg(part) for part in parts]

    def reasons(facts: Facts, found: list[Reason]) -> bool:
        form, holding = facts.form, False
        for needle, said, tell in legs:  # all of them, for each that holds is told
            if needle in form and (
                _says(needle, said, facts, found) if said else tell(facts, found)
            ):
                holding = True
        return holding

    return Judge(holds, reasons)


def _leg(part: Judge) -> tuple[str, str, Tells]:
    """A part as it is asked for its reasons. Each query is asked seldom, when its functions have
    long left the cache; so they are not touched where the needle or the word tells enough."""
    return part.needle, part.said, part.reasons


def _says(word: str, said: str, facts: Facts, found: list[Reason]) -> bool:
    """``Judge.reasons`` of a word."""
    before = len(found)
    for number, part in enumerate(facts.parts):
        at = place_of(word, part)
        if at >= 0:
            found.append((number, at, said))
    return len(found) > before


def _fact(test: Test, name: str) -> Judge:
    def reasons(facts: Facts, found: list[Reason]) -> bool:
        if not test(facts):
            return False
        found.append((len(facts.parts), 0, name))
        return True

    return Judge(test, reasons)


def _term(term: Term) -> Judge:
    start, name = start_of(term), label(term)

    def holds(facts: Facts) -> bool:
        for part in facts.parts:  # noqa: SIM110 (a generator costs more than a test)
            if start(part) >= 0:
                return True
        return False

    def reasons(facts: Facts, found: list[Reason]) -> bool:
        before = len(found)
        for number, part in enumerate(facts.parts):
            at = start(part)
            if at >= 0:
                found.append((number, at, name))
        return len(found) > before

    word = word_of(term)
    return Judge(holds, reasons, word or needle_of(term), name if word else "")


_order = itemgetter(0, 1)


def _compare(node: Compare) -> Test:
    number, sign = node.number, node.sign

    def test(facts: Facts) -> bool:
        count = facts.post.author.followers if facts.post.author else None
        if count is None:
            return False
        match sign:
            case ">":
                return count > number
            case ">=":
                return count >= number
            case "<":
                return count < number
            case "<=":
                return count <= number
            case "=":
                return count == number

    return test


def _from(value: str) -> Test:
    wanted = value.casefold()
    return lambda facts: wanted in facts.author


def _to(value: str) -> Test:
    wanted = value.casefold()
    return lambda facts: wanted in facts.answered


def _retweets_of(value: str) -> Test:
    wanted = value.casefold()
    return lambda facts: wanted in facts.reposted


def _url(value: str) -> Test:
    find = finder(Phrase(value))
    return lambda facts: any(next(find(link), None) is not None for link in facts.links)


def _url_contains(value: str) -> Test:
    wanted = normalise(value)
    return lambda facts: any(wanted in link.form for link in facts.links)


def _bio(value: str) -> Test:
    find = finder(Phrase(value))
    return lambda facts: next(find(facts.bio), None) is not None


def _bio_name(value: str) -> Test:
    find = finder(Phrase(value))
    return lambda facts: next(find(facts.name), None) is not None


def _lang(value: str) -> Test:
    return lambda facts: speaks(facts.post.lang, value)


def _network(value: str) -> Test:
    return lambda facts: facts.post.network.casefold() == value


def _conversation(value: str) -> Test:
    return lambda facts: (facts.post.conversation or facts.post.id) == value


def _in_reply_to(value: str) -> Test:
    return lambda facts: facts.post.in_reply_to is not None and facts.post.in_reply_to.id == value


def _retweets_of_id(value: str) -> Test:
    return lambda facts: facts.post.repost_of is not None and facts.post.repost_of.id == value


_IS: dict[str, Test] = {
    "repost": lambda facts: facts.post.repost_of is not None,
    "reply": lambda facts: facts.post.in_reply_to is not None,
    "quote": lambda facts: facts.post.quote_of is not None,
    # Promotion that its author's followers never see: no network hands it to us.
    "nullcast": lambda _facts: False,
}
_HAS: dict[str, Test] = {
    "links": lambda facts: bool(facts.links),
    "media": lambda facts: bool(facts.media),
    "images": lambda facts: "image" in facts.media,
    "videos": lambda facts: "video" in facts.media,
    "mentions": lambda facts: "@" in facts.signs,
    "hashtags": lambda facts: "#" in facts.signs,
    "cashtags": lambda facts: "$" in facts.signs,
}
_OPERATORS: dict[str, Callable[[str], Test]] = {
    "from": _from,
    "to": _to,
    "retweets_of": _retweets_of,
    "retweets_of_tweet_id": _retweets_of_id,
    "url": _url,
    "url_contains": _url_contains,
    "bio": _bio,
    "bio_name": _bio_name,
    "lang": _lang,
    "network": _network,
    "conversation_id": _conversation,
    "in_reply_to_tweet_id": _in_reply_to,
    "is": _IS.__getitem__,
    "has": _HAS.__getitem__,
}
