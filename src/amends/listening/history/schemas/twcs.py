"""The columns of the "Customer Support on Twitter" collection."""

import html
from collections.abc import Iterator
from datetime import datetime

from amends.connectors.fields import text_of, time_of, twitter_time
from amends.listening.history.line import Found, Json
from amends.terms import Author, BadInput, Post, Ref

COLUMNS = frozenset({"tweet_id", "author_id", "created_at", "text", "in_response_to_tweet_id"})


class TwcsSchema:
    """Companies go by their handle in ``author_id``, customers by a number: it is id and handle.

    Which company is ours the file does not say, so ``ours`` stays None; see ``--brand``. What any
    company wrote is marked: ``inbound`` says so, or, where that is empty, the handle does.
    """

    name = "twcs"

    def looks_like(self, value: Json) -> bool:
        return value.keys() >= COLUMNS

    def translate(self, value: Json, _number: int, /) -> Iterator[Found]:
        tweet_id, author_id = _id(value.get("tweet_id")), text_of(value.get("author_id"))
        if tweet_id is None:
            raise BadInput("The row has no tweet_id.")
        text = value.get("text")
        if not isinstance(text, str):
            raise BadInput("The row has no text.")
        parent = _id(value.get("in_response_to_tweet_id"))
        answers = [one for one in str(value.get("response_tweet_id") or "").split(",") if one]
        author = Author(id=author_id, handle=author_id) if author_id else None
        yield Found(
            post=Post(
                id=tweet_id,
                text=html.unescape(text),
                network="x",
                author=author,
                created_at=_time(value.get("created_at")),
                conversation=None if parent else tweet_id,
                in_reply_to=Ref(id=parent) if parent else None,
                counts={"replies": len(answers)} if answers else {},
            ),
            company=_is_company(value.get("inbound"), author_id),
        )


def _is_company(inbound: object, author_id: str | None) -> bool:
    said = str(inbound).strip().lower()
    if said in ("true", "false"):
        return said == "false"
    return author_id is not None and not author_id.isdigit()


def _time(value: object) -> datetime | None:
    """The collection's own way of writing times, or what other containers make of it."""
    if isinstance(value, str) and value[:1].isalpha():
        return twitter_time(value)
    return time_of(value)


def _id(value: object) -> str | None:
    """An id, without the ``.0`` that spreadsheets and data frames add to it."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    found = text_of(value)
    return found.strip().removesuffix(".0") or None if found else None
