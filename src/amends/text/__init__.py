"""Text: normalising, tokens, graphemes, near copies."""

from amends.text.emoji import emoji
from amends.text.entities import Entity, entities, links, strip_handles
from amends.text.hidden import mark_hidden
from amends.text.lengths import Unit, graphemes, length
from amends.text.lookalikes import REPLACED, appearance, capitalisations, is_number, skeleton
from amends.text.normal import normalise, normalise_aligned, normalise_keeping_case
from amends.text.storable import storable
from amends.text.words import UNSPACED, Token, initial_words, token_spans, tokens, tokens_of

__all__ = [
    "REPLACED",
    "UNSPACED",
    "Entity",
    "Token",
    "Unit",
    "appearance",
    "capitalisations",
    "emoji",
    "entities",
    "graphemes",
    "initial_words",
    "is_number",
    "length",
    "links",
    "mark_hidden",
    "normalise",
    "normalise_aligned",
    "normalise_keeping_case",
    "skeleton",
    "storable",
    "strip_handles",
    "token_spans",
    "tokens",
    "tokens_of",
]
