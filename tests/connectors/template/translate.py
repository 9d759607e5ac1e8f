"""The Board's notes, as JSON, to our posts. Anything unreadable raises ``BadInput``."""

from collections.abc import Mapping
from typing import Any

from amends.connectors.fields import mapping_of, text_of, time_of
from amends.terms import Author, BadInput, Post, Ref

NETWORK = "board"


def read_note(value: Mapping[str, Any]) -> Post:
    """A note. Raises ``BadInput`` where it has no id or no text."""
    note_id, text = text_of(value.get("id")), value.get("text")
    if note_id is None or not isinstance(text, str):
        raise BadInput("The note has no id or no text.")
    parent = text_of(value.get("answers"))
    return Post(
        id=note_id,
        text=text,
        network=NETWORK,
        author=read_person(mapping_of(value.get("by"))),
        created_at=time_of(value.get("at")),
        in_reply_to=Ref(id=parent) if parent else None,
    )


def read_person(value: Mapping[str, Any]) -> Author:
    return Author(id=text_of(value.get("id")), handle=text_of(value.get("name")))
