"""X API v2: bare posts, pages, stream lines and activity events.

Read leniently: X uses both ``_tweet`` and ``_post`` names, and puts errors beside data.
"""

from collections.abc import Iterator, Mapping

from amends.connectors.fields import mapping_of, mappings_of
from amends.connectors.x.translate import Includes, need_id, read_message, read_post
from amends.listening.history.line import Found, Json
from amends.terms import BadInput

_SIGNS = frozenset(
    {
        "author_id",
        "edit_history_tweet_ids",
        "edit_history_post_ids",
        "public_metrics",
        "conversation_id",
        "referenced_tweets",
        "referenced_posts",
        "in_reply_to_user_id",
        "edit_controls",
        "note_tweet",
        "note_post",
        "dm_conversation_id",
    }
)


class XSchema:
    name = "x"

    def looks_like(self, value: Json) -> bool:
        data = value.get("data")
        if isinstance(data, Mapping):
            return _is_post(data) or "event_type" in data or bool({"includes"} & value.keys())
        if isinstance(data, list):
            return any(map(_is_post, mappings_of(data))) or "result_count" in mapping_of(
                value.get("meta")
            )
        if "result_count" in mapping_of(value.get("meta")):
            return True
        return _is_post(value) or bool(mappings_of(value.get("errors")) and "id" not in value)

    def translate(self, value: Json, _number: int, /) -> Iterator[Found]:
        data = value.get("data")
        if data is None:
            if "id" in value and "text" in value:
                data = value
            elif "errors" in value or "meta" in value:
                yield Found(skipped="not_a_post")
                return
            else:
                raise BadInput("The object has no data and is no post.")
        around = Includes(mapping_of(value.get("includes")))
        objects = mappings_of(data) if isinstance(data, list) else [mapping_of(data)]
        for one in objects:
            yield _found(one, around)
        if not objects:
            yield Found(skipped="not_a_post")


def _found(value: Json, around: Includes) -> Found:
    try:
        if "event_type" in value and "payload" in value:
            payload = mapping_of(value["payload"])
            if value["event_type"] == "post.delete":
                return Found(deleted=need_id(payload))
            if not str(value["event_type"]).startswith("post."):
                return Found(skipped="not_a_post")
            return Found(post=read_post(payload, around))
        if value.get("event_type") == "MessageCreate":
            return Found(post=read_message(value, around))
        if "event_type" in value:
            return Found(skipped="not_a_post")
        return Found(post=read_post(value, around))
    except BadInput as error:
        return Found(dead=str(error))


def _is_post(value: Json) -> bool:
    return "id" in value and "text" in value and bool(_SIGNS & value.keys())
