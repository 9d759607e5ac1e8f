"""A slow matcher that can be checked by reading it: one regular expression a term."""

from collections.abc import Mapping

import regex

from amends.matching import Term, parse
from amends.text import UNSPACED, entities, normalise

_IN_WORD = rf"[[\p{{L}}\p{{N}}\p{{Mn}}\p{{Mc}}]--[{UNSPACED}]]"
_BETWEEN = r"[^\p{L}\p{N}\p{Mn}\p{Mc}]*"


def obvious(queries: Mapping[str, str], text: str) -> dict[str, set[str]]:
    """Each query that ``text`` satisfies, with the terms that do."""
    met = {
        name: {term.text for term in parse(query) if _found(term, normalise(text))}
        for name, query in queries.items()
    }
    return {name: terms for name, terms in met.items() if terms}


def _found(term: Term, form: str) -> bool:
    marked = entities(form)
    if term.is_entity:
        return any(term.words[0] in entity.names for entity in marked)
    tags = [entity for entity in marked if entity.names[0].startswith("#")]
    pattern = "".join(
        (f"(?<!{_IN_WORD})" if _spaced(word[0]) else "")
        + regex.escape(word)
        + (f"(?!{_IN_WORD})" if _spaced(word[0]) else "")
        + ("" if [*term.glued, True][place] else _BETWEEN)
        for place, word in enumerate(term.words)
    )
    for found in regex.finditer(f"(?V1){pattern}", form, overlapped=True):
        inside = [tag for tag in tags if found.start() < tag.end and found.end() > tag.start]
        if all(found.start() <= tag.start + 1 and found.end() >= tag.end for tag in inside):
            return True
    return False


def _spaced(char: str) -> bool:
    return not regex.match(rf"(?V1)[{UNSPACED}]", char)
