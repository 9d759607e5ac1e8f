"""Made-up queries of three to eight terms, by a seed.

Each names something rare, as watches name brands, and says what is of interest beside it. A stated
share of them hangs on common words instead: nothing in them is rarer than what stands in at least
one post of a hundred.
"""

import random
from collections.abc import Sequence

_NAMES = slice(1_000, None)  # ranks of words that a query may hang on
_TOPICS = slice(400, 8_000)
_COMMON = slice(4, 90)


def queries(words: Sequence[str], count: int, common: float, seed: int) -> dict[str, str]:
    """``count`` queries by name; ``common`` is the share of those that hang on common words."""
    chance = random.Random(seed + 2)  # noqa: S311 (play, not secrets)
    every = round(1 / common) if common > 0 else 0
    return {
        f"q{number}": _common(words, chance)
        if every and number % every == 0
        else _rare(words, chance)
        for number in range(count)
    }


def _rare(words: Sequence[str], chance: random.Random) -> str:
    """Three to eight terms that hang on a rare name."""
    name, other = chance.sample(words[_NAMES], 2)
    topics = chance.sample(words[_TOPICS], 6)
    any_of = " OR ".join(topics[: chance.randint(2, 4)])
    match chance.randrange(6):
        case 0:
            return f"{name} ({any_of})"
        case 1:
            return f"{name} ({any_of}) -{topics[4]} -{topics[5]}"
        case 2:
            return f"({name} OR {other}) ({any_of}) -{topics[5]}"
        case 3:
            return f'{name} ({any_of} OR "{topics[4]} {topics[5]}")'
        case 4:
            return f"(@{name} OR #{name} OR {name}) ({any_of})"
        case _:
            return f'({name} ({any_of})) OR "{other} {topics[5]}"'


def _common(words: Sequence[str], chance: random.Random) -> str:
    """Three to eight terms, the rarest of them common."""
    terms = chance.sample(words[_COMMON], 8)
    match chance.randrange(3):
        case 0:
            return f"{' '.join(terms[:4])} ({terms[4]} OR {terms[5]}) -{terms[6]}"
        case 1:
            return f"({terms[0]} OR {terms[1]}) {' '.join(terms[2:6])} -{terms[6]}"
        case _:
            return f'"{terms[0]} {terms[1]}" {terms[2]} {terms[3]}'
