"""Made-up queries of three to eight terms, by a seed.

Each names something rare, as watches name brands, and says what is of interest beside it. A stated
share of them hangs on common words instead: nothing in them is rarer than what stands in at least
one post of sixty.
"""

import random
from collections.abc import Mapping, Sequence
from typing import NamedTuple

_NAMES = slice(20_000, None)  # ranks of words; each of these is in one post of 10,000 or fewer
_TOPICS = slice(150, 4_000)
_COMMON = slice(4, 90)


class Query(NamedTuple):
    """A query as written, and words that satisfy it."""

    text: str
    bait: str


def queries(words: Sequence[str], count: int, common: float, seed: int) -> dict[str, Query]:
    """``count`` queries by name; ``common`` is the share of those that hang on common words."""
    chance = random.Random(seed + 2)  # noqa: S311 (play, not secrets)
    every = round(1 / common) if common > 0 else 0
    return {
        f"q{at}": _common(words, chance) if every and at % every == 0 else _rare(words, chance)
        for at in range(count)
    }


def baited(texts: Sequence[str], asked: Mapping[str, Query], share: float, seed: int) -> list[str]:
    """The texts, that share of them with words in their middle that satisfy some query."""
    chance = random.Random(seed + 3)  # noqa: S311 (play, not secrets)
    baits = [query.bait for query in asked.values()]
    return [
        _with(text, chance.choice(baits)) if chance.random() < share else text for text in texts
    ]


def _with(text: str, bait: str) -> str:
    middle = text.find(" ", len(text) // 2 - len(bait))
    return f"{text[:middle]} {bait}{text[middle:]}"


def _rare(words: Sequence[str], chance: random.Random) -> Query:
    """Three to eight terms that hang on a rare name."""
    name, other = chance.sample(words[_NAMES], 2)
    topics = chance.sample(words[_TOPICS], 6)
    any_of = " OR ".join(topics[: chance.randint(2, 4)])
    shapes = (
        f"{name} ({any_of})",
        f"{name} ({any_of}) -{topics[4]} -{topics[5]}",
        f"({name} OR {other}) ({any_of}) -{topics[5]}",
        f'{name} ({any_of} OR "{topics[4]} {topics[5]}")',
        f"(@{name} OR #{name} OR {name}) ({any_of})",
        f'({name} ({any_of})) OR "{other} {topics[5]}"',
    )
    return Query(chance.choice(shapes), f"{name} {topics[0]}")


def _common(words: Sequence[str], chance: random.Random) -> Query:
    """Three to eight terms, the rarest of them common."""
    terms = chance.sample(words[_COMMON], 8)
    shapes = (
        f"{' '.join(terms[:4])} ({terms[4]} OR {terms[5]}) -{terms[6]}",
        f"({terms[4]} OR {terms[5]}) {' '.join(terms[:4])} -{terms[6]}",
        f'"{terms[0]} {terms[1]}" {terms[2]} {terms[3]}',
    )
    return Query(chance.choice(shapes), " ".join(terms[:5]))
