"""Many queries over many texts.

All terms lie in one dictionary by their first word, so a text costs one look-up a word however many
watches there are; only terms whose first word occurs are looked at closely.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from amends.matching.queries import QueryError, Term, parse
from amends.text import Entity, Token, entities, normalise, normalise_aligned, token_spans


class Hit(NamedTuple):
    """A term found: ``start`` and ``end`` are code-point offsets in the text as it was given."""

    query: str
    term: str
    start: int
    end: int


class _Found(NamedTuple):
    start: int
    end: int
    term: int


class Matcher:
    """Compiled queries. Made by ``compile``; holds no state between texts."""

    def __init__(self, queries: Mapping[str, Sequence[Term]]) -> None:
        self._wants: list[list[tuple[str, str]]] = []
        self._phrases: dict[str, list[tuple[int, Term]]] = {}
        self._entities: dict[str, int] = {}
        places: dict[tuple[tuple[str, ...], tuple[bool, ...]], int] = {}
        for name, terms in queries.items():
            for term in terms:
                key = (term.words, term.glued)
                if key not in places:
                    places[key] = len(self._wants)
                    self._wants.append([])
                    self._place(places[key], term)
                self._wants[places[key]].append((name, term.text))

    def batch(self, texts: Sequence[str]) -> list[dict[str, tuple[str, ...]]]:
        """For each text, the queries it satisfies, each with the terms that did.

        Terms stand as in the query, without quotes, in the order in which they are first met.
        """
        return [self._satisfied(text) for text in texts]

    def explain(self, text: str) -> list[Hit]:
        """Every place where a term was found, in order of the text."""
        form, spans = normalise_aligned(text)
        return [
            Hit(query, word, spans[start][0], spans[end - 1][1])
            for start, end, term in self._found(form)
            for query, word in self._wants[term]
        ]

    def _place(self, number: int, term: Term) -> None:
        if term.is_entity:
            self._entities[term.words[0]] = number
        else:
            self._phrases.setdefault(term.words[0], []).append((number, term))

    def _satisfied(self, text: str) -> dict[str, tuple[str, ...]]:
        met: dict[str, dict[str, None]] = {}
        for found in self._found(normalise(text)):
            for query, word in self._wants[found.term]:
                met.setdefault(query, {})[word] = None
        return {query: tuple(words) for query, words in met.items()}

    def _found(self, form: str) -> list[_Found]:
        words = token_spans(form)
        marked = entities(form)
        found = [*self._found_entities(marked), *self._found_phrases(words, marked)]
        return sorted(found)

    def _found_entities(self, marked: Sequence[Entity]) -> Iterator[_Found]:
        for entity in marked:
            for name in entity.names:
                number = self._entities.get(name)
                if number is not None:
                    yield _Found(entity.start, entity.start + len(name), number)

    def _found_phrases(self, words: Sequence[Token], marked: Sequence[Entity]) -> Iterator[_Found]:
        first = self._phrases
        tags = [entity for entity in marked if entity.names[0][0] == "#"]
        for at, word in enumerate(words):
            for number, term in first.get(word.text, ()):
                end = _fits(term, words, at)
                if end is not None and not _cuts(word.start, end, tags):
                    yield _Found(word.start, end, number)


def compile(queries: Mapping[str, str]) -> Matcher:  # noqa: A001 (the word of the field)
    """A matcher for queries by name. Raises ``QueryError`` that names the query in error."""
    parsed: dict[str, Sequence[Term]] = {}
    for name, query in queries.items():
        try:
            parsed[name] = parse(query)
        except QueryError as error:
            reason = f"Query {name}: {error.reason}"
            raise QueryError(reason, error.position) from error
    return Matcher(parsed)


def _fits(term: Term, words: Sequence[Token], at: int) -> int | None:
    if at + len(term.words) > len(words):
        return None
    for step, wanted in enumerate(term.words[1:], start=at + 1):
        here = words[step]
        if here.text != wanted:
            return None
        if term.glued[step - at - 1] and words[step - 1].end != here.start:
            return None
    return words[at + len(term.words) - 1].end


def _cuts(start: int, end: int, tags: Sequence[Entity]) -> bool:
    """Whether a find begins or ends inside a hashtag."""
    return any(tag.start + 1 < start < tag.end or tag.start < end < tag.end for tag in tags)
