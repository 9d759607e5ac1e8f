"""Conversations of airlines with their customers: turns with a role and a text, nothing else.

No ids, authors or times exist, so they are made up, the same each time: see ``docs/import.md``.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from amends.connectors.fields import mapping_of, text_of
from amends.listening.history.line import Found, Json
from amends.terms import Author, BadInput, Post, Ref

FIRST_TURN_AT = datetime(2017, 10, 1, tzinfo=UTC)
COMPANY = Author(id="airlines-company", handle="airlines-company")

_LATEST_NUMBER = 100_000_000  # minutes: 190 years; larger conversation numbers are no dates


class AirlinesSchema:
    name = "airlines"

    def looks_like(self, value: Json) -> bool:
        turns = value.get("turns")
        if not isinstance(turns, list) or not {"id", "intent"} <= value.keys():
            return False
        return all({"role", "text"} <= mapping_of(turn).keys() for turn in turns)

    def translate(self, value: Json, number: int, /) -> Iterator[Found]:
        """One post a turn, each answering the one before it."""
        conversation, turns = text_of(value.get("id")), value.get("turns")
        if conversation is None or not isinstance(turns, list):
            raise BadInput("The conversation has no id or no turns.")
        if not turns:
            yield Found(skipped="conversation_without_turns")
        begun = FIRST_TURN_AT + timedelta(minutes=_number(conversation, number))
        before: Ref | None = None
        for index, turn in enumerate(map(mapping_of, turns)):
            author = _author(conversation, turn.get("role"))
            if author is None or not isinstance(turn.get("text"), str):
                yield Found(dead=f"Turn {index} has no text or no role of customer or agent.")
                continue
            post = Post(
                id=f"airlines-{conversation}-{index}",
                text=turn["text"],
                network="x",
                author=author,
                created_at=begun + timedelta(minutes=index),
                conversation=f"airlines-{conversation}-0",
                in_reply_to=before,
            )
            before = Ref(id=post.id, author=author)
            yield Found(post=post, ours=author is COMPANY)


def _author(conversation: str, role: object) -> Author | None:
    if role == "agent":
        return COMPANY
    if role == "customer":
        name = f"airlines-{conversation}-customer"
        return Author(id=name, handle=name)
    return None


def _number(conversation: str, line: int) -> int:
    """The conversation's own number, in minutes; its line where its id is no number."""
    if conversation.isascii() and conversation.isdigit() and len(conversation) < 10:
        own = int(conversation)
        return own if own < _LATEST_NUMBER else line
    return line
