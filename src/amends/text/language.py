"""Which language a short text is written in, where the network does not say."""

import re
from collections.abc import Callable
from functools import cache

# Below these the guess is wrong more often than it helps; nothing is said then.
FEWEST_LETTERS = 12
LEAST_SURE = 0.7

_NO_WORDS = re.compile(r"(?:https?://|www\.)\S+|[@#]\w+")


def language_detector() -> Callable[[str], str | None]:
    """A detector of ISO 639-1 codes for ``put_language``; its model is loaded when first asked."""

    def detect(text: str) -> str | None:
        words = _NO_WORDS.sub(" ", text)
        if sum(map(str.isalpha, words)) < FEWEST_LETTERS:
            return None
        lang, sure = _load()(words)
        return lang if sure >= LEAST_SURE else None

    return detect


@cache
def _load() -> Callable[[str], tuple[str, float]]:
    # Late: loading takes about 0.7 s, and a stream whose network says the language never needs it.
    # Once: channels share it, as nothing in it changes.
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)

    def classify(text: str) -> tuple[str, float]:
        lang, sure = identifier.classify(text)
        return str(lang), float(sure)

    return classify
